"""Status and comment of issues, read back from a ``findings.xlsx`` that somebody has edited.

What could be misread is a problem that names sheet, row and column, and stops the run before anything is replaced:
a missing sheet or header, an unknown status, one id with two different remarks, a remark without an id, a formula,
merged cells. Rows may be sorted, filtered, coloured or deleted, and columns may be added or moved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from specs.location import Location
from specs.problems import Problem, ProblemsFound, suggest
from specs.workbook.grid import Cell, Grid, letters, read_grids
from validation.finding_ids import FINDING
from validation.findings_workbook import COMMENT, FIXED_SHEET, ID, ISSUES, KEPT_SHEET, STATUS
from validation.review import (
    EARLIER,
    FIXED,
    OPEN,
    STATUSES,
    UNCHECKED,
    UNLISTED,
    Known,
    Previous,
    Remark,
    Written,
)

WHAT = "the findings.xlsx of a run"
_NEEDED = (ID, STATUS, COMMENT)


@dataclass(frozen=True, slots=True)
class ReviewBook:
    """What an edited workbook says. ``rows``: by id. ``previous``: the run that made it, as far as it tells."""

    rows: Mapping[str, Written]
    previous: Previous


def read_review(path: Path) -> ReviewBook:
    """The remarks of an edited workbook; ``ProblemsFound`` with everything that is wrong with it."""
    grids = read_grids(path, WHAT)
    if ISSUES not in grids:
        found = f"the sheets {', '.join(grids)}" if grids else "no sheet"
        do = f"give the sheet its name back: {ISSUES}"
        raise ProblemsFound(Problem("review-sheet", Location(path.name), found, f"a sheet {ISSUES}", do))
    sheets = [grids[name] for name in (ISSUES, FIXED_SHEET, KEPT_SHEET) if name in grids]
    problems = [problem for grid in sheets for problem in _header_problems(grid)]
    if problems:
        raise ProblemsFound(problems)
    rows: dict[str, Written] = {}
    of_sheet: dict[str, str] = {}
    for grid in sheets:
        problems += _merged(grid)
        for number in sorted(grid.rows):
            row = _Row(grid, number)
            problems += row.problems()
            if not row.id or row.status not in STATUSES:
                continue
            written = row.written()
            before = rows.get(row.id)
            if before is not None and before.remark != written.remark:
                problems.append(_twice(row, before))
            rows.setdefault(row.id, written)
            of_sheet.setdefault(row.id, grid.name)
    if problems:
        raise ProblemsFound(problems)
    return ReviewBook(rows, _previous(rows, of_sheet))


@dataclass(frozen=True, slots=True)
class _Row:
    grid: Grid
    number: int

    def cell(self, header: str) -> Cell:
        column = self.grid.column(header)
        return self.grid.rows[self.number].get(column, Cell("")) if column is not None else Cell("")

    def text(self, header: str) -> str:
        return self.cell(header).text.strip()

    @property
    def id(self) -> str:
        return self.text(ID)

    @property
    def status(self) -> str:
        """As it is known; an empty one is open, and one that is not known stays as it is."""
        typed = " ".join(self.text(STATUS).split())
        return next((known for known in STATUSES if known == typed.casefold()), typed or OPEN)

    def at(self, header: str) -> Location:
        return self.grid.at(self.number, self.grid.column(header))

    def problems(self) -> Iterator[Problem]:
        for header in _NEEDED:
            cell = self.cell(header)
            if cell.found.startswith(("the formula", "the error")):
                yield Problem("review-not-text", self.at(header), cell.found, "plain text", cell.do)
        if self.id and self.status not in STATUSES:
            expected = f"one of: {', '.join(STATUSES)}"
            do = suggest(self.status, STATUSES) or "choose one of the list"
            yield Problem("review-status", self.at(STATUS), f'the status "{self.text(STATUS)}"', expected, do)
        if not self.id and (self.text(COMMENT) or self.text(STATUS)):
            found = "a remark without the id of an issue"
            do = "copy the id of the issue into the cell, or delete the remark"
            yield Problem("review-no-id", self.at(ID), found, "an id in each row that has a remark", do)

    def written(self) -> Written:
        raw_row = self.text("Raw row")
        known = Known(
            id=self.id,
            rule=self.text("Rule"),
            severity=self.text("Severity"),
            dataset=self.text("Dataset"),
            variable=self.text("Variable"),
            found=self.text("Found"),
            keys=tuple(
                (name, self.text(header))
                for name, header in (("USUBJID", "USUBJID"), ("record", "Record"))
                if self.text(header)
            ),
            value=self.text("Value"),
            file=self.text("Raw file"),
            row=int(raw_row) if raw_row.isdecimal() and len(raw_row) < 12 else None,
            column=self.text("Raw column"),
            remark=Remark(self.status, self.text(COMMENT)),
            why=self.text("Why"),
        )
        return Written(known.remark, self.at(ID), known)


def _header_problems(grid: Grid) -> Iterator[Problem]:
    for needed in _NEEDED:
        same = [column for column, title in grid.header.items() if title.casefold() == needed.casefold()]
        where = grid.at(1)
        if not same:
            shown = ", ".join(grid.header.values()) or "an empty row 1"
            do = suggest(needed, grid.header.values()) or f"write the header {needed} back into row 1"
            found = f"no column {needed}; there are {shown}"
            yield Problem("review-header", where, found, f"the columns {', '.join(_NEEDED)}", do)
        elif len(same) > 1:
            found = f"the header {needed} in {' and '.join(f'{letters(column)}1' for column in same)}"
            do = "delete one of the columns, or give it another header"
            yield Problem("review-header", where, found, "each of these headers once", do)


def _merged(grid: Grid) -> Iterator[Problem]:
    """Merged cells hold one value only; the others would count as empty, and clear what stood there."""
    columns = {grid.column(header) for header in _NEEDED}
    for top, left, bottom, right in grid.merged:
        if columns & set(range(left, right + 1)):
            found = f"merged cells {letters(left)}{top}:{letters(right)}{bottom}"
            do = "unmerge them, and write into each cell what it is for"
            yield Problem("review-merged", grid.at(top, left), found, "one value in each cell", do)


def _twice(row: _Row, before: Written) -> Problem:
    where = before.where
    found = f"the id {row.id} again, with another remark than in sheet {where.sheet}, row {where.row}"
    do = "decide for one of the two, and delete the other row"
    return Problem("review-id-twice", row.at(ID), found, "one remark for each id", do)


def _previous(rows: Mapping[str, Written], of_sheet: Mapping[str, str]) -> Previous:
    """The run that wrote the workbook. Where a finding has rows of its records and one of its own, the latter
    stands for records that were not listed."""
    issues, kept, findings = {}, {}, set()
    for id, written in rows.items():
        known = written.known
        if of_sheet[id] == ISSUES or known.why in (UNCHECKED, UNLISTED):
            issues[id] = known
            findings |= {id} if id.startswith(f"{FINDING}-") else set()
        else:
            kept[id] = replace(known, why=EARLIER) if known.why == FIXED else known
    listed = {known.scope for id, known in issues.items() if id not in findings}
    partial = {issues[id].scope for id in findings if id in issues} & listed
    return Previous(issues, kept, frozenset(findings), frozenset(partial))
