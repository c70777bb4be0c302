"""Which dates are after the data cut-off."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from sdtm import iso8601


class Compared(NamedTuple):
    """Three masks: certainly after the cut-off; perhaps after it, as a partial date may mean; not to be placed."""

    after: np.ndarray
    perhaps: np.ndarray
    undated: np.ndarray


def compare_with_cut_off(dates: pd.Series, cut_offs: pd.Series) -> Compared:
    """Dates beside the cut-off of their subject.

    A date is after the cut-off when the earliest that it may mean is, and perhaps after it when only the latest
    is. A cut-off without a time is the end of its day. An interval counts from its start.

    Shape:   n and n ISO 8601 texts in, three masks of n out; a row is in one of them or in none.
    Missing: a row without a cut-off is in no mask; one without a date, or without a year, is undated.
    Errors:  none on data.
    Source:  pharmaverse datacutr 0.2, impute_sdtm (parts that are missing are the earliest) and impute_dcutdtc
             (23:59:59 where the cut-off has no time).
    Example: cut-off 2023-06-05: 2023-06-05T14:00 no; 2023-06-06 after; 2023-06 perhaps; 2023 perhaps.
    """
    low, high = iso8601.bounds(dates)
    _, until = iso8601.bounds(cut_offs)
    known = ~np.isnan(until)
    undated = known & np.isnan(low)
    after = known & (low > until)
    return Compared(after, known & ~after & (high > until), undated)
