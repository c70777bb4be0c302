"""The fast reading of delimited text: whole blocks through pyarrow, after proof that it reads them right.

pyarrow's parser is quick and lenient: it keeps a quote in the middle of a field, makes an empty line a
row of empty texts, and does not say where. So a block is first proved to be well formed, by arithmetic
on the positions of its quotes; one that is not goes to ``csv_exact``, which is slow and says where.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as arrow_compute
import pyarrow.csv as arrow_csv

from sdtm.extract.csv_exact import Dialect, Scanner
from sdtm.extract.csv_text import ROW_LIMIT, Chunk

LF, CR = 10, 13
SLICE = 1 << 18  # bytes
EXACT_ROWS = 20_000  # records that the exact reading puts into one array


@dataclass(frozen=True, slots=True)
class Parsed:
    """A block that was read. Positions count records of the block from 0, blank lines included.

    ``arrays``: one array of text for each column, without the blank lines. ``ragged``: position, number
    of fields and line (of the block, from 0) of rows with too few or too many. ``stray``: position and
    column of unquoted fields with a quote inside. ``lines``: line ends.
    """

    arrays: list[pa.Array]
    records: int
    lines: int
    blank: np.ndarray
    ragged: list[tuple[int, int, int]] = field(default_factory=list)
    stray: list[tuple[int, int]] = field(default_factory=list)


def parse_block(chunk: Chunk, dialect: Dialect, columns: int, plain: list[bool] | None) -> Parsed | None:
    """One block as arrays of text, or ``None`` if only the exact reading can tell what it says.

    ``plain``: for each column whether to leave its texts as they are instead of encoding them as codes
    over distinct texts; ``None`` encodes all.
    """
    data = chunk.data
    if chunk.bad or len(data) > ROW_LIMIT or not decodes(data) or b"\0" in data:
        return None
    if not data.endswith((b"\n", b"\r")):
        data += b"\n"
    quoted = bool(dialect.quote) and dialect.quote.encode() in data
    if quoted and not well_quoted(data, dialect):
        return None
    ragged: list[tuple[int, int, int]] = []

    def keep_ragged(row: arrow_csv.InvalidRow) -> str:
        ragged.append((row.number - 1, row.actual_columns, 0))
        return "skip"

    names = [str(number) for number in range(columns)]
    table = arrow_csv.read_csv(
        pa.BufferReader(data),
        read_options=arrow_csv.ReadOptions(use_threads=False, block_size=len(data) + 1, column_names=names),
        parse_options=arrow_csv.ParseOptions(
            delimiter=dialect.delimiter,
            quote_char=dialect.quote or False,
            newlines_in_values=quoted,
            ignore_empty_lines=False,
            invalid_row_handler=keep_ragged,
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types={name: pa.string() for name in names},
            strings_can_be_null=False,
            check_utf8=False,  # proved above
        ),
    )
    records = table.num_rows + len(ragged)
    arrays = []
    for number in range(columns):
        array = one_array(table.column(number))
        arrays.append(array if plain and plain[number] else array.dictionary_encode())
    blank = np.empty(0, dtype=np.int64)
    if ragged:
        starts = record_starts(data, quote_positions(data, dialect.quote))
        ragged = [(at, count, line_ends(data[: int(starts[at])])) for at, count, _ in ragged]
    elif all(map(may_be_blank, sorted(arrays, key=distinct))):
        blank = blank_lines(data, quote_positions(data, dialect.quote))
        if len(blank):
            kept = np.setdiff1d(np.arange(records), blank)
            arrays = [array.take(pa.array(kept)) for array in arrays]
    # Without quotes a line is a record, so there is nothing to count.
    return Parsed(arrays, records, line_ends(data) if quoted else records, blank, ragged)


def parse_exactly(scanner: Scanner, columns: int) -> Iterator[Parsed]:
    """The records of a scanner, in blocks of arrays; slow.

    Raises ``Irregular`` and ``BadText`` (``csv_exact``).
    """
    records = iter(scanner)
    while True:
        line, position = scanner.line, 0
        rows: list[list[str]] = []
        parsed = Parsed([], 0, 0, np.empty(0, dtype=np.int64))
        blank: list[int] = []
        for record in islice(records, EXACT_ROWS):
            if record.blank:
                blank.append(position)
            elif len(record.fields) != columns:
                parsed.ragged.append((position, len(record.fields), record.line - line))
            else:
                rows.append(record.fields)
                parsed.stray.extend((position, column) for column in record.stray)
            position += 1
        if not position:
            return
        fields = zip(*rows, strict=True) if rows else [()] * columns
        yield replace(
            parsed,
            arrays=[pa.array(texts, pa.string()).dictionary_encode() for texts in fields],
            records=position,
            lines=scanner.line - line,
            blank=np.array(blank, dtype=np.int64),
        )


def one_array(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(column.chunks) if column.num_chunks != 1 else column.chunk(0)


def decodes(data: bytes) -> bool:
    """Whether bytes are valid UTF-8; most files are ASCII, which is known much faster."""
    if data.isascii():
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def quote_positions(data: bytes, quote: str) -> np.ndarray:
    if not quote or quote.encode() not in data:
        return np.empty(0, dtype=np.int64)
    return np.flatnonzero(np.frombuffer(data, np.uint8) == ord(quote))


def well_quoted(data: bytes, dialect: Dialect) -> bool:
    """Whether every quote opens a field, closes one, or is doubled inside a quoted one (RFC 4180).

    Counted from 0, the even quotes open and the odd ones close. An opening one must follow a delimiter, a
    line end, the start, or directly the quote that closed before it, which makes the two a doubled quote.
    The data ends with a line end.
    """
    if not dialect.quote or dialect.quote.encode() not in data:
        return True
    quote = ord(dialect.quote)
    text = np.frombuffer(data, np.uint8)
    border = np.zeros(256, dtype=bool)
    border[[ord(dialect.delimiter), LF, CR]] = True
    border_or_quote = border.copy()
    border_or_quote[quote] = True
    odd = 0
    for start in range(0, len(text), SLICE):  # small enough to stay in the processor's cache
        quotes = np.flatnonzero(text[start : start + SLICE] == quote)
        opening, closing = quotes[odd::2] + start, quotes[1 - odd :: 2] + start
        odd ^= len(quotes) % 2
        before, after = text[opening - 1], text[closing + 1]  # the last byte stands before the first
        if border[before].all() and border[after].all():
            continue
        # The quote beside an opening one can only be the closing one before it, and the other way round.
        if not (border_or_quote[before].all() and border_or_quote[after].all()):
            return False
    return not odd


def may_be_blank(array: pa.Array) -> bool:
    """Whether a column has an empty text: pyarrow makes a blank line a row of empty texts."""
    texts = array.dictionary if pa.types.is_dictionary(array.type) else array
    return arrow_compute.index(texts, "").as_py() >= 0


def distinct(array: pa.Array) -> int:
    """How many texts there are to look through."""
    return len(array.dictionary if pa.types.is_dictionary(array.type) else array)


def record_ends(data: bytes, quotes: np.ndarray) -> np.ndarray:
    """Positions of the last byte of each record: line ends outside quotes, CR LF being one."""
    text = np.frombuffer(data, np.uint8)
    ends = text == LF
    if b"\r" in data:
        carriage = text == CR
        carriage[:-1] &= ~ends[1:]
        ends |= carriage
    found = np.flatnonzero(ends)
    return found[np.searchsorted(quotes, found) % 2 == 0] if len(quotes) else found


def record_starts(data: bytes, quotes: np.ndarray) -> np.ndarray:
    return np.concatenate(([0], record_ends(data, quotes)[:-1] + 1))


def blank_lines(data: bytes, quotes: np.ndarray) -> np.ndarray:
    """Which records of a block are lines with nothing on them."""
    text = np.frombuffer(data, np.uint8)
    ends, starts = record_ends(data, quotes), record_starts(data, quotes)
    return np.flatnonzero((ends == starts) | ((ends == starts + 1) & (text[starts] == CR)))


def line_ends(data: bytes) -> int:
    text = np.frombuffer(data, np.uint8)
    count = int(np.count_nonzero(text == LF))
    if b"\r" in data:
        count += int(np.count_nonzero(text == CR)) - data.count(b"\r\n")
    return count
