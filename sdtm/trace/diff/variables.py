"""What two deliveries say of a dataset and its variables: label, type, length, format, order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from sdtm.trace.diff.settings import Settings
from validation.folder_files import LoadedDataset

ADDED, REMOVED = "added", "removed"


@dataclass(frozen=True, slots=True)
class VariableChange:
    """``what``: added, removed, label, type, length, format, order; ``variable`` is empty for the dataset itself."""

    dataset: str
    variable: str
    what: str
    old: str = ""
    new: str = ""


def variable_changes(
    dataset: str, old: LoadedDataset, new: LoadedDataset, settings: Settings
) -> list[VariableChange]:
    """Differences of metadata; what one of the files cannot say (labels of CSV, types of CSV) is not compared."""
    return list(_changes(dataset, old, new, settings))


def _changes(
    dataset: str, old: LoadedDataset, new: LoadedDataset, settings: Settings
) -> Iterator[VariableChange]:
    names = [
        [str(name) for name in loaded.frame.columns if not settings.is_ignored(dataset, str(name))]
        for loaded in (old, new)
    ]
    labels = [loaded.metadata.label for loaded in (old, new)]
    if all(labels) and labels[0] != labels[1]:
        yield VariableChange(dataset, "", "label", *labels)
    yield from (VariableChange(dataset, n, REMOVED, _label(old, n)) for n in names[0] if n not in names[1])
    yield from (VariableChange(dataset, n, ADDED, "", _label(new, n)) for n in names[1] if n not in names[0])
    both = [[name for name in own if name in other] for own, other in (names, names[::-1])]
    if both[0] != both[1]:
        yield VariableChange(dataset, "", "order", *_from_first_difference(*both))
    said = [_said(loaded) for loaded in (old, new)]
    for name in both[0]:
        for what in ("label", "type", "length", "format"):
            if what in said[0] and what in said[1]:
                one, other = (side[what].get(name, "") for side in said)
                if one != other:
                    yield VariableChange(dataset, name, what, one, other)


def _said(loaded: LoadedDataset) -> dict[str, dict[str, str]]:
    """What a file says of its variables, by kind; a kind that it does not know is left out."""
    meta = loaded.metadata
    said: dict[str, dict[str, str]] = {}
    if any(meta.labels.values()):
        said["label"] = dict(meta.labels)
    if loaded.is_typed:
        said["type"] = {str(name): _type(column) for name, column in loaded.frame.items()}
    if meta.lengths:
        said["length"] = {name: str(length) for name, length in meta.lengths.items()}
        said["format"] = {name: text or "" for name, text in meta.formats.items()}
    return said


def _type(column: pd.Series) -> str:
    numeric = pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype)
    if isinstance(column.dtype, pd.CategoricalDtype):
        return "Char"
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return "Date"
    return "Num" if numeric else "Char"


def _label(loaded: LoadedDataset, name: str) -> str:
    return loaded.metadata.labels.get(name, "")


def _from_first_difference(old: list[str], new: list[str]) -> tuple[str, str]:
    """The stretch in which two orders of the same names differ."""
    start = next(place for place, pair in enumerate(zip(old, new, strict=True)) if pair[0] != pair[1])
    end = next(
        place for place, pair in enumerate(zip(old[::-1], new[::-1], strict=True)) if pair[0] != pair[1]
    )
    return ", ".join(old[start : len(old) - end]), ", ".join(new[start : len(new) - end])
