"""Rules on the codelists of a study."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from specs import load_study
from specs.lint import lint
from specs.problems import Problem

AE = "domain: AE\nsources:\n  - from: ae\n    map: {AETERM: {column: T, codelist: OWN}}\n"


def told(build_study: Callable[..., Path], *codelists: str) -> list[Problem]:
    lines = "".join(f"  {line}\n" for line in codelists)
    yaml = f"study: X1\nraw: {{datasets: {{ae: {{file: ae.csv}}}}}}\ncodelists:\n{lines}"
    return lint(load_study(build_study(yaml, {"ae": AE}, {})))


def ids(problems: list[Problem]) -> list[tuple[str, str, int | None]]:
    return [(p.id, p.severity, p.where.line) for p in problems]


def test_sound_codelists(build_study):
    found = told(
        build_study,
        'SEV: {codelist: AESEV, terms: {"1": MILD}}',
        "NY: {codelist: C66742, terms: {Yes: Y}, synonyms: true}",
        "UNIT: {codelist: UNIT, terms: {furlongs: FURLONG}, extend: {FURLONG: Furlong}}",
        "RACE: {codelist: RACE, terms: {more than one: MULTIPLE}}",
        "OWN: {terms: {a: A}}",
    )
    assert found == []


def test_a_codelist_that_is_not_published_is_told_with_near_names(build_study):
    found = told(build_study, "SEV: {codelist: AESEVV, terms: {a: B}}")
    assert ids(found) == [("unknown-codelist", "error", 4)]
    assert "AESEV" in found[0].do and "2025-03-28" in found[0].expected


def test_terms_lead_to_values_of_a_closed_codelist(build_study):
    found = told(build_study, "SEV: {codelist: AESEV, terms: {a: MILD, b: MEDIUM}}")
    assert ids(found) == [("not-in-codelist", "error", 4)]
    assert found[0].found == "'b': 'MEDIUM'" and "MILD, MODERATE, SEVERE" in found[0].expected
    assert found[0].where.key == "codelists.SEV.terms.b"


def test_terms_that_leave_an_extensible_codelist_are_declared(build_study):
    found = told(build_study, "UNIT: {codelist: UNIT, terms: {furlongs: FURLONG}}")
    assert ids(found) == [("undeclared-term", "warning", 4)] and "extend" in found[0].do


def test_a_closed_codelist_is_not_extended(build_study):
    assert ids(told(build_study, "NY: {codelist: NY, extend: {MAYBE: Maybe}}")) == [
        ("not-extensible", "error", 4)
    ]


def test_a_published_value_is_no_extension(build_study):
    assert ids(told(build_study, "UNIT: {codelist: UNIT, extend: {mg: Milligram}}")) == [
        ("already-published", "warning", 4)
    ]


def test_codelists_that_say_or_do_nothing(build_study):
    found = told(build_study, "OWN: {}", "LOST: {terms: {a: A}}")
    assert ids(found) == [("empty-codelist", "warning", 4), ("unused-codelist", "warning", 5)]
