"""Mean concentrations over nominal time, with standard deviations, on linear and logarithmic scales."""

from __future__ import annotations

import math

import pandas as pd
from pydantic import Field

from sdtm.reports.block import Block
from sdtm.reports.registry import figure
from sdtm.reports.rows.concentrations import Concentrations, counted_values
from sdtm.reports.svg import Axes, Drawing, colour, dash, legend, shape


class ConcentrationTime(Concentrations):
    x_label: str = Field(default="Nominal time after dose (h)")
    y_label: str = Field(default="Concentration")


@figure("concentration_time", ConcentrationTime)
def concentration_time(block: Block, params: ConcentrationTime) -> str:
    """Mean and SD of each group at each nominal time: on the left linear, on the right semi-logarithmic.

    Values below the limit count as ``rule`` says. Means of 0 and below have no place on the logarithmic
    scale; there a bar that would reach below the lower edge has no lower half.
    """
    courses = [_course(block, group.records, params) for group in block.groups]
    means = [mean for course in courses for mean in course["mean"]]
    tops = [m + s for course in courses for m, s in zip(course["mean"], course["sd"].fillna(0), strict=True)]
    times = [time for course in courses for time in course.index]
    highest = max([1e-6, *tops])
    positive = [mean for mean in means if mean > 0] or [1.0]
    low = 10.0 ** math.floor(math.log10(min(positive)))
    high = 10.0 ** math.ceil(math.log10(highest))
    drawing = Drawing(1040, 440 + 18 * len(courses), block.title, "linear and semi-logarithmic scale")
    span = (0.0, max([1.0, *times]) * 1.03)
    for axes in (
        Axes(drawing, 90, 30, 500, 370, span, (0, highest * 1.05)),
        Axes(drawing, 610, 30, 1020, 370, span, (low, max(high, low * 10)), True),
    ):
        axes.frame(params.x_label, params.y_label)
        for index, course in enumerate(courses):
            _draw(axes, course, index, block.groups[index].label)
    items = [(group.label, colour(i), dash(i), shape(i)) for i, group in enumerate(block.groups)]
    legend(drawing, 90, 430, items)
    return drawing.document()


def _course(block: Block, records: pd.DataFrame, params: ConcentrationTime) -> pd.DataFrame:
    """Mean and SD by nominal time."""
    times = block.numbers(records, params.time, "time")
    values, _ = counted_values(block, records, params)
    known = times.notna() & values.notna()
    return values[known].groupby(times[known]).agg(["mean", "std"]).rename(columns={"std": "sd"})


def _draw(axes: Axes, course: pd.DataFrame, index: int, label: str) -> None:
    points, said = [], []
    for time, mean, sd in zip(course.index, course["mean"], course["sd"], strict=True):
        if axes.logarithmic and mean <= 0:
            continue
        x, y = axes.x(time), axes.y(mean)
        points.append((x, y))
        said.append(f"{label}, {time:g}: {mean:.4g}")
        if sd > 0:
            # Below 0 there is no logarithm: such a bar has no lower half.
            reaches = not axes.logarithmic or mean - sd >= axes.y_range[0]
            lower = axes.y(max(mean - sd, axes.y_range[0])) if reaches else y
            axes.drawing.line(x, axes.y(mean + sd), x, lower, colour(index), 1)
            axes.drawing.line(x - 3, axes.y(mean + sd), x + 3, axes.y(mean + sd), colour(index), 1)
    axes.drawing.path(points, colour(index), 1.5, dash(index))
    for (x, y), title in zip(points, said, strict=True):
        axes.drawing.mark(x, y, shape(index), colour(index), 3, title)
