"""Descriptive statistics of a number: age, duration, percent change."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from sdtm.reports.block import SUBJECT, Block, Chosen, Group, heading
from sdtm.reports.registry import BlockParams, rows
from sdtm.reports.results import Line, Result, Section
from sdtm.statistics.geometric import compute_geometric
from sdtm.statistics.summary import Definition, compute_summary
from specs.catalogue import Column, Sql
from specs.values import Truth

# What is printed for a statistic: label and template, {0} decimals of the data and {1} one more.
SHOWN = {
    "n": ("n", "{{n}}"),
    "mean_sd": ("Mean (SD)", "{{mean:{1}}} ({{sd:{2}}})"),
    "median_range": ("Median (range)", "{{median:{1}}} ({{minimum:{0}}}–{{maximum:{0}}})"),
    "quartiles": ("Q1, Q3", "{{q1:{1}}}, {{q3:{1}}}"),
    "geometric": ("Geometric mean (CV%)", "{{geometric_mean:{1}}} ({{geometric_cv:1}})"),
}


class Summary(BlockParams):
    value: Sql = Field(default="", description="variable, or an expression that is a number")
    per_subject: Literal["", "records", "highest", "lowest"] = Field(
        default="",
        description="one number of all records of a subject: how many, or the highest or lowest value",
    )
    by: Column = Field(default="", description="variable whose values are rows of their own, such as PARAMCD")
    statistics: tuple[str, ...] = ("n", "mean_sd", "median_range")
    decimals: int = Field(default=0, ge=0, le=6, description="of the data, as minimum and maximum show")
    more: int = Field(
        default=1, ge=0, le=3, description="further decimals of mean and median; SD has one more"
    )
    quantiles: Definition = "sas-5"
    repeated: Truth = Field(default=False, description="whether a subject may count several times")

    @model_validator(mode="after")
    def _something(self) -> Summary:
        if bool(self.value) == (self.per_subject == "records"):
            raise ValueError("`value`, or `per_subject: records`")
        return self


@rows("summary", Summary)
def summary(block: Block, params: Summary) -> Section:
    """n, mean, SD, median, quartiles, minimum, maximum, geometric mean and CV of a number.

    Each subject counts once, unless ``repeated`` says otherwise; missing values are left out of all but
    ``missing``. The quantile definition is that of SAS unless another is named.
    """
    unknown = [name for name in params.statistics if name not in SHOWN]
    if unknown:
        from specs.problems import Problem, ProblemsFound, suggest

        where, expected = block.where("statistics"), f"one of {', '.join(SHOWN)}"
        raise ProblemsFound(
            [Problem("unknown-statistic", where, repr(n), expected, suggest(n, SHOWN)) for n in unknown]
        )
    section = Section()
    names = [""]
    if params.by:
        names = sorted(block.column(block.records, params.by, "by").dropna().astype(str).unique())
    for name in names:
        row = f"{block.id}.{name}" if name else block.id
        level = heading(section, row, name if params.by else params.label)
        for statistic in params.statistics:
            label, show = SHOWN[statistic]
            digits = [params.decimals, params.decimals + params.more, params.decimals + params.more + 1]
            section.lines.append(Line(row, label, show.format(*digits), level))
        for group in block.groups:
            records = group.records
            if params.by:
                records = records[records[params.by].astype(str).eq(name)]
            values = _values(block, records, params)
            if not params.repeated and not params.per_subject:
                block.one_a_subject(group, records[values.notna()], row)
            read = records if params.per_subject == "records" else records[_known(block, records, params)]
            section.results += described(block, group, row, values, params.quantiles, block.read(read))
    return section


def _values(block: Block, records: pd.DataFrame, params: Summary) -> pd.Series:
    if params.per_subject == "records":
        return records.groupby(SUBJECT).size().astype("float64")
    values = block.numbers(records, params.value, "value")
    if not params.per_subject:
        return values
    grouped = values.groupby(records[SUBJECT])
    return grouped.max() if params.per_subject == "highest" else grouped.min()


def _known(block: Block, records: pd.DataFrame, params: Summary) -> pd.Series:
    return block.numbers(records, params.value, "value").notna()


def described(
    block: Block,
    group: Group,
    row: str,
    values: pd.Series,
    definition: Definition,
    records: Chosen,
    unit: str | None = None,
) -> list[Result]:
    """The results of one row and column: arithmetic and geometric statistics of the values there are."""
    numbers = values.to_numpy(dtype=float)
    found, logs = compute_summary(numbers, definition), compute_geometric(numbers)
    made = [block.result(group, row, "n", found.n, n=found.n, unit="", records=records)]
    for name in ("mean", "sd", "median", "q1", "q3", "minimum", "maximum"):
        value = float(getattr(found, name))
        made.append(block.result(group, row, name, value, n=found.n, unit=unit, records=records))
    # Values of 0 and below have no logarithm; a geometric mean of the others would be of another set.
    whole = logs.excluded == 0
    mean, cv = (logs.mean, logs.cv_percent) if whole else (np.nan, np.nan)
    for name, value, of in (("geometric_mean", mean, unit), ("geometric_cv", cv, "%")):
        made.append(block.result(group, row, name, value, n=logs.used, unit=of, records=records))
    return made
