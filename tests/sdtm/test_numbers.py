"""Numbers as text."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm.numbers import exact, magnitude, number_text, plain, round_half_up, shortest


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("067.0", "67"), ("098.6", "98.6"), ("055.5", "55.5"), ("177.80", "177.8"), ("37", "37"), ("0", "0"),
        ("-0", "0"), ("-0.00", "0"), ("+5", "5"), ("-5.50", "-5.5"), (".5", "0.5"), ("5.", "5"), (" 5 ", "5"),
        ("1E5", "100000"), ("1e3", "1000"), ("1.5E-3", "0.0015"), ("12e-1", "1.2"), ("0.00001", "0.00001"),
        ("123456789012345678901234567890.10", "123456789012345678901234567890.1"), ("100", "100"),
    ],
)  # fmt: skip
def test_shortest_text_of_a_number(text, expected):
    assert number_text(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", " ", ".", "-", "+", "1,5", "1 000", "1_000", "NaN", "nan", "Inf", "-inf", "0x1F", "٣", "<5", "5 mg",
     "1e", "1e9999", "1E999999999", "--5", "1.2.3", "9" * 101, "5\n6"],
)  # fmt: skip
def test_what_is_no_number(text):
    assert number_text(text) is None


def test_halves_go_away_from_zero():
    assert round_half_up(Fraction("0.125"), 2) == "0.13"
    assert round_half_up(Fraction("-0.125"), 2) == "-0.13"
    assert round_half_up(Fraction("2.5"), 0) == "3"
    assert round_half_up(Fraction("-0.004"), 2) == "0"
    assert round_half_up(Fraction(1250), -2) == "1300"


def test_exact_only_where_the_decimals_end():
    assert exact(Fraction(1, 8)) == "0.125"
    assert exact(Fraction(1, 3)) is None
    assert exact(Fraction(-7, 20)) == "-0.35"
    assert exact(Fraction(0)) == "0"


def test_magnitude():
    values = [
        Fraction(123),
        Fraction(100),
        Fraction(99),
        Fraction("0.012"),
        Fraction("0.1"),
        Fraction(1, 3),
        Fraction(-5),
    ]
    assert [magnitude(value) for value in values] == [2, 2, 1, -2, -1, -1, 0]


def test_floats_as_text():
    assert [shortest(value) for value in (3.0, 3.1, 0.1, 100.0, 1e22, -0.0, 13.01)] == [
        "3", "3.1", "0.1", "100", "10000000000000000000000", "0", "13.01",
    ]  # fmt: skip


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6))
def test_the_shortest_text_is_the_same_number_and_stays_as_it_is(value: Decimal):
    text = number_text(format(value, "f"))
    assert text is not None and Decimal(text) == value and number_text(text) == text
    assert "e" not in text.lower() and not text.endswith(".") and text != "-0"


@given(st.integers(-(10**9), 10**9), st.integers(-6, 6))
def test_plain_is_exact(digits: int, exponent: int):
    assert Fraction(plain(digits, exponent)) == Fraction(digits) * Fraction(10) ** exponent


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e30, max_value=1e30))
def test_a_float_survives_its_text(value: float):
    assert float(shortest(value)) == value
