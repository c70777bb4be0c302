"""Time to the first of several events, or to the last date that is known to be free of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import BeforeValidator

from sdtm.derivations.day_numbers import day_number, day_numbers
from sdtm.derivations.event_sources import (
    RESULT,
    CensorSource,
    Chosen,
    DateSource,
    EventSource,
    Outcome,
    Unit,
    as_source,
    choose,
)
from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from sdtm.derivations.subject_table import subject_rows
from specs.catalogue import Carried, Column, Params

Start = Annotated[DateSource | Column, BeforeValidator(as_source)]


class SubjectTime(Params):
    """What every time to event needs; the records are the subjects."""

    parameter: str = ""
    label: str = ""
    subject: Carried = "USUBJID"
    start: Start = "TRTSDT"
    unit: Unit = "days"
    cut_off: str = ""  # a date


class TimeToEvent(SubjectTime):
    events: tuple[EventSource, ...]
    censor: tuple[CensorSource, ...] = ()


@derivation("time_to_event", TimeToEvent, makes="records", fixed=RESULT)
def time_to_event(
    records: pd.DataFrame, params: TimeToEvent, notes: Notes, tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """The time from a start to the earliest event, or without one to the latest censoring date.

    AVAL = ADT - STARTDT + 1 days. ADT is never before STARTDT. CNSR is 0 for an event; of several events or
    censorings on one day the one that the spec names first describes it. SRCDOM, SRCVAR and SRCSEQ point at
    the record that ADT came from. An event after ``cut_off`` is none, a later censoring date ends there.

    Shape:   n subjects in, one record each; one record per subject with a start out.
    Unit:    ``unit``; a month is 30.4375 days, a week 7, a year 365.25. AVALU says which.
    Missing: ADT, AVAL and CNSR of a subject with neither event nor censoring date.
    Errors:  event before start, event without date, no end at all: notes.
    Source:  ADaM Basic Data Structure for Time-to-Event Analyses 1.0.
    Example: start 2022-01-10, PD 2022-04-04, death 2022-05-01 -> CNSR 0, 85 days, Disease progression.
    """
    subjects, start = started(records, params, notes, tables)
    cut_off = day_number(params.cut_off)
    events = [choose(source, tables, subjects, notes, until=cut_off) for source in params.events]
    notes.add(
        "several-events-on-one-day",
        subjects.index[_ties(events)],
        found="several events on the day that counts",
        expected="one event; the source that the spec names first describes it",
        do="nothing, if the order of the sources is meant so",
        severity="note",
    )
    outcome = Outcome(start)
    for which, chosen, source in _by_day(events, params.events, latest=False):
        outcome.end(which, 0, source.EVNTDESC, chosen)
    dates = [choose(source, tables, subjects, notes, last=True) for source in params.censor]
    dates = [_until(chosen, cut_off) for chosen in dates]
    for which, chosen, source in _by_day(dates, params.censor, latest=True):
        outcome.end(which, source.CNSR, source.EVNTDESC, chosen, source.CNSDTDSC)  # type: ignore[attr-defined]
    return outcome.records(
        subjects, params.subject, params.unit, params.parameter, params.label, notes, subjects.index
    ).reset_index(drop=True)


def started(
    records: pd.DataFrame, params: SubjectTime, notes: Notes, tables: Mapping[str, pd.DataFrame]
) -> tuple[pd.Series, np.ndarray]:
    """The subjects that have a start, with their index labels in the records, and the day of it."""
    subject_rows(records, "the records", params.subject, [])
    ordered = records.sort_values(params.subject)
    subjects = ordered[params.subject]
    if isinstance(params.start, DateSource):
        day = choose(params.start, tables, subjects, notes).day
    else:
        day = day_numbers(ordered[params.start], params.start)
    has = ~np.isnan(day)
    return subjects[has], day[has]


def _by_day(
    found: list[Chosen], sources: tuple[EventSource, ...], latest: bool
) -> list[tuple[np.ndarray, Chosen, EventSource]]:
    """For each source the subjects whose date is the earliest (latest) of all, the first source first."""
    if not found:
        return []
    days = np.stack([chosen.day for chosen in found])
    empty = -np.inf if latest else np.inf
    days = np.where(np.isnan(days), empty, days)
    best = days.max(axis=0) if latest else days.min(axis=0)
    known = best != empty
    return [
        (known & (day == best), chosen, source)
        for day, chosen, source in zip(days, found, sources, strict=True)
    ]


def _ties(found: list[Chosen]) -> np.ndarray:
    """Subjects whose earliest date several sources have."""
    days = np.stack([chosen.day for chosen in found])
    return (days == np.fmin.reduce(days, axis=0)).sum(axis=0) > 1


def _until(chosen: Chosen, cut_off: float) -> Chosen:
    day = np.where(chosen.day > cut_off, cut_off, chosen.day)
    return Chosen(day, chosen.position, chosen.table, chosen.domain, chosen.variable, chosen.sequence)
