"""range_lookup: a limit of the reference range out of a table by laboratory, test, sex, age and the like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field

from sdtm.columns import constant, from_codes
from sdtm.combinations import unique_rows
from sdtm.mapping.registry import Loss, algorithm
from sdtm.numbers import shortest, split_number
from specs.catalogue import Column, Params, Table
from specs.location import Location
from specs.problems import Problem, ProblemsFound

_EXPECTED = "one row of the table of ranges for each result, in the unit of the result"


class RangeLookup(Params):
    range: Table
    by: dict[str, Column]
    between: dict[Column, tuple[str, str]] = Field(default={})
    unit: Annotated[dict[str, Column], Field(min_length=1, max_length=1)]
    take: str

    def looked_up(self) -> tuple[str, ...]:
        """The columns of the table that are read."""
        ends = [name for pair in self.between.values() for name in pair if name]
        return (*self.by, *ends, *self.unit, self.take)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the table. ``keys``: None fits anything; ``ends``: None is no end; ``limits``: what is not asked for
    to find it, so its other limit, too."""

    keys: tuple[str | None, ...]
    ends: tuple[tuple[float | str | None, float | str | None], ...]
    unit: str | None
    value: str | None
    limits: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class _Match:
    value: str | None = None
    rule: str = ""
    reason: str = ""


def _losses(block: pd.DataFrame, params: RangeLookup, tables: Mapping[str, pd.DataFrame]) -> list[Loss]:
    numbers, matches = _matches(block, params, tables)

    def reasons(rule: str) -> pd.Series:
        told = [match.reason if match.rule == rule else None for match in matches]
        return _spread(told, numbers, block.index)

    rows, missing = f"the rows of {params.range}", "the range stays missing"
    absent, several = reasons("range-not-found"), reasons("range-ambiguous")
    no_unit, other_unit = reasons("range-without-unit"), reasons("range-unit-differs")
    return [
        Loss("range-not-found", "warning", absent, _EXPECTED, f"add to {rows}, or a `where` to the mapping"),
        Loss("range-ambiguous", "error", several, _EXPECTED, f"correct {rows}; {missing}"),
        Loss("range-without-unit", "error", no_unit, _EXPECTED, f"write the unit into {rows}; {missing}"),
        Loss(
            "range-unit-differs", "error", other_unit, _EXPECTED, f"add one in this unit to {rows}; {missing}"
        ),
    ]


@algorithm(
    "range_lookup", RangeLookup, key="range", needs=("tables",), loss="allowed", origin="Assigned", losses=_losses
)  # fmt: skip
def range_lookup(block: pd.DataFrame, params: RangeLookup, tables: Mapping[str, pd.DataFrame]) -> pd.Series:
    """The column ``take`` of the row of a table of reference ranges that fits the record.

    ``by`` names the table's column and then ours: ``{LAB: LBNAM, TEST: LB.LBTESTCD, SEX: DM.SEX}``; an empty
    cell of the table fits anything. ``between`` names ours and then the table's first and last value, both
    included: ``{DM.AGE: [AGE_FROM, AGE_TO]}``; numbers, or dates as ISO 8601; an empty one is no end. ``unit``
    is as ``by``, but an empty cell means a range without a unit. Of several rows that fit, the one with the
    most filled ``by`` cells counts.

    Shape:   n rows of keys in, n texts out, same index.
    Unit:    that of the result, which the row has to have.
    Missing: where the row has no such limit, or the result has no unit; where no row fits, or two equally
             well that differ, or only rows in another unit or without one (reported).
    Errors:  a first or last value that is neither number nor date stops the run.
    Source:  SDTMIG 3.4, 6.3.5.6 (LB).
    Example: by {SEX: S}, between {AGE: [FROM, TO]}, unit {UNIT: U}, take LOW; row F, 18, 59, g/L, 115:
             F, 40, g/L -> 115; M, 40, g/L -> missing.
    """
    numbers, matches = _matches(block, params, tables)
    return _spread([match.value for match in matches], numbers, block.index)


def _matches(
    block: pd.DataFrame, params: RangeLookup, tables: Mapping[str, pd.DataFrame]
) -> tuple[np.ndarray, list[_Match]]:
    """For each row of the block the number of its match, each distinct combination looked up once."""
    rows = _rows(tables[params.range], params)
    ours = [*params.by.values(), *params.between, *params.unit.values()]
    numbers, distinct = unique_rows([_as_text(block[name]) for name in ours])
    by_first: dict[str | None, list[_Row]] = {}
    for row in rows:
        by_first.setdefault(row.keys[0], []).append(row)
    found = []
    for values in distinct:
        candidates = [
            *by_first.get(values[0], ()),
            *(by_first.get(None, ()) if values[0] is not None else ()),
        ]
        found.append(_match(values, candidates, params))
    return numbers, found


