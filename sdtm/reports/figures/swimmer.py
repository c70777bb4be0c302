"""Swimmer plot: time on treatment of each subject, with what happened on the way."""

from __future__ import annotations

from pydantic import Field

from sdtm.derivations.condition import is_true
from sdtm.reports.block import SUBJECT, Block
from sdtm.reports.registry import BlockParams, figure
from sdtm.reports.svg import Axes, Drawing, colour, legend, legend_width, shape
from specs.catalogue import Column, Params, Sql, Table


class Mark(Params):
    """One kind of marker."""

    from_: Table = Field(alias="from")
    where: str = ""
    day: Column = Field(description="study day of the marker, numeric")


class Swimmer(BlockParams):
    value: Sql = Field(default="TRTDURD", description="length of the bar in days")
    marks: dict[str, Mark] = Field(default={}, description="label -> records that are marked")
    ongoing: Sql = Field(default="", description="SQL over the population: still on treatment, an arrow")
    x_label: str = "Days from first dose"


@figure("swimmer", Swimmer)
def swimmer(block: Block, params: Swimmer) -> str:
    """A bar for each subject, the longest first, coloured by group; markers from any dataset; an arrow if ongoing."""
    bars = []
    for index, group in enumerate(block.groups):
        lengths = block.numbers(group.records, params.value, "value")
        block.one_a_subject(group, group.records[lengths.notna()], "swimmer")
        going = (
            block.mask(group.records, params.ongoing, "ongoing") if params.ongoing else [False] * len(lengths)
        )
        for subject, length, on in zip(group.records[SUBJECT], lengths, going, strict=True):
            if length == length:  # a subject without a length has no bar
                bars.append((-length, subject, index, bool(on)))
    bars.sort()
    row = 16 if len(bars) <= 40 else 7
    bottom = 40 + row * max(len(bars), 1)
    labels = [*(group.label for group in block.groups), *params.marks]
    drawing = Drawing(670 + legend_width(labels), bottom + 60, block.title, f"{len(bars)} subjects")
    marks = {label: _days(block, mark) for label, mark in params.marks.items()}
    shown = {subject for _, subject, _, _ in bars}
    days = [day for found in marks.values() for subject, day in found if subject in shown]
    longest = max([1.0, *(-bar[0] for bar in bars), *days])
    axes = Axes(drawing, 150, 30, 640, bottom, (0, longest * 1.04), (0, 1))
    axes.frame(params.x_label, "", y_ticks=())
    place = {}
    for line, (length, subject, index, on) in enumerate(bars):
        y = 35 + row * line
        place[subject] = y + row * 0.4
        width = axes.x(-length) - axes.left
        drawing.bar(axes.left, y, width, row * 0.75, colour(index), f"{subject}: {-length:g} days")
        if on:
            drawing.mark(axes.x(-length) + 6, place[subject], "triangle", colour(index), 4)
        if row > 10:
            drawing.text(axes.left - 6, y + row * 0.65, str(subject), anchor="end", size=10)
    offset = len(block.groups)
    for kind, (label, found) in enumerate(marks.items()):
        for subject, day in found:
            if subject in place:
                drawing.mark(axes.x(day), place[subject], shape(kind), "#ffffff", 4.2 if row > 10 else 3)
                said = f"{subject}, {label}: day {day:g}"
                size = 3 if row > 10 else 2.2
                drawing.mark(axes.x(day), place[subject], shape(kind), colour(offset + kind), size, said)
    items = [(group.label, colour(i), "-", "square") for i, group in enumerate(block.groups)]
    items += [(label, colour(offset + kind), "-", shape(kind)) for kind, label in enumerate(marks)]
    legend(drawing, 655, 46, items)
    return drawing.document()


def _days(block: Block, mark: Mark) -> list[tuple[str, float]]:
    where = block.where("marks")
    if mark.from_ not in block.frames:
        from specs.problems import Problem, ProblemsFound, suggest

        known = sorted(block.frames)
        raise ProblemsFound(
            Problem(
                "unknown-dataset",
                where,
                repr(mark.from_),
                f"one of {', '.join(known)}",
                suggest(mark.from_, known),
            )
        )
    frame = block.frames[mark.from_]
    chosen = frame[is_true(frame, mark.where, where)]
    days = block.numbers(chosen, mark.day, "marks")
    pairs = zip(chosen[SUBJECT], days, strict=True)
    return sorted({(str(subject), float(day)) for subject, day in pairs if day == day})
