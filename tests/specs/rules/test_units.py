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
    name = "lb" if "domain: LB" in vs else "vs"
    return lint(load_study(build_study(head + yaml, {name: vs}, {})))


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


LB = """domain: LB
sources:
  - from: vs
    findings:
      GLUC: {result: G, map: {LBSPEC: {value: SERUM}}}
      CREAT: {result: C, map: {LBSPEC: S}}
"""


def test_specimens_are_terms_that_a_mapping_makes(build_study):
    """URINE, SERUM and PLASMA are terms of SPECTYPE (SDTM CT 2025-03-28); of GLUC only serum is collected."""
    sound = "standard_units: {GLUC/SERUM: mmol/L, CREAT/URINE: mmol/L}\nunits:\n"
    sound += "  - {specimen: PLASMA, unit: mg/dL, to: g/L, factor: 0.01}\n"
    assert told(build_study, sound, LB) == []
    wrong = """standard_units:
  GLUC/URIN: g/L
conventional_units:
  GLUC/URINE: mg/dL
units:
  - {test: GLUC, specimen: PLASMA, unit: mg/dL, to: g/L, factor: 0.01}
"""
    found = told(build_study, wrong, LB)
    assert ids(found) == [
        ("unknown-specimen", "warning", 4),
        ("specimen-not-made", "warning", 6),
        ("specimen-not-made", "warning", 8),
    ]
    assert "URINE" in found[0].do and found[1].found == "GLUC in URINE, which no mapping makes"


def test_a_specimen_may_be_declared_and_needs_a_mapping(build_study):
    yaml = "standard_units: {GLUC/DEW: g/L}\ncodelists: {SPEC: {codelist: SPECTYPE, extend: {DEW: Dew}}}\n"
    assert ids(told(build_study, yaml, LB)) == [("specimen-not-made", "warning", 3)]
    for rule in (
        "{value: DEW}",
        "[{value: SERUM}, SPECIMEN]",
        "{value: morning, terms: {morning: DEW}}",
        "SPECIMEN",
    ):
        assert told(build_study, yaml, LB.replace("{value: SERUM}", rule)) == []
    unmapped = LB.replace(", map: {LBSPEC: {value: SERUM}}", "").replace(", map: {LBSPEC: S}", "")
    assert ids(told(build_study, yaml, unmapped)) == [("specimen-not-made", "warning", 3)]


def test_a_key_is_a_test_or_test_and_specimen(build_study):
    for key in ("GLUC/", "/URINE", "GLUC / URINE"):
        found = told(build_study, f"standard_units:\n  {key}: g/L\n", LB)
        assert ("bad-value", "error", 4) in ids(found), key
    found = told(build_study, "conventional_units:\n  GLUK: mg/dL\n  GLUC: mgs/dL\n", LB)
    assert ids(found) == [("unknown-test", "warning", 4), ("unknown-unit", "warning", 5)]
