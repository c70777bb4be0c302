"""The compiled plan for programs: what ``sdtm spec show --json`` prints."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sdtm.finished_variables import date_source_text, finished_variables
from sdtm.mapping.joins import taken
from sdtm.plan import DomainPlan, FindingsPlan, NotDonePlan, Plan, SourcePlan, VariablePlan
from sdtm.step import Step
from specs.problems import Problem, ProblemsFound, suggest


def plan_json(plan: Plan, domain: str = "") -> str:
    """The same as JSON: study, standards, and a list of domains."""
    return json.dumps(
        {
            "study": plan.study.study,
            "sdtmig": plan.study.standards.sdtmig,
            "ct": plan.study.standards.ct,
            "domains": [_domain_json(plan, name) for name in wanted_domains(plan, domain)],
        },
        indent=2,
        ensure_ascii=False,
    )


def wanted_domains(plan: Plan, domain: str) -> list[str]:
    """The domain that was asked for, or all; ``ProblemsFound`` for one that the study does not have."""
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
            "finished": {v: finished[v] for v in in_order(plan, domain, finished)},
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
        "variables": [_variable_json(by_name[name]) for name in in_order(plan, domain, by_name)],
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
        "parameters": step_parameters(step),
        "reads": list(step.reads()),
        "where": step.where.text if step.where else "",
        "codelist": terms.title if terms else "",
        "terms": dict(terms.terms) if terms else {},
        "origin": step.origin,
        "comment": step.comment,
        "place": str(step.location),
    }


def step_parameters(step: Step) -> dict[str, Any]:
    """What the spec says to an algorithm, without what it leaves at its default."""
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


def in_order(plan: Plan, domain: DomainPlan, names: Iterable[str]) -> list[str]:
    """Variables in the standard's order."""
    return plan.guide.order(domain.name, names, domain.class_name)
