"""One dataset of two deliveries as columns of the same kind, the old records above the new ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import pandas as pd

from sdtm import columns
from sdtm.numbers import shortest
from validation.folder_files import LoadedDataset
from validation.text_forms import is_number_text

Part: TypeAlias = "pd.Series | np.ndarray"  # a text column, or float64


@dataclass(frozen=True)
class Stacked:
    """Variables that both have: ``parts`` holds ``old`` records, then ``new`` ones."""

    name: str
    old: int
    new: int
    parts: Mapping[str, Part]

    @cached_property
    def names(self) -> list[str]:
        """The variables, in an order that does not depend on which delivery is the old one."""
        return sorted(self.parts)

    def rows(self, names: Sequence[str], rows: np.ndarray) -> list[Part]:
        """Some variables of some records, by position."""
        return [picked(self.parts[name], rows) for name in names]


def picked(part: Part, rows: np.ndarray) -> Part:
    return part[rows] if isinstance(part, np.ndarray) else columns.pick(part, rows)


def stacked(name: str, old: LoadedDataset, new: LoadedDataset) -> Stacked:
    """The variables that both deliveries have of a dataset.

    Missing is one thing (an empty text is no text), but a text of blanks is a text. Numbers that a CSV file
    has as text are numbers where the other file has numbers; what the standards say of it was done when the
    file was read. Where one has text and the other numbers, the shortest texts of the numbers are compared.
    Dates that are left, of variables that no standard knows, are ISO 8601 texts.
    """
    parts: dict[str, Part] = {}
    for variable in old.frame.columns:
        if variable not in new.frame.columns:
            continue
        sides = [_plain(loaded.frame[variable]) for loaded in (old, new)]
        if any(isinstance(side, np.ndarray) for side in sides):
            sides = [
                _as_numbers(side, loaded.is_typed) for side, loaded in zip(sides, (old, new), strict=True)
            ]
        if len({isinstance(side, np.ndarray) for side in sides}) == 2:
            sides = [_as_text(side) for side in sides]
        parts[str(variable)] = _joined(sides)
    return Stacked(name, len(old.frame), len(new.frame), parts)


def _joined(sides: Sequence[Part]) -> Part:
    if all(isinstance(side, np.ndarray) for side in sides):
        return np.concatenate(sides)
    return columns.stack([side for side in sides if isinstance(side, pd.Series)])


def _plain(column: pd.Series) -> Part:
    """A column as float64 or as text."""
    kind = column.dtype
    if pd.api.types.is_bool_dtype(kind):
        return columns.text(column.astype(object).map({True: "true", False: "false"}))
    if pd.api.types.is_numeric_dtype(kind):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    if pd.api.types.is_datetime64_any_dtype(kind):
        return _moments(column)
    if isinstance(kind, pd.StringDtype):
        return _without_empty(columns.encoded(column))
    if isinstance(kind, pd.CategoricalDtype):
        texts = [str(value) for value in column.cat.categories]
        codes, unique = pd.factorize(np.asarray(texts, dtype=object))
        codes = columns.take_by_code(codes.astype(np.int64), columns.codes_of(column))
        return _without_empty(columns.from_codes(codes, list(unique), column.index))
    if pd.api.types.infer_dtype(column, skipna=True) in ("date", "datetime"):
        return _moments(pd.to_datetime(column))
    texts = column.map(str, na_action="ignore")
    return _without_empty(columns.text(texts.where(column.notna(), None).astype(object)))


def _moments(column: pd.Series) -> pd.Series:
    shown = column.dt.strftime("%Y-%m-%dT%H:%M:%S").str.removesuffix("T00:00:00")
    return columns.text(shown.where(column.notna(), None).astype(object))


def _without_empty(column: pd.Series) -> pd.Series:
    """An empty text is missing: files have no other way to say so."""
    found = np.flatnonzero(np.array([not text for text in column.cat.categories], dtype=bool))
    if not len(found):
        return column
    codes = columns.codes_of(column)
    return columns.coded(np.where(codes == found[0], -1, codes), column.cat.categories, column.index)


def _as_numbers(side: Part, is_typed: bool) -> Part:
    """Texts of a file without types as numbers, if all of them are; a column without any value has none to lose."""
    if isinstance(side, np.ndarray):
        return side
    texts = columns.unique_texts(side)
    used = np.bincount(columns.codes_of(side) + 1, minlength=len(texts) + 1)[1:] > 0
    if used.any() and (is_typed or not all(is_number_text(text.strip()) for text in np.array(texts)[used])):
        return side
    values = [float(text) if is_used else np.nan for text, is_used in zip(texts, used, strict=True)]
    return np.asarray(columns.take(np.array(values, dtype=float), side, missing=np.nan))


def _as_text(side: Part) -> pd.Series:
    """Numbers as their shortest texts."""
    if isinstance(side, pd.Series):
        return side
    codes, unique = pd.factorize(side)
    return columns.from_codes(codes, [shortest(value) for value in unique], pd.RangeIndex(len(side)))
