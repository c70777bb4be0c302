"""Rules on units and their conversions."""

from __future__ import annotations

from collections.abc import Iterator

from specs.model import Path, Source
from specs.problems import Problem, suggest
from specs.rules.spec import Spec, some
from specs.standards import Codelist
from specs.values import Rule

_UNITS = "UNIT"
_SPECIMENS = "SPECTYPE"
_SETS = ("standard_units", "conventional_units")


def split_unit_key(key: str) -> tuple[str, str]:
    """Test and specimen of a key of ``standard_units``: ``GLUC`` -> (GLUC, ); ``GLUC/URINE`` -> (GLUC, URINE)."""
    test, _, specimen = key.partition("/")
    return test, specimen


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
    for key in _SETS:
        for code, unit in getattr(spec.study, key).items():
            yield (key, code), unit
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
    given += [((key, each), split_unit_key(each)[0]) for key in _SETS for each in getattr(spec.study, key)]
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


def unit_keys(spec: Spec) -> Iterator[Problem]:
    """A key of ``standard_units`` is a test, or test and specimen."""
    for name in _SETS:
        for key in getattr(spec.study, name):
            test, specimen = split_unit_key(key)
            if not test or test != test.strip() or specimen != specimen.strip() or key.endswith("/"):
                yield Problem(
                    "bad-value",
                    spec.where(name, key),
                    f"{key!r}",
                    "a --TESTCD, or --TESTCD and --SPEC such as GLUC/URINE, without blanks around the stroke",
                )


def unit_specimens(spec: Spec) -> Iterator[Problem]:
    """Specimens are of controlled terminology, or declared as an extension, and mapped."""
    given: list[tuple[Path, str, str]] = [
        (("units", i, "specimen"), c.test, c.specimen) for i, c in enumerate(spec.study.units)
    ]
    given += [((name, key), *split_unit_key(key)) for name in _SETS for key in getattr(spec.study, name)]
    given = [each for each in given if each[-1]]
    known = _known_specimens(spec) if given else set()
    for path, test, specimen in given:
        if specimen not in known:
            yield Problem(
                "unknown-specimen",
                spec.where(*path),
                f"specimen {specimen!r}",
                "a submission value of --SPEC (SPECTYPE, C78734), or one that a codelist of the study adds",
                suggest(specimen, known)
                or f"declare it: codelists: SPECTYPE: {{codelist: SPECTYPE, extend: {{{specimen}: …}}}}",
                "warning",
            )
        elif not any(
            _makes(domain, source, test, specimen, known) for domain, _, _, source in spec.sources()
        ):
            yield Problem(
                "specimen-not-made",
                spec.where(*path),
                f"{test or 'results'} in {specimen}, which no mapping makes",
                f"a mapping of --SPEC that can give {specimen}",
                f"map --SPEC of the results, for instance LBSPEC: {{value: {specimen}}}",
                "warning",
            )


def _known_specimens(spec: Spec) -> set[str]:
    published = [spec.published(_SPECIMENS)]
    for domain in spec.study.sdtm:
        published += spec.codelists(domain, f"{domain}SPEC")
    return spec.extensions() | {term for codelist in published if codelist for term in codelist.terms}


def _makes(domain: str, source: Source, test: str, specimen: str, known: set[str]) -> bool:
    """Whether results of a test may have the specimen. Only of fixed texts can that be told without data."""
    name = f"{domain}SPEC"
    rules = [source.map.get(name)]
    if source.findings:
        tests = [each for code, each in source.findings.items() if test in ("", code)]
        rules = [each.map.get(name, source.map.get(name)) for each in tests]
    return any(_may_give(rule, specimen, known) for rule in rules)


def _may_give(rule: Rule | None, specimen: str, known: set[str]) -> bool:
    if isinstance(rule, list):
        return any(_may_give(each, specimen, known) for each in rule)
    value = rule.get("value") if isinstance(rule, dict) and "terms" not in rule else None
    if isinstance(value, str) and value in known:
        return value == specimen
    return rule is not None
