"""ISO 8601 dates, times and durations as SDTM writes them (SDTMIG 3.4, 4.4.1 to 4.4.4).

A date may stop early (``2024-03``) and have a hyphen for an unknown part in the middle (``2024---15``,
``--03-15``, ``2024-03--T10:30``, ``-----T07:15``); two dates with ``/`` between them are an interval. Only
real calendar dates and times of day count: no 2024-02-30, no hour 24, no second 60.

Everything works on the distinct texts of a column. Texts are grouped by shape (every digit written as 0),
each shape is understood once, and the digits of all its texts are then read as whole columns.

Instants are seconds since 1970-01-01T00:00:00 on the clock of the person who wrote the date: a time zone
is checked, but not applied, because a study day and "before the dose" are told by the site's clock and
most dates beside it have no zone at all. Fractions of a second are left out of instants.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sdtm import columns

UNKNOWN = -1
DAY = 86_400  # seconds

_PARTS = ("year", "month", "day", "hour", "minute", "second", "zone_hour", "zone_minute")
_SHAPE = re.compile(
    r"(?P<year>0000|-)(?:-(?P<month>00|-)(?:-(?P<day>00|-)"
    r"(?:T(?P<hour>00|-)(?::(?P<minute>00|-)(?::(?P<second>00)(?:\.0+)?)?)?"
    r"(?:Z|[+-](?P<zone_hour>00):(?P<zone_minute>00))?)?)?)?"
)
_DIGITS = str.maketrans("123456789", "000000000")
_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_DURATION = re.compile(
    rf"-?P(?:{_NUMBER}W|(?=[0-9T])(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}D)?"
    rf"(?:T(?=[0-9])(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?)"
)
_FRACTION_BEFORE_THE_END = re.compile(r"\.[0-9]+[A-Z].")
_LONGEST_MONTH = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_FIRST_OF_MONTH = np.arange("0001-01", "10000-01", dtype="M8[M]").astype("M8[D]").astype(np.int64)


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of n texts; ``UNKNOWN`` where a part is unknown or not there.

    ``valid``: the text is one SDTM date or date and time; the parts of other texts mean nothing.
    """

    year: np.ndarray
    month: np.ndarray
    day: np.ndarray
    hour: np.ndarray
    minute: np.ndarray
    second: np.ndarray
    valid: np.ndarray


def read(texts: Sequence[str]) -> Parts:
    """The parts of single dates; an interval is not valid here."""
    found = {name: np.full(len(texts), UNKNOWN, dtype=np.int32) for name in _PARTS}
    valid = np.zeros(len(texts), dtype=bool)
    shape_of, shapes = shapes_of(texts)
    for number, shape in enumerate(shapes):
        match = _SHAPE.fullmatch(shape)
        if match is None or _ends_unknown(match):
            continue
        rows = np.flatnonzero(shape_of == number)
        digits = digits_of([texts[row] for row in rows.tolist()], len(shape))
        for name in _PARTS:
            if match[name] and match[name] != "-":
                found[name][rows] = number_at(digits, *match.span(name))
        valid[rows] = True
    zone_hour, zone_minute = found.pop("zone_hour"), found.pop("zone_minute")
    parts = Parts(**found, valid=valid)
    return Parts(**found, valid=valid & _is_real(parts) & (zone_hour <= 14) & (zone_minute <= 59))


def shapes_of(texts: Sequence[str]) -> tuple[np.ndarray, Sequence[str]]:
    """The number of the shape of each text, and the distinct shapes: the texts with 0 for every digit."""
    # One long text is translated several times faster than many short ones.
    shapes = "\n".join(texts).translate(_DIGITS).split("\n")
    if len(shapes) != len(texts):
        shapes = [text.translate(_DIGITS) for text in texts]
    numbers, distinct = pd.factorize(np.array(shapes, dtype=object))
    return numbers, distinct


def digits_of(texts: Sequence[str], length: int) -> np.ndarray:
    """Texts of one shape, which is ASCII and so long: for each character a row with that of every text; a digit is
    its number."""
    block = np.array(texts, dtype=f"S{length}").view(np.uint8)
    return block.reshape(len(texts), length).T - np.uint8(ord("0"))


def number_at(digits: np.ndarray, start: int, end: int) -> np.ndarray:
    """The whole numbers between two characters of texts given by ``digits_of``."""
    number = digits[start].astype(np.int32)
    for place in range(start + 1, end):
        number = number * 10 + digits[place]
    return number


