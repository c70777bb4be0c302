"""Rules on planned and actual arms, and on why there is none."""

from __future__ import annotations

import pandas as pd

from validation.rules.registry import rule
from validation.values import Mask, equal, filled, is_any, missing, rows_where

_ARMS = {"ARMCD": "ARM", "ACTARMCD": "ACTARM"}
_NO_ARM = {"screen failure", "not assigned", "not treated", "unplanned treatment"}


@rule(
    "arm-half-missing",
    on=_ARMS,
    datasets="DM",
    severity="error",
    source="CORE-000119, CG0521, CORE-000120, CG0522",
)
def arm_half_missing(dataset: pd.DataFrame, code: str, name: str) -> Mask:
    """An arm has its code or its name, but not both.

    Expected: both, or neither.
    Why: subjects are grouped by either of them.
    Do:  map code and name from one source.
    """
    return missing(dataset[code]) != missing(dataset[name])


@rule(
    "arm-without-reason",
    on=("ARMCD", "ACTARMCD"),
    datasets="DM",
    optional="ARMNRS",
    severity="error",
    source="CORE-000045, CG0517, CORE-000046, CG0519, CORE-000223, CG0513, CORE-000224, CG0515",
)
def arm_without_reason(dataset: pd.DataFrame, code: str) -> Mask:
    """There is no arm, and ARMNRS does not say why.

    Expected: an arm, or a reason in ARMNRS such as SCREEN FAILURE.
    Why: the subject drops out of every table by arm, and nobody knows whether rightly.
    Do:  fill ARMNRS for subjects without an arm.
    """
    return missing(dataset[code]) & missing(dataset["ARMNRS"])


@rule(
    "reason-although-arms",
    on="ARMNRS",
    datasets="DM",
    needs=("ARMCD", "ACTARMCD"),
    severity="error",
    source="CORE-000121, CG0520",
)
def reason_although_arms(dataset: pd.DataFrame, reason: str) -> Mask:
    """There are a planned and an actual arm, and a reason why there is none.

    Expected: ARMNRS only where ARMCD or ACTARMCD is empty.
    Why: the record contradicts itself.
    Do:  empty ARMNRS, or the arms.
    """
    return filled(dataset[reason]) & filled(dataset["ARMCD"]) & filled(dataset["ACTARMCD"])


@rule(
    "no-arm-as-arm",
    on=("ARM", "ACTARM"),
    by_value=True,
    severity="error",
    source="CORE-000115, CG0570",
)
def no_arm_as_arm(dataset: pd.DataFrame, variable: str) -> Mask:
    """The arm says that there is none.

    Expected: an empty arm, and the reason in ARMNRS (since SDTMIG 3.3).
    Why: a screen failure would be counted as an arm of treatment.
    Do:  empty ARM, ARMCD, ACTARM and ACTARMCD of these subjects, and fill ARMNRS.
    """
    return rows_where(dataset[variable], lambda texts: [text.strip().lower() in _NO_ARM for text in texts])


@rule(
    "actual-arm-differs",
    on={"ACTARMCD": "ARMCD"},
    datasets="DM",
    severity="note",
    source="CORE-000655, FB2501, CORE-000656, FB2502",
)
def actual_arm_differs(dataset: pd.DataFrame, actual: str, planned: str) -> Mask:
    """The subject was treated in another arm than planned.

    Expected: the planned arm.
    Why: such subjects change groups between efficacy and safety analyses.
    Do:  confirm with the study team.
    """
    both = filled(dataset[actual]) & filled(dataset[planned])
    return both & ~equal(dataset[actual], dataset[planned])


@rule(
    "arm-without-exposure",
    on="ACTARMCD",
    datasets="DM",
    needs=("USUBJID", "EX.USUBJID"),
    optional="ARMNRS",
    shows=("ACTARMCD", "ARMNRS"),
    severity="warning",
    source="CORE-000885, FB2302, CORE-000886, FB2306",
)
def arm_without_exposure(dataset: pd.DataFrame, actual: str, exposures: pd.DataFrame) -> Mask:
    """The subject has an actual arm and no exposure.

    Expected: records in EX, or no actual arm and a reason in ARMNRS.
    Why: a subject who was never treated would be analysed as treated.
    Do:  complete EX, or say NOT TREATED.
    """
    named = filled(dataset[actual]) & ~rows_where(
        dataset[actual],
        lambda texts: [text.strip().upper() in ("SCRNFAIL", "NOTASSGN", "NOTTRT") for text in texts],
    )
    return named & missing(dataset["ARMNRS"]) & ~is_any(dataset["USUBJID"], *exposures["USUBJID"].dropna())


