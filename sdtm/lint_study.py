"""`sdtm lint`: everything that can be said about a spec, without data or against the raw files."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterator, Mapping

from sdtm.finding_rules import finding_rules
from sdtm.finished_variables import finished_variables, mapped_variables
from sdtm.mapping.registry import catalogue
from sdtm.plan import DomainPlan, Plan, make_plan
from sdtm.plan_checks import IDENTIFIERS
from sdtm.stages import RawTable
from specs.drafts import drafts
from specs.lint import DESIGN_RULES, lint
from specs.location import Location
from specs.model import Path, Study
from specs.problems import Problem, ProblemsFound, suggest
from specs.rules.spec import MULTIPLE
from validation.findings import Finding

# What a spec can do something about; duplicates and the like are the business of a run.
_OF_THE_SPEC = {
    "column-unaccounted",
    "not-a-number",
    "row-unaccounted",
    "supplemental-qualifier",
    "undeclared-term",
    "unit-not-converted",
    "unmapped-term",
    "visit-not-planned",
}


def lint_study(study: Study, raw: bool = False) -> list[Problem]:
    """All problems of a spec, by their places in it; none is raised.

    ``raw``: read the raw files too, and check columns, joins and texts; files that cannot be read are told
    together with the rest. A finding of the conversion is a warning here: the data may be to blame.
    """
    problems = [problem for problem in lint(study) if problem.severity != "error"]
    problems += lint(study, DESIGN_RULES)
    tables: dict[str, RawTable] | None = None
    if raw:
        from sdtm.pipeline import try_read

        tables, _, unread = try_read(study)
        problems += unread
    columns = None if tables is None else {name: list(table.frame) for name, table in tables.items()}
    problems += _accepted_rules(study)
    try:
        plan = make_plan(study, catalogue(), columns)
    except ProblemsFound as found:
        return ProblemsFound([*problems, *found.problems]).problems
    problems += [problem for rule in PLAN_RULES for problem in rule(plan)]
    problems += _analyses(plan)
    problems += _tables(study)
    if tables is not None and len(tables) == len(study.raw.datasets):
        problems += _against_raw(plan, tables)
    return ProblemsFound(problems).problems


def _analyses(plan: Plan) -> list[Problem]:
    """What is wrong with the analysis datasets, judged by the variables that the SDTM of the spec may have."""
    if not plan.study.adam:
        return []
    from sdtm.adam.plan import plan_analyses
    from sdtm.adam.sdtm_columns import planned_columns
    from sdtm.derivations.registry import derivations

    try:
        plan_analyses(plan.study, derivations(), planned_columns(plan) if plan.domains else None)
    except ProblemsFound as found:
        return list(found.problems)
    return []


def _tables(study: Study) -> list[Problem]:
    """What can be said of tables.yaml and expected.yaml without data."""
    from sdtm.reports.expected import read_expected
    from sdtm.reports.plan import plan_reports

    problems: list[Problem] = []
    for check in (lambda: plan_reports(study), lambda: read_expected(study.folder)):
        try:
            check()
        except ProblemsFound as found:
            problems += found.problems
    return problems


def _accepted_rules(study: Study) -> Iterator[Problem]:
    """``accept`` names findings that there may be."""
    known = finding_rules() if study.accept else frozenset()
    for key in study.accept:
        rule = key.partition(":")[0]
        if rule not in known:
            yield Problem(
                "unknown-rule",
                study.where("accept", key),
                f"{rule!r}",
                "the id of a finding, or id:DATASET.VARIABLE",
                suggest(rule, known) or "ids stand in brackets before each finding",
            )


def required_variables(plan: Plan) -> Iterator[Problem]:
    """Every required variable of a domain is mapped, or made by finishing."""
    unfinished = bool(drafts(plan.study))
    for name, domain in plan.domains.items():
        for missing in _absent(plan, domain, "Req"):
            definition = plan.guide.variable(name, missing, domain.class_name)
            yield Problem(
                "required-not-made",
                plan.study.where("sdtm", name),
                f"{missing} of {name} ({definition.label if definition else ''}), which nothing makes",
                "every required variable",
                f"map it under map: of a source of {name}",
                # A draft says itself that it is not whole, and does not run as it is.
                "warning" if unfinished else "error",
            )


def expected_variables(plan: Plan) -> Iterator[Problem]:
    """Expected variables without a mapping are in the dataset, and empty."""
    for name, domain in plan.domains.items():
        missing = _absent(plan, domain, "Exp")
        if missing:
            yield Problem(
                "expected-not-made",
                plan.study.where("sdtm", name),
                f"{', '.join(missing)} of {name}, which nothing makes",
                "expected variables with the values that were collected",
                "map what was collected; the others stay empty",
                "note",
            )


def _absent(plan: Plan, domain: DomainPlan, core: str) -> list[str]:
    made = mapped_variables(domain) | set(
        finished_variables(plan.study, plan.guide, plan.domains, domain.name)
    )
    wanted = plan.guide.variables(domain.name, domain.class_name)
    if not domain.sources and not (domain.name == "SE" and plan.study.elements):
        return []  # a domain without records
    return [v.name for v in wanted if v.core == core and v.name not in made]


def unmade_reads(plan: Plan) -> Iterator[Problem]:
    """A mapping does not read a variable of its domain that nothing makes."""
    for name, domain in plan.domains.items():
        made = mapped_variables(domain) | {
            *finished_variables(plan.study, plan.guide, plan.domains, name),
            *IDENTIFIERS,
        }
        for source in domain.sources:
            for variable, step in source.steps():
                for written, reference in step.references.items():
                    if reference.kind == "own" and reference.name not in made:
                        yield Problem(
                            "never-made",
                            step.location,
                            f"{written!r}, which nothing makes, read by {variable}",
                            "a variable that is mapped, or that finishing makes",
                            suggest(reference.name, made),
                            "warning",
                        )


def undeclared_values(plan: Plan) -> Iterator[Problem]:
    """Terms of a mapping that lead to a value which an extensible codelist does not have."""
    of_codelists = {
        pair for codelist in plan.study.codelists.values() for pair in codelist.terms.items()
    }  # told where the codelist stands
    for domain in plan.domains.values():
        for source in domain.sources:
            for variable, step in source.steps():
                terms = step.terms
                if terms is None or terms.values is None:
                    continue
                for text, value in terms.terms.items():
                    if value in terms.values or value == MULTIPLE or (text, value) in of_codelists:
                        continue
                    yield Problem(
                        "undeclared-term",
                        step.location,
                        f"{variable}: {text!r} to {value!r}",
                        f"a value of {terms.title}",
                        suggest(value, terms.values)
                        or f"declare it: codelists: extend: {{{value}: its decode}}",
                        "warning",
                    )


def trial_design_problems(plan: Plan) -> Iterator[Problem]:
    """What is wrong with arms, elements, criteria and parameters."""
    from sdtm.trial_design import trial_design

    try:
        trial_design(plan)
    except ProblemsFound as found:
        yield from found.problems


PLAN_RULES: tuple[Callable[[Plan], Iterator[Problem]], ...] = (
    required_variables,
    expected_variables,
    unmade_reads,
    undeclared_values,
    trial_design_problems,
)


# --- against the raw files -------------------------------------------------------------------------------


def _against_raw(plan: Plan, tables: Mapping[str, RawTable]) -> Iterator[Problem]:
    """Convert, and tell what the spec does not cover: joins, texts, columns and rows."""
    from sdtm.convert_shard import convert_shard
    from sdtm.pipeline import refuse_empty_joins
    from sdtm.trace.ledger import keep_books
    from validation.findings import fold

    yield from _unused_exclusions(plan.study, tables)
    try:
        result = convert_shard(plan, tables)
        refuse_empty_joins(result)
    except ProblemsFound as found:
        yield from found.problems
        return
    _, leftovers = keep_books(plan, tables, result.accounts)
    told = _OF_THE_SPEC | {algorithm.rule for algorithm in catalogue().values()}
    for finding in fold([*result.findings, *leftovers]):
        if finding.rule in told:
            yield _as_problem(finding)


def _as_problem(finding: Finding) -> Problem:
    first = finding.places[0] if finding.places else None
    where = Location(first.file, row=first.row, column=first.column) if first else Location()
    variable = f"{finding.dataset}.{finding.variable}".strip(".")
    found = f"{variable}: {finding.found}" if variable else finding.found
    found += f" ({finding.count} times)" if finding.count > 1 else ""
    severity = "note" if finding.severity == "note" else "warning"
    return Problem(finding.rule, where, found, finding.expected, finding.do, severity)


def _unused_exclusions(study: Study, tables: Mapping[str, RawTable]) -> Iterator[Problem]:
    """``not_submitted`` names columns that there are."""
    everything = sorted({column for table in tables.values() for column in table.frame})
    given: list[tuple[Path, list[str]]] = [
        (("raw", "not_submitted", pattern), everything) for pattern in study.raw.not_submitted
    ]
    for name, dataset in study.raw.datasets.items():
        columns = list(tables[name].frame)
        given += [(("raw", "datasets", name, "not_submitted", p), columns) for p in dataset.not_submitted]
    for domain, definition in study.sdtm.items():
        for i, source in enumerate(definition.sources):
            if source.from_ in tables:
                columns = list(tables[source.from_].frame)
                place = ("sdtm", domain, "sources", i, "not_submitted")
                given += [((*place, column), columns) for column in source.not_submitted]
    for path, columns in given:
        pattern = str(path[-1])
        if not any(fnmatch.fnmatchcase(column, pattern) for column in columns):
            yield Problem(
                "unknown-column",
                study.where(*path),
                f"not_submitted {pattern!r}, which is no column",
                f"columns of the raw files: {', '.join(columns[:12])}{' …' if len(columns) > 12 else ''}",
                suggest(pattern, columns),
                "warning",
            )
