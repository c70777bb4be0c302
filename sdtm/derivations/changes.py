"""change_from_baseline, shift: how a value stands to its baseline."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import Field

from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from specs.catalogue import Column, Made, Params


class ChangeFromBaseline(Params):
    value: Column = "AVAL"
    base: Column = "BASE"
    change_to: Made = "CHG"
    percent_to: Made = "PCHG"


class Shift(Params):
    from_: Column = Field(default="BNRIND", alias="from")
    value: Column = "ANRIND"
    to: Made = "SHIFT1"
    between: str = " to "
    missing: str = "MISSING"


@derivation("change_from_baseline", ChangeFromBaseline)
def change_from_baseline(records: pd.DataFrame, params: ChangeFromBaseline, notes: Notes) -> pd.DataFrame:
    """Change and percent change from baseline.

    Shape:   n records in; two columns out, same index.
    Unit:    that of the value; percent. Rounded to 12 significant digits of the greater of both numbers, so
             that 5.3 - 5.1 is 0.2 and not 0.20000000000000018.
    Missing: where value or baseline is missing; percent also where the baseline is 0.
    Errors:  none.
    Source:  ADaMIG 1.3, 3.3.4: CHG = AVAL - BASE, PCHG = 100 CHG / |BASE|.
    Example: 42 from 34 -> 8 and 23.5294117647; 0 from 20 -> -20 and -100; 3 from 0 -> 3 and missing.
    """
    value, base = (records[name].to_numpy(dtype=float) for name in (params.value, params.base))
    size = np.fmax(np.abs(value), np.abs(base))
    exponent = np.floor(np.log10(np.where(size > 0, size, 1.0)))
    unit = 10.0 ** np.clip(11 - exponent, -280, 280)
    # What is smaller than any measurement is not rounded: its unit would be beyond the numbers there are.
    change = np.where(size > 1e-200, np.round((value - base) * unit) / unit, value - base)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        percent = 100 * change / np.abs(base)
    percent = np.where(np.isfinite(percent), percent, np.nan)
    made = {params.change_to: change, params.percent_to: percent}
    return pd.DataFrame({name: values for name, values in made.items() if name}, index=records.index)


@derivation("shift", Shift)
def shift(records: pd.DataFrame, params: Shift, notes: Notes) -> pd.DataFrame:
    """Baseline and analysis category in one text.

    Shape:   n records in, n texts out, same index.
    Unit:    none.
    Missing: a missing category is written as ``missing`` (empty: the shift is missing); where both are
             missing the shift is missing.
    Errors:  none.
    Source:  ADaMIG 1.3, 3.3.4 (SHIFTy).
    Example: NORMAL and HIGH -> NORMAL to HIGH.
    """
    first, second = records[params.from_].astype("str"), records[params.value].astype("str")
    nothing = first.isna() & second.isna()
    if not params.missing:
        nothing = first.isna() | second.isna()
    text = first.fillna(params.missing) + params.between + second.fillna(params.missing)
    return pd.DataFrame({params.to: text.mask(nothing)}, index=records.index)
