"""A comparison as one HTML page that needs nothing else: no script, no file, no network."""

from __future__ import annotations

from html import escape

from sdtm.submission.html_page import link, page, row_of, table_of
from sdtm.trace.diff.compare import DeliveryDiff
from sdtm.trace.diff.tables import Table, tables

ON_PAGE = 1_000  # rows of a section; the workbook has all that is listed
TITLE = "Differences of two deliveries"
_FIRST = ("Summary", "Effects", "Datasets")  # what people look for goes before what they look up


def diff_page(diff: DeliveryDiff, most: int = ON_PAGE) -> str:
    """The lists of the workbook as sections of a page; every text is escaped."""
    sections = [table for table in tables(diff, most) if table.rows]
    sections.sort(key=lambda table: _FIRST.index(table.name) if table.name in _FIRST else len(_FIRST))
    contents = "".join(f"<li>{link(table.name, table.name)}</li>" for table in sections)
    body = [f"<h1>{escape(TITLE)}</h1>\n", *(_section(table) for table in sections)]
    title = f"{TITLE}: {diff.old.path}, {diff.new.path}"
    return page(title, f"<h2>Contents</h2><ul>{contents}</ul>", "".join(body))


def _section(table: Table) -> str:
    name = escape(table.name)
    heading = f'<h2 id="{name}">{name}</h2>\n'
    if table.note:
        heading += f'<p class="mark">{escape(table.note)}; all that is listed is in the workbook</p>\n'
    if table.name != "Datasets":
        return heading + _table(table.head, table.rows)
    same = [str(row[0]) for row in table.rows if row[1] == "same"]
    rows = [row for row in table.rows if row[1] != "same"]
    told = f"<p>Without differences: {escape(', '.join(same))}.</p>\n" if same else ""
    # Most datasets have no removed, added … records: a column of zeros hides the others.
    blank = [(*row[:4], *("" if cell == 0 else cell for cell in row[4:])) for row in rows]
    return heading + (_table(table.head, blank) if rows else "") + told


def _table(head: tuple[str, ...], rows: list[tuple[str | int, ...]]) -> str:
    return table_of(head, (row_of(escape(_text(cell)) for cell in row) for row in rows))


def _text(cell: str | int) -> str:
    return f"{cell:,}" if isinstance(cell, int) else cell
