"""Visits of all domains together, so that one unscheduled visit has one number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

STUDY = """
    study: X1
    raw: {visit: FOLDER, datasets: {vs: {file: vs.csv}, eg: {file: eg.csv}}}
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
    visits: [{VISITNUM: 1, VISIT: SCREENING}, {VISITNUM: 2, VISIT: DAY 1, VISITDY: 1, raw: [D1]}]
    unscheduled: {raw: UNS}
"""
DATE = "{date: D, format: yyyy-MM-dd}"
VS = f"domain: VS\nsources: [{{from: vs, findings: {{SYSBP: {{result: R}}}}, map: {{VSDTC: {DATE}}}}}]\n"
EG = f"domain: EG\nsources: [{{from: eg, findings: {{EGHRMN: {{result: R}}}}, map: {{EGDTC: {DATE}}}}}]\n"
RAW = {
    "vs.csv": "PT,FOLDER,R,D\n1,SCREENING,1,2024-03-01\n1,UNS,2,2024-03-05\n1,D1,3,2024-03-10\n2,,4,2024-03-01\n",
    "eg.csv": "PT,FOLDER,R,D\n1,UNS,5,2024-03-03\n1,UNS,6,2024-03-05\n2,EOT,7,2024-03-02\n2,EOT,8,2024-03-04\n",
}


def rows(made: Any, dataset: str) -> list[tuple[Any, ...]]:
    frame = made.datasets[dataset].frame
    result = frame[f"{dataset}ORRES"].astype(object).tolist()
    return sorted(
        (r, n if n == n else None, v if isinstance(v, str) else None)
        for r, n, v in zip(result, frame["VISITNUM"], frame["VISIT"].astype(object), strict=True)
    )


def test_an_unscheduled_visit_has_one_number_in_all_domains(convert_study: Callable[..., Any]) -> None:
    made = convert_study(STUDY, {"vs": VS, "eg": EG}, RAW)
    assert rows(made, "VS") == [
        ("1", 1.0, "SCREENING"), ("2", 1.2, "UNSCHEDULED 1.2"), ("3", 2.0, "DAY 1"), ("4", None, None),
    ]  # fmt: skip
    assert rows(made, "EG") == [
        ("5", 1.1, "UNSCHEDULED 1.1"), ("6", 1.2, "UNSCHEDULED 1.2"), ("7", None, None), ("8", None, None),
    ]  # fmt: skip


def test_a_visit_that_is_not_planned_is_told_with_file_and_rows(convert_study: Callable[..., Any]) -> None:
    made = convert_study(STUDY, {"vs": VS, "eg": EG}, RAW)
    (finding,) = [f for f in made.findings if f.rule == "visit-not-planned"]
    assert (finding.severity, finding.dataset, finding.count) == ("error", "EG", 2)
    assert finding.found.startswith('"EOT"')
    assert [(p.file, p.row) for p in finding.places] == [("eg.csv", 4), ("eg.csv", 5)]


def test_a_mapped_visit_variable_stays_as_mapped(convert_study: Callable[..., Any]) -> None:
    vs = VS.replace("map: {", "map: {VISIT: {value: MINE}, ")
    made = convert_study(STUDY, {"vs": vs, "eg": EG}, RAW)
    frame = made.datasets["VS"].frame
    assert set(frame["VISIT"]) == {"MINE"} and sorted(frame["VISITNUM"].dropna()) == [1.0, 1.2, 2.0]


def test_a_source_may_say_its_own_visit(convert_study: Callable[..., Any]) -> None:
    vs = VS.replace("from: vs,", "from: vs, visit: {value: DAY 1},")
    made = convert_study(STUDY, {"vs": vs, "eg": EG}, RAW)
    assert set(made.datasets["VS"].frame["VISITNUM"]) == {2.0}


def test_without_a_schedule_no_visit_is_made(convert_study: Callable[..., Any]) -> None:
    study = STUDY[: STUDY.index("    visits:")]
    made = convert_study(study, {"vs": VS, "eg": EG}, RAW)
    assert made.datasets["VS"].frame["VISITNUM"].isna().all() and "VISIT" not in made.datasets["VS"].frame
