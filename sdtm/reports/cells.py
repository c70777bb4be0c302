"""Cells by template: where results are rounded, and nowhere else."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from sdtm.reports.results import Value, value_text
from sdtm.statistics.rounding import percent_text, rounded_text, significant_text

NOT_ESTIMABLE = "NE"
NONE = "–"
_PLACE = re.compile(r"\{(\w+)(?::(\w+))?\}")
Cell = Mapping[str, tuple[Value, int]]  # statistic -> value and the N of its percentage


def cell_text(template: str, cell: Cell) -> str:
    """A cell by its template.

    ``{mean:1}``: one decimal, half away from zero; ``{mean:s3}``: three significant digits; ``{p:p}``: a
    p-value; ``{count:c}``: a count with its percentage; ``{text}``: as it is. Missing statistics are ``–``,
    those that do not exist ``NE``. Example: ``{median:1} ({minimum:0}–{maximum:0})`` -> 47.5 (24–66).
    """
    named = [name for name, _ in _PLACE.findall(template)]
    if not any(name in cell for name in named):
        return NONE
    if cell.get("n", (1, 0))[0] == 0 and "n" not in named:
        return NONE
    return _PLACE.sub(lambda found: _value(found[1], found[2] or "", cell), template)


def _value(name: str, form: str, cell: Cell) -> str:
    if name not in cell:
        return NONE
    value, total = cell[name]
    if isinstance(value, str):
        return value
    if math.isnan(value):
        return NOT_ESTIMABLE
    if form == "c":
        share = percent_text(int(value), total) if value else ""
        return f"{int(value)} ({share})" if share else str(int(value))
    if form == "p":
        return "<0.001" if value < 0.001 else rounded_text(float(value), 3)
    if form.startswith("s"):
        return significant_text(float(value), int(form[1:]))
    return rounded_text(float(value), int(form)) if form else value_text(value)


def first_statistic(template: str, cell: Mapping[str, object]) -> str:
    """The first statistic of a template that a cell has; an empty text where it has none."""
    return next((name for name, _ in _PLACE.findall(template) if name in cell), "")
