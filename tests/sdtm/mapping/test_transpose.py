"""A wide form to one record per row and test, and the records of tests not done. SDTMIG 3.4, 4.5.1.2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from specs.problems import ProblemsFound

STUDY = """
    study: X1
    raw: {datasets: {vs: {file: vs.csv}}}
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
    codelists: {VSTEST: {codelist: VSTESTCD, extend: {VSALL: Vital Signs}}}
"""
RAW = """
PT,SYS,PULSE,DONE,WHY,D
1,120,60,Y,,2024-03-01
1,,61,,,2024-03-02
1,,,N,refused,2024-03-03
2,,,Y,,2024-03-04
"""
TESTS = "SYSBP: {result: SYS, unit: mmHg}, PULSE: {result: PULSE, unit: beats/min}"


def convert(convert_study: Callable[..., Any], source: str, raw: str = RAW, study: str = STUDY) -> Any:
    return convert_study(study, {"vs": f"domain: VS\nsources:\n  - from: vs\n{source}"}, {"vs.csv": raw})


def records(made: Any, *names: str) -> list[tuple[Any, ...]]:
    frame = made.datasets["VS"].frame
    columns = [[v if v == v else None for v in frame[name].astype(object)] for name in names]
    return list(zip(*columns, strict=True))


def book(made: Any) -> Any:
    return made.books[0]


def test_one_record_for_each_result(convert_study):
    made = convert(
        convert_study, f"    findings: {{{TESTS}}}\n    map: {{VSDTC: {{date: D, format: yyyy-MM-dd}}}}\n"
    )
    assert records(made, "VSTESTCD", "VSTEST", "VSORRES", "VSORRESU", "VSDTC") == [
        ("PULSE", "Pulse Rate", "60", "beats/min", "2024-03-01"),
        ("PULSE", "Pulse Rate", "61", "beats/min", "2024-03-02"),
        ("SYSBP", "Systolic Blood Pressure", "120", "mmHg", "2024-03-01"),
    ]
    assert made.datasets["VS"].source["column"].tolist() == ["PULSE", "PULSE", "SYS"]
    ledger = book(made)
    assert (ledger.read, ledger.made, ledger.unaccounted) == (4, 2, 2)  # rows 4 and 5 hold no result


def test_not_done_rows_make_a_record_for_each_planned_test(convert_study):
    """Trap 2: PERF=N must yield NOT DONE, not nothing."""
    source = f"    findings: {{{TESTS}}}\n    not_done: {{where: DONE = 'N', reason: WHY}}\n"
    made = convert(convert_study, source)
    not_done = [
        row for row in records(made, "VSTESTCD", "VSORRES", "VSORRESU", "VSSTAT", "VSREASND") if row[3]
    ]
    assert not_done == [
        ("PULSE", None, None, "NOT DONE", "refused"),
        ("SYSBP", None, None, "NOT DONE", "refused"),
    ]
    assert book(made).made == 3


def test_not_done_for_some_tests_only(convert_study):
    source = f"    findings: {{{TESTS}}}\n    not_done: {{where: DONE = 'N', tests: [PULSE]}}\n"
    made = convert(convert_study, source)
    assert [row for row in records(made, "VSTESTCD", "VSSTAT") if row[1]] == [("PULSE", "NOT DONE")]


def test_not_done_for_the_whole_form_is_one_record(convert_study):
    source = f"    findings: {{{TESTS}}}\n    not_done: {{where: DONE = 'N', reason: WHY, form: VSALL}}\n"
    made = convert(convert_study, source)
    assert [row for row in records(made, "VSTESTCD", "VSTEST", "VSSTAT", "VSREASND") if row[2]] == [
        ("VSALL", "Vital Signs", "NOT DONE", "refused")
    ]


def test_each_rule_gives_its_own_reason(convert_study):
    source = (
        f"    findings: {{{TESTS}}}\n    not_done:\n"
        "      - {where: DONE = 'N', reason: WHY}\n      - {where: LOST = 'Y', reason: {value: DEVICE BROKEN}}\n"
    )
    raw = "PT,SYS,PULSE,DONE,WHY,LOST\n1,,,N,refused,\n2,,,N,,Y\n3,,,Y,,Y\n4,,,N,asleep,Y\n"
    made = convert(convert_study, source, raw)
    pulse = [row[1:] for row in records(made, "VSTESTCD", "USUBJID", "VSREASND") if row[0] == "PULSE"]
    assert pulse == [
        ("X1-1", "refused"), ("X1-2", "DEVICE BROKEN"), ("X1-3", "DEVICE BROKEN"), ("X1-4", "asleep"),
    ]  # fmt: skip


def test_a_result_on_a_row_that_says_not_done_is_kept_and_told(convert_study):
    source = f"    findings: {{{TESTS}}}\n    not_done: {{where: DONE = 'N', reason: WHY}}\n"
    made = convert(convert_study, source, "PT,SYS,PULSE,DONE,WHY\n1,,60,N,refused\n")
    assert records(made, "VSTESTCD", "VSORRES", "VSSTAT", "VSREASND") == [
        ("PULSE", "60", None, None),
        ("SYSBP", None, "NOT DONE", "refused"),
    ]
    (finding,) = [f for f in made.findings if f.rule == "result-and-not-done"]
    assert (finding.severity, finding.places[0].row, finding.places[0].column) == ("error", 2, "PULSE")


def test_each_test_may_have_its_own_status_reason_condition_and_variables(convert_study):
    source = """    findings:
      SYSBP:
        result: SYS
        unit: {column: SYSU, terms: {"1": mmHg}}
        status: {column: SYSND, terms: {X: NOT DONE}}
        reason: SYSWHY
        map: {VSPOS: POS}
      PULSE: {result: PULSE, where: ARM = 'A', map: {VSLOC: {value: ARM}}}
