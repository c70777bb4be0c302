"""ISO 8601 texts as SDTM writes them: what is one, and which moments it may mean.

Date and time parts may be cut off from the right, and an unknown part before a known one is a hyphen:
``2024-02``, ``2024---15``, ``--12-15``, ``-----T07:15``. Source: SDTMIG 3.4, 4.4.2 and 4.4.3.

Pure text: no data frame, no clock, no locale. A moment is a number of seconds from 1970-01-01T00:00:00
of the text's own clock; the offset from UTC, where one is given, is told apart.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

_DATETIME = re.compile(
    r"(?P<year>\d{4}|-)(?:-(?P<month>\d{2}|-)(?:-(?P<day>\d{2}|-))?)?"
    r"(?:T(?P<hour>\d{2}|-)(?::(?P<minute>\d{2}|-)(?::(?P<second>\d{2}(?:[.,]\d+)?))?)?"
    r"(?P<zone>Z|[+-]\d{2}:[0-5]\d)?)?",
    re.ASCII,
)
_DECIMAL = r"\d+(?:[.,]\d+)?"
_DURATION = re.compile(
    rf"-?P(?=.)(?:{_DECIMAL}W|(?:{_DECIMAL}Y)?(?:{_DECIMAL}M)?(?:{_DECIMAL}D)?"
    rf"(?:T(?=.)(?:{_DECIMAL}H)?(?:{_DECIMAL}M)?(?:{_DECIMAL}S)?)?)",
    re.ASCII,
)
_FRACTION_NOT_LAST = re.compile(r"[.,]\d+[A-Z].*\d", re.ASCII)

DAY_SECONDS = 86_400
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Moment:
    """A date and time, whole or in part; ``None`` is an unknown part.

    ``offset``: seconds east of UTC, ``None`` where the text has no zone.
    """

    year: int | None
    month: int | None
    day: int | None
    hour: int | None = None
    minute: int | None = None
    second: float | None = None
    offset: int | None = None

    @property
    def is_complete_date(self) -> bool:
        """Whether year, month and day are all known."""
        return None not in (self.year, self.month, self.day)

    @property
    def is_partial(self) -> bool:
        """Whether a part of the date is unknown, or a part of the time before a known one."""
        if not self.is_complete_date:
            return True
        known = [part is not None for part in (self.hour, self.minute, self.second)]
        return known != sorted(known, reverse=True)

    def day_number(self) -> int | None:
        """Days from 1970-01-01 of a complete date; None of any other."""
        if self.year is None or self.month is None or self.day is None:
            return None
        return date(self.year, self.month, self.day).toordinal() - _EPOCH

    def bounds(self) -> tuple[float, float] | None:
        """The earliest and the latest second this may mean; None if the year is unknown.

        ``2024-02`` may mean 2024-02-01T00:00:00 to 2024-02-29T23:59:59.
        """
        if self.year is None:
            return None
        if self.month is not None and self.day is not None:  # as most are
            start = (date(self.year, self.month, self.day).toordinal() - _EPOCH) * DAY_SECONDS
            return start + self._first_second(), start + self._last_second()
        first_month, last_month = (self.month, self.month) if self.month else (1, 12)
        if self.day is None:
            first_day, last_day = 1, monthrange(self.year, last_month)[1]
        else:
            first_month, last_month = _months_with(self.year, self.day, first_month, last_month)
            first_day = last_day = self.day
        earliest = (date(self.year, first_month, first_day).toordinal() - _EPOCH) * DAY_SECONDS
        latest = (date(self.year, last_month, last_day).toordinal() - _EPOCH) * DAY_SECONDS
        return earliest + self._first_second(), latest + self._last_second()

    def _first_second(self) -> float:
        return (self.hour or 0) * 3600 + (self.minute or 0) * 60 + (self.second or 0)

    def _last_second(self) -> float:
        return (
            (23 if self.hour is None else self.hour) * 3600
            + (59 if self.minute is None else self.minute) * 60
            + (59 if self.second is None else self.second)
        )


def _months_with(year: int, day: int, first: int, last: int) -> tuple[int, int]:
    """The first and last month of ``first``..``last`` that have a day ``day``."""
    months = [month for month in range(first, last + 1) if monthrange(year, month)[1] >= day]
    return months[0], months[-1]


def read_moment(text: str) -> Moment | None:
    """The parts of a date or date-time text, or None if it is no such text.

    Refused: a date that the calendar does not have, hyphens where the text should simply end
    (``2024-02--``), an hour 24, anything around it.
    """
    found = _DATETIME.fullmatch(text)
    if found is None:
        return None
    dated, clock = found.group("year", "month", "day"), found.group("hour", "minute", "second")
    if clock[0] and not dated[2]:
        return None  # a time stands after the three places of its date
    if [part for part in (clock if clock[0] else dated) if part][-1] == "-":
        return None  # unknown parts at the end are left out, not written as hyphens
    year, month, day = map(_number, dated)
    hour, minute = _number(clock[0]), _number(clock[1])
    second = None if clock[2] is None else float(clock[2].replace(",", "."))
    if not _exists(year, month, day) or (hour or 0) > 23 or (minute or 0) > 59 or (second or 0) >= 60:
        return None
    offset = _offset(found["zone"])
    if offset is not None and abs(offset) > 14 * 3600:
        return None
    return Moment(year, month, day, hour, minute, second, offset)


def is_datetime(text: str) -> bool:
    """Whether a text is a date or date-time, whole or in part: ``2024-02``, ``2024-02-29T10:30``."""
    return read_moment(text) is not None


def is_duration(text: str) -> bool:
    """Whether a text is a duration: ``P2D``, ``PT1H30M``, ``-PT15M``, ``P1.5W``; weeks stand alone."""
    return _DURATION.fullmatch(text) is not None and _FRACTION_NOT_LAST.search(text) is None


def is_interval(text: str) -> bool:
    """Whether a text is two moments, or a moment and a duration, with a slash between them."""
    start, slash, end = text.partition("/")
    if not slash:
        return False
    return (is_datetime(start) and (is_datetime(end) or is_duration(end))) or (
        is_duration(start) and is_datetime(end)
    )


def _number(part: str | None) -> int | None:
    return None if part is None or part == "-" else int(part)


def _exists(year: int | None, month: int | None, day: int | None) -> bool:
    if year == 0 or (month is not None and not 1 <= month <= 12):
        return False
    if day is None:
        return True
    # With an unknown year or month the day need only exist in one of them.
    if 1 <= day <= 28 or month is None:
        return 1 <= day <= 31
    return 1 <= day <= monthrange(2000 if year is None else year, month)[1]


def _offset(zone: str | None) -> int | None:
    if zone is None:
        return None
    if zone == "Z":
        return 0
    sign = -1 if zone[0] == "-" else 1
    return sign * (int(zone[1:3]) * 3600 + int(zone[4:6]) * 60)
