"""Regular expressions that may take exponential time."""

from __future__ import annotations

import re
import time

import pytest

from specs.rules.patterns import slow_part


@pytest.mark.parametrize(
    ("pattern", "part"),
    [
        ("(a+)+", "(a+)+"),
        ("x(?:[0-9]+)*y", "(?:[0-9]+)*"),
        ("(a|ab)*", "(a|ab)*"),
        ("((a)+b)*", "((a)+b)*"),
        ("((a)+)*", "((a)+)*"),
        ("(a{2,})+", "(a{2,})+"),
        ("(a{1,3})*", "(a{1,3})*"),
        ("(a?)*", "(a?)*"),
        ("(?P<n>a*){3,}", "(?P<n>a*){3,}"),
    ],
)
def test_repeats_of_what_repeats(pattern, part):
    assert slow_part(pattern) == part


@pytest.mark.parametrize(
    "pattern",
    [
        "Unscheduled.*",
        r"Unscheduled ([0-9]+\.[0-9])",
        r"Unscheduled [0-9]+(?:\.[0-9]+)?",
        "(ab)+",
        "(?:Unsch|UNS)[0-9]+",
        r"\(a+\)+",
        "[(a+)]+",
        "[]a+(]*",
        r"[\](a+)]+",
        "(a{3})+",
        "(a+){3}",
        "",
        ")(",
    ],
)
def test_patterns_that_end_in_time(pattern):
    assert slow_part(pattern) == ""


def test_a_named_pattern_is_slow_indeed_and_a_sound_one_is_not():
    text = "a" * 24 + "!"
    started = time.perf_counter()
    assert re.fullmatch("a+a+", text) is None
    assert time.perf_counter() - started < 0.5
    assert slow_part("(a+)+") and re.fullmatch("(a+)+", "aaa")
