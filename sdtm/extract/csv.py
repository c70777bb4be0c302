"""Reader of delimited text: .csv, .tsv, .txt, plain or packed with gzip.

Strict and fast: rows go through pyarrow in blocks (``csv_blocks``), and whatever is not well formed is
read again exactly (``csv_exact``) to say where. Rows count as a spreadsheet shows them: a record is a row
even if a quoted field of it has line breaks, and so is a blank line; the names stand in ``header_row``.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from sdtm.extract.arrow_columns import plain_column, prefer_plain, text_column
from sdtm.extract.csv_blocks import Parsed, parse_block, parse_exactly
from sdtm.extract.csv_dialect import find_dialect
from sdtm.extract.csv_exact import BadText, Dialect, Irregular, Scanner, texts
from sdtm.extract.csv_problems import Reading, bad_text, empty_file, endless_names, irregular, ragged_rows
from sdtm.extract.csv_text import Chunk, blocks, chunks
from sdtm.extract.encodings import encoding_name
from sdtm.extract.hashed_file import HashedFile
from sdtm.extract.needed import is_needed
from sdtm.extract.table import FileTable, Options, check_lengths, check_names, no_rows, places
from validation.findings import Finding

SAMPLE = 1 << 18  # bytes in which the dialect and the names are looked for first
WORKERS = min(4, os.cpu_count() or 1)


def parts(path: Path, options: Options) -> list[Options]:
    """A text file holds one table."""
    return [options]


def read(path: Path, options: Options) -> FileTable:
    """One text file, every cell as it stands there.

    Raises ``ProblemsFound``: empty-file, unknown-encoding, wrong-encoding, undecodable-byte,
    nul-character, ragged-row, unclosed-quote, text-after-quote, cell-too-large, duplicated-column,
    empty-column-name, endless-names, unknown-delimiter, unknown-quote, damaged-file, file-too-large.
    Findings: no-rows, blank-line, quote-inside-field, column-names-differ-in-case.
    """
    source = HashedFile(path)
    try:
        packed = options.shown.lower().endswith(".gz")
        encoding = encoding_name(options.text_encoding, options.shown)
        reading = Reading(path, packed, encoding, options)
        pieces = chunks(source, packed, encoding, options.shown)
        first = next(pieces)
        head = read_head(first, pieces, reading)
        reading.names = head.names
        findings = check_names(head.names, options.shown, options.header_row)
        rest = chain([Chunk(first.data[head.end :], first.bad, first.after)], head.more, pieces)
        rows = Rows(reading, head)
        rows.fill(blocks(rest, head.dialect.quote))
        sha256, size = source.finish()
    finally:
        source.file.close()
    numbers = rows.numbers()
    columns = rows.columns(numbers)
    return FileTable(
        columns=dict(zip(head.names, columns, strict=True)),
        rows=numbers,
        sha256=sha256,
        size=size,
        encoding=encoding,
        notes=tuple(head.notes + rows.notes()),
        findings=(*findings, *rows.findings()),
    )


@dataclass(frozen=True)
class Head:
    """What stands above the rows. ``end``: byte after it; ``more``: chunks read ahead meanwhile."""

    dialect: Dialect
    names: list[str]
    notes: list[str]
    end: int
    line: int  # of the first row below
    more: list[Chunk]


def read_head(first: Chunk, pieces: Iterator[Chunk], reading: Reading) -> Head:
    """Dialect and column names, from the first rows of the first chunk."""
    options = reading.options
    more = [] if first.bad else [chunk for chunk in [next(pieces, None)] if chunk]
    for size in dict.fromkeys((min(SAMPLE, len(first.data)), len(first.data))):
        last = size == len(first.data)
        data = first.data[:size]
        if not last or more:
            data = data[: max(data.rfind(b"\n"), data.rfind(b"\r")) + 1]
        dialect, notes = find_dialect(data.decode(errors="replace"), options)
        scanner = Scanner(texts([Chunk(data, first.bad, first.after) if last else Chunk(data)]), dialect)
        try:
            for record in scanner:
                if record.number < options.header_row or not data.strip(b"\r\n"):
                    continue
                if record.blank:
                    raise empty_file(options.shown, f"row {record.number} is blank", record.number)
                end = len(scanner.text[: scanner.position].encode())
                if options.header_row > 1:
                    notes.append(f"names in row {options.header_row}; the rows above were not read")
                return Head(dialect, record.fields, notes, end, scanner.line, more)
        except BadText as error:
            raise bad_text(error, scanner, reading) from None
        except Irregular as error:
            if last:
                raise irregular(error, reading) from None
    if more:
        raise endless_names(options.shown, len(first.data))
    rows = scanner.number - 1 if data.strip(b"\r\n") else 0
    found = f"{rows} rows, and header_row is {options.header_row}" if rows else "a file without any row"
    raise empty_file(options.shown, found)


@dataclass
class Rows:
    """The rows below the names, gathered block by block. Positions count records from 0."""

    reading: Reading
    head: Head
    arrays: list[list[pa.Array]] = field(default_factory=list)
    records: int = 0
    lines: int = 0
    blank: list[np.ndarray] = field(default_factory=list)
    ragged: list[tuple[int, int, int]] = field(default_factory=list)
    stray: list[tuple[int, int]] = field(default_factory=list)
    plain: list[bool] | None = None  # columns that hardly repeat; known after the first block

    def fill(self, body: Iterator[Chunk]) -> None:
        """Read all blocks, several at a time, added in their order."""
        self.arrays = [[] for _ in self.head.names]
        waiting: deque[tuple[Chunk, Future[Parsed | None]]] = deque()
        with ThreadPoolExecutor(WORKERS) as pool:
            for chunk in body:
                job = pool.submit(parse_block, chunk, self.head.dialect, len(self.arrays), self.plain)
                waiting.append((chunk, job))
                while waiting and (self.plain is None or len(waiting) > WORKERS):
                    self.take(waiting, body)
            while waiting:
                self.take(waiting, body)

    def take(self, waiting: deque[tuple[Chunk, Future[Parsed | None]]], body: Iterator[Chunk]) -> None:
        """Add the first waiting block, or read all that is left exactly if it is not well formed."""
        chunk, job = waiting.popleft()
        parsed = job.result()
        if parsed is not None:
            self.add(parsed)
            return
        rest = chain([chunk], [later for later, _ in waiting], body)
        waiting.clear()
        row, line = self.row(self.records), self.head.line + self.lines
        scanner = Scanner(texts(rest), self.head.dialect, row, line)
        try:
            for parsed in parse_exactly(scanner, len(self.arrays)):
                self.add(parsed)
        except Irregular as error:
            raise irregular(error, self.reading) from None
        except BadText as error:
            raise bad_text(error, scanner, self.reading) from None

    def add(self, parsed: Parsed) -> None:
        if self.plain is None:
            self.plain = [prefer_plain(array) for array in parsed.arrays]
        self.blank.append(parsed.blank + self.records)
        self.ragged += [(at + self.records, count, line + self.lines) for at, count, line in parsed.ragged]
        self.stray += [(at + self.records, column) for at, column in parsed.stray]
        for arrays, array in zip(self.arrays, parsed.arrays, strict=True):
            arrays.append(array)
        self.records += parsed.records
        self.lines += parsed.lines

    def row(self, position: int) -> int:
        """Row number of a record."""
        return self.reading.options.header_row + 1 + position

    def numbers(self) -> np.ndarray:
        """The number of each row; refuses the file if rows differ in their number of fields."""
        if self.ragged:
            placed = [(self.row(at), count, line + self.head.line) for at, count, line in self.ragged]
            raise ragged_rows(placed, self.reading)
        every = np.arange(self.row(0), self.row(self.records), dtype=np.int32)
        blank = np.concatenate(self.blank) if self.blank else np.empty(0, dtype=np.int64)
        return np.delete(every, blank) if len(blank) else every

    def columns(self, rows: np.ndarray) -> list[pd.Series]:
        """The columns, made in several threads; each gives back the memory of its texts."""
        options = self.reading.options

        def column(number: int) -> pd.Series:
            name = self.head.names[number]
            unused = self.plain is not None and self.plain[number] and not is_needed(name, options.spec_text)
            made = (plain_column if unused else text_column)(self.arrays[number])
            check_lengths(made, name, rows, options.shown)
            return made

        with ThreadPoolExecutor(WORKERS) as pool:
            return list(pool.map(column, range(len(self.arrays))))

    def notes(self) -> list[str]:
        more = self.lines - self.records
        return [f"line breaks inside cells: {more}; rows count records, not lines"] if more > 0 else []

    def findings(self) -> list[Finding]:
        shown, found = self.reading.options.shown, []
        blank = np.concatenate(self.blank) if self.blank else np.empty(0, dtype=np.int64)
        if self.records == len(blank):
            found.append(no_rows(shown, "row"))
        # Blank lines at the end of the file are the end of the file.
        inside = blank[blank < self.records - trailing(blank, self.records)]
        if len(inside):
            found.append(
                Finding(
                    "blank-line",
                    "warning",
                    "a blank line between rows; it is counted and makes no row",
                    "no blank lines",
                    "check whether a row was lost there",
                    places=places(shown, inside + self.row(0)),
                    count=len(inside),
                )
            )
        for column in sorted({column for _, column in self.stray}):
            rows = [self.row(at) for at, other in self.stray if other == column]
            name = self.head.names[column]
            found.append(
                Finding(
                    "quote-inside-field",
                    "warning",
                    f"a quote inside a text of {name} that does not begin with one; it is kept as it stands",
                    "texts with quotes written in quotes, each inner quote twice",
                    "compare these cells with the database, and correct the export",
                    places=places(shown, rows, name),
                    count=len(rows),
                )
            )
        return found


def trailing(blank: np.ndarray, records: int) -> int:
    """How many of the last records are blank, given the sorted positions of the blank ones."""
    backwards = records - 1 - blank[::-1]
    return int(np.argmin(np.append(backwards == np.arange(len(backwards)), False)))
