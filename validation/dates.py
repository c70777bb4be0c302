"""Date columns as moments that can be compared, whatever their precision.

A partial date stands for all moments it may mean, so ``before`` is true only where it is certain:
``2024-02`` is before ``2024-03-15``, and is neither before nor after ``2024-02-10``.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from specs.iso8601 import DAY_SECONDS, read_moment
from validation.values import Mask, codes_of, unique_texts

_NOTHING = (np.nan,) * 4 + (False,)


@dataclass(frozen=True, slots=True)
class Moments:
    """Row by row: earliest and latest second, offset from UTC, day number of a complete date (NaN: none).

    ``partial``: a date is there and a part of it is unknown. Texts that are no ISO 8601 date, and dates
    without a year, have no moments at all and are never before or after anything.
    """

    earliest: np.ndarray
    latest: np.ndarray
    offset: np.ndarray
    day: np.ndarray
    partial: np.ndarray

    def before(self, other: Moments) -> Mask:
        """Rows that are certainly earlier than ``other``; clocks of two zones are brought together."""
        local = self.latest < other.earliest
        zoned = ~np.isnan(self.offset) & ~np.isnan(other.offset)
        if not zoned.any():
            return local
        return np.where(zoned, self.latest - self.offset < other.earliest - other.offset, local)

    def after(self, other: Moments) -> Mask:
        """Rows that are certainly later than ``other``."""
        return other.before(self)

    def day_before(self, other: Moments) -> Mask:
        """Rows that are certainly on an earlier day than ``other``; times of day are left aside."""
        return np.floor(self.latest / DAY_SECONDS) < np.floor(other.earliest / DAY_SECONDS)


@functools.lru_cache(maxsize=500_000)
def _moments_of(text: str) -> tuple[float, float, float, float, bool]:
    start, slash, end = text.partition("/")
    first = read_moment(start)
    last = read_moment(end) if slash else first
    if first is None or last is None:
        return _NOTHING
    low, high = first.bounds(), last.bounds()
    if low is None or high is None:
        return (np.nan, np.nan, np.nan, np.nan, True)
    day = first.day_number() if not slash else None
    offset = first.offset
    return (
        low[0],
        high[1],
        np.nan if offset is None else offset,
        np.nan if day is None else day,
        first.is_partial or last.is_partial,
    )


def moments(column: pd.Series) -> Moments:
    """The moments of a text column of dates, date-times or intervals."""
    table = [_moments_of(text) for text in unique_texts(column)]
    values = np.array([*(row[:4] for row in table), _NOTHING[:4]], dtype=float)
    partial = np.array([*(row[4] for row in table), False], dtype=bool)
    codes = codes_of(column)
    earliest, latest, offset, day = values[codes].T
    return Moments(earliest, latest, offset, day, partial[codes])


def study_day(date: Moments, reference: Moments) -> np.ndarray:
    """Days from a reference date, without a day 0 (SDTMIG 3.4, 4.4.4); NaN unless both are complete."""
    days = date.day - reference.day
    return np.where(days >= 0, days + 1, days)
