"""Rules on pharmacokinetic parameters (PP) against concentrations (PC)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from validation.rules.registry import rule
from validation.values import Mask, filled


@rule(
    "parameter-of-another-analyte",
    on={"PPCAT": "PPRFTDTC"},
    datasets="PP",
    needs=("USUBJID",),
    optional=("PC.USUBJID", "PC.PCRFTDTC", "PC.PCTEST", "PC.PCTESTCD"),
    severity="error",
    source="CORE-000901, FB6901",
)
def parameter_of_another_analyte(
    dataset: pd.DataFrame, category: str, date: str, concentrations: pd.DataFrame
) -> Mask:
    """The category of a parameter is no analyte that was measured after the same dose.

    Expected: PPCAT = PCTEST of the concentrations of the subject with the same reference dose.
    Why: nobody can tell which concentrations the parameter was made from.
    Do:  write the analyte as PC does.
    """
    dose = [concentrations[name].astype(object) for name in ("USUBJID", "PCRFTDTC")]
    mine = [dataset["USUBJID"].astype(object), dataset[date].astype(object)]
    known = pd.MultiIndex.from_arrays(mine).isin(pd.MultiIndex.from_arrays(dose).drop_duplicates())
    judged = known & filled(dataset[category]) & filled(dataset[date])
    same = np.zeros(len(dataset), dtype=bool)
    ours = pd.MultiIndex.from_arrays([*mine, dataset[category].astype(object)])
    for name in ("PCTEST", "PCTESTCD"):
        theirs = pd.MultiIndex.from_arrays([*dose, concentrations[name].astype(object)]).drop_duplicates()
        same |= ours.isin(theirs)
    return judged & ~same