def _ends_unknown(match: re.Match[str]) -> bool:
    """What is unknown at the end is left out, not written as a hyphen."""
    parts = ("year", "month", "day") if match["hour"] is None else ("hour", "minute", "second")
    written = [match[name] for name in parts if match[name] is not None]
    return written[-1] == "-"


def _is_real(parts: Parts) -> np.ndarray:
    known = (parts.year != UNKNOWN) & (parts.year > 0) & (parts.month >= 1) & (parts.month <= 12)
    longest = np.where(
        (parts.month >= 1) & (parts.month <= 12), _LONGEST_MONTH[np.clip(parts.month, 0, 12)], 31
    )
    longest[known] = days_in_month(parts.year[known], parts.month[known])
    return (
        (parts.year != 0)
        & (parts.month != 0)
        & (parts.month <= 12)
        & (parts.day != 0)
        & (parts.day <= longest)
        & (parts.hour <= 23)
        & (parts.minute <= 59)
        & (parts.second <= 59)
    )


def days_in_month(year: np.ndarray, month: np.ndarray) -> np.ndarray:
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    return _LONGEST_MONTH[month] - ((month == 2) & ~leap)


def day_number(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Days since 1970-01-01."""
    first = _FIRST_OF_MONTH[(year - 1) * 12 + (month - 1)]
    return first + day - 1


def is_datetime(texts: Sequence[str]) -> np.ndarray:
    """Whether each text is a date, a date and time, or an interval, as SDTM writes them.

    An interval is two of them, or one and a duration (SDTMIG 3.4, 4.4.2 and 4.4.3.2).
    """
    heads, tails = _sides(texts)
    head = read(heads).valid
    if heads == tails:
        return head
    tail = read(tails).valid
    interval = np.array(["/" in text for text in texts], dtype=bool)
    return head & tail | interval & (head & is_duration(tails) | is_duration(heads) & tail)


def is_duration(texts: Sequence[str]) -> np.ndarray:
    """Whether each text is a duration: ``P1Y2M``, ``PT0.5H``, ``P2W``, ``-PT15M``.

    Weeks stand alone, only the last number may have a fraction (SDTMIG 3.4, 4.4.3.1); a minus sign is
    for planned times before the reference (4.4.10).
    """
    return np.array(
        [
            _DURATION.fullmatch(text) is not None and _FRACTION_BEFORE_THE_END.search(text) is None
            for text in texts
        ],
        dtype=bool,
    )


def _sides(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """Begin and end of each interval; a single date is both."""
    if "/" not in "".join(texts):
        return list(texts), list(texts)
    pairs = [text.partition("/") for text in texts]
    return [head for head, _, _ in pairs], [tail if slash else head for head, slash, tail in pairs]


def spans(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Earliest and latest instant that each text may mean, in seconds; NaN where it cannot be placed.

    2024-03 is from 2024-03-01T00:00:00 to 2024-03-31T23:59:59. Without a year, or when an interval has a
    duration or ends before it starts, there is no place.
    """
    heads, tails = _sides(texts)
    begin = read(heads)
    return _spans(begin, begin if heads == tails else read(tails))


def _spans(begin: Parts, end: Parts) -> tuple[np.ndarray, np.ndarray]:
    usable = begin.valid & (begin.year != UNKNOWN) & end.valid & (end.year != UNKNOWN)
    low = np.full(len(usable), np.nan)
    high = np.full(len(usable), np.nan)
    low[usable] = _instant(begin, usable, (1, 1, 0, 0, 0))
    high[usable] = _instant(end, usable, (12, 31, 23, 59, 59))
    backwards = high < low
    low[backwards] = high[backwards] = np.nan
    return low, high


def _instant(parts: Parts, rows: np.ndarray, otherwise: tuple[int, int, int, int, int]) -> np.ndarray:
    """Seconds of the rows, with the given month, day, hour, minute and second where unknown."""

    def known(values: np.ndarray, default: int) -> np.ndarray:
        return np.where(values[rows] == UNKNOWN, default, values[rows])

    year = parts.year[rows]
    month = known(parts.month, otherwise[0])
    day = np.minimum(known(parts.day, otherwise[1]), days_in_month(year, month))
    hour, minute = known(parts.hour, otherwise[2]), known(parts.minute, otherwise[3])
    second = known(parts.second, otherwise[4])
    return day_number(year, month, day) * DAY + hour * 3600 + minute * 60 + second


def bounds(column: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """``spans`` of a text column, row by row: two float64 arrays of seconds, NaN where unusable."""
    low, high = text_spans(column)
    return columns.take(low, column, np.nan), columns.take(high, column, np.nan)


def reaches(column: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """``reach`` of a text column, row by row; NaN where unusable."""
    first_end, last_start = reach(*text_spans(column))
    return columns.take(first_end, column, np.nan), columns.take(last_start, column, np.nan)


def reach(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bounds to compare dates with at the precision that both have: ``(first_end, last_start)``.

    For a date whose day is known these are its latest and its earliest instant; for a partial one the end
    of its first possible day and the start of its last. A is for certain on or before B when
    ``last_start(A) <= first_end(B)``: 08:00 is before 10:00, a date without a time is on or before a time
    of the same day (and the other way round), 2024-03 is before nothing in March but its last day.
    """
    first_day, last_day = np.floor(low / DAY), np.floor(high / DAY)
    one_day = first_day == last_day
    first_end = np.where(one_day, high, first_day * DAY + DAY - 1)
    last_start = np.where(one_day, low, last_day * DAY)
    return first_end, last_start


def days(column: pd.Series) -> np.ndarray:
    """Days since 1970-01-01 of texts with a complete date; NaN for partial dates and intervals."""
    parts = _parts_of(column)
    complete = parts.valid & (parts.year > 0) & (parts.month > 0) & (parts.day > 0)
    numbers = np.full(len(complete), np.nan)
    numbers[complete] = day_number(parts.year[complete], parts.month[complete], parts.day[complete])
    return columns.take(numbers, column, np.nan)


_read_already: dict[int, tuple[weakref.ref[pd.Index], Parts]] = {}


def _parts_of(column: pd.Series) -> Parts:
    """The parts of the distinct texts of a column, read once while these texts live.

    Visits, study days, epochs and baseline flags ask the same of the same dates, and columns that are parts of
    one another share their texts.
    """
    texts = column.cat.categories
    key = id(texts)
    if key not in _read_already or _read_already[key][0]() is not texts:
        kept = weakref.ref(texts, lambda _: _read_already.pop(key, None))
        _read_already[key] = (kept, read(columns.unique_texts(column)))
    return _read_already[key][1]


def text_spans(column: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """``spans`` of the distinct texts of a column, in the order of its categories."""
    if column.cat.categories.str.contains("/", regex=False).any():
        return spans(columns.unique_texts(column))
    parts = _parts_of(column)
    return _spans(parts, parts)


def has_time(column: pd.Series) -> np.ndarray:
    """Whether a text is a valid date with at least a part of a time."""
    texts = columns.unique_texts(column)
    return columns.take(is_datetime(texts) & np.array(["T" in text for text in texts], bool), column, False)


def date_part(column: pd.Series) -> pd.Series:
    """The texts without their time; missing where there is no date in them.

    An interval keeps the dates of both ends, or one if they are the same.
    """

    def dates(texts: list[str]) -> list[str | None]:
        return [_date_of(text) if ok else None for text, ok in zip(texts, is_datetime(texts), strict=True)]

    return columns.map_unique(column, dates)


def _date_of(text: str) -> str | None:
    # Unknown parts at the end of the date were hyphens only because a time followed.
    ends = [
        end.partition("T")[0].rstrip("-") for end in text.split("/") if not end.lstrip("-").startswith("P")
    ]
    return "/".join(dict.fromkeys(ends)) or None


def write_date(year: str, month: str, day: str) -> str:
    """The date part in full, a hyphen for each empty (unknown) part: ``2024-03--``."""
    return f"{year or '-'}-{month or '-'}-{day or '-'}"


def write_time(hour: str, minute: str, second: str, zone: str = "") -> str:
    """The time part with its T, unknown parts at the end left out; an empty text if nothing is known."""
    if second:
        return f"T{hour or '-'}:{minute or '-'}:{second}{zone}"
    if minute:
        return f"T{hour or '-'}:{minute}{zone}"
    return f"T{hour}{zone}" if hour else ""


def compose(date: str, time: str) -> str:
    """A date in full (``write_date``) and a time (``write_time``); an empty text if nothing is known.

    Example: 2024-03-- and T10:30 -> 2024-03--T10:30; 2024-03-- alone -> 2024-03 (SDTMIG 3.4, 4.4.2).
    """
    return date + time if time else date.rstrip("-")
