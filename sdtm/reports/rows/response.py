"""Best overall response, and rates of response and disease control with their intervals."""

from __future__ import annotations

import pandas as pd
from pydantic import Field

from sdtm.reports.block import SUBJECT, Block, Chosen, Group, equals, heading, quoted
from sdtm.reports.registry import BlockParams, rows
from sdtm.reports.results import Line, Section
from sdtm.reports.rows.counts import COUNT
from sdtm.statistics.binomial import Method, compute_binomial_interval
from specs.catalogue import Column

RATE = "{count:c} [{lower:1}–{upper:1}]"


class Response(BlockParams):
    from_: str = Field(default="ADRS", alias="from")
    where: str = "PARAMCD = 'BOR'"
    value: Column = "AVALC"
    categories: dict[str, str] = Field(
        default={
            "CR": "Complete response",
            "PR": "Partial response",
            "SD": "Stable disease",
            "PD": "Progressive disease",
            "NE": "Not evaluable",
        },
        description="response -> label, in order",
    )
    as_: dict[str, str] = Field(default={}, alias="as", description="value -> category it counts as")
    absent: str = Field(default="", description="category of subjects without a record")
    rates: dict[str, tuple[str, ...]] = Field(
        default={"ORR": ("CR", "PR"), "DCR": ("CR", "PR", "SD")}, description="row -> categories that count"
    )
    method: Method = "clopper-pearson"
    level: float = Field(default=0.95, gt=0, lt=1)
    levels: dict[str, float] = Field(default={}, description="row -> a level of its own")


@rows("response", Response)
def response(block: Block, params: Response) -> Section:
    """Subjects of each best overall response, and rates with confidence limits, by the method named.

    Denominator: the subjects of the column. A response that is no category is an error; a subject without
    a record counts in the denominator, and in the category ``absent`` if one is named.
    """
    section = Section()
    level = heading(section, block.id, params.label)
    for name, label in params.categories.items():
        section.lines.append(Line(f"{block.id}.{name}", label, COUNT, level))
    for name in params.rates:
        percent = 100 * params.levels.get(name, params.level)
        section.lines.append(Line(f"{block.id}.{name}", f"{name} [{percent:g}% CI]", RATE, level))
    for group in block.groups:
        found, among = _categories(block, group, params), block.people(group.subjects)
        for name in params.categories:
            chosen = _subjects_of(block, group, found, (name,), params)
            block.count(section, group, f"{block.id}.{name}", chosen, among, equals(params.value, name))
        for name, counted in params.rates.items():
            chosen = _subjects_of(block, group, found, counted, params)
            row = f"{block.id}.{name}"
            said = f"{params.value} IN ({', '.join(map(quoted, counted))})"
            block.count(section, group, row, chosen, among, said)
            level_of = params.levels.get(name, params.level)
            add_interval(block, section, group, row, chosen, among, params.method, level_of)
    return section


def add_interval(
    block: Block,
    section: Section,
    group: Group,
    row: str,
    chosen: Chosen,
    among: Chosen,
    method: Method,
    level: float,
) -> None:
    """The results ``lower`` and ``upper`` of a proportion, in percent."""
    count, total = chosen.count, among.count
    limits = compute_binomial_interval(count, total, method, level)
    for statistic, value in (("lower", limits.lower), ("upper", limits.upper)):
        said = f"{method}, level {level:g}"
        section.results.append(
            block.result(
                group,
                row,
                statistic,
                100 * float(value),
                n=count,
                unit="%",
                records=chosen,
                among=among,
                total=total,
                method=said,
            )
        )


def _subjects_of(
    block: Block, group: Group, found: pd.Series, categories: tuple[str, ...], params: Response
) -> Chosen:
    """Records of some categories, and where subjects without a record count there, their rows of the population."""
    chosen = block.read(group.records[found.isin(categories).to_numpy()])
    if params.absent not in categories:
        return chosen
    with_record = group.subjects[SUBJECT].isin(group.records[SUBJECT])
    return chosen | block.people(group.subjects[~with_record])


def _categories(block: Block, group: Group, params: Response) -> pd.Series:
    """The category of each record."""
    records = group.records
    block.one_a_subject(group, records, block.id)
    found = block.column(records, params.value, "value").replace(params.as_)
    unknown = sorted(set(found.dropna()) - set(params.categories))
    if unknown:
        from specs.problems import Problem, ProblemsFound

        raise ProblemsFound(
            Problem(
                "value-without-row",
                block.where("categories"),
                f"{params.value}: {', '.join(map(repr, unknown))}",
                f"one of {', '.join(params.categories)}",
                "add it to `categories`, or say under `as` what it counts as",
            )
        )
    return found
