"""Numbers as tables print them: decimal text, rounded half away from zero as SAS ROUND does.

Binary floats are taken as the decimal number that they print as, so 2.675 is 2.675 and rounds to 2.68,
where ``round(2.675, 2)`` gives 2.67.
"""

from __future__ import annotations

import math
from fractions import Fraction

from sdtm.numbers import magnitude, round_half_up, shortest

MISSING = ""


def rounded_text(value: float, decimals: int) -> str:
    """``value`` with so many decimals, zeros at the end kept.

    Shape:   one number in, one text out.
    Unit:    that of the value.
    Missing: NaN gives an empty text; an infinity has no decimals and gives ``Inf`` or ``-Inf``.
    Errors:  ``ValueError`` for a negative number of decimals.
    Source:  SAS 9.4 Functions and CALL Routines, ROUND: halves go away from zero.
    Example: 2.675, 2 -> 2.68; -0.05, 1 -> -0.1; 0.04, 1 -> 0.0.
    """
    if decimals < 0:
        raise ValueError("decimals: 0 or more")
    if math.isnan(value):
        return MISSING
    if math.isinf(value):
        return "Inf" if value > 0 else "-Inf"
    return _padded(round_half_up(Fraction(shortest(value)), decimals), decimals)


def significant_text(value: float, digits: int = 3) -> str:
    """``value`` with so many significant digits, never in exponential form.

    Shape:   one number in, one text out.
    Unit:    that of the value.
    Missing: NaN gives an empty text.
    Errors:  ``ValueError`` for fewer than one digit.
    Source:  the usual format of pharmacokinetic tables; rounding as ``rounded_text``.
    Example: 14.30438 -> 14.3; 147.2347 -> 147; 0.0484570 -> 0.0485; 9.996 -> 10.0; 12345 -> 12300.
    """
    if digits < 1:
        raise ValueError("digits: 1 or more")
    if math.isnan(value) or math.isinf(value):
        return rounded_text(value, 0)
    exact = Fraction(shortest(value))
    if not exact:
        return _padded("0", digits - 1)
    decimals = digits - 1 - magnitude(exact)
    text = round_half_up(exact, decimals)
    if text.strip("-") != "0" and magnitude(Fraction(text)) > magnitude(exact):
        decimals -= 1  # 9.996 became 10.00, which has one digit too many
    return _padded(text, decimals)


def percent_text(count: int, total: int, decimals: int = 1) -> str:
    """A percentage as tables print it: ``0`` for none, ``100`` for all, else with decimals.

    Shape:   two counts in, one text out, without a percent sign.
    Unit:    percent.
    Missing: a total of 0 has no percentage: empty text.
    Errors:  ``ValueError`` for a count below 0 or above the total.
    Source:  exact fractions, rounded once, half away from zero.
    Example: 22 of 87 -> 25.3; 1 of 14 -> 7.1; 0 of 6 -> 0; 6 of 6 -> 100; 1 of 2000 -> 0.1.
    """
    if not 0 <= count <= total:
        raise ValueError(f"a count between 0 and the total of {total}, not {count}")
    if total == 0:
        return MISSING
    if count in (0, total):
        return "0" if count == 0 else "100"
    return _padded(round_half_up(Fraction(100 * count, total), decimals), decimals)


def count_percent_text(count: int, total: int, decimals: int = 1) -> str:
    """``22 (25.3)``: a count with its percentage, and the count alone where there is none."""
    percent = percent_text(count, total, decimals)
    return f"{count} ({percent})" if percent and count else str(count)


def _padded(text: str, decimals: int) -> str:
    if decimals <= 0:
        return text
    whole, _, rest = text.partition(".")
    return f"{whole}.{rest.ljust(decimals, '0')}"
