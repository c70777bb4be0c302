"""Rules on time-to-event parameters (ADaM BDS for time-to-event analyses 1.0)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from validation.analysis_columns import days, numbers, subject_rows, texts
from validation.analysis_tables import TIME_TO_EVENT
from validation.rules.registry import Fault, dataset_rule
from validation.tables import Table
from validation.values import missing, repeated, rows_where

# Days of one unit as studies define it; which of them counts is a matter of the plan.
_DAYS_PER = {
    "DAY": (1.0,),
    "WEEK": (7.0,),
    "MONTH": (30.4375, 365.25 / 12, 30.4, 30.44, 30.0, 30.42, 30.4167, 28.0),
    "YEAR": (365.25, 365.0, 365.2425),
}
_SLACK = 0.0051  # of a value that was rounded to two digits


@dataset_rule("censoring-not-whole", severity="error", source="ADaM TTE 1.0, 4", classes=TIME_TO_EVENT)
def censoring_not_whole(table: Table) -> Iterator[Fault] | None:
    """CNSR is no whole number from 0 on.

    Expected: 0 for an event, 1 or another whole number for each reason of censoring.
    Why: procedures for survival take every value that they do not know as an event or as missing.
    Do:  look at the censoring rules of the parameter.
    """
    censored = numbers(table, "CNSR")
    if censored is None:
        return None
    with np.errstate(invalid="ignore"):
        return iter([Fault("CNSR", (censored < 0) | (censored != np.floor(censored)) & ~np.isnan(censored))])


@dataset_rule("censoring-missing", severity="error", source="ADaM TTE 1.0, 4", classes=TIME_TO_EVENT)
def censoring_missing(table: Table) -> Iterator[Fault] | None:
    """There is a time and it is not said whether the event happened.

    Expected: CNSR wherever AVAL has a value.
    Why: the subject drops out of the analysis without a word.
    Do:  look which event or censoring rule the subject falls under.
    """
    censored, value = numbers(table, "CNSR"), numbers(table, "AVAL")
    if censored is None or value is None:
        return None
    return iter([Fault("CNSR", np.isnan(censored) & ~np.isnan(value), ("PARAMCD", "AVAL"))])


@dataset_rule("event-undescribed", severity="warning", source="ADaM TTE 1.0, 4", classes=TIME_TO_EVENT)
def event_undescribed(table: Table) -> Iterator[Fault] | None:
    """It is not said what the event or the reason of censoring was.

    Expected: EVNTDESC on every record with CNSR.
    Why: a reviewer cannot trace the event.
    Do:  describe the events and the censoring in the spec of the parameter.
    """
    censored, words = numbers(table, "CNSR"), texts(table, "EVNTDESC")
    if censored is None or words is None:
        return None
    return iter([Fault("EVNTDESC", ~np.isnan(censored) & missing(words), ("PARAMCD", "CNSR"))])


@dataset_rule("event-described-as-two", severity="error", source="ADaM TTE 1.0, 4", classes=TIME_TO_EVENT)
def event_described_as_two(table: Table) -> Iterator[Fault] | None:
    """One description stands for an event in some records and for censoring in others.

    Expected: within a parameter, CNSR = 0 and CNSR > 0 with different descriptions.
    Why: one of the two groups is counted wrongly.
    Do:  look at the records and at the rules of the parameter.
    """
    censored, words, code = numbers(table, "CNSR"), texts(table, "EVNTDESC"), texts(table, "PARAMCD")
    if censored is None or words is None or code is None:
        return None
    judged = ~np.isnan(censored) & ~missing(words)
    wrong = np.zeros(len(censored), dtype=bool)
    groups = np.unique(subject_rows(table, ("PARAMCD", "EVNTDESC")), return_inverse=True)[1]
    size = int(groups.max()) + 1 if len(groups) else 0
    events = np.bincount(groups[judged], weights=censored[judged] == 0, minlength=size)
    others = np.bincount(groups[judged], weights=censored[judged] > 0, minlength=size)
    if size:
        wrong = judged & ((events > 0) & (others > 0))[groups]
    return iter([Fault("EVNTDESC", wrong, ("PARAMCD", "CNSR"))])


@dataset_rule(
    "censoring-date-undescribed", severity="warning", source="ADaM TTE 1.0, 4", classes=TIME_TO_EVENT
)
def censoring_date_undescribed(table: Table) -> Iterator[Fault] | None:
    """A censored record does not say which date it was censored at, though others do.

    Expected: CNSDTDSC wherever CNSR is above 0.
    Why: a reviewer cannot trace the date.
    Do:  describe the date of each censoring rule.
    """
    censored, words = numbers(table, "CNSR"), texts(table, "CNSDTDSC")
    if censored is None or words is None:
        return None
    with np.errstate(invalid="ignore"):
        return iter([Fault("CNSDTDSC", (censored > 0) & missing(words), ("PARAMCD", "CNSR"))])


@dataset_rule("event-before-origin", severity="error", source="ADaM TTE 1.0, 4", classes=TIME_TO_EVENT)
def event_before_origin(table: Table) -> Iterator[Fault] | None:
    """The event or censoring is before the time at risk starts.

    Expected: ADT on or after STARTDT.
    Why: the time to the event is negative, and procedures leave the record out.
    Do:  look at both dates; a subject that is never at risk is censored at STARTDT.
    """
    date, start = days(table, "A"), days(table, "START")
    if date is None or start is None:
        return None
    return iter([Fault("ADT", date < start, ("STARTDT", "PARAMCD"))])


@dataset_rule("time-to-event-differs", severity="error", source="ADaM TTE 1.0, 4", classes=TIME_TO_EVENT)
def time_to_event_differs(table: Table) -> Iterator[Fault] | None:
    """AVAL is not the time between STARTDT and ADT.

    Expected: ADT - STARTDT, with or without 1, in the unit of AVALU or PARAM.
    Why: the analysis is made of AVAL, and the dates would show another time.
    Do:  derive AVAL from the two dates.
    """
    value, date, start = numbers(table, "AVAL"), days(table, "A"), days(table, "START")
    if value is None or date is None or start is None:
        return None
    unit = texts(table, "AVALU")
    if unit is None:
        unit = texts(table, "PARAM")
    if unit is None:
        return None
    wrong = np.zeros(len(value), dtype=bool)
    for word, lengths in _DAYS_PER.items():
        gap = np.stack([(date - start + more) / length for length in lengths for more in (0, 1)])
        fits = (np.abs(gap - value) <= _SLACK).any(axis=0)
        of_unit = rows_where(unit, lambda known, word=word: [_is_unit(text, word) for text in known])  # type: ignore[misc]
        wrong |= of_unit & ~fits & ~np.isnan(value) & ~np.isnan(date) & ~np.isnan(start)
    return iter([Fault("AVAL", wrong, ("STARTDT", "ADT", "AVALU", "PARAMCD"))])


@dataset_rule("times-to-one-event", severity="warning", source="ADaM TTE 1.0, 4", classes=TIME_TO_EVENT)
def times_to_one_event(table: Table) -> Iterator[Fault] | None:
    """A subject has several records of one parameter.

    Expected: one time for each subject and parameter, or flags that choose one.
    Why: the subject is counted more than once.
    Do:  make a parameter of each event, or flag the record of the analysis.
    """
    if "PARAMCD" not in table.frame.columns or "USUBJID" not in table.frame.columns:
        return None
    if any(name.startswith("ANL") and name.endswith("FL") for name in table.frame.columns):
        return None
    return iter([Fault("PARAMCD", repeated(subject_rows(table, ("USUBJID", "PARAMCD"))), ("AVAL",))])


def _is_unit(text: str, word: str) -> bool:
    """Whether a unit, or a parameter's name with its unit in brackets, is of this kind: DAYS, OS (months)."""
    inside = text[text.rfind("(") + 1 :] if "(" in text else text
    return inside.strip().rstrip(")").strip().upper().rstrip("S") == word
