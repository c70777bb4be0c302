"""Numbers of subjects with percentages: categories of a variable, or conditions."""

from __future__ import annotations

import pandas as pd
from pydantic import Field, model_validator

from sdtm.reports.block import SUBJECT, Block, equals, heading
from sdtm.reports.compute import category_texts
from sdtm.reports.registry import BlockParams, rows
from sdtm.reports.results import Line, Section
from specs.catalogue import Column, Sql
from specs.problems import Problem, ProblemsFound
from specs.values import Truth

COUNT = "{count:c}"
COUNT_ONLY = "{count}"


class Counts(BlockParams):
    variable: Column = Field(default="", description="variable whose values are the rows")
    values: dict[str, str] = Field(default={}, description="value -> label, in order; default: all, sorted")
    conditions: dict[str, Sql] = Field(default={}, description="row -> SQL over the records of `from`")
    labels: dict[str, str] = Field(default={}, description="row -> what is printed")
    missing: str = Field(default="", description="label of a row for subjects without a value")
    among: Sql = Field(default="", description="SQL over the population: who is in the denominator")
    percent: Truth = True
    records: Truth = Field(default=False, description="count records, such as events, not subjects")

    @model_validator(mode="after")
    def _one_of_two(self) -> Counts:
        if bool(self.variable) == bool(self.conditions):
            raise ValueError("either `variable` or `conditions`")
        return self


@rows("counts", Counts)
def counts(block: Block, params: Counts) -> Section:
    """Subjects of each category, or with a record that fulfils a condition, and their share.

    Denominator: the subjects of the column, or those of them that fulfil ``among``. A category that is not
    listed under ``values`` is an error, not a silent drop.
    """
    section = Section()
    level = heading(section, block.id, params.label)
    texts = (
        category_texts(block.column(block.records, params.variable, "variable")) if params.variable else None
    )
    wanted = _categories(block, params, texts) if texts is not None else {}
    show = COUNT if params.percent and not params.records else COUNT_ONLY
    listed = wanted or {name: params.labels.get(name, name) for name in params.conditions}
    for name, label in listed.items():
        section.lines.append(Line(_row(block, name, params), label, show, level))
    if params.missing:
        section.lines.append(Line(f"{block.id}.missing", params.missing, show, level))
    for group in block.groups:
        inside = group.subjects
        if params.among:
            inside = inside[block.mask(inside, params.among, "among", block.population)]
        names = inside[SUBJECT]
        records = group.records[group.records[SUBJECT].isin(names)]
        among = block.people(inside)
        for name in listed:
            if texts is not None:
                chosen = records[texts.loc[records.index].eq(name).to_numpy()]
                said = equals(params.variable, name)
            else:
                said = params.conditions[name]
                chosen = records[block.mask(records, said, "conditions")]
            row = _row(block, name, params)
            if params.records:
                made = block.result(
                    group,
                    row,
                    "count",
                    len(chosen),
                    n=len(chosen),
                    unit="records",
                    records=block.read(chosen),
                    total=among.count,
                    condition=said,
                )
                section.results.append(made)
            else:
                block.count(section, group, row, block.read(chosen), among, said)
        if params.missing:
            having = (
                records[SUBJECT] if texts is None else records.loc[texts.loc[records.index].notna(), SUBJECT]
            )
            without = block.people(inside[~names.isin(having)])
            block.count(section, group, f"{block.id}.missing", without, among, "no value")
    return section


def _row(block: Block, name: str, params: Counts) -> str:
    return block.id if len(params.conditions) == 1 and name == block.id else f"{block.id}.{name}"


def _categories(block: Block, params: Counts, texts: pd.Series) -> dict[str, str]:
    found = sorted(texts.dropna().unique())
    if not params.values:
        return {name: params.labels.get(name, name) for name in found}
    inside = pd.concat([group.records[SUBJECT] for group in block.groups]) if block.groups else pd.Series()
    met = sorted(texts[block.records[SUBJECT].isin(inside).to_numpy()].dropna().unique())
    others = [name for name in met if name not in params.values]
    if others:
        raise ProblemsFound(
            Problem(
                "value-without-row",
                block.where("values"),
                f"{params.variable}: {', '.join(map(repr, others))}",
                "a row for every value of the population",
                "add it to `values`, or leave its records out by `where`",
            )
        )
    return dict(params.values)
