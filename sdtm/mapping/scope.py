"""A block of rows as the steps of a mapping see it: raw columns, made variables, the subject's DM."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from sdtm.columns import arrow_texts, coded, codes_of, constant, encoded, gather, pick, take
from sdtm.compile_rule import Reference
from sdtm.stages import RawTable
from validation.findings import Place


@dataclass(frozen=True, slots=True)
class Origin:
    """Where each row of a block comes from: raw table, row of it, and raw column (wide forms).

    ``line``: the row among those of the raw table and what is joined to it; only in a run that is watched.
    """

    table: pd.Series
    position: np.ndarray
    column: pd.Series
    line: np.ndarray | None = None

    def at(self, rows: np.ndarray) -> Origin:
        line = None if self.line is None else self.line[rows]
        position = self.position[rows] if rows.min(initial=0) < 0 else gather(self.position, rows)
        return Origin(pick(self.table, rows), position, pick(self.column, rows), line)


NOWHERE = Origin(
    constant(None, pd.RangeIndex(0)), np.empty(0, dtype=np.int32), constant(None, pd.RangeIndex(0))
)


@dataclass(slots=True)
class BlockScope:
    """Rows of one source. ``rows``: positions in ``raw`` (None: all of them, in order).

    ``joined``: for each join the row of the other table (-1: none) by line; only in a run that is watched.
    """

    raw: Mapping[str, pd.Series]
    rows: np.ndarray | None
    index: pd.RangeIndex
    origin: Origin
    tables: Mapping[str, RawTable]
    made: dict[str, pd.Series] = field(default_factory=dict)
    maker: Callable[[str], pd.Series] | None = None
    subject: Callable[[str], pd.Series] | None = None
    joined: tuple[np.ndarray, ...] = ()
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
            column = encoded(self.raw[name])
            self._taken[name] = column if self.rows is None else pick(column, self.rows)
        return self._taken[name]

    def release(self) -> None:
        """Let go of columns that stand elsewhere by now.

        The makers hold the scope and the scope holds them, so nothing would be freed for a while otherwise.
        """
        self.made = {}
        self.maker = self.subject = None
        self._taken.clear()

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


def by_subject(subjects: pd.Series, table: pd.DataFrame, name: str) -> pd.Series:
    """A DM variable beside the records of the same USUBJID; missing where DM has no such subject.

    Of several rows with one USUBJID the last counts.
    """
    theirs = encoded(table["USUBJID"])
    codes, last = codes_of(theirs), np.full(len(theirs.cat.categories) + 1, -1)
    last[codes] = np.arange(len(codes))
    last[-1] = -1  # of rows without a subject; and of subjects that stand in no row
    rows = last[_positions(subjects.cat.categories, theirs.cat.categories)]
    of_subject = pick(table[name], rows)  # one for each distinct subject
    index = pd.RangeIndex(len(subjects))
    if isinstance(of_subject.dtype, pd.CategoricalDtype):
        return coded(take(codes_of(of_subject), subjects), of_subject.cat.categories, index)
    return pd.Series(take(of_subject.to_numpy(), subjects, missing=np.nan), index, copy=False)


def _positions(texts: pd.Index, among: pd.Index) -> np.ndarray:
    """Where each distinct text stands among others; -1 for one that does not."""
    if texts is among:
        return np.arange(len(texts))
    found = pc.index_in(arrow_texts(texts), value_set=arrow_texts(among))
    return found.fill_null(-1).to_numpy(zero_copy_only=False)
