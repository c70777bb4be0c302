"""Overall responses of subjects in the order of their dates: which of them count, and until when.

What all response parameters share (``best_response.py``, ``response_parameters.py``,
``progression_endpoints.py``): one response per day, the first progression, new anti-cancer therapy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from sdtm.derivations.day_numbers import (
    dates_of,
    day_number,
    day_numbers,
    first_of_groups,
    taken,
    text_at,
    tie_breaker,
)
from sdtm.derivations.flags import flags, named
from sdtm.derivations.notes import Notes
from sdtm.derivations.source_row import SOURCE_ROW
from sdtm.derivations.subject_table import subject_rows
from specs.catalogue import Carried, CarriedColumns, Column, Params, Table

RESPONSES = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "ND")
CR, PR, SD, NON, PD, NE, ND = range(7)
MISSING = 7
BEST_RESPONSES = (*RESPONSES, "MISSING")
# AVAL as the field numbers it; "not done" says as little as no record at all.
RESPONSE_NUMBERS = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 7.0])
_NOT_COUNTED = ("NED",)  # a response of the codelist, but of no use in a best response
# Of several responses on one day the worst counts; NE carries no information and loses to all others.
GOODNESS = np.array([4, 3, 2, 1, 0, 5, 6])


class ResponseParams(Params):
    """Parameters that all derivations on overall responses share."""

    subject: Column = "USUBJID"
    response: Column = "AVALC"
    date: Column = "ADT"
    sequence: Column = "RSSEQ"
    subjects: Table = "ADSL"
    population: str = ""  # SQL over `subjects`
    reference: str = "TRTSDT"  # column of `subjects`
    on_reference: Literal["counts", "baseline"] = "counts"
    new_therapy: str = "NACTDT"  # column of `subjects`
    new_therapy_rule: Literal["on_or_before", "before", "ignore"] = "on_or_before"
    cut_off: str = ""  # a date


class ResponseParameter(ResponseParams):
    """… and those that make one record per subject."""

    subject: Carried = "USUBJID"
    parameter: str = ""
    label: str = ""
    keep: CarriedColumns = ()
    source: str = "RS"
    source_variable: str = "RSSTRESC"


@dataclass(frozen=True, slots=True)
class Assessed:
    """All records given, and the subjects they belong to.

    Arrays by record: ``subject`` (row in ``subjects``, -1 for none), ``day``, ``code`` (place in ``RESPONSES``,
    -1 for none), and the flags. Arrays by subject: ``reference``, ``progression`` (first PD, NaN for none),
    ``new_therapy``.
    """

    subjects: pd.DataFrame
    subject: np.ndarray
    day: np.ndarray
    code: np.ndarray
    order: np.ndarray  # tells records of one subject and day apart
    counted: np.ndarray
    until_progression: np.ndarray
    before_new_therapy: np.ndarray
    reference: np.ndarray
    progression: np.ndarray
    new_therapy: np.ndarray

    def in_order(self, mask: np.ndarray) -> np.ndarray:
        """Positions of the chosen records by subject and day."""
        chosen = np.flatnonzero(mask)
        return chosen[np.lexsort((self.order[chosen], self.day[chosen], self.subject[chosen]))]

    @property
    def ovr(self) -> np.ndarray:
        """The records that response parameters are made of: all three flags."""
        return self.counted & self.until_progression & self.before_new_therapy


def assess(records: pd.DataFrame, params: ResponseParams, subjects: pd.DataFrame, notes: Notes) -> Assessed:
    """Read overall responses, and decide which count.

    ``subjects``: the table as given. Responses outside the codelist, records without a date, of unknown
    subjects and before the reference date do not count, and are noted.
    """
    ignored = params.new_therapy_rule == "ignore"
    read = [params.reference, *([] if ignored else [params.new_therapy])]
    subjects = subject_rows(subjects, params.subjects, params.subject, read, params.population)
    row = pd.Index(subjects[params.subject]).get_indexer(records[params.subject])
    day = day_numbers(records[params.date], params.date)
    code = response_codes(records[params.response], notes)
    order = np.lexsort((tie_breaker(records.index), _sequence(records, params.sequence)))
    place = np.empty(len(records), dtype=np.int64)
    place[order] = np.arange(len(records))
    reference = day_numbers(subjects[params.reference], params.reference)
    new_therapy = (
        np.full(len(subjects), np.nan)
        if ignored
        else day_numbers(subjects[params.new_therapy], params.new_therapy)
    )
    since = day - taken(reference, row)
    _note(records, params, row, day, code, since, notes)
    usable = (row >= 0) & (code >= 0) & ~np.isnan(day) & (day <= day_number(params.cut_off))
    usable &= since >= 0 if params.on_reference == "counts" else since > 0
    counted = _worst_of_day(usable, row, day, code, place)
    progressed = np.flatnonzero(counted & (code == PD))
    progressed = progressed[np.lexsort((day[progressed], row[progressed]))]
    first = first_of_groups(row[progressed], len(subjects))
    progression = taken(day[progressed], first)
    limit = taken(new_therapy, row)
    before = day < limit if params.new_therapy_rule == "before" else day <= limit
    return Assessed(
        subjects,
        row,
        day,
        code,
        place,
        counted,
        counted & ~(day > taken(progression, row)),
        counted & (before | np.isnan(limit)),
        reference,
        progression,
        new_therapy,
    )


def response_codes(responses: pd.Series, notes: Notes) -> np.ndarray:
    """The place of each response in ``RESPONSES``; -1 where it is missing or none of them, which is noted."""
    codes, unique = pd.factorize(responses)
    known = {text: place for place, text in enumerate(RESPONSES)}
    texts = [str(text).strip().upper() for text in unique]
    places = np.array([known.get(text, -1) for text in texts] + [-1], dtype=np.int64)[codes]
    strange = np.array([text not in known and text not in _NOT_COUNTED for text in texts] + [False])[codes]
    shown = sorted({str(text) for text in responses[strange]})
    notes.add(
        "response-outside-codelist",
        responses.index[strange],
        found=", ".join(map(repr, shown[:5])),
        expected=", ".join(RESPONSES),
        do="correct the response in the source; the record does not count until then",
        variable=str(responses.name),
    )
    return places


def _sequence(records: pd.DataFrame, column: str) -> np.ndarray:
    if not column:
        return np.zeros(len(records))
    return pd.to_numeric(records[column], errors="coerce").fillna(-np.inf).to_numpy(dtype=float)


def _worst_of_day(
    usable: np.ndarray, row: np.ndarray, day: np.ndarray, code: np.ndarray, place: np.ndarray
) -> np.ndarray:
    """One record of each subject and day: the worst; of equal ones the highest sequence number."""
    chosen = np.flatnonzero(usable)
    keys = (-place[chosen], GOODNESS[code[chosen]], day[chosen], row[chosen])
    chosen = chosen[np.lexsort(keys)]
    first = np.ones(len(chosen), dtype=bool)
    first[1:] = (row[chosen][1:] != row[chosen][:-1]) | (day[chosen][1:] != day[chosen][:-1])
    counted = np.zeros(len(usable), dtype=bool)
    counted[chosen[first]] = True
    return counted


def _note(
    records: pd.DataFrame,
    params: ResponseParams,
    row: np.ndarray,
    day: np.ndarray,
    code: np.ndarray,
    since: np.ndarray,
    notes: Notes,
) -> None:
    if not params.population:  # who is outside a population is left out on purpose
        notes.add(
            "unknown-subject",
            records.index[row < 0],
            found=f"a response of a subject that {params.subjects} does not have",
            expected=f"a subject of {params.subjects}",
            variable=params.subject,
        )
    notes.add(
        "assessment-without-date",
        records.index[(code >= 0) & np.isnan(day)],
        found="a response without a date",
        expected="a complete date, or one imputed by a rule of the spec",
        do="query the date; the response does not count until then",
        variable=params.date,
    )
    notes.add(
        "assessment-without-reference-date",
        records.index[(row >= 0) & np.isnan(since) & ~np.isnan(day)],
        found=f"a response of a subject without {params.reference}",
        expected=f"{params.reference} in {params.subjects}",
        do="check whether the subject was treated; the response does not count",
        variable=params.reference,
    )
    notes.add(
        "assessment-before-reference-date",
        records.index[since < 0],
        found=f"a response dated before {params.reference}",
        expected=f"{params.date} on or after {params.reference}",
        do="check the date; the response does not count",
        variable=params.date,
        severity="note",
    )


def one_per_subject(
    assessed: Assessed,
    records: pd.DataFrame,
    params: ResponseParameter,
    chosen: np.ndarray,
    texts: list[str] | np.ndarray,
    values: np.ndarray,
) -> pd.DataFrame:
    """One record per subject: its value, and date and source of the chosen record (position, -1 for none).

    SRCROW is the index label of that record among those given; SRCDOM and SRCSEQ say what it is in ``source``.
    """
    made: dict[str, object] = {params.subject: assessed.subjects[params.subject].to_numpy()}
    made |= named(params.parameter, params.label, len(assessed.subjects))
    made["AVALC"] = pd.array(texts, dtype="str")
    made["AVAL"] = np.asarray(values, dtype=np.float64)
    made["ADT"] = dates_of(taken(assessed.day, chosen))
    for column in params.keep:
        made[column] = text_at(records[column], chosen)
    found = chosen >= 0
    made["SRCDOM"] = flags(found, params.source)
    made["SRCVAR"] = flags(found, params.source_variable)
    made["SRCSEQ"] = taken(_sequence(records, params.sequence), chosen) if params.sequence else np.nan
    made[SOURCE_ROW] = text_at(pd.Series(records.index), chosen)
    return pd.DataFrame(made, index=pd.RangeIndex(len(assessed.subjects)))


RESULT = ("PARAMCD", "PARAM", "AVALC", "AVAL", "ADT", "SRCDOM", "SRCVAR", "SRCSEQ", SOURCE_ROW)
