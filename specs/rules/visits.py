"""Rules on the visit schedule."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from decimal import Decimal

from specs.model import Visit
from specs.problems import Problem, suggest
from specs.rules.patterns import slow_part
from specs.rules.spec import Spec, number

_WINDOW = re.compile(r"\s*(-?[0-9]+)\s*(?:\.\.\s*(-?[0-9]+)\s*)?")
_VISITNUM = "{VISITNUM}"


def visit_numbers(spec: Spec) -> Iterator[Problem]:
    """VISITNUM and VISITDY are numbers, and there is no day 0."""
    for i, visit in enumerate(spec.study.visits):
        value = number(visit.VISITNUM)
        if value is None or not math.isfinite(float(value)):
            where = spec.where("visits", i, "VISITNUM")
            yield Problem("bad-value", where, f"VISITNUM {visit.VISITNUM!r}", "a number, such as 3 or 3.1")
        day = number(visit.VISITDY)
        if visit.VISITDY and (day is None or day != int(day) or day == 0):
            yield Problem(
                "bad-value",
                spec.where("visits", i, "VISITDY"),
                f"VISITDY {visit.VISITDY!r}",
                "a whole day, counted from 1 on the first day and from -1 on the day before; there is no day 0",
            )


def visit_names(spec: Spec) -> Iterator[Problem]:
    """One VISITNUM has one VISIT; nothing is said twice."""
    names: dict[Decimal, str] = {}
    seen: set[tuple[Decimal, str, str]] = set()
    for i, visit in enumerate(spec.study.visits):
        value = number(visit.VISITNUM)
        if value is None:
            continue
        where = spec.where("visits", i)
        if names.setdefault(value, visit.VISIT) != visit.VISIT:
            yield Problem(
                "ambiguous-visit",
                where,
                f"VISITNUM {visit.VISITNUM} for {visit.VISIT} and for {names[value]}",
                "one VISIT for each VISITNUM",
                "give one of the two another number, or make the names equal",
            )
        key = (value, visit.VISIT, visit.ARMCD)
        if key in seen:
            yield Problem(
                "duplicate-visit",
                where,
                f"VISITNUM {visit.VISITNUM}, {visit.VISIT} a second time",
                "each visit once, or once for each ARMCD",
                "put the raw texts of both on one line",
                "warning",
            )
        seen.add(key)


def visit_texts(spec: Spec) -> Iterator[Problem]:
    """A collected text names one visit."""
    known: dict[str, Visit] = {}
    for i, visit in enumerate(spec.study.visits):
        for text in dict.fromkeys((visit.VISIT, *visit.raw)):
            other = known.setdefault(text, visit)
            if _identity(other) != _identity(visit):
                yield Problem(
                    "ambiguous-visit",
                    spec.where("visits", i, "raw" if text in visit.raw else "VISIT"),
                    f"{text!r}, which also names visit {other.VISITNUM} {other.VISIT}",
                    "a text that names one visit, with one VISITNUM and one VISITDY",
                    "take the text from one of the two, or make them equal",
                )


def _identity(visit: Visit) -> tuple[Decimal | None, str, str]:
    return (number(visit.VISITNUM), visit.VISIT, visit.VISITDY)


def window_of(text: str) -> tuple[int, int] | None:
    """First and last study day of a window, or None where it is none: ``-28..-1``, ``8``."""
    match = _WINDOW.fullmatch(text)
    days = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
    return days if days[0] <= days[1] else None


def visit_windows(spec: Spec) -> Iterator[Problem]:
    """A window is two days in order, the planned day lies in it, and it is counted from a visit that exists."""
    names = {visit.VISIT for visit in spec.study.visits}
    for i, visit in enumerate(spec.study.visits):
        if not visit.day:
            continue
        where = spec.where("visits", i, "day")
        first, last = window_of(visit.day) or (1, 0)
        if first > last:
            yield Problem(
                "bad-window",
                where,
                f"day {visit.day!r}",
                "a study day, or the first and the last one, such as -28..-1",
            )
        elif visit.counted_from:
            if visit.counted_from not in names or visit.counted_from == visit.VISIT:
                yield Problem(
                    "unknown-visit",
                    spec.where("visits", i, "counted_from"),
                    f"counted_from {visit.counted_from!r}",
                    "the VISIT of another visit of the schedule",
                    suggest(visit.counted_from, names),
                )
        elif (day := number(visit.VISITDY)) is not None and not first <= day <= last:
            yield Problem(
                "visit-day-outside",
                where,
                f"VISITDY {visit.VISITDY} outside day {visit.day}",
                "a planned day within its window",
                "correct one of the two",
                "warning",
            )


def overlapping_windows(spec: Spec) -> Iterator[Problem]:
    """A day lies in the window of one visit of an arm. With ``visit_windows: assign`` a record without a visit gets
    none where it lies in several; else the visit is known, and it is a note."""
    seen: list[tuple[Visit, int, int]] = []
    for i, visit in enumerate(spec.study.visits):
        window = window_of(visit.day) if visit.day else None
        if window is None:
            continue
        first, last = window
        others = [
            f"{other.VISIT} ({other.day})"
            for other, start, end in seen
            if start <= last
            and first <= end
            and other.counted_from == visit.counted_from
            and (not other.ARMCD or not visit.ARMCD or other.ARMCD == visit.ARMCD)
            and number(other.VISITNUM) != number(visit.VISITNUM)
        ]
        if others:
            assigned = spec.study.visit_windows == "assign" and not visit.counted_from
            yield Problem(
                "visit-windows-overlap",
                spec.where("visits", i, "day"),
                f"{visit.VISIT} ({visit.day}) and {', '.join(others)}",
                "a day in the window of one visit only, in each arm",
                "narrow one of the windows; a record of such a day that has no visit is given none",
                "warning" if assigned else "note",
            )
        seen.append((visit, first, last))


def unscheduled_pattern(spec: Spec) -> Iterator[Problem]:
    """``unscheduled.raw`` is a regular expression that ends in time."""
    unscheduled = spec.study.unscheduled
    if unscheduled is None:
        return
    where = spec.where("unscheduled", "raw")
    good = r"a regular expression such as Unscheduled.* or Unscheduled ([0-9]+\.[0-9])"
    try:
        pattern = re.compile(unscheduled.raw)
    except (re.error, OverflowError, RecursionError) as error:
        yield Problem("bad-pattern", where, f"{unscheduled.raw!r}: {error}", good)
        return
    if slow := slow_part(unscheduled.raw):
        yield Problem(
            "slow-pattern",
            where,
            f"{unscheduled.raw!r}: {slow} repeats what itself repeats or has alternatives",
            f"{good}; a repeat within a repeat can take forever on a long text",
            "repeat a single character or a class of characters instead",
        )
    if pattern.groups > 1:
        yield Problem(
            "bad-pattern",
            where,
            f"{unscheduled.raw!r} with {pattern.groups} groups",
            "one group, whose text is VISITNUM, or none",
            "write (?:...) for a group that is not the number",
        )


def unscheduled_name(spec: Spec) -> Iterator[Problem]:
    """Visits with different numbers have different names."""
    unscheduled = spec.study.unscheduled
    if unscheduled is None:
        return
    where = spec.where("unscheduled", "VISIT")
    rest = unscheduled.VISIT.replace(_VISITNUM, "")
    if "{" in rest or "}" in rest:
        yield Problem(
            "bad-value",
            where,
            f"VISIT {unscheduled.VISIT!r}",
            f"a text with {_VISITNUM}, and no other braces",
        )
    elif _VISITNUM not in unscheduled.VISIT:
        yield Problem(
            "unscheduled-name",
            where,
            f"VISIT {unscheduled.VISIT!r} for every unscheduled visit",
            "one VISIT for each VISITNUM (SDTMIG 3.4, 4.4.5)",
            f"write, for instance, UNSCHEDULED {_VISITNUM}",
            "warning",
        )


def visits_missing(spec: Spec) -> Iterator[Problem]:
    """Who names the column of collected visits has a schedule to find them in."""
    study = spec.study
    if study.visits:
        return
    places = [("raw", "visit")] if study.raw.visit else []
    paths: list[tuple[str | int, ...]] = [
        *places,
        *(("raw", "datasets", name, "visit") for name, raw in study.raw.datasets.items() if raw.visit),
        *(
            ("sdtm", d, "sources", i, "visit")
            for d, i, _, source in spec.sources()
            if source.visit is not None
        ),
    ]
    if study.unscheduled is not None:
        paths.append(("unscheduled",))
    for path in paths:
        yield Problem(
            "no-visits",
            spec.where(*path),
            f"{path[-1]} without visits:",
            "a schedule that gives collected visits their VISITNUM",
            "add visits:; until then no visit variable is made from this",
            "warning",
        )
