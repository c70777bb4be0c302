"""What texts look like."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm.extract.value_kinds import kind_of, kinds_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", "integer"),
        ("-1", "integer"),
        ("0", "integer"),
        ("007", "integer with leading zeros"),
        ("1.10", "decimal"),
        (".5", "decimal"),
        ("1e5", "number with exponent"),
        ("1,5", "number with comma"),
        ("<0.5", "number with < or >"),
        ("BLQ", "text"),
        ("恶心", "text, not ASCII"),
        ("  ", "blank"),
        ("05-MAR-2024", "dd-MMM-yyyy"),
        ("5 Mar 2024", "d MMM yyyy"),
        ("05MAR2024", "ddMMMyyyy"),
        ("UN-UNK-2024", "UN-UNK-yyyy"),
        ("12-UNK-2024", "dd-UNK-yyyy"),
        ("MAR-2024", "MMM-yyyy"),
        ("March 5, 2024", "MMMM d, yyyy"),
        ("25/04/2024", "dd/MM/yyyy"),
        ("04/25/2024", "MM/dd/yyyy"),
        ("05/04/2024", "99/99/9999 (day or month first?)"),
        ("5.4.24", "99.99.99 (day or month first?)"),
        ("99/99/2024", "text"),
        ("2024-03-01", "yyyy-MM-dd"),
        ("2024-03", "yyyy-MM"),
        ("2024-03-01T10:30", "yyyy-MM-ddTHH:mm"),
        ("05MAR2024:10:30:00", "ddMMMyyyy:HH:mm:ss"),
        ("10:30", "HH:mm"),
        ("9:30", "H:mm"),
    ],
)
def test_kind(text: str, expected: str) -> None:
    assert kind_of(text) == expected


def test_years_and_compact_dates_are_known_by_their_company() -> None:
    assert kinds_of(["2024", "05-MAR-2024"], [3, 1]) == {"yyyy": 3, "dd-MMM-yyyy": 1}
    assert kinds_of(["2024", "7"], [3, 1]) == {"integer": 4}
    assert kinds_of(["20240229", "20240301"], [1, 2]) == {"yyyyMMdd": 3}
    assert kinds_of(["20240229", "20240230"], [1, 2]) == {"integer": 3}


@given(st.dictionaries(st.text(max_size=12), st.integers(1, 9), max_size=9))
def test_every_value_has_one_kind(counts: dict[str, int]) -> None:
    assert sum(kinds_of(list(counts), list(counts.values())).values()) == sum(counts.values())
