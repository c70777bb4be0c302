"""Rules on the seriousness, the grade and the outcome of adverse events."""

from __future__ import annotations

import numpy as np
import pandas as pd

from validation.rules.registry import rule
from validation.values import Mask, filled, is_any, missing, rows_where

CRITERIA = (*("AESCAN", "AESCONG", "AESDISAB", "AESDTH", "AESHOSP", "AESLIFE", "AESOD", "AESMIE", "AESINTV"),)

_GRADES = frozenset("012345")


def _any_criterion(dataset: pd.DataFrame) -> Mask:
    return np.logical_or.reduce([is_any(dataset[name], "Y") for name in CRITERIA])


@rule(
    "non-serious-with-criterion",
    on="AESER",
    datasets="AE",
    needs=(CRITERIA,),
    severity="error",
    source="CORE-000022, CG0041",
)
def non_serious_with_criterion(dataset: pd.DataFrame, variable: str) -> Mask:
    """The event is not serious although a criterion of seriousness is Y.

    Expected: AESER = Y wherever a criterion is Y.
    Why: a serious event would be missing from the safety reports.
    Do:  query the site; do not correct either value here.
    """
    return ~is_any(dataset[variable], "Y") & _any_criterion(dataset)


@rule(
    "serious-without-criterion",
    on="AESER",
    datasets="AE",
    needs=(CRITERIA,),
    shows="AESER",
    severity="warning",
    source="CORE-000266, CG0042",
)
def serious_without_criterion(dataset: pd.DataFrame, variable: str) -> Mask:
    """The event is serious and no criterion of seriousness is Y.

    Expected: at least one criterion that is Y.
    Why: a reviewer asks what makes the event serious.
    Do:  query the site for the criterion.
    """
    return is_any(dataset[variable], "Y") & ~_any_criterion(dataset)


@rule(
    "not-recovered-with-end-date",
    on={"AEOUT": "AEENDTC"},
    datasets="AE",
    severity="warning",
    source="CORE-000657, FB3409",
)
def not_recovered_with_end_date(dataset: pd.DataFrame, outcome: str, end: str) -> Mask:
    """The event has not been recovered from and has an end date.

    Expected: no end date while the event goes on.
    Why: the event is counted both as going on and as over.
    Do:  query outcome and end date.
    """
    return is_any(dataset[outcome], "NOT RECOVERED/NOT RESOLVED") & filled(dataset[end])


@rule(
    "recovered-without-end-date",
    on={"AEOUT": "AEENDTC"},
    datasets="AE",
    severity="warning",
    source="CORE-000659, FB3410",
)
def recovered_without_end_date(dataset: pd.DataFrame, outcome: str, end: str) -> Mask:
    """The event has been recovered from and has no end date.

    Expected: an end date, as far as it is known.
    Why: the duration of the event cannot be told.
    Do:  query the end date; a partial date is enough.
    """
    return is_any(dataset[outcome], "RECOVERED/RESOLVED") & missing(dataset[end])


@rule("fatal-without-death-criterion", on="AEOUT", datasets="AE", needs="AESDTH", severity="error")
def fatal_without_death_criterion(dataset: pd.DataFrame, outcome: str) -> Mask:
    """The outcome is FATAL and AESDTH is not Y.

    Expected: AESDTH = Y on a fatal event.
    Why: deaths are counted by either variable.
    Do:  query the site.
    """
    return is_any(dataset[outcome], "FATAL") & ~is_any(dataset["AESDTH"], "Y")


@rule(
    "toxicity-grade-unknown",
    on="--TOXGR",
    by_value=True,
    severity="warning",
    source="CORE-000169, CG0185, NCI CTCAE 5.0",
)
def toxicity_grade_unknown(dataset: pd.DataFrame, grade: str) -> Mask:
    """The toxicity grade is none of the scales in use.

    Expected: one digit from 0 to 5, as CTCAE and the other scales have it.
    Why: tables by worst grade sort and count these digits; GRADE 3 or 6 would be missing from them.
    Do:  map the grade to its digit, or query the site.
    """
    return rows_where(dataset[grade], lambda texts: [text not in _GRADES for text in texts])
