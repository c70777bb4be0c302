"""Joins with declared cardinality: no row is multiplied or dropped without the spec's word."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sdtm.columns import encoded, stack
from sdtm.combinations import unique_rows
from specs.location import Location
from specs.model import Join
from specs.problems import Problem, ProblemsFound, suggest


@dataclass(frozen=True, slots=True)
class JoinCount:
    """How many rows met in one join; added up over shards to see a join that matches nothing at all."""

    where: Location
    table: str
    left: int
    right: int
    matched: int
    example: str = ""

    def __add__(self, other: JoinCount) -> JoinCount:
        return JoinCount(
            self.where,
            self.table,
            self.left + other.left,
            self.right + other.right,
            self.matched + other.matched,
            min(filter(None, (self.example, other.example)), default=""),
        )

    def problem(self) -> Problem | None:
        """Both tables have keys and not one is in both: they are written in two ways."""
        if self.matched or not self.left or not self.right:
            return None
        return Problem(
            "join-matches-nothing",
            self.where,
            f"no row of {self.table} has a key of ours, such as {self.example}",
            "keys that are written alike in both tables",
            "compare leading zeros, blanks and site prefixes of both columns",
        )


@dataclass(frozen=True, slots=True)
class Joined:
    """``rows``: for each result row the row of the left table; ``columns``: what was taken;
    ``used``: rows of the right table that matched; ``picked``: for each result row its right row, or -1."""

    rows: np.ndarray
    columns: dict[str, pd.Series]
    used: np.ndarray
    count: JoinCount
    picked: np.ndarray


def join_rows(
    left: pd.DataFrame,
    right: pd.DataFrame,
    join: Join,
    keep: np.ndarray | None,
    where: Location,
) -> Joined:
    """Match rows of ``right`` (those in the mask ``keep``) to rows of ``left`` by equal texts.

    ``join.by`` names the right column and then the left one. ``expect``: ``one`` (exactly one match for
    every row), ``optional`` (none or one), ``many`` (any number; the row is repeated for each).
    Equal right rows count once with ``distinct``. Raises ``ProblemsFound`` with the offending keys.
    """
    take = taken(join)
    if problems := column_problems(list(left), list(right), join, where):
        raise ProblemsFound(problems)
    ours = [encoded(left[name]) for name in join.by.values()]
    theirs = [encoded(right[name]) for name in join.by]
    size = len(left)
    both = [stack([a, b]) for a, b in zip(ours, theirs, strict=True)]
    codes, rows = unique_rows(both)
    complete = np.array([None not in row for row in rows] + [False], dtype=bool)
    our_codes = np.where(complete[codes[:size]], codes[:size], -1)
    candidates = np.flatnonzero(complete[codes[size:]] & (True if keep is None else keep))
    their_codes = codes[size:][candidates]
    all_matched = candidates[np.isin(their_codes, our_codes)]
    if join.distinct:
        inverse, _ = unique_rows(
            [encoded(right[name]).iloc[candidates] for name in dict.fromkeys([*join.by, *take.values()])]
        )
        _, first = np.unique(inverse, return_index=True)
        first.sort()
        candidates, their_codes = candidates[first], their_codes[first]
    order = np.argsort(their_codes, kind="stable")
    sorted_codes = their_codes[order]
    low = np.searchsorted(sorted_codes, our_codes, "left")
    high = np.searchsorted(sorted_codes, our_codes, "right")
    counts = np.where(our_codes >= 0, high - low, 0)
    _check_cardinality(join, counts, ours, where)
    repeat = np.maximum(counts, 1)
    result_rows = np.repeat(np.arange(size), repeat)
    within = np.arange(len(result_rows)) - np.repeat(np.cumsum(repeat) - repeat, repeat)
    matched = counts[result_rows] > 0
    picked = np.full(len(result_rows), -1, dtype=np.int64)
    picked[matched] = candidates[order[(low[result_rows] + within)[matched]]]
    columns = {name: _pick(encoded(right[theirs_name]), picked) for name, theirs_name in take.items()}
    count = JoinCount(
        where,
        join.table,
        int((our_codes >= 0).sum()),
        len(candidates),
        int(matched.sum()),
        _example(ours, our_codes),
    )
    return Joined(result_rows, columns, all_matched, count, picked)


def _example(ours: list[pd.Series], codes: np.ndarray) -> str:
    at = np.flatnonzero(codes >= 0)[:1]
    return ", ".join(str(column.iloc[at[0]]) for column in ours) if len(at) else ""


def _pick(column: pd.Series, rows: np.ndarray) -> pd.Series:
    codes = np.where(rows >= 0, column.cat.codes.to_numpy()[rows] if len(column) else -1, -1)
    values = pd.Categorical.from_codes(
        codes.astype(column.cat.codes.dtype), column.cat.categories, validate=False
    )
    return pd.Series(values, copy=False)


def taken(join: Join) -> dict[str, str]:
    """What a join takes: the name here -> the column of the joined table."""
    return dict(join.take) if isinstance(join.take, dict) else {name: name for name in join.take}


def column_problems(
    left: Collection[str], right: Collection[str], join: Join, where: Location
) -> list[Problem]:
    """Columns that a join names and that are not there, or are there already."""
    problems = []
    for name in dict.fromkeys([*join.by, *taken(join).values()]):
        if name not in right:
            problems.append(
                Problem(
                    "unknown-column",
                    where,
                    f"{name!r}",
                    f"a column of {join.table}: {', '.join(right)}",
                    suggest(name, right),
                )
            )
    for name in join.by.values():
        if name not in left:
            problems.append(
                Problem(
                    "unknown-column",
                    where,
                    f"{name!r}",
                    f"a column of the source: {', '.join(left)}",
                    suggest(name, left),
                )
            )
    for name, theirs in taken(join).items():
        if name in left:
            problems.append(
                Problem(
                    "column-taken-twice",
                    where,
                    f"{name!r} of {join.table}",
                    "a name that the source does not have yet",
                    f"rename it: take: {{{name}_2: {theirs}}}",
                )
            )
    return problems


def _check_cardinality(join: Join, counts: np.ndarray, ours: list[pd.Series], where: Location) -> None:
    def keys(mask: np.ndarray) -> str:
        at = np.flatnonzero(mask)
        _, rows = unique_rows([column.iloc[at] for column in ours])
        shown = "; ".join(", ".join(str(part) for part in row) for row in sorted(rows, key=str)[:5])
        return f"{len(rows)} keys, {len(at)} rows: {shown}{' …' if len(rows) > 5 else ''}"

    if join.expect in ("one", "optional") and (counts > 1).any():
        raise ProblemsFound(
            Problem(
                "join-multiplies",
                where,
                f"more than one row of {join.table} for {keys(counts > 1)}",
                f"expect: {join.expect}, so at most one row of {join.table} for each {', '.join(join.by.values())}",
                "add the column that tells them apart to `by`, narrow it by `where`, or write expect: many",
            )
        )
    if join.expect == "one" and (counts == 0).any():
        raise ProblemsFound(
            Problem(
                "join-without-match",
                where,
                f"no row of {join.table} for {keys(counts == 0)}",
                f"expect: one, so a row of {join.table} for each {', '.join(join.by.values())}",
                "complete the table, or write expect: optional",
            )
        )
