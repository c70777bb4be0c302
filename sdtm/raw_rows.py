"""Work done once for the records of a raw row: a wide form makes several that share subject, date and visit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sdtm.columns import codes_of, pick
from sdtm.combinations import combinations

if TYPE_CHECKING:
    from sdtm.convert import DomainState
    from sdtm.mapping.scope import Origin


@dataclass(frozen=True, slots=True)
class RawRows:
    """``number``: for each record that of its raw row among those that made records; ``first``: the first
    record of each. ``origin``: what they were worked out from."""

    origin: Origin
    number: np.ndarray
    first: np.ndarray


def once(state: DomainState, parts: Sequence[pd.Series], function: Callable[..., pd.Series]) -> pd.Series:
    """What ``function`` gives for text columns of a domain; it sees fewer rows where records repeat them.

    ``function`` must give for each row what follows from that row's values alone.
    """
    alike = records_alike(state, parts)
    if alike is None:
        return function(*parts).set_axis(state.index)
    number, first = alike
    return pick(function(*(pick(part, first) for part in parts)), number)


def records_alike(state: DomainState, parts: Sequence[pd.Series]) -> tuple[np.ndarray, np.ndarray] | None:
    """Number records so that those of one number are equal in ``parts``; and the first record of each number.

    By raw row where that is enough, which costs much less than to compare values. None where no two records
    have a raw row in common.
    """
    rows = _rows(state)
    if rows is None:
        return combinations(parts)
    if len(rows.first) == len(rows.number):
        return None
    for part in parts:
        codes = codes_of(part)
        if not np.array_equal(codes[rows.first][rows.number], codes):
            return combinations(parts)
    return rows.number, rows.first


def _rows(state: DomainState) -> RawRows | None:
    """Kept with the state until its records change. None where a record has no raw row."""
    origin = state.origin
    if state.rows is None or state.rows.origin is not origin:
        tables = codes_of(origin.table).astype(np.int64)
        if origin.position.min(initial=0) < 0 or tables.min(initial=0) < 0:
            return None
        row = tables * (int(origin.position.max(initial=0)) + 1) + origin.position
        size = int(row.max(initial=-1)) + 1
        if size > 4 * len(row) + 1000:
            row, found = pd.factorize(row)
            size = len(found)
        first = np.full(size, -1, dtype=np.int64)
        first[row[::-1]] = np.arange(len(row) - 1, -1, -1)
        made = first >= 0
        number = (np.cumsum(made, dtype=np.int32) - 1)[row]
        state.rows = RawRows(origin, number, first[made])
    return state.rows
