"""Times to events: events, median and landmark rates by Kaplan-Meier, follow-up by the reversed curve."""

from __future__ import annotations

from pydantic import Field

from sdtm.reports.block import SUBJECT, Block, Group, heading
from sdtm.reports.registry import BlockParams, rows
from sdtm.reports.results import Line, Section
from sdtm.statistics.kaplan_meier import (
    Estimate,
    KaplanMeier,
    Transformation,
    estimate_follow_up,
    estimate_survival,
)
from specs.catalogue import Column, Sql
from specs.values import Truth


class TimeToEvent(BlockParams):
    from_: str = Field(default="ADTTE", alias="from")
    where: str = Field(description="SQL that chooses one endpoint, such as PARAMCD = 'PFS'")
    value: Sql = Field(default="AVAL", description="time; an expression may change its unit")
    censored: Column = "CNSR"
    transformation: Transformation = "log-log"
    level: float = Field(default=0.95, gt=0, lt=1)
    quartiles: Truth = Field(default=False, description="whether the quartiles are shown, too")
    landmarks: tuple[float, ...] = Field(default=(), description="times of survival rates")
    follow_up: Truth = Field(default=False, description="median follow-up by reverse Kaplan-Meier")
    observed: Truth = Field(default=False, description="median of the observed times, with its limits")
    decimals: int = Field(default=1, ge=0, le=6)


@rows("time_to_event", TimeToEvent)
def time_to_event(block: Block, params: TimeToEvent) -> Section:
    """Subjects, events, median with limits by a named transformation, quartiles, landmark rates, follow-up.

    Each subject has one record. Rates are percent. ``observed``: the median of all times, censored or not,
    as if every time were an event. NE: not estimable.
    """
    section = Section()
    level = heading(section, block.id, params.label)
    digits = params.decimals
    interval = f"{100 * params.level:g}% CI"
    show = f"{{value:{digits}}} ({{lower:{digits}}}–{{upper:{digits}}})"
    section.lines.append(Line(f"{block.id}.n", "Subjects", "{count}", level))
    section.lines.append(Line(f"{block.id}.events", "Events", "{count:c}", level))
    quantiles = {"q1": 0.25, "median": 0.5, "q3": 0.75} if params.quartiles else {"median": 0.5}
    unit = f", {params.unit}" if params.unit else ""
    names = {"q1": "25% quantile", "median": "Median", "q3": "75% quantile"}
    for name in quantiles:
        section.lines.append(Line(f"{block.id}.{name}", f"{names[name]} ({interval}){unit}", show, level))
    for time in params.landmarks:
        label = f"Rate at {time:g} {params.unit} ({interval}), %".replace("  ", " ")
        section.lines.append(
            Line(f"{block.id}.rate{time:g}", label, "{value:1} ({lower:1}–{upper:1})", level)
        )
    if params.follow_up:
        section.lines.append(
            Line(f"{block.id}.follow_up", f"Median follow-up ({interval}){unit}", show, level)
        )
    if params.observed:
        section.lines.append(
            Line(f"{block.id}.observed", f"Median observed time ({interval}){unit}", show, level)
        )
    for group in block.groups:
        _estimates(block, section, group, params, quantiles)
    return section


def curve_of(block: Block, group: Group, value: str, censored: str) -> KaplanMeier:
    """The survival curve of one column; records without a time are refused."""
    records = group.records
    block.one_a_subject(group, records, block.id or "figure")
    times = block.numbers(records, value, "value")
    flags = block.numbers(records, censored, "censored")
    lacking = times.isna() | flags.isna() | times.lt(0)
    if lacking.any():
        from specs.problems import Problem, ProblemsFound

        raise ProblemsFound(
            Problem(
                "time-missing",
                block.where("where"),
                f"{int(lacking.sum())} records of {block.source} without a time from 0 or censoring value, such as "
                f"{records.loc[lacking, SUBJECT].iloc[0]}",
                "a time and a censoring value in every record",
                "leave them out by `where`, knowingly",
            )
        )
    return estimate_survival(times, flags > 0)


def _estimates(
    block: Block, section: Section, group: Group, params: TimeToEvent, quantiles: dict[str, float]
) -> None:
    curve = curve_of(block, group, params.value, params.censored)
    times = block.numbers(group.records, params.value, "value")
    flags = block.numbers(group.records, params.censored, "censored") > 0
    everybody, happened = block.read(group.records), block.read(group.records[~flags])
    block.count(section, group, f"{block.id}.n", everybody, everybody)
    block.count(section, group, f"{block.id}.events", happened, everybody, f"{params.censored} = 0")

    def add(row: str, found: Estimate, factor: float = 1, unit: str | None = None) -> None:
        said = f"{params.transformation}, level {params.level:g}"
        for statistic in ("value", "lower", "upper"):
            value = factor * float(getattr(found, statistic))
            made = block.result(
                group,
                f"{block.id}.{row}",
                statistic,
                value,
                n=curve.n,
                unit=unit,
                records=everybody,
                method=said,
            )
            section.results.append(made)

    for name, probability in quantiles.items():
        add(name, curve.quantile(probability, params.transformation, params.level))
    for time in params.landmarks:
        add(f"rate{time:g}", curve.survival_at(time, params.transformation, params.level), 100, "%")
    if params.follow_up:
        add("follow_up", estimate_follow_up(times, flags).median(params.transformation, params.level))
    if params.observed:
        everything = estimate_survival(times, flags & False)
        add("observed", everything.median(params.transformation, params.level))
