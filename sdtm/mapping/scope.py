"""A block of rows as the steps of a mapping see it: raw columns, made variables, the subject's DM."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sdtm.columns import take
from sdtm.compile_rule import Reference
from sdtm.stages import RawTable
from validation.findings import Place


@dataclass(frozen=True, slots=True)
class Origin:
    """Where each row of a block comes from: raw table, row of it, and raw column (wide forms)."""

    table: pd.Series
    position: np.ndarray
    column: pd.Series

    def at(self, rows: np.ndarray) -> Origin:
        return Origin(
            self.table.iloc[rows].reset_index(drop=True),
            self.position[rows],
            self.column.iloc[rows].reset_index(drop=True),
        )


@dataclass(slots=True)
class BlockScope:
    """Rows of one source. ``rows``: positions in ``raw`` (None: all of them, in order)."""

    raw: Mapping[str, pd.Series]
    rows: np.ndarray | None
    index: pd.RangeIndex
    origin: Origin
    tables: Mapping[str, RawTable]
    made: dict[str, pd.Series] = field(default_factory=dict)
    maker: Callable[[str], pd.Series] | None = None
    subject: Callable[[str], pd.Series] | None = None
    _taken: dict[str, pd.Series] = field(default_factory=dict)

    def column(self, reference: Reference) -> pd.Series:
        if reference.kind == "raw":
            return self._raw(reference.name)
        if reference.kind == "subject":
            if self.subject is None:
                raise RuntimeError(f"DM.{reference.name} is read before DM is made")
            return self.subject(reference.name)
        if reference.name in self.made:
            return self.made[reference.name]
        if self.maker is None:
            raise RuntimeError(f"variable {reference.name} is read before it is made")
        return self.maker(reference.name)

    def _raw(self, name: str) -> pd.Series:
        if name not in self._taken:
            column = self.raw[name]
            self._taken[name] = column if self.rows is None else pick(column, self.rows)
        return self._taken[name]

    def places(self, rows: np.ndarray, column: str) -> tuple[Place, ...]:
        subjects = self.made.get("USUBJID")
        out = []
        for row in rows.tolist():
            position = int(self.origin.position[row])
            file, number = "", None
            if position >= 0:
                file, number = self.tables[self.origin.table.iloc[row]].place(position)
            keys: tuple[tuple[str, str], ...] = ()
            if subjects is not None and isinstance(subject := subjects.iloc[row], str):
                keys = (("USUBJID", subject),)
            out.append(Place(keys, "", file, number, column))
        return tuple(out)


def pick(column: pd.Series, rows: np.ndarray) -> pd.Series:
    """Rows of a column by position (-1: missing), with a fresh index."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes = column.cat.codes.to_numpy()
        chosen = codes[rows] if len(codes) else np.full(len(rows), -1, dtype=np.int8)
        if (rows < 0).any():
            chosen = np.where(rows >= 0, chosen, -1).astype(codes.dtype)
        values = pd.Categorical.from_codes(chosen, column.cat.categories, validate=False)
        return pd.Series(values, copy=False)
    values = column.to_numpy()
    chosen = values[rows] if len(values) else np.full(len(rows), np.nan)
    return pd.Series(np.where(rows >= 0, chosen, np.nan))


def by_subject(subjects: pd.Series, table: pd.DataFrame, name: str) -> pd.Series:
    """A DM variable beside the records of the same USUBJID; missing where DM has no such subject."""
    positions = {
        subject: i for i, subject in enumerate(table["USUBJID"].astype(object)) if isinstance(subject, str)
    }
    rows = np.array([positions.get(text, -1) for text in subjects.cat.categories] or [-1], dtype=np.int64)
    return pick(table[name], take(rows, subjects, missing=-1).astype(np.int64))
