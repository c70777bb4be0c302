"""Reference ranges as laboratories write them: two limits, one limit, or the words of a normal result."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from sdtm.numbers import number_text

_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)"
_TWO = re.compile(rf"({_NUMBER})\s*(?:-|–|—|~|\bto\b)\s*({_NUMBER})", re.IGNORECASE)
_ONE = re.compile(rf"(<=|>=|<|>|≤|≥)\s*({_NUMBER})")
_SIGNS = {"≤": "<=", "≥": ">="}
_SEPARATOR = re.compile(r"\s*[;,/|]\s*|\s+or\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Range:
    """What a text says is normal. ``low``, ``high``: numbers as texts, with ``>`` or ``<`` before them where the
    limit itself is outside; ``words``: the text of a normal result that is no number."""

    low: str | None = None
    high: str | None = None
    words: str | None = None


def read_range(text: str) -> Range | None:
    """A range out of one text, or ``None`` where it cannot be read.

    Source:  SDTMIG 3.4, 6.3.5.6 (LB): --ORNRLO and --ORNRHI for continuous results, --STNRC for others.
    Example: ``3.5 - 5.1`` -> 3.5, 5.1; ``<= 1.23`` -> high 1.23; ``< 200`` -> high <200; ``NEGATIVE`` -> words.
    """
    stripped = text.strip()
    if two := _TWO.fullmatch(stripped):
        low, high = _exact(two[1]), _exact(two[2])
        return Range(two[1], two[2]) if low is not None and high is not None and low <= high else None
    if one := _ONE.fullmatch(stripped):
        sign, number = _SIGNS.get(one[1], one[1]), one[2]
        limit = number if sign.endswith("=") else sign + number
        return Range(high=limit) if sign[0] == "<" else Range(low=limit)
    if stripped and not any(character.isdigit() for character in stripped):
        return Range(words=stripped)
    return None


@dataclass(frozen=True, slots=True)
class Limit:
    """One end of a range. ``text``: the number as written, without a sign; ``inside``: the limit is normal itself."""

    text: str
    value: Decimal
    inside: bool = True


def read_limit(text: str, side: str) -> Limit | None:
    """The lower (``side`` ``>``) or upper (``<``) limit out of its own cell, or ``None`` where it cannot be read.

    Example: (upper) 5.1 -> 5.1; <=5.1 -> 5.1; <5.1 -> 5.1, not inside; >5.1 or "see note" -> None.
    """
    stripped = text.strip()
    sign = ""
    if one := _ONE.fullmatch(stripped):
        sign, stripped = _SIGNS.get(one[1], one[1]), one[2]
    value = _exact(stripped)
    if value is None or (sign and sign[0] != side):
        return None
    return Limit(stripped, value, sign in ("", side + "="))


def normal_words(text: str) -> tuple[frozenset[str], bool]:
    """The results that a range in words calls normal, and whether it names them all.

    ``NEGATIVE; TRACE`` names both; ``NEGATIVE to TRACE`` names the ends of an order that is not written there.
    """
    if ends := re.fullmatch(r"(\S.*?)\s+to\s+(\S.*)", text.strip(), re.IGNORECASE):
        return frozenset({ends[1], ends[2]}), False
    return frozenset(word for word in _SEPARATOR.split(text.strip()) if word), True


def without_sign(text: str) -> tuple[str, str]:
    """``<0.5`` -> ``<``, ``0.5``; a text without a sign as it is."""
    match = re.match(r"\s*(<=|>=|<|>|≤|≥)\s*", text)
    return (_SIGNS.get(match[1], match[1]), text[match.end() :]) if match else ("", text)


def is_measured(text: str) -> bool:
    """Whether a result is a number, or one below or above a limit of the method."""
    return number_text(without_sign(text)[1]) is not None


def interval_of(result: str) -> tuple[tuple[Decimal | None, bool], tuple[Decimal | None, bool]] | None:
    """Least and greatest value that a result may mean, each with whether it is one of them; a value ``None`` is no end.

    ``None`` for a text that is no number. Example: 5 -> 5 to 5; <0.5 -> from 0 to below 0.5; >100 -> above 100.
    """
    sign, rest = without_sign(result)
    value = _exact(rest)
    if value is None:
        return None
    inside = sign.endswith("=")
    if not sign:
        return (value, True), (value, True)
    if sign[0] == ">":
        return (value, inside), (None, False)
    return (Decimal(0) if value >= 0 else None, value >= 0), (value, inside)


def _exact(text: str) -> Decimal | None:
    number = number_text(text)
    return None if number is None else Decimal(number)
