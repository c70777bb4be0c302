"""The language of declared date formats, and what one format makes of one text.

Tokens: ``yyyy yy MMMM MMM MM M dd d HH H hh h mm m ss s SSS a XXX`` (months are English names in any case,
never the machine's language; ``hh`` goes with ``a``, AM or PM; ``S`` once for each decimal of a second;
``XXX`` is a zone, Z or +08:00). A doubled token takes exactly two digits, a single one takes one or two.
``T``, and all that is no letter, stands for itself; other letters stand in quotes: ``d 'of' MMMM yyyy``.
"""

from __future__ import annotations

import calendar
import functools
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sdtm import iso8601

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MONTH_NUMBERS = {name[:3].casefold(): number for number, name in enumerate(MONTHS, 1)}
_MONTH_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_ONE_OR_TWO, _TWO = "[0-9]{1,2}", "[0-9]{2}"
# token -> (part, what it matches)
_TOKENS = {
    "yyyy": ("year", "[0-9]{4}"),
    "yy": ("short year", _TWO),
    "MMMM": ("month name", "|".join(MONTHS)),
    "MMM": ("month name", "|".join(name[:3] for name in MONTHS)),
    "MM": ("month", _TWO),
    "M": ("month", _ONE_OR_TWO),
    "dd": ("day", _TWO),
    "d": ("day", _ONE_OR_TWO),
    "HH": ("hour", _TWO),
    "H": ("hour", _ONE_OR_TWO),
    "hh": ("half-day hour", _TWO),
    "h": ("half-day hour", _ONE_OR_TWO),
    "mm": ("minute", _TWO),
    "m": ("minute", _ONE_OR_TWO),
    "ss": ("second", _TWO),
    "s": ("second", _ONE_OR_TWO),
    "XXX": ("zone", "Z|[+-][0-9]{2}:?[0-9]{2}"),
    "a": ("half", "AM|PM"),
}
_DATE_PARTS = frozenset({"year", "short year", "month", "month name", "day"})
_KINDS = {"short year": "year", "month name": "month", "half-day hour": "hour"}
_LETTERS = [*sorted(_TOKENS, key=len, reverse=True), "S+", "T"]
_LEXER = re.compile("|".join([*_LETTERS, "'[^']*'", "[^A-Za-z']+"]))
_WORD = re.compile(f"(?:{'|'.join(_LETTERS)})+")
_OFTEN_MEANT = {"Y": "yyyy", "MON": "MMM", "MONTH": "MMMM", "MMM": "MMM", "NN": "mm", "MI": "mm", "N": "m"}


@dataclass(frozen=True, slots=True)
class Piece:
    """One token or literal of a format."""

    text: str
    kind: str  # year, month, day, hour, minute, second, fraction, zone, half; empty: a literal
    part: str  # how the kind is written
    pattern: re.Pattern[str]


class Reading(NamedTuple):
    """What a format makes of a text that fits it: parts for ``iso8601.compose``, or what is impossible."""

    date: str
    time: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class DateFormat:
    """A compiled format: pieces and one pattern for each column that it is spread over."""

    text: str
    pieces: tuple[tuple[Piece, ...], ...]
    patterns: tuple[re.Pattern[str], ...]
    unknown: frozenset[str]
    century: int | None
    parts: tuple[str, ...]  # what each group of the patterns is
    split: int  # so many of them, the first, are the date; the others are the time

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(piece.kind for pieces in self.pieces for piece in pieces if piece.kind)

    def read(self, texts: Sequence[str | None]) -> Reading | None:
        """One text for each column (``None``: an empty cell, so unknown); ``None`` if it does not fit."""
        values: tuple[str | None, ...] = ()
        for text, pattern in zip(texts, self.patterns, strict=True):
            if text is None or text.casefold() in self.unknown:
                values += (None,) * pattern.groups
                continue
            match = pattern.fullmatch(text)
            if match is None:
                return None
            values = values + match.groups() if values else match.groups()
        return self._understood(values)

    def _understood(self, values: tuple[str | None, ...]) -> Reading:
        # Dates and times have few distinct values even where their pairs have many: each is worked out once.
        at = self.split
        date, wrong_date = _date(self.parts[:at], values[:at], self.unknown, self.century)
        if at == len(self.parts):
            return Reading(date, "", wrong_date)
        time, wrong_time = _time(self.parts[at:], values[at:], self.unknown)
        return Reading(date, time, wrong_date or wrong_time)

    def fits_until(self, texts: Sequence[str | None]) -> tuple[int, int, str]:
        """How far the texts fit: characters, column, and the token or literal that does not fit there."""
        before = 0
        for column, (text, pieces) in enumerate(zip(texts, self.pieces, strict=True)):
            if text is None or text.casefold() in self.unknown:
                continue
            at = 0
            for piece in pieces:
                match = piece.pattern.match(text, at)
                if match is None:
                    return before + at, column, piece.text
                at = match.end()
            if at < len(text):
                return before + at, column, ""
            before += at
        return before, len(texts) - 1, ""


