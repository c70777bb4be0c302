"""Rules on medical history, deviations, and on days and dates that must follow each other."""

from __future__ import annotations

import pandas as pd

from validation.dates import moments
from validation.rules.conditions import condition
from validation.rules.registry import rule
from validation.values import Mask, filled, looked_up

condition(
    "end-day-before-start-day",
    on={"--ENDY": "--STDY"},
    when="it below partner",
    severity="error",
    source="CORE-000708, FB3207",
    message="--ENDY is before --STDY",
    expected="an end day that is not before the start day",
    do="query the dates, then derive the days again",
    why="durations become negative",
)
condition(
    "end-day-before-collection-day",
    on={"--ENDY": "--DY"},
    classes="Findings",
    when="it below partner",
    severity="error",
    source="CORE-000707, FB3208",
    message="--ENDY is before --DY",
    expected="a collection that ends on the day it starts, or later",
    do="query the dates, then derive the days again",
    why="the length of the collection becomes negative",
)
condition(
    "end-without-start",
    on="--ENDTC",
    classes=("Events", "Interventions"),
    when="it filled and --STDTC empty and --STRF empty and --STRTPT empty",
    severity="note",
    source="CORE-000892, FB4301",
    message="There is an end date, and nothing is said of the start",
    expected="--STDTC as far as it is known, or a relation such as --STRTPT = BEFORE",
    do="query the start; where it is not known, say how it lies to a known time point",
    why="whether it began before treatment decides whether it is emergent",
)


@rule(
    "history-after-start",
    on=("MHSTDTC", "MHENDTC"),
    datasets="MH",
    needs=("USUBJID", "DM.USUBJID", "DM.RFSTDTC"),
    severity="warning",
    source="CORE-000236, CG0079, CORE-000250, CG0078",
)
def history_after_start(dataset: pd.DataFrame, date: str, subjects: pd.DataFrame) -> Mask:
    """Something of the medical history started or ended on or after the reference start.

    Expected: dates before DM.RFSTDTC; what is going on then is told by MHENRTPT or MHENRF.
    Why: what begins in the study is an adverse event.
    Do:  query the date, or look whether the record belongs to AE.
    """
    reference = looked_up(dataset["USUBJID"], subjects["USUBJID"], subjects["RFSTDTC"])
    return moments(reference).day_before(moments(dataset[date]))


@rule(
    "deviation-before-consent",
    on="DVSTDTC",
    datasets="DV",
    needs=("USUBJID", "DM.USUBJID", "DM.RFICDTC"),
    severity="error",
    source="CORE-000086, CG0075",
)
def deviation_before_consent(dataset: pd.DataFrame, date: str, subjects: pd.DataFrame) -> Mask:
    """A deviation from the protocol is before the informed consent.

    Expected: DVSTDTC on or after DM.RFICDTC.
    Why: before the consent the protocol does not bind the subject.
    Do:  query both dates.
    """
    consent = looked_up(dataset["USUBJID"], subjects["USUBJID"], subjects["RFICDTC"])
    return moments(dataset[date]).day_before(moments(consent))


@rule("category-of-all-history", on="MHCAT", datasets="MH", severity="note", source="CORE-000365, CG0077")
def category_of_all_history(dataset: pd.DataFrame, category: str) -> bool:
    """All records of the medical history have one category.

    Expected: several categories, or no MHCAT.
    Why: a category that all records have groups nothing.
    Do:  leave MHCAT out, unless the form has other groups that nobody filled.
    """
    return len(dataset) > 1 and bool(filled(dataset[category]).all()) and dataset[category].nunique() == 1
