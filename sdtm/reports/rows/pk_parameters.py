"""Pharmacokinetic parameters, each with the statistic that suits it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sdtm.reports.block import Block, heading
from sdtm.reports.registry import BlockParams, rows
from sdtm.reports.results import Line, Section
from sdtm.reports.rows.summary import described
from specs.catalogue import Column, Params, Sql
from specs.values import Truth

Shown = Literal["arithmetic", "geometric", "median"]
TEMPLATES: dict[str, str] = {
    "arithmetic": "{{mean:{0}}} ± {{sd:{1}}}",
    "geometric": "{{geometric_mean:{0}}} ({{geometric_cv:{1}}})",
    "median": "{{median:{0}}} ({{minimum:{1}}}–{{maximum:{1}}})",
}


class Parameter(Params):
    """One parameter: its records, what is printed, and how."""

    code: str = Field(default="", description="PARAMCD; default: the name of the row")
    where: Sql = Field(default="", description="SQL, for this parameter alone, such as a profile")
    show: Shown = "arithmetic"
    label: str = ""
    unit: str = ""
    value: Sql = Field(default="AVAL", description="an expression may change the unit")
    decimals: int = Field(default=2, ge=0, le=6, description="of mean, geometric mean or median")
    spread: int = Field(default=2, ge=0, le=6, description="decimals of SD, CV, minimum and maximum")


class PkParameters(BlockParams):
    from_: str = Field(default="ADPP", alias="from")
    parameters: dict[str, Parameter] = Field(description="row -> parameter, in order")
    code: Column = "PARAMCD"
    count: Truth = Field(default=False, description="whether a row with n comes before each parameter")


@rows("pk_parameters", PkParameters)
def pk_parameters(block: Block, params: PkParameters) -> Section:
    """Arithmetic mean and SD, geometric mean and CV, or median and range, chosen by the parameter.

    All statistics of each parameter are results; ``show`` says which are printed. Each subject has one
    record of a parameter; missing ones are left out, and n says how many there are. A geometric mean is not
    estimable where a value is 0.
    """
    section = Section()
    level = heading(section, block.id, params.label)
    for name, parameter in params.parameters.items():
        row, code = f"{block.id}.{name}", parameter.code or name
        label = (parameter.label or name) + (f" ({parameter.unit})" if parameter.unit else "")
        if params.count:
            section.lines.append(Line(row, f"{label}, n", "{n}", level))
        show = TEMPLATES[parameter.show].format(parameter.decimals, parameter.spread)
        section.lines.append(Line(row, label, show, level))
        for group in block.groups:
            records = group.records[
                block.column(group.records, params.code, "code").eq(code).to_numpy()
                & block.mask(group.records, parameter.where, "parameters")
            ]
            values = block.numbers(records, parameter.value, "parameters")
            block.one_a_subject(group, records[values.notna()], row)
            read, unit = block.read(records[values.notna()]), parameter.unit or block.unit
            section.results += described(block, group, row, values, "sas-5", read, unit)
    return section
