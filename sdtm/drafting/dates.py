"""Formats of date and time columns, where the values leave no doubt."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sdtm.drafting.material import RawColumn
from sdtm.extract.profile_types import is_date
from sdtm.extract.value_kinds import OPEN, YEAR
from sdtm.mapping.dates import AssignDatetime, explain_loss

TIMES = ("HH:mm", "HH:mm:ss")
SHORT_TIMES = ("H:mm", "H:mm:ss")
COMPACT_TIME = "HHmm"
# Most of a column must read; the rest are texts to query, and the evidence counts them.
READABLE = 0.9
UNKNOWN_DAY, UNKNOWN_MONTH = re.compile(r"^(UNK?|--|ND)"), re.compile(r"(?<![A-Z])(UNK|UN|NK)(?![A-Z])")


@dataclass(frozen=True, slots=True)
class Formats:
    """The formats of a date column: none if it has to be asked; then ``candidates`` say what it may be.

    ``unread``: text -> rows that no format reads.
    """

    formats: tuple[str, ...] = ()
    evidence: str = ""
    candidates: Mapping[str, str] = field(default_factory=dict)
    unread: Mapping[str, int] = field(default_factory=dict)
    has_time: bool = False


def looks_like_date(column: RawColumn) -> bool:
    """Whether most of the values are dates."""
    dated = sum(rows for kind, rows in column.kinds.items() if is_date(kind) and kind != "blank")
    return bool(column.filled) and 2 * dated > column.filled


def looks_like_time(column: RawColumn) -> bool:
    timed = sum(rows for kind, rows in column.kinds.items() if kind.startswith(("HH:mm", "H:mm")))
    return bool(column.filled) and (2 * timed > column.filled or is_compact_time(column))


def is_years(column: RawColumn) -> bool:
    """Whether all values are years of four digits; in a column of dates they are partial dates."""
    return bool(column.texts) and all(YEAR.fullmatch(text.strip()) for text in column.texts)


def is_compact_time(column: RawColumn) -> bool:
    """Whether all values are four digits that are a time of day: 0840."""
    return bool(column.texts) and all(
        re.fullmatch(r"([01][0-9]|2[0-3])[0-5][0-9]", text) for text in column.texts
    )


def date_formats(column: RawColumn) -> Formats:
    """The formats that the kinds of the values tell.

    ``05/04/2024`` is read day first only if other values of the column can be nothing else and none is
    month first. Two digits of a year are left open: their century is nobody's guess.
    """
    if is_years(column):
        return Formats(("yyyy",), f"all {column.filled:,} values are years")
    formats: list[str] = []
    proven: dict[str, int] = {}
    open_kinds: dict[str, int] = {}
    for kind, rows in hours_alike(column.kinds).items():
        if OPEN in kind:
            open_kinds[kind] = rows
        elif is_date(kind) and (form := as_format(kind)):
            proven[form] = proven.get(form, 0) + rows
            formats.append(form)
    for kind, rows in open_kinds.items():
        day_first, month_first = both_orders(kind)
        if month_first in proven and day_first not in proven:
            proven[month_first] += rows
        elif day_first in proven and month_first not in proven:
            proven[day_first] += rows
        else:
            return asked(column, kind, rows, proven)
    if crossed := [form for form in proven if form.startswith("dd") and swapped(form) in proven]:
        return asked(column, crossed[0], proven[crossed[0]], proven)
    if short := two_digits(proven):
        return Formats(
            candidates={form: f"{proven[form]:,} rows; which century?" for form in short},
            evidence="years of two digits",
        )
    return tried(column, simplest(formats))


def two_digits(formats: Collection[str]) -> list[str]:
    """The formats with a year of two digits."""
    return [form for form in formats if re.search(r"(?<!y)yy(?!y)", form)]


def as_format(kind: str) -> str:
    """The format that reads a kind: unknown parts by the token of the part. Empty if there is none."""
    form = UNKNOWN_DAY.sub("dd", kind)
    form = UNKNOWN_MONTH.sub("MMM", form)
    form = form.replace(":ss.S", ":ss.SSS").replace("Z", "XXX")
    if re.search(r"[A-Z]{2,}", re.sub(r"HH?|MM+|XXX|SSS", "", form)):
        return ""
    return form.replace("T", "'T'") if "TH" in form else form


def hours_alike(kinds: Mapping[str, int]) -> dict[str, int]:
    """Kinds with their rows; where one has hours of one digit (H), which reads two as well, all have H."""
    if not any(re.search(r"(?<!H)H:", kind) for kind in kinds):
        return dict(kinds)
    found: dict[str, int] = {}
    for kind, rows in kinds.items():
        alike = kind.replace("HH:", "H:")
        found[alike] = found.get(alike, 0) + rows
    return found


def both_orders(kind: str) -> tuple[str, str]:
    """An undecided kind day first and month first: ``99/99/9999 (…)`` -> dd/MM/yyyy, MM/dd/yyyy."""
    bare = re.sub(rf" *{re.escape(OPEN)}", "", kind).replace("9999", "yyyy")
    bare = re.sub(r"^(99.99.)99", r"\1yy", bare)
    return bare.replace("99", "dd", 1).replace("99", "MM", 1), bare.replace("99", "MM", 1).replace(
        "99", "dd", 1
    )


def swapped(form: str) -> str:
    return form.replace("dd", "\0").replace("MM", "dd").replace("\0", "MM")


def asked(column: RawColumn, kind: str, rows: int, proven: Mapping[str, int]) -> Formats:
    """Which order a column has is open; what speaks for each."""
    day_first, month_first = both_orders(kind) if OPEN in kind else (kind, swapped(kind))
    shown = next(
        (text for text in column.texts if re.fullmatch(r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-].*", text)), ""
    )
    why = {
        form: f"{proven[form]:,} rows can be nothing else"
        if form in proven
        else "nothing speaks for it alone"
        for form in (day_first, month_first)
    }
    why = {as_written(column, form): told for form, told in why.items()}
    return Formats(candidates=why, evidence=f"{rows:,} rows such as {shown} can be read in both orders")


def simplest(formats: Sequence[str]) -> tuple[str, ...]:
    """Formats without those that another one covers: ``d`` reads what ``dd`` reads, the one for unknown parts too."""
    unique = list(dict.fromkeys(formats))
    wide = {re.sub(r"dd", "d", form) for form in unique if re.search(r"(?<!d)d(?!d)", form)}
    kept = []
    for form in unique:
        covered = re.sub(r"dd", "d", form)
        if covered != form and covered in wide:
            continue
        kept.append(form)
    return tuple(sorted(kept, key=lambda form: -len(form)))


def loosened(form: str) -> str:
    """A format of numbers that also reads days and months of one digit: dd.MM.yyyy -> d.M.yyyy.

    One with a name of the month, or without signs between, stays.
    """
    if "MMM" in form or not re.search(r"MM[/.-]|[/.-]MM", form):
        return form
    return re.sub(r"(?<![M])MM(?!M)", "M", re.sub(r"dd", "d", form))


def as_written(column: RawColumn, form: str) -> str:
    """A format, or its looser form where only that one reads days and months of one digit."""
    loose = loosened(form)
    if loose == form:
        return form
    return loose if len(unread_by(column, [loose])) < len(unread_by(column, [form])) else form


def tried(column: RawColumn, formats: Collection[str]) -> Formats:
    """The formats that are needed, tried on every text of the column."""
    if not formats:
        return Formats(evidence="no text is a date")
    needed = list(dict.fromkeys(as_written(column, form) for form in formats))
    unread = unread_by(column, needed)
    for form in list(needed):
        without = [other for other in needed if other != form]
        if without and unread_by(column, without).keys() == unread.keys():
            needed = without
    missed = sum(unread.values())
    share = 1 - missed / column.filled
    told = f"{column.filled - missed:,} of {column.filled:,} values read as {' or '.join(needed)}"
    if share < READABLE:
        return Formats(evidence=told, unread=unread, candidates={form: told for form in needed})
    has_time = any("HH" in form or "H:" in form for form in needed)
    return Formats(tuple(needed), told, unread=unread, has_time=has_time)


def unread_by(column: RawColumn, formats: Sequence[str]) -> dict[str, int]:
    """The texts that formats do not read, with their rows. A text of unknown parts only counts as read."""
    # Which century two digits mean is asked of people; whether a format reads a text does not depend on it.
    params = AssignDatetime(
        date=column.name, format=tuple(formats), century=68 if two_digits(formats) else None
    )
    texts = list(column.texts)
    reasons = explain_loss(texts, params)
    return {
        text: column.texts[text]
        for text, reason in zip(texts, reasons, strict=True)
        if reason and "every part is unknown" not in reason
    }


def time_formats(column: RawColumn) -> tuple[str, ...] | None:
    """The formats of a time column: none if the usual ones read it, None if nothing reads it."""
    if is_compact_time(column):
        return (COMPACT_TIME,)
    kinds = hours_alike(column.kinds)
    known = {kind: rows for kind, rows in kinds.items() if kind in (*TIMES, *SHORT_TIMES)}
    others = sum(rows for kind, rows in kinds.items() if kind.startswith(("text", "blank")))
    if sum(known.values()) + others != column.filled or not looks_like_time(column):
        return None
    return tuple(form for form in SHORT_TIMES if form in known)
