"""What a data cut removed and changed, and why: the read-out that goes beside the datasets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sdtm.stages import RawTable

COUNTS = ("records", "removed", "changed", "perhaps_after", "undated")
REMOVED, CHANGED, KEPT = "removed", "changed", "kept"
COLUMNS = (
    "domain",
    "USUBJID",
    "action",
    "variable",
    "value",
    "becomes",
    "cut_off",
    "reason",
    "file",
    "row",
    "column",
)


@dataclass(slots=True)
class CutLog:
    """``rows``: one for each removed record, changed value, and partial date that stayed although it may be after
    the cut-off; with table and position in place of file and row. ``counts``: domain -> what became of how many
    records."""

    rows: list[pd.DataFrame] = field(default_factory=list)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    def count(self, domain: str, **numbers: int) -> None:
        counts = self.counts.setdefault(domain, dict.fromkeys(COUNTS, 0))
        for name, number in numbers.items():
            counts[name] += number

    def table(self) -> pd.DataFrame:
        """All rows as one table of texts and positions."""
        return pd.concat(self.rows, ignore_index=True) if self.rows else pd.DataFrame()


def merge_logs(logs: Sequence[CutLog], positions: Sequence[Mapping[str, np.ndarray]]) -> CutLog:
    """The logs of all shards; ``positions``: table -> rows of the whole table, for each shard."""
    merged = CutLog()
    for log, of in zip(logs, positions, strict=True):
        for domain, counts in log.counts.items():
            merged.count(domain, **counts)
        for rows in log.rows:
            whole = rows["position"].to_numpy(copy=True)
            for name in sorted(set(of) & set(rows["table"].dropna())):
                mask = (rows["table"] == name).to_numpy() & (whole >= 0)
                whole[mask] = of[name][whole[mask]]
            merged.rows.append(rows.assign(position=whole))
    return merged


def read_out(log: CutLog, tables: Mapping[str, RawTable]) -> pd.DataFrame:
    """``COLUMNS`` of every row, in the order of domains, subjects and raw rows."""
    rows = log.table()
    if not len(rows):
        return pd.DataFrame(columns=list(COLUMNS))
    files = np.full(len(rows), "", dtype=object)
    numbers = np.full(len(rows), -1, dtype=np.int64)
    position = rows["position"].to_numpy()
    for name, table in tables.items():
        mask = (rows["table"] == name).to_numpy() & (position >= 0)
        paths = np.array([file.path for file in table.files], dtype=object)
        files[mask] = paths[table.file_of[position[mask]]] if mask.any() else []
        numbers[mask] = table.rows[position[mask]]
    rows = rows.assign(file=files, row=numbers).fillna({name: "" for name in COLUMNS if name in rows})
    keys = ["domain", "USUBJID", "file", "row", "column", "action", "variable"]
    return rows.sort_values(keys, kind="stable", ignore_index=True)[list(COLUMNS)]
