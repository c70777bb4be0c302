"""Rules on visits and epochs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from validation.rules.registry import rule
from validation.values import (
    Mask,
    filled,
    is_any,
    looked_up,
    not_one_to_one,
    rows_where,
    shared_codes,
)

_UNPLANNED = ("UNSCHED", "UNPLANNED")


@rule(
    "visit-name-differs",
    on={"VISITNUM": "VISIT"},
    optional=("TV.VISITNUM", "TV.VISIT"),
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
        # A planned name counts as well: it may stand beside a number that nobody planned.
        counted = dataset[number].isin(planned["VISITNUM"].dropna()).to_numpy()
        counted = counted | is_any(dataset[name], *planned["VISIT"].dropna())
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


@rule(
    "unscheduled-visit-without-record",
    on="VISITNUM",
    classes=("Events", "Interventions", "Findings"),
    needs="USUBJID",
    optional=("--STAT", "--OCCUR", "TV.VISITNUM", "SV.USUBJID", "SV.VISITNUM"),
    shows="VISITNUM",
    severity="warning",
    source="CORE-000168, CG0034",
)
def unscheduled_visit_without_record(
    dataset: pd.DataFrame, number: str, planned: pd.DataFrame, visits: pd.DataFrame
) -> Mask:
    """Something was done at an unscheduled visit that SV does not have.

    Expected: a record of the visit in SV.
    Why: nobody said that the visit took place; it was numbered by the date of what was done.
    Do:  query the site, and complete the form of the visit.
    """
    if not len(planned) or not len(visits):
        return np.zeros(len(dataset), dtype=bool)
    unplanned = filled(dataset[number]) & ~dataset[number].isin(planned["VISITNUM"]).to_numpy()
    for name in dataset.columns:
        if name[2:] in ("STAT", "OCCUR"):
            unplanned &= ~is_any(dataset[name], "NOT DONE", "N")
    if not unplanned.any():
        return unplanned
    ours, theirs = shared_codes([dataset["USUBJID"], visits["USUBJID"]])
    held = pd.MultiIndex.from_arrays([theirs, visits["VISITNUM"]])
    return unplanned & ~pd.MultiIndex.from_arrays([ours, dataset[number]]).isin(held)
