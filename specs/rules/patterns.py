"""Regular expressions of a spec that may take exponential time."""

from __future__ import annotations

import re

_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_ENDLESS = re.compile(r"[*+]|\{[0-9]*,\}")
_UNSURE = re.compile(r"[*+?]|\{[0-9]*,[0-9]*\}")  # a count that is not fixed


def slow_part(pattern: str) -> str:
    """The first group that is repeated without end and itself repeats or has alternatives, or an empty text.

    Such a group can match one text in very many ways, all of which are tried when the whole does not match:
    ``(a+)+``, ``(a|ab)*``. Careful rather than exact: some patterns that it names would do no harm. A
    ``pattern`` that is no regular expression gives any answer.
    Example: ``(?:[0-9]+)*x`` -> ``(?:[0-9]+)*``; ``Unscheduled [0-9]+(?:\\.[0-9]+)?`` -> nothing.
    """
    opened: list[tuple[int, bool]] = []  # where each group began, and whether it is risky by now
    at = 0
    while at < len(pattern):
        step = 2 if pattern[at] == "\\" else 1
        if pattern[at] == "[" and (found := _CLASS.match(pattern, at)):
            step = found.end() - at
        if pattern[at] == "(":
            opened.append((at, False))
            at += 2 if pattern.startswith("(?", at) else 1  # `?` after `(` is no repeat
            continue
        risky = False
        if pattern[at] == ")" and opened:
            start, risky = opened.pop()
            if risky and (endless := _ENDLESS.match(pattern, at + 1)):
                return pattern[start : endless.end()]
        elif opened and pattern[at] == "|":
            risky = True
        if opened and (risky or _UNSURE.match(pattern, at + step)):
            opened[-1] = (opened[-1][0], True)
        at += step
    return ""
