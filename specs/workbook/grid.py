"""Sheets of a workbook as rows of texts, and what is wrong with their cells.

Every cell becomes a text. What Excel no longer knows as it was typed (a date, 1E5, a number shown otherwise than it
is held) is a problem and never guessed; a formula is one, because it stands for a value that nobody reads here.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from specs.location import Location
from specs.model_errors import describe
from specs.problems import Problem, ProblemsFound
from specs.untrusted import MEBIBYTE, refuse_large_file, refuse_zip_bomb
from specs.workbook.table import same

SPEC_WORKBOOK = "a workbook with a study spec"
LARGEST_FILE = 50 * MEBIBYTE
LARGEST_UNPACKED = 200 * MEBIBYTE
# A number with more digits than that is no longer the one that was typed.
MOST_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell, and the problem if it does not hold what a person typed."""

    text: str
    found: str = ""
    do: str = ""


@dataclass(slots=True)
class Grid:
    """One sheet: the header of each column, and below it rows by their numbers."""

    file: str
    name: str
    header: dict[int, str] = field(default_factory=dict)
    first_row: dict[int, str] = field(
        default_factory=dict
    )  # as it stands; the header is without extra blanks
    bad_headers: dict[int, Cell] = field(default_factory=dict)  # that do not hold what a person typed
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    merged: tuple[tuple[int, int, int, int], ...] = ()  # first row, first column, last row, last column
    hidden_columns: frozenset[int] = frozenset()
    is_hidden: bool = False

    def at(self, row: int | None = None, column: int | None = None) -> Location:
        """A cell, a row, a column or the sheet, as people point at it."""
        if column is None:
            return Location(self.file, sheet=self.name, row=row)
        place = f"{letters(column)}{row or 1}"
        title = self.header.get(column, "")
        return Location(
            self.file, sheet=self.name, row=row or 1, column=f"{title} ({place})" if title else place
        )

    def column(self, header: str) -> int | None:
        return next((index for index, title in self.header.items() if same(title) == same(header)), None)


def letters(column: int) -> str:
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def read_grids(place: Path, what: str = SPEC_WORKBOOK) -> dict[str, Grid]:
    """All sheets of a workbook in their order. Raises ``ProblemsFound`` for a file that is no workbook.

    ``what``: the workbook that is expected, in words.
    """
    return {sheet.title: _grid(sheet, place.name) for sheet in open_workbook(place, what).worksheets}


def open_workbook(place: Path, what: str = SPEC_WORKBOOK, *, is_streamed: bool = False) -> Any:
    """The workbook, without macros and links to others; what could do harm is refused before it is opened.

    ``is_streamed``: its rows are read as they are asked for, which may find damage as late, and it has to be closed.
    """
    from openpyxl import load_workbook

    refused: Callable[[str, str], Problem] = partial(_refused, place)
    refuse_large_file(place, LARGEST_FILE, what, refused)
    refuse_zip_bomb(place, LARGEST_UNPACKED, refused)
    try:
        with warnings.catch_warnings():
            # openpyxl warns of styles and extensions that it leaves out; no value is among them.
            warnings.simplefilter("ignore")
            return load_workbook(place, keep_links=False, read_only=is_streamed)
    except DAMAGE as error:
        raise ProblemsFound(damaged(place, error)) from None


# openpyxl has no error of its own for XML that is not a workbook's.
DAMAGE = (KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError, OSError)


def damaged(place: Path, error: Exception) -> Problem:
    """What is told of a workbook that raised one of ``DAMAGE``."""
    return _refused(place, f"damaged: {type(error).__name__} {error}", "an .xlsx workbook")


def _refused(place: Path, found: str, expected: str) -> Problem:
    do = "open it in Excel, and save it again as an Excel workbook (.xlsx)"
    return Problem("workbook-refused", Location(place.name), found, expected, do)


def _grid(sheet: Any, file: str) -> Grid:
    grid = Grid(file, sheet.title, is_hidden=sheet.sheet_state != "visible")
    # Only cells that the file has; asking by row would also make those of a million formatted empty rows.
    for (row, column), cell in sorted(sheet._cells.items()):
        found = _cell(cell)
        if found.text == "":
            continue
        if row == 1:
            grid.first_row[column] = found.text
            grid.header[column] = " ".join(found.text.split())
            if found.found:
                grid.bad_headers[column] = found
        else:
            grid.rows.setdefault(row, {})[column] = found
    grid.merged = tuple((r.min_row, r.min_col, r.max_row, r.max_col) for r in sorted_ranges(sheet))
    grid.hidden_columns = frozenset(
        column
        for width in sheet.column_dimensions.values()
        if width.hidden and width.min
        for column in range(width.min, width.max + 1)
    )
    return grid


def sorted_ranges(sheet: Any) -> list[Any]:
    return sorted(sheet.merged_cells.ranges, key=lambda r: (r.min_row, r.min_col))


