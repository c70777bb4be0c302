"""Reader of .xlsx and .xlsm workbooks: one sheet as a table, its cells as they are shown.

Texts are exact (``007``, ``1.10``); numbers and dates follow their number format (``number_formats``);
booleans are TRUE and FALSE; formulas give the value that is stored with them. The names stand in
``header_row``; rows have the numbers that the program shows. Columns without a name and without a value
are not part of the table. Hidden rows, columns and sheets are read like others and noted.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sdtm.extract.hashed_file import hash_file
from sdtm.extract.number_formats import show_number
from sdtm.extract.numbers import distinct
from sdtm.extract.table import FileTable, Options, check_cells, check_names, listed, no_rows, refuse
from sdtm.extract.xlsx_findings import SheetRemarks
from sdtm.extract.xlsx_package import Package, Sheet, damaged, open_package, plain_text
from sdtm.extract.xml_files import forget, local
from specs.location import Location
from specs.problems import nearest


def parts(path: Path, options: Options) -> list[Options]:
    """One table for each sheet."""
    with open_package(path, options.shown) as package:
        return [replace_sheet(options, sheet.name) for sheet in package.sheets]


def read(path: Path, options: Options) -> FileTable:
    """One sheet of a workbook, every cell as text.

    Raises ``ProblemsFound``: empty-file, damaged-file, file-too-large, unknown-sheet, several-sheets,
    merged-header, duplicated-column, empty-column-name, uncalculated-formula, cell-too-large,
    nul-character. Findings: no-rows, error-cell, merged-cells, number-rounded, part-not-shown,
    date-out-of-range, hidden-by-format.
    """
    sha256, size = hash_file(path)
    with open_package(path, options.shown) as package:
        sheet = choose_sheet(package, options)
        grid = Grid(package, sheet, options)
        grid.read()
        notes = package.notes + ([f"sheet {sheet.name} is hidden"] if sheet.hidden else [])
    names = grid.names()
    findings = check_names(list(names.values()), options.shown, options.header_row, sheet.name, list(names))
    rows = np.array(grid.rows, dtype=np.int32)
    columns: dict[str, pd.Series] = {}
    for number, name in names.items():
        columns[name] = grid.columns.get(number, Column()).series(len(rows))
        check_cells(columns[name], name, rows, options.shown, sheet.name)
    if not len(rows):
        findings.append(no_rows(options.shown, "row"))
    findings += grid.remarks.findings(names)
    notes += grid.remarks.notes(names)
    return FileTable(columns, rows, sha256, size, notes=tuple(notes), findings=tuple(findings))


def replace_sheet(options: Options, sheet: str) -> Options:
    return Options(options.shown, sheet=sheet, header_row=options.header_row)


def choose_sheet(package: Package, options: Options) -> Sheet:
    """The declared sheet, or the only one."""
    names = [sheet.name for sheet in package.sheets]
    shown = [f"{sheet.name} (hidden)" if sheet.hidden else sheet.name for sheet in package.sheets]
    if not names:
        raise damaged(options.shown, "a workbook without worksheets")
    if not options.sheet:
        if len(names) > 1:
            raise refuse(
                "several-sheets",
                options.shown,
                f"{len(names)} sheets: {listed(shown, 20)}, and none is declared",
                "one sheet, or the name of the sheet to read",
                "set sheet for this dataset",
            )
        return package.sheets[0]
    if options.sheet not in names:
        near = nearest(options.sheet, names)
        raise refuse(
            "unknown-sheet",
            Location(options.shown, sheet=options.sheet),
            f"no sheet of this name; there are {listed(shown, 20)}",
            "the name of a sheet, exactly",
            f"did you mean {' or '.join(near)}?" if near else "correct sheet of this dataset",
        )
    return package.sheets[names.index(options.sheet)]


@dataclass
class Column:
    """One column while it is read: codes over the distinct texts met so far, for rows from the first on."""

    codes: array[int] = field(default_factory=lambda: array("i"))
    texts: dict[str, int] = field(default_factory=dict)

    def put(self, row: int, text: str) -> None:
        """Set the cell of a row (from 0); the rows skipped since the last one have no cell."""
        self.codes.extend([-1] * (row - len(self.codes)))
        self.codes.append(self.texts.setdefault(text, len(self.texts)))

    def series(self, rows: int) -> pd.Series:
        codes = np.full(rows, -1, dtype=np.int32)
        codes[: len(self.codes)] = self.codes
        return distinct(list(self.texts), codes)


@dataclass
class Grid:
    """A sheet while it is read. Columns count from 1; ``rows``: numbers of the rows that have a value."""

    package: Package
    sheet: Sheet
    options: Options
    header: dict[int, str] = field(default_factory=dict)
    columns: dict[int, Column] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.remarks = SheetRemarks(self.options.shown, self.sheet.name, self.options.header_row)
        self.texts = self.package.shared_texts()
        self.formats = self.package.number_formats()
        self.numbers: dict[tuple[str, str], tuple[str, str]] = {}

    def read(self) -> None:
        """Go through the sheet once."""
        last = 0
        for _, element in self.package.open(self.sheet.part, "{*}row", "{*}col", "{*}mergeCell"):
            kind = local(element)
            if kind == "row":
                last = self.whole(element.get("r", str(last + 1)))
                self.read_row(element, last)
            elif kind == "col" and element.get("hidden") in ("1", "true"):
                self.remarks.hidden_columns.append(
                    (self.whole(element.get("min")), self.whole(element.get("max")))
                )
            elif kind == "mergeCell":
                self.remarks.merged.append(element.get("ref", ""))
            forget(element)

    def read_row(self, element: Any, number: int) -> None:
        """The names, or a row below them."""
        if number < self.options.header_row:
            return
        cells = dict(self.cells(element, number))
        if number == self.options.header_row:
            self.header = cells
            return
        if not any(cells.values()):
            return
        if self.rows:
            self.remarks.empty_rows += number - self.rows[-1] - 1
        if element.get("hidden") in ("1", "true"):
            self.remarks.hidden_rows += 1
        for column, text in cells.items():
            self.columns.setdefault(column, Column()).put(len(self.rows), text)
        self.rows.append(number)

    def cells(self, row: Any, number: int) -> Iterator[tuple[int, str]]:
        """Column number and text of each cell that holds something."""
        column = 0
        for cell in row.iterchildren("{*}c"):
            reference = cell.get("r")
            column = column_number(reference) if reference else column + 1
            text = self.text(cell, number, column)
            if text is not None:
                yield column, text

    def text(self, cell: Any, row: int, column: int) -> str | None:
        """The text of a cell; ``None`` if it holds nothing."""
        kind, value, formula, inline = cell.get("t", "n"), None, False, None
        for child in cell:
            name = local(child)
            if name == "v":
                value = child.text
            elif name == "f":
                formula = True
            elif name == "is":
                inline = plain_text(child)
        if kind == "inlineStr":
            return inline
        if formula and not value and kind != "str":
            self.remarks.uncalculated.append((row, column))
            return None
        if kind == "str":
            return value or ""
        if not value:
            return None
        if kind == "s":
            return self.shared(value)
        if kind == "b":
            return "TRUE" if value.strip() in ("1", "true") else "FALSE"
        if kind == "e":
            self.remarks.add("error-cell", row, column, value)
            return value
        if kind == "d":
            return value
        return self.number(value, self.whole(cell.get("s", "0")), row, column)

    def number(self, raw: str, style: int, row: int, column: int) -> str:
        """The text of a number under the number format of its style."""
        code = self.formats[style] if style < len(self.formats) else "General"
        shown = self.numbers.get((raw, code))
        if shown is None:
            made = show_number(self.decimal(raw), code, self.package.epoch_1904)
            shown = self.numbers[raw, code] = (made.text, made.loss)
        if shown[1]:
            self.remarks.add(shown[1], row, column, shown[0], code)
        return shown[0]

    def shared(self, value: str) -> str:
        number = self.whole(value)
        if number >= len(self.texts):
            raise damaged(self.options.shown, f"a cell points at text {number} of {len(self.texts)}")
        return self.texts[number]

    def whole(self, text: str | None) -> int:
        """A number that the program itself writes, such as that of a row."""
        if not text or not text.strip().isdecimal():
            raise damaged(self.options.shown, f"{text!r} where the file must have a whole number")
        return int(text)

    def decimal(self, text: str) -> str:
        try:
            finite = math.isfinite(float(text))
        except ValueError:
            finite = False
        if not finite:
            raise damaged(self.options.shown, f"{text!r} where the file must have a number")
        return text

    def names(self) -> dict[int, str]:
        """Column number -> name of the columns of the table; refuses what is wrong with the names."""
        if not self.header and not self.rows:
            raise refuse(
                "empty-file",
                Location(self.options.shown, sheet=self.sheet.name),
                "a sheet without column names in row " + str(self.options.header_row),
                "column names, and rows below them",
                "set sheet and header_row to where the table stands",
            )
        used = sorted({n for n, name in self.header.items() if name.strip()} | set(self.columns))
        names = {number: self.header.get(number, "") for number in used}
        self.remarks.refuse(names)
        return names


def column_number(reference: str) -> int:
    """The number of the column of a cell reference: ``AB12`` -> 28."""
    number = 0
    for character in reference:
        if not character.isalpha():
            break
        number = number * 26 + ord(character.upper()) - 64
    return number
