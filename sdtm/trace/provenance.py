"""Where the records of datasets come from: raw file, row and column of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sdtm.stages import Dataset, RawTable


@dataclass(frozen=True, slots=True)
class Sources:
    """Looks up the raw place of a record. Implements ``validation.judge.Provenance``."""

    datasets: Mapping[str, Dataset]
    tables: Mapping[str, RawTable]

    def place(self, dataset: str, position: int, variable: str) -> tuple[str, int | None, str]:
        """Raw file, row and column (of a wide form) of one record; empty where it has none."""
        found = self.datasets.get(dataset)
        if found is None or not 0 <= position < len(found.source):
            return "", None, ""
        row = int(found.source["position"].iloc[position])
        table = found.source["table"].iloc[position]
        column = found.source["column"].iloc[position]
        if row < 0 or table not in self.tables:
            return "", None, ""
        file, number = self.tables[table].place(row)
        return file, number, column if isinstance(column, str) else ""


def provenance_of(datasets: Mapping[str, Dataset], tables: Mapping[str, RawTable]) -> Sources:
    """The sources of a conversion's datasets."""
    return Sources(datasets, tables)
