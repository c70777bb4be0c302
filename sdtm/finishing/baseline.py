"""--LOBXFL: the last observation before exposure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from sdtm import iso8601
from sdtm.columns import codes_of, pick
from sdtm.combinations import combinations, order_by, rank, sorted_by


def last_observation_before_exposure(
    subject: pd.Series,
    groups: Sequence[pd.Series],
    dates: pd.Series,
    present: np.ndarray,
    reference: pd.Series,
    order: np.ndarray | Callable[[np.ndarray], np.ndarray] | None = None,
) -> np.ndarray:
    """The last result at or before the first exposure, one for each subject and test.

    Result and exposure are compared at the precision that both have: with two times to the minute (the same
    minute is not after), otherwise by day, so that a result without a time on the day of the dose, or any
    result of that day if the dose has no time, counts as before it. Results known to be after the dose by
    their planned time point have to be left out by ``present``. A partial date counts only if all it may mean
    is on or before the dose. The last is the one whose earliest possible instant is the latest; among equal
    ones the highest ``order`` (planned time point, visit, then content: ``sequence.sort_order`` makes it), given
    row by row, or as a function that tells it for the rows at some positions.

    Shape:   n subjects, n texts for each of ``groups`` (test, specimen, method ...; missing is a value), n
             ISO 8601 texts, n booleans, n references, n integers in; n booleans out.
    Missing: no flag without a date, a reference, or a result (``present``: a result that was not NOT DONE).
    Errors:  none on data.
    Source:  SDTMIG 3.4, 4.5.9 and the definition of --LOBXFL: the last non-missing value prior to RFXSTDTC.
             The guide does not say how to compare dates of different precision; the rule above is ours.
    Example: dose 2024-03-01T10:00: of 2024-02-28T08:00 and 2024-03-01T12:00 the first; of 2024-02-28T08:00
             and 2024-03-01 the second.
    """
    before = is_on_or_before(dates, reference)
    return last_of_each(subject, groups, dates, present & before & (codes_of(subject) >= 0), order)


def is_on_or_before(dates: pd.Series, reference: pd.Series) -> np.ndarray:
    """Whether all that a date may mean is on or before its reference, at the precision that both have."""
    _, last_start = iso8601.reaches(dates)
    first_end, _ = iso8601.reaches(reference)
    return last_start <= first_end


def last_of_each(
    subject: pd.Series,
    groups: Sequence[pd.Series],
    dates: pd.Series,
    candidate: np.ndarray,
    order: np.ndarray | Callable[[np.ndarray], np.ndarray] | None = None,
) -> np.ndarray:
    """The candidate with the latest date of each subject and group; ``order`` as above."""
    flags = np.zeros(len(subject), dtype=bool)
    rows = np.flatnonzero(candidate)
    if not len(rows):
        return flags
    group, _ = combinations([pick(column, rows) for column in (subject, *groups)])
    low, _ = iso8601.bounds(pick(dates, rows))
    sorted_rows, equal = sorted_by([group, rank(low)])
    group, rows = group[sorted_rows], rows[sorted_rows]
    ends = np.append(np.flatnonzero(np.diff(group)), len(rows) - 1)
    if order is not None:
        # Only among results of one moment, the last one of their group, does the order decide.
        moment = np.append(0, np.cumsum(~equal))
        size = np.bincount(moment)
        last = np.zeros(len(size), dtype=bool)
        last[moment[ends]] = True
        places = np.flatnonzero((last & (size > 1))[moment])
        ties = order(rows[places]) if callable(order) else order[rows[places]]
        rows[places] = rows[places][order_by([moment[places], rank(ties)])]
    flags[rows[ends]] = True
    return flags
