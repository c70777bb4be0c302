"""--LOBXFL (traps 1, 17, 20)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm import columns
from sdtm.finishing.baseline import last_observation_before_exposure


def flagged(dates, dose, present=None, order=None, tests=None, subjects=None):
    size = len(dates)
    flags = last_observation_before_exposure(
        columns.text(subjects or ["S"] * size),
        [columns.text(tests or ["T"] * size)],
        columns.text(dates),
        np.array(present if present is not None else [True] * size, dtype=bool),
        columns.text(dose if isinstance(dose, list) else [dose] * size),
        np.array(order, dtype=np.int64) if order is not None else None,
    )
    return np.flatnonzero(flags).tolist()


@pytest.mark.parametrize(
    ("dates", "dose", "expected"),
    [
        # trap 1: 08:00 two days before, and 12:00 on the day of the dose at 10:00
        (["2024-02-28T08:00", "2024-03-01T12:00"], "2024-03-01T10:00", [0]),
        (["2024-02-28T08:00", "2024-03-01T09:59"], "2024-03-01T10:00", [1]),
        (["2024-02-28T08:00", "2024-03-01T10:00"], "2024-03-01T10:00", [1]),  # at the dose
        (["2024-02-28T08:00", "2024-03-01T10:01"], "2024-03-01T10:00", [0]),
        (["2024-02-28", "2024-03-01"], "2024-03-01T10:00", [1]),  # the day of the dose counts
        (["2024-02-28", "2024-03-01T12:00"], "2024-03-01", [1]),  # nobody knows when the dose was
        (["2024-03-01", "2024-03-01T09:00"], "2024-03-01T10:00", [1]),
        (["2024-02-28", "2024-03-02"], "2024-03-01", [0]),
        (["2024-03-02"], "2024-03-01", []),
        (["2024-03-01T10:01", "2024-03-05"], "2024-03-01T10:00", []),
        # partial dates: only if all they may mean is before
        (["2024-02-15", "2024-02"], "2024-03-10", [0]),
        (["2024-01-20", "2024-02"], "2024-03-10", [1]),
        (["2024-01-20", "2024-03"], "2024-03-10", [0]),
        (["2024-02"], "2024-03-10", [0]),
        (["2024-02-15", "2024-03-05"], "2024-03", [0]),  # the dose may have been on the first
        # nothing to compare
        (["2024-02-15", None], None, []),
        ([None, "2024-02-30", "--03-01"], "2024-03-10", []),
    ],
)
def test_flags_worked_out_by_hand(dates, dose, expected):
    assert flagged(dates, dose) == expected


def test_a_result_that_was_not_done_is_never_flagged():
    # Trap 20: the later record is NOT DONE.
    assert flagged(["2024-02-20", "2024-02-28"], "2024-03-01", present=[True, False]) == [0]
    assert flagged(["2024-02-20"], "2024-03-01", present=[False]) == []


def test_one_flag_for_each_specimen_and_one_among_ties():
    # Trap 17: glucose in serum twice on one day, and in urine earlier.
    dates = ["2024-02-28", "2024-02-28", "2024-02-20"]
    specimens = ["SERUM", "SERUM", "URINE"]
    assert flagged(dates, "2024-03-01", tests=specimens, order=[0, 1, 2]) == [1, 2]
    assert flagged(dates, "2024-03-01", tests=specimens, order=[1, 0, 2]) == [0, 2]
    assert flagged(dates, "2024-03-01", tests=[None, None, "URINE"], order=[1, 0, 2]) == [0, 2]


def test_subjects_have_their_own_doses():
    made = flagged(
        ["2024-02-28", "2024-02-28", "2024-03-05"],
        ["2024-03-01", "2024-02-01", "2024-03-10"],
        subjects=["A", "B", "C"],
    )
    assert made == [0, 2]


def test_no_rows():
    assert flagged([], "2024-03-01") == []


days = st.sampled_from(
    ["2024-02-28", "2024-02-28T08:00", "2024-03-01", "2024-03-01T12:00", "2024-02", "2024-03-02", None]
)
record = st.tuples(st.sampled_from("AB"), st.sampled_from(["T1", "T2"]), days, st.booleans())


@given(
    st.lists(record, max_size=15),
    st.sampled_from(["2024-03-01T10:00", "2024-03-01", "2024-03", None]),
    st.randoms(),
)
def test_at_most_one_per_test_never_after_the_dose_whatever_the_order(rows, dose, random):
    order = list(range(len(rows)))

    def flags(rows, order):
        return flagged(
            [r[2] for r in rows],
            dose,
            [r[3] for r in rows],
            order,
            [r[1] for r in rows],
            [r[0] for r in rows],
        )

    made = [rows[i] for i in flags(rows, order)]
    assert len({row[:2] for row in made}) == len(made)
    last = {"2024-03-01T10:00": "2024-03-01T10:00", "2024-03-01": "2024-03-01T99", "2024-03": "2024-03-01T99"}
    assert all(present and day <= last[dose] for _, _, day, present in made)
    shuffled = list(zip(rows, order, strict=True))
    random.shuffle(shuffled)
    again = flags([row for row, _ in shuffled], [place for _, place in shuffled])
    assert sorted(shuffled[i][1] for i in again) == flags(rows, order)
