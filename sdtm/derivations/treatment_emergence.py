"""treatment_emergent: TRTEMFL."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from pydantic import BeforeValidator

from sdtm.derivations.day_numbers import day_numbers, seconds_of
from sdtm.derivations.flags import flags
from sdtm.derivations.imputation import impute_column
from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from sdtm.iso8601 import DAY
from specs.catalogue import Column, Made, Params
from specs.values import Whole


def _window(value: Any) -> Any:
    return None if isinstance(value, str) and value.lower() == "none" else value


class TreatmentEmergent(Params):
    to: Made = "TRTEMFL"
    start: Column = "ASTDT"
    end: Column = "AENDT"
    start_text: Column = "AESTDTC"
    end_text: Column = "AEENDTC"
    first_dose: Column = "TRTSDT"
    last_dose: Column = "TRTEDT"
    window_days: Annotated[Whole | None, BeforeValidator(_window)] = 30
    level: Literal["date", "datetime"] = "date"
    first_dose_time: Column = ""
    worsening: Literal["off", "grade", "group"] = "off"
    grade: Column = ""
    initial_grade: Column = ""
    group: Column = ""
    subject: Column = "USUBJID"


@derivation("treatment_emergent", TreatmentEmergent)
def treatment_emergent(records: pd.DataFrame, params: TreatmentEmergent, notes: Notes) -> pd.DataFrame:
    """Whether an event began, or worsened, under treatment.

    Shape:   n events in; n flags, Y or missing, out, same index.
    Unit:    calendar days. The last day counts: with 30 days after the last dose, day 30 is in, day 31 out.
             Level ``datetime`` compares times only where both the event's hour and the dose's time are
             known; a time unknown on the dosing day is Y.
    Missing: no first dose: no flag. No last dose: no upper limit, as with ``window_days: none``.
    Errors:  none on data. First case that holds: (1) no first dose: none; (2) the event ended before the
             first dose for certain: none; (3) no start at all: Y; (4) the start may be on or after the first
             dose, and ASTDT is inside the window: Y; (5) it began before, goes on, and worsened
             (``worsening``: ``grade`` compares the initial with the highest grade, either of them missing
             counts): Y; otherwise none. With ``worsening: group`` a record under treatment whose group began
             before it counts only from the first rise of the grade under treatment on.
    Source:  ADaM OCCDS 1.1, TRTEMFL; ICH E9 (treatment emergent).
    Example: first dose 2022-01-10, last 2022-03-15: 2022-01 -> Y; 2021-12 -> none; 2022-04-14 -> Y;
             2022-04-15 -> none; no start, end 2022-01 -> Y.
    """
    first, last = day_numbers(records[params.first_dose]), day_numbers(records[params.last_dose])
    start = day_numbers(records[params.start])
    _, start_high, hour_known = _span(records[params.start_text])
    _, end_high, _ = _span(records[params.end_text])
    end_high = np.where(np.isnan(end_high), day_numbers(records[params.end]) * DAY + DAY - 1, end_high)
    treated = ~np.isnan(first)
    ended_before = end_high < first * DAY
    unknown_start = np.isnan(start_high)
    may_be_after = start_high >= first * DAY
    if params.level == "datetime" and params.first_dose_time:
        dose = seconds_of(records[params.first_dose_time], params.first_dose_time)
        may_be_after &= ~(hour_known & ~np.isnan(dose) & (start_high < dose))
    limit = np.full(len(records), np.inf)
    if params.window_days is not None:
        limit = np.where(np.isnan(last), np.inf, last + params.window_days)
    # A partial start later than the window for certain has its first possible day beyond it.
    inside = np.where(np.isnan(start), first, start) <= limit
    emergent = treated & ~ended_before & (unknown_start | (may_be_after & inside))
    if params.worsening == "grade":
        before = treated & ~unknown_start & ~may_be_after & ~ended_before
        emergent |= before & _higher_than_at_first(records, params)
    elif params.worsening == "group":
        emergent &= ~_goes_on(records, params, start, first) | _rose(records, params, start, first)
    return pd.DataFrame({params.to: pd.Series(flags(emergent), index=records.index)}, index=records.index)


def _span(column: pd.Series) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Earliest and latest instant of each text (NaN: none), and whether its hour is known."""
    found = impute_column(column, "year", "first", "first")
    known = found.valid & column.notna().to_numpy() & (found.time_flag != "H")
    return found.low, found.high, known


def _higher_than_at_first(records: pd.DataFrame, params: TreatmentEmergent) -> np.ndarray:
    grade = pd.to_numeric(records[params.grade], errors="coerce")
    initial = pd.to_numeric(records[params.initial_grade], errors="coerce")
    return (initial.isna() | grade.isna() | (initial < grade)).to_numpy()


def _goes_on(
    records: pd.DataFrame, params: TreatmentEmergent, start: np.ndarray, first: np.ndarray
) -> np.ndarray:
    """Records under treatment of a group that began before it."""
    keys = [records[params.subject], records[params.group]]
    began = pd.Series(start, index=records.index).groupby(keys).transform("min").to_numpy()
    return records[params.group].notna().to_numpy() & (began < first) & (start >= first)


def _rose(
    records: pd.DataFrame, params: TreatmentEmergent, start: np.ndarray, first: np.ndarray
) -> np.ndarray:
    """From the first record under treatment whose grade is above that of the one before it in its group."""
    order = np.lexsort((np.arange(len(records)), np.nan_to_num(start, nan=-np.inf)))
    grade = pd.to_numeric(records[params.grade], errors="coerce").reset_index(drop=True).iloc[order]
    keys = [records[name].reset_index(drop=True).iloc[order] for name in (params.subject, params.group)]
    previous = grade.groupby(keys, sort=False).shift()
    rises = ((grade > previous).to_numpy() & (start[order] >= first[order])).astype(int)
    since = pd.Series(rises, index=grade.index).groupby(keys, sort=False).cummax()
    return since.sort_index().fillna(0).to_numpy() > 0
