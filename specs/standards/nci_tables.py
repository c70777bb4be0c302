"""The two tables that NCI EVS publishes of a package: the workbook and the tab-delimited text."""

from __future__ import annotations

import codecs
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from specs.location import Location
from specs.problems import Problem, ProblemsFound
from specs.standards.nci_rows import NciRow, header_columns, header_problems
from specs.standards.untrusted import refuse_zip_bomb

# A workbook may have a title above the header line; its first sheet is a ReadMe.
HEADER_WITHIN = 20


def read_workbook(file: Path) -> tuple[list[NciRow], str]:
    """The rows of the one sheet of an .xlsx workbook that has NCI's header line, and that sheet's name."""
    refuse_zip_bomb(file)
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            # openpyxl warns of styles and extensions that it leaves out; no value is among them.
            warnings.simplefilter("ignore", UserWarning)
            workbook = load_workbook(file, read_only=True, data_only=False)
            try:
                return _terminology_sheet(workbook, file)
            finally:
                workbook.close()
    except (InvalidFileException, KeyError, ValueError, TypeError, SyntaxError, OSError) as error:
        found = f"a file that does not open as a workbook ({error})"
        raise ProblemsFound(_unreadable(Location(str(file)), found, "an .xlsx workbook")) from None


def read_text(file: Path, encoding: str = "") -> list[NciRow]:
    """The rows of a tab-delimited text file.

    ``encoding``: as declared, else UTF-8, or UTF-16 with its byte order mark. A cell wrapped in quotes with
    the quotes inside doubled, as Excel writes it, is unwrapped.
    """
    # Not splitlines(): that also splits at characters that may stand inside a cell.
    lines = re.split(r"\r\n|\n|\r", _decoded(file, encoding))
    where = Location(str(file), row=1)
    cells = _cells(lines[0])
    if header_columns(cells) is None:
        raise ProblemsFound(_no_header(where, f'"{lines[0][:80]}"'))
    columns = _columns(cells, where)
    problems = []
    rows = []
    for number, line in enumerate(lines[1:], 2):
        values = _cells(line)
        place = replace(where, row=number)
        if len(values) == len(cells):
            rows.append(NciRow(place, {name: values[position].strip() for name, position in columns.items()}))
        elif line.strip():
            found, expected = (
                f"{len(values)} cells",
                f"{len(cells)} cells with tabs between, as in the header line",
            )
            problems.append(_unreadable(place, found, expected))
    if problems:
        raise ProblemsFound(problems)
    return rows


def _terminology_sheet(workbook: Any, file: Path) -> tuple[list[NciRow], str]:
    headers = {}
    for sheet in workbook.worksheets:
        # The size that a file claims for a sheet is not always right.
        sheet.reset_dimensions()
        if header := _sheet_header(sheet):
            headers[sheet.title] = header
    if len(headers) != 1:
        found = f"such a header in {len(headers)} of the sheets {', '.join(workbook.sheetnames)}"
        raise ProblemsFound(_no_header(Location(str(file)), found))
    title, (header_row, cells) = headers.popitem()
    where = Location(str(file), sheet=title, row=header_row)
    return list(_sheet_rows(workbook[title], _columns(cells, where), where)), title


def _sheet_header(sheet: Any) -> tuple[int, list[str]] | None:
    for number, row in enumerate(sheet.iter_rows(max_row=HEADER_WITHIN, values_only=True), 1):
        cells = ["" if value is None else str(value) for value in row]
        if header_columns(cells):
            return number, cells
    return None


def _sheet_rows(sheet: Any, columns: dict[str, int], header: Location) -> Iterator[NciRow]:
    first = (header.row or 0) + 1
    problems: list[Problem] = []
    for number, row in enumerate(sheet.iter_rows(min_row=first), first):
        where = replace(header, row=number)
        cells = {
            name: _cell_text(row[position], replace(where, column=name), problems)
            for name, position in columns.items()
            if position < len(row)
        }
        if any(cells.values()):
            yield NciRow(where, cells)
    if problems:
        raise ProblemsFound(problems)


def _cell_text(cell: Any, where: Location, problems: list[Problem]) -> str:
    """The text of a cell; a whole number that Excel made of a text such as 1 is that text again."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "s" or cell.data_type == "inlineStr":
        return str(value).strip()
    if cell.data_type == "b":
        return str(value).upper()
    if cell.data_type == "n" and isinstance(value, int | float):
        return str(int(value)) if value == int(value) else repr(value)
    kinds = {"d": "a date", "e": "an error", "f": "a formula"}
    found = f"{kinds.get(cell.data_type, 'a value')} ({value})"
    problems.append(_unreadable(where, found, "a cell of text, as NCI publishes it"))
    return ""


def _columns(cells: Sequence[str], where: Location) -> dict[str, int]:
    if problems := header_problems(cells, where):
        raise ProblemsFound(problems)
    return header_columns(cells) or {}


def _decoded(file: Path, encoding: str) -> str:
    data = file.read_bytes()
    if not encoding:
        is_utf_16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        encoding = "utf-16" if is_utf_16 else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except LookupError:
        where = Location(str(file))
        problem = _unreadable(where, f'the encoding "{encoding}"', "an encoding such as utf-8 or cp1252")
        raise ProblemsFound(problem) from None
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line_start = before.rfind(b"\n") + 1
        where = Location(
            str(file), row=before.count(b"\n") + 1, column=str(before[line_start:].count(b"\t") + 1)
        )
        found = f"the byte 0x{data[error.start]:02X} at position {error.start - line_start + 1} of the line"
        problem = replace(
            _unreadable(where, found, f"text in {encoding.removesuffix('-sig')}"),
            do="name the encoding of the file, such as cp1252",
        )
        raise ProblemsFound(problem) from None
    if "\0" in text:
        where = Location(str(file), row=text[: text.index("\0")].count("\n") + 1)
        raise ProblemsFound(_unreadable(where, "a NUL character", "text"))
    return text


def _cells(line: str) -> list[str]:
    return [_unquoted(cell) for cell in line.split("\t")]


def _unquoted(cell: str) -> str:
    inside = cell[1:-1]
    is_wrapped = len(cell) > 1 and cell[0] == cell[-1] == '"' and '"' not in inside.replace('""', "")
    return inside.replace('""', '"') if is_wrapped else cell


def _no_header(where: Location, found: str) -> Problem:
    expected = (
        "one header line with Code, Codelist Code, Codelist Extensible (Yes/No), Codelist Name and so on"
    )
    do = "give the Excel, text or ODM-XML file of a terminology package as NCI EVS publishes it"
    return Problem("ct-file-header", where, found, expected, do)


def _unreadable(where: Location, found: str, expected: str) -> Problem:
    return Problem("ct-file-cell", where, found, expected, "download the file again from NCI EVS")