@functools.lru_cache(maxsize=512)
def compile_format(text: str, unknown: tuple[str, ...], century: int | None, columns: int = 1) -> DateFormat:
    """Understand a format. ``ValueError`` says in the user's words what is wrong with it."""
    if not text.strip():
        raise ValueError("a format is empty; write for example dd MMM yyyy")
    parts = text.split(" ") if columns > 1 else [text]
    if len(parts) != columns:
        raise ValueError(
            f"format {text!r} has {len(parts)} parts between blanks, but is to read {columns} columns"
        )
    pieces = tuple(_tokenise(part, text, unknown) for part in parts)
    _check_tokens([piece for each in pieces for piece in each], text, century)
    patterns = tuple(re.compile("".join(piece.pattern.pattern for piece in each)) for each in pieces)
    named = tuple(piece.part for each in pieces for piece in each if piece.part)
    split = sum(part in _DATE_PARTS for part in named)
    if not _DATE_PARTS.issuperset(named[:split]):
        raise ValueError(f"format {text!r} has a time before the date or within it; read it as two columns")
    words = frozenset(word.casefold() for word in unknown)
    return DateFormat(text, pieces, patterns, words, century, named, split)


def _tokenise(part: str, text: str, unknown: tuple[str, ...]) -> tuple[Piece, ...]:
    _check_letters(part, text)
    pieces = [_piece(token, unknown) for token in _LEXER.findall(part)]
    for left, right in itertools.pairwise(pieces):
        if left.kind and right.kind and _digits_run_on(left, right):
            raise ValueError(
                f"format {text!r}: nobody can tell where {left.text} ends and {right.text} begins; "
                f"double the single letter, or put something between them"
            )
    return tuple(pieces)


def _digits_run_on(left: Piece, right: Piece) -> bool:
    numeric = [piece for piece in (left, right) if piece.part not in ("month name", "half", "zone")]
    return len(numeric) == 2 and any(len(piece.text) == 1 and piece.kind != "fraction" for piece in numeric)


def _piece(token: str, unknown: tuple[str, ...]) -> Piece:
    if token[0] == "S":
        return Piece(token, "fraction", "fraction", re.compile(f"([0-9]{{{len(token)}}})"))
    if token not in _TOKENS:
        literal = token[1:-1] if token[0] == "'" else token
        return Piece(token, "", "", re.compile(re.escape(literal)))
    part, pattern = _TOKENS[token]
    kind = _KINDS.get(part, part)
    if kind not in ("zone", "half"):
        words = sorted(unknown, key=lambda word: (-len(word), word))
        pattern = "|".join([pattern, *map(re.escape, words)])
    return Piece(
        token, kind, part, re.compile(f"(?P<{part.replace(' ', '_').replace('-', '_')}>(?i:{pattern}))")
    )


def _check_letters(part: str, text: str) -> None:
    """Letters that are no tokens, or a common mistake, are told as the word they stand in."""
    outside = re.sub("'[^']*'", "''", part)
    if outside.count("'") % 2:
        raise ValueError(f"format {text!r}: a quote is not closed")
    for word in re.findall("[A-Za-z]+", outside):
        meant = _OFTEN_MEANT.get(word.upper(), "") if word not in _TOKENS else ""
        if not meant and _WORD.fullmatch(word):
            continue
        days_and_years = word.replace("D", "d").replace("Y", "y")
        if not meant and _WORD.fullmatch(days_and_years):
            meant = days_and_years
        tokens = " ".join([*_TOKENS, "S"])
        raise ValueError(
            f"format {text!r}: {word!r} is no token{f'; did you mean {meant}?' if meant else ''} "
            f"(tokens: {tokens}; other letters in quotes)"
        )


