"""--TEST of the tests of a wide form, in domains that have no codelist of their own for --TESTCD. Data are invented."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from specs import load_study
from specs.lint import lint
from specs.problems import ProblemsFound

STUDY = """
    study: X1
    raw: {datasets: {f: {file: f.csv}}}
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
"""
RAW = {"f.csv": "PT,A\n1,yes\n"}


def names(made: Any, domain: str) -> list[tuple[str, str]]:
    frame = made.datasets[domain].frame
    return list(
        zip(frame[f"{domain}TESTCD"].astype(object), frame[f"{domain}TEST"].astype(object), strict=True)
    )


def source(domain: str, code: str, more: str = "") -> dict[str, str]:
    return {domain: f"domain: {domain}\n{more}sources: [{{from: f, findings: {{{code}: {{result: A}}}}}}]\n"}


def test_items_of_a_published_questionnaire_have_their_published_names(
    convert_study: Callable[..., Any],
) -> None:
    """SDTM CT 2025-03-28, EORTC QLQ-C30 V3.0 TEST; and the same of a long form that maps the code alone."""
    published = [("EOR0102", "EOR01-Trouble Taking Long Walk")]
    assert names(convert_study(STUDY, source("QS", "EOR0102"), RAW), "QS") == published
    long = {"QS": "domain: QS\nsources: [{from: f, map: {QSTESTCD: {value: EOR0102}, QSORRES: A}}]\n"}
    assert names(convert_study(STUDY, long, RAW), "QS") == published


@pytest.mark.parametrize(("domain", "more"), [("PE", ""), ("XB", "class: Findings\nlabel: Biomarkers\n")])
def test_the_codelist_named_as_the_variable_holds_tests_of_a_domain_without_one(
    convert_study: Callable[..., Any], build_study: Callable[..., Any], domain: str, more: str
) -> None:
    study = f"{STUDY}    codelists: {{{domain}TESTCD: {{extend: {{SKIN: Skin and Nails}}}}}}\n"
    made = convert_study(study, source(domain, "SKIN", more), RAW)
    assert names(made, domain) == [("SKIN", "Skin and Nails")]
    found = {
        problem.id for problem in lint(load_study(build_study(study, source(domain, "SKIN", more), RAW)))
    }
    assert not found & {"unused-codelist", "unknown-test"}


def test_an_unknown_test_is_refused_with_the_codelist_that_takes_it(
    convert_study: Callable[..., Any],
) -> None:
    told = {}
    for domain in ("PE", "FA"):
        with pytest.raises(ProblemsFound) as caught:
            convert_study(STUDY, source(domain, "SKINX"), RAW)
        told[domain] = [problem.do for problem in caught.value.problems if problem.id == "unknown-test"]
    assert told["PE"] == ["declare it: codelists: {PETESTCD: {extend: {SKINX: name of the test}}}"]
    (do,) = told["FA"]
    assert do.endswith(
        "or declare it: codelists: {NAME: {codelist: C101832, extend: {SKINX: name of the test}}}"
    )