"""
    raw = "PT,SYS,SYSU,SYSND,SYSWHY,POS,PULSE,ARM\n1,120,1,,,SITTING,60,A\n2,,,X,cuff,STANDING,61,B\n"
    made = convert(convert_study, source, raw)
    assert records(
        made, "VSTESTCD", "USUBJID", "VSORRES", "VSORRESU", "VSSTAT", "VSREASND", "VSPOS", "VSLOC"
    ) == [
        ("PULSE", "X1-1", "60", None, None, None, None, "ARM"),
        ("SYSBP", "X1-1", "120", "mmHg", None, None, "SITTING", None),
        ("SYSBP", "X1-2", None, None, "NOT DONE", "cuff", "STANDING", None),
    ]


def test_what_a_test_says_of_a_variable_wins_over_the_source(convert_study):
    source = """    findings: {SYSBP: {result: SYS, map: {VSPOS: {value: SITTING}}}, PULSE: {result: PULSE}}
    map: {VSPOS: {value: STANDING}}
"""
    made = convert(convert_study, source, "PT,SYS,PULSE\n1,120,60\n")
    assert records(made, "VSTESTCD", "VSPOS") == [("PULSE", "STANDING"), ("SYSBP", "SITTING")]


def test_a_variable_may_look_at_the_record_it_is_on(convert_study):
    """--BLFL of the records with a result only."""
    source = f"""    findings: {{{TESTS}}}
    not_done: {{where: DONE = 'N'}}
    map: {{VSBLFL: {{value: Y, where: VS.VSORRES IS NOT NULL}}}}
"""
    made = convert(convert_study, source)
    assert {row[1:] for row in records(made, "VSTESTCD", "VSORRES", "VSBLFL")} == {
        ("120", "Y"), ("60", "Y"), ("61", "Y"), (None, None),
    }  # fmt: skip


def test_boxes_on_a_wide_form_reach_supp_of_every_record(convert_study):
    source = """    findings: {SYSBP: {result: SYS}, PULSE: {result: PULSE}}
    map: {VSLOC: {choices: {ARMB: ARM, LEGB: LEG}}}
