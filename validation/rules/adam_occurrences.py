"""Rules on occurrences: treatment emergence and the flags of first occurrences (ADaM OCCDS 1.0)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from validation.analysis_columns import days, subject_rows, texts
from validation.analysis_tables import OCCURRENCES
from validation.rules.registry import Fault, dataset_rule
from validation.tables import Table
from validation.values import filled, is_any

# Flag of a first occurrence -> within what it is the first, beside the subject.
_FIRST_WITHIN = {
    "AOCCFL": (),
    "AOCCSFL": ("--BODSYS",),
    "AOCCPFL": ("--DECOD",),
    "AOCCIFL": (),
    "AOCCSIFL": ("--BODSYS",),
    "AOCCPIFL": ("--DECOD",),
}


@dataset_rule("emergent-before-treatment", severity="warning", source="OCCDS 1.0, 3.2", classes=OCCURRENCES)
def emergent_before_treatment(table: Table) -> Iterator[Fault] | None:
    """The event is called treatment emergent and ended before the treatment started.

    Expected: TRTEMFL only on events that start or get worse under treatment.
    Why: the event is counted as caused by a treatment that had not been given.
    Do:  look at the dates of the event and at TRTSDT.
    """
    flag, reference = texts(table, "TRTEMFL"), days(table, "TRTS")
    start, end = days(table, "AST"), days(table, "AEN")
    if flag is None or reference is None or start is None:
        return None
    early = start < reference
    # One that goes on, or whose end is not known, may have got worse later.
    over = end < reference if end is not None else np.zeros(len(start), dtype=bool)
    return iter([Fault("TRTEMFL", is_any(flag, "Y") & early & over, ("ASTDT", "AENDT", "TRTSDT"))])


@dataset_rule("emergent-without-treatment", severity="error", source="OCCDS 1.0, 3.2", classes=OCCURRENCES)
def emergent_without_treatment(table: Table) -> Iterator[Fault] | None:
    """The event is called treatment emergent and the subject was not treated.

    Expected: TRTEMFL only for subjects with TRTSDT.
    Why: the event is counted under a treatment that was never given.
    Do:  look at the exposure of the subject.
    """
    flag, reference = texts(table, "TRTEMFL"), days(table, "TRTS")
    if flag is None or reference is None:
        return None
    return iter([Fault("TRTEMFL", is_any(flag, "Y") & np.isnan(reference), ("TRTSDT",))])


@dataset_rule(
    "under-treatment-not-emergent", severity="warning", source="OCCDS 1.0, 3.2", classes=OCCURRENCES
)
def under_treatment_not_emergent(table: Table) -> Iterator[Fault] | None:
    """The event starts between the first and the last dose and is not treatment emergent.

    Expected: TRTEMFL = Y for an event that starts after TRTSDT and not after TRTEDT.
    Why: the event is missing from the safety tables.
    Do:  look at the definition of treatment emergence, and at the dates.
    """
    flag, start = texts(table, "TRTEMFL"), days(table, "AST")
    first, last = days(table, "TRTS"), days(table, "TRTE")
    if flag is None or start is None or first is None or last is None:
        return None
    inside = (start > first) & (start <= last)
    return iter([Fault("TRTEMFL", inside & ~is_any(flag, "Y"), ("ASTDT", "TRTSDT", "TRTEDT"))])


@dataset_rule("first-occurrence-twice", severity="error", source="OCCDS 1.0, 3.2", classes=OCCURRENCES)
def first_occurrence_twice(table: Table) -> Iterator[Fault]:
    """Several records are flagged as the first occurrence.

    Expected: one per subject for AOCCFL, per subject and body system for AOCCSFL, per preferred term for AOCCPFL.
    Why: counts of subjects are made of these flags; the subject would be counted twice.
    Do:  flag only the first record of each group.
    """
    for name, within in _FIRST_WITHIN.items():
        flag = texts(table, name)
        groups = [table.variable_named(pattern) for pattern in within]
        if flag is None or "USUBJID" not in table.frame.columns:
            continue
        if any(group not in table.frame.columns for group in groups):
            continue
        flagged = is_any(flag, "Y")
        some = pd.Series(subject_rows(table, ("USUBJID", *groups)))[flagged].duplicated(keep=False)
        wrong = np.zeros(len(flag), dtype=bool)
        wrong[some.index[some]] = True
        yield Fault(name, wrong, tuple(groups))


@dataset_rule("first-occurrence-missing", severity="warning", source="OCCDS 1.0, 3.2", classes=OCCURRENCES)
def first_occurrence_missing(table: Table) -> Iterator[Fault] | None:
    """A subject has treatment emergent events and none is flagged as the first.

    Expected: AOCCFL = Y on one of the treatment emergent events of each subject.
    Why: the subject is missing from counts that are made of the flag.
    Do:  derive the flag after TRTEMFL.
    """
    flag, emergent = texts(table, "AOCCFL"), texts(table, "TRTEMFL")
    if flag is None or emergent is None or "USUBJID" not in table.frame.columns:
        return None
    groups = subject_rows(table, ("USUBJID",))
    has_first = pd.Series(is_any(flag, "Y")).groupby(groups).transform("any").to_numpy()
    subject = filled(table.frame["USUBJID"])
    return iter([Fault("AOCCFL", is_any(emergent, "Y") & subject & ~has_first, ("TRTEMFL",))])
