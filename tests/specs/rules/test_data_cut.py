"""Rules on the data cut."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from specs import load_study
from specs.lint import lint
from specs.problems import Problem

AE = "domain: AE\nsources: [{from: ae, map: {AETERM: T}}]\n"
DM = "domain: DM\nsources: [{from: ae}]\n"


def told(build_study: Callable[..., Path], cut: str) -> list[Problem]:
    head = "study: X1\nraw: {datasets: {ae: {file: ae.csv}, off: {file: off.csv}}}\n"
    head += "subject: {USUBJID: S}\n"
    found = lint(load_study(build_study(f"{head}data_cut:\n  {cut}\n", {"ae": AE, "dm": DM}, {})))
    return [problem for problem in found if problem.where.key.startswith("data_cut")]


@pytest.mark.parametrize(
    "cut",
    [
        'date: "2023-06-05"',
        'date: "2023-06-05T12:00"',
        "subjects: {from: off, date: {date: D, format: yyyy-MM-dd}}",
        "subjects: {date: DM.RFPENDTC}",
        'date: "2023-06-05"\n  entered: DM.RFICDTC',
        'date: "2023-06-05"\n  domains: {AE: subject, DM: none}',
        'date: "2023-06-05"\n  domains: {AE: {by: AESTDTC, later: {AEENDTC: {set: {AEENTPT: "{CUTOFF}"}}}}}',
    ],
)
def test_sound_cuts(build_study: Callable[..., Path], cut: str) -> None:
    assert told(build_study, cut) == []


@pytest.mark.parametrize(
    ("cut", "id", "found"),
    [
        ("undated: keep", "missing-key", "a data cut without a cut-off date"),
        ('date: "2023-06"', "bad-value", "'2023-06'"),
        ('date: "2023-02-30"', "bad-value", "'2023-02-30'"),
        ("date: 05JUN2023", "bad-value", "'05JUN2023'"),
        ("subjects: {from: of, date: D}", "unknown-dataset", "raw dataset 'of'"),
        ("subjects: {date: D}", "missing-key", "the cut-off dates of subjects are 'D', without `from`"),
        ("subjects: {date: DM.SEX}", "not-a-date", "'SEX'"),
        ('date: "2023-06-05"\n  entered: RFICDT', "unknown-variable", "'RFICDT'"),
        ('date: "2023-06-05"\n  domains: {VS: none}', "unknown-domain", "'VS'"),
        ('date: "2023-06-05"\n  domains: {AE: AETERM}', "not-a-date", "'AETERM'"),
        ('date: "2023-06-05"\n  domains: {AE: {later: {AEENDT: {}}}}', "unknown-variable", "'AEENDT'"),
        (
            'date: "2023-06-05"\n  domains: {AE: {later: {AEENDTC: {set: {AEOUT: ONGOING}}}}}',
            "not-in-codelist",
            "AEOUT = 'ONGOING'",
        ),
    ],
)
def test_what_is_wrong_with_a_cut(build_study: Callable[..., Path], cut: str, id: str, found: str) -> None:
    (problem,) = told(build_study, cut)
    assert (problem.id, problem.found, problem.where.file) == (id, found, "study.yaml")
