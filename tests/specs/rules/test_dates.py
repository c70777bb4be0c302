"""Rules on reference dates and elements."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from specs import load_study
from specs.lint import lint
from specs.problems import Problem

EX = "domain: EX\nsources: [{from: ex, map: {EXTRT: T}}]\n"
SE = "domain: SE\nelements: true\n"
ELEMENT = "elements:\n  - {ETCD: TRT, ELEMENT: Treatment, EPOCH: TREATMENT, start: {earliest: EX.EXSTDTC}}\n"


def told(build_study: Callable[..., Path], yaml: str = "", **domains: str) -> list[Problem]:
    head = "study: X1\nraw: {datasets: {ex: {file: ex.csv}}}\n"
    return lint(load_study(build_study(head + yaml, {"ex": EX, **domains}, {})))


def ids(problems: list[Problem]) -> list[tuple[str, str, str, int | None]]:
    return [(p.id, p.severity, p.where.file, p.where.line) for p in problems]


def dm(*rules: str) -> str:
    return "domain: DM\nsources: [{from: ex}]\nreference_dates:\n" + "".join(f"  {rule}\n" for rule in rules)


def test_sound_dates(build_study):
    assert told(build_study, ELEMENT, se=SE, dm=dm("RFSTDTC: {earliest: [EX.EXSTDTC, DM.RFICDTC]}")) == []


@pytest.mark.parametrize(
    ("rule", "id", "do"),
    [
        ("RFSTDTC: {earliest: EX.EXSTDTC, latest: EX.EXENDTC}", "bad-value", ""),
        ("RFSTDTC: {where: EXDOSE > 0}", "bad-value", ""),
        ("RFSTDTC: {earliest: EY.EXSTDTC}", "unknown-domain", ""),
        ("RFSTDTC: {earliest: EX.EXSTDT}", "unknown-variable", "EXSTDTC"),
        ("RFSTDTC: {earliest: EX.EXTRT}", "not-a-date", ""),
        ("RFSTTC: {earliest: EX.EXSTDTC}", "unknown-variable", "RFSTDTC"),
        ("BRTHDTC: {earliest: EX.EXSTDTC}", "unknown-variable", ""),
    ],
)
def test_reference_dates_that_mean_nothing(build_study, rule, id, do):
    found = told(build_study, dm=dm("RFENDTC: {latest: EX.EXENDTC}", rule))
    assert ids(found) == [(id, "error", "sdtm/dm.yaml", 5)] and do in found[0].do


def test_reference_dates_are_those_of_dm(build_study):
    found = told(build_study, dm=dm(), ex=EX + "reference_dates:\n  RFSTDTC: {earliest: EX.EXSTDTC}\n")
    assert ids(found) == [("misplaced-key", "error", "sdtm/ex.yaml", 4)]


def test_elements_and_se_need_each_other(build_study):
    assert ids(told(build_study, ELEMENT)) == [("elements-without-domain", "warning", "study.yaml", 3)]
    assert ids(told(build_study, se=SE)) == [("elements-missing", "error", "sdtm/se.yaml", 1)]
    planned = "elements:\n  - {ETCD: TRT, ELEMENT: Treatment, EPOCH: TREATMENT}\n"
    assert ids(told(build_study, planned)) == []  # planned ones make TE, not SE
    assert ids(told(build_study, planned, se=SE)) == [("elements-missing", "error", "sdtm/se.yaml", 1)]
    assert ids(told(build_study, se="domain: SE\nsources: [{from: ex, map: {ETCD: T}}]\n")) == []
    both = "domain: SE\nelements: true\nsources: [{from: ex, map: {ETCD: T}}]\n"
    assert ids(told(build_study, ELEMENT, se=both)) == [("two-sources", "error", "sdtm/se.yaml", 1)]
    found = told(build_study, ELEMENT, se=SE, ex=EX + "elements: true\n")
    assert ids(found) == [("misplaced-key", "error", "sdtm/ex.yaml", 3)]


def test_elements_have_short_codes_once_and_known_epochs(build_study):
    yaml = ELEMENT + (
        "  - {ETCD: TRT, ELEMENT: Again, EPOCH: TREATMENT, start: {earliest: EX.EXSTDTC}}\n"
        "  - {ETCD: TREATMENTX, ELEMENT: Long, EPOCH: TREATMNT, start: {earliest: EX.EXSTDTC}}\n"
    )
    found = told(build_study, yaml, se=SE)
    assert ids(found) == [
        ("duplicate-element", "error", "study.yaml", 5),
        ("bad-value", "error", "study.yaml", 6),
        ("undeclared-term", "warning", "study.yaml", 6),
    ]
    assert "TREATMENT" in found[2].do
