"""Rules on units and their conversions."""

from __future__ import annotations

from collections.abc import Iterator

from specs.model import Path
from specs.problems import Problem, suggest
from specs.rules.spec import Spec, some
from specs.standards import Codelist

_UNITS = "UNIT"


def unit_conversions(spec: Spec) -> Iterator[Problem]:
    """A conversion leads to another unit."""
    for i, conversion in enumerate(spec.study.units):
        if conversion.unit == conversion.to:
            yield Problem(
                "bad-conversion",
                spec.where("units", i),
                f"from {conversion.unit} to {conversion.to}",
                "two different units",
                "take it out; a result in the standard unit keeps its value",
            )


def unit_terms(spec: Spec) -> Iterator[Problem]:
    """Units are of controlled terminology, or declared as an extension."""
    allowed = spec.extensions()
    for codelist in [spec.published(_UNITS), *_unit_codelists(spec)]:
        allowed |= set(codelist.terms) if codelist else set()
    for path, unit in _units(spec):
        if unit and unit not in allowed:
            yield Problem(
                "unknown-unit",
                spec.where(*path),
                f"unit {unit!r}",
                f"a unit of SDTM CT {spec.words.version}, or one that a codelist of the study adds",
                suggest(unit, allowed)
                or f"declare it: codelists: UNIT: {{codelist: UNIT, extend: {{{unit}: …}}}}",
                "warning",
            )


def _unit_codelists(spec: Spec) -> list[Codelist]:
    return [
        codelist
        for domain in spec.study.sdtm
        for suffix in ("ORRESU", "STRESU")
        for codelist in spec.codelists(domain, f"{domain}{suffix}")
    ]


def _units(spec: Spec) -> Iterator[tuple[Path, str]]:
    for i, conversion in enumerate(spec.study.units):
        yield ("units", i, "unit"), conversion.unit
        yield ("units", i, "to"), conversion.to
    for code, unit in spec.study.standard_units.items():
        yield ("standard_units", code), unit
    for domain, i, _, source in spec.sources():
        for code, test in source.findings.items():
            yield ("sdtm", domain, "sources", i, "findings", code, "standard_unit"), test.standard_unit


def unit_tests(spec: Spec) -> Iterator[Problem]:
    """Units are declared for tests that the study has."""
    known = {code for _, _, _, source in spec.sources() for code in source.findings} | spec.extensions()
    for domain in spec.study.sdtm:
        for codelist in spec.codelists(domain, f"{domain}TESTCD"):
            known |= set(codelist.terms)
    given: list[tuple[Path, str]] = [
        (("units", i, "test"), conversion.test) for i, conversion in enumerate(spec.study.units)
    ]
    given += [(("standard_units", test), test) for test in spec.study.standard_units]
    for path, test in given:
        if test and test not in known:
            yield Problem(
                "unknown-test",
                spec.where(*path),
                f"test {test!r}",
                f"a --TESTCD of the study's domains: {some(spec.study.sdtm) or 'none'}",
                suggest(test, known),
                "warning",
            )