@rule(
    "exposure-without-arm",
    on="ARMNRS",
    datasets="DM",
    needs=("USUBJID", "EX.USUBJID"),
    severity="error",
    source="CORE-000927, FB2304",
)
def exposure_without_arm(dataset: pd.DataFrame, reason: str, exposures: pd.DataFrame) -> Mask:
    """ARMNRS says that the subject was not treated, and EX has a dose.

    Expected: no EX records for a screen failure, or for a subject not assigned or not treated.
    Why: the subject belongs to the safety population, or the doses belong to somebody else.
    Do:  query the site.
    """
    untreated = filled(dataset[reason]) & ~is_any(dataset[reason], "UNPLANNED TREATMENT")
    return untreated & is_any(dataset["USUBJID"], *exposures["USUBJID"].dropna())


@rule(
    "reference-start-without-arm",
    on={"RFSTDTC": "ARMNRS"},
    datasets="DM",
    severity="warning",
    source="CORE-000758, CG0534",
)
def reference_start_without_arm(dataset: pd.DataFrame, start: str, reason: str) -> Mask:
    """The subject has a reference start and was neither assigned nor treated.

    Expected: no RFSTDTC where ARMNRS says that the subject did not start.
    Why: study days would count from a start that never was.
    Do:  leave RFSTDTC empty for these subjects, or correct ARMNRS.
    """
    return filled(dataset[start]) & filled(dataset[reason]) & ~is_any(dataset[reason], "UNPLANNED TREATMENT")


@rule(
    "reason-contradicts-arms",
    on="ARMNRS",
    datasets="DM",
    needs=("ARMCD", "ACTARMCD"),
    severity="error",
    source="SDTMIG 3.4, 5.2",
)
def reason_contradicts_arms(dataset: pd.DataFrame, reason: str) -> Mask:
    """The reason why there is no arm does not go with the arms.

    Expected: no arm at all for SCREEN FAILURE and NOT ASSIGNED; a planned arm for ASSIGNED, NOT TREATED; no actual
              arm for this and for UNPLANNED TREATMENT.
    Why: the subject is in two groups at once, or in none.
    Do:  correct the reason or the arms.
    """
    planned, actual = filled(dataset["ARMCD"]), filled(dataset["ACTARMCD"])
    neither = is_any(dataset[reason], "SCREEN FAILURE", "NOT ASSIGNED")
    untreated = is_any(dataset[reason], "ASSIGNED, NOT TREATED")
    unplanned = is_any(dataset[reason], "UNPLANNED TREATMENT")
    both = planned & actual  # which reason-although-arms tells
    return ((neither & (planned | actual)) | (untreated & (~planned | actual)) | (unplanned & actual)) & ~both


@rule(
    "unplanned-treatment-undescribed",
    on="ARMNRS",
    datasets="DM",
    optional="ACTARMUD",
    severity="warning",
    source="SDTMIG 3.4, 5.2",
)
def unplanned_treatment_undescribed(dataset: pd.DataFrame, reason: str) -> Mask:
    """The treatment was unplanned and not described, or described and not said to be unplanned.

    Expected: ACTARMUD where ARMNRS is UNPLANNED TREATMENT, and nowhere else.
    Why: nobody knows what the subject was treated with.
    Do:  describe it in ACTARMUD, or correct ARMNRS.
    """
    return is_any(dataset[reason], "UNPLANNED TREATMENT") != filled(dataset["ACTARMUD"])


@rule(
    "arm-not-planned",
    on=("ARMCD", "ACTARMCD"),
    datasets=("DM", "TV"),
    needs="TA.ARMCD",
    by_value=True,
    severity="error",
    source="CORE-000208, CG0512, CORE-000210, CG0516, CORE-000155, CG0293",
)
def arm_not_planned(dataset: pd.DataFrame, code: str, arms: pd.DataFrame) -> Mask:
    """The arm is not in TA.

    Expected: an arm that the trial design has.
    Why: the subject is in a group that the protocol does not know.
    Do:  correct the arm, or add it to TA.
    """
    return filled(dataset[code]) & ~is_any(dataset[code], *arms["ARMCD"].dropna())


@rule(
    "arm-name-not-planned",
    on=("ARM", "ACTARM"),
    datasets=("DM", "TV"),
    needs="TA.ARM",
    by_value=True,
    severity="error",
    source="CORE-000047, CG0518, CORE-000209, CG0514, CORE-000156, CG0294",
)
def arm_name_not_planned(dataset: pd.DataFrame, name: str, arms: pd.DataFrame) -> Mask:
    """The name of the arm is not in TA.

    Expected: the name that the trial design gives the arm.
    Why: tables by name and by code come out differently.
    Do:  take code and name from one list.
    """
    return filled(dataset[name]) & ~is_any(dataset[name], *arms["ARM"].dropna())
