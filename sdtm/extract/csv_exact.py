"""The slow and exact reading of delimited text, one record at a time.

It finds the names in the first rows, tells the place of whatever the fast reading (``csv_blocks``)
stumbles over, and reads files with quotes inside unquoted fields, which the fast one leaves alone.
What it takes as well formed is RFC 4180, with LF, CR LF or CR as line end and any one-character delimiter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sdtm.extract.csv_text import AFTER, ROW_LIMIT, Chunk

LINE_END = re.compile("\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How fields are divided and quoted; ``quote`` is empty when nothing is quoted."""

    delimiter: str = ","
    quote: str = '"'


@dataclass(frozen=True, slots=True)
class Record:
    """One row: its number and line (from 1), its fields, where it ends in the text read so far.

    ``stray``: positions of unquoted fields that have a quote inside, which is then part of the text.
    """

    number: int
    line: int
    fields: list[str]
    end: int
    blank: bool = False
    stray: tuple[int, ...] = ()


@dataclass(slots=True)
class Irregular(Exception):
    """Quotes that leave it open where a field ends; ``field`` counts from 0."""

    rule: str
    found: str
    number: int
    line: int
    field: int


@dataclass(slots=True)
class BadText(Exception):
    """What cannot be text: the bytes that cannot be decoded, or none for a NUL character."""

    raw: bytes = b""
    after: bytes = b""


def texts(pieces: Iterable[Chunk]) -> Iterator[str]:
    """Chunks decoded; raises ``BadText`` after the good text that stands before it."""
    for chunk in pieces:
        data, bad, after = chunk.data, chunk.bad, chunk.after
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            text, bad = data[: error.start].decode(), data[error.start : error.end]
            after = data[error.end : error.end + AFTER]
        before, nul, _ = text.partition("\0")
        yield before
        if nul:
            raise BadText
        if bad:
            raise BadText(bad, after)


@dataclass
class Scanner:
    """Records of a text that comes in pieces. ``number`` and ``line`` are those of the next record."""

    pieces: Iterable[str]
    dialect: Dialect
    number: int = 1
    line: int = 1
    text: str = field(default="", init=False)
    position: int = field(default=0, init=False)
    offset: int = field(default=0, init=False)  # characters before ``text``
    whole: bool = field(default=False, init=False)  # nothing comes after ``text``
    reached: int = field(default=0, init=False)  # field in which an unfinished record ends
    begun: int = field(default=0, init=False)  # where that field begins in ``text``

    def __post_init__(self) -> None:
        self.source = iter(self.pieces)
        delimiter, quote = re.escape(self.dialect.delimiter), re.escape(self.dialect.quote)
        self.plain = re.compile(f"[^{delimiter}\r\n]*+")
        self.quoted = re.compile(f"{quote}((?:[^{quote}]++|{quote}{quote})*+){quote}") if quote else None

    def __iter__(self) -> Iterator[Record]:
        while True:
            record = self.record()
            if record is None:
                if self.whole:
                    return
                self.grow()
                continue
            self.step(record)
            yield record

    def where_text_ends(self) -> tuple[int, int, int]:
        """Record, line and field in which the text held ends, as if more were to come."""
        while (record := self.record()) is not None:
            self.step(record)
        return self.number, self.line, self.reached

    def step(self, record: Record) -> None:
        self.number += 1
        end = record.end - self.offset
        self.line += len(LINE_END.findall(self.text, self.position, end))
        self.line += self.text[end - 1] not in "\r\n"  # the last line of a file may lack its end
        self.position = end

    def grow(self) -> None:
        """Take in at least as much text as is held, so that a long record costs no more than its length."""
        self.text = self.text[self.position :]
        self.offset += self.position
        self.position = 0
        wanted = max(2 * len(self.text), 1)
        while len(self.text) < wanted:
            piece = next(self.source, None)
            if piece is None:
                self.whole = True
                return
            self.text += piece

    def record(self) -> Record | None:
        """The record at the present position; ``None`` if the text held does not have all of it."""
        text, position = self.text, self.position
        fields: list[str] = []
        stray: list[int] = []
        quote, delimiter = self.dialect.quote, self.dialect.delimiter
        while True:
            self.reached, self.begun = len(fields), position
            if position == len(text) and (not fields or not self.whole):
                return None
            if self.quoted and text.startswith(quote, position):
                match = self.quoted.match(text, position)
                if match is None:
                    if not self.whole and len(text) - position < ROW_LIMIT:
                        return None
                    raise self.unclosed(position, len(text), "has no closing quote")
                end = match.end()
                if end < len(text) and text[end] not in (delimiter, "\r", "\n"):
                    raise self.after_quote(match, end)
                fields.append(match[1].replace(quote * 2, quote))
            else:
                match = self.plain.match(text, position)
                assert match is not None  # it matches the empty text too
                end = match.end()
                if quote and quote in match[0]:
                    stray.append(len(fields))
                fields.append(match[0])
            if end == len(text):
                if not self.whole:
                    return None
                break
            if text[end] == delimiter:
                position = end + 1
                continue
            if text[end] == "\r" and end + 1 == len(text) and not self.whole:
                return None
            end += 2 if text.startswith("\r\n", end) else 1
            break
        blank = len(fields) == 1 and text[self.position] in "\r\n"
        return Record(self.number, self.line, fields, self.offset + end, blank, tuple(stray))

    def after_quote(self, match: re.Match[str], end: int) -> Irregular:
        if LINE_END.search(match[1]):
            return self.unclosed(match.start(), end, "closes only on a later line, in the middle of a text")
        found = f"{self.text[end]!r} after the closing quote of {short(match[1])}"
        return Irregular("text-after-quote", found, self.number, self.line, self.reached)

    def unclosed(self, position: int, end: int, what: str) -> Irregular:
        line = self.line + len(LINE_END.findall(self.text, self.position, position))
        found = f"the quote before {short(self.text[position + 1 : end])} {what}"
        return Irregular("unclosed-quote", found, self.number, line, self.reached)


def short(text: str, most: int = 40) -> str:
    """A text as it is shown in a message: on one line, in quotes, cut."""
    return repr(text[:most]) + ("…" if len(text) > most else "")
