"""Rules on units and their conversions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from specs import load_study
from specs.lint import lint
from specs.problems import Problem

VS = """domain: VS
sources:
  - from: vs
    findings: {SYSBP: {result: S, standard_unit: mmHg}, MYTEST: {result: M}}
"""


def told(build_study: Callable[..., Path], yaml: str, vs: str = VS) -> list[Problem]:
    head = "study: X1\nraw: {datasets: {vs: {file: vs.csv}}}\n"
    return lint(load_study(build_study(head + yaml, {"vs": vs}, {})))


def ids(problems: list[Problem]) -> list[tuple[str, str, int | None]]:
    return [(p.id, p.severity, p.where.line) for p in problems]


def test_sound_units(build_study):
    yaml = """units:
  - {test: WEIGHT, unit: LB, to: kg, factor: 0.45359237, digits: 1}
  - {unit: STONE, to: kg, factor: 6.35}
  - {test: MYTEST, unit: "", to: cm}
standard_units: {TEMP: C, MYTEST: cm}
codelists: {VSRESU: {codelist: VSRESU, extend: {STONE: Stone}}}
"""
    assert told(build_study, yaml) == []


def test_units_outside_terminology_are_told(build_study):
    found = told(build_study, "units:\n  - {unit: pound, to: kgs}\nstandard_units:\n  TEMP: Celsius\n")
    assert ids(found) == [
        ("unknown-unit", "warning", 4),
        ("unknown-unit", "warning", 4),
        ("unknown-unit", "warning", 6),
    ]
    assert [p.found for p in found] == ["unit 'pound'", "unit 'kgs'", "unit 'Celsius'"]
    found = told(build_study, "", VS.replace("mmHg", "mmhg"))
    assert ids(found) == [("unknown-unit", "warning", 4)] and "mmHg" in found[0].do


def test_tests_that_nobody_has_are_told_with_near_names(build_study):
    found = told(build_study, "units:\n  - {test: WEIGTH, unit: LB, to: kg}\nstandard_units:\n  TMP: C\n")
    assert ids(found) == [("unknown-test", "warning", 4), ("unknown-test", "warning", 6)]
    assert "WEIGHT" in found[0].do and "TEMP" in found[1].do


def test_a_conversion_leads_somewhere_else(build_study):
    assert ids(told(build_study, "units:\n  - {unit: kg, to: kg}\n")) == [("bad-conversion", "error", 4)]
