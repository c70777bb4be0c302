"""Rules on baseline and change from it in BDS datasets (ADaMIG 1.3, 3.3.4 and 4.2.1)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from validation.analysis_columns import differ, numbers, subject_rows, texts
from validation.analysis_tables import PARAMETERS
from validation.rules.registry import Fault, dataset_rule
from validation.tables import Table
from validation.values import Mask, filled, is_any, is_number, missing, shared_codes

_WHOSE = ("USUBJID", "PARAMCD", "BASETYPE")
# Baseline -> what it is the value of on the baseline record.
_BASELINES = {
    "BASE": "AVAL",
    "BASEC": "AVALC",
    "BNRIND": "ANRIND",
    "BTOXGR": "ATOXGR",
    "BTOXGRL": "ATOXGRL",
    "BTOXGRH": "ATOXGRH",
    "B1IND": "A1IND",
}


@dataset_rule("baseline-flagged-twice", severity="error", source="ADaMIG 1.3, 4.2.1", classes=PARAMETERS)
def baseline_flagged_twice(table: Table) -> Iterator[Fault] | None:
    """A subject has several baseline records of one parameter.

    Expected: one record with ABLFL = Y for each subject, parameter and BASETYPE.
    Why: which of them is the baseline of the later values is left open.
    Do:  flag one of them, or tell them apart by BASETYPE.
    """
    flagged = _flagged(table)
    if flagged is None:
        return None
    groups = pd.Series(subject_rows(table, _WHOSE))
    twice = groups[flagged].duplicated(keep=False)
    wrong = np.zeros(len(groups), dtype=bool)
    wrong[twice.index[twice]] = True
    return iter([Fault("ABLFL", wrong, ("PARAMCD", "ADT", "AVAL"))])


@dataset_rule("base-differs", severity="error", source="ADaMIG 1.3, 3.3.4", classes=PARAMETERS)
def base_differs(table: Table) -> Iterator[Fault] | None:
    """The baseline value is not the value of the baseline record.

    Expected: BASE as AVAL, BASEC as AVALC, BNRIND as ANRIND of the record with ABLFL = Y.
    Why: every change from baseline would start from a wrong value.
    Do:  derive the baseline from the flagged record of the same subject, parameter and BASETYPE.
    """
    flagged = _flagged(table)
    return None if flagged is None else _against_baseline(table, flagged)


def _against_baseline(table: Table, flagged: Mask) -> Iterator[Fault]:
    row = _baseline_row(table, flagged)
    known = row >= 0
    for base, value in _BASELINES.items():
        if base not in table.frame.columns or value not in table.frame.columns:
            continue
        left, right = table.frame[base], table.frame[value]
        if is_number(left) and is_number(right):
            expected = np.where(known, right.to_numpy(dtype=float)[row], np.nan)
            given = left.to_numpy(dtype=float)
            wrong = differ(given, expected) | (~np.isnan(given) & known & np.isnan(expected))
        elif texts(table, base) is not None and texts(table, value) is not None:
            given, codes = shared_codes([left, right])
            wrong = known & (given >= 0) & (given != codes[row])
        else:
            continue
        yield Fault(base, wrong, (value, "PARAMCD", "ABLFL"))


@dataset_rule(
    "base-without-baseline-record", severity="error", source="ADaMIG 1.3, 3.3.4", classes=PARAMETERS
)
def base_without_baseline_record(table: Table) -> Iterator[Fault] | None:
    """There is a baseline value and no baseline record.

    Expected: a record with ABLFL = Y for each subject and parameter that has a BASE.
    Why: nobody can tell where the baseline comes from.
    Do:  flag the record that the baseline was taken from.
    """
    flagged, base = _flagged(table), numbers(table, "BASE")
    if base is None:
        return None
    if flagged is None:
        return iter([Fault("BASE")]) if not np.isnan(base).all() else iter(())
    return iter([Fault("BASE", ~np.isnan(base) & (_baseline_row(table, flagged) < 0), ("PARAMCD",))])


@dataset_rule("base-type-missing", severity="error", source="ADaMIG 1.3, 3.3.4", classes=PARAMETERS)
def base_type_missing(table: Table) -> Iterator[Fault] | None:
    """BASETYPE is missing on a record of a parameter that has several baselines.

    Expected: BASETYPE on every record with a baseline, if any record of the parameter has it.
    Why: which baseline the value is compared with is left open.
    Do:  give the record its BASETYPE.
    """
    kind, base, code = texts(table, "BASETYPE"), numbers(table, "BASE"), texts(table, "PARAMCD")
    if kind is None or base is None or code is None:
        return None
    some = pd.Series(filled(kind)).groupby(subject_rows(table, ("PARAMCD",))).transform("any").to_numpy()
    return iter([Fault("BASETYPE", missing(kind) & ~np.isnan(base) & some, ("PARAMCD", "BASE"))])


@dataset_rule("change-differs", severity="error", source="ADaMIG 1.3, 3.3.4", classes=PARAMETERS)
def change_differs(table: Table) -> Iterator[Fault] | None:
    """The change from baseline is not the one that AVAL and BASE give.

    Expected: CHG = AVAL - BASE, PCHG = 100 * CHG / BASE, R2BASE = AVAL / BASE.
    Why: the tables of changes are made of it.
    Do:  derive the change after the baseline, from the values of the same record.
    """
    value, base = numbers(table, "AVAL"), numbers(table, "BASE")
    if value is None or base is None:
        return None
    return _changed(table, value, base)


def _changed(table: Table, value: np.ndarray, base: np.ndarray) -> Iterator[Fault]:
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = {
            "CHG": value - base,
            "PCHG": 100 * (value - base) / base,
            "R2BASE": value / base,
            "BCHG": base - value,
            "PBCHG": 100 * (base - value) / value,
        }
    for name, result in expected.items():
        given = numbers(table, name)
        if given is None:
            continue
        finite = np.where(np.isfinite(result), result, np.nan)
        # Digits that are lost when nearly equal numbers are subtracted are no fault.
        lost = np.abs(given - finite) <= 1e-9 * (np.abs(value) + np.abs(base)) * (
            100 if name[0] == "P" else 1
        )
        alone = ~np.isnan(given) & (np.isnan(value) | np.isnan(base))
        yield Fault(name, (differ(given, finite) & ~lost) | alone, ("AVAL", "BASE", "PARAMCD"))


def _flagged(table: Table) -> Mask | None:
    flag = texts(table, "ABLFL")
    if flag is None or "PARAMCD" not in table.frame.columns or "USUBJID" not in table.frame.columns:
        return None
    return is_any(flag, "Y")


def _baseline_row(table: Table, flagged: Mask) -> np.ndarray:
    """For each record the row of its baseline record; -1 where there is none, or more than one."""
    groups = np.unique(subject_rows(table, _WHOSE), return_inverse=True)[1]
    row = np.full(groups.max() + 1 if len(groups) else 0, -1)
    rows = np.flatnonzero(flagged)
    row[groups[rows]] = rows
    several = np.bincount(groups[rows], minlength=len(row)) > 1
    row[several] = -1
    return row[groups] if len(row) else np.empty(0, dtype=int)
