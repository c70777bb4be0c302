"""A number of a workbook cell as the program shows it, by the cell's number format.

The rule is: as shown, but never less than is stored. So a format pads (1.1 in ``0.00`` is "1.10", 7 in
``000`` is "007"), adds its own texts (``"<"0.0``, ``0%``) and makes dates and times; it does not round:
where digits would be lost the shortest exact text of the number stands instead, and ``Shown.loss`` says
why. Dates are ISO 8601 whatever their order on the screen. Not applied are thousands separators (left
out), colours, and formats with conditions, fractions or scaling (shortest exact text).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from sdtm.extract.numbers import number_text

TOKEN = re.compile(
    r"""\[(?P<elapsed>h+|m+|s+)\]|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[(?P<bracket>[^\]]*)\]"""
    r"""|"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_.?|\*.?|(?P<general>general)|(?P<ampm>am/pm|a/p|上午/下午)"""
    r"""|(?P<exponent>e[+-])|(?P<date>y+|m+|d+|h+|s+(\.0+)?|b{2,4}|g+|e+)|(?P<digit>[0#?])|(?P<point>\.)"""
    r"""|(?P<comma>,)|(?P<percent>%)|(?P<text>@)|(?P<slash>/)|(?P<literal>.)""",
    re.IGNORECASE | re.DOTALL,
)
COLOURS = re.compile(
    r"(black|blue|cyan|green|magenta|red|white|yellow|color ?\d+|dbnum\d|natnum\d)", re.IGNORECASE
)
LAST_SERIAL = 2_958_465  # 9999-12-31

