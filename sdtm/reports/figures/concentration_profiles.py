"""Individual concentration profiles over time, on linear and logarithmic scales."""

from __future__ import annotations

import math

import pandas as pd
from pydantic import Field

from sdtm.reports.block import SUBJECT, Block
from sdtm.reports.registry import figure
from sdtm.reports.rows.concentrations import Concentrations, counted_values
from sdtm.reports.svg import Axes, Drawing, colour, dash, legend, shape


class ConcentrationProfiles(Concentrations):
    x_label: str = Field(default="Time after dose (h)")
    y_label: str = Field(default="Concentration")


@figure("concentration_profiles", ConcentrationProfiles)
def concentration_profiles(block: Block, params: ConcentrationProfiles) -> str:
    """A line for each subject through all samples, coloured by group: left linear, right semi-logarithmic.

    Values below the limit count as ``rule`` says; those of 0 have no place on the logarithmic scale.
    """
    courses = [_course(block, group.records, params) for group in block.groups]
    everything = pd.concat(courses)
    highest = max([1e-6, *everything["value"]])
    positive = everything.loc[everything["value"] > 0, "value"]
    low = 10.0 ** math.floor(math.log10(positive.min())) if len(positive) else 1e-7
    high = max(10.0 ** math.ceil(math.log10(highest)), low * 10)
    count = everything[SUBJECT].nunique()
    drawing = Drawing(1040, 440 + 18 * len(courses), block.title, f"{count} subjects")
    span = (0.0, max([1.0, *everything["time"]]) * 1.03)
    for axes in (
        Axes(drawing, 90, 30, 500, 370, span, (0, highest * 1.05)),
        Axes(drawing, 610, 30, 1020, 370, span, (low, high), True),
    ):
        axes.frame(params.x_label, params.y_label)
        for index, course in enumerate(courses):
            shown = course[course["value"] > 0] if axes.logarithmic else course
            for subject, one in shown.groupby(SUBJECT, sort=True):
                points = [
                    (axes.x(time), axes.y(value))
                    for time, value in zip(one["time"], one["value"], strict=True)
                ]
                drawing.path(points, colour(index), 1.1, dash(index), str(subject))
                for x, y in points:
                    drawing.mark(x, y, shape(index), colour(index), 2)
    items = [(group.label, colour(i), dash(i), shape(i)) for i, group in enumerate(block.groups)]
    legend(drawing, 90, 430, items)
    return drawing.document()


def _course(block: Block, records: pd.DataFrame, params: ConcentrationProfiles) -> pd.DataFrame:
    """Subject, time and value of every sample that counts, in order."""
    times = block.numbers(records, params.time, "time")
    values, _ = counted_values(block, records, params)
    frame = records[[SUBJECT]].assign(time=times, value=values)[(times.notna() & values.notna()).to_numpy()]
    return frame.sort_values([SUBJECT, "time", "value"], kind="stable")
