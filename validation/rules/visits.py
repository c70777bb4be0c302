"""Rules on visits and epochs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from validation.rules.registry import rule
from validation.values import Mask, filled, looked_up, not_one_to_one, rows_where

_UNPLANNED = ("UNSCHED", "UNPLANNED")


@rule(
    "visit-name-differs",
    on={"VISITNUM": "VISIT"},
    optional="TV.VISITNUM",
    shows=("VISITNUM", "VISIT"),
    by_value=True,
    severity="error",
    source="CORE-000361, CG0035, FB0919",
)
def visit_name_differs(dataset: pd.DataFrame, number: str, name: str, planned: pd.DataFrame) -> Mask:
    """VISITNUM and VISIT do not go one to one.

    Expected: one VISIT for each VISITNUM of a planned visit, and the reverse.
    Why: tables by visit split one visit in two, or put two into one.
    Do:  assign both from the visit schedule of the spec.
    """
    if planned["VISITNUM"].notna().any():
        counted = dataset[number].isin(planned["VISITNUM"].dropna()).to_numpy()
    else:
        # Without a TV, what is called unscheduled is taken as unplanned; one name may stand for many.
        counted = ~rows_where(
            dataset[name], lambda texts: [text.upper().startswith(_UNPLANNED) for text in texts]
        )
    wrong = np.zeros(len(dataset), dtype=bool)
    wrong[counted] = not_one_to_one(dataset.loc[counted], number, name)
    return wrong


@rule(
    "epoch-not-planned",
    on="EPOCH",
    without="TA",
    needs="TA.EPOCH",
    shows="EPOCH",
    by_value=True,
    severity="error",
    source="CORE-000271, CG0009",
)
def epoch_not_planned(dataset: pd.DataFrame, variable: str, arms: pd.DataFrame) -> Mask:
    """The EPOCH is not in TA.

    Expected: an EPOCH that the trial design has.
    Why: periods that no arm has cannot be analysed.
    Do:  correct EPOCH, or add the period to TA.
    """
    known = looked_up(dataset[variable], arms["EPOCH"], pd.Series(np.ones(len(arms))))
    return filled(dataset[variable]) & known.isna().to_numpy()
