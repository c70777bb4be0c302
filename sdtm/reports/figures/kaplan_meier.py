"""Kaplan-Meier curves with censor marks and numbers at risk."""

from __future__ import annotations

import math

import numpy as np
from pydantic import Field

from sdtm.reports.block import Block, Group
from sdtm.reports.registry import BlockParams, figure
from sdtm.reports.rows.time_to_event import curve_of
from sdtm.reports.svg import Axes, Drawing, colour, dash, legend, ticks
from sdtm.reports.text_width import text_width
from sdtm.statistics.kaplan_meier import KaplanMeier, Transformation
from sdtm.statistics.rounding import rounded_text
from specs.catalogue import Column, Sql


class KaplanMeierFigure(BlockParams):
    from_: str = Field(default="ADTTE", alias="from")
    where: str = Field(description="SQL that chooses one endpoint, such as PARAMCD = 'PFS'")
    value: Sql = "AVAL"
    censored: Column = "CNSR"
    x_label: str = "Months"
    y_label: str = "Probability (%)"
    every: float = Field(default=0, ge=0, description="distance of the times at risk; 0: chosen")
    transformation: Transformation = "log-log"
    level: float = Field(default=0.95, gt=0, lt=1)


@figure("kaplan_meier", KaplanMeierFigure)
def kaplan_meier(block: Block, params: KaplanMeierFigure) -> str:
    """A step curve for each group, a tick for each censored subject, medians, and numbers at risk below."""
    curves = [curve_of(block, group, params.value, params.censored) for group in block.groups]
    longest = max([curve.last for curve in curves if curve.n] or [1.0])
    every = params.every or (ticks(0, longest, 8)[1:2] or [1.0])[0]
    last = every * math.ceil(longest / every - 1e-9)
    times = [every * index for index in range(round(last / every) + 1)]
    # Above the curves the legend covers none of them, wherever they go.
    top = 30 + 18 * len(curves)
    drawing = Drawing(760, 0, block.title, f"Kaplan-Meier curves of {len(curves)} groups")
    left = max([130.0, *(30 + text_width(group.label, 11) for group in block.groups)])
    axes = Axes(drawing, left, top, 730, top + 350, (0, last), (0, 100))
    axes.frame(params.x_label, params.y_label, x_ticks=times)
    lines = []
    for index, (group, curve) in enumerate(zip(block.groups, curves, strict=True)):
        _draw(axes, curve, block, group, params, index)
        median = curve.median(params.transformation, params.level)
        shown = [rounded_text(float(value), 1) or "NE" for value in median]
        label = f"{group.label}: {curve.total_events}/{curve.n}, median {shown[0]} ({shown[1]}–{shown[2]})"
        lines.append((label, colour(index), dash(index), ""))
    legend(drawing, left, 24, lines)
    drawing.text(10, axes.bottom + 60, "At risk", bold=True)
    for index, (group, curve) in enumerate(zip(block.groups, curves, strict=True)):
        place = axes.bottom + 78 + 18 * index
        drawing.text(10, place, group.label, colour=colour(index), size=11)
        for time, count in zip(times, curve.number_at_risk(times), strict=True):
            drawing.text(axes.x(time), place, str(int(count)), anchor="middle", size=11)
    drawing.height = axes.bottom + 72 + 18 * len(curves)
    return drawing.document()


def _draw(
    axes: Axes, curve: KaplanMeier, block: Block, group: Group, params: KaplanMeierFigure, index: int
) -> None:
    points, level = [(axes.x(0), axes.y(100))], 100.0
    for time, survival in zip(curve.time, curve.survival, strict=True):
        points += [(axes.x(time), axes.y(level)), (axes.x(time), axes.y(100 * survival))]
        level = 100 * survival
    points.append((axes.x(curve.last if curve.n else 0), axes.y(level)))
    axes.drawing.path(points, colour(index), 1.8, dash(index))
    flags = block.numbers(group.records, params.censored, "censored") > 0
    times = np.sort(block.numbers(group.records, params.value, "value")[flags].to_numpy())
    heights = np.append(100.0, 100 * curve.survival)[np.searchsorted(curve.time, times, side="right")]
    for time, height in zip(times, heights, strict=True):
        place = axes.y(height)
        axes.drawing.line(axes.x(time), place - 4, axes.x(time), place + 4, colour(index), 1.2)
