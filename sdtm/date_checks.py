"""Whether the dates that reference dates and elements ask for are there when they are worked out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from sdtm.finished_variables import made_from_raw, mapped_variables
from sdtm.mapping import sql
from specs.location import Location
from specs.model import DateSource, Study
from specs.problems import Problem, ProblemsFound, suggest
from specs.standards import ImplementationGuide

if TYPE_CHECKING:
    from sdtm.plan import DomainPlan


def date_problems(
    study: Study, guide: ImplementationGuide, domains: Mapping[str, DomainPlan]
) -> Iterator[Problem]:
    """Dates that nothing makes, or makes too late, and conditions that cannot be evaluated.

    What is no variable at all is told by ``specs.rules.dates``.
    """
    made = {name: made_from_raw(study, guide, domain) for name, domain in domains.items()}
    demographics = domains.get("DM")
    if demographics is None:
        return
    for name, rule in demographics.definition.reference_dates.items():
        where = study.where("sdtm", "DM", "reference_dates", name)
        yield from _rule(rule, where, guide, domains, made)
        made["DM"].add(name)  # the next ones may read it
    made["DM"] |= mapped_variables(demographics)
    for i, element in enumerate(study.elements):
        for part, element_rule in (("start", element.start), ("end", element.end)):
            if element_rule is not None:
                yield from _rule(element_rule, study.where("elements", i, part), guide, domains, made)


def _rule(
    rule: DateSource,
    where: Location,
    guide: ImplementationGuide,
    domains: Mapping[str, DomainPlan],
    made: Mapping[str, Collection[str]],
) -> Iterator[Problem]:
    for text in rule.earliest or rule.latest:
        domain, _, variable = text.partition(".")
        if domain not in domains:
            continue
        plan = domains[domain]
        late = any(v.stage for source in plan.sources for v in source.variables if v.name == variable)
        known = guide.variable(domain, variable, plan.class_name) is not None
        if known and (late or variable not in made[domain]):
            yield Problem(
                "not-made-yet" if late else "never-made",
                where,
                f"{text!r}, which {'itself waits for dates of DM' if late else 'no mapping makes'}",
                f"a variable that {domain} has from raw alone: {', '.join(sorted(made[domain]))}",
                suggest(variable, made[domain]),
            )
        yield from _condition(rule.where, domain, made[domain], where)
    yield from _condition(rule.when, "DM", made["DM"], where)


def _condition(text: str, domain: str, made: Collection[str], where: Location) -> Iterator[Problem]:
    if not text:
        return
    try:
        condition = sql.parse(text, (domain,), where)
    except ProblemsFound as found:
        yield from found.problems
        return
    for name in condition.columns:
        variable = name.removeprefix(f"{domain}.")
        if variable not in made:
            yield Problem(
                "unknown-column",
                where,
                f"{name!r} in {text!r}",
                f"a variable that {domain} has from raw alone: {', '.join(sorted(made))}",
                suggest(variable, made),
            )
