"""Types of columns by the kinds of their values, and codes."""

from __future__ import annotations

import pytest

from sdtm.extract.profile_types import codes_of, is_date, type_of


@pytest.mark.parametrize(
    ("kinds", "found"),
    [
        ({"integer": 3}, "integer"),
        ({"integer": 3, "decimal": 1}, "number"),
        ({"integer with leading zeros": 3}, "integer"),
        ({"dd-MMM-yyyy": 3, "yyyy": 1}, "date"),
        ({"99/99/9999 (day or month first?)": 2}, "date"),
        ({"yyyy-MM-ddTHH:mm": 2, "yyyy-MM-dd": 1}, "date and time"),
        ({"HH:mm": 2}, "time"),
        ({"HH:mm": 2, "H:mm:ss": 1}, "time"),
        ({"text": 2, "text, not ASCII": 1}, "text"),
        ({"text": 2, "decimal": 1}, "mixed"),
        ({}, "empty"),
    ],
)
def test_one_word_for_a_column(kinds: dict[str, int], found: str) -> None:
    assert type_of(kinds) == found


def test_codes_are_few_and_repeated_and_the_most_frequent_comes_first() -> None:
    assert list(codes_of({"N": 1, "Y": 5}, {"text": 6})) == ["Y", "N"]
    assert codes_of({"a": 1, "b": 1}, {"text": 2}) == {}  # nothing repeats
    assert codes_of({str(n): 2 for n in range(21)}, {"integer": 42}) == {}
    assert codes_of({"2024-01-01": 4}, {"yyyy-MM-dd": 4}) == {}
    assert is_date("yyyy-MM") and not is_date("HH:mm") and not is_date("integer")
