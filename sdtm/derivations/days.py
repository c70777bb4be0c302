"""study_day, duration: counting days between dates."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from sdtm.derivations.day_numbers import DAYS_PER_MONTH, day_numbers
from sdtm.derivations.flags import flags
from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from specs.catalogue import Column, Made, Params
from specs.values import Truth

UNITS = {"days": 1.0, "weeks": 7.0, "months": DAYS_PER_MONTH, "years": 365.25}


class StudyDay(Params):
    date: Column
    to: Made
    reference: Column = "TRTSDT"


class Duration(Params):
    start: Column
    end: Column
    to: Made
    unit: Literal["days", "weeks", "months", "years"] = "days"
    unit_to: Made = ""
    add_one: Truth = True


@derivation("study_day", StudyDay)
def study_day(records: pd.DataFrame, params: StudyDay, notes: Notes) -> pd.DataFrame:
    """Days from a reference date to a date; there is no day 0.

    Shape:   n dates in, n whole numbers out, same index.
    Unit:    days; 1 is the reference date, -1 the day before. Times are left out.
    Missing: where either date is missing.
    Errors:  none on data.
    Source:  SDTMIG 3.4, 4.4.4; ADaMIG 1.3, 3.3.3 (ADY).
    Example: 2024-03-02 against 2024-03-01 -> 2; 2024-02-29 -> -1.
    """
    days = day_numbers(records[params.date]) - day_numbers(records[params.reference])
    return pd.DataFrame({params.to: np.where(days >= 0, days + 1, days)}, index=records.index)


@derivation("duration", Duration)
def duration(records: pd.DataFrame, params: Duration, notes: Notes) -> pd.DataFrame:
    """Time from a start to an end date, both days counted.

    Shape:   n pairs of dates in; n numbers (and their unit) out, same index.
    Unit:    days, or days / 7, / 30.4375, / 365.25. ``add_one: false`` leaves the first day out.
    Missing: where either date is missing, and the unit with it.
    Errors:  an end before its start gives no duration, and a note.
    Source:  ADaMIG 1.3, 3.3.3; oncology convention of 30.4375 days per month.
    Example: 2022-01-10 to 2022-01-31 -> 22 days; to 2022-01-10 -> 1 day.
    """
    days = day_numbers(records[params.end]) - day_numbers(records[params.start])
    backwards = days < 0
    notes.add(
        "end-before-start",
        records.index[backwards],
        found=f"{params.end} before {params.start}",
        expected="an end on or after its start",
        do="correct the dates; the duration stays missing",
        variable=params.to,
    )
    values = np.where(backwards, np.nan, (days + params.add_one) / UNITS[params.unit])
    made = {params.to: pd.Series(values, index=records.index)}
    if params.unit_to:
        unit = flags(~np.isnan(values), params.unit.upper())
        made[params.unit_to] = pd.Series(unit, index=records.index)
    return pd.DataFrame(made, index=records.index)
