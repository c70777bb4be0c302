"""Rules on raw files and on reasons."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from specs import load_study
from specs.lint import lint
from specs.problems import Problem

AE = """domain: AE
sources:
  - from: ae
    join: [{with: other, by: {A: A}, take: [B], expect: one}]
    map: {AETERM: T, AEDECOD: {lookup: codes, by: {C: T}, take: N}}
    supp: {AELLT: {label: Term, lookup: more, by: {C: T}, take: N}}
"""


def told(build_study: Callable[..., Path], yaml: str) -> list[Problem]:
    return lint(load_study(build_study("study: X1\n" + yaml, {"ae": AE}, {})))


def ids(problems: list[Problem]) -> list[tuple[str, str, int | None]]:
    return [(p.id, p.severity, p.where.line) for p in problems]


def test_a_raw_dataset_is_used_or_it_is_said_why_not(build_study):
    yaml = """raw:
  datasets:
    ae: {file: ae.csv}
    other: {file: other.csv}
    codes: {file: codes.csv, lookup: true}
    more: {file: more.csv, lookup: true}
    idle: {file: idle.csv}
    left: {file: left.csv, rows_not_submitted: operational}
"""
    found = told(build_study, yaml)
    assert ids(found) == [("unused-dataset", "warning", 8)] and "idle" in found[0].found


def test_reasons_are_given(build_study):
    yaml = """raw:
  not_submitted: {A: ""}
  datasets:
    ae: {file: ae.csv, not_submitted: {B: " "}}
    other: {file: other.csv}
    codes: {file: codes.csv}
    more: {file: more.csv}
accept: {duplicate-row: ""}
"""
    assert ids(told(build_study, yaml)) == [
        ("missing-reason", "error", 3), ("missing-reason", "error", 5), ("missing-reason", "error", 9),
    ]  # fmt: skip


def test_one_character_is_transliterated_to_ascii(build_study):
    yaml = """raw: {datasets: {ae: {file: a.csv}, other: {file: o.csv}, codes: {file: c.csv}, more: {file: m.csv}}}
transliterate:
  é: e
  µ: u
  ab: c
  e: é
"""
    assert ids(told(build_study, yaml)) == [("bad-value", "error", 6), ("bad-value", "error", 7)]
