"""Numbers of workbook cells as they are shown. 45352 is 2024-03-01 in the 1900 system."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm.extract.number_formats import BUILT_IN, Shown, show_number


@pytest.mark.parametrize(
    ("raw", "code", "expected"),
    [
        ("5", "General", "5"),
        ("0.30000000000000004", "General", "0.30000000000000004"),
        ("1.1", "0.00", "1.10"),
        ("0.30000000000000004", "0.00", "0.30"),
        ("-5", "0.0", "-5.0"),
        ("7", "000", "007"),
        ("1234567890123456", "0", "1234567890123456"),
        ("1002", '000"-"000', "001-002"),
        ("1002", "000-000", "001-002"),
        ("7", '"S-"000', "S-007"),
        ("1234.5", "#,##0.00", "1234.50"),
        ("-5", "#,##0_);(#,##0)", "-5"),
        ("5.25", "0.0##", "5.25"),
        ("0.125", "0.0%", "12.5%"),
        ("123000", "0.00E+00", "1.23E+05"),
        ("5", '0.0" mg"', "5.0 mg"),
        ("0.5", '"<"0.0', "<0.5"),
        ("0", '0.0;-0.0;"BLQ"', "BLQ"),
        ("5", "[Red]0.0", "5.0"),
        ("5", "[>3]0.0;0.00", "5"),  # conditions are not applied
        ("0.5", "# ?/?", "0.5"),  # nor fractions
        ("12000", "0.0,", "12000"),  # nor scaling
        ("5", "@", "5"),
        ("45352", "dd/mm/yyyy", "2024-03-01"),
        ("45352", "mm-dd-yy", "2024-03-01"),
        ("45352", "[$-409]d-mmm-yy;@", "2024-03-01"),
        ("45352", 'yyyy"年"m"月"d"日"', "2024-03-01"),
        ("45352.4375", "yyyy-mm-dd hh:mm", "2024-03-01T10:30"),
        ("45352.4375", "m/d/yy h:mm:ss", "2024-03-01T10:30:00"),
        ("0.4375", "h:mm", "10:30"),
        ("0.430555555555556", "h:mm:ss", "10:20:00"),
        ("0.4305613425925926", "h:mm", "10:20:00.5"),  # seconds are not dropped
        ("1.5", "[h]:mm:ss", "36:00:00"),
        ("1", "yyyy-mm-dd", "1900-01-01"),
    ],
)
def test_what_is_shown(raw: str, code: str, expected: str) -> None:
    assert show_number(raw, code) == Shown(expected)


@pytest.mark.parametrize(
    ("raw", "code", "text", "loss"),
    [
        ("1.234", "0.00", "1.234", "rounded"),
        ("123456", "0.00E+00", "123456", "rounded"),
        ("45352.4375", "yyyy-mm-dd", "2024-03-01", "part-not-shown"),
        ("45352.4375", "h:mm", "10:30", "part-not-shown"),
        ("60", "yyyy-mm-dd", "60", "date-out-of-range"),  # 1900-02-29 is no date
        ("-1", "yyyy-mm-dd", "-1", "date-out-of-range"),
        ("3000000", "d/m/yy", "3000000", "date-out-of-range"),
        ("3", ";;;", "3", "hidden"),
    ],
)
def test_what_a_format_hides_is_told(raw: str, code: str, text: str, loss: str) -> None:
    assert show_number(raw, code) == Shown(text, loss)


def test_the_1904_system() -> None:
    assert show_number("0", "yyyy-mm-dd", True).text == "1904-01-01"
    assert show_number("43890", "yyyy-mm-dd", True).text == "2024-03-01"


@given(st.integers(-(10**6), 10**6), st.integers(0, 4), st.integers(0, 6))
def test_fixed_decimals_never_change_the_number(digits: int, scale: int, shown: int) -> None:
    value = digits / 10**scale
    made = show_number(repr(value), "0." + "0" * shown if shown else "0")
    assert float(made.text) == value
    if not made.loss:
        assert len(made.text.partition(".")[2]) == shown


@pytest.mark.parametrize("number", sorted(BUILT_IN))
def test_every_built_in_format_shows_something(number: int) -> None:
    assert show_number("45352", BUILT_IN[number]).text
