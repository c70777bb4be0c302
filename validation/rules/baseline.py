"""Rules on flags, and on the last observation before exposure."""

from __future__ import annotations

import pandas as pd

from validation.dates import moments
from validation.rules.registry import rule
from validation.values import Mask, filled, group_numbers, is_any, looked_up, missing, repeated

# What makes two results of a subject results of one test (time points and visits do not).
ONE_TEST = (
    *("--CAT", "--SCAT", "--OBJ", "--SPEC", "--METHOD", "--LOC", "--LAT", "--DIR", "--PORTOT", "--POS"),
    *("--ANTREG", "--LNKID", "--REFID", "--EVAL", "--EVALID", "FOCID"),
)
ONE_TIME = ("--TPT", "--TPTNUM", "--TPTREF")


@rule(
    "flag-not-y",
    on=("--LOBXFL", "--BLFL", "--DRVFL", "DTHFL"),
    by_value=True,
    severity="error",
    source="CORE-000170, CG0541, CORE-000006, CG0131",
)
def flag_not_y(dataset: pd.DataFrame, variable: str) -> Mask:
    """The flag has another value than Y.

    Expected: Y, or nothing.
    Why: programs select the flagged records by any value or by Y, and then differ.
    Do:  leave the flag empty where it is not set.
    """
    return filled(dataset[variable]) & ~is_any(dataset[variable], "Y")


@rule(
    "baseline-without-result",
    on=("--LOBXFL", "--BLFL"),
    classes="Findings",
    needs="--STRESC",
    optional=("--STAT", "--ORRES", "--DRVFL"),
    severity="error",
    source="CORE-000105, CG0569, FB2602, CORE-000083, CG0553, CORE-000643, FB2601",
)
def baseline_without_result(dataset: pd.DataFrame, flag: str) -> Mask:
    """A baseline flag stands on a record without a result.

    Expected: the flag on the last record with a result.
    Why: the baseline is missing although an earlier result may be there.
    Do:  leave NOT DONE and empty records out when the flag is derived.
    """
    prefix = flag[:2]
    empty = missing(dataset[prefix + "STRESC"]) | is_any(dataset[prefix + "STAT"], "NOT DONE")
    return is_any(dataset[flag], "Y") & empty


@rule(
    "baseline-after-exposure",
    on={"--LOBXFL": "--DTC"},
    classes="Findings",
    needs=("USUBJID", "DM.USUBJID", "DM.RFXSTDTC"),
    severity="error",
)
def baseline_after_exposure(dataset: pd.DataFrame, flag: str, date: str, subjects: pd.DataFrame) -> Mask:
    """The last observation before exposure is after the first exposure.

    Expected: the flag on a record that is not after DM.RFXSTDTC, time of day included where it is known.
    Why: the baseline would show an effect of the treatment.
    Do:  derive the flag with date and time of the first dose.
    """
    exposure = looked_up(dataset["USUBJID"], subjects["USUBJID"], subjects["RFXSTDTC"])
    return is_any(dataset[flag], "Y") & moments(dataset[date]).after(moments(exposure))


@rule(
    "baseline-repeated",
    on=("--LOBXFL", "--BLFL"),
    classes="Findings",
    needs=("USUBJID", "--TESTCD"),
    optional=(*ONE_TEST, *ONE_TIME),
    shows=("--TESTCD", "--SPEC", "--POS", "--LOC"),
    severity="error",
    source="CORE-000915, FB2604, CORE-000914, FB2603",
)
def baseline_repeated(dataset: pd.DataFrame, flag: str) -> Mask:
    """Several records of one test are the baseline, or the last before exposure.

    Expected: one flagged record for each subject, test, specimen, method, position and location.
    Why: a subject has one baseline for each test.
    Do:  flag the last record only; of records at the same time, by a rule that the spec states.
    """
    flagged = is_any(dataset[flag], "Y")
    # --LOBXFL is the last of all results; --BLFL may mark a baseline for each time point.
    told_apart = (*ONE_TEST, *ONE_TIME) if flag.endswith("BLFL") else ONE_TEST
    keys = [name.replace("--", flag[:2]) for name in ("USUBJID", "--TESTCD", *told_apart)]
    groups = group_numbers(dataset, keys)
    wrong = flagged.copy()
    wrong[flagged] = repeated(groups[flagged])
    return wrong
