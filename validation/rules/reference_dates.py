"""Rules on the reference dates of DM."""

from __future__ import annotations

import pandas as pd

from validation.dates import moments
from validation.rules.registry import rule
from validation.values import Mask


@rule(
    "reference-period-reversed",
    on={"RFENDTC": "RFSTDTC", "RFXENDTC": "RFXSTDTC", "RFCENDTC": "RFCSTDTC"},
    datasets="DM",
    severity="error",
    source="CORE-000711, FB3404, CORE-000714, FB3408, CORE-000760, FB3413",
)
def reference_period_reversed(dataset: pd.DataFrame, end: str, start: str) -> Mask:
    """A reference period ends before it starts.

    Expected: an end that is not before the start.
    Why: every study day, epoch and duration of the subject hangs on these dates.
    Do:  check the dates that the reference dates are made from.
    """
    return moments(dataset[end]).before(moments(dataset[start]))


@rule(
    "consent-after-start",
    on={"RFSTDTC": "RFICDTC", "RFXSTDTC": "RFICDTC"},
    datasets="DM",
    severity="error",
    source="CORE-000713, FB3411, CORE-000658, FB3412",
)
def consent_after_start(dataset: pd.DataFrame, start: str, consent: str) -> Mask:
    """The informed consent is after the start of the study or of exposure.

    Expected: a consent no later than the start.
    Why: nothing may be done to a subject before the consent.
    Do:  query the date of consent; if it is right, this is a protocol deviation.
    """
    return moments(dataset[start]).before(moments(dataset[consent]))


@rule("consent-after-collection", on={"DMDTC": "RFICDTC"}, datasets="DM", severity="warning")
def consent_after_collection(dataset: pd.DataFrame, collected: str, consent: str) -> Mask:
    """The informed consent is after the collection of the demographics.

    Expected: a consent no later than the first collection.
    Why: data may be collected only after the consent.
    Do:  query both dates; if they are right, this is a protocol deviation.
    """
    return moments(dataset[collected]).before(moments(dataset[consent]))


@rule("birth-after-start", on={"RFSTDTC": "BRTHDTC"}, datasets="DM", severity="error")
def birth_after_start(dataset: pd.DataFrame, start: str, birth: str) -> Mask:
    """The date of birth is after the start of the study.

    Expected: a birth before the subject took part.
    Why: the age becomes negative.
    Do:  query the date of birth.
    """
    return moments(dataset[start]).before(moments(dataset[birth]))
