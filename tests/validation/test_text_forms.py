"""Forms of single texts."""

from __future__ import annotations

import pytest

from validation import text_forms


@pytest.mark.parametrize(
    ("function", "good", "bad"),
    [
        (
            text_forms.is_variable_name,
            ["A", "AESTDTC", "X_1"],
            ["", "1A", "aeterm", "NINECHARS", "A B", "_A", "Ä"],
        ),
        (text_forms.is_short_name, ["SYSBP", "_A1", "abc"], ["", "1A", "NINECHARS", "A-B"]),
        (text_forms.is_qualifier_name, ["AETRTEM", "_A"], ["aetrtem", "1A", ""]),
        (
            text_forms.is_number_text,
            ["1", "-1.50", ".5", "1e-3", "+7", "007"],
            ["", "<1", "1,5", "1 ", "NaN", "0x1"],
        ),
        (text_forms.is_plain_number, ["0", "70", "-0.5", "11.70"], ["070", "+1", ".5", "1e3", "", "5."]),
        (text_forms.is_measured, ["70", "<0.5", ">= 100", "007"], ["NEGATIVE", "", "1+", "<LOQ"]),
        (text_forms.is_duration_or_interval, ["P1D", "2024-01-01/P1D"], ["2024-01-01", "1 day"]),
    ],
)
def test_a_form(function, good: list[str], bad: list[str]) -> None:
    assert [text for text in good if not function(text)] == []
    assert [text for text in bad if function(text)] == []


def test_the_length_of_a_text_is_counted_in_bytes() -> None:
    assert not text_forms.is_too_long("x" * 200)
    assert text_forms.is_too_long("x" * 201)
    assert not text_forms.is_too_long("é" * 100)
    assert text_forms.is_too_long("é" * 101)


@pytest.mark.parametrize(
    ("variable", "length"),
    [("VSTEST", 40), ("IETEST", None), ("QLABEL", 40), ("ARMCD", 20), ("ETCD", 8), ("AETERM", None)],
)
def test_how_long_a_name_may_be(variable: str, length: int | None) -> None:
    assert text_forms.name_length(variable) == length
