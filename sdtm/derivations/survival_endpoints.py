"""Overall survival and time to response, with the rules they always have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import BeforeValidator, model_validator

from sdtm.derivations.day_numbers import day_number, day_numbers
from sdtm.derivations.event_sources import (
    FIRST_RESPONSE,
    RESULT,
    Chosen,
    DateSource,
    Outcome,
    as_source,
    choose,
)
from sdtm.derivations.event_times import SubjectTime, started
from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from specs.catalogue import Column

Source = Annotated[DateSource, BeforeValidator(as_source)]


class OverallSurvival(SubjectTime):
    parameter: str = "OS"
    death: Column = "DTHDT"
    last_alive: Column = "LSTALVDT"
    domain: str = "ADSL"


@derivation("overall_survival", OverallSurvival, makes="records", fixed=RESULT)
def overall_survival(
    records: pd.DataFrame, params: OverallSurvival, notes: Notes, tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """The time from the start to death, censored at the last date known alive.

    A death after ``cut_off`` proves life at the cut-off. New therapy does not matter. Without any date of
    life the subject is censored at the start.

    Shape:   n subjects in; one record per subject with a start out.
    Unit:    ``unit``; a month is 30.4375 days.
    Missing: none.
    Errors:  death before the start, or before the last date known alive: notes.
    Source:  FDA guidance "Clinical trial endpoints for the approval of cancer drugs" (2018), III.A.
    Example: start 2022-01-10, death 2022-03-01 -> CNSR 0, 51 days; alive on 2022-02-20 -> CNSR 1, 42 days.
    """
    subjects, start = started(records, params, notes, tables)
    table = records.loc[subjects.index]
    cut_off = day_number(params.cut_off)
    death = day_numbers(table[params.death], params.death)
    alive = day_numbers(table[params.last_alive], params.last_alive)
    notes.add(
        "death-before-last-contact",
        subjects.index[death < alive],
        found=f"{params.death} before {params.last_alive}",
        expected="a death on or after the last date known alive",
        do="check both dates; the death counts as dated",
        variable=params.death,
    )
    outcome = Outcome(start)
    outcome.end(death <= cut_off, 0, "Death", _own(table, death, params.death, params))
    after = death > cut_off
    outcome.end(
        after,
        1,
        "Alive at data cut-off",
        _own(table, np.where(after, cut_off, np.nan), params.death, params),
    )
    last = np.minimum(alive, cut_off)
    outcome.end(~np.isnan(last), 1, "Last known alive", _own(table, last, params.last_alive, params))
    begin = params.start if isinstance(params.start, str) else params.start.date
    outcome.end(outcome.open, 1, "Start, no later contact", _own(table, start, begin, params))
    return outcome.records(
        subjects, params.subject, params.unit, params.parameter, params.label, notes, subjects.index
    )


def _own(table: pd.DataFrame, day: np.ndarray, variable: str, params: OverallSurvival) -> Chosen:
    """A date that stands in the records of the subjects themselves."""
    return Chosen(day, np.arange(len(table)), table, params.domain, variable, "")


class TimeToResponse(SubjectTime):
    parameter: str = "TTR"
    response: Source = FIRST_RESPONSE
    last_assessment: Source | None = None
    subjects: Literal["responders", "all", "longest"] = "responders"

    @model_validator(mode="after")
    def _assessments_are_named(self) -> TimeToResponse:
        if self.subjects == "longest" and self.last_assessment is None:
            raise ValueError("subjects: longest: name in last_assessment where the last assessment is")
        return self


@derivation("time_to_response", TimeToResponse, makes="records", fixed=RESULT)
def time_to_response(
    records: pd.DataFrame, params: TimeToResponse, notes: Notes, tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """The time from the start to the first response, of those who responded.

    ``subjects: all``: the others are censored at ``last_assessment``, or at the start if they have none.
    ``longest``: they are censored at the longest such time of all subjects, and so stay at risk to the end.

    Shape:   n subjects in; one record per responder (or per subject) with a start out.
    Unit:    ``unit``; a month is 30.4375 days.
    Missing: none; a subject without a response has no record.
    Errors:  response before the start: a note.
    Source:  admiralonco, "Creating ADTTE"; ADaM Time-to-Event 1.0.
    Example: start 2022-01-10, first PR 2022-02-21 -> CNSR 0, 43 days.
    """
    subjects, start = started(records, params, notes, tables)
    response = choose(params.response, tables, subjects, notes, until=day_number(params.cut_off))
    outcome = Outcome(start)
    outcome.end(~np.isnan(response.day), 0, "Response", response)
    if params.subjects == "responders":
        made = outcome.records(
            subjects, params.subject, params.unit, params.parameter, params.label, Notes(), subjects.index
        )
        early = response.day < start
        notes.add(
            "event-before-start",
            subjects.index[early],
            found="a response before the start of the time to response",
            expected="a response on or after the start",
            do="check both dates; the response counts on the day of the start",
        )
        return made[~outcome.open].reset_index(drop=True)
    begin = params.start if isinstance(params.start, str) else params.start.date
    table, rows = records.loc[subjects.index], np.arange(len(subjects))
    if params.last_assessment is not None:
        cut_off = day_number(params.cut_off)
        last = choose(params.last_assessment, tables, subjects, notes, last=True, until=cut_off)
        if params.subjects == "longest":
            followed = np.nan_to_num(np.fmax(last.day, response.day) - start).max(initial=0)
            end = Chosen(start + followed, np.full(len(rows), -1), table, "", "", "")
            outcome.end(outcome.open, 1, "Longest follow-up, no response", end)
        outcome.end(~np.isnan(last.day), 1, "Last assessment, no response", last)
    outcome.end(outcome.open, 1, "No assessment", Chosen(start, rows, table, "ADSL", begin, ""))
    return outcome.records(
        subjects, params.subject, params.unit, params.parameter, params.label, notes, subjects.index
    )
