"""Windows of visits. Study days counted by hand from 2024-03-01 = day 1; SDTMIG 3.4, 4.4.4 and 7.3.1; invented."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

STUDY = """
    study: X1
    raw: {{datasets: {{dm: {{file: dm.csv, key: [PT]}}, vs: {{file: vs.csv, visit: V}}}}}}
    subject: {{SUBJID: PT, USUBJID: "{{STUDYID}}-{{SUBJID}}"}}
    visits:
      - {{VISITNUM: 1, VISIT: SCREENING, day: -28..-1}}
      - {{VISITNUM: 2, VISIT: DAY 1, VISITDY: 1, day: 1}}
      - {{VISITNUM: 3, VISIT: DAY 8, VISITDY: 8, day: 6..10}}
      - {{VISITNUM: 4, VISIT: DAY 12, VISITDY: 12, day: 10..14}}
    visit_windows: {windows}
"""
DM = """
    domain: DM
    reference_dates: {RFSTDTC: {earliest: DM.RFICDTC}}
    sources: [{from: dm, map: {RFICDTC: {date: IC, format: yyyy-MM-dd}}}]
"""
VS = """
    domain: VS
    sources:
      - from: vs
        findings: {PULSE: {result: P, unit: beats/min}}
        map: {VSDTC: {date: D, format: yyyy-MM-dd}}
"""
RAW = {
    "dm.csv": "PT,IC\n1,2024-03-01\n",
    "vs.csv": "PT,V,D,P\n1,SCREENING,2024-02-29,60\n1,DAY 1,2024-03-01,61\n1,DAY 8,2024-03-11,62\n1,,2024-03-08,63\n"
    "1,,2024-03-10,64\n1,,2024-03-20,65\n1,,2024-03-03,66\n",
}


def visits(made: Any) -> dict[str, tuple[Any, ...]]:
    frame = made.datasets["VS"].frame[["VSORRES", "VISITNUM", "VISIT", "VISITDY"]].astype(object)
    return {row[0]: tuple(None if v != v else v for v in row[1:]) for row in frame.itertuples(index=False)}


def told(made: Any, rule: str) -> list[Any]:
    return [finding for finding in made.findings if finding.rule == rule]


def test_a_visit_outside_its_window_is_told_and_kept(convert_study: Callable[..., Any]) -> None:
    made = convert_study(STUDY.format(windows="check"), {"dm": DM, "vs": VS}, RAW)
    assert visits(made)["62"] == (3.0, "DAY 8", 8.0)
    assert visits(made)["63"] == (None, None, None)
    (finding,) = told(made, "visit-out-of-window")
    assert (finding.severity, finding.found, finding.expected) == (
        "warning",
        "DAY 8 on study day 11",
        "DAY 8 on day 6 to 10",
    )
    assert [(p.file, p.row, p.keys) for p in finding.places] == [("vs.csv", 4, (("USUBJID", "X1-1"),))]
    assert not told(made, "visit-by-window")


def test_a_record_without_a_visit_gets_that_of_its_window(convert_study: Callable[..., Any]) -> None:
    """Day 8 is in one window, day 10 in two, days 20 and 3 in none."""
    made = convert_study(STUDY.format(windows="assign"), {"dm": DM, "vs": VS}, RAW)
    nothing = (None, None, None)
    assert visits(made) == {
        "60": (1.0, "SCREENING", None),
        "61": (2.0, "DAY 1", 1.0),
        "62": (3.0, "DAY 8", 8.0),
        "63": (3.0, "DAY 8", 8.0),
        "64": nothing,
        "65": nothing,
        "66": nothing,
    }
    (given,) = told(made, "visit-by-window")
    assert (given.severity, given.count, given.places[0].row) == ("note", 1, 5)
    outside = sorted((f.found, f.places[0].row) for f in told(made, "visit-outside-windows"))
    assert outside == [
        ("no visit was collected; study day 10 is in the windows of several visits", 6),
        ("no visit was collected; study day 20 is outside every window", 7),
        ("no visit was collected; study day 3 is outside every window", 8),
    ]


def test_nothing_is_compared_unless_it_is_asked_for(convert_study: Callable[..., Any]) -> None:
    made = convert_study(STUDY.format(windows='""'), {"dm": DM, "vs": VS}, RAW)
    assert not [f for f in made.findings if f.rule.startswith("visit-")]


CYCLES = """
    study: X1
    raw:
      visit: V
      datasets: {dm: {file: dm.csv, key: [PT]}, sv: {file: sv.csv}, vs: {file: vs.csv}, cm: {file: cm.csv}}
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
    visits:
      - {VISITNUM: 1, VISIT: SCREENING, day: -28..-1}
      - {VISITNUM: 2, VISIT: CYCLE 2 DAY 1}
      - {VISITNUM: 3, VISIT: CYCLE 2 DAY 8, VISITDY: 22, day: 6..10, counted_from: CYCLE 2 DAY 1}
    visit_windows: check
