"""Rules on traceability: the records of SDTM and ADaM that analysis records come from (ADaMIG 1.3, 2.5 and 3.3.10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from validation.analysis_columns import numbers, texts
from validation.analysis_tables import OCCURRENCES, PARAMETERS
from validation.rules.adam_subjects import differing
from validation.rules.registry import ALL_DATASETS, Fault, dataset_rule
from validation.tables import Table
from validation.values import codes_of, filled, is_number, is_text, missing, rows_where, unique_texts

_TIMING = ("VISIT", "VISITNUM", "VISITDY", "EPOCH")
_SUPPLEMENTAL = "SUPP"


@dataset_rule(
    "sequence-not-in-source",
    severity="error",
    source="OCCDS 1.0, 3.1",
    classes=(OCCURRENCES, *PARAMETERS),
    needs=("--.USUBJID", "--.--SEQ"),
)
def sequence_not_in_source(table: Table, source: pd.DataFrame) -> Iterator[Fault] | None:
    """There is no record of this subject and number in SDTM.

    Expected: the --SEQ of a record of the same subject in the SDTM dataset.
    Why: the record cannot be traced to what was collected.
    Do:  copy --SEQ from the record that this one is made of; SDTM may have been numbered again since.
    """
    name = table.variable_named("--SEQ")
    row = source_rows(table, source, name)
    if row is None:
        return None
    return iter([Fault(name, filled(table.frame[name]) & filled(table.frame["USUBJID"]) & (row < 0))])


@dataset_rule(
    "copy-differs-from-source",
    severity="error",
    source="AD0002, AD0003, AD0004, ADaMIG 1.3, 3.1.1",
    classes=(OCCURRENCES, *PARAMETERS),
    needs=("--.USUBJID", "--.--SEQ", ALL_DATASETS),
)
def copy_differs_from_source(
    table: Table, source: pd.DataFrame, tables: Mapping[str, Table]
) -> Iterator[Fault] | None:
    """A variable that has the name of one of SDTM has another value than its record there.

    Expected: the value of the record with the same USUBJID and --SEQ; what is derived has a name of its own.
    Why: a variable with the name of SDTM is taken for a copy of it.
    Do:  copy the value, or rename the variable.
    """
    name = table.variable_named("--SEQ")
    row = source_rows(table, source, name)
    if row is None:
        return None
    other = tables[table.prefix].frame
    return _copies(table, other, row, name)


def _copies(table: Table, other: pd.DataFrame, row: np.ndarray, sequence: str) -> Iterator[Fault]:
    for variable in table.frame.columns:
        if variable not in other.columns or variable == sequence:
            continue
        if variable.startswith(table.prefix) or variable in _TIMING:
            wrong = differing(table.frame[variable], other[variable], row)
            if wrong is not None:
                yield Fault(variable, wrong)


@dataset_rule(
    "source-record-missing",
    severity="error",
    source="ADaMIG 1.3, 3.3.10",
    needs=(ALL_DATASETS,),
)
def source_record_missing(table: Table, tables: Mapping[str, Table]) -> Iterator[Fault] | None:
    """SRCDOM and SRCSEQ point at a record that is not there.

    Expected: SRCSEQ as --SEQ (in analysis datasets ASEQ) of a record of the same subject in SRCDOM.
    Why: the result cannot be traced to its source.
    Do:  take the number of the record that the value comes from.
    """
    domain, sequence = texts(table, "SRCDOM"), numbers(table, "SRCSEQ")
    if domain is None or sequence is None or texts(table, "USUBJID") is None:
        return None
    wrong = np.zeros(len(sequence), dtype=bool)
    for position, name in enumerate(unique_texts(domain)):
        other = tables.get(name)
        of_name = (codes_of(domain) == position) & ~np.isnan(sequence)
        if other is None or not of_name.any():
            continue
        number = _sequence_of(other)
        if number and is_number(other.frame[number]) and is_text(other.frame["USUBJID"]):
            row = _row_of(table.frame["USUBJID"], sequence, other.frame["USUBJID"], other.frame[number])
            wrong |= of_name & (row < 0)
    return iter([Fault("SRCSEQ", wrong, ("SRCDOM", "SRCVAR"))])


@dataset_rule("source-dataset-unknown", severity="warning", source="ADaMIG 1.3, 3.3.10", by_value=True)
def source_dataset_unknown(table: Table) -> Iterator[Fault]:
    """SRCDOM names no dataset of SDTM or ADaM.

    Expected: the name of a dataset: RS, ADRS, SUPPAE.
    Why: nobody can look up where the value comes from.
    Do:  correct the name.
    """
    domain = texts(table, "SRCDOM")
    if domain is not None:

        def is_unknown(text: str) -> bool:
            known = table.guide.dataset(text) is not None or text.startswith(("AD", _SUPPLEMENTAL))
            return not known

        yield Fault("SRCDOM", rows_where(domain, lambda known: [is_unknown(text) for text in known]))


@dataset_rule("source-incomplete", severity="warning", source="ADaMIG 1.3, 3.3.10")
def source_incomplete(table: Table) -> Iterator[Fault] | None:
    """SRCSEQ or SRCVAR stands without SRCDOM.

    Expected: the dataset wherever a variable or a record of it is named.
    Why: a number without its dataset points at nothing.
    Do:  set SRCDOM together with the other two.
    """
    if "SRCDOM" not in table.frame.columns:
        there = [name for name in ("SRCVAR", "SRCSEQ") if name in table.frame.columns]
        return iter([Fault(name) for name in there])
    alone = missing(table.frame["SRCDOM"])
    there = [name for name in ("SRCVAR", "SRCSEQ") if name in table.frame.columns]
    return iter([Fault(name, filled(table.frame[name]) & alone, ("SRCDOM",)) for name in there])


def source_rows(table: Table, source: pd.DataFrame, name: str) -> np.ndarray | None:
    """For each record the row of its source, by subject and sequence number; -1 where there is none."""
    subject, number = texts(table, "USUBJID"), numbers(table, name) if name else None
    if subject is None or number is None:
        return None
    return _row_of(subject, number, source["USUBJID"], source[name])


def _row_of(
    subject: pd.Series, number: np.ndarray, subjects: pd.Series, numbers_there: pd.Series
) -> np.ndarray:
    """Row of (subject, number) in another dataset; -1 where there is none."""
    known = {text: code for code, text in enumerate(unique_texts(subjects))}
    per_text = np.array([*(known.get(text, -1) for text in unique_texts(subject)), -1])
    theirs = _packed(codes_of(subjects).astype(np.int64), numbers_there.to_numpy(dtype=float))
    ours = _packed(per_text[codes_of(subject)], number)
    order = np.argsort(theirs, kind="stable")
    place = np.searchsorted(theirs[order], ours)
    inside = np.minimum(place, max(len(order) - 1, 0))
    if not len(order):
        return np.full(len(ours), -1)
    row = order[inside]
    return np.where((theirs[row] == ours) & (ours >= 0), row, -1)


def _packed(code: np.ndarray, number: np.ndarray) -> np.ndarray:
    """Subject and sequence number in one integer; -1 where either is missing or no sequence number."""
    usable = (code >= 0) & ~np.isnan(number) & (number >= 0) & (number < 2**31) & (number == np.floor(number))
    whole = np.where(usable, number, 0).astype(np.int64)
    return np.where(usable, code * 2**31 + whole, -1)


def _sequence_of(table: Table) -> str:
    columns = table.frame.columns
    for name in ("ASEQ", f"{table.standard[:2]}SEQ", f"{table.prefix}SEQ"):
        if name in columns and "USUBJID" in columns:
            return name
    return ""
