"""Moments of date columns; the expected order is worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from validation.dates import moments, study_day


def _column(*texts: str | None) -> pd.Series:
    return pd.Series(texts, dtype="str").astype("category")


@pytest.mark.parametrize(
    ("earlier", "later", "expected"),
    [
        ("2024-02-29", "2024-03-01", True),
        ("2024-03-01", "2024-03-01", False),
        ("2024-02", "2024-03-15", True),
        ("2024-03", "2024-03-15", False),
        ("2024-03-01T10:00", "2024-03-01", False),
        ("2024-03-01T10:00", "2024-03-01T10:01", True),
        ("2024-03-01T10:00", "2024-03-01T10:00:30", False),
        ("2024-03-01T10:00+02:00", "2024-03-01T09:00+00:00", True),
        ("2024-03-01T10:00+02:00", "2024-03-01T09:00", False),
        ("2024-03-01/2024-03-05", "2024-03-04", False),
        ("2024-03-01/2024-03-05", "2024-03-06", True),
        ("--03-01", "2025", False),
        ("31/12/1999", "2024", False),
        (None, "2024", False),
        ("2024", None, False),
    ],
)
def test_before_is_true_only_where_it_is_certain(
    earlier: str | None, later: str | None, expected: bool
) -> None:
    assert moments(_column(earlier)).before(moments(_column(later))).tolist() == [expected]
    assert moments(_column(later)).after(moments(_column(earlier))).tolist() == [expected]


def test_days_are_compared_without_times() -> None:
    left, right = moments(_column("2024-03-01T10:00")), moments(_column("2024-03-01T12:00"))
    assert left.before(right).tolist() == [True]
    assert left.day_before(right).tolist() == [False]


def test_study_days_have_no_zero() -> None:
    dates = moments(_column("2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02T23:59", "2024-03", None))
    reference = moments(_column(*["2024-03-01T09:00"] * 6))
    days = study_day(dates, reference)
    assert days[:4].tolist() == [-2, -1, 1, 2]
    assert np.isnan(days[4:]).all()
