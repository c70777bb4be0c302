"""The overview of adverse events: any, related, severe, serious, leading to discontinuation, fatal."""

from __future__ import annotations

from pydantic import Field

from sdtm.reports.block import Block, heading, joined
from sdtm.reports.registry import BlockParams, rows
from sdtm.reports.results import Line, Section
from sdtm.reports.rows.counts import COUNT
from specs.catalogue import Sql
from specs.values import Truth


class EventOverview(BlockParams):
    from_: str = Field(default="ADAE", alias="from")
    where: str = "TRTEMFL = 'Y'"
    related: Sql = "AREL = 'RELATED'"
    severe: Sql = "ATOXGRN >= 3"
    serious: Sql = "AESER = 'Y'"
    discontinued: Sql = "AEACN = 'DRUG WITHDRAWN'"
    fatal: Sql = "AEOUT = 'FATAL'"
    each_related: Truth = Field(default=True, description="whether each row comes for related events, too")
    labels: dict[str, str] = Field(default={}, description="row -> what is printed")


LABELS = {
    "any": "Any event",
    "severe": "Grade ≥ 3",
    "serious": "Serious",
    "discontinued": "Leading to discontinuation",
    "fatal": "Leading to death",
}


@rows("event_overview", EventOverview)
def event_overview(block: Block, params: EventOverview) -> Section:
    """Subjects with at least one event of each class, and the same of related events; and how many events.

    What is related, severe, serious, fatal or a reason to discontinue is SQL over ADAE, with the usual
    variables as default. Rows: any, severe, serious, discontinued, fatal; with ``related_`` before them.
    """
    section = Section()
    level = heading(section, block.id, params.label)
    for prefix in ("", "related_") if params.each_related else ("",):
        for name in LABELS:
            row = f"{block.id}.{prefix}{name}"
            own = "" if name == "any" else getattr(params, name)
            said = joined(params.related if prefix else "", own)
            default = f"{'Related: ' if prefix else ''}{LABELS[name]}"
            section.lines.append(Line(row, params.labels.get(prefix + name, default), COUNT, level))
            for group in block.groups:
                chosen = group.records[block.mask(group.records, said, name)]
                read = block.read(chosen)
                block.count(section, group, row, read, block.people(group.subjects), said)
                made = block.result(
                    group,
                    row,
                    "events",
                    len(chosen),
                    n=len(chosen),
                    unit="events",
                    records=read,
                    condition=said,
                )
                section.results.append(made)
    return section
