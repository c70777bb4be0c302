"""The order of records, and --SEQ."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sdtm.columns import codes_of
from sdtm.combinations import rank, sorted_by


def sort_order(frame: pd.DataFrame, keys: Sequence[str]) -> np.ndarray:
    """Positions that sort records by ``keys``: numbers by size, texts by code point, missing first.

    Records with equal keys are ordered by their other columns, from the first to the last, so that the
    order of the input shows only in records that are equal throughout.

    Shape:   n rows of text or number columns in, a permutation of n positions out.
    Source:  SDTMIG 3.4, 3.2.1.1 (the natural key orders a dataset).
    Example: a key column 10, 2, 9 -> positions 1, 2, 0.
    """
    if not len(frame):
        return np.empty(0, dtype=np.int64)
    if keys:
        order, tied = sorted_by(rank(_values(frame[name])) for name in keys)
    else:
        order, tied = np.arange(len(frame)), np.ones(len(frame) - 1, dtype=bool)
    if not tied.any():
        return order
    # Only the records that the keys, and the columns so far, leave equal are looked at further.
    places = np.arange(len(order))
    for name in frame:
        group, places = _tied(tied, places)
        if not len(places):
            break
        tied = group[1:] == group[:-1]
        if name in keys:
            continue
        rows = order[places]
        values = _values(frame[name].iloc[rows])
        if not (_differs(values) & tied).any():
            continue
        new, tied = sorted_by([group, rank(values)])
        order[places] = rows[new]
    return order


def number_within(
    subject: pd.Series,
    order: np.ndarray,
    previous: np.ndarray | None = None,
    highest: np.ndarray | None = None,
) -> np.ndarray:
    """1, 2, 3 ... within each subject, in the given order of records.

    With ``previous`` (the number that a record had in an earlier run, NaN for a new one) known records keep
    their numbers, and new ones continue, in order, after the highest the subject ever had: that of its known
    records or ``highest`` (row by row, for records that are gone). A number is never used again.

    Shape:   n subjects (text; missing is one subject), n positions, n and n float64 in; n float64 out.
    Errors:  none on data; the caller gives each previous number to one record.
    Source:  SDTMIG 3.4, 4.1.5 (--SEQ is unique for a subject within a domain).
    Example: three records of one subject -> 1, 2, 3; with a new one before the known three -> 4, 1, 2, 3.
    """
    who = codes_of(subject).astype(np.int64) + 1
    size = len(subject.cat.categories) + 1
    known = previous if previous is not None else np.full(len(who), np.nan)
    base = np.zeros(size)
    for numbers in (known, highest):
        if numbers is not None:
            np.fmax.at(base, who, numbers)
    result = known.astype(np.float64, copy=True)
    new = order[np.isnan(known[order])]
    by_subject = new[np.argsort(who[new], kind="stable")]
    count = np.bincount(who[by_subject], minlength=size)
    before = np.concatenate([[0], np.cumsum(count)])[who[by_subject]]
    result[by_subject] = base[who[by_subject]] + np.arange(len(by_subject)) - before + 1
    return result


def stand_together(subject: np.ndarray) -> bool:
    """Whether the records of each subject follow one another; ``subject`` holds a code for each record."""
    starts = _starts(subject)
    return len(starts) == len(np.unique(subject[starts]))


def number_in_order(subject: np.ndarray) -> np.ndarray:
    """1, 2, 3 ... within each subject, of records that ``stand_together`` in their order.

    What ``number_within`` gives without earlier numbers, and much cheaper.
    """
    starts = _starts(subject)
    numbers = np.arange(1, len(subject) + 1, dtype=np.float64)
    numbers -= np.repeat(starts, np.diff(np.append(starts, len(subject))))
    return numbers


def _starts(subject: np.ndarray) -> np.ndarray:
    return np.flatnonzero(np.append(True, subject[1:] != subject[:-1])[: len(subject)]).astype(np.int32)


def _values(column: pd.Series) -> pd.Series | np.ndarray:
    return column if isinstance(column.dtype, pd.CategoricalDtype) else column.to_numpy()


def _tied(tied: np.ndarray, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Group and place of the records that are equal to a neighbour; ``tied``: each but the last to its next."""
    some = np.append(tied, False) | np.append(False, tied)
    return np.append(0, np.cumsum(~tied))[some], places[some]


def _differs(values: pd.Series | np.ndarray) -> np.ndarray:
    """For each value but the last whether the next one is another."""
    if isinstance(values, pd.Series):
        codes = codes_of(values)
        return codes[1:] != codes[:-1]
    return (values[1:] != values[:-1]) & ~(np.isnan(values[1:]) & np.isnan(values[:-1]))