def _cell(cell: Any) -> Cell:
    value, kind = cell.value, cell.data_type
    if value is None:
        return Cell("")
    if kind == "f":
        text = str(getattr(value, "text", value) or "")
        return Cell(text, f"the formula {describe(text)}", "copy the cell, and paste it as a value")
    if kind == "e":
        return Cell(str(value), f"the error {value}", "write the value itself")
    if isinstance(value, bool):
        return Cell("TRUE" if value else "FALSE")
    if isinstance(value, (int, float)):
        return _number(value, cell.number_format)
    if kind == "d" or not isinstance(value, str):
        text = value.isoformat() if hasattr(value, "isoformat") else str(value)
        do = "format the cell as text, and type what stood there again"
        return Cell(text, f"a date or time that Excel made of what was typed ({text})", do)
    # How Excel writes the line ends of Windows into XML.
    return Cell(re.sub(r"_x000D_\n?|\r\n?", "\n", value))


def _number(value: int | float, shown_as: str) -> Cell:
    text = str(int(value)) if float(value).is_integer() and abs(value) < 10**MOST_DIGITS else repr(value)
    do = "format the cell as text, and type what stood there again"
    pattern = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", shown_as)
    if re.search(r"[Ee][+-]", pattern):
        return Cell(text, f"the number {text}, shown in powers of ten: Excel takes 1E5 for 100000", do)
    if _is_shown_otherwise(value, text, pattern):
        return Cell(text, f"the number {text}, shown otherwise ({shown_as})", do)
    if len(re.sub(r"\D", "", text.partition("e")[0]).strip("0")) > MOST_DIGITS or "e" in text or "n" in text:
        return Cell(text, f"the number {text}, of which Excel keeps {MOST_DIGITS} digits", do)
    return Cell(text)


def _is_shown_otherwise(value: int | float, text: str, pattern: str) -> bool:
    """Whether a number format shows other signs than those of the number: 007, 1.10, 1,000 or 50%."""
    if pattern in ("General", "@", ""):
        return False
    plain = re.fullmatch(r"(#,##)?(0+)(?:\.(0+))?", pattern.partition(";")[0])
    if plain is None:
        return True
    thousands, whole, decimals = plain.groups()
    shown = f"{value:{',' if thousands else ''}.{len(decimals or '')}f}"
    return shown != text or len(whole) > 1


def grid_problems(grid: Grid, repeats: tuple[str, ...] = ()) -> Iterator[Problem]:
    """What is wrong with a sheet as a table; ``repeats``: columns that may be merged over rows."""
    if grid.is_hidden:
        yield Problem(
            "hidden-sheet",
            grid.at(),
            "a hidden sheet",
            "sheets that people see, because all of them count",
            "unhide it",
        )
    for column, cell in grid.bad_headers.items():
        yield Problem("not-text", grid.at(1, column), cell.found, "a header as text", cell.do)
    seen: dict[str, int] = {}
    for column, title in grid.header.items():
        first = seen.setdefault(same(title), column)
        if first != column:
            yield Problem(
                "duplicate-column",
                grid.at(1, column),
                f"the header {describe(title)} again; it is also in {letters(first)}1",
                "each header once",
                "delete one of the two columns, or give it its right header",
            )
        if column in grid.hidden_columns:
            yield Problem(
                "hidden-column",
                grid.at(1, column),
                f"a hidden column {describe(title)}",
                "columns that people see, because all of them count",
                "unhide it, or delete it",
            )
    yield from _merged(
        grid, {column for column, title in grid.header.items() if same(title) in map(same, repeats)}
    )
    nameless: set[int] = set()
    for row, cells in grid.rows.items():
        for column, cell in cells.items():
            if column not in grid.header and column not in nameless:
                nameless.add(column)
                yield Problem(
                    "missing-header",
                    grid.at(row, column),
                    f"{describe(cell.text)} in a column without a header",
                    "a header in row 1 above every value",
                    f"write one into {letters(column)}1, or delete the column",
                )
            if cell.found:
                yield Problem("not-text", grid.at(row, column), cell.found, "a value as text", cell.do)


def _merged(grid: Grid, may_repeat: set[int]) -> Iterator[Problem]:
    for top, left, bottom, right in grid.merged:
        area = f"{letters(left)}{top}:{letters(right)}{bottom}"
        if top == 1 and any(column in grid.header for column in range(left, right + 1)):
            yield Problem(
                "merged-header",
                grid.at(1, left),
                f"merged cells {area}",
                "one header for each column, in row 1",
                "unmerge them, and write the header of each column",
            )
        elif top > 1 and (right > left or left not in may_repeat) and left in grid.rows.get(top, {}):
            yield Problem(
                "merged-cells",
                grid.at(top, left),
                f"merged cells {area}, of which only the first holds a value",
                "one value in each cell",
                "unmerge them, and write the value into each cell that it is for",
            )


def rows_of_text(grid: Grid) -> tuple[tuple[str, ...], ...]:
    """A sheet that is only kept: all rows from the first on, without what is empty at their ends."""
    whole: Mapping[int, dict[int, str]] = {
        **({1: grid.first_row} if grid.first_row else {}),
        **{row: {column: cell.text for column, cell in cells.items()} for row, cells in grid.rows.items()},
    }
    last = max(whole, default=0)
    return tuple(
        tuple(whole[row].get(column, "") for column in range(1, max(whole[row]) + 1)) if row in whole else ()
        for row in range(1, last + 1)
    )
