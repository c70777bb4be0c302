"""impute_date, impute_datetime: analysis dates out of collected ISO 8601 texts."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from pydantic import AfterValidator, Field

from sdtm.derivations.imputation import LEVELS, Imputed, impute, is_date_rule, is_time_rule
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
    moment, found, codes = _imputed(records, params, "first", notes)
    days = pd.Series(_as_dates(np.floor(moment / DAY) * DAY), index=records.index)
    return _made(
        records, params, days, _flags(found.date_flag, codes, moment, params.highest == "year"), None
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
    moment, found, codes = _imputed(records, params, params.time_rule, notes)
    times = _flags(found.time_flag, codes, moment, params.highest == "year", whole="H")
    if not params.flag_seconds:
        times = times.mask(times == "S")
    dates = _flags(found.date_flag, codes, moment, params.highest == "year")
    return _made(records, params, pd.Series(_as_dates(moment), index=records.index), dates, times)


def _imputed(
    records: pd.DataFrame, params: ImputeDate, time_rule: str, notes: Notes
) -> tuple[np.ndarray, Imputed, np.ndarray]:
    """Instants row by row with bounds applied, what the distinct texts gave, and the codes of the rows."""
    column = records[params.from_]
    codes, unique = pd.factorize(column)
    texts = [str(text) for text in unique]
    is_date = not isinstance(params, ImputeDatetime)
    # A date does not ask for a time, so that a time that is missing is never in the way.
    highest = "hour" if is_date and LEVELS.index(params.highest) < LEVELS.index("hour") else params.highest
    found = impute(texts, highest, params.rule, time_rule, preserve=params.preserve)
    invalid = np.append(~found.valid, False)[codes]
    notes.add(
        "date-not-read",
        records.index[invalid],
        found="a text that is no ISO 8601 date",
        expected=f"a date, perhaps partial, in {params.from_}",
        do="correct it in the SDTM; the analysis date stays missing",
        variable=params.from_,
    )

    def row_by_row(values: np.ndarray, missing: float) -> np.ndarray:
        return np.append(values, missing)[codes]

    moment = row_by_row(found.moment, np.nan)
    low, high = row_by_row(found.low, np.nan), row_by_row(found.high, np.nan)
    if params.highest == "year":
        low, high = np.where(codes < 0, -np.inf, low), np.where(codes < 0, np.inf, high)
        moment = np.where(codes < 0, -np.inf if params.rule == "first" else np.inf, moment)
    for name in params.not_before:
        bound = _seconds(records[name])
        inside = (low <= bound) & (bound <= high)
        moment = np.where(inside, np.fmax(moment, bound), moment)
    for name in params.not_after:
        bound = _seconds(records[name])
        if _is_dates(records[name]) or is_date:
            bound = np.floor(bound / DAY) * DAY + DAY - 1
        # The last second of a day lies inside a range that ends on that day.
        inside = (low <= bound) & (np.floor(bound / DAY) * DAY <= high)
        moment = np.where(inside, np.fmin(moment, bound), moment)
    return np.where(np.isinf(moment), np.nan, moment), found, codes


def _seconds(column: pd.Series) -> np.ndarray:
    values = column.to_numpy(dtype="datetime64[s]").astype(np.int64).astype(np.float64)
    values[column.isna().to_numpy()] = np.nan
    return values


def _is_dates(column: pd.Series) -> bool:
    return bool((column.dropna().dt.normalize() == column.dropna()).all())


def _as_dates(seconds: np.ndarray) -> np.ndarray:
    out = np.full(len(seconds), np.datetime64("NaT"), dtype="datetime64[s]")
    known = ~np.isnan(seconds)
    out[known] = seconds[known].astype(np.int64).astype("datetime64[s]")
    return out


def _flags(
    flags: np.ndarray, codes: np.ndarray, moment: np.ndarray, wholly: bool, whole: str = "Y"
) -> pd.Series:
    """Flags row by row: missing where nothing was completed or there is no result."""
    made = np.append(flags, whole if wholly else "")[codes]
    made = np.where(np.isnan(moment) | (made == ""), None, made)
    return pd.Series(made, dtype="str")


def _made(
    records: pd.DataFrame, params: ImputeDate, values: pd.Series, flags: pd.Series, times: Any
) -> pd.DataFrame:
    made = {params.to: values}
    if params.flag:
        made[params.flag] = flags.set_axis(records.index)
    if times is not None and isinstance(params, ImputeDatetime) and params.time_flag:
        made[params.time_flag] = times.set_axis(records.index)
    return pd.DataFrame(made, index=records.index)
