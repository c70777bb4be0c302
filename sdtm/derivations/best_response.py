"""Best overall response, unconfirmed and confirmed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sdtm.derivations.day_numbers import first_of_groups
from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from sdtm.derivations.response_records import (
    BEST_RESPONSES,
    CR,
    MISSING,
    ND,
    NE,
    NON,
    PD,
    PR,
    RESPONSE_NUMBERS,
    RESULT,
    SD,
    Assessed,
    ResponseParameter,
    assess,
    one_per_subject,
)
from specs.values import Truth


class Confirmation(ResponseParameter):
    """Whether CR and PR have to be confirmed, and how."""

    confirmed: Truth = False
    ref_confirm: int = 28  # days from a response to its confirmation, at least
    max_gap: int | None = None  # … and at most
    max_nr_ne: int = 1  # not evaluable assessments between them
    accept_sd: Truth = False  # one SD between two PR


class BestOverallResponse(Confirmation):
    parameter: str = "BOR"
    sd_days: int = 42
    missing_as_ne: Truth = False


@derivation("best_overall_response", BestOverallResponse, makes="records", fixed=RESULT)
def best_overall_response(
    records: pd.DataFrame, params: BestOverallResponse, notes: Notes, tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """The best overall response of every subject, with the date it was first seen.

    Of the responses that count (``response_flags``: all three flags) the first that there is of: CR; PR; SD =
    CR, PR or SD at least ``sd_days`` after the reference date; NON-CR/NON-PD that late; PD; NE = NE, or any
    of the others earlier than that; ND; MISSING = no response at all (``missing_as_ne``: NE).
    ``confirmed``: a CR counts if a later CR follows it after ``ref_confirm`` days or more (and ``max_gap`` or
    less), with only CR and at most ``max_nr_ne`` NE between; a PR if a CR or PR follows like that, with CR, PR
    and NE between (``accept_sd``: and one SD), and no PR after a CR. Others may still be SD.

    Shape:   n overall responses in; one record per subject of ``subjects`` out.
    Unit:    AVAL is CR 1, PR 2, SD 3, NON-CR/NON-PD 4, PD 5, NE 6, ND and MISSING 7.
    Missing: ADT and source of a MISSING response.
    Errors:  as ``response_flags``: notes.
    Source:  RECIST 1.1 (Eisenhauer 2009), section 4.6 and Table 3; admiralonco, "Creating ADRS".
    Example: PR on day 42, PR on day 84 -> PR of day 42; confirmed too. PR on day 42, PD -> PR; confirmed: SD.
    """
    assessed = assess(records, params, tables[params.subjects], notes)
    at = assessed.in_order(assessed.ovr)
    code, subject = assessed.code[at], assessed.subject[at]
    since = assessed.day[at] - assessed.reference[subject]
    responded = responses_that_count(assessed, at, params)
    late = since >= params.sd_days
    early = ~late
    candidates = {
        CR: responded & (code == CR),
        PR: responded & (code == PR),
        SD: late & (code <= SD),
        NON: late & (code == NON),
        PD: code == PD,
        NE: (code == NE) | (early & (code <= NON)),
        ND: code == ND,
    }
    best = np.full(len(assessed.subjects), MISSING)
    chosen = np.full(len(assessed.subjects), -1, dtype=np.int64)
    for response, candidate in candidates.items():
        first = first_of_groups(subject[candidate], len(assessed.subjects))
        takes = (best == MISSING) & (first >= 0)
        best[takes] = response
        chosen[takes] = at[candidate][first[takes]]
    if params.missing_as_ne:
        best[best == MISSING] = NE
    texts = np.array(BEST_RESPONSES, dtype=object)[best]
    return one_per_subject(assessed, records, params, chosen, texts, RESPONSE_NUMBERS[best])


def responses_that_count(assessed: Assessed, at: np.ndarray, params: Confirmation) -> np.ndarray:
    """Which of the responses at these positions (by subject and day) are a CR or PR, confirmed if need be."""
    code = assessed.code[at]
    if not params.confirmed:
        return (code == CR) | (code == PR)
    subject, day = assessed.subject[at], assessed.day[at]
    complete = _is_confirmed(subject, day, code, (CR,), (CR, NE), params, 0)
    sd_allowed = 1 if params.accept_sd else 0
    partial = _is_confirmed(subject, day, code, (CR, PR), (CR, PR, NE, SD), params, sd_allowed)
    return ((code == CR) & complete) | ((code == PR) & partial)


def _is_confirmed(
    subject: np.ndarray,
    day: np.ndarray,
    code: np.ndarray,
    confirming: tuple[int, ...],
    between: tuple[int, ...],
    params: Confirmation,
    sd_allowed: int,
) -> np.ndarray:
    """Whether a response is confirmed by the first confirming one that is late enough.

    The first is enough to look at: a later one is further away and has all that lies between, and more.
    """
    n = len(code)
    if not n:
        return np.zeros(0, dtype=bool)
    # One axis for all subjects: the days of the next one begin far after those of this one.
    span = day.max() - day.min() + params.ref_confirm + 1
    axis = subject * span + (day - day.min())
    confirms = np.flatnonzero(np.isin(code, confirming))
    # A confirmation on the very same record would need a gap of no days.
    later = np.maximum(np.searchsorted(axis[confirms], axis + params.ref_confirm), 0)
    own = np.searchsorted(confirms, np.arange(n), side="right")
    candidate = np.r_[confirms, n][np.maximum(later, own)]
    found = candidate < n
    j = np.where(found, candidate, 0)
    found &= subject[j] == subject
    if params.max_gap is not None:
        found &= day[j] - day <= params.max_gap
    found &= _count_between(~np.isin(code, between), j) == 0
    found &= _count_between(code == NE, j) <= params.max_nr_ne
    found &= _count_between(code == SD, j) <= sd_allowed
    # No PR after a CR up to and including the confirmation.
    positions = np.arange(n)
    next_cr = np.minimum.accumulate(np.where(code == CR, positions, n)[::-1])[::-1]
    next_cr = np.r_[next_cr[1:], n]
    last_pr = np.maximum.accumulate(np.where(code == PR, positions, -1))
    return found & ~((next_cr <= j) & (last_pr[j] > next_cr))


def _count_between(is_counted: np.ndarray, end: np.ndarray) -> np.ndarray:
    """How many records are counted after each record and before its ``end``."""
    total = np.cumsum(is_counted)
    before_end = np.where(end > 0, total[np.maximum(end - 1, 0)], 0)
    return before_end - total
