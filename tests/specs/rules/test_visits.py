"""Rules on the visit schedule."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from specs import load_study
from specs.lint import lint
from specs.problems import Problem


def told(build_study: Callable[..., Path], yaml: str, domains: dict[str, str] | None = None) -> list[Problem]:
    return lint(load_study(build_study("study: X1\n" + yaml, domains or {}, {})))


def ids(problems: list[Problem]) -> list[tuple[str, str, int | None]]:
    return [(p.id, p.severity, p.where.line) for p in problems]


def test_a_sound_schedule_is_nothing_to_talk_about(build_study):
    schedule = """visits:
  - {VISITNUM: 1, VISIT: SCREENING, VISITDY: -7, raw: [SCR], day: {-28..-1}}
  - {VISITNUM: 2, VISIT: BASELINE, VISITDY: 1, raw: [BL, Day 1], day: "1"}
  - {VISITNUM: 2, VISIT: BASELINE, VISITDY: 1, raw: [BL], ARMCD: B}
  - {VISITNUM: 3.5, VISIT: WEEK 2, VISITDY: 14, day: 12 .. 16}
unscheduled: {raw: 'Unscheduled ([0-9]+\\.[0-9])'}
"""
    assert told(build_study, schedule) == []


@pytest.mark.parametrize("visit", ["VISITNUM: one", "VISITNUM: 1_0", "VISITNUM: nan", "VISITNUM: ٣"])
def test_visitnum_is_a_number(build_study, visit):
    assert ids(told(build_study, f"visits:\n  - {{VISIT: A, {visit}}}\n")) == [("bad-value", "error", 3)]


@pytest.mark.parametrize("day", ["0", "one", "1.5"])
def test_visitdy_is_a_whole_day_and_there_is_no_day_0(build_study, day):
    found = told(build_study, f"visits:\n  - {{VISITNUM: 1, VISIT: A, VISITDY: {day}}}\n")
    assert ids(found) == [("bad-value", "error", 3)] and "no day 0" in found[0].expected


def test_one_number_has_one_name(build_study):
    found = told(build_study, "visits:\n  - {VISITNUM: 1, VISIT: A}\n  - {VISITNUM: 1.0, VISIT: B}\n")
    assert ids(found) == [("ambiguous-visit", "error", 4)] and "for B and for A" in found[0].found


def test_one_name_has_one_number_and_one_day(build_study):
    found = told(build_study, "visits:\n  - {VISITNUM: 1, VISIT: A}\n  - {VISITNUM: 2, VISIT: A}\n")
    assert ids(found) == [("ambiguous-visit", "error", 4)]
    found = told(
        build_study,
        "visits:\n  - {VISITNUM: 1, VISIT: A}\n  - {VISITNUM: 1, VISIT: A, VISITDY: 3, ARMCD: B}\n",
    )
    assert ids(found) == [("ambiguous-visit", "error", 4)]


def test_one_raw_text_names_one_visit(build_study):
    found = told(
        build_study,
        "visits:\n  - {VISITNUM: 1, VISIT: A, raw: [x, y]}\n  - {VISITNUM: 2, VISIT: B, raw: [y]}\n",
    )
    assert ids(found) == [("ambiguous-visit", "error", 4)]
    assert found[0].found == "'y', which also names visit 1 A" and found[0].where.key == "visits[2].raw"


def test_a_visit_that_stands_twice_is_doubtful(build_study):
    found = told(
        build_study, "visits:\n  - {VISITNUM: 1, VISIT: A, raw: [x]}\n  - {VISITNUM: 1, VISIT: A, raw: [y]}\n"
    )
    assert ids(found) == [("duplicate-visit", "warning", 4)]


@pytest.mark.parametrize("window", ["5..1", "a..b", "1-5", "1..", "..5", "1...5"])
def test_a_window_is_two_days_in_order(build_study, window):
    found = told(build_study, f"visits:\n  - {{VISITNUM: 1, VISIT: A, day: {window!r}}}\n")
    assert ids(found) == [("bad-window", "error", 3)] and repr(window) in found[0].found


def test_the_planned_day_lies_in_its_window(build_study):
    found = told(build_study, "visits:\n  - {VISITNUM: 1, VISIT: A, VISITDY: 9, day: 1..8}\n")
    assert ids(found) == [("visit-day-outside", "warning", 3)]


@pytest.mark.parametrize(("origin", "wrong"), [("A", False), ("AA", True), ("B", True)])
def test_a_window_is_counted_from_another_visit_that_exists(build_study, origin, wrong):
    """The planned day is a study day, so it need not lie in a window of other days."""
    found = told(
        build_study,
        "visits:\n  - {VISITNUM: 1, VISIT: A}\n"
        f"  - {{VISITNUM: 2, VISIT: B, VISITDY: 22, day: 6..10, counted_from: {origin}}}\n",
    )
    assert ids(found) == ([("unknown-visit", "error", 4)] if wrong else [])


@pytest.mark.parametrize("pattern", ["Unscheduled (", "[0-9", "*", "(?P<x>a)(?P<x>b)"])
def test_a_pattern_that_is_none(build_study, pattern):
    found = told(build_study, f"visits: [{{VISITNUM: 1, VISIT: A}}]\nunscheduled:\n  raw: {pattern!r}\n")
    assert ids(found) == [("bad-pattern", "error", 4)] and repr(pattern) in found[0].found


def test_a_pattern_that_may_never_end(build_study):
    found = told(build_study, "visits: [{VISITNUM: 1, VISIT: A}]\nunscheduled:\n  raw: '(?:[a-z]+)*!'\n")
    assert ids(found) == [("slow-pattern", "error", 4)] and "(?:[a-z]+)*" in found[0].found


def test_one_group_is_the_number(build_study):
    found = told(build_study, "visits: [{VISITNUM: 1, VISIT: A}]\nunscheduled:\n  raw: '(Uns)ch ([0-9])'\n")
    assert ids(found) == [("bad-pattern", "error", 4)]


def test_unscheduled_visits_have_different_names(build_study):
    yaml = "visits: [{{VISITNUM: 1, VISIT: A}}]\nunscheduled:\n  raw: U.*\n  VISIT: {}\n"
    assert ids(told(build_study, yaml.format("UNSCHEDULED"))) == [("unscheduled-name", "warning", 5)]
    assert ids(told(build_study, yaml.format("'UNS {VISITNUM} {DAY}'"))) == [("bad-value", "error", 5)]


def test_a_collected_visit_needs_a_schedule(build_study):
    ae = "domain: AE\nsources:\n  - from: ae\n    visit: FOLDER\n"
    found = told(
        build_study,
        "raw:\n  visit: V\n  datasets:\n    ae: {file: a.csv, visit: W}\nunscheduled: {raw: U}\n",
        {"ae": ae},
    )
    places = [(p.where.file, p.where.line) for p in found if p.id == "no-visits"]
    assert places == [("sdtm/ae.yaml", 4), ("study.yaml", 3), ("study.yaml", 5), ("study.yaml", 6)]
