"""Rules on subjects: ADSL itself, and what the other datasets take from it (ADaMIG 1.3, 3.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from validation.analysis_columns import differ, named, numbers, row_in, texts
from validation.analysis_tables import SUBJECT_LEVEL
from validation.rules.registry import ALL_DATASETS, Fault, dataset_rule
from validation.tables import Table
from validation.values import Mask, filled, is_any, is_number, is_text, shared_codes


@dataset_rule(
    "subject-not-in-adsl",
    severity="error",
    source="ADaMIG 1.3, 2.3.1",
    without=SUBJECT_LEVEL,
    needs=("ADSL.USUBJID",),
)
def subject_not_in_adsl(table: Table, subjects: pd.DataFrame) -> Iterator[Fault] | None:
    """The subject is not in ADSL.

    Expected: every subject of every analysis dataset in ADSL.
    Why: a record of an unknown subject is in no population and drops out of every table.
    Do:  add the subject to ADSL, or look where the record comes from.
    """
    subject = texts(table, "USUBJID")
    if subject is None:
        return None
    return iter([Fault("USUBJID", filled(subject) & (row_in(subject, subjects["USUBJID"]) < 0))])


@dataset_rule(
    "subject-variable-differs",
    severity="error",
    source="ADaMIG 1.3, 3.2",
    without=SUBJECT_LEVEL,
    needs=("ADSL.USUBJID", ALL_DATASETS),
)
def subject_variable_differs(
    table: Table, subjects: pd.DataFrame, tables: Mapping[str, Table]
) -> Iterator[Fault] | None:
    """A variable of ADSL has another value here.

    Expected: what ADSL has for the subject, in every variable of the same name.
    Why: the subject would be in another group or population in this dataset.
    Do:  merge the variable from ADSL.
    """
    subject = texts(table, "USUBJID")
    if subject is None:
        return None
    row = row_in(subject, subjects["USUBJID"])
    return _differing(table, tables[SUBJECT_LEVEL], row, ("STUDYID", "USUBJID"))


@dataset_rule(
    "adsl-subject-not-in-dm",
    severity="error",
    source="ADaMIG 1.3, 3.2",
    datasets=SUBJECT_LEVEL,
    needs=("DM.USUBJID",),
)
def adsl_subject_not_in_dm(table: Table, subjects: pd.DataFrame) -> Iterator[Fault] | None:
    """A subject of ADSL is not in DM.

    Expected: every subject of ADSL in DM.
    Why: the subject cannot be traced to the data that were collected.
    Do:  look where the subject comes from.
    """
    subject = texts(table, "USUBJID")
    if subject is None:
        return None
    return iter([Fault("USUBJID", filled(subject) & (row_in(subject, subjects["USUBJID"]) < 0))])


@dataset_rule(
    "copy-differs-from-dm",
    severity="error",
    source="AD0002, AD0003, AD0004, ADaMIG 1.3, 3.1.1",
    datasets=SUBJECT_LEVEL,
    needs=("DM.USUBJID", ALL_DATASETS),
)
def copy_differs_from_dm(
    table: Table, subjects: pd.DataFrame, tables: Mapping[str, Table]
) -> Iterator[Fault] | None:
    """A variable that has the name of one of DM has another value.

    Expected: the value of DM; what is derived has a name of its own (AAGE, AGEGR1, TRT01P).
    Why: a variable with the name of SDTM is taken for a copy of it.
    Do:  copy the value, or rename the variable.
    """
    subject = texts(table, "USUBJID")
    if subject is None:
        return None
    row = row_in(subject, subjects["USUBJID"])
    return _differing(table, tables["DM"], row, ("USUBJID",))


@dataset_rule(
    "safety-without-treatment", severity="error", source="ADaMIG 1.3, 3.2.3", datasets=SUBJECT_LEVEL
)
def safety_without_treatment(table: Table) -> Iterator[Fault] | None:
    """A subject of the safety population has no start of treatment.

    Expected: TRTSDT or TRTSDTM for each subject with SAFFL = Y.
    Why: treatment emergence and study days cannot be told for the subject.
    Do:  look at the exposure of the subject.
    """
    flag = texts(table, "SAFFL")
    starts = [name for name in ("TRTSDT", "TRTSDTM") if numbers(table, name) is not None]
    if flag is None or not starts:
        return None
    known = np.logical_or.reduce([filled(table.frame[name]) for name in starts])
    return iter([Fault("SAFFL", is_any(flag, "Y") & ~known, tuple(starts))])


@dataset_rule(
    "actual-treatment-without-planned", severity="error", source="ADaMIG 1.3, 3.2.4", datasets=SUBJECT_LEVEL
)
def actual_treatment_without_planned(table: Table) -> Iterator[Fault]:
    """There is an actual treatment of a period and no planned one.

    Expected: TRTxxP for each TRTxxA.
    Why: a difference between plan and reality cannot be seen.
    Do:  add the planned treatment of the period.
    """
    for name in named(table, r"TRT[0-9]{2}A"):
        if f"{name[:-1]}P" not in table.frame.columns:
            yield Fault(name)


@dataset_rule("alive-after-death", severity="error", datasets=SUBJECT_LEVEL)
def alive_after_death(table: Table) -> Iterator[Fault] | None:
    """The subject was last known alive after its death, or treated after it.

    Expected: LSTALVDT and TRTEDT on or before DTHDT.
    Why: survival would end at the wrong date.
    Do:  query the date of death and the later date.
    """
    death = numbers(table, "DTHDT")
    if death is None:
        return None
    later = [(name, numbers(table, name)) for name in ("LSTALVDT", "TRTEDT")]
    return iter([Fault(name, date > death, ("DTHDT",)) for name, date in later if date is not None])


@dataset_rule("death-flag-differs", severity="error", datasets=SUBJECT_LEVEL)
def death_flag_differs(table: Table) -> Iterator[Fault] | None:
    """There is a date of death and the flag does not say that the subject died.

    Expected: DTHFL = Y for each subject with DTHDT.
    Why: deaths are counted by either of the two.
    Do:  look at the source of the death.
    """
    flag, death = texts(table, "DTHFL"), numbers(table, "DTHDT")
    if flag is None or death is None:
        return None
    return iter([Fault("DTHFL", ~np.isnan(death) & ~is_any(flag, "Y"), ("DTHDT",))])


def _differing(table: Table, other: Table, row: np.ndarray, left_out: tuple[str, ...]) -> Iterator[Fault]:
    """Variables of both datasets whose values differ; records without a row in the other say nothing."""
    for name in table.frame.columns:
        if name in left_out or name not in other.frame.columns or re.fullmatch(r"[A-Z]*SEQ", name):
            continue
        wrong = differing(table.frame[name], other.frame[name], row)
        if wrong is not None:
            yield Fault(name, wrong, ())


def differing(column: pd.Series, other: pd.Series, row: np.ndarray) -> Mask | None:
    """Rows whose value is not that of ``other`` at ``row``; -1 is equal to everything. None: not comparable."""
    known = row >= 0
    if not len(other):
        return np.zeros(len(column), dtype=bool)
    if is_number(column) and is_number(other):
        expected, given = other.to_numpy(dtype=float)[row], column.to_numpy(dtype=float)
        wrong = differ(given, expected) | (np.isnan(given) != np.isnan(expected))
    elif is_text(column) and is_text(other):
        given, codes = shared_codes([column, other])
        wrong = given != codes[row]
    else:
        return None
    return known & wrong
