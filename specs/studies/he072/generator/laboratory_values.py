"""The value of a test on a day, so that adverse events that are laboratory findings are seen in the results."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from functools import cache

from specs.studies.he072.generator.adverse_events import Event, events
from specs.studies.he072.generator.draws import draw
from specs.studies.he072.generator.facts import Failure, Subject
from specs.studies.he072.generator.laboratory_tests import Test


def between(low: float, high: float, digits: int, *words: object) -> Fraction:
    scale = 10**digits
    return Fraction(draw(round(low * scale), round(high * scale), *words), scale)


@cache
def events_of() -> dict[tuple[int, str], list[Event]]:
    found: dict[tuple[int, str], list[Event]] = defaultdict(list)
    for event in events():
        found[event.subject.number, event.term].append(event)
    return found


def value_on(subject: Subject, test: Test, day: int) -> Fraction:
    """In SI units. On the first day of an event and until its end the value is one of its grade."""
    grade = 0
    for event in events_of().get((subject.number, test.event), []) if test.event else []:
        if event.first <= day < max(event.last, event.first + 1):
            grade = max(grade, event.grade)
    if grade:
        low, high = test.graded[min(grade, len(test.graded)) - 1]
        return between(low, high, test.digits, subject.number, test.code, day, "graded")
    low, high = test.normal
    level = between(low, high, test.digits, subject.number, test.code, "level")
    near = (high - low) / 12
    value = (
        level
        + between(0, 2 * near, test.digits, subject.number, test.code, day)
        - Fraction(round(near * 10**test.digits), 10**test.digits)
    )
    return min(max(value, Fraction(str(low))), Fraction(str(high)))


FAILING = {"PLT": (62, 88), "ALT": (130, 240), "HGB": (70, 84)}


def value_at_screening(failure: Failure, test: Test) -> Fraction:
    """Those who failed for organ function have one value out of the limits."""
    if failure.criterion == "IN06":
        name = sorted(FAILING)[draw(0, 2, failure.number, "failing")]
        if name == test.code:
            return between(*FAILING[name], test.digits, failure.number, test.code)
    return between(*test.normal, test.digits, failure.number, test.code)
