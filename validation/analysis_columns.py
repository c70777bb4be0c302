"""Columns of analysis datasets for rules on names that are known only when they are seen.

Dates are SAS dates (days since 1960-01-01), date-times SAS seconds. A variable of the wrong type is told by
the schema; here it is as if it were not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from validation.dates import Moments, moments
from validation.tables import Table
from validation.values import Mask, codes_of, group_numbers, is_number, is_text, unique_texts

DAY_SECONDS = 86_400
SAS_DAYS = 3653  # from 1960-01-01, where SAS starts to count, to 1970-01-01
TOLERANCE = 1e-6  # of numbers that were worked out in another order


def numbers(table: Table, name: str) -> np.ndarray | None:
    """The numbers of a variable; None where it is not there or holds none."""
    if name not in table.frame.columns or not is_number(table.frame[name]):
        return None
    return table.frame[name].to_numpy(dtype=float)


def texts(table: Table, name: str) -> pd.Series | None:
    """A text variable; None where it is not there or is none."""
    if name not in table.frame.columns or not is_text(table.frame[name]):
        return None
    return table.frame[name]


def named(table: Table, pattern: str) -> list[str]:
    """The variables whose whole name a pattern matches, in their order."""
    whole = re.compile(pattern)
    return [name for name in table.frame.columns if whole.fullmatch(name)]


def days(table: Table, stem: str) -> np.ndarray | None:
    """Days of a date: ``stem`` + DT, else the days of ``stem`` + DTM; whole numbers, NaN where missing."""
    found = numbers(table, f"{stem}DT")
    if found is not None:
        return np.floor(found)
    seconds = numbers(table, f"{stem}DTM")
    return None if seconds is None else np.floor(seconds / DAY_SECONDS)


def sas_days(column: pd.Series) -> tuple[np.ndarray, Moments]:
    """Days since 1960-01-01 of ISO 8601 texts that are complete dates (NaN: not), and their moments."""
    known = moments(column)
    return known.day + SAS_DAYS, known


def differ(left: np.ndarray, right: np.ndarray) -> Mask:
    """Rows where both are numbers and differ by more than the order of calculation can explain."""
    both = ~np.isnan(left) & ~np.isnan(right)
    wrong = np.zeros(len(left), dtype=bool)
    wrong[both] = ~np.isclose(left[both], right[both], rtol=TOLERANCE, atol=TOLERANCE)
    return wrong


def pairs_with_n(table: Table) -> Iterator[tuple[str, str]]:
    """Text variables and their numeric twins: TRTP and TRTPN, AVALCAT1 and AVALCA1N, ATOXGRL and ATOXGRLN."""
    for name in table.frame.columns:
        if texts(table, name) is None:
            continue
        for twin in twins(name):
            if numbers(table, twin) is not None:
                yield name, twin


def twins(name: str) -> list[str]:
    """How the numeric twin of a text variable may be called (ADaMIG 1.3, 3.1.1 and the fragments of 3.3.4)."""
    shorter = re.fullmatch(r"([A-Z]+CA)T([1-9])", name)
    return [f"{name}N", *([f"{shorter[1]}{shorter[2]}N"] if shorter else [])]


def subject_rows(table: Table, columns: Sequence[str]) -> np.ndarray:
    """One integer for each group of records that are equal in those of ``columns`` that are there."""
    return group_numbers(table.frame, [name for name in columns if name in table.frame.columns])


def row_in(keys: pd.Series, other: pd.Series) -> np.ndarray:
    """For each key the first row of ``other`` that has it; -1 where there is none or the key is missing."""
    index = pd.Index(other.astype(object))
    first = ~index.duplicated() & ~index.isna()
    rows = np.flatnonzero(first)
    if not len(rows):
        return np.full(len(keys), -1)
    found = index[first].get_indexer(pd.Index(unique_texts(keys), dtype=object))
    per_text = np.append(np.where(found >= 0, rows[found], -1), -1)
    return per_text[codes_of(keys)]
