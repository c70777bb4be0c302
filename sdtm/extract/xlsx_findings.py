"""What is to be said about a sheet besides its values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sdtm.extract.table import letters, listed, places
from specs.location import Location
from specs.problems import Problem, ProblemsFound
from validation.findings import PLACES_SHOWN, Finding, Place

RANGE = re.compile(r"\$?([A-Z]+)\$?(\d+)(?::\$?([A-Z]+)\$?(\d+))?")

# loss of a number format -> rule, severity, found, expected
LOSSES = {
    "rounded": (
        "number-rounded",
        "note",
        "numbers with more digits than format {code} shows; all stored digits are read",
        "numbers that are shown in full",
    ),
    "part-not-shown": (
        "part-not-shown",
        "warning",
        "date and time in cells whose format {code} shows only one of them; what is shown is read",
        "cells whose format shows all they hold",
    ),
    "date-out-of-range": (
        "date-out-of-range",
        "error",
        "numbers under the date format {code} that are no date; the number is kept",
        "a date of the years 1900 to 9999",
    ),
    "hidden": (
        "hidden-by-format",
        "warning",
        "numbers that format {code} does not show; they are read",
        "cells that show what they hold",
    ),
    "error-cell": (
        "error-cell",
        "error",
        "cells with the error of a formula, kept as text",
        "a value",
    ),
}


@dataclass
class SheetRemarks:
    """Gathered while a sheet is read; columns are numbers from 1."""

    shown: str
    sheet: str
    header_row: int
    merged: list[str] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    hidden_rows: int = 0
    empty_rows: int = 0
    uncalculated: list[tuple[int, int]] = field(default_factory=list)
    seen: dict[tuple[str, int, str], list[tuple[int, str]]] = field(default_factory=dict)

    def add(self, what: str, row: int, column: int, value: str, code: str = "") -> None:
        """Remember a cell: a loss of its number format, or an error."""
        if row > self.header_row:
            self.seen.setdefault((what, column, code), []).append((row, value))

    def refuse(self, names: Mapping[int, str]) -> None:
        """Raise for what leaves names or values unknown."""
        problems = [
            Problem(
                "merged-header",
                Location(self.shown, sheet=self.sheet, row=self.header_row, column=letters(first)),
                f"merged cells {reference} in the row of the column names",
                "one cell with a name above every column",
                "unmerge the cells and name each column, or set header_row to the row of the names",
            )
            for reference, (first, top, last, bottom) in self.ranges()
            if top <= self.header_row <= bottom and set(range(first, last + 1)) & set(names)
        ]
        if self.uncalculated:
            row, column = self.uncalculated[0]
            cells = [f"{letters(c)}{r}" for r, c in self.uncalculated]
            problems.append(
                Problem(
                    "uncalculated-formula",
                    Location(
                        self.shown, sheet=self.sheet, row=row, column=names.get(column) or letters(column)
                    ),
                    f"{len(cells)} formulas without a stored value: {listed(cells)}",
                    "formulas with the value that was last calculated",
                    "open the workbook in a spreadsheet program and save it",
                )
            )
        if problems:
            raise ProblemsFound(problems)

    def ranges(self) -> list[tuple[str, tuple[int, int, int, int]]]:
        """Merged ranges as (first column, first row, last column, last row)."""
        found = []
        for reference in self.merged:
            match = RANGE.fullmatch(reference)
            if match:
                first, top = column_of(match[1]), int(match[2])
                found.append(
                    (reference, (first, top, column_of(match[3] or match[1]), int(match[4] or match[2])))
                )
        return found

    def findings(self, names: Mapping[int, str]) -> list[Finding]:
        found = []
        for (what, column, code), cells in sorted(self.seen.items()):
            rule, severity, text, expected = LOSSES[what]
            name = names.get(column, letters(column))
            found.append(
                Finding(
                    rule,
                    severity,
                    f"{name}: {text.format(code=repr(code))}",
                    expected,
                    f"look at these cells of sheet {self.sheet}",
                    places=tuple(
                        Place(file=self.shown, row=row, column=name, value=value)
                        for row, value in cells[:PLACES_SHOWN]
                    ),
                    count=len(cells),
                )
            )
        inside = [
            (ref, box)
            for ref, box in self.ranges()
            if box[1] > self.header_row and set(names) & set(range(box[0], box[2] + 1))
        ]
        if inside:
            found.append(
                Finding(
                    "merged-cells",
                    "warning",
                    f"merged cells {listed([ref for ref, _ in inside])}: only the first of each has a value",
                    "one value in each cell",
                    f"unmerge the cells of sheet {self.sheet} and fill in what belongs there",
                    places=places(self.shown, [box[1] for _, box in inside]),
                    count=len(inside),
                )
            )
        return found

    def notes(self, names: Mapping[int, str]) -> list[str]:
        notes = []
        hidden = [name for n, name in names.items() if any(a <= n <= b for a, b in self.hidden_columns)]
        if hidden:
            notes.append(f"hidden columns were read: {listed(hidden, 20)}")
        if self.hidden_rows:
            notes.append(f"hidden rows were read: {self.hidden_rows}")
        if self.empty_rows:
            notes.append(f"empty rows between rows left out: {self.empty_rows}")
        return notes


def column_of(name: str) -> int:
    number = 0
    for character in name:
        number = number * 26 + ord(character) - 64
    return number
