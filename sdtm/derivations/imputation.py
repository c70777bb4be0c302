"""Partial ISO 8601 dates -> whole dates and times by a declared rule, with the earliest and latest they may mean.

Everything works on the distinct texts. Instants are seconds since 1970-01-01, NaN where there is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sdtm import iso8601
from sdtm.iso8601 import DAY, UNKNOWN, Parts

LEVELS = ("none", "second", "minute", "hour", "day", "month", "year")
_RULE = re.compile(r"(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_TIME = re.compile(r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})")
_DATE_FLAGS = {"year": "Y", "month": "M", "day": "D"}
_TIME_FLAGS = {"hour": "H", "minute": "M", "second": "S"}


@dataclass(frozen=True, slots=True)
class Imputed:
    """For n texts: the completed instant, what it may be at least and at most, and the flags.

    ``moment`` is NaN where a part above the allowed level is missing. ``date_flag``: Y, M, D or empty;
    ``time_flag``: H, M, S or empty. ``valid``: the text is a date at all.
    """

    moment: np.ndarray
    low: np.ndarray
    high: np.ndarray
    date_flag: np.ndarray
    time_flag: np.ndarray
    valid: np.ndarray


def is_date_rule(text: str) -> bool:
    """Whether a text is first, mid, last, or a month and day such as 06-15."""
    match = _RULE.fullmatch(text)
    if match is None:
        return text in ("first", "mid", "last")
    return 1 <= int(match["month"]) <= 12 and 1 <= int(match["day"]) <= 31


def is_time_rule(text: str) -> bool:
    """Whether a text is first, last, or a time of day such as 12:00:00."""
    match = _TIME.fullmatch(text)
    if match is None:
        return text in ("first", "last")
    return int(match["hour"]) < 24 and int(match["minute"]) < 60 and int(match["second"]) < 60


def impute(
    texts: Sequence[str], highest: str, date_rule: str, time_rule: str, *, preserve: bool = False
) -> Imputed:
    """Complete each text from the left: after the first unknown part all finer ones are unknown.

    ``highest``: the coarsest part that may be completed (``LEVELS``). ``preserve`` keeps a known day behind an
    unknown month. A day that its month does not have becomes the last of the month.
    Source: the imputation rules of ADaMIG 1.3, 3.1.3 (flags) and the rule book of the study.
    """
    parts = iso8601.read(texts)
    unknown = _unknown_levels(parts, preserve)
    low, high = _instants(parts, unknown, "first", "first"), _instants(parts, unknown, "last", "last")
    moment = _instants(parts, unknown, date_rule, time_rule, preserve=preserve)
    missing = np.zeros(len(texts), dtype=int)  # place of the coarsest unknown part in LEVELS
    for place, level in enumerate(LEVELS[1:], 1):
        missing[unknown[level]] = place
    moment[missing > LEVELS.index(highest)] = np.nan
    date_flag, time_flag = (np.full(len(texts), "", dtype=object) for _ in range(2))
    for level in ("day", "month", "year"):
        date_flag[unknown[level]] = _DATE_FLAGS[level]
    for level in ("second", "minute", "hour"):
        time_flag[unknown[level]] = _TIME_FLAGS[level]
    placed = parts.valid & (parts.year != UNKNOWN)
    for values in (moment, low, high):
        values[~placed] = np.nan
    return Imputed(moment, low, high, date_flag, time_flag, parts.valid)


def impute_column(
    column: pd.Series, highest: str, date_rule: str, time_rule: str, *, preserve: bool = False
) -> Imputed:
    """``impute`` of a text column, row by row; a missing text is valid, and has no instant and no flag."""
    codes, unique = pd.factorize(column)
    found = impute([str(text) for text in unique], highest, date_rule, time_rule, preserve=preserve)
    return Imputed(
        np.append(found.moment, np.nan)[codes],
        np.append(found.low, np.nan)[codes],
        np.append(found.high, np.nan)[codes],
        np.append(found.date_flag, "")[codes],
        np.append(found.time_flag, "")[codes],
        np.append(found.valid, True)[codes],
    )


def _unknown_levels(parts: Parts, preserve: bool) -> dict[str, np.ndarray]:
    """For each level which texts lack it, everything finer than an unknown part included."""
    unknown: dict[str, np.ndarray] = {}
    before = np.zeros(len(parts.valid), dtype=bool)
    for level in ("year", "month", "day", "hour", "minute", "second"):
        own = getattr(parts, level) == UNKNOWN
        # A preserved day is known although its month is not; the time is not, since the day may be another.
        unknown[level] = own if preserve and level == "day" else own | before
        before = before | own
    return unknown


def _instants(
    parts: Parts, unknown: dict[str, np.ndarray], date_rule: str, time_rule: str, *, preserve: bool = False
) -> np.ndarray:
    year = np.where(parts.year == UNKNOWN, 1970, parts.year)
    no_month, no_day = unknown["month"], unknown["day"]
    month_default, day_default, day_alone = _date_defaults(date_rule)
    month = np.where(no_month, month_default, parts.month)
    day = np.where(no_day, np.where(no_month, day_default, day_alone), parts.day)
    month, year = np.clip(month, 1, 12), np.clip(year, 1, 9999)
    day = np.minimum(np.where(day == UNKNOWN, 1, day), iso8601.days_in_month(year, month))
    clock = {"first": (0, 0, 0), "last": (23, 59, 59)}.get(time_rule)
    if clock is None:
        match = _TIME.fullmatch(time_rule)
        assert match is not None, time_rule
        clock = (int(match["hour"]), int(match["minute"]), int(match["second"]))
    hour, minute, second = (
        np.where(unknown[level], default, getattr(parts, level))
        for level, default in zip(("hour", "minute", "second"), clock, strict=True)
    )
    days = iso8601.day_number(year, month, day)
    return (days * DAY + hour * 3600 + minute * 60 + second).astype(np.float64)


def _date_defaults(rule: str) -> tuple[int, int, int]:
    """Month, day beside an unknown month, and day beside a known one."""
    if rule == "first":
        return 1, 1, 1
    if rule == "last":
        return 12, 31, 31
    if rule == "mid":
        return 6, 30, 15
    match = _RULE.fullmatch(rule)
    assert match is not None, rule
    return int(match["month"]), int(match["day"]), int(match["day"])
