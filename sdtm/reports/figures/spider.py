"""Spider plot: the change of each subject over time."""

from __future__ import annotations

from pydantic import Field

from sdtm.reports.block import SUBJECT, Block
from sdtm.reports.registry import BlockParams, figure
from sdtm.reports.svg import Axes, Drawing, colour, legend, legend_width, shape
from sdtm.statistics.rounding import rounded_text
from specs.catalogue import Sql


class Spider(BlockParams):
    from_: str = Field(default="ADTR", alias="from")
    where: str = Field(default="PARAMCD = 'SDIAM' AND ADY > 1", description="SQL: assessments after baseline")
    time: Sql = "ADY"
    value: Sql = "PCHG"
    x_label: str = "Study day"
    y_label: str = "Change from baseline (%)"
    lines: tuple[float, ...] = (20, -30)


@figure("spider", Spider)
def spider(block: Block, params: Spider) -> str:
    """A line for each subject from 0 at baseline through all assessments, coloured by group."""
    seen = []
    for group in block.groups:
        times, values = (
            block.numbers(group.records, params.time, "time"),
            block.numbers(group.records, params.value, "value"),
        )
        known = times.notna() & values.notna()
        frame = group.records[[SUBJECT]].assign(time=times, value=values)[known]
        seen.append(frame.sort_values([SUBJECT, "time", "value"], kind="stable"))
    times = [time for frame in seen for time in frame["time"]]
    values = [value for frame in seen for value in frame["value"]]
    drawing = Drawing(820, 470, block.title, f"{sum(frame[SUBJECT].nunique() for frame in seen)} subjects")
    span = (min([-40.0, *values]) - 5, max([40.0, *values]) + 5)
    axes = Axes(drawing, 80, 30, 790, 410, (0, max([1.0, *times]) * 1.03), span)
    axes.frame(params.x_label, params.y_label)
    for line in params.lines:
        drawing.line(axes.left, axes.y(line), axes.right, axes.y(line), "#777777", 1, "5 4")
    drawing.line(axes.left, axes.y(0), axes.right, axes.y(0), "#777777")
    for index, frame in enumerate(seen):
        for subject, course in frame.groupby(SUBJECT, sort=True):
            points = [(axes.x(0), axes.y(0))]
            points += [(axes.x(t), axes.y(v)) for t, v in zip(course["time"], course["value"], strict=True)]
            drawing.path(points, colour(index), 1.2, title=str(subject))
            for (x, y), time, value in zip(points[1:], course["time"], course["value"], strict=True):
                said = f"{subject}, {time:g}: {rounded_text(value, 1)}"
                drawing.mark(x, y, shape(index), colour(index), 2.5, said)
    items = [(group.label, colour(i), "", shape(i)) for i, group in enumerate(block.groups)]
    legend(drawing, axes.right - legend_width([item[0] for item in items]), 46, items)
    return drawing.document()
