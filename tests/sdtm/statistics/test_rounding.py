"""Rounding half away from zero on decimal text."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm.statistics.rounding import count_percent_text, percent_text, rounded_text, significant_text


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        # By hand: halves away from zero; 2.675 and 1.005 lie below their decimal text in binary.
        (2.675, 2, "2.68"),
        (1.005, 2, "1.01"),
        (-0.05, 1, "-0.1"),
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),
        (-2.5, 0, "-3"),
        (0.04, 1, "0.0"),
        (35.7449, 1, "35.7"),
        (3, 2, "3.00"),
        (1e20, 0, "100000000000000000000"),
    ],
)
def test_a_half_goes_away_from_zero(value: float, decimals: int, text: str) -> None:
    assert rounded_text(value, decimals) == text


@given(st.decimals(min_value=-9999, max_value=9999, places=4), st.integers(0, 3))
def test_rounding_agrees_with_decimal_arithmetic(value: Decimal, decimals: int) -> None:
    expected = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    text = rounded_text(float(value), decimals)
    assert Decimal(text) == expected and len(text.partition(".")[2]) == decimals


@pytest.mark.parametrize(
    ("value", "text"),
    [(14.30438, "14.3"), (147.2347, "147"), (0.048457, "0.0485"), (9.996, "10.0"), (12345.0, "12300"),
     (99.95, "100"), (0.0, "0.00"), (-0.0009995, "-0.00100")],
)  # fmt: skip
def test_significant_digits_by_hand(value: float, text: str) -> None:
    assert significant_text(value, 3) == text


@pytest.mark.parametrize(
    ("count", "total", "text"),
    # Rule book of the project, section 12: 22/87, 59/87, 1/14; 0 without decimals, 100 without decimals.
    [
        (22, 87, "25.3"),
        (59, 87, "67.8"),
        (1, 14, "7.1"),
        (0, 6, "0"),
        (6, 6, "100"),
        (1, 2000, "0.1"),
        (0, 0, ""),
    ],
)
def test_percentages_by_hand(count: int, total: int, text: str) -> None:
    assert percent_text(count, total) == text


def test_a_count_that_is_zero_has_no_percentage_beside_it() -> None:
    assert [count_percent_text(0, 6), count_percent_text(2, 6), count_percent_text(6, 6)] == [
        "0",
        "2 (33.3)",
        "6 (100)",
    ]


@pytest.mark.parametrize("call", [lambda: percent_text(7, 6), lambda: percent_text(-1, 6), lambda: rounded_text(1, -1),
                                  lambda: significant_text(1, 0)])  # fmt: skip
def test_what_makes_no_sense_is_refused(call: object) -> None:
    with pytest.raises(ValueError):
        call()  # type: ignore[operator]


def test_missing_and_infinite_values_have_their_text() -> None:
    assert (rounded_text(math.nan, 1), significant_text(math.nan), rounded_text(-math.inf, 1)) == (
        "",
        "",
        "-Inf",
    )
