"""Which rows of which datasets a number comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd


@dataclass(frozen=True, slots=True)
class RowSet:
    """Rows by dataset: positions in the finished dataset from 0, ascending, each once."""

    rows: Mapping[str, np.ndarray] = field(default_factory=dict)

    @classmethod
    def of(cls, dataset: str, frame: pd.DataFrame) -> RowSet:
        """The rows that a part of a dataset consists of, which kept its index."""
        return cls({dataset: np.unique(frame.index.to_numpy(dtype=np.int64))})

    def __or__(self, other: RowSet) -> RowSet:
        """The rows of both. Example: ADRS 1, 2 and ADRS 2, ADSL 7 -> ADRS 1, 2 and ADSL 7."""
        found = dict(self.rows)
        for dataset, rows in other.rows.items():
            found[dataset] = np.union1d(found[dataset], rows) if dataset in found else rows
        return RowSet(found)

    def texts(self) -> dict[str, str]:
        """Rows as people count them, from 1, in ranges. Example: positions 0, 1, 2, 7 -> ``1-3 8``."""
        return {dataset: ranges(rows + 1) for dataset, rows in sorted(self.rows.items()) if len(rows)}


NO_ROWS = RowSet()


def ranges(numbers: np.ndarray) -> str:
    """Ascending numbers in ranges. Example: 1, 2, 3, 8 -> ``1-3 8``; none -> an empty text."""
    if not len(numbers):
        return ""
    breaks = np.flatnonzero(np.diff(numbers) != 1)
    starts, ends = numbers[np.append(0, breaks + 1)], numbers[np.append(breaks, len(numbers) - 1)]
    pairs: Iterable[tuple[int, int]] = zip(starts.tolist(), ends.tolist(), strict=True)
    return " ".join(str(first) if first == last else f"{first}-{last}" for first, last in pairs)
