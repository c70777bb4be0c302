"""Arms of subjects by rule. Expected values: SDTMIG 3.4, 5.2 (DM), and codelist ARMNULRS; invented subjects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sdtm.pipeline import judge_conversion
from specs import load_study
from specs.lint import lint

STUDY = """
    study: X1
    raw: {datasets: {dm: {file: dm.csv, key: [PT]}, ex: {file: ex.csv}}}
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
    elements: [{ETCD: TRT, ELEMENT: Treatment, EPOCH: TREATMENT}]
    arms: [{ARMCD: D1, ARM: Dose 1, elements: [TRT]}, {ARMCD: D2, ARM: Dose 2, elements: [TRT]}]
"""
DM = """
    domain: DM
    assign_arms: true
    reference_dates: {RFXSTDTC: {earliest: EX.EXSTDTC}}
    sources:
      - from: dm
        map:
          ARMCD: ARM
          ACTARMUD: OTHER
          ARMNRS: {value: SCREEN FAILURE, where: SF = 'Y'}
"""
EX = "domain: EX\nsources: [{from: ex, map: {EXTRT: {value: X}, EXSTDTC: {date: D, format: yyyy-MM-dd}}}]\n"
RAW = {
    "dm.csv": "PT,ARM,OTHER,SF\n1,D1,,\n2,D2,,\n3,,,Y\n4,,,\n5,D1,Dose of another cohort,\n6,,,\n",
    "ex.csv": "PT,D\n1,2024-01-05\n5,2024-01-05\n6,2024-01-05\n",
}
VARIABLES = ("ARMCD", "ARM", "ACTARMCD", "ACTARM", "ARMNRS", "ACTARMUD")


def subjects(made: Any) -> dict[str, tuple[Any, ...]]:
    frame = made.datasets["DM"].frame
    columns = [[None if v != v else v for v in frame[name].astype(object)] for name in ("SUBJID", *VARIABLES)]
    return {row[0]: row[1:] for row in zip(*columns, strict=True)}


def test_each_kind_of_subject_has_its_arms_and_its_reason(convert_study: Callable[..., Any]) -> None:
    made = convert_study(STUDY, {"dm": DM, "ex": EX}, RAW)
    nothing = (None, None, None, None)
    assert subjects(made) == {
        "1": ("D1", "Dose 1", "D1", "Dose 1", None, None),
        "2": ("D2", "Dose 2", None, None, "ASSIGNED, NOT TREATED", None),
        "3": (*nothing, "SCREEN FAILURE", None),
        "4": (*nothing, "NOT ASSIGNED", None),
        "5": ("D1", "Dose 1", None, None, "UNPLANNED TREATMENT", "Dose of another cohort"),
        "6": (*nothing, None, None),
    }
    (unclear,) = [f for f in made.findings if f.rule == "arm-unclear"]
    assert (unclear.count, unclear.places[0].keys, unclear.places[0].row) == (1, (("USUBJID", "X1-6"),), 7)


def test_without_the_key_nothing_is_assigned(convert_study: Callable[..., Any]) -> None:
    made = convert_study(STUDY, {"dm": DM.replace("assign_arms: true", "assign_arms: false"), "ex": EX}, RAW)
    assert subjects(made)["1"] == ("D1", None, None, None, None, None)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (("{RFXSTDTC: {earliest", "{RFSTDTC: {earliest"), "assign_arms without RFXSTDTC"),
        (("ARMCD: ARM", "ARM: ARM"), "assign_arms without ARMCD"),
    ],
)  # fmt: skip
def test_what_the_rule_needs_is_asked_for(
    build_study: Callable[..., Any], change: tuple[str, str], found: str
) -> None:
    problems = lint(load_study(build_study(STUDY, {"dm": DM.replace(*change), "ex": EX}, RAW)))
    assert found in [problem.found for problem in problems]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("7,D1,,Y", "reason-contradicts-arms"),  # a screen failure with a planned arm
        ("7,D9,,", "arm-not-planned"),
    ],
)
def test_impossible_combinations_are_told(convert_study: Callable[..., Any], row: str, rule: str) -> None:
    raw = RAW | {"dm.csv": RAW["dm.csv"] + row + "\n"}
    found = [f for f in judge_conversion(convert_study(STUDY, {"dm": DM, "ex": EX}, raw)) if f.rule == rule]
    assert found and all(f.dataset == "DM" and f.severity == "error" for f in found)
    assert {(place.file, place.row) for f in found for place in f.places} == {("dm.csv", 8)}
