"""Dose escalation: subjects evaluable for dose-limiting toxicity, and those who had one."""

from __future__ import annotations

from pydantic import Field

from sdtm.reports.block import Block, heading, joined
from sdtm.reports.registry import BlockParams, rows
from sdtm.reports.results import Line, Section
from specs.catalogue import Sql


class DoseLimiting(BlockParams):
    evaluable: Sql = Field(default="DLTEVLFL = 'Y'", description="SQL over the population")
    limited: Sql = Field(default="DLTFL = 'Y'", description="SQL over the population: had a DLT")


@rows("dose_limiting", DoseLimiting)
def dose_limiting(block: Block, params: DoseLimiting) -> Section:
    """Subjects treated, evaluable for DLT, and with a DLT among the evaluable, for each dose level.

    Rows: ``ID.treated``, ``ID.evaluable``, ``ID.dlt``; the last as a share of the evaluable.
    """
    section = Section()
    level = heading(section, block.id, params.label)
    for row, label, show in (
        ("treated", "Subjects", "{count}"),
        ("evaluable", "Evaluable for DLT", "{count}"),
        ("dlt", "With a DLT", "{count:c}"),
    ):
        section.lines.append(Line(f"{block.id}.{row}", label, show, level))
    for group in block.groups:
        able = group.subjects[block.mask(group.subjects, params.evaluable, "evaluable", block.population)]
        limited = able[block.mask(able, params.limited, "limited", block.population)]
        everybody, evaluable = block.people(group.subjects), block.people(able)
        block.count(section, group, f"{block.id}.treated", everybody, everybody)
        block.count(section, group, f"{block.id}.evaluable", evaluable, everybody, params.evaluable)
        said = joined(params.evaluable, params.limited)
        block.count(section, group, f"{block.id}.dlt", block.people(limited), evaluable, said)
    return section
