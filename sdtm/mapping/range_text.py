"""range_text: one end of a reference range that the laboratory prints as one text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pandas as pd

from sdtm.columns import map_unique
from sdtm.mapping.registry import Loss, algorithm
from sdtm.range_limits import Range, read_range
from specs.catalogue import Column, Params


class RangeText(Params):
    range_text: Column
    take: Literal["low", "high", "words"]


def _unreadable(block: pd.DataFrame, params: RangeText) -> list[Loss]:
    def reasons(texts: list[str]) -> Sequence[str | None]:
        return [None if read_range(text) else f'"{text}"' for text in texts]

    return [
        Loss(
            "range-unreadable",
            "error",
            map_unique(block[params.range_text], reasons),
            "a range such as 3.5 - 5.1, <= 5.1, > 60, or the words of a normal result",
            "query the laboratory, or write its limits into columns with derive: and map those",
        )
    ]


@algorithm("range_text", RangeText, key="range_text", loss="allowed", origin="Collected", losses=_unreadable)
def range_text(block: pd.DataFrame, params: RangeText) -> pd.Series:
    """The lower or upper limit, or the words, of a range in one text.

    Shape:   n texts in, n texts out, same index.
    Unit:    that of the text, which is the unit of the result.
    Missing: where the range has no such end; where it cannot be read (reported).
    Errors:  none on data.
    Source:  SDTMIG 3.4, 6.3.5.6 (LB).
    Example: high of "3.5 - 5.1" -> 5.1; of "<= 1.23" -> 1.23; of "NEGATIVE" -> missing.
    """

    def taken(texts: list[str]) -> list[str | None]:
        return [getattr(read_range(text) or Range(), params.take) for text in texts]

    return map_unique(block[params.range_text], taken)
