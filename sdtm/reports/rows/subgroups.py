"""Response rates in subgroups."""

from __future__ import annotations

from pydantic import Field

from sdtm.reports.block import SUBJECT, Block, heading, joined
from sdtm.reports.registry import BlockParams, rows
from sdtm.reports.results import Line, Section
from sdtm.reports.rows.response import add_interval
from sdtm.statistics.binomial import Method
from specs.catalogue import Sql

SHARE = "{count}/{total} ({percent:1}) [{lower:1}–{upper:1}]"


class Subgroups(BlockParams):
    from_: str = Field(default="ADRS", alias="from")
    where: str = "PARAMCD = 'BOR'"
    responder: Sql = "AVALC IN ('CR', 'PR')"
    subgroups: dict[str, Sql] = Field(description="row -> SQL over the population")
    labels: dict[str, str] = Field(default={}, description="row -> what is printed")
    method: Method = "clopper-pearson"
    level: float = Field(default=0.95, gt=0, lt=1)


@rows("subgroup_response", Subgroups)
def subgroup_response(block: Block, params: Subgroups) -> Section:
    """Responders among the subjects of each subgroup, with confidence limits.

    Denominator: the subjects of the column that are in the subgroup, with a record or not.
    """
    section = Section()
    level = heading(section, block.id, params.label)
    for name, condition in params.subgroups.items():
        row = f"{block.id}.{name}"
        section.lines.append(Line(row, params.labels.get(name, name), SHARE, level))
        for group in block.groups:
            inside = group.subjects[block.mask(group.subjects, condition, "subgroups", block.population)]
            among = block.people(inside)
            records = group.records[group.records[SUBJECT].isin(inside[SUBJECT])]
            chosen = block.read(records[block.mask(records, params.responder, "responder")])
            said = joined(condition, params.responder)
            block.count(section, group, row, chosen, among, said)
            section.results.append(
                block.result(
                    group,
                    row,
                    "total",
                    among.count,
                    n=among.count,
                    unit="subjects",
                    records=among,
                    condition=condition,
                )
            )
            add_interval(block, section, group, row, chosen, among, params.method, params.level)
    return section
