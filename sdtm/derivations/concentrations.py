"""pk_concentration: the analysis value of a concentration, and whether it is below the limit."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from sdtm.derivations.flags import flags
from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from specs.catalogue import Column, Made, Params, Texts
from specs.values import Truth


class PkConcentration(Params):
    text: Column = "PCSTRESC"
    number: Column = "PCSTRESN"
    limit: Column = "PCLLOQ"
    to: Made = "AVAL"
    limit_to: Made = "ALLOQ"
    below_to: Made = "BLQFL"
    below_texts: Texts = ("BLQ", "BQL", "BLOQ", "LLOQ", "BELOW LIMIT OF QUANTIFICATION")
    zero_is_below: Truth = True
    below_as: Literal["missing", "zero", "half_limit"] = "missing"


@derivation(
    "pk_concentration",
    PkConcentration,
    labels={"ALLOQ": "Analysis Lower Limit of Quantitation", "BLQFL": "Below Limit of Quantitation Flag"},
)
def pk_concentration(records: pd.DataFrame, params: PkConcentration, notes: Notes) -> pd.DataFrame:
    """Concentrations as numbers, with those below the limit of quantification told apart.

    Shape:   n results in; value, lower limit and flag ``Y`` out, same index.
    Unit:    that of the standard result.
    Missing: a value below the limit (``zero``: 0, ``half_limit``: half of it), one that is negative, one
             that is no number. The flag is ``Y`` or missing.
    Errors:  a negative value, a number below its own limit, and a value above the range are noted.
    Source:  ADNCA 1.0 (ALLOQ). Below the limit is a text that begins with < or is one of ``below_texts``,
             even if a number stands beside it, and a plain 0, which no assay can measure
             (``zero_is_below: false``: a 0 is a value).
    Example: "<0.1" with number 0 and limit 0.1 -> missing, 0.1, Y; "12.5" -> 12.5, 0.1, no flag.
    """
    text = records[params.text].astype("str").str.strip().str.upper().fillna("")
    value = records[params.number].to_numpy(dtype=float)
    limit = records[params.limit].to_numpy(dtype=float)
    named = text.isin([word.upper() for word in params.below_texts]).to_numpy(dtype=bool)
    below = named | text.str.startswith("<").to_numpy(dtype=bool)
    if params.zero_is_below:
        below |= value == 0
    negative = ~below & (value < 0)
    above = text.str.startswith(">").to_numpy(dtype=bool)
    notes.add(
        "negative-concentration",
        records.index[negative],
        found="a concentration below 0",
        expected="0 or more, or a text for a value below the limit",
        do="query the laboratory; the value is not used",
        variable=params.number,
    )
    notes.add(
        "concentration-above-range",
        records.index[above],
        found="a result above the range of the assay",
        expected="a number after dilution",
        do="query the laboratory; the value is not used",
        variable=params.text,
    )
    notes.add(
        "concentration-below-limit",
        records.index[~below & (value > 0) & (value < limit)],
        found="a number below the limit of quantification in the same record",
        expected="numbers at or above the limit, or a text for a value below it",
        do="query the laboratory; the number is used as it is",
        variable=params.number,
    )
    replaced = {"missing": np.nan, "zero": 0.0, "half_limit": limit / 2}[params.below_as]
    made = {
        params.to: np.where(negative | above, np.nan, np.where(below, replaced, value)),
        params.limit_to: limit,
        params.below_to: pd.Series(flags(below), index=records.index),
    }
    return pd.DataFrame(made, index=records.index)
