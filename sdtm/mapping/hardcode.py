"""hardcode_no_ct, hardcode_ct: a value that the spec states."""

from __future__ import annotations

import pandas as pd

from sdtm.columns import constant
from sdtm.mapping.registry import algorithm
from specs.catalogue import Params


class Hardcode(Params):
    value: str

    def constants(self) -> tuple[str, ...]:
        """Values that are judged when the spec is compiled."""
        return (self.value,)


@algorithm("hardcode", Hardcode, key="value", loss="allowed", origin="Assigned")
def hardcode(block: pd.DataFrame, params: Hardcode) -> pd.Series:
    """A constant; with ``where``, on the records for which the condition is true.

    Shape:   n records, n texts out, same index.
    Unit:    none.
    Missing: never, before ``where``.
    Errors:  a value outside the codelist of the target is refused by lint.
    Source:  SDTMIG 3.4, 4.1.1; names as in sdtm.oak.
    Example: value YEARS -> YEARS.
    """
    return constant(params.value, block.index)
