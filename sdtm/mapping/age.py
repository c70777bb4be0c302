"""age: whole years between two dates."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from sdtm import iso8601
from sdtm.columns import take, unique_texts
from sdtm.mapping.registry import algorithm
from specs.catalogue import Column, Params

_FULL = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T.*)?")


class Age(Params):
    age: Column
    at: Column


def _no_date(inputs: Mapping[str, pd.Series], params: Age) -> np.ndarray:
    """Rows with a text that is no ISO 8601 date; that a partial date gives no age is no loss."""
    columns = [inputs[name] for name in params.columns()]
    bad = [take(~iso8601.is_datetime(unique_texts(c)), c, missing=False).astype(bool) for c in columns]
    return np.logical_or.reduce(bad)


@algorithm("age", Age, key="age", rule="date-not-read", collected=_no_date,
           expected=lambda p: f"ISO 8601 dates in {p.age} and {p.at}, such as DM.BRTHDTC and DM.RFICDTC")  # fmt: skip
def age(block: pd.DataFrame, params: Age) -> pd.Series:
    """Completed years from a birth date to a date, both ISO 8601 (``DM.BRTHDTC``, ``DM.RFICDTC``).

    Shape:   n pairs of ISO 8601 texts in, n whole numbers out as float64, same index.
    Unit:    years.
    Missing: where either date lacks a day part; nothing is completed. After death: not known here. A text
             that is no ISO 8601 date is reported.
    Errors:  none on data; a birth date after the reference date gives a negative age, for a check to find.
    Source:  SDTMIG 3.4, 5.2 (AGE); completed years by the calendar, 29 February counts from 1 March.
    Example: 1965-07-12 at 2024-02-19 -> 58; at 2024-07-12 -> 59.
    """

    born, then = (_days_as_numbers(block[name]) for name in (params.age, params.at))
    # 20240219 - 19650712 = 589507: the whole ten thousands are the completed years.
    return pd.Series(np.floor((then - born) / 10_000), index=block.index)


def _days_as_numbers(column: pd.Series) -> np.ndarray:
    """Dates as numbers such as 20240219; NaN without a day."""
    texts = unique_texts(column)
    real = iso8601.is_datetime(texts).tolist()
    found = [_FULL.fullmatch(text) if is_real else None for text, is_real in zip(texts, real, strict=True)]
    numbers = [float(match[1] + match[2] + match[3]) if match else np.nan for match in found]
    return take(np.array(numbers, dtype=np.float64), column, np.nan)
