"""SAS numbers as text: dates, times and datetimes by their format, special missings by their letter.

SAS holds a date as days and a datetime as seconds since 1960-01-01, a time as seconds since midnight.
What is written is the whole stored value in ISO 8601, also if the format shows less of it (MONYY7.,
YEAR4.): the reader cuts nothing. A number without such a format is its shortest exact text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import numpy as np

from sdtm.extract.numbers import number_text

EPOCH = np.datetime64("1960-01-01", "D")
FIRST_DAY = int((np.datetime64("0001-01-01", "D") - EPOCH).astype(int))
LAST_DAY = int((np.datetime64("9999-12-31", "D") - EPOCH).astype(int))
DAY = 86_400
WORD = re.compile(r"\$?(?P<name>[A-Z0-9_]*[A-Z_])?\d*(\.\d*)?")

# Formats of SAS 9.4, by what their number counts; the last letter of some is the separator they print.
DATE = re.compile(
    r"DATE|DAY|DOWNAME|JULDAY|JULIAN|MINGUO|MONNAME|MONTH|MONYY|NENGO|QTRR?|WEEKDAT[EX]|WEEKDAY|WEEK[UVW]"
    r"|WORDDAT[EX]|YEAR|YYMON|PDJUL[GI]|HDATE|HEBDATE|(DDMMYY|MMDDYY|YYMMDD|MMYY|YYMM|YYQ|YYQR)[BCDNPSZ]?"
    r"|NLDATE\w*|EURDFD[DE]|EURDFDWN|EURDFMY|EURDFWKX|EURDFWDX|[BE]8601DA|[IN][SD]8601DA"
)
DATETIME = re.compile(
    r"DATETIME|DATEAMPM|DTDATE|DTMONYY|DTWKDATX|DTYEAR|DTYYQC|MDYAMPM|NLDATM\w*|EURDFD[TN]"
    r"|[BE]8601(DN|DT|DX|DZ|LX)|[IN][SD]8601D[NTZ]"
)
TIME = re.compile(r"TIME|TIMEAMPM|TOD|HHMM|HOUR|MMSS|NLTIM\w*|[BE]8601(TM|TZ|LZ|TX)|[IN][SD]8601(TM|TZ|LZ)")
SHOWS_LESS = re.compile(
    r"DAY|DOWNAME|JULDAY|MONNAME|MONTH|MONYY|QTRR?|WEEKDAY|WEEK[UVW]|YEAR|YYMON|(MMYY|YYMM|YYQ|YYQR)[BCDNPSZ]?"
    r"|DTDATE|DTMONYY|DTWKDATX|DTYEAR|DTYYQC|[BE]8601DN|[IN][SD]8601DN|HHMM|HOUR"
)


def kind_of_format(name: str) -> str:
    """``date``, ``datetime``, ``time`` or ``number``, from a format as SAS files name it (``DATE9``)."""
    for kind, pattern in (("date", DATE), ("datetime", DATETIME), ("time", TIME)):
        if pattern.fullmatch(word_of(name)):
            return kind
    return "number"


def shows_less(name: str) -> bool:
    """Whether a format leaves out a part of the date or time, such as the day (MONYY) or seconds (HHMM)."""
    return SHOWS_LESS.fullmatch(word_of(name)) is not None


def word_of(name: str) -> str:
    """A format without ``$``, width and decimals: ``E8601DT19.3`` -> ``E8601DT``."""
    match = WORD.fullmatch(name.strip().upper())
    return (match["name"] or "") if match else ""


def date_text(value: float) -> str | None:
    """Days since 1960-01-01 as ISO 8601; ``None`` outside the years 1 to 9999. 22646 -> "2022-01-01"."""
    days = int(np.floor(value))
    return str(EPOCH + days) if FIRST_DAY <= days <= LAST_DAY else None


def time_text(value: float) -> str:
    """Seconds as ``HH:MM:SS``, with a fraction if there is one; hours may exceed 24. 36610 -> "10:10:10"."""
    exact = Decimal(number_text(value))
    whole, fraction = divmod(abs(exact), 1)
    hours, rest = divmod(int(whole), 3600)
    minutes, seconds = divmod(rest, 60)
    after = format(fraction.normalize(), "f")[1:] if fraction else ""
    return f"{'-' if exact < 0 else ''}{hours:02}:{minutes:02}:{seconds:02}{after}"


def datetime_text(value: float) -> str | None:
    """Seconds since 1960-01-01 00:00 as ISO 8601. 1841220610 -> "2018-05-06T10:10:10"."""
    exact = Decimal(number_text(value))
    days = int((exact // DAY) if exact % DAY >= 0 else (exact // DAY) - 1)
    date = date_text(days)
    return f"{date}T{time_text(float(exact - days * DAY))}" if date else None


TEXTS: dict[str, Callable[[float], str | None]] = {
    "date": date_text,
    "datetime": datetime_text,
    "time": time_text,
    "number": number_text,
}
