"""How one error is seeded into clean datasets: small changes, each of one place, and what must be found.

A mutation says in words what is wrong, which rule has to find it and where, and how it gets there. The lists
stand beside this file, one for each topic; a new topic is a new file with ``MUTATIONS``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd


@dataclass(slots=True)
class Data:
    """Datasets and what their files say of them; a change touches copies only."""

    frames: dict[str, pd.DataFrame]
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    lengths: dict[str, dict[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the datasets ``touches``."""

    touches: tuple[str, ...]
    apply: Callable[[Data], None]


@dataclass(frozen=True, slots=True)
class Mutation:
    """One seeded error: ``rule`` has to find it ``at`` a variable (``AE.AESER``) or a dataset (``AE``)."""

    what: str
    rule: str
    at: str
    changes: tuple[Change, ...]

    def __str__(self) -> str:
        return f"{self.rule}: {self.what}"


def error(what: str, rule: str, at: str, *changes: Change) -> Mutation:
    return Mutation(what, rule, at, changes)


def put(place: str, value: Any, /, *, rows: int = 1, **where: Any) -> Change:
    """A value in the first ``rows`` records (0: all) in which ``where`` holds; its variable is added if need be.

    ``where``: variable -> value; ``...`` is any value, ``None`` is no value. Without it, the first record
    that has a value of the variable.
    """
    dataset, variable = place.split(".", 1)

    def apply(data: Data) -> None:
        frame = data.frames[dataset].copy(deep=False)
        if variable not in frame:
            kind = "float64" if isinstance(value, float) else object
            frame[variable] = pd.Series([None] * len(frame), index=frame.index, dtype=kind)
        column = _open(frame[variable], value)
        filled = not where and column.notna().any()
        chosen = _rows(frame, {variable: ...} if filled else where, rows)
        column.loc[chosen] = value
        frame[variable] = column
        data.frames[dataset] = frame

    return Change((dataset,), apply)


def clear(place: str, /, *, rows: int = 1, **where: Any) -> Change:
    """No value any more; ``where`` as in ``put``."""
    return put(place, None, rows=rows, **where)


def add(place: str, value: Any) -> Change:
    """A further variable with one value in all records."""
    return put(place, value, rows=0, STUDYID=...)


def double(place: str) -> Change:
    """A variable once more, under the same name."""
    dataset, variable = place.split(".")

    def apply(data: Data) -> None:
        frame = data.frames[dataset]
        data.frames[dataset] = pd.concat([frame, frame[[variable]]], axis=1)

    return Change((dataset,), apply)


def drop(place: str) -> Change:
    """A variable (``AE.AETERM``) or a dataset (``AE``) that is not there."""
    dataset, _, variable = place.partition(".")

    def apply(data: Data) -> None:
        if variable:
            data.frames[dataset] = data.frames[dataset].drop(columns=variable)
        else:
            del data.frames[dataset]

    return Change((dataset,), apply)


def remove(dataset: str, /, **where: Any) -> Change:
    """Records that are not there; without ``where`` all of them."""

    def apply(data: Data) -> None:
        frame = data.frames[dataset]
        gone = _rows(frame, where, 0) if where else frame.index
        data.frames[dataset] = frame.drop(index=gone).reset_index(drop=True)

    return Change((dataset,), apply)


def repeat(dataset: str, changed: Mapping[str, Any], /, **where: Any) -> Change:
    """A record once more, with other values in some variables."""

    def apply(data: Data) -> None:
        frame = data.frames[dataset].astype(object)
        again = frame.loc[_rows(frame, where, 1)].copy()
        for variable, value in changed.items():
            again[variable] = value
        whole = pd.concat([frame, again], ignore_index=True)
        types = data.frames[dataset].dtypes
        data.frames[dataset] = whole.astype(
            {name: "float64" if types[name] == np.float64 else object for name in whole}
        )

    return Change((dataset,), apply)


def rename(old: str, new: str) -> Change:
    """Another name for a variable (``AE.AETERM`` to ``AETERMS``) or a dataset (``AE`` to ``AE_1``)."""
    dataset, _, variable = old.partition(".")

    def apply(data: Data) -> None:
        if variable:
            data.frames[dataset] = data.frames[dataset].rename(columns={variable: new})
        else:
            data.frames[new] = data.frames.pop(dataset)

    return Change((dataset,), apply)


def move(place: str, position: int) -> Change:
    """A variable at another position."""
    dataset, variable = place.split(".")

    def apply(data: Data) -> None:
        names = [name for name in data.frames[dataset] if name != variable]
        names.insert(position, variable)
        data.frames[dataset] = data.frames[dataset][names]

    return Change((dataset,), apply)


def retype(place: str, kind: type) -> Change:
    """Numbers as text, or text as numbers (1, 2, 3 ...)."""
    dataset, variable = place.split(".")

    def apply(data: Data) -> None:
        frame = data.frames[dataset].copy(deep=False)
        column = frame[variable]
        if kind is str:
            frame[variable] = [None if pd.isna(value) else f"{value:g}" for value in column]
        else:
            frame[variable] = np.arange(1.0, len(frame) + 1)
        data.frames[dataset] = frame

    return Change((dataset,), apply)


def label(place: str, text: str) -> Change:
    dataset, _, variable = place.partition(".")

    def apply(data: Data) -> None:
        data.labels[dataset] = {**data.labels.get(dataset, {}), variable: text}

    return Change((dataset,), apply)


def length(place: str, size: int) -> Change:
    dataset, variable = place.split(".")

    def apply(data: Data) -> None:
        data.lengths[dataset] = {**data.lengths.get(dataset, {}), variable: size}

    return Change((dataset,), apply)


def _open(column: pd.Series, value: Any) -> pd.Series:
    """A column that takes the value: numbers stay numbers as long as they can."""
    stays = column.dtype == np.float64 and (value is None or isinstance(value, float))
    return column.copy() if stays else column.astype(object)


def _rows(frame: pd.DataFrame, where: Mapping[str, Any], count: int) -> pd.Index:
    """The records that are meant; none is a fault of the list."""
    chosen = pd.Series(True, index=frame.index)
    for variable, value in where.items():
        column = frame[variable]
        if value is ...:
            chosen &= column.notna()
        elif value is None:
            chosen &= column.isna()
        else:
            chosen &= column.astype(object) == value
    found = frame.index[chosen.to_numpy(dtype=bool)]
    assert len(found), f"no record with {dict(where)}"
    return found[:count] if count else found
