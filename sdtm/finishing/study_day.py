"""--DY, --STDY, --ENDY."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sdtm import iso8601


def compute_study_day(dates: pd.Series, reference: pd.Series) -> np.ndarray:
    """Days from a reference date to a date; there is no day 0.

    Shape:   n and n ISO 8601 texts in, n float64 out, row by row.
    Unit:    days; 1 is the reference date, -1 the day before. Times do not matter.
    Missing: NaN where either date lacks a day part; nothing is completed, no text is changed.
    Errors:  none on data.
    Source:  SDTMIG 3.4, section 4.4.4.
    Example: 2024-03-02 against 2024-03-01 -> 2; 2024-02-29 -> -1; 2024-03 -> missing.
    """
    difference = iso8601.days(dates) - iso8601.days(reference)
    return np.where(difference < 0, difference, difference + 1)