def _check_tokens(pieces: Sequence[Piece], text: str, century: int | None) -> None:
    kinds = [piece.kind for piece in pieces if piece.kind]
    parts = {piece.part for piece in pieces}
    minutes = " (mm is minutes; months are MM)" if "minute" in kinds and "month" not in kinds else ""
    for kind in kinds:
        if kinds.count(kind) > 1:
            raise ValueError(f"format {text!r} has two tokens for the {kind}{minutes}")
    for kind, needs in (
        ("day", "month"), ("month", "year"), ("minute", "hour"), ("second", "minute"), ("fraction", "second"),
    ):  # fmt: skip
        if kind in kinds and needs not in kinds:
            raise ValueError(f"format {text!r} has a token for the {kind} but none for the {needs}{minutes}")
    if ("half-day hour" in parts) != ("half" in kinds):
        raise ValueError(f"format {text!r}: hh and a (AM or PM) need each other; hours 00 to 23 are HH")
    if "short year" in parts and century is None:
        raise ValueError(
            f"format {text!r} has a year of two digits: declare century, such as century: 68 "
            "(00 to 68 are 2000 to 2068, 69 to 99 are 1969 to 1999)"
        )
    if not {"year", "hour"} & set(kinds):
        raise ValueError(f"format {text!r} has no token for the year or the hour")


def month_number(name: str) -> int | None:
    """1 for January, JAN or jan; ``None`` for a text that does not begin as the name of a month."""
    return _MONTH_NUMBERS.get(name[:3].casefold())


def _known(parts: tuple[str, ...], values: tuple[str | None, ...], unknown: frozenset[str]) -> dict[str, str]:
    return {
        part: value
        for part, value in zip(parts, values, strict=True)
        if value is not None and value.casefold() not in unknown
    }


@functools.lru_cache(maxsize=65_536)
def _date(
    parts: tuple[str, ...], values: tuple[str | None, ...], unknown: frozenset[str], century: int | None
) -> tuple[str, str]:
    """The date as ISO 8601 writes it, and what is impossible about it."""
    year = month = day = ""
    # Called for each distinct date there is, so without a step more than it needs.
    for part, value in zip(parts, values, strict=True):
        if value is None or value.casefold() in unknown:
            continue
        if part == "day":
            day = value
        elif part == "month":
            month = value
        elif part == "month name":
            month = str(month_number(value))
        elif part == "year":
            year = value
        else:
            short = int(value)
            year = str((2000 if century is not None and short <= century else 1900) + short)
    return (
        iso8601.write_date(year, month and month.zfill(2), day and day.zfill(2)),
        _impossible_date(year, month, day),
    )


@functools.lru_cache(maxsize=65_536)
def _time(parts: tuple[str, ...], values: tuple[str | None, ...], unknown: frozenset[str]) -> tuple[str, str]:
    """The time as ISO 8601 writes it, and what is impossible about it."""
    found = _known(parts, values, unknown)
    hour, minute, second = found.get("hour", ""), found.get("minute", ""), found.get("second", "")
    problem = ""
    if "half-day hour" in found:
        clock = int(found["half-day hour"])
        if not 1 <= clock <= 12:
            problem = f"impossible time: there is no hour {clock} with AM or PM"
        hour = str(clock % 12 + (12 if found["half"].casefold() == "pm" else 0))
    problem = problem or _impossible_time(hour, minute, second)
    hour, minute, second = (part and part.zfill(2) for part in (hour, minute, second))
    if second and "fraction" in found:
        second += "." + found["fraction"]
    zone = found.get("zone", "").upper()
    if len(zone) == 5:
        zone = zone[:3] + ":" + zone[3:]
    if len(zone) == 6 and (int(zone[1:3]) > 14 or int(zone[4:]) > 59):
        problem = problem or f"impossible time: there is no zone {zone}"
    return iso8601.write_time(hour, minute, second, zone), problem


def _impossible_date(year: str, month: str, day: str) -> str:
    if year and int(year) == 0:
        return "impossible date: there is no year 0000"
    if month and not 1 <= int(month) <= 12:
        return f"impossible date: there is no month {month}"
    if not day:
        return ""
    if not 1 <= int(day) <= 31:
        return f"impossible date: there is no day {day}"
    if not month:
        return ""
    name, length = MONTHS[int(month) - 1], _MONTH_LENGTHS[int(month) - 1]
    if int(day) > length:
        return f"impossible date: {name} has {length} days"
    if int(month) == 2 and int(day) == 29 and year and not calendar.isleap(int(year)):
        return f"impossible date: {name} {year} has 28 days"
    return ""


def _impossible_time(hour: str, minute: str, second: str) -> str:
    if hour == "24":
        return "impossible time: a day ends at 23:59; 24:00 is 00:00 of the next day"
    for name, value, last in (("hour", hour, 23), ("minute", minute, 59), ("second", second, 59)):
        if value and int(value) > last:
            return f"impossible time: there is no {name} {value}"
    return ""
