"""Rules on what stands in a domain's file beside its mappings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from specs import load_study
from specs.lint import lint
from specs.problems import Problem

AE = "domain: AE\nsources: [{from: ae, map: {AETERM: T, AESEV: S}}]\n"


def told(build_study: Callable[..., Path], ae: str, yaml: str = "") -> list[Problem]:
    head = "study: X1\nraw: {datasets: {ae: {file: ae.csv}}}\n"
    return lint(load_study(build_study(head + yaml, {"ae": ae}, {})))


def ids(problems: list[Problem]) -> list[tuple[str, str, int | None]]:
    return [(p.id, p.severity, p.where.line) for p in problems]


def test_sound_settings(build_study):
    ae = AE + (
        "sequence: {by: [AETERM, raw_order]}\nbaseline: {before: RFSTDTC}\nepoch: AESTDTC\n"
        "long_text: {AETERM: refuse, AELOC: supp}\ndrop: [AESTDY]\n"
        "collapse: {by: [USUBJID, AETERM], AESTDTC: earliest, AESEV: first}\n"
    )
    assert told(build_study, ae) == []


@pytest.mark.parametrize(
    ("line", "near"),
    [
        ("sequence: {by: [AETRM]}", "AETERM"),
        ("baseline: {by: [AESEVV]}", "AESEV"),
        ("drop: [AESEVV]", "AESEV"),
        ("long_text: {AETRM: supp}", "AETERM"),
        ("epoch: AESTDT", "AESTDTC"),
        ("collapse: {by: [USUBJD]}", "USUBJID"),
        ("collapse: {by: USUBJID, AESEVV: first}", "AESEV"),
    ],
)
def test_names_that_are_no_variables_are_told_with_the_nearest(build_study, line, near):
    found = told(build_study, AE + line + "\n")
    assert ids(found) == [("unknown-variable", "error", 3)] and near in found[0].do


@pytest.mark.parametrize(
    ("line", "id"),
    [
        ("baseline: {before: RFXSTDT}", "unknown-variable"),
        ("epoch: AETERM", "not-a-date"),
        ("long_text: {AETERM: cut}", "bad-value"),
        ("collapse: {AESTDTC: earliest}", "missing-key"),
        ("collapse: {by: USUBJID, AESTDTC: erliest}", "bad-value"),
        ("collapse: {by: USUBJID, AETERM: latest}", "not-a-date"),
        ("drop: [AETERM]", "required-dropped"),
        ("elements: true", "misplaced-key"),
    ],
)
def test_settings_that_mean_nothing(build_study, line, id):
    assert [(p.id, p.severity) for p in told(build_study, AE + line + "\n")] == [(id, "error")]


def test_what_is_mapped_is_not_dropped(build_study):
    assert ids(told(build_study, AE + "drop: [AESEV]\n")) == [("mapped-dropped", "warning", 3)]


def test_a_label_has_at_most_40_bytes(build_study):
    assert told(build_study, AE + f"label: {'x' * 40}\n") == []
    assert ids(told(build_study, AE + f"label: {'x' * 39}é\n")) == [("label-too-long", "error", 3)]


def test_keys_name_each_thing_once(build_study):
    found = told(build_study, AE + "keys: [STUDYID, USUBJID, USUBJID]\n")
    assert ids(found) == [("duplicate-key", "warning", 3)]
    yaml = "study: X1\nraw: {datasets: {ae: {file: ae.csv, key: [A, A]}}}\n"
    assert ids(lint(load_study(build_study(yaml, {"ae": AE}, {})))) == [("duplicate-key", "warning", 2)]


def test_a_domain_has_sources(build_study):
    found = told(build_study, "domain: AE\n")
    assert [(p.id, p.severity) for p in found] == [("no-sources", "warning"), ("unused-dataset", "warning")]
    first = told(build_study, "domain: DM\n")[0]
    assert (first.id, first.severity) == ("no-sources", "error")


def test_a_reason_belongs_to_a_condition(build_study):
    found = told(
        build_study, "domain: AE\nsources:\n  - from: ae\n    because: no event\n    map: {AETERM: T}\n"
    )
    assert ids(found) == [("misplaced-key", "warning", 4)]


def test_not_done_needs_tests_or_a_form_and_not_both(build_study):
    vs = "domain: VS\nsources:\n  - from: ae\n    {}\n    not_done: {}\n"
    where = "{where: D = 'N'}"
    assert ids(told(build_study, vs.format("map: {VSTESTCD: T}", where))) == [
        ("not-done-without-tests", "error", 5)
    ]
    form = "{where: D = 'N', form: VSALL, tests: [SYSBP]}"
    assert ids(told(build_study, vs.format("findings: {SYSBP: {result: S}}", form))) == [
        ("two-choices", "error", 5)
    ]
    assert told(build_study, vs.format("findings: {SYSBP: {result: S}}", "[" + where + "]")) == []
