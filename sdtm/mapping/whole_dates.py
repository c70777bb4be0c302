"""Complete dates and times read by the column: the texts that a format reads without anything left to say.

Most collected dates are whole. Their texts are grouped by shape (every digit written as 0, as in ``iso8601``); the
format is matched once with each shape, and the digits of all its texts are read as columns. What is partial,
impossible or does not fit is left to the reading text by text, which tells why.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from sdtm import iso8601
from sdtm.mapping.date_formats import DateFormat, month_number

_CLOCK = ("hour", "minute", "second")
_LAST = {"hour": 23, "minute": 59, "second": 59}


def whole_dates(texts: Sequence[str], date_format: DateFormat) -> tuple[np.ndarray, np.ndarray]:
    """Dates and times (with their T; empty without one) of n texts of one column, as ``DateFormat.read`` has them.

    Both are ``None`` where the reading text by text has to decide.

    Example: (dd MMM yyyy) 12 MAR 2018 -> 2018-03-12 and an empty time; UN MAR 2018 -> ``None``.
    """
    dates = np.full(len(texts), None, dtype=object)
    times = np.full(len(texts), None, dtype=object)
    if not _is_plain(date_format):
        return dates, times
    shape_of, shapes = iso8601.shapes_of(texts)
    for number, shape in enumerate(shapes):
        match = date_format.patterns[0].fullmatch(shape) if shape.isascii() else None
        if match is None:
            continue
        rows = np.flatnonzero(shape_of == number)
        digits = iso8601.digits_of([texts[row] for row in rows.tolist()], len(shape))
        parts = _parts(date_format, match, digits)
        if parts is None:
            continue
        real = _is_real(parts)
        rows = rows[real]
        known = {name: values[real] for name, values in parts.items()}
        dates[rows] = _joined([(known["year"], 4), (known["month"], 2), (known["day"], 2)], "-")
        clock = [(known[name], 2) for name in _CLOCK if name in known]
        times[rows] = ["T" + text for text in _joined(clock, ":")] if clock else ""
    return dates, times


def _is_plain(date_format: DateFormat) -> bool:
    """Whether all that a text says stands in its own digits and its month: one column, a year of four digits, a clock
    of 24 hours; and no digit that means itself, in a literal or in a word for what is unknown."""
    parts = set(date_format.parts) - set(_CLOCK)
    fixed = [piece.text for pieces in date_format.pieces for piece in pieces if not piece.kind]
    return (
        len(date_format.patterns) == 1
        and parts in ({"year", "month", "day"}, {"year", "month name", "day"})
        and not any(re.search("[0-9]", text) for text in (*fixed, *date_format.unknown))
    )


def _parts(date_format: DateFormat, match: re.Match[str], digits: np.ndarray) -> dict[str, np.ndarray] | None:
    """The numbers of each part; ``None`` where one is a word for what is unknown."""
    found = {}
    for group, part in enumerate(date_format.parts, 1):
        text = match[group]
        if part == "month name":
            number = month_number(text)
            if number is None:
                return None
            found["month"] = np.full(digits.shape[1], number, dtype=np.int32)
        elif text.strip("0"):
            return None
        else:
            found[part] = iso8601.number_at(digits, *match.span(group))
    return found


def _is_real(parts: dict[str, np.ndarray]) -> np.ndarray:
    year, month, day = parts["year"], parts["month"], parts["day"]
    real = (year > 0) & (month >= 1) & (month <= 12) & (day >= 1)
    real &= day <= iso8601.days_in_month(year, np.clip(month, 0, 12))
    for name, last in _LAST.items():
        if name in parts:
            real &= parts[name] <= last
    return real


def _joined(columns: Sequence[tuple[np.ndarray, int]], between: str) -> list[str]:
    """Numbers of so many digits, side by side."""
    width = sum(digits for _, digits in columns) + len(columns) - 1
    block = np.full((len(columns[0][0]), width), ord(between), dtype=np.uint8)
    end = -1
    for values, digits in columns:
        end += digits + 1
        for place in range(digits):
            block[:, end - 1 - place] = values // 10**place % 10 + ord("0")
    return block.view(f"S{width}").ravel().astype(f"U{width}").tolist()
