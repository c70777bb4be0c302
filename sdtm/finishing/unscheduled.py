"""Numbers of unscheduled visits, between the planned ones."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from sdtm import iso8601
from sdtm.combinations import combinations, order_by, rank

# Visits between two planned ones are counted in tenths while nine are enough, else finer.
_STEPS = ((0.1, 9), (0.01, 99), (0.001, 999))
NO_DATE = "an unscheduled visit needs a subject and a complete date to be numbered"
NO_ROOM = "there is no free number before the next planned visit"
_DAYS = 1 << 24  # more days than there are between the years 1 and 9999


def number_unscheduled(
    rows: np.ndarray,
    collected: pd.Series,
    subject: pd.Series,
    dates: pd.Series,
    planned: np.ndarray,
    schedule: Collection[float],
    by_text: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """VISITNUM of unscheduled ``rows``: the last planned number of the subject plus 0.1, 0.2 ... by date.

    The last planned visit is the one that began last on or before the date (of two on one day the one with
    the higher number). Rows of a subject with the same date and collected text are one visit; with ``by_text``
    those with the same text are, which starts on its first date and gives its number to rows without one (a
    bone scan some days after the CT, a form not done). Visits of one date are in the order of their texts. Steps
    are 0.01 from the tenth visit on, or where 0.1 would reach the next planned number, then 0.001. Before any
    planned visit counting starts at 0, or at the whole number below the first planned one if that is not above 0.

    Shape:   positions of m of n rows, texts of n rows, ``planned`` VISITNUM of n rows (NaN: not planned), all
             VISITNUM of the ``schedule`` in; m numbers and m reasons (None, or why there is no number) out;
             no subject's numbers depend on another's rows, nor on the order of rows.
    Missing: without a subject or a complete date; when 0.001 is too coarse.
    Errors:  none on data.
    Source:  SDTMIG 3.4, 4.4.5, asks for numbers that sort by time and name one visit; the steps are ours.
    Example: WEEK 2 (number 4) on 2024-03-14; unscheduled on 03-17, 03-20 -> 4.1, 4.2.
    """
    who = subject.cat.codes.to_numpy().astype(np.int64)
    days = iso8601.days(dates)
    numbers = np.full(len(rows), np.nan)
    reasons = np.full(len(rows), None, dtype=object)
    if by_text:
        days = _first_days(rows, collected, who, days)
    dated = ~np.isnan(days[rows]) & (who[rows] >= 0)
    reasons[~dated] = NO_DATE
    at = rows[dated]
    if not len(at):
        return numbers, reasons
    scale = np.unique(np.array([*schedule], dtype=np.float64))
    visit_of, example = combinations([who[at], days[at], collected.iloc[at]])
    visits = at[example]
    base = _last_planned(visits, planned, who, days)
    base[np.isnan(base)] = min(0.0, np.floor(scale[0]) - 1) if len(scale) else 0.0
    gap, _ = combinations([who[visits], base])
    order = order_by([gap, rank(days[visits]), rank(collected.iloc[visits])])
    count = np.bincount(gap)
    place = np.empty(len(visits), dtype=np.int64)
    place[order] = np.arange(len(visits)) - np.append(0, np.cumsum(count))[gap[order]] + 1
    made = _spread(base, place, count[gap], np.append(scale, np.inf)[np.searchsorted(scale, base, "right")])
    numbers[dated] = made[visit_of]
    reasons[dated & np.isnan(numbers)] = NO_ROOM
    return numbers, reasons


def _first_days(rows: np.ndarray, collected: pd.Series, who: np.ndarray, days: np.ndarray) -> np.ndarray:
    """The days with those of ``rows`` replaced by the first day of the subject's visit of that text."""
    visit, example = combinations([who[rows], collected.iloc[rows]])
    first = np.full(len(example), np.inf)
    np.fmin.at(first, visit, days[rows])
    days = days.copy()
    days[rows] = np.where(np.isinf(first), np.nan, first)[visit]
    return days


def _spread(base: np.ndarray, place: np.ndarray, count: np.ndarray, following: np.ndarray) -> np.ndarray:
    """The ``place``-th of ``count`` numbers above ``base`` and below ``following``, in the coarsest step."""
    made = np.full(len(base), np.nan)
    for step, most in reversed(_STEPS):
        fits = (count <= most) & (base + (count + 0.5) * step < following)
        made[fits] = np.round(base[fits] + place[fits] * step, 3)
    return made


def _last_planned(rows: np.ndarray, planned: np.ndarray, who: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Number of the visit that the subject of each row began last on or before its date; NaN if none.

    A visit begins on its first date.
    """
    known = np.flatnonzero(~np.isnan(planned) & ~np.isnan(days) & (who >= 0))
    if not len(known):
        return np.full(len(rows), np.nan)
    person, date = who[known], days[known].astype(np.int64)
    codes, numbers = pd.factorize(planned[known], sort=True)
    visit, first = combinations([person, codes])
    start = date[first]
    np.minimum.at(start, visit, date)
    # Subject, start and number in one integer each, which sort much quicker than three columns.
    visits = (person[first] * _DAYS + start) * len(numbers) + codes[first]
    visits.sort()
    after = (who[rows] * _DAYS + days[rows].astype(np.int64) + 1) * len(numbers)
    at = np.searchsorted(visits, after) - 1
    began, number = np.divmod(visits[at], len(numbers))
    of_person = (began + _DAYS // 2) // _DAYS  # days before 1970 are below 0
    return np.where((at >= 0) & (of_person == who[rows]), numbers[number], np.nan)
