"""Outcome against groups of subjects, with Fisher's exact test or chi-square for pairs of groups."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from sdtm.reports.block import SUBJECT, Block, Chosen, Group, heading
from sdtm.reports.registry import BlockParams, rows
from sdtm.reports.results import Line, Section
from sdtm.statistics.contingency import compute_chi_square, compute_fisher_exact
from specs.catalogue import Sql


class Contingency(BlockParams):
    split: dict[str, Sql] = Field(description="group -> SQL over the population")
    labels: dict[str, str] = Field(default={}, description="group -> what is printed")
    outcome: Sql = Field(description="SQL over the records: the outcome happened")
    among: Sql = Field(
        default="", description="SQL over the records: subjects with such a record are compared"
    )
    compare: tuple[tuple[str, str], ...] = Field(default=(), description="pairs of groups that are tested")
    test: Literal["fisher", "chi-square"] = "fisher"


@rows("contingency", Contingency)
def contingency(block: Block, params: Contingency) -> Section:
    """Subjects with the outcome in each group, and the p-value of pairs of groups.

    ``among`` narrows each group to subjects with such a record (any grade of the event whose severe form is
    the outcome). Fisher's exact test is two-sided; chi-square is Pearson's, without correction.
    """
    section = Section()
    level = heading(section, block.id, params.label)
    for name in params.split:
        label = params.labels.get(name, name)
        section.lines.append(Line(f"{block.id}.{name}", label, "{count}/{total} ({percent:1})", level))
    for first, second in params.compare:
        names = [params.labels.get(name, name) for name in (first, second)]
        row = f"{block.id}.{first}-{second}"
        section.lines.append(Line(row, f"p, {names[0]} against {names[1]}", "{p:p}", level))
    unknown = [name for pair in params.compare for name in pair if name not in params.split]
    if unknown:
        from specs.problems import Problem, ProblemsFound, suggest

        where, expected = block.where("compare"), f"one of {', '.join(params.split)}"
        raise ProblemsFound(
            [Problem("unknown-group", where, repr(n), expected, suggest(n, params.split)) for n in unknown]
        )
    for group in block.groups:
        counted = {name: _counted(block, section, group, name, params) for name in params.split}
        for first, second in params.compare:
            pair = (counted[first], counted[second])
            table = np.array([[yes.count, among.count - yes.count] for yes, among in pair])
            p = compute_fisher_exact(table) if params.test == "fisher" else compute_chi_square(table).p_value
            made = block.result(
                group,
                f"{block.id}.{first}-{second}",
                "p",
                p,
                n=int(table.sum()),
                unit="",
                records=pair[0][0] | pair[1][0],
                among=pair[0][1] | pair[1][1],
                method=f"{params.test}, {first} against {second}",
            )
            section.results.append(made)
    return section


def _counted(
    block: Block, section: Section, group: Group, name: str, params: Contingency
) -> tuple[Chosen, Chosen]:
    """Those of a group with the outcome, and all who are compared."""
    condition = params.split[name]
    inside = group.subjects[block.mask(group.subjects, condition, "split", block.population)]
    records = group.records[group.records[SUBJECT].isin(inside[SUBJECT])]
    among = block.people(inside)
    if params.among:
        among = block.read(records[block.mask(records, params.among, "among")])
    happened = records[block.mask(records, params.outcome, "outcome")]
    chosen = block.read(happened[happened[SUBJECT].isin(among.names)])
    row = f"{block.id}.{name}"
    block.count(section, group, row, chosen, among, f"({condition}) AND ({params.outcome})")
    total = among.count
    section.results.append(
        block.result(group, row, "total", total, n=total, unit="subjects", records=among, condition=condition)
    )
    return chosen, among
