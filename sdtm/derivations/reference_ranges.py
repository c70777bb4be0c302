"""range_indicator: where a value stands to its reference range."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from specs.catalogue import Column, Made, Params
from specs.values import Truth


class RangeIndicator(Params):
    value: Column = "AVAL"
    low: Column = "ANRLO"
    high: Column = "ANRHI"
    to: Made = "ANRIND"
    one_sided: Truth = True


@derivation("range_indicator", RangeIndicator)
def range_indicator(records: pd.DataFrame, params: RangeIndicator, notes: Notes) -> pd.DataFrame:
    """LOW, NORMAL or HIGH by the reference range of the record.

    Shape:   n records in, n texts out, same index.
    Unit:    value and limits in the same unit.
    Missing: without a value or any limit; with one limit a value inside it is NORMAL (``one_sided: false``:
             missing).
    Errors:  a lower limit above the upper one is noted and gives nothing.
    Source:  codelist NRIND (C78736); limits belong to the range.
    Example: 3.5 of 3.5 to 5.1 -> NORMAL; 5.2 -> HIGH; 3.4 -> LOW.
    """
    value, low, high = (
        records[name].to_numpy(dtype=float) for name in (params.value, params.low, params.high)
    )
    crossed = low > high
    notes.add(
        "range-crossed",
        records.index[crossed],
        found=f"{params.low} above {params.high}",
        expected="a lower limit that is not above the upper one",
        do="query the laboratory; the value is not judged",
        variable=params.to,
    )
    known = ~np.isnan(low) & ~np.isnan(high)
    if params.one_sided:
        known = ~np.isnan(low) | ~np.isnan(high)
    words = np.select(
        [crossed | np.isnan(value), value < low, value > high, known], ["", "LOW", "HIGH", "NORMAL"], ""
    )
    texts = pd.Series(words, index=records.index, dtype="str")
    return pd.DataFrame({params.to: texts.mask(texts == "")})
