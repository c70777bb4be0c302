"""The bytes of a text file: hashed, unpacked, decoded strictly, and cut into blocks of whole rows.

Everything after this module is UTF-8. A file that is UTF-8 already goes through as it is and is checked
block by block (``csv_blocks``), because decoding and encoding a million rows costs more than parsing them.
"""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Protocol, cast

import numpy as np

from sdtm.extract.encodings import UTF8
from sdtm.extract.hashed_file import CHUNK, HashedFile
from sdtm.extract.table import refuse

ROW_LIMIT = 64 << 20  # bytes without a row end after which a file is taken as broken
UNPACKED_LIMIT = 8 << 30  # bytes that a .gz may unpack to
AFTER = 24  # bytes shown after one that cannot be decoded


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Chunk:
    """Text in UTF-8; ``bad`` holds bytes that follow it and cannot be decoded, which ends the reading.

    ``after``: some of the bytes behind those, to show what other encodings would make of them.
    """

    data: bytes
    bad: bytes = b""
    after: bytes = b""


def chunks(source: HashedFile, packed: bool, encoding: str, shown: str) -> Iterator[Chunk]:
    """The text of a file in UTF-8, without its byte order mark; at least one chunk, maybe an empty one."""
    stream: Readable = gzip.GzipFile(fileobj=cast("IO[bytes]", source)) if packed else source
    decoder = None if encoding in UTF8 else codecs.getincrementaldecoder(encoding)("strict")
    first, total = True, 0
    while True:
        raw = read_packed(stream, shown) if packed else stream.read(CHUNK)
        total += len(raw)
        if packed and total > UNPACKED_LIMIT:
            raise refuse(
                "file-too-large",
                shown,
                f"more than {UNPACKED_LIMIT:,} bytes when unpacked",
                f"at most {UNPACKED_LIMIT:,} bytes",
                "unpack the file yourself if it is what it should be",
            )
        if first:
            check_mark(raw, encoding, shown)
            if encoding in UTF8:
                raw = raw.removeprefix(codecs.BOM_UTF8)
        if decoder is None:
            if raw or first:
                yield Chunk(raw)
        else:
            state = decoder.getstate()
            try:
                text = decoder.decode(raw, final=not raw)
            except UnicodeDecodeError as error:
                # Once more from the same state, up to the bytes that cannot be decoded.
                decoder.setstate(state)
                text = decoder.decode(raw[: max(0, error.start - len(error.object) + len(raw))])
                end = max(error.end, error.start + 1)
                bad, after = error.object[error.start : end], error.object[end : end + AFTER]
                yield Chunk(text.removeprefix("\ufeff" if first else "").encode(), bytes(bad), bytes(after))
                return
            if first:
                text = text.removeprefix("\ufeff")
            if text or first:
                yield Chunk(text.encode(errors="surrogatepass"))
        if not raw and not first:
            return
        first = False


def read_packed(stream: Readable, shown: str) -> bytes:
    try:
        return stream.read(CHUNK)
    except (OSError, EOFError, zlib.error) as error:
        raise refuse(
            "damaged-file",
            shown,
            f"a .gz file that cannot be unpacked ({error})",
            "a whole gzip file",
            "copy or export the file again",
        ) from None


def check_mark(start: bytes, encoding: str, shown: str) -> None:
    """Refuse a byte order mark that contradicts the encoding, declared or not."""
    utf16 = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if utf16 and not encoding.startswith(("utf-16", "utf-32")):
        found, right = "the byte order mark of UTF-16", "utf-16"
    elif start.startswith(codecs.BOM_UTF8) and encoding not in UTF8:
        found, right = "the byte order mark of UTF-8", "utf-8"
    else:
        return
    raise refuse(
        "wrong-encoding",
        shown,
        f"{found} ({start[:3].hex(' ') if right == 'utf-8' else start[:2].hex(' ')}), read as {encoding}",
        "the encoding that the file has",
        f"set encoding: {right} for this dataset",
        row=1,
    )


def blocks(pieces: Iterator[Chunk], quote: str) -> Iterator[Chunk]:
    """The same text in pieces that end where a row ends; only the last may end anywhere.

    A row end is a line end with an even number of quotes before it. A block above ``ROW_LIMIT`` did not
    find one; its reader will say why.
    """
    carry: list[bytes] = []
    odd = 0
    for piece in pieces:
        if piece.bad:
            yield Chunk(b"".join([*carry, piece.data]), piece.bad, piece.after)
            return
        end, quotes = last_row_end(piece.data, quote.encode(), odd)
        if end:
            yield Chunk(b"".join([*carry, piece.data[:end]]))
            carry, odd = [piece.data[end:]], quotes
        else:
            carry.append(piece.data)
            odd = quotes
            if sum(map(len, carry)) > ROW_LIMIT:
                yield Chunk(b"".join(carry))
                carry, odd = [], 0
    if any(carry):
        yield Chunk(b"".join(carry))


def last_row_end(data: bytes, quote: bytes, odd: int) -> tuple[int, int]:
    """Where the last row of a piece ends (0: nowhere), and whether quotes are odd after it (0 or 1).

    ``odd`` says whether the text before the piece has an odd number of quotes.
    """
    if quote and quote not in data:
        quote = b""
    total = odd + (int(np.count_nonzero(np.frombuffer(data, np.uint8) == quote[0])) if quote else 0)
    for line_end in (b"\n", b"\r"):
        stop, after = len(data), 0
        while (at := data.rfind(line_end, 0, stop)) >= 0:
            after += data.count(quote, at + 1, stop) if quote else 0
            # A carriage return at the very end may be the first half of CR LF.
            half = line_end == b"\r" and data[at + 1 : at + 2] in (b"", b"\n")
            if (total - after) % 2 == 0 and not half:
                return at + 1, after % 2
            stop = at
    return 0, total % 2
