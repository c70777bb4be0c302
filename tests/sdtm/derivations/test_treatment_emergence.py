"""TRTEMFL: the rule book's example, its six cases, and its traps."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm.derivations import impute_date, treatment_emergent

FIRST, LAST = "2022-01-10", "2022-03-15"


def events(rows: list[tuple[str | None, str | None]], **more: list[Any]) -> pd.DataFrame:
    count = len(rows)
    records = pd.DataFrame(
        {
            "USUBJID": pd.Series(["S1"] * count, dtype="str"),
            "AESTDTC": pd.Series([start for start, _ in rows], dtype="str"),
            "AEENDTC": pd.Series([end for _, end in rows], dtype="str"),
            "TRTSDT": pd.Series([pd.Timestamp(FIRST)] * count).astype("datetime64[s]"),
            "TRTEDT": pd.Series([pd.Timestamp(LAST)] * count).astype("datetime64[s]"),
            **more,
        }
    )
    start = {"from": "AESTDTC", "to": "ASTDT", "highest": "month", "not_before": "TRTSDT"}
    end = {"from": "AEENDTC", "to": "AENDT", "highest": "month", "rule": "last"}
    return records.assign(**impute_date(records, **start), **impute_date(records, **end))


def flags(records: pd.DataFrame, **params: Any) -> list[str | None]:
    made = treatment_emergent(records, **params)["TRTEMFL"]
    return [None if pd.isna(flag) else flag for flag in made]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2022-01-10", None, "Y"),  # an event on the first day of treatment counts
        ("2022-01", None, "Y"),
        ("2022-01", "2022-01-05", None),  # it ended before
        ("2021-12", None, None),
        (None, "2022-01", "Y"),
        (None, "2021-12", None),
        (None, None, "Y"),
        ("2022-04-14", None, "Y"),  # day 30 after the last dose
        ("2022-04-15", None, None),
        ("2022-04", None, "Y"),
        ("2022-05", None, None),
        ("2022-01-09", "2022-02-01", None),
        ("2022", None, "Y"),
        ("2021", None, None),
    ],
)
def test_the_worked_examples(start: str | None, end: str | None, expected: str | None) -> None:
    assert flags(events([(start, end)])) == [expected]


@pytest.mark.parametrize(
    ("start", "level", "expected"),
    [
        ("2022-01-10T08:00", "date", "Y"),
        ("2022-01-10T08:00", "datetime", None),
        ("2022-01-10T10:00", "datetime", "Y"),
        ("2022-01-10", "datetime", "Y"),  # an imputed midnight is never compared with a dose at nine
    ],
)
def test_times_are_compared_only_where_both_are_known(start: str, level: str, expected: str | None) -> None:
    records = events([(start, None)])
    records["TRTSDTM"] = pd.Series([pd.Timestamp("2022-01-10T09:00")]).astype("datetime64[s]")
    assert flags(records, level=level, first_dose_time="TRTSDTM") == [expected]


@pytest.mark.parametrize(
    ("window", "day", "expected"),
    [
        (0, "2022-03-15", "Y"),
        (0, "2022-03-16", None),
        (28, "2022-04-12", "Y"),
        (28, "2022-04-13", None),
        (90, "2022-06-13", "Y"),
        (90, "2022-06-14", None),
        ("none", "2030-01-01", "Y"),
    ],
)
def test_the_window_is_inclusive(window: Any, day: str, expected: str | None) -> None:
    assert flags(events([(day, None)]), window_days=window) == [expected]


def test_without_a_first_dose_nothing_is_emergent() -> None:
    records = events([("2022-01-12", None), (None, None)])
    records["TRTSDT"] = pd.Series([pd.NaT, pd.NaT]).astype("datetime64[s]")
    assert flags(records) == [None, None]


def test_without_a_last_dose_there_is_no_upper_limit() -> None:
    records = events([("2029-01-12", None)])
    records["TRTEDT"] = pd.Series([pd.NaT]).astype("datetime64[s]")
    assert flags(records) == ["Y"]


@pytest.mark.parametrize(
    ("initial", "highest", "expected"),
    [("1", "2", "Y"), ("2", "2", None), (None, "2", "Y"), ("2", None, "Y")],
)
def test_an_event_from_before_counts_when_it_worsened(
    initial: str | None, highest: str | None, expected: str | None
) -> None:
    records = events([("2021-12-20", None)])
    records["AEITOXGR"] = pd.Series([initial], dtype="str")
    records["AETOXGR"] = pd.Series([highest], dtype="str")
    assert flags(records, worsening="grade", grade="AETOXGR", initial_grade="AEITOXGR") == [expected]
    assert flags(records) == [None]


def test_a_group_that_began_before_counts_from_the_first_rise_under_treatment() -> None:
    rows = [
        ("2021-12-01", "2022-01-11"),
        ("2022-01-12", None),
        ("2022-01-20", None),
        ("2022-02-01", None),
        ("2022-01-12", None),
    ]
    records = events(rows)  # fmt: skip
    records["AEGRPID"] = pd.Series(["G1", "G1", "G1", "G1", None], dtype="str")
    records["AETOXGR"] = pd.Series(["2", "1", "2", "1", "1"], dtype="str")
    # 2 before treatment, then 1 (better), then 2 (a rise: counts), then 1 (all later ones count); no group: counts.
    assert flags(records, worsening="group", grade="AETOXGR", group="AEGRPID") == [None, None, "Y", "Y", "Y"]


@given(
    st.dates(pd.Timestamp("2021-06-01").date(), pd.Timestamp("2022-12-31").date()),
    st.integers(0, 120),
    st.sampled_from([4, 7, 10]),
)
def test_an_event_that_ended_before_the_first_dose_is_never_emergent(
    day: Any, days: int, length: int
) -> None:
    end = pd.Timestamp(day)
    start = str((end - pd.Timedelta(days=days)).date())[:length]
    (flag,) = flags(events([(start, str(day))]))
    if end < pd.Timestamp(FIRST):
        assert flag is None
