"""assign_no_ct, assign_ct: a raw column as it stands."""

from __future__ import annotations

import pandas as pd

from sdtm.mapping.registry import algorithm
from specs.catalogue import Column, Params


class Assign(Params):
    column: Column


@algorithm("assign", Assign, key="column", origin="Collected", numbers=True)
def assign(block: pd.DataFrame, params: Assign) -> pd.Series:
    """The collected value. Where the target has a codelist, terminology follows (assign_ct).

    Shape:   n texts in, n texts out, same index.
    Unit:    as collected.
    Missing: where the raw value is missing.
    Errors:  none; a text outside the codelist is reported by the terminology step.
    Source:  SDTMIG 3.4, 4.1.1; names as in sdtm.oak.
    Example: "Female" -> "Female" (then F by codelist SEX).
    """
    return block[params.column]
