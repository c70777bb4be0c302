"""What a table is made of: results, and the lines that say how they are shown.

A result is one statistic of one row and column, unrounded, with its dataset and condition. Rounding is
done by the rendering alone.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections.abc import Iterable
from dataclasses import dataclass, field, fields

import numpy as np

from sdtm.reports.row_sets import NO_ROWS, RowSet

Value = float | int | str


@dataclass(frozen=True, slots=True)
class Result:
    """One statistic. ``n``: what it was computed from (subjects, or records of a listing); ``N``: subjects of
    the column. A number that does not exist is NaN ("not estimable"). ``records``: the rows that it was
    computed from; ``among``: those of its denominator, where it has one."""

    table: str
    row: str
    column: str
    statistic: str
    value: Value
    unit: str
    n: int
    N: int
    source: str
    condition: str
    records: RowSet = field(default=NO_ROWS, compare=False, repr=False)
    among: RowSet = field(default=NO_ROWS, compare=False, repr=False)

    @property
    def id(self) -> str:
        """A name for this number that stays, whatever the data: of its table, row, column and statistic."""
        named = "\x1f".join((self.table, self.row, self.column, self.statistic))
        return f"R{hashlib.sha256(named.encode()).hexdigest()[:12]}"


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line: its row, label, indentation and template, such as ``{mean:1} ({sd:2})``.

    A line without a template is a heading.
    """

    row: str
    label: str
    show: str = ""
    level: int = 0


@dataclass(slots=True)
class Section:
    """The rows of one block."""

    lines: list[Line] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)


HEADER = (*(item.name for item in fields(Result) if item.name not in ("records", "among")), "id")


def value_text(value: Value) -> str:
    """A value as results.csv holds it: twelve significant digits, ``NE`` where there is no number.

    More digits would differ between machines.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, int | np.integer):
        return str(int(value))
    if math.isnan(value):
        return "NE"
    text = f"{float(value):.12g}"
    return "0" if text == "-0" else text


def results_csv(results: Iterable[Result]) -> str:
    """results.csv as text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for result in results:
        cells = {name: getattr(result, name) for name in HEADER}
        writer.writerow((cells | {"value": value_text(result.value)}).values())
    return out.getvalue()
