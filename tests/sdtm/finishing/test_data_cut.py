"""Dates beside the cut-off date. Expected values are worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm.columns import text
from sdtm.finishing.data_cut import compare_with_cut_off


@pytest.mark.parametrize(
    ("date", "cut_off", "expected"),
    [
        # The cases of datacutr's test of date_cut (a date, one second before and after the end of the day).
        ("2023-06-05", "2023-06-05", "stays"),
        ("2023-06-05T23:59:59", "2023-06-05", "stays"),
        ("2023-06-06", "2023-06-05", "after"),
        ("2023-06-06T00:00", "2023-06-05", "after"),
        ("2023-06-05T14:00", "2023-06-05T12:00", "after"),
        ("2023-06-05", "2023-06-05T12:00", "perhaps"),
        # Partial dates: the earliest possible decides, as datacutr's impute_sdtm has it.
        ("2023-06", "2023-06-05", "perhaps"),
        ("2023-05", "2023-06-05", "stays"),
        ("2023-07", "2023-06-05", "after"),
        ("2023", "2023-06-05", "perhaps"),
        ("2024", "2023-06-05", "after"),
        ("2023---07", "2023-06-05", "perhaps"),
        ("2023-06-01/2023-06-10", "2023-06-05", "perhaps"),
        (None, "2023-06-05", "undated"),
        ("--06-01", "2023-06-05", "undated"),
        ("2023-06-06", None, "stays"),  # no cut-off: nothing is cut
    ],
)
def test_dates_and_cut_off(date: str | None, cut_off: str | None, expected: str) -> None:
    after, perhaps, undated = compare_with_cut_off(text([date]), text([cut_off]))
    found = {"after": after[0], "perhaps": perhaps[0], "undated": undated[0]}
    assert [name for name, is_so in found.items() if is_so] == ([] if expected == "stays" else [expected])


_DATES = st.dates().map(str) | st.dates().map(lambda day: str(day)[:7]) | st.none()


@given(st.lists(st.tuples(_DATES, st.dates().map(str)), min_size=1, max_size=20))
def test_a_date_is_in_one_group_at_most(pairs: list[tuple[str | None, str]]) -> None:
    dates, cut_offs = (text(list(column)) for column in zip(*pairs, strict=True))
    after, perhaps, undated = compare_with_cut_off(dates, cut_offs)
    assert ((after.astype(int) + perhaps + undated) <= 1).all()
    for (date, cut_off), is_after in zip(pairs, after, strict=True):
        if date is not None and len(date) == 10:
            assert is_after == (date > cut_off)
