"""Study days and durations."""

from __future__ import annotations

import pandas as pd
import pytest

from sdtm.derivations import duration, study_day
from sdtm.derivations.notes import Notes


def dates(*values: str | None) -> pd.Series:
    return pd.to_datetime(pd.Series(list(values))).astype("datetime64[s]")


def test_there_is_no_day_zero() -> None:
    records = pd.DataFrame(
        {
            "ADT": dates("2024-03-02", "2024-03-01", "2024-02-29", None),
            "TRTSDT": dates("2024-03-01", "2024-03-01", "2024-03-01", "2024-03-01"),
        }
    )
    made = study_day(records, date="ADT", to="ADY")["ADY"]
    assert made.iloc[:3].tolist() == [2, 1, -1] and pd.isna(made.iloc[3])


@pytest.mark.parametrize(
    ("unit", "expected"),
    [("days", 22.0), ("weeks", 22 / 7), ("months", 22 / 30.4375), ("years", 22 / 365.25)],
)
def test_both_days_count(unit: str, expected: float) -> None:
    records = pd.DataFrame({"S": dates("2022-01-10"), "E": dates("2022-01-31")})
    made = duration(records, start="S", end="E", to="ADURN", unit=unit, unit_to="ADURU")
    assert made["ADURN"].tolist() == [pytest.approx(expected)]
    assert made["ADURU"].tolist() == [unit.upper()]


def test_an_end_before_the_start_is_no_negative_duration() -> None:
    records = pd.DataFrame({"S": dates("2022-01-10", None), "E": dates("2022-01-09", "2022-01-09")})
    notes = Notes()
    made = duration(records, start="S", end="E", to="ADURN", notes=notes)
    assert made["ADURN"].isna().all()
    assert [(note.rule, note.rows) for note in notes] == [("end-before-start", (0,))]
