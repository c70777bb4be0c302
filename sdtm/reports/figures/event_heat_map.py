"""Heat map of adverse events: terms against groups, shaded by the highest grade."""

from __future__ import annotations

import pandas as pd
from pydantic import Field

from sdtm.reports.block import SUBJECT, Block
from sdtm.reports.figures.grades import EDGE, GRADES, TEXT_ON, UNGRADED, EventsByGrade, check_columns
from sdtm.reports.registry import figure
from sdtm.reports.svg import Drawing
from sdtm.reports.text_width import shortened, text_width, wrapped

LABELS, CELL, ROW, HEAD = 240.0, 86.0, 22.0, 16.0


class EventHeatMap(EventsByGrade):
    threshold: float = Field(default=0, ge=0, le=100, description="least percent in any group")


@figure("event_heat_map", EventHeatMap)
def event_heat_map(block: Block, params: EventHeatMap) -> str:
    """How many subjects of each group have each term; the cell is shaded by the highest grade among them.

    A subject counts once for a term, at the highest grade; the most frequent term is on top, ties by the
    alphabet. A cell without a subject is empty; one without a grade is grey.
    """
    check_columns(block, params)
    found = [
        group.records[[SUBJECT, params.term, params.grade]]
        .fillna({params.term: "Not coded"})
        .groupby(params.term)
        for group in block.groups
    ]
    counts = pd.concat([part[SUBJECT].nunique() for part in found], axis=1).fillna(0)
    highest = pd.concat([part[params.grade].max() for part in found], axis=1)
    counts.columns = highest.columns = pd.RangeIndex(len(found))
    sizes = [max(group.N, 1) for group in block.groups]
    kept = counts.index[(100 * counts / sizes).max(axis=1) >= params.threshold]
    terms = sorted(kept, key=lambda term: (-counts.loc[term].sum(), str(term)))
    headings = [[*wrapped(group.label, CELL - 6, 11, bold=True), f"N = {group.N}"] for group in block.groups]
    top = 20 + HEAD * max(len(lines) for lines in headings)
    bottom = top + ROW * max(len(terms), 1)
    right = LABELS + CELL * len(block.groups)
    drawing = Drawing(right + 130, bottom + 50, block.title, f"{len(terms)} terms in {len(found)} groups")
    for index, lines in enumerate(headings):
        middle = LABELS + CELL * (index + 0.5)
        for line, text in enumerate(lines):
            y = top - 8 - HEAD * (len(lines) - 1 - line)
            drawing.text(middle, y, text, anchor="middle", size=11, bold=line < len(lines) - 1)
    for line, term in enumerate(terms):
        y = top + ROW * line
        label = shortened(str(term), LABELS - 20, 11)
        drawing.text(LABELS - 8, y + 15, label, anchor="end", size=11)
        for index, group in enumerate(block.groups):
            count, grade = int(counts.at[term, index]), highest.at[term, index]
            if count:
                shade = GRADES.get(int(grade), UNGRADED) if pd.notna(grade) else UNGRADED
                said = f"{group.label}, {term}: {count} of {group.N}, highest grade " + (
                    f"{grade:g}" if pd.notna(grade) else "not stated"
                )
                x = LABELS + CELL * index
                drawing.bar(x + 1, y + 1, CELL - 2, ROW - 2, shade, said, edge=EDGE)
                middle = x + CELL / 2
                drawing.text(middle, y + 15, str(count), anchor="middle", size=11, colour=TEXT_ON[shade])
    drawing.text(LABELS, bottom + 20, "Number of subjects; shade: highest grade among them", size=11)
    for index, (grade, shade) in enumerate(GRADES.items()):
        drawing.bar(right + 24, top + 20 * index, 14, 14, shade, edge=EDGE)
        drawing.text(right + 44, top + 12 + 20 * index, f"Grade {grade}")
    drawing.width = max(
        drawing.width, LABELS + text_width("Number of subjects; shade: highest grade among them", 11)
    )
    return drawing.document()
