"""Butterfly of adverse events: two groups back to back, bars stacked by maximum grade."""

from __future__ import annotations

import pandas as pd
from pydantic import Field

from sdtm.reports.block import SUBJECT, Block, Group
from sdtm.reports.figures.grades import EDGE, GRADES, EventsByGrade, check_columns
from sdtm.reports.registry import figure
from sdtm.reports.svg import Drawing
from sdtm.reports.text_width import shortened
from specs.problems import Problem, ProblemsFound

HALF = 260.0  # pixels of one side


class EventButterfly(EventsByGrade):
    threshold: float = Field(default=0, ge=0, le=100, description="least percent in either group")


@figure("event_butterfly", EventButterfly)
def event_butterfly(block: Block, params: EventButterfly) -> str:
    """Percent of subjects with each term, the first group to the left, the second to the right, by maximum grade.

    A subject counts once for a term, at the highest grade; the most frequent term in both groups together is
    on top, ties by the alphabet.
    """
    if len(block.groups) != 2:
        found = f"{len(block.groups)} groups"
        raise ProblemsFound(Problem("two-groups", block.where("where"), found, "two groups, one a side"))
    check_columns(block, params)
    worst = [_worst(group, params) for group in block.groups]
    counts = pd.concat([found.groupby(params.term).size() for found in worst], axis=1).fillna(0)
    counts.columns = pd.Index(["left", "right"])
    sizes = [max(group.N, 1) for group in block.groups]
    reached = (100 * counts / sizes).max(axis=1) >= params.threshold
    terms = sorted(counts.index[reached], key=lambda term: (-counts.loc[term].sum(), str(term)))
    bottom = 60 + 20 * max(len(terms), 1)
    drawing = Drawing(860, bottom + 60, block.title, f"{len(terms)} terms in two groups")
    centre = 480.0
    for side, (group, found) in enumerate(zip(block.groups, worst, strict=True)):
        sign = 1 if side else -1
        heading = f"{group.label} (N={group.N})"
        drawing.text(centre + sign * HALF / 2, 24, heading, anchor="middle", bold=True)
        for share in (25, 50, 75, 100):
            x = centre + sign * HALF * share / 100
            drawing.line(x, 40, x, bottom, "#dddddd")
            drawing.text(x, bottom + 16, f"{share}", anchor="middle", size=11)
        for line, term in enumerate(terms):
            grades = found.loc[found[params.term].eq(term), params.grade]
            edge = 0.0
            for grade, fill in GRADES.items():
                width = HALF * int(grades.eq(grade).sum()) / max(group.N, 1)
                if width:
                    x = centre + edge if side else centre - edge - width
                    said = f"{group.label}, {term}, grade {grade}: {int(grades.eq(grade).sum())}"
                    drawing.bar(x, 46 + 20 * line, width, 14, fill, said, edge=EDGE)
                    edge += width
    for line, term in enumerate(terms):
        label = shortened(str(term), centre - HALF - 20, 11)
        drawing.text(centre - HALF - 10, 57 + 20 * line, label, anchor="end", size=11)
    drawing.line(centre, 40, centre, bottom)
    drawing.text(centre, bottom + 34, "Subjects (%), by maximum grade", anchor="middle")
    for index, (grade, fill) in enumerate(GRADES.items()):
        drawing.bar(770, 46 + 20 * index, 14, 14, fill, edge=EDGE)
        drawing.text(792, 57 + 20 * index, f"Grade {grade}")
    return drawing.document()


def _worst(group: Group, params: EventButterfly) -> pd.DataFrame:
    """Subject, term and highest grade."""
    records = group.records[[SUBJECT, params.term, params.grade]].fillna({params.term: "Not coded"})
    return records.groupby([SUBJECT, params.term], as_index=False)[params.grade].max()
