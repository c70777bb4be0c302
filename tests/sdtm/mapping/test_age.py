"""Completed years by the calendar."""

from __future__ import annotations

import pandas as pd
import pytest

from sdtm.columns import text
from sdtm.mapping.age import Age, age


def years(birth: str | None, at: str | None) -> float | None:
    block = pd.DataFrame({"B": text([birth]), "AT": text([at])})
    made = age(block, Age(age="B", at="AT"))
    assert made.dtype == "float64"
    return None if pd.isna(made[0]) else float(made[0])


@pytest.mark.parametrize(
    ("birth", "at", "expected"),
    [
        ("1965-07-12", "2024-07-11", 58),
        ("1965-07-12", "2024-07-12", 59),
        ("1965-07-12", "2024-07-12T00:01", 59),  # a time changes nothing
        ("2000-02-29", "2023-02-28", 22),
        ("2000-02-29", "2023-03-01", 23),  # 29 February counts from 1 March
        ("2000-02-29", "2024-02-29", 24),
        ("1999-12-31", "2000-01-01", 0),
        ("2000-01-02", "2000-01-01", -1),  # for a check to find
    ],
)
def test_birthdays(birth, at, expected):
    assert years(birth, at) == expected


@pytest.mark.parametrize(
    ("birth", "at"), [("1965-07", "2024-07-12"), ("1965", "2024"), (None, "2024-01-01"), ("1965-07-12", None)]
)
def test_partial_dates_give_no_age(birth, at):
    assert years(birth, at) is None


def lost(convert_study, birth: str) -> list[str]:
    """What is told of a birth date that is read as it was collected."""
    dm = "domain: DM\nsources:\n  - from: dm\n    map: {SEX: {value: F}, AGE: {age: BIRTH, at: CONSENT}}\n"
    study = "study: X\nraw: {datasets: {dm: {file: dm.csv}}}\nsubject: {USUBJID: PT}\n"
    raw = {"dm.csv": f"PT,BIRTH,CONSENT\n1,{birth},2024-01-10\n"}
    found = convert_study(study, {"dm": dm}, raw).findings
    return [f.found for f in found if f.rule == "date-not-read" and f.places[0].row == 2]


@pytest.mark.parametrize("birth", ["12-MAR-1965", "1965-02-30", "1965-03-12?", "unknown"])
def test_a_text_that_is_no_iso_date_is_told(convert_study, birth):
    assert lost(convert_study, birth) == [f'"{birth}, 2024-01-10"']


@pytest.mark.parametrize("birth", ["", "1965", "1965-03", "1965-03-12"])
def test_a_missing_or_partial_date_is_no_loss(convert_study, birth):
    assert lost(convert_study, birth) == []
