"""Findings as text and as plain values. The golden texts are in tests/messages; the study in them is invented."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from validation.findings import Finding, Place
from validation.judge import Judgement, judge
from validation.places import Provenance
from validation.report import (
    console_text,
    finding_dict,
    finding_texts,
    findings_table,
    is_at_least,
    judgement_dict,
    worst,
)
from validation.rules.engine import NotRun, Ran

MESSAGES = Path(__file__).resolve().parents[1] / "messages"


class _Raw:
    def place(self, dataset: str, position: int, variable: str) -> tuple[str, int | None, str]:
        return f"raw/{dataset}.csv", position + 2, ""


def _judgement(sources: Provenance | None = None) -> Judgement:
    """A synthetic study with a handful of faults."""
    dm = pd.DataFrame(
        {
            "STUDYID": "X1",
            "DOMAIN": "DM",
            "USUBJID": ["X1-001", "X1-002"],
            "SUBJID": ["001", "002"],
            "RFSTDTC": ["2024-03-01", "2024-03-04"],
            "SITEID": "01",
            "AGE": [61.0, 54.0],
            "AGEU": "YEARS",
            "SEX": ["F", "M"],
            "COUNTRY": "NLD",
        }
    )
    ae = pd.DataFrame(
        {
            "STUDYID": "X1",
            "DOMAIN": "AE",
            "USUBJID": ["X1-001", "X1-001", "X1-002", "X1-003"],
            "AESEQ": [1.0, 2.0, 1.0, 1.0],
            "AETERM": ["Headache", "Cough", "Rash", "Fever"],
            "AEDECOD": ["Headache", "Cough", "Rash", "Pyrexia"],
            "AESEV": ["MILD", "Moderat", "Moderat", "SEVERE"],
            "AESER": ["N", "N", "N", "Y"],
            "AESHOSP": ["", "Y", "", "Y"],
            "AESTDTC": ["2024-03-02", "2024-03", "2024-03-04", "2024-03-09"],
            "AEENDTC": ["2024-03-01", "", "2024-03-08", ""],
            "AESTDY": [0.0, None, 1.0, None],
        }
    )
    ex = pd.DataFrame(
        {
            "STUDYID": "X1",
            "DOMAIN": "EX",
            "USUBJID": ["X1-001", "X1-002"],
            "EXSEQ": 1.0,
            "EXTRT": "DRUG",
            "EXDOSE": 5.0,
            "EXDOSU": "mg",
            "EXSTDTC": ["2024-03-01", "2024-03-04"],
            "EXENDTC": ["2024-03-01", "2024-03-04"],
        }
    )
    return judge({"DM": dm, "AE": ae, "EX": ex}, sources=sources)


def test_the_console_text() -> None:
    golden = (MESSAGES / "validation_console.txt").read_text(encoding="utf-8")
    assert console_text(_judgement(_Raw())) == golden


def test_a_finding_as_plain_values() -> None:
    golden = (MESSAGES / "validation_finding.json").read_text(encoding="utf-8")
    (finding,) = (f for f in _judgement(_Raw()).findings if f.rule == "end-before-start")
    told = {"findings": [finding_dict(finding)]}
    assert json.dumps(told, ensure_ascii=False, indent=1) + "\n" == golden


def test_the_whole_judgement_as_plain_values() -> None:
    finding = Finding("a-rule", "error", "this", "that", dataset="AE", places=(Place(row=3),))
    judgement = Judgement(
        (finding,), (Ran("a-rule", "AE", 1),), (NotRun("b-rule", "AE", "no DM"),), {"AE": 7}
    )
    told = judgement_dict(judgement)
    assert told["counts"] == {"error": 1, "warning": 0, "note": 0}
    assert told["records"] == {"AE": 7}
    assert told["findings"][0]["places"] == [{"file": "", "row": 3, "column": "", "keys": {}, "value": ""}]
    assert told["ran"] == [{"rule": "a-rule", "dataset": "AE", "failed": 1}]
    assert told["not_run"] == [{"rule": "b-rule", "dataset": "AE", "reason": "no DM"}]


def test_equal_findings_on_several_variables_are_told_together() -> None:
    absent = [
        Finding("expected-variable-absent", "warning", "not there", "there", dataset="AE", variable=name)
        for name in ("AEACN", "AEREL")
    ]
    (text,) = finding_texts(absent)
    assert text.splitlines()[0] == "warning[expected-variable-absent] AE.AEACN, AEREL"


def test_no_findings() -> None:
    assert findings_table([]) == "No findings."


def test_a_long_value_is_shortened_in_a_message_only() -> None:
    finding = Finding(
        "text-too-long", "error", "a long text", "a short one", places=(Place(value="x" * 300),)
    )
    assert f"a long text ({'x' * 117}...)" in str(finding)
    assert finding_dict(finding)["places"][0]["value"] == "x" * 300


@pytest.mark.parametrize(
    ("severities", "expected"),
    [(["note", "error"], "error"), (["note"], "note"), (["warning", "note"], "warning"), ([], "")],
)
def test_the_worst_severity(severities: list[str], expected: str) -> None:
    assert worst(Finding("a-rule", severity, "a", "b") for severity in severities) == expected


@pytest.mark.parametrize(
    ("severity", "limit", "expected"),
    [("error", "error", True), ("warning", "error", False), ("error", "note", True), ("", "note", False)],
)
def test_a_limit_of_severity(severity: str, limit: str, expected: bool) -> None:
    assert is_at_least(severity, limit) is expected
