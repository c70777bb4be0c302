"""criterion: CRITy and CRITyFL by a condition."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from sdtm.derivations.condition import is_true
from sdtm.derivations.flags import flags
from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from specs.catalogue import Made, Params, Sql


class Criterion(Params):
    condition: Sql
    label: str
    to: Made = "CRIT1"
    flag_to: Made = "CRIT1FL"
    values: Literal["Y", "Y_N"] = "Y_N"


@derivation("criterion", Criterion)
def criterion(records: pd.DataFrame, params: Criterion, notes: Notes) -> pd.DataFrame:
    """Whether a record meets a criterion.

    Shape:   n records in; the text of the criterion and its flag out, same index.
    Unit:    none.
    Missing: where the condition is unknown because a value is missing, text and flag are missing; with
             ``values: Y`` so is the flag of a record that does not meet it, and its text.
    Errors:  ``ProblemsFound`` for a condition that names a column that is not there.
    Source:  ADaMIG 1.3, 3.3.7 (CRITy, CRITyFL): Y and N on every record that was judged, or only Y.
    Example: AVAL > 3 * ANRHI, "ALT > 3 x ULN" -> Y at 121 of 40, N at 120, missing without ANRHI.
    """
    met = is_true(records, params.condition)
    unmet = is_true(records, f"NOT ({params.condition})")
    shown = met | unmet if params.values == "Y_N" else met
    flag = pd.Series(flags(met), index=records.index).mask(unmet & shown, "N")
    made = {
        params.to: pd.Series(flags(shown, params.label), index=records.index),
        params.flag_to: flag,
    }
    return pd.DataFrame(made, index=records.index)
