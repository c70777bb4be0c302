"""Calendar days as numbers, and the first or last record of each subject: whole columns, no loop over subjects."""

from __future__ import annotations

import numpy as np
import pandas as pd

from specs.location import NOWHERE
from specs.problems import Problem, ProblemsFound

DAYS_PER_MONTH = 30.4375
_SECONDS = 86_400


def seconds_of(dates: pd.Series, name: str = "") -> np.ndarray:
    """Seconds since 1970-01-01T00:00:00 of dates or date-times; NaN where there is none.

    Raises ``ProblemsFound`` for a column that holds something else, such as ISO 8601 texts.
    """
    if pd.api.types.is_datetime64_dtype(dates.dtype):
        seconds = dates.to_numpy().astype("datetime64[s]").astype(np.int64).astype(np.float64)
        seconds[dates.isna().to_numpy()] = np.nan
        return seconds
    if dates.isna().all():
        return np.full(len(dates), np.nan)
    raise ProblemsFound(
        Problem(
            "not-a-date",
            NOWHERE,
            f"{name or dates.name} holds {dates.dtype} values",
            "dates",
            "derive a date from the ISO 8601 text first, and name that variable",
        )
    )


def day_numbers(dates: pd.Series, name: str = "") -> np.ndarray:
    """Days since 1970-01-01 of dates or date-times, the time of day left out; NaN where there is none.

    Raises ``ProblemsFound`` as ``seconds_of``.
    """
    return np.floor(seconds_of(dates, name) / _SECONDS)


def moments_of(seconds: np.ndarray) -> np.ndarray:
    """The date-times of seconds since 1970, as ``datetime64[s]``; NaT where there is none."""
    known = ~np.isnan(seconds)
    moments = np.full(len(seconds), np.datetime64("NaT", "s"))
    moments[known] = seconds[known].astype(np.int64).astype("datetime64[s]")
    return moments


def dates_of(days: np.ndarray) -> np.ndarray:
    """The dates of day numbers, as ``datetime64[s]``; NaT where there is none."""
    return moments_of(days * _SECONDS)


def day_number(text: str) -> float:
    """The day number of an ISO 8601 date in a spec; infinity for an empty text, which bounds nothing.

    Raises ``ProblemsFound`` if it is not a complete date.
    """
    if not text:
        return np.inf
    try:
        if len(text) != 10:
            raise ValueError
        return float(np.datetime64(text, "D").astype(np.int64))
    except ValueError:
        raise ProblemsFound(
            Problem("not-a-date", NOWHERE, repr(text), "a complete date such as 2024-06-30")
        ) from None


def tie_breaker(index: pd.Index) -> np.ndarray:
    """Integers that tell apart records which are equal in everything else, wherever they stand."""
    if index.is_unique and pd.api.types.is_integer_dtype(index.dtype):
        return index.to_numpy()
    return np.arange(len(index))


def first_of_groups(groups: np.ndarray, count: int) -> np.ndarray:
    """The first position of each group among sorted group numbers; -1 for one that has none."""
    first = np.full(count, -1, dtype=np.int64)
    if len(groups):
        starts = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]])
        first[groups[starts]] = starts
    return first


def last_of_groups(groups: np.ndarray, count: int) -> np.ndarray:
    """The last position of each group among sorted group numbers; -1 for one that has none."""
    last = np.full(count, -1, dtype=np.int64)
    if len(groups):
        ends = np.flatnonzero(np.r_[groups[1:] != groups[:-1], True])
        last[groups[ends]] = ends
    return last


def taken(values: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Numbers at positions; NaN where the position is -1."""
    found = np.full(len(positions), np.nan)
    found[positions >= 0] = values[positions[positions >= 0]]
    return found


def text_at(values: pd.Series, positions: np.ndarray) -> pd.Series:
    """Values of a column at positions, missing where the position is -1."""
    return values.reset_index(drop=True).reindex(positions).reset_index(drop=True)
