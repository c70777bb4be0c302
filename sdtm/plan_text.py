"""The compiled plan for people and programs: what ``sdtm spec show`` prints is what ``sdtm run`` walks."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sdtm.compile_rule import Step
from sdtm.finished_variables import date_source_text, finished_variables
from sdtm.mapping.joins import taken
from sdtm.plan import DomainPlan, FindingsPlan, NotDonePlan, Plan, SourcePlan, VariablePlan
from specs.location import Location
from specs.problems import Problem, ProblemsFound, suggest

WIDTH = 110
_TERMS_SHOWN = 6


def plan_text(plan: Plan, domain: str = "") -> str:
    """The plan of one domain, or of all, for a terminal of 110 columns. ``ProblemsFound`` for an unknown one."""
    return "\n\n".join("\n".join(_domain_lines(plan, name)) for name in _wanted(plan, domain))


def plan_json(plan: Plan, domain: str = "") -> str:
    """The same as JSON: study, standards, and a list of domains."""
    return json.dumps(
        {
            "study": plan.study.study,
            "sdtmig": plan.study.standards.sdtmig,
            "ct": plan.study.standards.ct,
            "domains": [_domain_json(plan, name) for name in _wanted(plan, domain)],
        },
        indent=2,
        ensure_ascii=False,
    )


def _wanted(plan: Plan, domain: str) -> list[str]:
    if not domain:
        return sorted(plan.domains)
    if domain in plan.domains:
        return [domain]
    alike = [f"did you mean {name}?" for name in sorted(plan.domains) if name[:1] == domain[:1]]
    raise ProblemsFound(
        Problem(
            "unknown-domain",
            plan.study.where(),
            f"{domain!r}",
            f"a domain of {plan.study.study}: {', '.join(sorted(plan.domains)) or 'it has none'}",
            suggest(domain, plan.domains) or "".join(alike[:1]),
        )
    )


# --- as data ---------------------------------------------------------------------------------------------


def _domain_json(plan: Plan, name: str) -> dict[str, Any]:
    domain = plan.domains[name]
    definition = domain.definition
    finished = finished_variables(plan.study, plan.guide, plan.domains, name)
    return _without_empty(
        {
            "domain": name,
            "label": domain.label,
            "class": domain.class_name,
            "structure": domain.structure,
            "keys": list(domain.keys),
            "sequence": list(definition.sequence.by),
            "collapse": dict(definition.collapse),
            "drop": list(definition.drop),
            "sources": [_source_json(plan, domain, source) for source in domain.sources],
            "finished": {v: finished[v] for v in _in_order(plan, domain, finished)},
            "reference_dates": {
                variable: date_source_text(rule) for variable, rule in definition.reference_dates.items()
            },
            "elements": _elements_json(plan) if name == "SE" and not domain.sources else [],
        }
    )


def _source_json(plan: Plan, domain: DomainPlan, source: SourcePlan) -> dict[str, Any]:
    by_name = {variable.name: variable for variable in source.variables}
    return {
        "from": source.table or source.from_domain,
        "kind": "raw dataset" if source.table else "domain",
        "where": source.where.text if source.where else "",
        "because": source.because,
        "place": str(source.location),
        "joins": [
            {
                "with": join.table,
                "by": dict(join.by),
                "take": taken(join),
                "expect": join.expect,
                "where": condition.text if condition else "",
                "distinct": join.distinct,
                "place": str(where),
            }
            for join, condition, where in source.joins
        ],
        "subject": [_variable_json(variable) for variable in source.subject],
        "visit": _variable_json(source.visit) if source.visit else {},
        "variables": [_variable_json(by_name[name]) for name in _in_order(plan, domain, by_name)],
        "tests": [_test_json(test) for test in source.tests],
        "not_done": [_not_done_json(each) for each in source.not_done],
        "supp": [_variable_json(variable) for variable in source.supp],
        "not_submitted": dict(source.definition.not_submitted),
    }


def _variable_json(variable: VariablePlan) -> dict[str, Any]:
    return {
        "variable": variable.name,
        "label": variable.label,
        "type": variable.type,
        "core": variable.core,
        "origin": variable.origin,
        "evaluator": variable.evaluator,
        "steps": [_step_json(step) for step in variable.steps],
        "place": str(variable.location),
    }


def _step_json(step: Step) -> dict[str, Any]:
    terms = step.terms
    return {
        "algorithm": step.name,
        "parameters": _parameters(step),
        "reads": list(step.reads()),
        "where": step.where.text if step.where else "",
        "codelist": terms.title if terms else "",
        "terms": dict(terms.terms) if terms else {},
        "origin": step.origin,
        "comment": step.comment,
        "place": str(step.location),
    }


def _parameters(step: Step) -> dict[str, Any]:
    return step.params.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _test_json(test: FindingsPlan) -> dict[str, Any]:
    return {
        "testcd": test.testcd,
        "test": test.test,
        "where": test.where.text if test.where else "",
        **{
            key: _variable_json(part)
            for key, part in (
                ("result", test.result),
                ("unit", test.unit),
                ("status", test.status),
                ("reason", test.reason),
            )
            if part is not None
        },
        "variables": [_variable_json(variable) for variable in test.extra],
        "place": str(test.location),
    }


def _not_done_json(each: NotDonePlan) -> dict[str, Any]:
    return {
        "where": each.where.text,
        "tests": list(each.tests),
        "form": each.form[0] if each.form else "",
        "reason": _variable_json(each.reason) if each.reason else {},
        "place": str(each.location),
    }


def _elements_json(plan: Plan) -> list[dict[str, str]]:
    return [
        {
            "ETCD": element.ETCD,
            "EPOCH": element.EPOCH,
            "start": date_source_text(element.start),
            "end": date_source_text(element.end) if element.end else "",
        }
        for element in plan.study.elements
        if element.start is not None
    ]


def _without_empty(value: Any) -> Any:
    """Leaves out what says nothing; the order of keys stays."""
    if isinstance(value, dict):
        inner = {key: _without_empty(item) for key, item in value.items()}
        return {key: item for key, item in inner.items() if item not in ("", [], {}, None, False)}
    return [_without_empty(item) for item in value] if isinstance(value, list) else value


def _in_order(plan: Plan, domain: DomainPlan, names: Iterable[str]) -> list[str]:
    return plan.guide.order(domain.name, names, domain.class_name)


# --- as text ---------------------------------------------------------------------------------------------


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
        for variable in _in_order(plan, domain, finished):
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
        for name in _in_order(plan, domain, by_name):
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
        yield from _wrapped(prefix + _step_text(step), 14)
        if step.terms is not None:
            yield from _wrapped(_terms_text(step), 16)
        if step.comment:
            yield from _wrapped(f"comment: {step.comment}", 16)


def _test_lines(plan: Plan, domain: DomainPlan, source: SourcePlan, test: FindingsPlan) -> Iterator[str]:
    yield from _row(test.testcd, test.test, _place(test.location))
    written = source.definition.findings[test.testcd]
    standard = written.standard_unit or plan.study.standard_units.get(test.testcd, "")
    digits = f", {written.digits} decimals" if written.digits is not None else ""
    parts = [("result", test.result), ("unit", test.unit), ("status", test.status), ("reason", test.reason)]
    parts += [(variable.name, variable) for variable in test.extra]
    for key, part in parts:
        if part is not None:
            yield from _wrapped(f"{key}: {_steps_text(part.steps)}", 14)
            for step in part.steps:
                if step.terms is not None:
                    yield from _wrapped(_terms_text(step), 16)
    if standard:
        yield from _wrapped(f"standard unit: {standard}{digits}", 14)
    if test.where:
        yield from _wrapped(f"where {test.where.text}", 14)


def _steps_text(steps: Sequence[Step]) -> str:
    return "; else ".join(_step_text(step) for step in steps)


def _step_text(step: Step) -> str:
    """Algorithm, its parameters, what it reads and when: ``assign_datetime date AESTDT format dd-MMM-yyyy``."""
    parameters = _parameters(step)
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
