"""The table of CTCAE criteria: read strictly, complete, with exact unit factors."""

from __future__ import annotations

from fractions import Fraction

import pytest

from sdtm.ctcae.criteria import Comparison, Fact, criteria, read_criterion, unit_factor
from specs.standards.terminology import terminology


def test_a_criterion_is_alternatives_of_conditions() -> None:
    assert read_criterion("!BASEHIGH & >3*ULN | >=1.5*BASE") == (
        (Fact("BASEHIGH", False), Comparison(">", 3, "ULN", 0)),
        (Comparison(">=", 1.5, "BASE", 0),),
    )
    assert read_criterion(">ULN+2") == ((Comparison(">", 1, "ULN", 2),),)
    assert read_criterion("<7.3") == ((Comparison("<", 1, "", 7.3),),) and read_criterion("") == ()


@pytest.mark.parametrize("text", ["ULN", ">", "> 3", ">3*", "PREGNANT", ">ULN-2", "=3", ">3*ULN & "])
def test_what_is_no_criterion_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_criterion(text)


def test_one_row_for_each_version_direction_test_and_unit() -> None:
    keys = [
        (version, row.direction, test, row.specimen, row.unit)
        for row in criteria()
        for version in row.versions
        for test in row.tests
    ]
    assert len(keys) == len(set(keys)) and {key[0] for key in keys} == {"4.03", "5.0"}


def test_every_row_grades_by_value_or_says_that_it_is_clinical() -> None:
    for row in criteria():
        assert any(row.grades) != bool(row.clinical), row.term
        assert row.source and row.direction in "LH"
        operators = {
            part.operator[0]
            for grade in row.grades
            for each in grade
            for part in each
            if isinstance(part, Comparison)
        }
        assert operators <= ({"<"} if row.direction == "L" else {">"}), row.term


def test_tests_are_terms_of_controlled_terminology() -> None:
    codelist = terminology().codelist("C65047")
    assert codelist is not None
    tests = {test for row in criteria() for test in row.tests}
    # CD4 counts moved to the codelist of cell phenotyping, lipase became LIPASET: codes of earlier versions.
    assert {test for test in tests if test not in codelist.terms} == {"CD4", "LIPASE"}


@pytest.mark.parametrize(
    ("unit", "wanted", "charge", "factor"),
    [
        ("g/L", "g/dL", 0, Fraction(1, 10)),
        ("mg/dL", "g/dL", 0, Fraction(1, 1000)),
        ("g/L", "mg/dL", 0, Fraction(100)),
        ("10^3/uL", "10^9/L", 0, Fraction(1)),
        ("/uL", "10^9/L", 0, Fraction(1, 1000)),
        ("umol/L", "mmol/L", 0, Fraction(1, 1000)),
        ("mEq/L", "mmol/L", 1, Fraction(1)),
        ("mEq/L", "mmol/L", 2, Fraction(1, 2)),
        ("mEq/L", "mmol/L", 0, None),
        ("mg/dL", "mmol/L", 0, None),
        ("mg/dL", "10^9/L", 0, None),
        ("IU/L", "mmol/L", 0, None),
        ("weird", "weird", 0, Fraction(1)),
    ],
)
def test_unit_factors_by_hand(unit: str, wanted: str, charge: int, factor: Fraction | None) -> None:
    assert unit_factor(unit, wanted, charge) == factor
