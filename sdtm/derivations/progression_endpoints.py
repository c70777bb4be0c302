"""Progression-free survival, time to progression and duration of response, with their censoring rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import BeforeValidator, Field, model_validator

from sdtm.derivations.condition import is_true
from sdtm.derivations.day_numbers import day_number, day_numbers, first_of_groups, last_of_groups
from sdtm.derivations.event_sources import (
    FIRST_RESPONSE,
    RESULT,
    Chosen,
    DateSource,
    Outcome,
    as_source,
    choose,
)
from sdtm.derivations.event_times import Start, SubjectTime, started
from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from sdtm.derivations.response_records import NE, PD, Assessed, ResponseParams, assess
from sdtm.derivations.subject_table import require
from specs.catalogue import Column, Table
from specs.values import Truth

Source = Annotated[DateSource, BeforeValidator(as_source)]
Days = Annotated[int, Field(ge=0)]
_DESCRIPTIONS = {
    0: "Disease progression",
    1: "Last evaluable tumour assessment",
    2: "Last evaluable tumour assessment before new anti-cancer therapy",
    3: "Last evaluable tumour assessment before missed assessments",
    4: "No baseline tumour assessment",
    5: "No evaluable post-baseline tumour assessment",
}
_CLINICAL = "Clinical progression"
_DEATH = "Death"


class ProgressionEndpoint(SubjectTime):
    """Start, events and the switches that say when an event no longer counts."""

    reference: Column = "TRTSDT"
    death: Column = "DTHDT"
    new_therapy: Column = "NACTDT"
    nact: Literal["censor", "ignore"] = "censor"
    new_therapy_rule: Literal["on_or_before", "before"] = "on_or_before"
    assessments: Table = "ADRS"
    assessments_where: str = "PARAMCD = 'OVR'"  # SQL over `assessments`
    response: str = "AVALC"
    date: str = "ADT"
    sequence: str = ""
    need_baseline: Truth = False
    baseline: Source | None = None
    baseline_death_days: Days | None = None
    missed_days: Days | dict[int, Days] | None = None
    lsta: Literal["evaluable", "any"] = "evaluable"
    pd_source: Literal["radiological", "clinical"] = "radiological"
    clinical: Source | None = None
    domain: str = "ADSL"
    descriptions: dict[int, str] = Field(default={})  # by CNSR

    @model_validator(mode="after")
    def _sources_are_named(self) -> ProgressionEndpoint:
        if self.need_baseline and self.baseline is None:
            raise ValueError("need_baseline: name in baseline where the date of the baseline assessment is")
        if self.pd_source == "clinical" and self.clinical is None:
            raise ValueError("pd_source: name in clinical where the date of clinical progression is")
        return self


class ProgressionFreeSurvival(ProgressionEndpoint):
    parameter: str = "PFS"


class TimeToProgression(ProgressionEndpoint):
    parameter: str = "TTP"
    death: Column = ""


class DurationOfResponse(ProgressionEndpoint):
    parameter: str = "DOR"
    start: Start = FIRST_RESPONSE


@derivation("progression_free_survival", ProgressionFreeSurvival, makes="records", fixed=RESULT)
def progression_free_survival(
    records: pd.DataFrame, params: ProgressionFreeSurvival, notes: Notes, tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """The time from the start to progression or death, whichever is first, censored as the switches say.

    E = the first PD among the responses that count (``response_flags``: ANL01FL), or death. The first that fits:
    CNSR 4: no baseline assessment (``need_baseline``), at the start; a death up to ``baseline_death_days`` after
    the start remains an event. CNSR 2: new therapy before E (``nact: censor``), at the last evaluable assessment
    until then. CNSR 3: E more than ``missed_days`` after the evaluable assessment before it, at that one; as
    {from day: days} the interval changes with the day of that assessment. CNSR 0: E. CNSR 5: no evaluable
    assessment after the reference date, at the start. CNSR 1: at the last evaluable assessment (``lsta: any``: or NE).
    What has no assessment to be censored at is censored at the start. Clinical progression is an event with
    ``pd_source: clinical``; else it is only named in CNSDTDSC.

    Shape:   n subjects in, one record each; one record per subject with a start out.
    Unit:    ``unit``; a month is 30.4375 days.
    Missing: none.
    Errors:  event before the start, and as ``response_flags``: notes.
    Source:  FDA guidance "Clinical trial endpoints for the approval of cancer drugs" (2018), appendix 3.
    Example: start 2022-01-10, SD day 42, PD day 84 -> CNSR 0, 85 days; new therapy day 60 -> CNSR 2, 43 days.
    """
    return _endpoint(records, params, notes, tables)


@derivation("time_to_progression", TimeToProgression, makes="records", fixed=RESULT)
def time_to_progression(
    records: pd.DataFrame, params: TimeToProgression, notes: Notes, tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """The time from the start to progression; a death is no event.

    Shape:   n subjects in, one record each; one record per subject with a start out.
    Unit:    ``unit``; a month is 30.4375 days.
    Missing: none.
    Errors:  as ``progression_free_survival``, whose switches it has: notes.
    Source:  FDA guidance "Clinical trial endpoints for the approval of cancer drugs" (2018), III.C.
    Example: SD on day 42, death on day 60 -> CNSR 1, 43 days.
    """
    return _endpoint(records, params, notes, tables)


@derivation("duration_of_response", DurationOfResponse, makes="records", fixed=RESULT)
def duration_of_response(
    records: pd.DataFrame, params: DurationOfResponse, notes: Notes, tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """The time from the first response, not from its confirmation, to progression or death, of responders.

    Shape:   n subjects in, one record each; one record per subject with a response (``start``) out.
    Unit:    ``unit``; a month is 30.4375 days.
    Missing: none; a subject without a response has no record.
    Errors:  as ``progression_free_survival``, whose switches it has: notes.
    Source:  RECIST 1.1 (Eisenhauer 2009), 4.7.1.
    Example: PR on day 42, PR on day 84, PD on day 126 -> CNSR 0, 85 days.
    """
    return _endpoint(records, params, notes, tables)


def _endpoint(
    records: pd.DataFrame, params: ProgressionEndpoint, notes: Notes, tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    subjects, start = started(records, params, notes, tables)
    scans = _Scans(records, params, notes, tables, subjects)
    cut_off = day_number(params.cut_off)
    own = records.loc[subjects.index]
    begin = Chosen(start, np.arange(len(own)), own, params.domain, _start_variable(params), "")
    death = day_numbers(own[params.death], params.death) if params.death else np.full(len(own), np.nan)
    death = np.where(death <= cut_off, death, np.nan)
    progression, clinical = scans.first_progression(), None
    if params.clinical is not None:
        clinical = choose(params.clinical, tables, subjects, notes, until=cut_off)
    event = np.fmin(progression.day, death)
    if params.pd_source == "clinical" and clinical is not None:
        event = np.fmin(event, clinical.day)
    texts = {**_DESCRIPTIONS, **params.descriptions}
    notes.add(
        "death-before-last-assessment",
        subjects.index[death < scans.last_counted()],
        found=f"{params.death} before the last tumour assessment" if params.death else "",
        expected="a death on or after the last assessment",
        do="check both dates, and how a partial date of death was completed; it counts as dated",
        variable=params.death,
    )
    notes.add(
        "several-events-on-one-day",
        subjects.index[progression.day == death],
        found="progression and death on one day",
        expected="one event; it counts as progression",
        do="nothing, if both dates are right",
        severity="note",
    )
    outcome = Outcome(start)

    def censor(where: np.ndarray, code: int, scan: Chosen | None = None, also: str = "") -> None:
        reason = texts[code] + also
        if scan is not None:
            outcome.end(where & ~np.isnan(scan.day), code, texts[code], scan, reason)
        outcome.end(where, code, texts[code], begin, reason)

    if params.need_baseline and params.baseline is not None:
        baseline = choose(params.baseline, tables, subjects, notes)
        lacks = ~(baseline.day <= scans.reference)
        if params.baseline_death_days is not None:
            lacks &= ~((death == event) & (death - start <= params.baseline_death_days))
        censor(lacks, 4)
    if params.nact == "censor":
        censor(~np.isnan(scans.new_therapy) & ~(event <= scans.new_therapy), 2, scans.last())
    if params.missed_days is not None:
        previous = scans.last_before(event)
        since = np.where(np.isnan(previous.day), start, previous.day)
        allowed = _allowed_gap(params.missed_days, since - scans.reference)
        censor(event - since > allowed, 3, previous)
    outcome.end(progression.day == event, 0, texts[0], progression)
    if params.pd_source == "clinical" and clinical is not None:
        outcome.end(clinical.day == event, 0, _CLINICAL, clinical)
    outcome.end(
        death == event, 0, _DEATH, Chosen(death, np.arange(len(own)), own, params.domain, params.death, "")
    )
    last = scans.last()
    named = ~np.isnan(clinical.day) if clinical is not None else np.zeros(len(own), dtype=bool)
    censor(np.isnan(last.day) & ~named, 5)
    censor(np.isnan(last.day), 5, also="; clinical progression")
    censor(named, 1, last, also="; clinical progression")
    censor(np.ones(len(own), dtype=bool), 1, last)
    return outcome.records(
        subjects, params.subject, params.unit, params.parameter, params.label, notes, subjects.index
    ).reset_index(drop=True)


def _start_variable(params: ProgressionEndpoint) -> str:
    return params.start if isinstance(params.start, str) else params.start.date


def _allowed_gap(missed: int | dict[int, int], day: np.ndarray) -> np.ndarray:
    """The longest gap that is no miss, by the day (from the reference date) of the assessment before it."""
    if isinstance(missed, int):
        return np.full(len(day), float(missed))
    steps = sorted(missed)
    place = np.searchsorted(steps, day, side="right") - 1
    return np.array([float(missed[step]) for step in steps])[np.maximum(place, 0)]


class _Scans:
    """The overall responses, and the dates in them that matter for each subject with a start."""

    def __init__(
        self,
        records: pd.DataFrame,
        params: ProgressionEndpoint,
        notes: Notes,
        tables: Mapping[str, pd.DataFrame],
        subjects: pd.Series,
    ) -> None:
        table = tables[params.assessments]
        sequence = params.sequence or next(
            (name for name in ("ASEQ", f"{params.assessments}SEQ") if name in table), ""
        )
        require(table, params.assessments, [params.subject, params.response, params.date, sequence])
        self.table = table[is_true(table, params.assessments_where)]
        self.origin = (params.assessments, params.date, sequence)
        reading = ResponseParams(
            subject=params.subject,
            response=params.response,
            date=params.date,
            sequence=sequence,
            reference=params.reference,
            new_therapy=params.new_therapy,
            new_therapy_rule=params.new_therapy_rule if params.nact == "censor" else "ignore",
            cut_off=params.cut_off,
        )
        said = Notes()
        self.assessed: Assessed = assess(self.table, reading, records, said)
        for note in said:
            notes.add(
                note.rule,
                note.rows,
                found=note.found,
                expected=note.expected,
                do=note.do,
                table=params.assessments,
                variable=note.variable,
                severity=note.severity,
            )
        self.rows = pd.Index(self.assessed.subjects[params.subject]).get_indexer(subjects)
        self.reference = self.assessed.reference[self.rows]
        therapy = self.assessed.new_therapy[self.rows]
        self.new_therapy = np.where(therapy <= day_number(params.cut_off), therapy, np.nan)
        counts = self.assessed.ovr
        self.evaluable = counts & (self.assessed.code < NE)
        self.censoring = self.evaluable if params.lsta == "evaluable" else counts

    def first_progression(self) -> Chosen:
        return self._chosen(self.assessed.counted & (self.assessed.code == PD), first_of_groups)

    def last(self) -> Chosen:
        """The last assessment that is a censoring date."""
        return self._chosen(self.censoring, last_of_groups)

    def last_counted(self) -> np.ndarray:
        """The day of the last assessment of all."""
        return self._chosen(self.assessed.counted, last_of_groups).day

    def last_before(self, event: np.ndarray) -> Chosen:
        """The last evaluable assessment without progression until an event."""
        limit = np.full(len(self.assessed.subjects), np.nan)
        limit[self.rows] = event
        fits = self.assessed.counted & (self.assessed.code < NE) & (self.assessed.code != PD)
        within = self.assessed.day <= np.where(
            self.assessed.subject >= 0, limit[self.assessed.subject], np.nan
        )
        return self._chosen(fits & within, last_of_groups)

    def _chosen(self, mask: np.ndarray, pick: Callable[[np.ndarray, int], np.ndarray]) -> Chosen:
        at = self.assessed.in_order(mask)
        found = pick(self.assessed.subject[at], len(self.assessed.subjects))[self.rows]
        position = np.where(found >= 0, np.r_[at, -1][found], -1)
        day = np.where(position >= 0, np.r_[self.assessed.day, np.nan][position], np.nan)
        return Chosen(day, position, self.table, *self.origin)
