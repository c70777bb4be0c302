"""The compiled plan for people and programs: what ``sdtm spec show`` prints is what ``sdtm run`` walks."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from sdtm.compile_rule import Step
from sdtm.finished_variables import date_source_text, finished_variables
from sdtm.mapping.joins import taken
from sdtm.plan import DomainPlan, FindingsPlan, Plan, SourcePlan, VariablePlan
from sdtm.plan_json import in_order, step_parameters, wanted_domains
from sdtm.plan_json import plan_json as plan_json
from specs.location import Location
from specs.rules.units import split_unit_key

WIDTH = 110
_TERMS_SHOWN = 6


def plan_text(plan: Plan, domain: str = "") -> str:
    """The plan of one domain, or of all, for a terminal of 110 columns. ``ProblemsFound`` for an unknown one."""
    return "\n\n".join("\n".join(_domain_lines(plan, name)) for name in wanted_domains(plan, domain))


def _domain_lines(plan: Plan, name: str) -> Iterator[str]:
    domain = plan.domains[name]
    definition = domain.definition
    title = f"{name}  {domain.label}  ({domain.class_name})"
    yield title
    yield "=" * len(title)
    yield from _fields(
        ("structure", domain.structure),
        ("keys", " ".join(domain.keys)),
        ("sequence", " ".join(definition.sequence.by)),
        ("collapse", _pairs(definition.collapse)),
        ("dropped", " ".join(definition.drop)),
    )
    for source in domain.sources:
        yield ""
        yield from _source_lines(plan, domain, source)
    if name == "SE" and not domain.sources:
        yield ""
        yield from _element_lines(plan)
    finished = finished_variables(plan.study, plan.guide, plan.domains, name)
    if finished:
        yield ""
        yield "Made by finishing"
        for variable in in_order(plan, domain, finished):
            where = plan.study.where("sdtm", name, "reference_dates", variable)
            place = _place(where) if variable in definition.reference_dates else ""
            yield from _row(variable, finished[variable], place)


def _source_lines(plan: Plan, domain: DomainPlan, source: SourcePlan) -> Iterator[str]:
    kind = "raw dataset" if source.table else "domain"
    head = f"Source {source.number + 1}: {kind} {source.table or source.from_domain}"
    yield from _placed(head, source.location, 0)
    yield from _fields(("where", source.where.text if source.where else ""), ("because", source.because))
    for join, condition, where in source.joins:
        by = ", ".join(f"{theirs} = {ours}" for theirs, ours in join.by.items())
        take = ", ".join(
            ours if ours == theirs else f"{theirs} as {ours}" for ours, theirs in taken(join).items()
        )
        text = f"{join.table} ({join.expect}) by {by}; take {take}"
        text += f"; where {condition.text}" if condition else ""
        text += "; equal rows count once" if join.distinct else ""
        yield from _row("join", text, _place(where))
    for variable in source.subject:
        yield from _variable_lines(variable, subject=True)
    if source.visit:
        own = source.definition.visit is not None or plan.study.raw.datasets[source.table].visit
        text = "collected visit" if own else "collected visit, if the table has the column"
        yield from _row("visit", f"{text}: {_steps_text(source.visit.steps)}", _place(source.visit.location))
    if source.variables:
        yield "  Variables"
        by_name = {variable.name: variable for variable in source.variables}
        for name in in_order(plan, domain, by_name):
            yield from _variable_lines(by_name[name])
    if source.tests:
        yield "  Tests"
        for test in source.tests:
            yield from _test_lines(plan, domain, source, test)
    for each in source.not_done:
        tests = each.form[0] if each.form else " ".join(each.tests)
        reason = f"; reason {_steps_text(each.reason.steps)}" if each.reason else ""
        yield from _row("not done", f"{tests} where {each.where.text}{reason}", _place(each.location))
    if source.supp:
        yield f"  Qualifiers (SUPP{domain.name})"
        for variable in source.supp:
            yield from _variable_lines(variable)
    for column, reason in source.definition.not_submitted.items():
        yield from _row("left out", f"{column}: {reason}", "")


def _variable_lines(variable: VariablePlan, subject: bool = False) -> Iterator[str]:
    said = "" if subject else ", ".join(filter(None, (variable.type, variable.core, variable.origin)))
    evaluator = f", by {variable.evaluator}" if variable.evaluator else ""
    label = variable.label or ("subject rule" if subject else "")
    yield from _row(
        variable.name, f"{label}  [{said}{evaluator}]" if said else label, _place(variable.location)
    )
    for number, step in enumerate(variable.steps, 1):
        prefix = f"{number}. " if len(variable.steps) > 1 else ""
        yield from _wrapped(prefix + step_text(step), 14)
        if step.terms is not None:
            yield from _wrapped(_terms_text(step), 16)
        if step.comment:
            yield from _wrapped(f"comment: {step.comment}", 16)


def _test_lines(plan: Plan, domain: DomainPlan, source: SourcePlan, test: FindingsPlan) -> Iterator[str]:
    yield from _row(test.testcd, test.test, _place(test.location))
    written = source.definition.findings[test.testcd]
    standard = written.standard_unit or plan.study.standard_units.get(test.testcd, "")
    own = [(split_unit_key(key), unit) for key, unit in plan.study.standard_units.items()]
    own_units = "".join(f"; in {of}: {unit}" for (code, of), unit in own if of and code == test.testcd)
    digits = f", {written.digits} decimals" if written.digits is not None else ""
    parts = [("result", test.result), ("unit", test.unit), ("status", test.status), ("reason", test.reason)]
    parts += [(variable.name, variable) for variable in test.extra]
    for key, part in parts:
        if part is not None:
            yield from _wrapped(f"{key}: {_steps_text(part.steps)}", 14)
            for step in part.steps:
                if step.terms is not None:
                    yield from _wrapped(_terms_text(step), 16)
    if standard or own_units:
        yield from _wrapped(f"standard unit: {standard or 'as collected'}{own_units}{digits}", 14)
    if test.where:
        yield from _wrapped(f"where {test.where.text}", 14)


def _steps_text(steps: Sequence[Step]) -> str:
    return "; else ".join(step_text(step) for step in steps)


def step_text(step: Step) -> str:
    """Algorithm, its parameters, what it reads and when: ``assign_datetime date AESTDT format dd-MMM-yyyy``."""
    parameters = step_parameters(step)
    first = parameters.pop(step.algorithm.key, None)
    text = f"{step.name} {_said(first)}" if first is not None else step.name
    text += "".join(f", {key} {_said(value)}" for key, value in parameters.items())
    reads = [name for name in step.reads() if name not in _shown_names(step)]
    text += f"; reads {', '.join(reads)}" if reads else ""
    return f"{text}; where {step.where.text}" if step.where else text


def _shown_names(step: Step) -> set[str]:
    """Columns whose names stand in the parameters as they are; those inside SQL are told beside it."""
    return set(step.params.columns())


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + _pairs(value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_said(item) for item in value) + "]"
    return str(value)


def _pairs(values: Any) -> str:
    return ", ".join(f"{key}: {_said(value)}" for key, value in values.items())


def _terms_text(step: Step) -> str:
    terms = step.terms
    assert terms is not None
    kind = "" if terms.values is None else " (extensible)" if terms.extensible else " (closed)"
    pairs = [f"{raw!r} -> {value}" for raw, value in list(terms.terms.items())[:_TERMS_SHOWN]]
    more = f" … ({len(terms.terms)} in all)" if len(terms.terms) > _TERMS_SHOWN else ""
    how = [name for name, on in (("ignoring case", terms.ignore_case), ("synonyms too", terms.synonym)) if on]
    how += ["other texts stay"] if terms.others == "keep" else []
    return (
        f"{terms.title}{kind}"
        + "".join(f", {each}" for each in how)
        + (f": {', '.join(pairs)}{more}" if pairs else "")
    )


def _element_lines(plan: Plan) -> Iterator[str]:
    yield "Elements"
    for i, element in enumerate(plan.study.elements):
        if element.start is None:
            continue
        end = f"; ends {date_source_text(element.end)}" if element.end else ""
        text = f"{element.ELEMENT} ({element.EPOCH}): starts {date_source_text(element.start)}{end}"
        yield from _row(element.ETCD, text, _place(plan.study.where("elements", i)))


def _fields(*pairs: tuple[str, str]) -> Iterator[str]:
    for name, text in pairs:
        if text:
            yield from _row(name, text, "")


def _row(name: str, text: str, place: str) -> Iterator[str]:
    """A name, a text, and at the right where it stands in the spec."""
    lines = _wrapped(text, 14, WIDTH - 2 - len(place)) or [" " * 14]
    first = f"    {name:<9} {lines[0].strip()}".rstrip()
    yield _with_place(first, place)
    yield from lines[1:]


def _placed(text: str, where: Location, indent: int) -> Iterator[str]:
    yield _with_place(" " * indent + text, _place(where))


def _with_place(line: str, place: str) -> str:
    if not place:
        return line
    room = WIDTH - len(line) - len(place)
    return f"{line}{' ' * room}{place}" if room >= 2 else f"{line}\n{place.rjust(WIDTH)}"


def _place(where: Location) -> str:
    return f"{where.file}:{where.line}" if where.file and where.line else where.file


def _wrapped(text: str, indent: int, width: int = WIDTH - 2) -> list[str]:
    return textwrap.wrap(
        text,
        max(width, 60),
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + 2),
        break_long_words=False,
        break_on_hyphens=False,
    )
