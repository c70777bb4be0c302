"""Problems of a spec as comments on the cells of its workbook, and as a list on a sheet of their own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from specs.location import Location
from specs.problems import Problem, ProblemsFound
from specs.workbook.cell_text import UNWRITABLE
from specs.workbook.grid import open_workbook
from specs.workbook.look import place_page
from specs.workbook.package import workbook_bytes, write_whole
from specs.workbook.page import HELP, Page
from specs.workbook.read import FIRST_CELL, PROBLEMS
from specs.workbook.table import same

# What stands below it in a comment is the toolkit's, and is replaced when the workbook is marked again.
MARK = "[sdtm lint]"
HEADERS = [FIRST_CELL[PROBLEMS], "Severity", "Sheet", "Cell", "Found", "Expected", "Do"]
_CELL = re.compile(r"\(?([A-Z]{1,3}[0-9]+)\)?$")


def mark_problems(workbook: str | Path, problems: Iterable[Problem], out: str | Path) -> int:
    """Write a copy of a workbook with its problems as comments on the cells; gives the number of cells marked.

    Everything is listed on the sheet Problems too, also what has no cell. Comments of an earlier call are
    replaced, those of people stay. Raises ``ProblemsFound`` if the workbook cannot be opened, or for ``out``
    being the workbook itself.
    """
    place, copy, found = Path(workbook), Path(out), list(problems)
    if copy.exists() and copy.samefile(place):
        do = "name another file; what the toolkit does not know, such as pictures, is not in the copy"
        raise ProblemsFound(
            Problem("same-file", Location(str(copy)), "the workbook itself", "a new file", do)
        )
    book = open_workbook(place)
    _unmark(book)
    by_cell: dict[tuple[str, str], list[Problem]] = {}
    for problem in found:
        if problem.where.sheet in book.sheetnames:
            by_cell.setdefault((problem.where.sheet, _cell_of(problem.where)), []).append(problem)
    for (sheet, cell), several in by_cell.items():
        _comment(book[sheet], cell, several)
    _list(book, found)
    write_whole(workbook_bytes(book), copy)
    return len(by_cell)


def _cell_of(where: Location) -> str:
    match = _CELL.search(where.column)
    return match[1] if match else f"A{where.row or 1}"


def _unmark(book: Any) -> None:
    for sheet in list(book.worksheets):
        if sheet.cell(1, 1).value == FIRST_CELL[PROBLEMS]:
            book.remove(sheet)
            continue
        for cell in list(sheet._cells.values()):
            if cell.comment is not None and MARK in cell.comment.text:
                kept = cell.comment.text.partition(MARK)[0].rstrip()
                cell.comment = _made(kept, cell.comment.author) if kept else None


def _comment(sheet: Any, name: str, problems: list[Problem]) -> None:
    cell = sheet[name]
    for merged in sheet.merged_cells.ranges:
        if name in merged:
            cell = sheet.cell(merged.min_row, merged.min_col)
    before = f"{cell.comment.text}\n" if cell.comment is not None else ""
    author = cell.comment.author if cell.comment is not None else "sdtm lint"
    texts = [
        f"{problem.severity} {problem.id}\nfound: {problem.found}\nexpected: {problem.expected}"
        + (f"\ndo: {problem.do}" if problem.do else "")
        for problem in problems
    ]
    cell.comment = _made(f"{before}{MARK}\n" + "\n\n".join(texts), author)


def _made(text: str, author: str) -> Any:
    from openpyxl.comments import Comment

    text = UNWRITABLE.sub("?", text)
    lines = sum(1 + len(line) // 50 for line in text.split("\n"))
    return Comment(text, author or "sdtm lint", height=min(20 + 17 * lines, 500), width=380)


def _list(book: Any, problems: list[Problem]) -> None:
    rows, links = [], {}
    for number, problem in enumerate(problems):
        where = problem.where
        cell = _cell_of(where) if where.sheet else str(where)
        texts = [problem.id, problem.severity, where.sheet, cell, problem.found, problem.expected, problem.do]
        rows.append([UNWRITABLE.sub("?", text) for text in texts])
        if where.sheet in book.sheetnames:
            links[number, 3] = f"#'{where.sheet}'!{cell}"
    taken = {same(name) for name in book.sheetnames}
    name = PROBLEMS if same(PROBLEMS) not in taken else f"{PROBLEMS} (sdtm)"
    place_page(book, Page(name, HELP, HEADERS, rows, links=links, frozen=1))


__all__ = ["mark_problems"]
