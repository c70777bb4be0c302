"""Whether a subject has a record: death, measurable disease."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sdtm.derivations.day_numbers import dates_of, day_numbers, first_of_groups, taken, text_at, tie_breaker
from sdtm.derivations.flags import flags, named
from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from sdtm.derivations.response_records import RESULT
from sdtm.derivations.source_row import SOURCE_ROW
from sdtm.derivations.subject_table import subject_rows
from specs.catalogue import Carried, Column, Params, Table


class SubjectHasRecord(Params):
    parameter: str
    label: str = ""
    subject: Carried = "USUBJID"
    date: Column = ""
    sequence: Column = ""
    subjects: Table = "ADSL"
    population: str = ""  # SQL over `subjects`
    source: str = ""
    source_variable: str = ""


@derivation("subject_has_record", SubjectHasRecord, makes="records", fixed=RESULT)
def subject_has_record(
    records: pd.DataFrame, params: SubjectHasRecord, notes: Notes, tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Y for each subject that one of the records is about, N for all others.

    MDIS (measurable disease) from the TARGET records of TU at baseline; DEATH from the rows of ADSL with a
    death date. The condition that chooses the records is the spec's ``where``.

    Shape:   n records in; one record per subject of ``subjects`` out.
    Unit:    AVAL is 1 for Y and 0 for N.
    Missing: ADT of an N, and where no record has a date; with dates ADT is the earliest.
    Errors:  none on data.
    Source:  ADaM BDS; admiralonco, "Creating ADRS" (DEATH, MDIS).
    Example: subjects A, B; a record of A dated 2022-03-01 -> A: Y, 2022-03-01; B: N.
    """
    subjects = subject_rows(tables[params.subjects], params.subjects, params.subject, [], params.population)
    row = pd.Index(subjects[params.subject]).get_indexer(records[params.subject])
    day = day_numbers(records[params.date], params.date) if params.date else np.full(len(row), np.nan)
    at = np.flatnonzero(row >= 0)
    at = at[np.lexsort((tie_breaker(records.index)[at], day[at], row[at]))]
    first = first_of_groups(row[at], len(subjects))
    chosen = np.where(first >= 0, np.r_[at, -1][first], -1)
    yes = chosen >= 0
    sequence = (
        pd.to_numeric(records[params.sequence], errors="coerce").to_numpy(dtype=float)
        if params.sequence
        else np.full(len(records), np.nan)
    )
    return pd.DataFrame(
        {
            params.subject: subjects[params.subject].to_numpy(),
            **named(params.parameter, params.label, len(subjects)),
            "AVALC": pd.array(np.where(yes, "Y", "N"), dtype="str"),
            "AVAL": yes.astype(np.float64),
            "ADT": dates_of(taken(day, chosen)),
            "SRCDOM": flags(yes, params.source),
            "SRCVAR": flags(yes, params.source_variable or params.date),
            "SRCSEQ": taken(sequence, chosen),
            SOURCE_ROW: text_at(pd.Series(records.index), chosen),
        }
    )  # fmt: skip