def _match(values: Sequence[str | None], rows: Sequence[_Row], params: RangeLookup) -> _Match:
    keys, measures, unit = values[: len(params.by)], values[len(params.by) : -1], values[-1]
    shown = ", ".join(
        f"{name} {value}" for name, value in zip(params.by.values(), keys, strict=True) if value
    )
    shown += "".join(
        f", {name} {value or 'missing'}" for name, value in zip(params.between, measures, strict=True)
    )
    if all(value is None for value in keys):
        return _Match()
    fitting = [row for row in rows if _fits(row, keys, measures)]
    if not fitting:
        return _Match(None, "range-not-found", f"no range for {shown}")
    same = [row for row in fitting if row.unit == unit]
    if not same:
        there = sorted({row.unit for row in fitting if row.unit})
        if unit is None:  # nothing was measured, or the missing unit is told of the result itself
            return _Match()
        if not there:
            return _Match(None, "range-without-unit", f"range without a unit for {shown}, result in {unit}")
        reason = f"range in {' and '.join(there)} for {shown}, result in {unit}"
        return _Match(None, "range-unit-differs", reason)
    most = max(sum(key is not None for key in row.keys) for row in same)
    best = [row for row in same if sum(key is not None for key in row.keys) == most]
    if len({row.limits for row in best}) > 1:  # with one end in doubt the other one says nothing certain
        ends = " and ".join(sorted({"/".join(text or "nothing" for text in row.limits) for row in best}))
        return _Match(None, "range-ambiguous", f"ranges {ends} for {shown}")
    return _Match(best[0].value)


def _fits(row: _Row, keys: Sequence[str | None], measures: Sequence[str | None]) -> bool:
    if any(theirs is not None and theirs != ours for theirs, ours in zip(row.keys, keys, strict=True)):
        return False
    return all(_is_between(text, ends) for text, ends in zip(measures, row.ends, strict=True))


def _is_between(text: str | None, ends: tuple[float | str | None, float | str | None]) -> bool:
    first, last = ends
    if first is None and last is None:
        return True
    if text is None:
        return False
    value = _measure(text)
    for end, sign in ((first, 1), (last, -1)):
        if end is None:
            continue
        if isinstance(end, str):  # a date; one that is less precise than the limit says nothing about it
            ours = text[: len(end)]
            if len(ours) < len(end) or (ours < end if sign > 0 else ours > end):
                return False
        elif not isinstance(value, float) or (value - end) * sign < 0:
            return False
    return True


def _rows(table: pd.DataFrame, params: RangeLookup) -> list[_Row]:
    cells = {name: table[name].astype(object).where(table[name].notna(), None).tolist() for name in table}
    asked = {*params.looked_up()} - {params.take}
    limits = [name for name in cells if name not in asked]
    problems: list[Problem] = []

    def end(name: str, number: int) -> float | str | None:
        text = cells[name][number] if name else None
        value = None if text is None else _measure(text)
        if text is not None and value is None:
            where = Location(column=f"{params.range}.{name}")
            problems.append(
                Problem("bad-value", where, f"{text!r}", "a number, or a date such as 2024-03-01")
            )
        return value

    (unit,) = params.unit
    rows = [
        _Row(
            tuple(cells[name][number] for name in params.by),
            tuple((end(first, number), end(last, number)) for first, last in params.between.values()),
            cells[unit][number],
            cells[params.take][number],
            tuple(cells[name][number] for name in limits),
        )
        for number in range(len(table))
    ]
    if problems:
        raise ProblemsFound(problems)
    return rows


def _measure(text: str) -> float | str | None:
    """A number, or the text of a date; ``None`` for anything else."""
    if split_number(text) is not None:
        return float(text)
    digits = text.replace("-", "").replace(":", "").replace("T", "")
    return text if len(text) >= 7 and text[4] == "-" and digits.isdigit() else None


def _as_text(column: pd.Series) -> pd.Series:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column
    codes, unique = pd.factorize(column.to_numpy())
    return from_codes(codes, [shortest(value) for value in unique], column.index)


def _spread(texts: Sequence[str | None], numbers: np.ndarray, index: pd.Index) -> pd.Series:
    if not len(texts):
        return constant(None, index)
    codes, unique = pd.factorize(np.array(texts, dtype=object))
    return from_codes(codes[numbers], list(unique), index)
