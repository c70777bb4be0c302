"""Figures of events by grade: what they read, and the shades of grades.

The shades are of one hue from light to dark, so that their order shows without colours, too.
"""

from __future__ import annotations

from pydantic import Field

from sdtm.reports.block import Block
from sdtm.reports.registry import BlockParams
from specs.catalogue import Column

GRADES = {1: "#C6DBEF", 2: "#6BAED6", 3: "#2171B5", 4: "#08306B", 5: "#000000"}
UNGRADED = "#DDDDDD"
# What is readable on each of them: at least 4.5:1 by WCAG 2.2.
TEXT_ON = {shade: "#ffffff" if grade >= 3 else "#000000" for grade, shade in GRADES.items()} | {
    UNGRADED: "#000000"
}
EDGE = "#555555"  # around bars, since the lightest shade alone hardly stands out on white


class EventsByGrade(BlockParams):
    from_: str = Field(default="ADAE", alias="from")
    where: str = "TRTEMFL = 'Y'"
    term: Column = "AEDECOD"
    grade: Column = "ATOXGRN"


def check_columns(block: Block, params: EventsByGrade) -> None:
    """``ProblemsFound`` where the records lack the variable of the term, or of the grade."""
    for name in (params.term, params.grade):
        block.column(block.records, name, "term" if name == params.term else "grade")
