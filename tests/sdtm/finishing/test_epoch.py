"""EPOCH follows what the subject really did (trap 8)."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm import columns
from sdtm.finishing.epoch import compute_epoch

SE = [
    ("S1", "SCREENING", "2024-01-05", "2024-01-20T10:00"),
    ("S1", "TREATMENT", "2024-01-20T10:00", "2024-02-08"),
    ("S1", "FOLLOW-UP", "2024-02-08", "2024-04-01"),
    # stopped on day 20; follow-up is open
    ("S2", "TREATMENT", "2024-01-01", "2024-01-20"),
    ("S2", "FOLLOW-UP", "2024-01-20", None),
    # two elements of one epoch
    ("S3", "SCREENING", "2024-01-05", "2024-01-10"),
    ("S3", "TREATMENT", "2024-01-10", "2024-02-10"),
    ("S3", "TREATMENT", "2024-02-10", "2024-03-10"),
    # follow-up starts some time in March
    ("S4", "TREATMENT", "2024-01-01", "2024-03"),
    ("S4", "FOLLOW-UP", "2024-03", None),
    # a gap
    ("S5", "TREATMENT", "2024-01-01", "2024-01-10"),
    ("S5", "FOLLOW-UP", "2024-01-20", None),
    # no start: never entered
    ("S6", "TREATMENT", None, None),
]


def elements(rows=SE):
    names = ("USUBJID", "EPOCH", "SESTDTC", "SEENDTC")
    return pd.DataFrame({name: columns.text([row[i] for row in rows]) for i, name in enumerate(names)})


def epochs(subjects, dates, rows=SE):
    made = compute_epoch(columns.text(subjects), columns.text(dates), elements(rows))
    return made.astype(object).where(made.notna(), None).tolist()


@pytest.mark.parametrize(
    ("subject", "day", "expected"),
    [
        ("S1", "2024-01-04", None),  # before the first start
        ("S1", "2024-01-05", "SCREENING"),
        ("S1", "2024-01-05T00:00", "SCREENING"),
        ("S1", "2024-01-20", "TREATMENT"),  # a day without a time belongs to the later epoch
        ("S1", "2024-01-20T09:59", "SCREENING"),
        ("S1", "2024-01-20T10:00", "TREATMENT"),
        ("S1", "2024-01-20T10:00:30", "TREATMENT"),
        ("S1", "2024-02-07", "TREATMENT"),
        ("S1", "2024-02-08T03:00", "FOLLOW-UP"),  # the start has no time: the whole day is later
        ("S1", "2024-04-01", "FOLLOW-UP"),  # the last end belongs to it
        ("S1", "2024-04-01T23:59", "FOLLOW-UP"),
        ("S1", "2024-04-02", None),
        ("S1", "2024-01", None),  # may be before screening
        ("S1", "2024-03", "FOLLOW-UP"),
        ("S1", "2024-02", None),
        ("S1", "2024-04", None),  # may be after the end
        ("S1", "2024", None),
        ("S1", "--03-01", None),
        ("S1", "2024-02-30", None),
        ("S1", None, None),
        # trap 8: the subject stops on day 20, an event on day 50 is in follow-up, not in planned treatment
        ("S2", "2024-02-19", "FOLLOW-UP"),
        ("S2", "2024-01-19", "TREATMENT"),
        ("S2", "2024-01-20", "FOLLOW-UP"),
        ("S2", "2030-01-01", "FOLLOW-UP"),
        ("S2", "2025", "FOLLOW-UP"),
        ("S3", "2024-02", "TREATMENT"),  # in one of two elements, but in one epoch
        ("S3", "2024-01", None),
        ("S3", "2024-03", None),
        ("S4", "2024-02-29", "TREATMENT"),
        ("S4", "2024-03-15", None),
        ("S4", "2024-04-01", "FOLLOW-UP"),
        ("S5", "2024-01-10", "TREATMENT"),
        ("S5", "2024-01-15", None),
        ("S5", "2024-01-20", "FOLLOW-UP"),
        ("S6", "2024-01-20", None),
        ("S9", "2024-01-20", None),
        (None, "2024-01-20", None),
    ],
)
def test_epochs_worked_out_by_hand(subject, day, expected):
    assert epochs([subject], [day]) == [expected]


def test_an_element_of_no_length_gives_way_to_the_next():
    rows = [
        ("S1", "TREATMENT", "2024-01-01", "2024-01-05"),
        ("S1", "RUN-IN", "2024-01-01", "2024-01-01"),
    ]
    assert epochs(["S1"], ["2024-01-01"], rows) == ["TREATMENT"]


def test_no_elements_and_no_rows():
    assert epochs(["S1"], ["2024-01-01"], []) == [None]
    assert epochs([], []) == []


dates = st.sampled_from(
    [
        "2024-01-04",
        "2024-01-20",
        "2024-01-20T09:59",
        "2024-01-20T10:00",
        "2024-02",
        "2024-03",
        "2024-05-01",
        None,
    ]
)


@given(
    st.lists(st.tuples(st.sampled_from(["S1", "S2", "S3", "S4", "S5", "S9"]), dates), max_size=20),
    st.randoms(),
)
def test_neither_the_order_of_records_nor_of_elements_matters(rows, random):
    straight = dict(zip(rows, epochs(*map(list, zip(*rows, strict=True)), SE) if rows else [], strict=True))
    shuffled, shuffled_elements = list(rows), list(SE)
    random.shuffle(shuffled)
    random.shuffle(shuffled_elements)
    if rows:
        made = epochs(*map(list, zip(*shuffled, strict=True)), shuffled_elements)
        assert made == [straight[row] for row in shuffled]
