"""Work done once for the records of a raw row: a wide form makes several that share subject, date and visit."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sdtm.columns import codes_of, gather, is_constant, pick
from sdtm.combinations import combinations, first_rows

if TYPE_CHECKING:
    from sdtm.convert_shard import DomainState
    from sdtm.mapping.scope import Origin


@dataclass(frozen=True, slots=True)
class RawRows:
    """``number``: for each record that of its raw row among those that made records; ``first``: the first
    record of each. ``origin``: what they were worked out from."""

    origin: Origin
    number: np.ndarray
    first: np.ndarray
    _known: dict[int, weakref.ref[np.ndarray]] = field(default_factory=dict)

    def repeats(self, codes: np.ndarray) -> bool:
        """Whether all records of a raw row have the same code. Asked of the same columns again and again."""
        if is_constant(codes):
            return True
        values = codes if codes.base is None else codes.base
        known = self._known.get(id(values))
        if known is not None and known() is values and values.shape == codes.shape:
            return True
        if not np.array_equal(gather(gather(codes, self.first), self.number), codes):
            return False
        if isinstance(values, np.ndarray):
            self._known[id(values)] = weakref.ref(values)
        return True


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
    if all(rows.repeats(codes_of(part)) for part in parts):
        return rows.number, rows.first
    return combinations(parts)


def _rows(state: DomainState) -> RawRows | None:
    """Kept with the state until its records change. None where a record has no raw row."""
    origin = state.origin
    if state.rows is None or state.rows.origin is not origin:
        tables = codes_of(origin.table)
        if origin.position.min(initial=0) < 0 or tables.min(initial=0) < 0:
            return None
        row = origin.position
        if not is_constant(tables):
            row = tables.astype(np.int64) * (int(row.max(initial=0)) + 1) + row
        size = int(row.max(initial=-1)) + 1
        if size > 4 * len(row) + 1000:
            row, found = pd.factorize(row)
            size = len(found)
        first = first_rows(row, size)
        made = first >= 0
        number = row if made.all() else gather(np.cumsum(made, dtype=np.int32) - np.int32(1), row)
        state.rows = RawRows(origin, number, first[made])
    return state.rows
