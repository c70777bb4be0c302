"""impute_date, impute_datetime: analysis dates out of collected ISO 8601 texts."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from pydantic import AfterValidator, Field

from sdtm.derivations.day_numbers import dates_of, moments_of, seconds_of
from sdtm.derivations.imputation import LEVELS, Imputed, impute_column, is_date_rule, is_time_rule
from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from sdtm.iso8601 import DAY
from specs.catalogue import Column, Columns, Made, Params
from specs.values import Truth

Level = Literal["none", "second", "minute", "hour", "day", "month", "year"]


def _date_rule(text: str) -> str:
    if not is_date_rule(text):
        raise ValueError("first, mid, last, or a month and day such as 06-15")
    return text


def _time_rule(text: str) -> str:
    if not is_time_rule(text):
        raise ValueError("first, last, or a time of day such as 12:00:00")
    return text


class ImputeDate(Params):
    from_: Column = Field(alias="from")
    to: Made
    flag: Made = ""
    highest: Level = "none"
    rule: Annotated[str, AfterValidator(_date_rule)] = "first"
    preserve: Truth = False
    not_before: Columns = ()
    not_after: Columns = ()


class ImputeDatetime(ImputeDate):
    highest: Level = "hour"
    time_rule: Annotated[str, AfterValidator(_time_rule)] = "first"
    time_flag: Made = ""
    flag_seconds: Truth = False


@derivation("impute_date", ImputeDate)
def impute_date(records: pd.DataFrame, params: ImputeDate, notes: Notes) -> pd.DataFrame:
    """A date out of an ISO 8601 text, its missing parts completed by rule, and the flag that says so.

    Shape:   n texts in; n dates (and n flags Y, M, D) out, same index.
    Unit:    calendar dates; a time in the text is left out.
    Missing: where a part above ``highest`` is missing (default none: only complete dates). With ``year`` a
             wholly missing date takes the latest of ``not_before`` (rule first) or the earliest of
             ``not_after`` (rule last), if there is one. No flag where nothing was completed.
    Errors:  a text that is no date gives no date, and a note. A bound outside what the text allows is left
             out of account, so that a collected part never changes.
    Source:  ADaMIG 1.3, 3.1.3 (date imputation flags); rules first, mid (15; 30 June), last, or MM-DD.
    Example: 2022-01 with highest month and not_before 2022-01-10 -> 2022-01-10, flag D; with not_before
             2022-02-03 -> 2022-01-01.
    """
    moment, found, absent = _imputed(records, params, "first", notes)
    days = pd.Series(dates_of(np.floor(moment / DAY)), index=records.index)
    return _made(
        records, params, days, _flags(found.date_flag, absent, moment, params.highest == "year"), None
    )


@derivation("impute_datetime", ImputeDatetime)
def impute_datetime(records: pd.DataFrame, params: ImputeDatetime, notes: Notes) -> pd.DataFrame:
    """A date and time out of an ISO 8601 text, missing parts completed by rule, with both flags.

    Shape:   n texts in; n date-times (and flags Y, M, D and H, M, S) out, same index.
    Unit:    date-times to the second, by the clock of the site.
    Missing: as ``impute_date``; the default ``highest: hour`` completes times, not dates. Seconds that are
             missing are flagged only with ``flag_seconds``, since most studies never collect them.
    Errors:  as ``impute_date``. A bound of ``not_after`` that is a date means its last second.
    Source:  ADaMIG 1.3, 3.1.3.
    Example: 2022-01-10T09:30 -> 2022-01-10T09:30:00 without a flag; 2022-01-10 -> 2022-01-10T00:00:00, flag H.
    """
    moment, found, absent = _imputed(records, params, params.time_rule, notes)
    times = _flags(found.time_flag, absent, moment, params.highest == "year", whole="H")
    if not params.flag_seconds:
        times = times.mask(times == "S")
    dates = _flags(found.date_flag, absent, moment, params.highest == "year")
    return _made(records, params, pd.Series(moments_of(moment), index=records.index), dates, times)


def _imputed(
    records: pd.DataFrame, params: ImputeDate, time_rule: str, notes: Notes
) -> tuple[np.ndarray, Imputed, np.ndarray]:
    """Instants with bounds applied, what the texts alone gave, and which texts are missing."""
    column = records[params.from_]
    absent = column.isna().to_numpy()
    is_date = not isinstance(params, ImputeDatetime)
    # A date does not ask for a time, so that a time that is missing is never in the way.
    highest = "hour" if is_date and LEVELS.index(params.highest) < LEVELS.index("hour") else params.highest
    found = impute_column(column, highest, params.rule, time_rule, preserve=params.preserve)
    notes.add(
        "date-not-read",
        records.index[~found.valid],
        found="a text that is no ISO 8601 date",
        expected=f"a date, perhaps partial, in {params.from_}",
        do="correct it in the SDTM; the analysis date stays missing",
        variable=params.from_,
    )

    moment, low, high = found.moment, found.low, found.high
    if params.highest == "year":
        low, high = np.where(absent, -np.inf, low), np.where(absent, np.inf, high)
        moment = np.where(absent, -np.inf if params.rule == "first" else np.inf, moment)
    for name in params.not_before:
        bound = seconds_of(records[name], name)
        inside = (low <= bound) & (bound <= high)
        moment = np.where(inside, np.fmax(moment, bound), moment)
    for name in params.not_after:
        bound = seconds_of(records[name], name)
        if _is_dates(records[name]) or is_date:
            bound = np.floor(bound / DAY) * DAY + DAY - 1
        # The last second of a day lies inside a range that ends on that day.
        inside = (low <= bound) & (np.floor(bound / DAY) * DAY <= high)
        moment = np.where(inside, np.fmin(moment, bound), moment)
    return np.where(np.isinf(moment), np.nan, moment), found, absent


def _is_dates(column: pd.Series) -> bool:
    return bool((column.dropna().dt.normalize() == column.dropna()).all())


def _flags(
    flags: np.ndarray, absent: np.ndarray, moment: np.ndarray, wholly: bool, whole: str = "Y"
) -> pd.Series:
    """Flags row by row: missing where nothing was completed or there is no result."""
    made = pd.Series(np.where(absent, whole if wholly else "", flags), dtype="str")
    return made.mask(np.isnan(moment) | (made == "").to_numpy())


def _made(
    records: pd.DataFrame, params: ImputeDate, values: pd.Series, flags: pd.Series, times: Any
) -> pd.DataFrame:
    made = {params.to: values}
    if params.flag:
        made[params.flag] = flags.set_axis(records.index)
    if times is not None and isinstance(params, ImputeDatetime) and params.time_flag:
        made[params.time_flag] = times.set_axis(records.index)
    return pd.DataFrame(made, index=records.index)
