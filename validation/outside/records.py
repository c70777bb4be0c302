"""Which record of which dataset an issue of another engine speaks of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from validation.outside.issues import OutsideIssue
from validation.tables import Table
from validation.values import texts_of

WHOLE = -1  # the position of a dataset as a whole
_SUBJECT, _SEQUENCE = "USUBJID", "SEQ"


class Records:
    """Positions of records by subject and --SEQ, and by their row where these do not speak against it.

    A row alone could be one of another version of the dataset, and --SEQ alone is not always unique: a record of
    another subject or number is never taken, and what stays unclear speaks of the dataset as a whole.
    """

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self.tables = tables
        self._by_number: dict[str, dict[tuple[str, str], list[int]] | None] = {}
        self._subjects: dict[str, list[str] | None] = {}
        self._parts: dict[str, list[str]] = defaultdict(list)
        for name, table in tables.items():
            if table.domain != name:
                self._parts[table.domain].append(name)

    def find(self, issue: OutsideIssue) -> tuple[str, int]:
        """Dataset and position. What is said of LB may be a record of one of its parts, such as LBCH."""
        if issue.dataset in self.tables:
            return issue.dataset, self._position(issue, issue.dataset)
        found = [
            (name, position)
            for name in self._parts.get(issue.dataset, ())
            for position in (self._numbered(name) or {}).get((issue.subject, issue.sequence), ())
        ]
        return found[0] if len(found) == 1 else (issue.dataset, WHOLE)

    def _position(self, issue: OutsideIssue, name: str) -> int:
        row = WHOLE
        if issue.record is not None and issue.record <= len(self.tables[name].frame):
            row = issue.record - 1
        numbered = self._numbered(name) if issue.subject and issue.sequence else None
        if numbered is not None:
            found = numbered.get((issue.subject, issue.sequence), ())
            if row in found:
                return row
            return found[0] if len(found) == 1 else WHOLE
        subjects = self._subjects_of(name) if issue.subject and row != WHOLE else None
        return row if subjects is None or subjects[row] == issue.subject else WHOLE

    def _numbered(self, name: str) -> dict[tuple[str, str], list[int]] | None:
        """Positions by subject and number; None where the dataset has not both."""
        if name not in self._by_number:
            table, subjects = self.tables[name], self._subjects_of(name)
            sequence = f"{table.prefix}{_SEQUENCE}"
            found: dict[tuple[str, str], list[int]] | None = None
            if subjects is not None and table.prefix and sequence in table.frame.columns:
                found = defaultdict(list)
                numbers = texts_of(table.frame[sequence]).tolist()
                for position, key in enumerate(zip(subjects, numbers, strict=True)):
                    found[key].append(position)
            self._by_number[name] = found
        return self._by_number[name]

    def _subjects_of(self, name: str) -> list[str] | None:
        if name not in self._subjects:
            frame = self.tables[name].frame
            known = _SUBJECT in frame.columns
            self._subjects[name] = texts_of(frame[_SUBJECT]).tolist() if known else None
        return self._subjects[name]
