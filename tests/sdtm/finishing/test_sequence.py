"""Order of records and --SEQ (trap 10)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from sdtm import columns
from sdtm.finishing.sequence import number_within, sort_order


def test_numbers_sort_by_size():
    # Trap 10: as text 10 comes before 9.
    frame = pd.DataFrame({"KEY": [10.0, 2.0, 9.0, np.nan]})
    assert sort_order(frame, ["KEY"]).tolist() == [3, 1, 2, 0]


def test_texts_sort_by_code_point_missing_first():
    frame = pd.DataFrame({"KEY": columns.text(["b", "B", None, "a", "é"])})
    assert sort_order(frame, ["KEY"]).tolist() == [2, 1, 3, 0, 4]


def test_keys_in_their_order_then_all_other_columns():
    frame = pd.DataFrame(
        {
            "OTHER": columns.text(["z", "y", "x", "w"]),
            "A": columns.text(["1", "1", "1", "0"]),
            "B": [2.0, 1.0, 1.0, 5.0],
        }
    )
    assert sort_order(frame, ["A", "B"]).tolist() == [3, 2, 1, 0]
    assert sort_order(frame, []).tolist() == [3, 2, 1, 0]


def test_nothing_to_sort():
    assert sort_order(pd.DataFrame({"A": columns.text([])}), ["A"]).tolist() == []
    assert number_within(columns.text([]), np.empty(0, dtype=np.int64)).tolist() == []


def test_numbers_within_each_subject_in_key_order():
    subjects = columns.text(["B", "A", "B", "A", "B"])
    assert number_within(subjects, np.array([4, 3, 2, 1, 0])).tolist() == [3, 2, 2, 1, 1]


def test_two_events_with_equal_keys_are_two_records():
    # Trap 12: elsewhere the second event of a subject at a visit was lost.
    frame = pd.DataFrame({"USUBJID": columns.text(["A", "A"]), "VISITNUM": [1.0, 1.0]})
    order = sort_order(frame, ["USUBJID", "VISITNUM"])
    assert sorted(order.tolist()) == [0, 1]
    assert sorted(number_within(frame["USUBJID"], order).tolist()) == [1, 2]


def test_known_records_keep_their_numbers_and_new_ones_continue():
    subjects = columns.text(["A", "A", "A", "A", "B"])
    previous = np.array([np.nan, 2.0, 1.0, np.nan, np.nan])
    # Record 3 is new and sorts before record 0; B is new as a subject.
    assert number_within(subjects, np.array([3, 2, 1, 0, 4]), previous).tolist() == [4, 2, 1, 3, 1]


def test_numbers_of_records_that_are_gone_are_not_used_again():
    subjects = columns.text(["A", "A"])
    made = number_within(subjects, np.array([0, 1]), np.array([1.0, np.nan]), np.array([7.0, 7.0]))
    assert made.tolist() == [1, 8]


table = st.lists(
    st.tuples(
        st.sampled_from("AB"), st.sampled_from([1.0, 2.0, 9.0, 10.0]), st.sampled_from(["x", "y", None])
    ),
    max_size=25,
)


def frame_of(rows):
    return pd.DataFrame(
        {
            "USUBJID": columns.text([row[0] for row in rows]),
            "VISITNUM": np.array([row[1] for row in rows], dtype=float),
            "TERM": columns.text([row[2] for row in rows]),
        }
    )


@given(table, st.randoms())
def test_the_order_of_the_input_does_not_matter(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)

    def numbered(rows):
        frame = frame_of(rows)
        order = sort_order(frame, ["USUBJID", "VISITNUM"])
        numbers = number_within(frame["USUBJID"], order)
        return [(*rows[i], numbers[i]) for i in order]

    assert numbered(rows) == numbered(shuffled)
    assert numbered(rows) == sorted(numbered(rows), key=lambda r: (r[0], r[1], r[2] or "", r[3]))


@given(table)
def test_numbers_run_from_1_without_holes(rows):
    frame = frame_of(rows)
    numbers = number_within(frame["USUBJID"], sort_order(frame, ["USUBJID", "VISITNUM"]))
    for subject in "AB":
        own = sorted(n for n, row in zip(numbers, rows, strict=True) if row[0] == subject)
        assert own == list(range(1, len(own) + 1))


@given(table, table)
def test_more_data_changes_no_known_number(before, added):
    rows = before + added
    frame = frame_of(rows)
    order = sort_order(frame, ["USUBJID", "VISITNUM"])
    first = number_within(frame_of(before)["USUBJID"], sort_order(frame_of(before), ["USUBJID", "VISITNUM"]))
    previous = np.concatenate([first, np.full(len(added), np.nan)])
    numbers = number_within(frame["USUBJID"], order, previous)
    assert numbers[: len(before)].tolist() == first.tolist()
    assert len({(row[0], n) for row, n in zip(rows, numbers, strict=True)}) == len(rows)