BUILT_IN = {
    **{0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00"},
    **{12: "# ?/?", 13: "# ??/??", 14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy"},
    **{18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "m/d/yy h:mm"},
    **{37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00"},
    **{41: "#,##0;-#,##0", 42: "$#,##0;-$#,##0", 43: "#,##0.00;-#,##0.00", 44: "$#,##0.00;-$#,##0.00"},
    **{45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@"},
    # Reserved for East Asian versions, which differ in them; each is a date or a time of day.
    **{number: "yyyy-m-d" for number in (*range(27, 32), 36, *range(50, 55), 57, 58)},
    **{number: "h:mm:ss" for number in (32, 33, 34, 35, 55, 56)},
}


@dataclass(frozen=True, slots=True)
class Shown:
    """The text of a number; ``loss`` names what the format hides or cannot say, if anything.

    ``rounded``: the format shows fewer digits than are stored; ``part-not-shown``: it shows the date or
    the time of a cell that has both; ``date-out-of-range``: no date of the years 1900 to 9999;
    ``hidden``: it shows nothing. The text then holds all that is stored, but for ``part-not-shown``.
    """

    text: str
    loss: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One of the up to four parts of a format (positive; negative; zero; text)."""

    tokens: tuple[tuple[str, str], ...] = field(default=())
    date: bool = False
    time: bool = False
    elapsed: bool = False
    seconds: bool = False
    simple: bool = True  # can be applied to a number

    def has(self, kind: str) -> bool:
        return any(token == kind for token, _ in self.tokens)


def show_number(raw: str, code: str, epoch_1904: bool = False) -> Shown:
    """The text of a number stored as ``raw`` under a format code.

    Example: ("1.1", "0.00") -> "1.10"; ("1.234", "0.00") -> "1.234", rounded; ("45352", "dd/mm/yyyy")
    -> "2024-03-01"; ("0.4375", "h:mm") -> "10:30"; ("0.125", "0.0%") -> "12.5%"; ("5", "General") -> "5".
    """
    value = float(raw)
    exact = number_text(value)
    parts = sections(code)
    section, sign = choose(parts, value)
    if section.date or section.time:
        return show_time(value, section, epoch_1904)
    if not section.simple or section.has("text") or (not section.tokens and len(parts) == 1):
        return Shown(exact)
    if section.has("general"):
        return Shown(around(section, sign, number_text(abs(value)) if sign or value < 0 else exact))
    if section.has("exponent"):
        return show_scientific(value, exact, section)
    return show_decimal(value, exact, section, sign)


@cache
def sections(code: str) -> tuple[Section, ...]:
    """The parts of a format code, taken apart; general formats have no tokens."""
    if code.strip().lower() in ("", "general"):
        return (Section(),)
    parts: list[list[tuple[str, str]]] = [[]]
    for match in TOKEN.finditer(code):
        kind = match.lastgroup or "skip"
        if kind == "literal" and match[0] == ";":
            parts.append([])
        else:
            parts[-1].append((kind, match[match.lastgroup] if match.lastgroup else ""))
    return tuple(section_of(tuple(part)) for part in parts)


def section_of(tokens: tuple[tuple[str, str], ...]) -> Section:
    dates = [text.lower() for kind, text in tokens if kind == "date"]
    clock = [text for text in dates if text[0] in "hs"] or [k for k, _ in tokens if k in ("ampm", "elapsed")]
    # m is a minute beside h or s and a month otherwise; alone with a clock it is a minute.
    calendar = [t for t in dates if t[0] in "ydbge"] or [
        t for t in dates if t[0] == "m" and (not clock or len(t) > 2)
    ]
    brackets = [text for kind, text in tokens if kind == "bracket"]
    return Section(
        tokens=tokens,
        date=bool(calendar),
        time=bool(clock),
        elapsed=any(kind == "elapsed" for kind, _ in tokens),
        seconds=any(text[0] == "s" for text in dates),
        simple=all(COLOURS.fullmatch(text) for text in brackets)
        and not any(kind == "slash" for kind, _ in tokens)
        and not scaled(tokens),
    )


def scaled(tokens: tuple[tuple[str, str], ...]) -> bool:
    """Whether commas after the last digit divide by thousands, which is more than a separator."""
    kinds = [kind for kind, _ in tokens if kind in ("digit", "comma", "point")]
    before = kinds[: kinds.index("point")] if "point" in kinds else kinds
    return bool(before and before[-1] == "comma") or bool(kinds and kinds[-1] == "comma")


def choose(parts: tuple[Section, ...], value: float) -> tuple[Section, str]:
    """The section for a number, and the sign to write before it (a negative section has its own)."""
    if value < 0 and len(parts) > 1:
        bare = "".join(text for kind, text in parts[1].tokens if kind in ("literal", "quoted", "escaped"))
        # Parentheses, or nothing at all, mean a minus that a colour or an accountant would see.
        return parts[1], "" if "-" in bare else "-"
    if value == 0 and len(parts) > 2:
        return parts[2], ""
    return parts[0], "-" if value < 0 else ""


def around(section: Section, sign: str, number: str) -> str:
    """The literal texts of a section, with the number where its first placeholder stands."""
    out, placed = [], False
    for kind, text in section.tokens:
        if kind in ("quoted", "escaped", "literal", "currency"):
            out.append("" if text in "()" else text)
        elif kind == "percent":
            out.append("%")
        elif kind in ("digit", "point", "general", "exponent") and not placed:
            out.append(number)
            placed = True
    return sign + "".join(out).strip()


def show_decimal(value: float, exact: str, section: Section, sign: str) -> Shown:
    """A number with a fixed number of decimals or leading zeros; see ``show_number``."""
    kinds = [(kind, text) for kind, text in section.tokens if kind in ("digit", "point")]
    if not kinds:
        text = around(section, "", "")
        if text.strip("-") or not value:
            return Shown(text if text.strip("-") else exact)
        return Shown(exact, "hidden")
    point = kinds.index(("point", ".")) if ("point", ".") in kinds else len(kinds)
    whole = [text for _, text in kinds[:point]]
    decimals = [text for kind, text in kinds[point:] if kind == "digit"]
    # A workbook shows 15 digits: 0.1 + 0.2 is 0.3. Whole numbers are not cut to that.
    digits = exact if value.is_integer() else f"{value:.15g}"
    size = abs(Decimal(digits)) * (100 if section.has("percent") else 1)
    shown = size.quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP)
    if shown != size:
        return Shown(exact, "rounded")
    before, _, after = format(shown, "f").partition(".")
    least = len(decimals) - next((i for i, d in enumerate(reversed(decimals)) if d == "0"), len(decimals))
    after = after[:least] + after[least:].rstrip("0")
    before = before.lstrip("0").rjust(whole.count("0"), "0")
    if not decimals and len(whole) > 1 and split_digits(section):
        return Shown(sign + filled(section, before))
    return Shown(around(section, sign, f"{before}.{after}" if after else before or "0"))


def split_digits(section: Section) -> bool:
    """Whether texts stand between the digits, as in ``000-0000``."""
    kinds = [kind for kind, text in section.tokens if kind != "comma" and (text or kind == "digit")]
    first, last = kinds.index("digit"), len(kinds) - kinds[::-1].index("digit")
    return any(kind != "digit" for kind in kinds[first:last])


def filled(section: Section, digits: str) -> str:
    """Digits put into their places from the right; the first place takes what is left over."""
    places = sum(kind == "digit" for kind, _ in section.tokens)
    out: list[str] = []
    for kind, text in reversed(section.tokens):
        if kind == "digit":
            places -= 1
            taken = digits if not places else digits[-1:]
            out.append(taken)
            digits = digits[: len(digits) - len(taken)]
        elif kind in ("quoted", "escaped", "literal", "currency"):
            out.append(text)
    return "".join(reversed(out)).strip()


def show_scientific(value: float, exact: str, section: Section) -> Shown:
    """A number as a power of ten with one digit before the point: ``0.00E+00``."""
    before_exponent = section.tokens[: [kind for kind, _ in section.tokens].index("exponent")]
    kinds = [kind for kind, _ in before_exponent if kind in ("digit", "point")]
    whole = kinds.index("point") if "point" in kinds else len(kinds)
    if whole != 1:
        return Shown(exact)
    text = f"{value:.{max(0, len(kinds) - 2)}E}"
    return Shown(text) if Decimal(text) == Decimal(f"{value:.15g}") else Shown(exact, "rounded")


def show_time(value: float, section: Section, epoch_1904: bool) -> Shown:
    """A serial number as date, time of day, or both."""
    # Serial numbers are doubles of days; a millisecond is what they can hold.
    milliseconds = round(value * 86_400_000)
    if not section.date and section.elapsed:
        return Shown(clock_text(milliseconds, True))
    days, rest = divmod(milliseconds, 86_400_000)
    if not section.date:
        text = clock_text(rest, section.seconds)
        if days < 0:
            return Shown(number_text(value), "date-out-of-range")
        return Shown(text, "part-not-shown" if days else "")
    day = calendar_date(days, epoch_1904)
    if day is None:
        return Shown(number_text(value), "date-out-of-range")
    if not section.time:
        return Shown(day, "part-not-shown" if rest else "")
    return Shown(f"{day}T{clock_text(rest, section.seconds)}")


def calendar_date(days: int, epoch_1904: bool) -> str | None:
    """The date of a whole serial number. The 1900 system counts a 29 February 1900, which is no date."""
    if epoch_1904:
        first = date(1904, 1, 1)
    else:
        first = date(1899, 12, 31) if days < 60 else date(1899, 12, 30)
        if days in (0, 60):
            return None
    if days < 0 or days > LAST_SERIAL - (1462 if epoch_1904 else 0):
        return None
    return (first + timedelta(days=days)).isoformat()


def clock_text(milliseconds: int, seconds: bool) -> str:
    """``HH:MM``, with seconds if they are shown or not zero, with thousandths if those are not."""
    sign = "-" if milliseconds < 0 else ""
    minutes, rest = divmod(abs(milliseconds), 60_000)
    text = f"{sign}{minutes // 60:02}:{minutes % 60:02}"
    if seconds or rest:
        text += f":{rest // 1000:02}"
    return text + (f".{rest % 1000:03}".rstrip("0") if rest % 1000 else "")
