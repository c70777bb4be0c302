"""What a text looks like: a whole number, a decimal, a date of some form, other text.

Forms are named, not interpreted: which of two numbers is the day is said only where one of them is above
12, and otherwise left open (``99/99/9999 (day or month first?)``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date

MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
LONG_MONTHS = (
    "january|february|march|april|june|july|august|september|sept|october|november|december"  # May is short
)
OPEN = "(day or month first?)"
CLOCK = re.compile(
    r"(?P<gap>[T ]|:)?(?P<h>\d{1,2}):(?P<m>\d{2})(?P<s>:\d{2})?(?P<f>\.\d+)?(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
DAY = r"(?P<d>\d{1,2}|un|unk|--|nd)?(?P<a>[ /.-]?)"
NAME = rf"(?P<m>{LONG_MONTHS}|{MONTHS}|unk|un|nk)"
YEARS = r"(?P<y>\d{4}|\d{2})"
NAMED = re.compile(rf"{DAY}{NAME}(?P<b>[ /.,-]{{0,2}}){YEARS}", re.IGNORECASE)
MONTH_FIRST = re.compile(
    rf"(?P<m>{LONG_MONTHS}|{MONTHS})(?P<a>[ /.-])(?P<d>\d{{1,2}})(?P<b>[ /.,-]{{1,2}}){YEARS}", re.IGNORECASE
)
NUMERIC = re.compile(r"(?P<a>\d{1,2})(?P<s>[/.-])(?P<b>\d{1,2})(?P=s)(?P<y>\d{4}|\d{2})")
YEAR_FIRST = re.compile(r"\d{4}(?P<s>[/.-])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})")
YEAR_AND_MONTH = re.compile(r"(?:18|19|20)\d\d(?P<s>[/.-])(?:0[1-9]|1[0-2])")  # 1742-6 is a LOINC code
INTEGER = re.compile(r"[+-]?\d+")
DECIMAL = re.compile(r"[+-]?(\d+\.\d*|\.\d+)")
EXPONENT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)[eE][+-]?\d+")
COMMA = re.compile(r"[+-]?\d+,\d+")
COMPARED = re.compile(r"[<>]=?\s*\d+(\.\d*)?")
YEAR = re.compile(r"(19|20)\d\d")
COMPACT = re.compile(r"(19|20)\d{6}")


def kinds_of(texts: Sequence[str], counts: Sequence[int]) -> dict[str, int]:
    """How many values of a column are of each kind, most frequent first.

    ``counts``: how often each of the distinct ``texts`` stands in the column. Four digits are a year
    (``yyyy``) only beside dates, eight digits a date only if all such values of the column are one.
    """
    named = [kind_of(text) for text in texts]
    digits = [text for text, kind in zip(texts, named, strict=True) if kind == "integer"]
    dated = any("yyyy" in kind or "99/99" in kind for kind in named)
    compact = bool(digits) and all(is_compact_date(text) for text in digits)
    found: Counter[str] = Counter()
    for text, kind, count in zip(texts, named, counts, strict=True):
        if kind == "integer" and compact:
            kind = "yyyyMMdd"
        elif kind == "integer" and dated and YEAR.fullmatch(text):
            kind = "yyyy"
        found[kind] += int(count)
    return dict(sorted(((k, n) for k, n in found.items() if n), key=lambda pair: (-pair[1], pair[0])))


def kind_of(text: str) -> str:
    """The kind of one text.

    Example: ``007`` -> "integer with leading zeros"; ``1.10`` -> "decimal"; ``05-MAR-2024`` ->
    "dd-MMM-yyyy"; ``05/04/2024`` -> "99/99/9999 (day or month first?)"; ``25/04/2024`` -> "dd/MM/yyyy".
    """
    value = text.strip()
    if not value:
        return "blank"
    if INTEGER.fullmatch(value):
        bare = value.lstrip("+-")
        return "integer with leading zeros" if len(bare) > 1 and bare.startswith("0") else "integer"
    for kind, pattern in (("decimal", DECIMAL), ("number with exponent", EXPONENT)):
        if pattern.fullmatch(value):
            return kind
    if COMMA.fullmatch(value):
        return "number with comma"
    if COMPARED.fullmatch(value):
        return "number with < or >"
    dated = date_kind(value)
    if dated:
        return dated
    return "text" if value.isascii() else "text, not ASCII"


def date_kind(value: str) -> str:
    """The form of a date, a time or both; empty if the text is none."""
    match = CLOCK.fullmatch(value)
    if match and not match["gap"]:
        return clock_form(match)
    for end in range(len(value) - 1, 3, -1):
        # A date is never longer than its text without a clock behind it.
        clock = CLOCK.fullmatch(value, end)
        if clock and clock["gap"]:
            form = day_form(value[:end])
            if form:
                return f"{form}{clock['gap']}{clock_form(clock)}"
    return day_form(value)


def clock_form(match: re.Match[str]) -> str:
    hour = "HH" if len(match["h"]) > 1 else "H"  # 9:05 is another form than 09:05: HH does not read it
    parts = f"{hour}:mm" + (":ss" if match["s"] else "") + (".S" if match["f"] else "")
    return parts + ("Z" if match["zone"] else "")


def day_form(value: str) -> str:
    """The form of a date alone."""
    match = NAMED.fullmatch(value)
    if match:
        day, month = match["d"] or "", match["m"].lower()
        form = month.upper() if month in ("un", "unk", "nk") else month_form(month)
        return (
            f"{'d' * len(day) if day.isdigit() else day.upper()}{match['a']}{form}{match['b']}{years(match)}"
        )
    match = MONTH_FIRST.fullmatch(value)
    if match:
        return f"{month_form(match['m'])}{match['a']}{'d' * len(match['d'])}{match['b']}{years(match)}"
    match = YEAR_FIRST.fullmatch(value)
    if match:
        s = match["s"]
        return f"yyyy{s}{'M' * len(match['m'])}{s}{'d' * len(match['d'])}"
    match = YEAR_AND_MONTH.fullmatch(value)
    if match:
        return f"yyyy{match['s']}MM"
    match = NUMERIC.fullmatch(value)
    if match:
        first, second, s = int(match["a"]), int(match["b"]), match["s"]
        year = years(match)
        if 12 < first <= 31 and 1 <= second <= 12:
            return f"dd{s}MM{s}{year}"
        if 12 < second <= 31 and 1 <= first <= 12:
            return f"MM{s}dd{s}{year}"
        if 1 <= first <= 12 and 1 <= second <= 12:
            return f"99{s}99{s}{'9' * len(match['y'])} {OPEN}"
    return ""


def month_form(name: str) -> str:
    return "MMM" if len(name) == 3 else "MMMM"


def years(match: re.Match[str]) -> str:
    return "y" * len(match["y"])


def is_compact_date(text: str) -> bool:
    """Whether eight digits are a date of the calendar: ``20240229``."""
    if not COMPACT.fullmatch(text):
        return False
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return True
