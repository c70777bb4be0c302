"""--LOBXFL: the last observation before exposure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sdtm import iso8601
from sdtm.combinations import combinations, order_by, rank


def last_observation_before_exposure(
    subject: pd.Series,
    groups: Sequence[pd.Series],
    dates: pd.Series,
    present: np.ndarray,
    reference: pd.Series,
    order: np.ndarray | None = None,
) -> np.ndarray:
    """The last result at or before the first exposure, one for each subject and test.

    Result and exposure are compared at the precision that both have: with two times to the minute (the same
    minute is not after), otherwise by day, so that a result without a time on the day of the dose, or any
    result of that day if the dose has no time, counts as before it. Results known to be after the dose by
    their planned time point have to be left out by ``present``. A partial date counts only if all it may mean
    is on or before the dose. The last is the one whose earliest possible instant is the latest; among equal
    ones the highest ``order`` (planned time point, visit, then content: ``sequence.sort_order`` makes it).

    Shape:   n subjects, n texts for each of ``groups`` (test, specimen, method ...; missing is a value), n
             ISO 8601 texts, n booleans, n references, n integers in; n booleans out.
    Missing: no flag without a date, a reference, or a result (``present``: a result that was not NOT DONE).
    Errors:  none on data.
    Source:  SDTMIG 3.4, 4.5.9 and the definition of --LOBXFL: the last non-missing value prior to RFXSTDTC.
             The guide does not say how to compare dates of different precision; the rule above is ours.
    Example: dose 2024-03-01T10:00: of 2024-02-28T08:00 and 2024-03-01T12:00 the first; of 2024-02-28T08:00
             and 2024-03-01 the second.
    """
    low, high = iso8601.bounds(dates)
    _, last_start = iso8601.reach(low, high)
    first_end, _ = iso8601.reach(*iso8601.bounds(reference))
    candidate = present & (last_start <= first_end) & subject.notna().to_numpy()
    flags = np.zeros(len(subject), dtype=bool)
    rows = np.flatnonzero(candidate)
    if not len(rows):
        return flags
    group, _ = combinations([column.iloc[rows] for column in (subject, *groups)])
    ties = order[rows] if order is not None else np.zeros(len(rows), dtype=np.int64)
    sorted_rows = order_by([group, rank(low[rows]), rank(ties)])
    ends = np.append(np.flatnonzero(np.diff(group[sorted_rows])), len(rows) - 1)
    flags[rows[sorted_rows[ends]]] = True
    return flags