"""
SV = "domain: SV\nsources: [{from: sv, map: {SVSTDTC: {date: D, format: yyyy-MM-dd}}}]\n"
CM = "domain: CM\nsources: [{from: cm, map: {CMTRT: T, CMSTDTC: {date: D, format: yyyy-MM-dd}}}]\n"


def test_a_window_may_be_counted_from_another_visit(convert_study: Callable[..., Any]) -> None:
    """Cycle 2 began on 9 April, study day 40; 18 April is its day 10, 19 April its day 11. A drug that began years
    before screening was told at screening, not taken there. Subject 2 has no cycle 2 day 1: nothing can be said."""
    raw = {
        "dm.csv": "PT,IC\n1,2024-03-01\n2,2024-03-01\n",
        "sv.csv": "PT,V,D\n1,CYCLE 2 DAY 1,2024-04-09\n1,CYCLE 2 DAY 8,2024-04-18\n2,CYCLE 2 DAY 8,2024-03-22\n",
        "vs.csv": "PT,V,D,P\n1,CYCLE 2 DAY 1,2024-04-08,60\n1,CYCLE 2 DAY 8,2024-04-18,61\n"
        "1,CYCLE 2 DAY 8,2024-04-19,62\n",
        "cm.csv": "PT,V,T,D\n1,SCREENING,Aspirin,2015-06-01\n",
    }
    made = convert_study(CYCLES, {"dm": DM, "sv": SV, "vs": VS, "cm": CM}, raw)
    (finding,) = told(made, "visit-out-of-window")
    assert (finding.dataset, finding.found, finding.expected) == (
        "VS",
        "CYCLE 2 DAY 8 on day 11 from visit 2",
        "CYCLE 2 DAY 8 on day 6 to 10",
    )
    assert [(place.file, place.row) for place in finding.places] == [("vs.csv", 4)]


def test_a_record_without_visit_and_study_day_is_told(convert_study: Callable[..., Any]) -> None:
    """Without a date, or of a subject without a first day, no window can be looked up."""
    raw = {
        "dm.csv": "PT,IC\n1,2024-03-01\n2,\n",
        "vs.csv": "PT,V,D,P\n1,,,60\n2,,2024-03-02,61\n2,DAY 1,,62\n",
    }
    made = convert_study(STUDY.format(windows="assign"), {"dm": DM, "vs": VS}, raw)
    assert visits(made) == {"60": (None, None, None), "61": (None, None, None), "62": (2.0, "DAY 1", 1.0)}
    (finding,) = told(made, "visit-outside-windows")
    assert finding.found == "no visit was collected, and without a date or a first dose there is no study day"
    assert sorted((p.file, p.row) for p in finding.places) == [("vs.csv", 2), ("vs.csv", 3)]


def test_a_visit_is_judged_by_the_window_of_the_subjects_arm(convert_study: Callable[..., Any]) -> None:
    study = STUDY.replace(
        "- {{VISITNUM: 3, VISIT: DAY 8, VISITDY: 8, day: 6..10}}",
        """- {{VISITNUM: 3, VISIT: DAY 8, day: 6..9, ARMCD: A}}
      - {{VISITNUM: 3, VISIT: DAY 8, day: 8..10, ARMCD: B}}""",
    )
    dm = DM.replace("map: {", "map: {ARMCD: ARM, ")
    raw = {
        "dm.csv": "PT,IC,ARM\n1,2024-03-01,A\n2,2024-03-01,B\n",
        "vs.csv": "PT,V,D,P\n1,DAY 8,2024-03-06,60\n2,DAY 8,2024-03-06,61\n2,,2024-03-08,62\n2,,2024-03-07,63\n",
    }
    made = convert_study(study.format(windows="assign"), {"dm": dm, "vs": VS}, raw)
    frame = made.datasets["VS"].frame
    assert frame.loc[frame["VSORRES"].isin(["62", "63"]), ["VSORRES", "VISITNUM"]].fillna(
        0
    ).to_numpy().tolist() == [
        ["63", 0],
        ["62", 3],
    ]
    (finding,) = told(made, "visit-out-of-window")
    assert (finding.found, finding.expected) == ("DAY 8 on study day 6", "DAY 8 on day 8 to 10")
    assert [(p.file, p.row) for p in finding.places] == [("vs.csv", 3)]
