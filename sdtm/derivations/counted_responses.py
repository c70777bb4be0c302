"""Which overall responses count: one per day, until progression, before new anti-cancer therapy."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sdtm.derivations.flags import flags
from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from sdtm.derivations.response_records import RESPONSE_NUMBERS, Assessed, ResponseParams, assess
from specs.catalogue import Made


class ResponseFlags(ResponseParams):
    counted: Made = "ANL01FL"
    until_progression: Made = "ANL02FL"
    before_new_therapy: Made = "ANL03FL"
    number: Made = "AVAL"


@derivation("response_flags", ResponseFlags)
def response_flags(
    records: pd.DataFrame, params: ResponseFlags, notes: Notes, tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Flag the overall responses that count, and number them.

    First the one response of each day: the worst of several (PD, NON-CR/NON-PD, SD, PR, CR, NE, ND), of equal
    ones the highest ``sequence``; on or after ``reference`` (``on_reference: baseline``: after it), and not after
    ``cut_off`` (ANL01FL). Of these, those up to and including the first PD (ANL02FL), and those until the day of
    new anti-cancer therapy (ANL03FL; ``new_therapy_rule: before``: until the day before; ``ignore``: all). The
    records are those of one evaluator and one set of criteria, without the assessments that were not done.

    Shape:   n overall responses of one evaluator in; three flags and a number out, same index.
    Unit:    none; AVAL is CR 1, PR 2, SD 3, NON-CR/NON-PD 4, PD 5, NE 6, ND 7.
    Missing: a flag that is not Y; AVAL of a response outside the codelist, which counts for nothing.
    Errors:  response outside the codelist, no date, unknown subject, before ``reference``, several on one
             day: notes.
    Source:  RECIST 1.1 (Eisenhauer 2009); admiralonco vignette ADRS for the flags.
    Example: PD on 2022-01-01, SD and PR on 2022-02-21, treatment from 2022-01-10 -> Y for SD alone.
    """
    assessed = assess(records, params, tables[params.subjects], notes)
    beside = ~assessed.counted & (assessed.code >= 0) & _on_a_counted_day(assessed)
    notes.add(
        "several-responses-on-one-day",
        records.index[beside],
        found="another response of the same subject on the same day",
        expected="one response of a subject on a day; the worst counts",
        do="check the evaluator and the date",
        variable=params.response,
        severity="note",
    )
    number = np.full(len(records), np.nan)
    number[assessed.code >= 0] = RESPONSE_NUMBERS[assessed.code[assessed.code >= 0]]
    chosen = {
        params.counted: assessed.counted,
        params.until_progression: assessed.until_progression,
        params.before_new_therapy: assessed.before_new_therapy,
    }
    made = {name: flags(flag) for name, flag in chosen.items()}
    return pd.DataFrame({**made, params.number: number}, index=records.index)


def _on_a_counted_day(assessed: Assessed) -> np.ndarray:
    """Whether the subject of each record has a response that counts on the day of it."""
    days = pd.MultiIndex.from_arrays([assessed.subject, assessed.day])
    return days.isin(days[assessed.counted])
