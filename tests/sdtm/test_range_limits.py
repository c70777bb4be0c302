"""Reference ranges as texts, by hand. What may stand in the limits: SDTMIG 3.4, 6.3.5.6 (LB)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sdtm.range_limits import Limit, Range, interval_of, normal_words, read_limit, read_range


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3.5 - 5.1", Range("3.5", "5.1")),
        ("7-40", Range("7", "40")),
        ("-2 to 2", Range("-2", "2")),
        ("-3--1", Range("-3", "-1")),
        ("0.50–0.90", Range("0.50", "0.90")),
        ("<= 1.23", Range(high="1.23")),
        ("≤1.23", Range(high="1.23")),
        ("< 200", Range(high="<200")),
        (">60", Range(low=">60")),
        (">= 60", Range(low="60")),
        ("NEGATIVE", Range(words="NEGATIVE")),
        ("Neg / Trace", Range(words="Neg / Trace")),
        ("5.1 - 3.5", None),
        ("3,5 - 5,1", None),
        ("3.5 - 5.1 mmol/L", None),
        ("see note 3", None),
        ("", None),
    ],
)
def test_a_range_is_read_or_refused(text: str, expected: Range | None) -> None:
    assert read_range(text) == expected


def test_a_limit_knows_whether_it_is_normal_itself() -> None:
    assert read_limit("5.10", "<") == Limit("5.10", Decimal("5.1"))
    assert read_limit("< 5.1", "<") == Limit("5.1", Decimal("5.1"), inside=False)
    assert read_limit(">=5.1", ">") == Limit("5.1", Decimal("5.1"))
    assert read_limit(">5.1", "<") is None  # a lower limit in the place of the upper one
    assert read_limit("5,1", "<") is None


def test_words_of_normal_results() -> None:
    assert normal_words("NEGATIVE; TRACE") == ({"NEGATIVE", "TRACE"}, True)
    assert normal_words("NEGATIVE to TRACE") == ({"NEGATIVE", "TRACE"}, False)
    assert normal_words("NEGATIVE") == ({"NEGATIVE"}, True)


def test_what_a_result_may_mean() -> None:
    assert interval_of("5.0") == ((Decimal("5"), True), (Decimal("5"), True))
    assert interval_of("<0.5") == ((Decimal(0), True), (Decimal("0.5"), False))
    assert interval_of("<=-3") == ((None, False), (Decimal("-3"), True))
    assert interval_of(">100") == ((Decimal("100"), False), (None, False))
    assert interval_of("TRACE") is None
