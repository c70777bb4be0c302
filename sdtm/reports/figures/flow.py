"""Flow of subjects in the manner of CONSORT: who came, who left and why, groups, and who was analysed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
from pydantic import Field, model_validator

from sdtm.derivations.condition import is_true
from sdtm.reports.block import SUBJECT, Block, check_columns
from sdtm.reports.compute import category_texts
from sdtm.reports.figures.flow_drawing import Box, draw_flow
from sdtm.reports.registry import BlockParams, figure
from specs.catalogue import Column, Params, Sql, Table
from specs.problems import Problem, ProblemsFound, suggest
from specs.values import Truth

Parts = tuple[pd.DataFrame, ...]  # subjects of all in one part, or of each group


class Reasons(Params):
    """Lines of a box that add up to it: the values of a variable."""

    from_: Table = Field(default="", alias="from", description="dataset; default: the population")
    where: Sql = Field(default="", description="SQL over that dataset; one record a subject is left")
    by: Column = Field(description="variable whose values are the lines")
    values: dict[str, str] = Field(default={}, description="value -> what is printed, in order; default: all")
    missing: str = Field(
        default="Not stated", description="line of subjects without a value, if there are any"
    )


class Left(Params):
    """The box of those who are in the box above and not in this one."""

    label: str
    reasons: Reasons | None = None


class Stage(Params):
    """One box, or one for each group."""

    label: str
    where: Sql = Field(default="", description="SQL over the population: who of the box above comes here")
    of: str = Field(
        default="", description="name of the box that subjects come from; default: the one before"
    )
    each: Truth = Field(default=False, description="a box for each group of the figure")
    left: Left | None = Field(
        default=None, description="those who did not come here: a box aside, in groups below in the same box"
    )
    reasons: Reasons | None = None
    sets: dict[str, Sql] = Field(
        default={}, description="further lines: label -> SQL over the population; they may overlap"
    )


class Flow(BlockParams):
    boxes: dict[str, Stage] = Field(description="name -> box, from top to bottom")

    @model_validator(mode="after")
    def _of_names_an_earlier_box(self) -> Flow:
        earlier: list[str] = []
        for name, stage in self.boxes.items():
            if stage.of and stage.of not in earlier:
                raise ValueError(
                    f"`of` of the box {name} names a box above it: {', '.join(earlier) or 'none'}"
                )
            if stage.of and self.boxes[stage.of].each and not stage.each:
                raise ValueError(f"the box {name} is of `{stage.of}`, which is one for each group")
            earlier.append(name)
        return self


@figure("flow", Flow)
def flow(block: Block, params: Flow) -> str:
    """Boxes from top to bottom with numbers of subjects; beside them who left, with reasons; a column for each group.

    Every box holds subjects of the box above it, or of the one that ``of`` names, so that numbers add up: a
    subject that fulfils the condition of a box and is not in the one above is an error, and so is one of no
    group, or of two, where the flow splits.
    """
    made: dict[str, Parts] = {}
    rows: list[list[Box]] = []
    before = ""
    for name, stage in params.boxes.items():
        above = _above(block, params, name, stage.of or before, made)
        made[name] = tuple(part[block.mask(part, stage.where, "boxes", block.population)] for part in above)
        if not stage.each:
            _nobody_from_outside(block, made[name][0], stage, name)
        first = stage.each and not (before and params.boxes[before].each)
        rows += _rows(block, stage, above, made[name], named=first)
        before = name
    return draw_flow(rows, block.title)


def _above(block: Block, params: Flow, name: str, source: str, made: Mapping[str, Parts]) -> Parts:
    """The subjects that may come to a box: of the box it comes from, split or put together where the flow is."""
    above = made[source] if source else (block.subjects,)
    was_split = bool(source) and params.boxes[source].each
    if params.boxes[name].each:
        return above if was_split else _split(block, above[0], name)
    return (pd.concat(above),) if was_split else above


def _rows(block: Block, stage: Stage, above: Parts, inside: Parts, *, named: bool) -> list[list[Box]]:
    """The boxes of a stage, and where it stands in the middle, those who left in a row before it."""
    groups = [group.label for group in block.groups] if stage.each else [""]
    boxes, left = [], []
    for group, part, chosen in zip(groups, above, inside, strict=True):
        box = _box(block, stage.label, chosen, stage.reasons, stage.sets)
        boxes.append(replace(box, group=group, named=named))
        if stage.left:
            gone = part[~part[SUBJECT].isin(chosen[SUBJECT])]
            left.append(_box(block, stage.left.label, gone, stage.left.reasons))
    if not left:
        return [boxes]
    if not stage.each:
        return [[replace(left[0], aside=True)], boxes]
    return [[replace(box, left=gone) for box, gone in zip(boxes, left, strict=True)]]


def _nobody_from_outside(block: Block, inside: pd.DataFrame, stage: Stage, name: str) -> None:
    if not stage.where:
        return
    everybody = block.subjects
    wanted = everybody[block.mask(everybody, stage.where, "boxes", block.population)]
    outside = wanted[~wanted[SUBJECT].isin(inside[SUBJECT])]
    if len(outside):
        raise ProblemsFound(
            Problem(
                "outside-flow",
                block.where("boxes"),
                f"box {name}: {len(outside)} subjects who are not in the box above, such as "
                f"{outside[SUBJECT].iloc[0]}",
                "subjects of the box above, so that numbers add up",
                "narrow `where`, or name the box that they come from under `of`",
            )
        )


def _split(block: Block, above: pd.DataFrame, name: str) -> tuple[pd.DataFrame, ...]:
    """The subjects of each group; everybody is in one of them, and in one alone."""
    parts = tuple(above[above[SUBJECT].isin(group.names)] for group in block.groups)
    times = above[SUBJECT].map(pd.concat([part[SUBJECT] for part in parts]).value_counts()).fillna(0)
    wrong = above[(times != 1).to_numpy()]
    if len(wrong):
        raise ProblemsFound(
            Problem(
                "flow-split",
                block.where("boxes"),
                f"box {name}: {len(wrong)} subjects of no group or of several, such as {wrong[SUBJECT].iloc[0]}",
                "each subject in one group of the figure",
                "correct the conditions of `groups`",
            )
        )
    return parts


def _box(
    block: Block,
    label: str,
    subjects: pd.DataFrame,
    reasons: Reasons | None,
    sets: dict[str, str] | None = None,
) -> Box:
    lines = _reasons(block, subjects, reasons) if reasons else []
    for text, condition in (sets or {}).items():
        lines.append((text, int(block.mask(subjects, condition, "boxes", block.population).sum())))
    return Box(label, len(subjects), tuple(lines))


def _reasons(block: Block, subjects: pd.DataFrame, reasons: Reasons) -> list[tuple[str, int]]:
    frame, where = subjects, block.where("boxes")
    if reasons.from_:
        if reasons.from_ not in block.frames:
            known = sorted(block.frames)
            expected = f"one of {', '.join(known)}"
            raise ProblemsFound(
                Problem(
                    "unknown-dataset", where, repr(reasons.from_), expected, suggest(reasons.from_, known)
                )
            )
        frame = block.frames[reasons.from_]
        frame = frame[frame[SUBJECT].isin(subjects[SUBJECT])]
    check_columns(frame, [reasons.by], where, reasons.from_ or block.source)
    frame = frame[is_true(frame, reasons.where, where)]
    if frame[SUBJECT].duplicated().any():
        twice = frame.loc[frame[SUBJECT].duplicated(), SUBJECT]
        raise ProblemsFound(
            Problem(
                "repeated-subject",
                where,
                f"reasons by {reasons.by}: {len(twice)} further records of subjects that have one, such as "
                f"{twice.iloc[0]}",
                "one reason a subject, so that reasons add up to their box",
                "narrow `where` of `reasons`",
            )
        )
    texts = category_texts(frame[reasons.by])
    counts = texts.value_counts()
    others = [name for name in sorted(counts.index) if reasons.values and name not in reasons.values]
    if others:
        raise ProblemsFound(
            Problem(
                "value-without-row",
                where,
                f"{reasons.by}: {', '.join(map(repr, others))}",
                "a line for every value",
                "add it to `values` of `reasons`",
            )
        )
    names = reasons.values or {name: name for name in sorted(counts.index)}
    lines = [(label, int(counts.get(name, 0))) for name, label in names.items()]
    without = len(subjects) - int(counts.sum())
    return [line for line in lines if line[1]] + ([(reasons.missing, without)] if without else [])
