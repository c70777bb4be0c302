"""Numbers as text: exact, shortest, never through floating point."""

from __future__ import annotations

import functools
import re
from fractions import Fraction

import numpy as np

_NUMBER = re.compile(r"([+-]?)([0-9]*)\.?([0-9]*)(?:[eE]([+-]?[0-9]{1,3}))?")
_LONGEST = 100  # characters; nobody measures more, and a hostile cell cannot make us count for hours
_LARGEST_EXPONENT = 300


def split_number(text: str) -> tuple[int, int] | None:
    """``(digits, exponent)`` with value = digits x 10**exponent, or ``None`` if the text is no number.

    A number is ASCII digits with at most one decimal point, a sign, an exponent (``1E5``); outer blanks
    do not matter. ``1,5``, ``NaN``, ``Inf``, ``1_000`` are no numbers.
    """
    stripped = text.strip()
    match = _NUMBER.fullmatch(stripped)
    if match is None or len(stripped) > _LONGEST:
        return None
    sign, whole, decimals, exponent = match.groups()
    if not whole + decimals or abs(int(exponent or 0)) > _LARGEST_EXPONENT:
        return None
    digits = int(whole + decimals)
    return (-digits if sign == "-" else digits), int(exponent or 0) - len(decimals)


def number_text(text: str) -> str | None:
    """Shortest text of the same number: ``067.0`` -> ``67``, ``1E3`` -> ``1000``; ``None`` if no number."""
    return _number_text(text) if len(text) <= _LONGEST else _number_text(text.strip()[: _LONGEST + 1])


@functools.lru_cache(maxsize=1 << 14)
def _number_text(text: str) -> str | None:
    # Results, standard results, limits and indicators ask this of the same texts.
    parts = split_number(text)
    return None if parts is None else plain(*parts)


def plain(digits: int, exponent: int) -> str:
    """digits x 10**exponent without an exponent, needless zeros, or a minus on zero."""
    if digits == 0:
        return "0"
    sign, body = ("-" if digits < 0 else ""), str(abs(digits))
    if exponent >= 0:
        return sign + body + "0" * exponent
    body = body.rjust(1 - exponent, "0")
    decimals = body[exponent:].rstrip("0")
    return sign + body[:exponent] + ("." + decimals if decimals else "")


def round_half_up(value: Fraction, digits: int) -> str:
    """``value`` rounded to ``digits`` decimals, halves away from zero, as the shortest text."""
    scaled = abs(value) * Fraction(10) ** digits
    rounded = int(scaled + Fraction(1, 2))
    return plain(-rounded if value < 0 else rounded, -digits)


def exact(value: Fraction) -> str | None:
    """The shortest text of ``value``, or ``None`` if its decimals have no end."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return None
    digits = max(twos, fives)
    return plain(int(value * 10**digits), -digits)


def magnitude(value: Fraction) -> int:
    """Power of ten of the first digit that is not 0: 2 for 123, -2 for 0.012. ``value`` is not 0."""
    size = abs(value)
    power = len(str(size.numerator)) - len(str(size.denominator))
    return power if size >= Fraction(10) ** power else power - 1


def shortest(value: float) -> str:
    """Shortest text of a float that is not NaN: ``3.0`` -> ``3``, ``3.1`` -> ``3.1``."""
    return np.format_float_positional(value + 0.0, trim="-")  # + 0.0: no minus on zero
