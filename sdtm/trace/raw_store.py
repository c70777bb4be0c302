"""The raw cells that the spec uses, kept beside the trace of small studies: ``trace/raw/*.parquet``.

With them an output folder alone leads from a record to the text that was collected. Columns that are not
submitted are left out, and so are tables above a limit: those are looked up in the raw files themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

import pandas as pd

from sdtm.columns import from_codes
from sdtm.stages import RawTable
from sdtm.trace.ledger import TableBooks

MOST_CELLS = 3_000_000  # of all tables together; the smallest tables are kept first
FILE, ROW = "#file", "#row"
NOT_SUBMITTED = "not submitted"


def write_raw_cells(folder: Path, tables: Mapping[str, RawTable], books: Sequence[TableBooks]) -> None:
    """``folder``/NAME.parquet for each table that is kept.

    The first two columns are the raw file and the row in it; then the columns that the spec uses, as texts.
    """
    import pyarrow as pa
    import pyarrow.parquet as parquet

    used = {book.name: _used(book, tables[book.name]) for book in books}
    chosen = _kept({name: len(tables[name].frame) * (len(columns) + 2) for name, columns in used.items()})
    if not chosen:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name, file in zip(chosen, _file_names(chosen), strict=True):
        table = pa.Table.from_pandas(_located(tables[name], used[name]), preserve_index=False)
        table = table.replace_schema_metadata({"table": name})
        parquet.write_table(table, folder / f"{file}.parquet", compression="zstd", version="2.6")


def _used(book: TableBooks, table: RawTable) -> list[str]:
    """Columns that are mapped or used in any other way, and those derived from them."""
    submitted = [
        column
        for column, uses in book.columns.items()
        if any(not use.startswith(NOT_SUBMITTED) for use in uses)
    ]
    return [*submitted, *table.derived]


def _kept(cells: Mapping[str, int]) -> list[str]:
    """The names of the smallest tables that are together within the limit, in their own order."""
    total, kept = 0, set()
    for name in sorted(cells, key=lambda name: (cells[name], name)):
        total += cells[name]
        if total > MOST_CELLS:
            break
        kept.add(name)
    return [name for name in cells if name in kept]


def _file_names(names: Sequence[str]) -> list[str]:
    """A file name for each table that any disk can hold, also one that takes ae and AE for the same."""
    found: list[str] = []
    taken: set[str] = set()
    for name in names:
        plain = quote(name, safe="")
        while plain.casefold() in taken:
            plain += "~"
        taken.add(plain.casefold())
        found.append(plain)
    return found


def _located(table: RawTable, columns: Sequence[str]) -> pd.DataFrame:
    file, row = FILE, ROW
    while {file, row} & set(columns):
        file, row = f"#{file}", f"#{row}"
    index = table.frame.index
    places = {
        file: from_codes(table.file_of, [each.path for each in table.files], index),
        row: pd.Series(table.rows, index=index),
    }
    return pd.DataFrame({**places, **{name: table.frame[name] for name in columns}}, copy=False)
