"""The books of the run: what became of every raw row and every raw column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sdtm.reports.page.output_files import OutputFiles
from sdtm.reports.page.parts import count, data, hash_link, link, more, table, text
from sdtm.trace.raw_store import NOT_SUBMITTED
from specs.words import counted

_HEAD = ("Raw table", "Files", "Rows read", "Made records", "Used by joins", "Excluded", "Unaccounted",
         "Columns", "Used", "Not submitted", "Unaccounted")  # fmt: skip


def books(output: OutputFiles) -> str:
    """One line for each raw table, then the columns and the reasons of each."""
    tables: Mapping[str, Any] = output.ledger.get("raw", {})
    if not tables:
        return "<p>No raw table was read.</p>\n"
    said = (
        "<p>Rows read = rows that made records + rows used by joins only + rows excluded by a named condition + rows "
        "unaccounted for. Every column is used, not submitted for a reason, or unaccounted for.</p>\n"
    )
    rows = [_line(name, book) for name, book in tables.items()]
    listed = table(_HEAD, rows, "Books of all raw tables", numbers=range(2, len(_HEAD)))
    return (
        said
        + listed
        + "<h3>Rows and columns of each table</h3>\n"
        + "".join(_table(n, b) for n, b in tables.items())
    )


def _line(name: str, book: Mapping[str, Any]) -> list[str]:
    rows, columns = book["rows"], book["columns"]
    left_out = sum(_is_left_out(uses) for uses in columns.values())
    unused = len(book["unaccounted_columns"])
    files = ", ".join(data(file["path"]) for file in book["files"])
    numbers = [
        rows["read"],
        rows["made_records"],
        rows["used_by_joins"],
        sum(rows["excluded"].values()),
        rows["unaccounted"],
        len(columns),
        len(columns) - left_out - unused,
        left_out,
        unused,
    ]
    cells = [count(number) for number in numbers]
    for place in (4, 8):
        if numbers[place]:
            cells[place] = f'<strong class="bad">{cells[place]}</strong>'
    return [link(f"#book-{name}", name), files, *cells]


def _is_left_out(uses: list[str]) -> bool:
    return bool(uses) and all(use.startswith(NOT_SUBMITTED) for use in uses)


def _table(name: str, book: Mapping[str, Any]) -> str:
    rows = book["rows"]
    parts = []
    for file in book["files"]:
        notes = "; ".join([file.get("encoding", ""), *file.get("notes", ())]).strip("; ")
        parts.append(
            f"<p>{data(file['path'])}: {counted(file['rows'], 'row')}{text(f' ({notes})' if notes else '')}</p>\n"
        )
    if rows["excluded"]:
        head = ("Condition", "Rows")
        excluded = [[data(reason), count(number)] for reason, number in rows["excluded"].items()]
        parts.append(table(head, excluded, "Rows excluded", numbers=(1,)))
    columns = [[data(column), _uses(uses)] for column, uses in book["columns"].items()]
    parts.append(table(("Column", "What became of it"), columns, f"Columns of {name}"))
    parts.append(f"<p>{link(hash_link('rawtable', name), 'Rows of this table')}</p>\n")
    title = f"{data(name)} <small>{counted(rows['read'], 'row')}, {counted(len(book['columns']), 'column')}</small>"
    return more(title, "".join(parts), f"book-{name}")


def _uses(uses: list[str]) -> str:
    if not uses:
        return '<strong class="bad">unaccounted for</strong>'
    if _is_left_out(uses):
        return f'<span class="soft">{"; ".join(map(data, uses))}</span>'
    return ", ".join(map(_use, uses))


def _use(use: str) -> str:
    """A use; a variable of a dataset leads to its definition."""
    dataset, dot, variable = use.partition(".")
    if dot and dataset.isalnum() and variable.isalnum() and use == use.upper():
        return link(f"#meta-{dataset}", use)
    return data(use)
