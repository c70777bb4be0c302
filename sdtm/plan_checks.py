"""What is wrong with a plan as a whole: things that a single mapping cannot tell when it is compiled."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from sdtm.compile_rule import Step
from sdtm.date_checks import date_problems
from sdtm.mapping import sql
from sdtm.mapping.joins import column_problems
from sdtm.mapping.units import convert, declared_conversions
from specs.catalogue import TABLE
from specs.location import Location
from specs.model import Path, Study
from specs.problems import Problem, ProblemsFound, suggest
from specs.standards import ImplementationGuide

if TYPE_CHECKING:
    from sdtm.plan import DomainPlan, SourcePlan, VariablePlan

Columns = Mapping[str, Collection[str]]

# What every record has before any of its variables is made.
IDENTIFIERS = ("STUDYID", "DOMAIN", "USUBJID", "SITEID", "SUBJID")


def plan_problems(
    study: Study, guide: ImplementationGuide, domains: Mapping[str, DomainPlan], columns: Columns | None
) -> Iterator[Problem]:
    """Every problem of the compiled domains; ``columns`` as in ``sdtm.plan.make_plan``."""
    yield from _conversions(study)
    yield from _derived_columns(study)
    yield from date_problems(study, guide, domains)
    yield from _visit_columns(study, columns)
    for domain in domains.values():
        yield from _collapse(study, domain)
        yield from _parent_keys(domain)
        for source in domain.sources:
            yield from _early_reads(source)
            yield from _own_reads(source, guide, domain.class_name)
            yield from _joins(source, columns or {})
            yield from _lookups(source, columns or {})


def _conversions(study: Study) -> Iterator[Problem]:
    for i, conversion in enumerate(study.units):
        try:
            convert(["1"], conversion)
            declared_conversions(study.units[: i + 1])
        except ProblemsFound as found:
            yield from (_at(problem, study, ("units", i)) for problem in found.problems)


def _at(problem: Problem, study: Study, path: Path) -> Problem:
    where = study.where(*path)
    return replace(problem, where=where if where.file else problem.where)


def _derived_columns(study: Study) -> Iterator[Problem]:
    for name, dataset in study.raw.datasets.items():
        for column, text in dataset.derive.items():
            try:
                sql.parse(text, (), study.where("raw", "datasets", name, "derive", column))
            except ProblemsFound as found:
                yield from found.problems


def _visit_columns(study: Study, columns: Columns | None) -> Iterator[Problem]:
    """The column with the collected visit is there, in one table or in any of them."""
    for name, dataset in study.raw.datasets.items():
        if dataset.visit and columns is not None and name in columns and dataset.visit not in columns[name]:
            yield _unknown(dataset.visit, name, columns[name], study.where("raw", "datasets", name, "visit"))
    if study.raw.visit and columns and len(columns) == len(study.raw.datasets):
        everything = sorted({column for each in columns.values() for column in each})
        if study.raw.visit not in everything:
            yield _unknown(study.raw.visit, "any raw dataset", everything, study.where("raw", "visit"))


def _collapse(study: Study, domain: DomainPlan) -> Iterator[Problem]:
    """Collapsed records have no raw row of their own, so nothing can be made from raw afterwards."""
    if not domain.definition.collapse:
        return
    for source in domain.sources:
        for variable in (*source.variables, *source.supp):
            if variable.stage:
                yield Problem(
                    "late-with-collapse",
                    variable.location,
                    f"{variable.name} waits for dates of DM, visits or study days, and {domain.name} has collapse:",
                    "variables made from raw alone in a domain whose records are collapsed",
                    "take what it reads from raw, or take collapse: out",
                )


def _parent_keys(domain: DomainPlan) -> Iterator[Problem]:
    """A supplemental qualifier belongs to the records of a variable that the domain has."""
    made = {f"{domain.name}SEQ"}
    for source in domain.sources:
        made |= {v.name for v in (*source.variables, *(e for test in source.tests for e in test.extra))}
        made |= {"VISITNUM", "VISIT"} if source.visit is not None else set()
    for source in domain.sources:
        for variable in source.supp:
            if not variable.idvar or (variable.idvar in made and domain.name != "DM"):
                continue
            yield Problem(
                "unknown-variable",
                variable.location,
                f"idvar {variable.idvar!r} of {variable.name}",
                "no idvar, since a subject has one record in DM"
                if domain.name == "DM"
                else f"a variable that {domain.name} makes, such as {domain.name}SEQ or {domain.name}GRPID",
                suggest(variable.idvar, made) or "map the variable, or take idvar out",
            )


def _early_reads(source: SourcePlan) -> Iterator[Problem]:
    """Tests, visits and subjects are made before the variables that wait for something."""
    early = {v.name for v in source.variables if v.stage == 0 and v.row_level} | set(IDENTIFIERS)
    plans = [*source.subject, *([source.visit] if source.visit else [])]
    for test in source.tests:
        plans += [p for p in (test.result, test.unit, test.status, test.reason, *test.extra) if p is not None]
    plans += [each.reason for each in source.not_done if each.reason is not None]
    for plan in plans:
        for written, step in _reads(plan, ("own", "subject")):
            reference = step.references[written]
            if reference.kind == "subject" or reference.name not in early:
                yield Problem(
                    "not-made-yet",
                    step.location,
                    f"{written!r}, which is made after {plan.name}",
                    "raw columns, and variables of map: that are made from raw columns alone",
                    "use the raw column it comes from",
                )


def _reads(plan: VariablePlan, kinds: Collection[str]) -> Iterator[tuple[str, Step]]:
    for step in plan.steps:
        for written, reference in step.references.items():
            if reference.kind in kinds:
                yield written, step


def _own_reads(source: SourcePlan, guide: ImplementationGuide, class_name: str) -> Iterator[Problem]:
    """What is read of the domain itself is a variable of it."""
    for variable in (*source.variables, *source.supp):
        for written, step in _reads(variable, ("own",)):
            name = step.references[written].name
            if name not in IDENTIFIERS and guide.variable(source.domain, name, class_name) is None:
                known = [v.name for v in guide.variables(source.domain, class_name)]
                yield Problem(
                    "unknown-column",
                    step.location,
                    f"{written!r}",
                    f"a variable of {source.domain} in the guide or its class",
                    suggest(name, known),
                )


def _joins(source: SourcePlan, columns: Columns) -> Iterator[Problem]:
    if source.table not in columns:
        return
    ours = list(columns[source.table])
    for join, _, where in source.joins:
        if join.table not in columns:
            return
        yield from column_problems(ours, list(columns[join.table]), join, where)
        ours += list(join.take)


def _lookups(source: SourcePlan, columns: Columns) -> Iterator[Problem]:
    for _, step in source.steps():
        for table in step.params.marked(TABLE):
            if table in columns:
                yield from (
                    _unknown(name, table, columns[table], step.location)
                    for name in dict.fromkeys(step.params.looked_up())
                    if name not in columns[table]
                )


def _unknown(name: str, table: str, known: Collection[str], where: Location) -> Problem:
    do = suggest(name, known)
    return Problem("unknown-column", where, f"{name!r}", f"a column of {table}: {', '.join(known)}", do)
