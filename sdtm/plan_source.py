"""One source of a domain, compiled."""

from __future__ import annotations

from typing import Any

from sdtm.compile_names import Names, compile_condition
from sdtm.plan_context import Planning
from sdtm.plan_findings import not_done_plans, test_plan
from sdtm.plan_names import columns_of, source_names
from sdtm.plan_parts import SourcePlan, VariablePlan
from sdtm.plan_stages import staged
from sdtm.plan_subject import subject_variables
from specs.model import Source


def source_plan(planning: Planning, number: int, source: Source) -> SourcePlan | None:
    """The steps of one source; None and problems where it has no table."""
    path = ("sdtm", planning.name, "sources", number)
    where = planning.study.where(*path)
    names = source_names(planning, source, path)
    if names is None:
        return None
    rules = planning.rules
    condition = compile_condition(
        source.where, names, planning.study.where(*path, "where"), planning.problems, raw_only=True
    )
    joins = []
    for i, join in enumerate(source.join):
        place = planning.study.where(*path, "join", i)
        inner = Names("raw", raw=columns_of(planning, join.table, place), own=frozenset(), table=join.table)
        joins.append(
            (join, compile_condition(join.where, inner, place, planning.problems, raw_only=True), place)
        )
    tests = tuple(
        plan
        for code, test in source.findings.items()
        if (plan := test_plan(planning, code, test, source, names, (*path, "findings", code))) is not None
    )
    variables = []
    for target, rule in source.map.items():
        key = (*path, "map", target)
        definition = planning.target(target, source, key)
        if definition is not None:
            steps = rules.compile(target, definition, rule, names, key)
            variables.append(planning.variable(target, definition, steps, key))
    supp = [
        qualifier
        for qnam, rule in source.supp.items()
        if (qualifier := _qualifier(planning, qnam, rule, names, (*path, "supp", qnam))) is not None
    ]
    visit = None
    if source.visit is not None or names.visit:
        rule = source.visit if source.visit is not None else names.visit
        steps = rules.compile("VISIT", None, rule, names, (*path, "visit"))
        visit = VariablePlan("VISIT", "", "Char", "", steps, location=planning.study.where(*path, "visit"))
    in_stages = staged([*variables, *supp], planning.name, bool(tests), planning.problems)
    return SourcePlan(
        domain=planning.name,
        number=number,
        table=source.from_,
        from_domain=source.from_domain,
        where=condition,
        because=source.because,
        joins=tuple(joins),
        subject=subject_variables(planning, source, names, path),
        visit=visit,
        variables=tuple(in_stages[: len(variables)]),
        tests=tests,
        not_done=not_done_plans(planning, source, names, path),
        supp=tuple(in_stages[len(variables) :]),
        location=where,
        definition=source,
    )


def _qualifier(
    planning: Planning, qnam: str, rule: Any, names: Names, path: tuple[Any, ...]
) -> VariablePlan | None:
    where = planning.study.where(*path)
    if not isinstance(rule, dict) or not rule.get("label"):
        planning.refuse(
            "missing-key", where, f"{qnam} without a label", "label: text of at most 40 characters"
        )
        return None
    rest = {key: value for key, value in rule.items() if key not in ("label", "evaluator", "idvar")}
    if len(qnam) > 8 or not qnam.isalnum() or not qnam[:1].isalpha() or qnam != qnam.upper():
        planning.refuse(
            "bad-name", where, f"QNAM {qnam!r}", "1 to 8 capital letters and digits, a letter first"
        )
    if len(str(rule["label"]).encode()) > 40:
        planning.refuse("label-too-long", where, f"{rule['label']!r}", "a label of at most 40 characters")
    steps = planning.rules.compile(qnam, None, rest, names, path)
    origin = str(rule.get("origin") or next((s.origin for s in steps if s.origin), ""))
    return VariablePlan(
        qnam,
        str(rule["label"]),
        "Char",
        "",
        steps,
        origin=origin,
        evaluator=str(rule.get("evaluator", "")),
        idvar=str(rule.get("idvar", "")),
        location=where,
    )
