"""Waterfall: the best change of each subject, sorted."""

from __future__ import annotations

import pandas as pd
from pydantic import Field

from sdtm.reports.block import SUBJECT, Block
from sdtm.reports.registry import BlockParams, figure
from sdtm.reports.svg import Axes, Drawing, colour, legend, legend_width
from sdtm.statistics.rounding import rounded_text
from specs.catalogue import Sql


class Waterfall(BlockParams):
    from_: str = Field(default="ADTR", alias="from")
    where: str = Field(default="PARAMCD = 'BESTPCHG'", description="SQL: one record a subject")
    value: Sql = "AVAL"
    y_label: str = "Best change from baseline (%)"
    lines: tuple[float, ...] = Field(
        default=(20, -30), description="dashed lines, such as the limits of RECIST"
    )


@figure("waterfall", Waterfall)
def waterfall(block: Block, params: Waterfall) -> str:
    """A bar for each subject, from growth to shrinkage, coloured by group; subjects without a value have none."""
    found = []
    for index, group in enumerate(block.groups):
        values = block.numbers(group.records, params.value, "value")
        block.one_a_subject(group, group.records[values.notna()], "waterfall")
        found.append(pd.DataFrame({"value": values, SUBJECT: group.records[SUBJECT], "group": index}))
    bars = pd.concat(found).dropna(subset="value")
    bars = bars.sort_values(["value", SUBJECT], ascending=[False, True], kind="stable")
    low, high = min([-40.0, *bars["value"]]), max([40.0, *bars["value"]])
    drawing = Drawing(820, 460, block.title, f"{len(bars)} subjects")
    axes = Axes(drawing, 80, 30, 800, 420, (0, max(len(bars), 1)), (low - 5, high + 5))
    axes.frame(f"Subjects (n = {len(bars)})", params.y_label, x_ticks=())
    for line in params.lines:
        drawing.line(axes.left, axes.y(line), axes.right, axes.y(line), "#777777", 1, "5 4")
    width = (axes.right - axes.left) / max(len(bars), 1)
    for place, (value, subject, index) in enumerate(
        zip(bars["value"], bars[SUBJECT], bars["group"], strict=True)
    ):
        top, bottom = axes.y(max(value, 0)), axes.y(min(value, 0))
        x = axes.left + place * width
        said = f"{subject}: {rounded_text(value, 1)}%"
        drawing.bar(x + 0.1 * width, top, 0.8 * width, max(bottom - top, 1), colour(index), said)
    drawing.line(axes.left, axes.y(0), axes.right, axes.y(0))
    items = [(group.label, colour(index), "-", "square") for index, group in enumerate(block.groups)]
    legend(drawing, axes.right - legend_width([item[0] for item in items]), 46, items)
    return drawing.document()
