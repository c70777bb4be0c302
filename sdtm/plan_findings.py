"""The tests of a wide form, and the rows that say that tests were not done."""

from __future__ import annotations

from typing import Any

from sdtm.compile_names import Names, compile_condition
from sdtm.plan_context import Planning
from sdtm.plan_parts import FindingsPlan, NotDonePlan, VariablePlan
from sdtm.step import Step
from specs.model import FindingsTest, NotDone, Source
from specs.standards import VariableDefinition


def test_plan(
    planning: Planning, code: str, test: FindingsTest, source: Source, names: Names, path: tuple[Any, ...]
) -> FindingsPlan | None:
    """One test; None and a problem where it is no test of the domain."""
    where, domain = planning.study.where(*path), planning.name
    title = planning.tests.name(code, path)
    if title is None:
        return None

    def part(suffix: str, rule: Any, key: str) -> VariablePlan | None:
        if rule is None:
            return None
        target = f"{domain}{suffix}"
        definition = planning.rules.definition(target, (*path, key))
        if definition is None:
            return None
        if key == "unit" and isinstance(rule, str):
            steps = _unit_steps(planning, target, rule, definition, names, (*path, key))
        else:
            steps = planning.rules.compile(target, definition, rule, names, (*path, key))
        return planning.variable(target, definition, steps, (*path, key))

    result = part("ORRES", test.result, "result")
    extra = []
    for target, rule in test.map.items():
        definition = planning.target(target, source, (*path, "map", target))
        if definition is not None:
            steps = planning.rules.compile(target, definition, rule, names, (*path, "map", target))
            extra.append(planning.variable(target, definition, steps, (*path, "map", target)))
    if result is None:
        return None
    return FindingsPlan(
        code,
        title,
        result,
        part("ORRESU", test.unit, "unit"),
        part("STAT", test.status, "status"),
        part("REASND", test.reason, "reason"),
        compile_condition(test.where, names, where, planning.problems, raw_only=True),
        tuple(extra),
        where,
    )


def _unit_steps(
    planning: Planning,
    target: str,
    word: str,
    definition: VariableDefinition,
    names: Names,
    path: tuple[Any, ...],
) -> tuple[Step, ...]:
    """A unit that is one word is text by the grammar; where it can only be meant as a raw column, it is refused.

    That is: a raw column has this name, and neither the codelist of the variable nor the study knows such a unit.
    Every result would have the name of the column as its unit.
    """
    before = len(planning.problems)
    steps = planning.rules.compile(target, definition, {"value": word}, names, path)
    if names.raw is None or word not in names.raw:
        return steps
    study = planning.study
    known = {unit for conversion in study.units for unit in (conversion.unit, conversion.to)}
    known |= {*study.standard_units.values(), *study.conventional_units.values()}
    terms = [step.terms for step in steps if step.terms is not None]
    if word in known or any(each.look_up(word)[1] == "known" for each in terms):
        return steps
    del planning.problems[before:]  # that it is in no codelist leads to declaring it as a unit
    planning.refuse(
        "unit-is-column",
        study.where(*path),
        f"unit {word!r}, which is a column of raw dataset {names.table} and no known unit",
        "a unit, as text; or the column that holds it, as a mapping",
        f"write unit: {{column: {word}}}; if the text is meant, unit: {{value: {word}}}",
    )
    return ()


def not_done_plans(
    planning: Planning, source: Source, names: Names, path: tuple[Any, ...]
) -> tuple[NotDonePlan, ...]:
    """What `not_done` of a source says, in its order."""
    given = source.not_done
    several: tuple[NotDone, ...] = () if given is None else given if isinstance(given, tuple) else (given,)
    plans = []
    for i, item in enumerate(several):
        place = (*path, "not_done", i) if isinstance(given, tuple) else (*path, "not_done")
        where = planning.study.where(*place)
        condition = compile_condition(item.where, names, where, planning.problems, raw_only=True)
        unknown = [code for code in item.tests if code not in source.findings]
        if unknown:
            planning.refuse(
                "unknown-test",
                where,
                f"tests {', '.join(unknown)}",
                f"tests of this source: {', '.join(source.findings)}",
            )
        reason = None
        if item.reason is not None:
            definition = planning.rules.definition(f"{planning.name}REASND", place)
            if definition is not None:
                steps = planning.rules.compile(
                    f"{planning.name}REASND", definition, item.reason, names, (*place, "reason")
                )
                reason = planning.variable(f"{planning.name}REASND", definition, steps, (*place, "reason"))
        form = None
        if item.form:
            form = (item.form, planning.tests.name(item.form, place) or item.form)
        if condition is not None:
            tests = item.tests or tuple(source.findings)
            plans.append(NotDonePlan(condition, reason, () if form else tests, form, where))
    return tuple(plans)
