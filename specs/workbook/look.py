"""Pages -> sheets that are pleasant to work in: frozen headers, dropdowns, widths, colours, everything as text."""

from __future__ import annotations

from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from specs.location import Location
from specs.problems import Problem, ProblemsFound
from specs.workbook.cell_text import LONGEST_CELL, UNWRITABLE
from specs.workbook.grid import letters
from specs.workbook.page import DEFINE, HELP, KEPT, SPEC, Page

AS_TEXT = "@"
# Excel would take a text that begins with one of these for a formula when somebody edits the cell.
FORMULA_SIGNS = ("=", "+", "-", "@")
NARROWEST, WIDEST = 9, 60
LINE_HEIGHT, MOST_LINES = 13.5, 15  # points; a longer text is read in the line above the sheet
MORE_ROWS = 300  # below the last row, so that new rows have dropdowns, too
LONGEST_LIST = 255  # characters in the list of a dropdown
COLOURS = {SPEC: "1F4E79", DEFINE: "385723", KEPT: "7F7F7F", HELP: "7F6000"}
FILLED = PatternFill("solid", start_color="EDEDED")
FILLED_FONT = Font(name="Calibri", size=10, color="595959")
PLAIN_FONT = Font(name="Calibri", size=10)
HEADER_FONT = Font(name="Calibri", size=10, bold=True, color="FFFFFF")
LINK_FONT = Font(name="Calibri", size=10, color="0563C1", underline="single")
TOP = Alignment(vertical="top", wrap_text=True)
MIDDLE = Alignment(vertical="center", wrap_text=True)
_THIN = Side("thin", color="D9D9D9")
LINE = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


def sheets(pages: list[Page], file: str) -> Workbook:
    """A workbook of these pages. Raises ``ProblemsFound`` for texts that no cell can hold."""
    problems = [problem for page in pages for problem in _unwritable(page, file)]
    if problems:
        raise ProblemsFound(problems)
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for page in pages:
        place_page(workbook, page)
    return workbook


def place_page(workbook: Workbook, page: Page) -> None:
    """Add a sheet to a workbook, after the others."""
    sheet = workbook.create_sheet(page.name)
    _fill(sheet, page)
    if page.kind == KEPT:
        return
    sheet.sheet_properties.tabColor = COLOURS[page.kind]
    _sizes(sheet, page)
    _frame(sheet, page)
    _dropdowns(sheet, page)


def _unwritable(page: Page, file: str) -> list[Problem]:
    found = []
    for number, row in enumerate([page.headers, *page.rows], 1):
        for column, text in enumerate(row, 1):
            odd = UNWRITABLE.search(text)
            where = Location(file, sheet=page.name, row=number, column=f"{letters(column)}{number}")
            if odd:
                what = f"the text {text[:40]!r}, of which a workbook cannot hold {odd[0]!r}"
                found.append(
                    Problem("unwritable-text", where, what, "printable text", "take it out of the spec")
                )
            if len(text) > LONGEST_CELL:
                what = f"a text of {len(text):,} characters"
                do = "shorten it, or split it"
                found.append(
                    Problem("unwritable-text", where, what, f"at most {LONGEST_CELL:,} characters", do)
                )
    return found


def _fill(sheet: Any, page: Page) -> None:
    plain = page.kind == KEPT
    rows = page.rows if plain else [page.headers, *page.rows]
    for number, row in enumerate(rows, 1):
        for column, text in enumerate(row, 1):
            place = (number - 2, column - 1)
            if text == "" and place not in page.filled:
                continue
            cell = sheet.cell(number, column)
            if text:
                # openpyxl would make a formula of `=`, and a number of nothing else, but not of an error's name.
                cell.value = text
                cell.data_type = "s"
                cell.number_format = AS_TEXT
                if text.startswith(FORMULA_SIGNS):
                    cell.quotePrefix = True
            if plain:
                continue
            cell.alignment, cell.font = TOP, PLAIN_FONT
            if number == 1:
                cell.font, cell.alignment = HEADER_FONT, MIDDLE
                cell.fill = PatternFill("solid", start_color=COLOURS[page.kind])
            elif place in page.filled:
                # A coloured cell would hide the lines of the grid.
                cell.font, cell.fill, cell.border = FILLED_FONT, FILLED, LINE
            if place in page.links:
                cell.hyperlink = page.links[place]
                cell.font = LINK_FONT
    if page.is_hidden:
        sheet.sheet_state = "hidden"


def _sizes(sheet: Any, page: Page) -> None:
    """Columns as wide as their texts, up to a limit; rows as high as the lines that this makes."""
    widths = []
    for column, title in enumerate(page.headers, 1):
        texts = [row[column - 1] for row in page.rows if column <= len(row)]
        longest = max((len(line) for text in texts for line in text.split("\n")), default=0)
        widths.append(min(max(NARROWEST, len(title) + 4, longest + 2), WIDEST))
        dimension = sheet.column_dimensions[letters(column)]
        dimension.width = widths[-1]
        # New rows are text as well: 1E5 stays 1E5, and 1-2 is no date.
        dimension.number_format = AS_TEXT
    for number, row in enumerate(page.rows, 2):
        lines = max((_lines(text, width) for text, width in zip(row, widths, strict=False)), default=1)
        if lines > 1:
            sheet.row_dimensions[number].height = LINE_HEIGHT * min(lines, MOST_LINES)


def _lines(text: str, width: int) -> int:
    # Two characters less, because words do not break.
    return sum(max(1, -(-len(line) // (width - 2))) for line in text.split("\n"))


def _frame(sheet: Any, page: Page) -> None:
    sheet.freeze_panes = f"{letters(page.frozen + 1)}2"
    sheet.row_dimensions[1].height = 30
    if page.kind != HELP and page.headers:
        sheet.auto_filter.ref = f"A1:{letters(len(page.headers))}{max(len(page.rows) + 1, 2)}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"


def _dropdowns(sheet: Any, page: Page) -> None:
    for column, title in enumerate(page.headers, 1):
        words = page.choices.get(title)
        if words is None:
            continue
        is_closed = not isinstance(words, str)
        formula = words if isinstance(words, str) else f'"{",".join(words)}"'
        if is_closed and (len(formula) > LONGEST_LIST or any("," in word for word in words)):
            continue
        rule = DataValidation(
            type="list",
            formula1=formula.removeprefix("="),
            allow_blank=True,
            showErrorMessage=True,
            # A name that is not listed yet may come later; a word of a closed list may not.
            errorStyle="stop" if is_closed else "warning",
            errorTitle=title[:32],
            error="Choose one of the list." if is_closed else "Not listed yet. Keep it?",
        )
        rule.add(f"{letters(column)}2:{letters(column)}{len(page.rows) + 1 + MORE_ROWS}")
        sheet.add_data_validation(rule)
