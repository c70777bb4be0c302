"""Study days: no day 0, partial dates have none (SDTMIG 3.4, 4.4.4)."""

from __future__ import annotations

import csv
from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sdtm import columns
from sdtm.finishing.study_day import compute_study_day


def study_days(dates, references):
    return compute_study_day(columns.text(dates), columns.text(references))


def test_days_counted_by_hand():
    dates = [
        "2024-03-01", "2024-03-02", "2024-02-29", "2023-03-01", "2024-03-01T23:59", "2024-02-29T00:00",
        "2024-03", "2024---01", "2024-02-30", None, "2024-03-05/2024-03-06",
    ]  # fmt: skip
    expected = [1, 2, -1, -366, 1, -1] + [np.nan] * 5
    np.testing.assert_array_equal(study_days(dates, ["2024-03-01T10:00"] * len(dates)), expected)


def test_no_day_without_a_complete_reference():
    assert np.isnan(study_days(["2024-03-01"] * 3, ["2024-03", None, "UNK"])).all()


def test_the_dates_themselves_stay_as_they_are():
    # Trap 15: elsewhere 2012-02 became missing and the times were cut off.
    dates = columns.text(["2012-02", "2012-02-03T10:30", None])
    before = dates.copy(deep=True)
    compute_study_day(dates, columns.text(["2012-02-01"] * 3))
    assert dates.equals(before)


def test_the_published_study_days_of_real_events(shared):
    folder = shared / "data" / "pharmaverseraw" / "target"
    with (folder / "dm.csv").open(encoding="utf-8", newline="") as file:
        reference = {row["USUBJID"]: row["RFSTDTC"] or None for row in csv.DictReader(file)}
    with (folder / "ae.csv").open(encoding="utf-8", newline="") as file:
        events = list(csv.DictReader(file))
    made = study_days([e["AESTDTC"] or None for e in events], [reference[e["USUBJID"]] for e in events])
    published = np.array([float(e["AESTDY"] or "nan") for e in events])
    same = (made == published) | (np.isnan(made) & np.isnan(published))
    # One published day is wrong, as the README of the data says.
    assert len(events) == 1191 and same.sum() == 1190


near = st.dates(min_value=date(1990, 1, 1), max_value=date(2060, 1, 1))


@given(st.lists(near, min_size=1, max_size=20), near, st.integers(-5000, 5000))
def test_moving_a_subject_in_time_changes_no_study_day(days, reference, shift):
    def moved(by):
        return study_days(
            [(day + timedelta(days=by)).isoformat() for day in days],
            [(reference + timedelta(days=by)).isoformat()] * len(days),
        )

    np.testing.assert_array_equal(moved(0), moved(shift))


@given(st.lists(near, min_size=1, max_size=20), near)
def test_no_study_day_is_zero_and_order_of_time_is_kept(days, reference):
    made = study_days([day.isoformat() for day in sorted(days)], [reference.isoformat()] * len(days))
    assert (made != 0).all() and (np.diff(made) >= 0).all()
    assert ((made > 0) == [day >= reference for day in sorted(days)]).all()