"""
    made = convert(convert_study, source, "PT,SYS,PULSE,ARMB,LEGB\n1,120,60,1,1\n")
    assert records(made, "VSTESTCD", "VSLOC") == [("PULSE", "MULTIPLE"), ("SYSBP", "MULTIPLE")]
    supp = made.datasets["SUPPVS"].frame
    assert supp[["IDVARVAL", "QNAM", "QVAL"]].astype(object).to_numpy().tolist() == [
        ["1", "VSLOC1", "ARM"], ["1", "VSLOC2", "LEG"], ["2", "VSLOC1", "ARM"], ["2", "VSLOC2", "LEG"],
    ]  # fmt: skip


def test_the_where_of_a_test_counts_for_its_status_too(convert_study):
    """Row 4 is of no interest to the test, so that it was not done there says nothing."""
    test = "SYSBP: {result: SYS, where: \"PT = '2'\", status: {value: NOT DONE, where: DONE = 'N'}}"
    raw = "PT,SYS,DONE\n1,120,\n2,121,\n1,,N\n2,,N\n"
    made = convert(convert_study, f"    findings: {{{test}}}\n", raw)
    assert records(made, "USUBJID", "VSORRES", "VSSTAT") == [
        ("X1-2", None, "NOT DONE"),
        ("X1-2", "121", None),
    ]


def test_a_test_that_nobody_knows_is_refused_with_near_names(convert_study):
    with pytest.raises(ProblemsFound) as caught:
        convert(convert_study, "    findings: {SYSBPP: {result: SYS}}\n")
    (problem,) = caught.value.problems
    assert problem.id == "unknown-test" and "SYSBP" in problem.do and problem.where.file == "sdtm/vs.yaml"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("    findings: {SYSBP: {result: SYS, map: {VSLOC: {expr: VS.VSORRES}}}}\n", "'VS.VSORRES'"),
        ("    findings: {SYSBP: {result: SYS}}\n    visit: {expr: VS.VISIT}\n", "'VS.VISIT'"),
        (
            "    findings: {SYSBP: {result: SYS}}\n    not_done: {where: DONE = 'N', reason: {expr: VS.VISIT}}\n",
            "'VS.VISIT'",
        ),
    ],
)
def test_tests_cannot_read_what_is_made_after_them(convert_study, source, name):
    with pytest.raises(ProblemsFound) as caught:
        convert(convert_study, source)
    assert [(p.id, p.found.startswith(name)) for p in caught.value.problems] == [("not-made-yet", True)]


@pytest.mark.parametrize(
    "source",
    [
        "    where: VS.VSDTC > '2024'\n    findings: {SYSBP: {result: SYS}}\n    map: {VSDTC: D}\n",
        "    findings: {SYSBP: {result: SYS, where: VS.VSDTC > '2024'}}\n    map: {VSDTC: D}\n",
        "    findings: {SYSBP: {result: SYS}}\n    not_done: {where: VS.VSDTC IS NULL}\n    map: {VSDTC: D}\n",
    ],
)
def test_conditions_on_rows_read_raw_columns_only(convert_study, source):
    with pytest.raises(ProblemsFound, match="not made yet when rows are chosen"):
        convert(convert_study, source)


def test_not_done_in_a_source_without_tests_is_refused(convert_study):
    """It would make no record at all of rows that hold results."""
    source = "    not_done: {where: DONE = 'N'}\n    map: {VSTESTCD: {value: SYSBP}, VSORRES: SYS}\n"
    with pytest.raises(ProblemsFound, match="not-done-without-tests"):
        convert(convert_study, source)


def test_no_rows(convert_study):
    source = f"    findings: {{{TESTS}}}\n    not_done: {{where: DONE = 'N', reason: WHY}}\n"
    assert len(convert(convert_study, source, "PT,SYS,PULSE,DONE,WHY\n").datasets["VS"].frame) == 0
