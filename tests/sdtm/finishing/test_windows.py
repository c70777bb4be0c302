"""Windows of visits. Days are counted as in SDTMIG 3.4, 4.4.4: there is no day 0."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sdtm.finishing.windows import outside, visit_of_day, windows_of
from specs.model import Visit

VISITS = (
    Visit(VISITNUM="1", VISIT="SCREENING", day="-28..-1"),
    Visit(VISITNUM="2", VISIT="DAY 1", VISITDY="1", day="1"),
    Visit(VISITNUM="3", VISIT="DAY 8", day="6..10", ARMCD="A"),
    Visit(VISITNUM="3", VISIT="DAY 8", day="7..12", ARMCD="B"),
    Visit(VISITNUM="4", VISIT="LAST"),
)


def test_visits_without_a_window_are_left_out() -> None:
    assert [(w.number, w.first, w.last) for w in windows_of(VISITS)] == [
        (1.0, -28, -1),
        (2.0, 1, 1),
        (3.0, 6, 10),
        (3.0, 7, 12),
    ]


def test_a_visit_may_lie_in_any_of_its_windows() -> None:
    numbers = np.array([3.0, 3.0, 3.0, 4.0, 3.0, np.nan])
    days = np.array([6.0, 12.0, 13.0, 99.0, np.nan, 5.0])
    assert outside(numbers, days, windows_of(VISITS)).tolist() == [False, False, True, False, False, False]


def test_a_window_of_an_arm_counts_for_its_subjects() -> None:
    """Day 6 is in the window of arm A (6..10), day 12 in that of B (7..12); a subject without an arm is not judged."""
    numbers, windows = np.full(5, 3.0), windows_of(VISITS)
    arms = np.array(["A", "B", "A", "B", None], dtype=object)
    days = np.array([6.0, 6.0, 12.0, 12.0, 6.0])
    assert outside(numbers, days, windows, arms).tolist() == [False, True, True, False, False]
    position, count = visit_of_day(days, windows, arms)
    assert position.tolist() == [2, -1, -1, 3, -1] and count.tolist() == [1, 0, 0, 1, 0]


def test_one_visit_for_a_day_or_none() -> None:
    windows = windows_of(VISITS)
    position, count = visit_of_day(np.array([-5.0, 1.0, 8.0, 3.0, np.nan]), windows)
    assert [windows[p].name if p >= 0 else None for p in position] == [
        "SCREENING",
        "DAY 1",
        "DAY 8",
        None,
        None,
    ]
    assert count.tolist() == [1, 1, 1, 0, 0]  # two windows of one visit are one visit


@given(st.lists(st.integers(-60, 60).filter(bool), max_size=20))
def test_who_gets_a_visit_by_its_day_is_inside_that_visit(days: list[int]) -> None:
    windows = windows_of(VISITS)
    values = np.array(days, dtype=float)
    position, _ = visit_of_day(values, windows)
    given_to = position >= 0
    numbers = np.array([windows[p].number for p in position[given_to]])
    assert not outside(numbers, values[given_to], windows).any()
