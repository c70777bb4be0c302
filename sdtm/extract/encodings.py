"""Encodings of text: the declared one by its normal name, and those that would fit."""

from __future__ import annotations

import codecs
import gzip
from pathlib import Path

from sdtm.extract.hashed_file import CHUNK
from sdtm.extract.table import refuse
from specs.problems import suggest

UTF8 = {"utf-8", "utf-8-sig"}
CANDIDATES = ("utf-8", "cp1252", "gb18030", "shift_jis", "euc_kr")  # offered, never taken


def encoding_name(declared: str, shown: str) -> str:
    """The normal name of a declared encoding, ``utf-8`` if none; unknown ones are refused."""
    try:
        name = codecs.lookup(declared or "utf-8").name
        "a".encode(name)  # not every codec is one of text
    except (LookupError, TypeError, ValueError):
        known = ["utf-8", "utf-16", "cp1252", "gb18030", "latin-1", "shift_jis", "euc_kr", "big5", "ascii"]
        raise refuse(
            "unknown-encoding",
            shown,
            f"encoding {declared!r}",
            f"the name of a text encoding, such as {', '.join(known[:5])}",
            suggest(declared, known),
        ) from None
    return "utf-8" if name in UTF8 else name


def decodable_as(path: Path, packed: bool) -> list[str]:
    """Which of some usual encodings can decode a whole file; a suggestion for its owner, nothing more."""
    decoders = {name: codecs.getincrementaldecoder(name)("strict") for name in CANDIDATES}
    with gzip.open(path) if packed else path.open("rb") as file:
        while decoders:
            raw = file.read(CHUNK)
            for name in list(decoders):
                try:
                    decoders[name].decode(raw, final=not raw)
                except UnicodeDecodeError:
                    del decoders[name]
            if not raw:
                break
    return list(decoders)
