"""Rules on study days (SDTMIG 3.4, 4.4.4)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from validation.dates import Moments, moments, study_day
from validation.rules.registry import rule
from validation.values import Mask, filled, is_any, looked_up

_DAYS = {"--DY": "--DTC", "--STDY": "--STDTC", "--ENDY": "--ENDTC"}
_REFERENCE = ("USUBJID", "DM.USUBJID", "DM.RFSTDTC")


def _reference(dataset: pd.DataFrame, subjects: pd.DataFrame) -> Moments:
    return moments(looked_up(dataset["USUBJID"], subjects["USUBJID"], subjects["RFSTDTC"]))


@rule(
    "study-day-zero", on=("--DY", "--STDY", "--ENDY", "VISITDY"), severity="error", source="SDTMIG 3.4, 4.4.4"
)
def study_day_zero(dataset: pd.DataFrame, variable: str) -> pd.Series:
    """A study day is 0.

    Expected: 1 on the reference date, -1 on the day before it.
    Why: day 0 does not exist in SDTM; one 0 moves every window after it by a day.
    Do:  check the reference date of the subject, then the algorithm of the variable.
    """
    return dataset[variable].eq(0)


@rule(
    "study-day-differs",
    on=_DAYS,
    needs=_REFERENCE,
    severity="error",
    source="CORE-000529, CG0006, FB1603, CORE-000552, CG0220, CORE-000553, CG0222",
)
def study_day_differs(dataset: pd.DataFrame, day: str, date: str, subjects: pd.DataFrame) -> Mask:
    """The study day is not the one that its date and RFSTDTC give.

    Expected: the date minus DM.RFSTDTC in days, plus 1 from the reference date on.
    Why: analyses select by day; a wrong one puts the record into another period.
    Do:  derive the day again, after looking at the date and at RFSTDTC.
    """
    expected = study_day(moments(dataset[date]), _reference(dataset, subjects))
    given = dataset[day].to_numpy()
    # A given 0 is told by study-day-zero.
    return ~np.isnan(given) & ~np.isnan(expected) & (given != expected) & (given != 0)


@rule(
    "study-day-without-full-date",
    on=_DAYS,
    needs=_REFERENCE,
    severity="error",
    source="CORE-000354, CG0007, CORE-000138, CG0221, CORE-000139, CG0223",
)
def study_day_without_full_date(dataset: pd.DataFrame, day: str, date: str, subjects: pd.DataFrame) -> Mask:
    """There is a study day although its date or RFSTDTC is missing or partial.

    Expected: no study day unless year, month and day of both dates are known.
    Why: the day says more than is known.
    Do:  leave the study day empty, or complete the date at the source.
    """
    expected = study_day(moments(dataset[date]), _reference(dataset, subjects))
    # A subject who is not in DM is told by orphan-subject.
    known = is_any(dataset["USUBJID"], *subjects["USUBJID"].dropna())
    return filled(dataset[day]) & np.isnan(expected) & known


@rule("study-day-missing", on=_DAYS, needs=_REFERENCE, severity="warning", source="CORE-000853, FB1602")
def study_day_missing(dataset: pd.DataFrame, day: str, date: str, subjects: pd.DataFrame) -> Mask:
    """There is no study day although its date and RFSTDTC are complete.

    Expected: the date minus DM.RFSTDTC in days, plus 1 from the reference date on.
    Why: the record drops out of every selection by day.
    Do:  derive the study day for all records of the dataset.
    """
    expected = study_day(moments(dataset[date]), _reference(dataset, subjects))
    return ~filled(dataset[day]) & ~np.isnan(expected)
