"""What a derivation has to say about records that it could not use as they are."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Note:
    """One defect in the input of a derivation; it becomes a finding.

    ``rule``: id named after the defect (``negative-concentration``). ``rows``: index labels of the records
    that show it, in ``table`` (empty: the records that the derivation was given).
    """

    rule: str
    found: str
    expected: str
    do: str = ""
    rows: tuple[Any, ...] = ()
    table: str = ""
    variable: str = ""
    severity: str = "warning"

    def __str__(self) -> str:
        shown = ", ".join(map(str, self.rows[:5]))
        where = f" (records {shown}{' …' if len(self.rows) > 5 else ''})" if self.rows else ""
        return f"{self.rule}{where}: found {self.found}; expected {self.expected}. {self.do}".strip()


@dataclass(slots=True)
class Notes:
    """The notes of one call, in the order they were made; none about no rows."""

    _notes: list[Note] = field(default_factory=list)

    def add(
        self,
        rule: str,
        rows: Iterable[Any],
        *,
        found: str,
        expected: str,
        do: str = "",
        table: str = "",
        variable: str = "",
        severity: str = "warning",
    ) -> None:
        """Note a defect of the records with these index labels; nothing where there are none."""
        labels = tuple(rows)
        if labels:
            self._notes.append(Note(rule, found, expected, do, labels, table, variable, severity))

    def __iter__(self) -> Iterator[Note]:
        return iter(self._notes)

    def __len__(self) -> int:
        return len(self._notes)

    def warn(self) -> None:
        """Say them as Python warnings: for a derivation called on its own, where nobody collects them."""
        for note in self._notes:
            warnings.warn(str(note), stacklevel=4)
