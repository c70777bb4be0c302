"""Public data made elsewhere, read in place. The expected numbers are those that the README of each names."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd

from specs.standards import implementation_guide
from validation import validate
from validation.judge import Judgement
from validation.rules.engine import run_rules
from validation.rules.registry import rules
from validation.tables import table_of


def _counts(judgement: Judgement) -> Counter[tuple[str, str]]:
    """(dataset, rule) -> number of places."""
    counts: Counter[tuple[str, str]] = Counter()
    for finding in judgement.findings:
        counts[finding.dataset, finding.rule] += finding.count
    return counts


def test_the_pilot_study(shared: Path) -> None:
    judgement = validate(shared / "data" / "pharmaverseraw" / "target")
    counts = _counts(judgement)
    assert counts["AE", "non-serious-with-criterion"] == 36
    assert counts["AE", "not-recovered-with-end-date"] == 250
    assert counts["AE", "duplicate-record"] == 2  # the exact duplicate of 01-708-1406, both records
    assert counts["AE", "study-day-differs"] == 1  # 366 of 01-716-1063
    assert counts["DM", "no-arm-as-arm"] == 2 * 52  # ARM and ACTARM of the screen failures
    assert counts["DM", "actual-arm-differs"] == 12
    assert counts["DS", "term-not-declared"] == 254 + 36  # FINAL LAB VISIT, FINAL RETRIEVAL VISIT
    assert counts["DS", "leading-blank"] > 0  # DSSPID is right-aligned
    assert counts["EX", "exposure-without-end"] == 6
    errors = {
        key
        for key in counts
        if any(f.severity == "error" and (f.dataset, f.rule) == key for f in judgement.findings)
    }
    assert errors == {
        ("AE", "non-serious-with-criterion"),
        ("AE", "study-day-differs"),
        ("DM", "last-exposure-differs"),
        ("DM", "no-arm-as-arm"),
        ("DM", "reason-although-arms"),
        ("SUPPDM", "population-flag-as-qualifier"),
    }
    assert counts["SUPPDM", "population-flag-as-qualifier"] == 1_197  # all rows of that file but its header


def test_the_small_study(shared: Path) -> None:
    judgement = validate(shared / "data" / "def01" / "target")
    errors = [(f.dataset, f.variable, f.rule, f.count) for f in judgement.findings if f.severity == "error"]
    # SUBJID repeats across the two sites; everything else that is wrong is of lesser severity.
    assert errors == [("DM", "SUBJID", "duplicate-subject-identifier", 6)]


def test_the_oncology_sets(shared: Path) -> None:
    judgement = validate(shared / "data" / "onco_sdtm")
    counts = _counts(judgement)
    assert counts["TR_ONCO_RECIST", "duplicate-record"] == 2 * 39
    assert counts["RS_ONCO", "result-although-not-done"] == 242
    assert [
        f.found for f in judgement.findings if f.dataset == "RS_ONCO" and f.rule == "term-not-declared"
    ] == ['"CHECK"']
    assert counts["SUPPTR_ONCO", "parent-record-missing"] == 0  # all rows join, says its README
    # The large set has 254 subjects, the DM beside it 8.
    assert counts["TU_ONCO", "orphan-subject"] > 0
    assert counts["TU_ONCO_RECIST", "orphan-subject"] == 0


def test_responses_of_the_large_oncology_set(shared: Path) -> None:
    """Counted apart from this code: sums of diameters as published (SUMDIAM), complete sets only, by visit. That gives
    159; at one of them two assessments share a visit, and at one a later visit was dated earlier."""
    frames = {
        name: pd.read_csv(shared / "data" / "onco_sdtm" / f"{name.lower()}_onco.csv.gz", dtype="str")
        for name in ("TU", "TR", "RS")
    }
    frames["DM"] = pd.read_csv(shared / "data" / "pharmaverseraw" / "target" / "dm.csv", dtype="str")
    for frame in frames.values():
        for name in frame.columns.intersection(["VISITNUM", "TRSTRESN"]):
            frame[name] = pd.to_numeric(frame[name])
    tables = {name: table_of(name, frame, implementation_guide()) for name, frame in frames.items()}
    judging = {"validation.rules.responses", "validation.rules.tumour"}
    outcome = run_rules([rule for rule in rules() if rule.function.__module__ in judging], tables)
    assert {f.defect.id: len(f.positions) for f in outcome.failures if f.positions is not None} == {
        "target-response-differs": 157,
        "lesion-measured-twice": 116,
    }


def test_files_that_are_no_sdtm(shared: Path) -> None:
    judgement = validate(shared / "data" / "sas")
    assert ("DM", "demographics-absent") in _counts(judgement)
