"""Rules on dates that contradict each other."""

from __future__ import annotations

import pandas as pd

from validation.dates import moments
from validation.rules.registry import rule
from validation.values import Mask, looked_up


@rule(
    "end-before-start",
    on={"--ENDTC": "--STDTC"},
    without="DM",
    severity="error",
    source="CORE-000718, FB3209",
)
def end_before_start(dataset: pd.DataFrame, variable: str, start: str) -> Mask:
    """--ENDTC is before --STDTC.

    Expected: an end that is not before the start, as far as both dates are known.
    Why: durations become negative, and the event or dose falls out of its period.
    Do:  query the dates; look first whether day and month were exchanged.
    """
    return moments(dataset[variable]).before(moments(dataset[start]))


@rule(
    "end-before-collection",
    on={"--ENDTC": "--DTC"},
    classes="Findings",
    severity="error",
    source="CORE-000866, FB3210",
)
def end_before_collection(dataset: pd.DataFrame, variable: str, start: str) -> Mask:
    """--ENDTC is before --DTC.

    Expected: a collection that ends when or after it starts, as far as both dates are known.
    Why: the length of the collection becomes negative.
    Do:  query the dates.
    """
    return moments(dataset[variable]).before(moments(dataset[start]))


@rule(
    "start-after-death",
    on="--STDTC",
    classes=("Events", "Interventions"),
    without="DS",
    needs=("USUBJID", "DM.USUBJID", "DM.DTHDTC"),
    severity="warning",
)
def start_after_death(dataset: pd.DataFrame, variable: str, subjects: pd.DataFrame) -> Mask:
    """The start is after the death of the subject.

    Expected: events and doses that start no later than DM.DTHDTC.
    Why: one of the two dates is wrong, or the record belongs to another subject.
    Do:  query both dates.
    """
    death = looked_up(dataset["USUBJID"], subjects["USUBJID"], subjects["DTHDTC"])
    return moments(death).day_before(moments(dataset[variable]))


@rule(
    "result-after-death",
    on="--DTC",
    classes="Findings",
    without=("DD", "SS"),
    needs=("USUBJID", "DM.USUBJID", "DM.DTHDTC"),
    severity="warning",
)
def result_after_death(dataset: pd.DataFrame, variable: str, subjects: pd.DataFrame) -> Mask:
    """The assessment is after the death of the subject.

    Expected: assessments no later than DM.DTHDTC.
    Why: one of the two dates is wrong, or the record belongs to another subject.
    Do:  query both dates.
    """
    death = looked_up(dataset["USUBJID"], subjects["USUBJID"], subjects["DTHDTC"])
    return moments(death).day_before(moments(dataset[variable]))


@rule(
    "date-after-participation",
    on=("--DTC", "--ENDTC"),
    classes=("Events", "Interventions", "Findings"),
    without=("DS", "DD", "SS"),
    needs=("USUBJID", "DM.USUBJID", "DM.RFPENDTC"),
    severity="warning",
    source="CORE-000720, FB3406, CORE-000952, FB3407",
)
def date_after_participation(dataset: pd.DataFrame, variable: str, subjects: pd.DataFrame) -> Mask:
    """The date is after the end of the subject's participation.

    Expected: dates no later than DM.RFPENDTC.
    Why: RFPENDTC is the last contact; a later date makes it wrong, or is wrong itself.
    Do:  look whether RFPENDTC takes all contacts into account, then query the date.
    """
    last = looked_up(dataset["USUBJID"], subjects["USUBJID"], subjects["RFPENDTC"])
    return moments(last).day_before(moments(dataset[variable]))
