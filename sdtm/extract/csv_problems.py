"""What is wrong with a delimited text file, in its owner's words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sdtm.extract.csv_exact import BadText, Irregular, Scanner, short
from sdtm.extract.encodings import decodable_as
from sdtm.extract.table import Options, letters, listed, nul_character, refuse
from specs.location import Location
from specs.problems import ProblemsFound

DO_QUOTES = {
    "unclosed-quote": "close the quote; a quote inside a quoted text is written twice",
    "text-after-quote": "write a quote inside a quoted text twice, or set quote: none if quotes are text",
}


@dataclass
class Reading:
    """The file that is being read: what messages about it need to know."""

    path: Path
    packed: bool
    encoding: str
    options: Options
    names: Sequence[str] = field(default=())

    def place(self, row: int, line: int, column: int) -> Location:
        """A cell; ``line`` only where it is not the row, because quoted cells have line breaks."""
        name = self.names[column] if column < len(self.names) else letters(column + 1)
        return Location(self.options.shown, line=line if line != row else None, row=row, column=name)


def irregular(error: Irregular, reading: Reading) -> ProblemsFound:
    return refuse(
        error.rule,
        reading.place(error.number, error.line, error.field),
        error.found,
        "a delimiter or a line end after the closing quote",
        DO_QUOTES[error.rule],
    )


def bad_text(error: BadText, scanner: Scanner, reading: Reading) -> ProblemsFound:
    """The place and nature of what is no text; the scanner has seen all that stands before it."""
    try:
        row, line, column = scanner.where_text_ends()
    except Irregular as first:
        return irregular(first, reading)
    where = reading.place(row, line, column)
    if not error.raw:
        with reading.path.open("rb") as file:
            start = file.read(64)
        wide = len(start) > 3 and not any(start[1::2])
        return nul_character(where, "set encoding: utf-16-le; every second byte is NUL" if wide else "")
    before = scanner.text[max(scanner.begun, len(scanner.text) - 20) :]
    candidates = []
    for name in decodable_as(reading.path, reading.packed):
        if name != reading.encoding:
            after = (error.raw + error.after).decode(name, errors="ignore")
            cell = re.split(f"[\r\n{re.escape(scanner.dialect.delimiter)}]", before + after)[0]
            candidates.append(f"{name} (reads {short(cell)})")
    known = " or ".join(candidates) or "the encoding it was exported with; none of the usual ones fits"
    hexed = error.raw.hex(" ").upper()
    return refuse(
        "undecodable-byte",
        where,
        f"byte {hexed}{f' after {before!r}' if before else ''}, which is not {reading.encoding}",
        f"text in {reading.encoding}{'' if reading.options.text_encoding else ', as none is declared'}",
        f"set encoding: for this dataset to {known}",
    )


def empty_file(shown: str, found: str, row: int | None = None) -> ProblemsFound:
    return refuse(
        "empty-file",
        shown,
        found,
        "column names, and rows below them",
        "export the file again, or set header_row to the row of the column names",
        row=row,
    )


def endless_names(shown: str, size: int) -> ProblemsFound:
    return refuse(
        "endless-names",
        shown,
        f"{size:,} bytes in which the row of the column names does not end",
        "a text file with column names on a line of their own",
        "check that this is a text file, and what header_row says",
        row=1,
    )


def ragged_rows(ragged: Sequence[tuple[int, int, int]], reading: Reading) -> ProblemsFound:
    """Rows with too few or too many fields: (row, number of fields, line)."""
    row, count, line = ragged[0]
    found = f"{count} field{'s' * (count != 1)}"
    if len(ragged) > 1:
        others = [f"row {other} with {fields}" for other, fields, _ in ragged[1:]]
        found += f" (so in {len(ragged)} rows: also {listed(others)})"
    return refuse(
        "ragged-row",
        Location(reading.options.shown, line=line if line != row else None, row=row),
        found,
        f"{len(reading.names)} fields, as there are column names",
        "quote texts that hold the delimiter, or correct delimiter and quote of this dataset",
    )
