"""Texts that are longer than a variable of a transport file may be."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from specs.location import Location
from specs.problems import Problem, ProblemsFound

LIMIT = 200  # bytes
_NAME_LENGTH = 8


def split_text(texts: Sequence[str], limit: int = LIMIT) -> list[list[str]]:
    """Each text in parts of at most ``limit`` bytes (UTF-8; for ASCII a byte is a character).

    Parts end before a blank, and that one blank is left out: the parts with a blank between them are the
    text again. No part ends with a blank (it would not survive a transport file), so where several blanks
    stand together the others begin the next part. A word longer than the limit is cut at the limit, never
    inside a character; there nothing stands between the parts.

    Shape:   n texts in, n lists of one or more parts out.
    Source:  SDTMIG 3.4, 4.5.3.2 (split between words).
    Example: (limit 10) a headache every day -> "a headache", "every day".
    """
    if limit < 4:
        raise ValueError("a part has to hold any one character, so at least 4 bytes")
    return [_parts(text, limit) for text in texts]


def _parts(text: str, limit: int) -> list[str]:
    parts = []
    start = 0
    while len(text) - start > limit or len(text[start:].encode()) > limit:
        most = start + _characters(text[start : start + limit], limit)
        border = text.rfind(" ", start, most + 1)
        part = text[start : max(border, start)].rstrip(" ")
        if part:
            start += len(part) + 1
        else:
            part, start = text[start:most], most
        parts.append(part)
    return [*parts, text[start:]]


def _characters(text: str, limit: int) -> int:
    """How many whole characters of ``text`` fit into ``limit`` bytes."""
    return len(text.encode()[:limit].decode(errors="ignore"))


def supplemental_names(variable: str, count: int, taken: Collection[str] = ()) -> list[str]:
    """QNAMs of the second and later parts: the variable's name and 1, 2 ..., cut so that 8 characters do.

    Errors:  ``ProblemsFound`` if one of the names is taken by a variable or another qualifier: the numbers
             have to tell the order of the parts, so none is skipped.
    Source:  SDTMIG 3.4, 4.5.3.2; the last character gives way in a name of 8 (EGSTRESC: EGSTRES1).
    Example: MHTERM, 2 -> MHTERM1, MHTERM2; EGSTRESC, 1 -> EGSTRES1.
    """
    numbers = [str(number) for number in range(1, count + 1)]
    names = [variable[: _NAME_LENGTH - len(number)] + number for number in numbers]
    problems = [
        Problem(
            "long-text-name-taken",
            Location(column=variable),
            f"{name}, which a long text of {variable} needs, is already a variable or qualifier",
            "a free name for each part of the text after the first",
            f"rename the qualifier {name}, or declare long_text: {variable}: refuse",
        )
        for name in names
        if name in taken
    ]
    if problems:
        raise ProblemsFound(problems)
    return names
