"""--NRIND: whether results that are numbers are within their reference ranges."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import pandas as pd

from sdtm.columns import from_codes, gather, pick, take, unique_texts
from sdtm.combinations import combinations
from sdtm.range_limits import Limit, interval_of, read_limit

_VALUES = ["LOW", "NORMAL", "HIGH"]
_End = tuple[Decimal | None, bool]


def range_indicators(result: pd.Series, low: pd.Series, high: pd.Series) -> pd.Series:
    """LOW, NORMAL or HIGH of results that are numbers, or of ``<0.5`` and ``>100`` where there is no doubt.

    Limits are texts as ``read_limit`` takes them. ``<x`` (x not negative) is a quantity from 0 to x, since it was too
    small to be measured; ``>x`` has no end. Compared exactly: by the ranks of all the numbers that occur.

    Shape:   n texts, n lower and n upper limits in, n texts out, same index.
    Missing: no limit at all, one that cannot be read, a result that is no number; where both answers are possible.
    Source:  SDTMIG 3.4, 6.3.5.6 (LB).
    Example: range 0.3 to 1.2: 1.3 -> HIGH; <0.2 -> LOW; <0.5 -> missing. Range 0 to 5: <0.5 -> NORMAL.
    """
    alike, first = combinations([result, low, high])
    found = _indicators(pick(result, first), pick(low, first), pick(high, first))
    return from_codes(gather(found, alike) if len(alike) else found, _VALUES, result.index)


def _indicators(result: pd.Series, low: pd.Series, high: pd.Series) -> np.ndarray:
    """Positions in ``_VALUES``, -1 for missing."""
    intervals = [interval_of(text) for text in unique_texts(result)]
    lows = [read_limit(text, ">") for text in unique_texts(low)]
    highs = [read_limit(text, "<") for text in unique_texts(high)]
    ranks = _ranks(
        [end[0] for each in intervals if each for end in each]
        + [each.value for each in (*lows, *highs) if each]
    )
    least, least_in = _column(result, [each[0] if each else None for each in intervals], ranks, -np.inf)
    most, most_in = _column(result, [each[1] if each else None for each in intervals], ranks, np.inf)
    bottom, bottom_in = _column(low, [_end(each) for each in lows], ranks, -np.inf)
    top, top_in = _column(high, [_end(each) for each in highs], ranks, np.inf)
    known = (
        result.notna().to_numpy()
        & ~np.isnan(least)
        & ~np.isnan(bottom)
        & ~np.isnan(top)
        & ~(np.isinf(bottom) & np.isinf(top))
    )
    above = known & ((least > top) | ((least == top) & ~(least_in & top_in)))
    below = known & ((most < bottom) | ((most == bottom) & ~(most_in & bottom_in)))
    within = known & ((most < top) | ((most == top) & (top_in | ~most_in)))
    within &= (least > bottom) | ((least == bottom) & (bottom_in | ~least_in))
    return np.select([above, below, within], [2, 0, 1], -1).astype(np.int8)


def _end(limit: Limit | None) -> _End | None:
    return None if limit is None else (limit.value, limit.inside)


def _ranks(values: Sequence[Decimal | None]) -> dict[Decimal, float]:
    return {value: float(rank) for rank, value in enumerate(sorted({v for v in values if v is not None}))}


def _column(
    column: pd.Series, ends: Sequence[_End | None], ranks: dict[Decimal, float], no_end: float
) -> tuple[np.ndarray, np.ndarray]:
    """Rank of the end of each row, and whether it is inside. Without an end or a text ``no_end``; unreadable NaN."""
    told = [np.nan if end is None else no_end if end[0] is None else ranks[end[0]] for end in ends]
    inside = np.array([end is not None and end[1] for end in ends], dtype=bool)
    return take(np.array(told, dtype=float), column, no_end), take(inside, column, True).astype(bool)
