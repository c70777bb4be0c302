"""Earliest and latest dates of subjects, of mixed precision (trap 9)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm import columns
from sdtm.finishing.reference_dates import add_days, earliest_of, latest_of


def chosen(function, dates, mask=None):
    made = function(columns.text(["S"] * len(dates)), columns.text(dates), mask)
    if not len(made):
        return None
    value = made["date"].iloc[0]
    return (value if isinstance(value, str) else None, bool(made["uncertain"].iloc[0]))


@pytest.mark.parametrize(
    ("dates", "earliest", "latest"),
    [
        (["2024-03-02", "2024-03-01"], ("2024-03-01", False), ("2024-03-02", False)),
        (["2024-03-01T10:30", "2024-03-01T09:00"], ("2024-03-01T09:00", False), ("2024-03-01T10:30", False)),
        # a text with a time tells more than one without, of the same day
        (["2024-03-01", "2024-03-01T10:30"], ("2024-03-01T10:30", False), ("2024-03-01T10:30", False)),
        (["2024-03-01", "2024-03-02T08:00"], ("2024-03-01", False), ("2024-03-02T08:00", False)),
        # a partial date that may be on either side never wins, and makes the choice uncertain
        (["2024-03", "2024-03-20"], ("2024-03-20", True), ("2024-03-20", True)),
        (["2024", "2024-03-20"], ("2024-03-20", True), ("2024-03-20", True)),
        # one that is for certain on the other side does
        (["2024-02", "2024-03-20"], ("2024-02", False), ("2024-03-20", False)),
        (["2024-04", "2024-03-20"], ("2024-03-20", False), ("2024-04", False)),
        # only partial ones (trap 9: a subject with a partial first dose is still a treated subject)
        (["2024-03"], ("2024-03", False), ("2024-03", False)),
        (["2024-03", "2024"], ("2024-03", True), ("2024-03", True)),
        # without a year there is no place in time
        (["--03-15"], ("--03-15", False), ("--03-15", False)),
        (["--03-15", "2024-03-20"], ("2024-03-20", True), ("2024-03-20", True)),
        (["--03-15", "--04-15"], (None, True), (None, True)),
        (["--03-15", "--03-15", None], ("--03-15", False), ("--03-15", False)),
        ([None, None], None, None),
        ([], None, None),
    ],
)
def test_choices_worked_out_by_hand(dates, earliest, latest):
    assert chosen(earliest_of, dates) == earliest
    assert chosen(latest_of, dates) == latest


def test_each_subject_has_its_own_date_and_masked_rows_do_not_count():
    subjects = columns.text(["B", "A", "A", "B", "C", None])
    dates = columns.text(["2024-05-01", "2024-03-01", "2024-01-01", "2024-04-01", None, "2020-01-01"])
    made = earliest_of(subjects, dates, np.array([True, True, False, True, True, True]))
    found = dict(zip(made["USUBJID"].astype(object), made["date"].astype(object), strict=True))
    assert found == {"A": "2024-03-01", "B": "2024-04-01"}


def test_days_are_added_to_complete_dates_only():
    made = add_days(columns.text(["2024-02-01T10:30", "2024-02", None, "2023-12-31", "UNK"]), 30)
    assert made.astype(object).where(made.notna(), None).tolist() == [
        "2024-03-02",
        None,
        None,
        "2024-01-30",
        None,
    ]
    assert add_days(columns.text(["2024-03-01"]), -1).tolist() == ["2024-02-29"]
    assert add_days(columns.text([]), 1).tolist() == []


some = st.sampled_from(
    [
        "2024-03-01",
        "2024-03-01T10:30",
        "2024-03",
        "2024",
        "2024-02",
        "2024---15",
        "--03-15",
        "2024-03-15T08",
        None,
    ]
)


@given(st.lists(st.tuples(st.sampled_from("AB"), some), max_size=12), st.randoms())
def test_the_order_of_rows_does_not_matter(rows, random):
    def table(rows):
        made = earliest_of(columns.text([s for s, _ in rows]), columns.text([d for _, d in rows]))
        return {s: (str(d), u) for s, d, u in made.astype(object).itertuples(index=False)}

    shuffled = list(rows)
    random.shuffle(shuffled)
    assert table(shuffled) == table(rows)


@given(st.lists(st.dates(), min_size=1, max_size=10))
def test_of_complete_dates_the_least_and_the_greatest(days):
    texts = [day.isoformat() for day in days]
    assert chosen(earliest_of, texts) == (min(texts), False)
    assert chosen(latest_of, texts) == (max(texts), False)
