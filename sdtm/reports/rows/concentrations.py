"""Concentrations by nominal time, with a rule for those below the limit of quantification."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field

from sdtm.reports.block import Block, heading
from sdtm.reports.registry import BlockParams, rows
from sdtm.reports.results import Line, Result, Section
from sdtm.reports.rows.summary import described
from specs.catalogue import Column, Sql

Rule = Literal["zero", "missing", "half"]


class Concentrations(BlockParams):
    from_: str = Field(default="ADPC", alias="from")
    value: Column = "PCSTRESN"
    time: Column = Field(default="NFRLT", description="nominal time, numeric")
    time_unit: str = "h"
    below: Sql = Field(default="BLQFL = 'Y'", description="SQL: below the limit of quantification")
    rule: Rule = Field(default="zero", description="what a value below the limit counts as")
    limit: Column = Field(default="", description="variable with the limit; needed by rule `half`")
    quantifiable: float = Field(
        default=0, ge=0, le=100, description="least percent of values above the limit for a mean to be shown"
    )
    decimals: int = Field(default=2, ge=0, le=6)


@rows("concentrations", Concentrations)
def concentrations(block: Block, params: Concentrations) -> Section:
    """n, number below the limit, mean, SD, median and range at each nominal time.

    Below the limit counts as 0, as half the limit, or not at all, as ``rule`` says; where too few are
    above it, mean and SD are not estimable. A sample without a result counts nowhere.
    """
    section = Section()
    level = heading(section, block.id, params.label)
    times = block.numbers(block.records, params.time, "time").dropna().unique()
    for time in sorted(times):
        row, label = f"{block.id}.{time:g}", f"{time:g} {params.time_unit}, n (below the limit)"
        digits = params.decimals
        section.lines.append(Line(row, label, "{n} ({below})", level))
        section.lines.append(Line(row, "Mean (SD)", f"{{mean:{digits}}} ({{sd:{digits}}})", level + 1))
        show = f"{{median:{digits}}} ({{minimum:{digits}}}–{{maximum:{digits}}})"
        section.lines.append(Line(row, "Median (range)", show, level + 1))
        for group in block.groups:
            records = group.records[group.records[params.time].eq(time)]
            values, low = counted_values(block, records, params)
            below = int(low.sum())
            block.one_a_subject(group, records[values.notna()], row)
            made = described(block, group, row, values, "sas-5", block.read(records[values.notna()]))
            known = (
                int(values.notna().sum()) if params.rule != "missing" else int(values.notna().sum() + below)
            )
            if known and 100 * (known - below) / known < params.quantifiable:
                made = [_not_estimable(result) for result in made]
            section.results += made
            read = block.read(records[low])
            section.results.append(block.result(group, row, "below", below, n=below, unit="", records=read))
    return section


def counted_values(
    block: Block, records: pd.DataFrame, params: Concentrations
) -> tuple[pd.Series, np.ndarray]:
    """The concentrations after the rule, and which of them are below the limit."""
    values = block.numbers(records, params.value, "value")
    low = block.mask(records, params.below, "below")
    if params.rule == "half":
        limit = block.numbers(records, params.limit or "limit", "limit")
        values = values.mask(low, limit / 2)
    else:
        values = values.mask(low, 0.0 if params.rule == "zero" else np.nan)
    return values, low


def _not_estimable(result: Result) -> Result:
    return replace(result, value=float("nan")) if result.statistic in ("mean", "sd") else result
