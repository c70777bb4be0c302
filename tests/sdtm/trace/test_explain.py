"""What an explanation names: raw cells, joined and looked-up rows, conditions, records of steps over several. Invented
data; every place is that of the texts below, counted by hand (the header of a CSV file is row 1)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from specs import load_study

STUDY = """\
study: X1
raw:
  visit: FOLDER
  datasets:
    dm: {file: dm.csv, key: [PT]}
    ex: {file: ex.csv, key: [PT, D], derive: {TREAT: "'DRUG ' || DOSE"}}
    ae: {file: ae.csv, key: [PT, TERM]}
    vis: {file: vis.csv, key: [PT, FOLDER]}
    codes: {file: codes.csv, lookup: true}
    vs: {file: vs.csv, key: [PT, FOLDER, D]}
    sv: {file: sv.csv, key: [PT, FOLDER, FORM]}
subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
visits:
  - {VISITNUM: 1, VISIT: DAY 1, raw: [D1]}
  - {VISITNUM: 2, VISIT: DAY 8, raw: [D8]}
unscheduled: {raw: UNS}
standard_units: {WEIGHT: kg}
units: [{test: WEIGHT, unit: LB, to: kg, factor: 0.45359237, digits: 1}]
elements:
  - {ETCD: SCRN, ELEMENT: Screening, EPOCH: SCREENING, start: {earliest: DM.RFICDTC}, TESTRL: Consent}
  - {ETCD: TRT, ELEMENT: Treatment, EPOCH: TREATMENT, start: {earliest: EX.EXSTDTC}, end: {latest: EX.EXENDTC}}
arms:
  - {ARMCD: A, ARM: Drug, elements: [SCRN, TRT]}
data_cut:
  date: "2024-03-01"
  domains: {AE: {later: {AEENDTC: {set: {AEENRTPT: ONGOING}}}}}
"""
DOMAINS = {
    "dm": """\
domain: DM
sources:
  - from: dm
    map:
      RFICDTC: {date: CONSENT, format: yyyy-MM-dd}
      RACE: {choices: {R1: ASIAN, R2: WHITE}}
reference_dates:
  RFSTDTC: {earliest: EX.EXSTDTC, where: EXDOSE > 0}
  RFXSTDTC: {earliest: EX.EXSTDTC, where: EXDOSE > 0}
""",
    "ex": """\
domain: EX
sources:
  - from: ex
    map: {EXTRT: TREAT, EXDOSE: DOSE, EXSTDTC: {date: D, format: yyyy-MM-dd}, EXENDTC: {date: D, format: yyyy-MM-dd}}
""",
    "ae": """\
domain: AE
sources:
  - from: ae
    join: [{with: vis, by: {PT: PT, FOLDER: FOLDER}, take: {SEEN: D}, expect: optional}]
    map:
      AETERM: TERM
      AEDECOD: {lookup: codes, by: {CODE: LLT}, take: NAME}
      AESEV: {column: SEV, terms: {"1": MILD, "2": MODERATE}}
      AEACN: [{value: DRUG WITHDRAWN, where: STOPPED = '1' AND SEV = '2'}, {value: DOSE NOT CHANGED}]
      AESTDTC: {date: START, format: yyyy-MM-dd}
      AEENDTC: {date: END, format: yyyy-MM-dd}
    supp:
      AESEEN: {label: Seen on, column: SEEN}
""",
    "vs": """\
domain: VS
sources:
  - from: vs
    map: {VSDTC: {date: D, format: yyyy-MM-dd}}
    findings:
      WEIGHT: {result: WT, unit: {column: WTU, codelist: none}}
      PULSE: {result: PUL, unit: beats/min}
    not_done: {where: PERF = 'N', reason: WHY}
""",
    "sv": """\
domain: SV
sources:
  - from: sv
    map: {SVSTDTC: {date: D, format: yyyy-MM-dd}, SVENDTC: {date: D, format: yyyy-MM-dd}}
collapse: {by: [STUDYID, USUBJID, VISITNUM], SVSTDTC: earliest, SVENDTC: latest}
""",
    "ce": """\
domain: CE
sources:
  - {from_domain: AE, where: AESEV = 'MILD', because: severe, map: {CETERM: AEDECOD}}
""",
    "se": "domain: SE\nelements: true\n",
}
LONG = "abcdefghi " * 24 + "end"  # 243 characters
RAW = {
    "dm.csv": "PT,CONSENT,R1,R2\n1,2024-01-02,1,1\n2,2024-01-03,0,1\n",
    "ex.csv": "PT,D,DOSE\n1,2024-01-09,0\n1,2024-01-10,5\n1,2024-01-17,5\n2,2024-01-11,5\n",
    "ae.csv": (
        "PT,FOLDER,TERM,LLT,SEV,STOPPED,START,END\n"
        "1,D1,Headache,10,2,1,2024-01-12,2024-03-05\n"
        f"1,D8,{LONG},20,1,0,2024-01-05,\n"
        "2,D1,Fall  ,20,1,1,2024-01-20,\n"
    ),
    "vis.csv": "PT,FOLDER,D\n2,D1,2024-01-11\n1,D1,2024-01-10\n",
    "codes.csv": "CODE,NAME\n30,Nausea\n20,Fall\n10,Headache\n",
    "vs.csv": (
        "PT,FOLDER,D,PERF,WHY,WT,WTU,PUL\n"
        "1,D1,2024-01-10,Y,,150,LB,70\n"
        "1,UNS,2024-01-12,Y,,151,LB,71\n"
        "1,UNS,2024-01-13,N,Refused,,,\n"
        "1,D1,2024-01-08,Y,,149,LB,72\n"
    ),
    "sv.csv": "PT,FOLDER,FORM,D\n1,D1,A,2024-01-10\n1,D1,B,2024-01-08\n1,D8,A,2024-01-17\n",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = tmp_path_factory.mktemp("explain") / "study"
    files = {"study.yaml": STUDY} | {f"sdtm/{name}.yaml": text for name, text in DOMAINS.items()}
    for name, text in (files | {f"raw/{name}": text for name, text in RAW.items()}).items():
        (study / name).parent.mkdir(parents=True, exist_ok=True)
        (study / name).write_text(text, encoding="utf-8")
    return study


@pytest.fixture(scope="module")
def out(folder: Path) -> Path:
    from sdtm.run_study import run

    run(folder, folder.parent / "out", judged=False, to="sdtm")
    return folder.parent / "out"


@pytest.fixture
def told(folder: Path, out: Path) -> Callable[..., Any]:
    """``told("AE", "AETERM", USUBJID=…)``: the explanation of one value; each step is also run again."""
    from sdtm.trace.explain import explain

    def explained(dataset: str, variable: str, **keys: str) -> Any:
        found = explain(out, dataset, variable, keys, load_study(folder))
        for step in found.steps:
            assert step.again is not None, step
            assert step.again(step) == (step.gave, step.value), step.text()
        if found.steps:
            assert (found.steps[-1].value or "") == found.value
        return found

    return explained


def cells(step: Any) -> list[tuple[Any, ...]]:
    return [(read.name, read.value, read.file, read.row, read.column) for read in step.reads]


def test_a_subject_by_its_rule(told: Callable[..., Any]) -> None:
    subject, rule = told("AE", "USUBJID", AESEV="MODERATE").steps[-2:]
    assert cells(subject) == [("PT", "1", "ae.csv", 2, "PT")]
    assert [(read.name, read.value) for read in rule.reads] == [("STUDYID", "X1"), ("SUBJID", "1")]
    assert (rule.rule, rule.value) == ("template", "X1-1") and "study.yaml, line 12" in rule.where


def test_a_derived_column_goes_back_to_the_columns_of_the_file(told: Callable[..., Any]) -> None:
    derive, mapping = told("EX", "EXTRT", USUBJID="X1-2").steps
    assert (derive.makes, derive.said, derive.value) == ("ex.TREAT (row 5)", "'DRUG ' || DOSE", "DRUG 5")
    assert cells(derive) == [("DOSE", "5", "ex.csv", 5, "DOSE")] and "study.yaml, line 6" in derive.where
    assert mapping.reads[0].of == "derived column of ex"


def test_a_joined_value_names_file_and_row_of_the_joined_table(told: Callable[..., Any]) -> None:
    found = told("SUPPAE", "QVAL", USUBJID="X1-1", QNAM="AESEEN")
    (step,) = found.steps
    assert (found.raw_file, found.raw_row, found.value) == ("ae.csv", 2, "2024-01-10")
    assert cells(step) == [("SEEN", "2024-01-10", "vis.csv", 3, "D")]
    assert "join with vis" in step.reads[0].of and "sdtm/ae.yaml, line 4" in step.reads[0].of


def test_a_lookup_names_the_row_of_the_table_of_codes(told: Callable[..., Any]) -> None:
    (step,) = told("AE", "AEDECOD", AESEV="MODERATE").steps
    assert cells(step) == [
        ("LLT", "10", "ae.csv", 2, "LLT"),
        ("codes.CODE", "10", "codes.csv", 4, "CODE"),
        ("codes.NAME", "Headache", "codes.csv", 4, "NAME"),
    ]


def test_a_condition_names_the_columns_it_read(told: Callable[..., Any]) -> None:
    (step,) = told("AE", "AEACN", AESEV="MODERATE").steps
    assert (step.rule, step.reads, step.value) == ("hardcode_ct", (), "DRUG WITHDRAWN")
    assert step.condition == "STOPPED = '1' AND SEV = '2'"
    assert [(r.name, r.value, r.file, r.row) for r in step.conditioned] == [
        ("STOPPED", "1", "ae.csv", 2),
        ("SEV", "2", "ae.csv", 2),
    ]
    # For the other subject the condition is false: that step gave nothing, the next one did.
    tried = told("AE", "AEACN", USUBJID="X1-2").steps
    assert [(step.gave, step.condition != "") for step in tried] == [
        (None, True),
        ("DOSE NOT CHANGED", False),
    ]
    assert "where  STOPPED" in tried[0].text() and "SEV = '1'  [ae.csv, row 4, column SEV]" in tried[0].text()


def test_terminology_is_told_beside_what_was_read(told: Callable[..., Any]) -> None:
    (step,) = told("AE", "AESEV", USUBJID="X1-2").steps
    assert (step.rule, step.gave, step.value) == ("assign_ct", "1", "MILD")
    assert "sdtm/ae.yaml, line 8" in step.where and "AESEV" in step.terms


def test_a_study_day_goes_back_to_both_dates(told: Callable[..., Any]) -> None:
    found = told("AE", "AESTDY", AESEV="MODERATE")
    assert found.value == "3"  # 2024-01-12 after 2024-01-10; there is no day 0
    assert [step.makes for step in found.steps] == ["AE.AESTDTC", "EX.EXSTDTC", "DM.RFSTDTC", "AE.AESTDY"]
    assert cells(found.steps[0]) == [("START", "2024-01-12", "ae.csv", 2, "START")]
    assert [(r.name, r.value) for r in found.steps[-1].reads[1:]] == [
        ("AESTDTC", "2024-01-12"),
        ("DM.RFSTDTC", "2024-01-10"),
    ]


def test_a_reference_date_names_the_records_and_the_cell_of_the_chosen_one(told: Callable[..., Any]) -> None:
    dose, rule = told("DM", "RFSTDTC", USUBJID="X1-1").steps
    assert cells(dose) == [("D", "2024-01-10", "ex.csv", 3, "D")]
    assert rule.rule == "reference_date: earliest of EX.EXSTDTC where EXDOSE > 0"
    assert [record.label for record in rule.records["EX"]] == [
        "ex.csv, row 2",
        "ex.csv, row 3",
        "ex.csv, row 4",
    ]
    assert "sdtm/dm.yaml, line 8" in rule.where


def test_epoch_names_the_elements(told: Callable[..., Any]) -> None:
    step = told("AE", "EPOCH", AESEV="MODERATE").steps[-1]
    said = [{read.name: read.value for read in record.reads} for record in step.records["SE"]]
    assert [(e["ETCD"], e["SESTDTC"], e["SEENDTC"]) for e in said] == [
        ("SCRN", "2024-01-02", "2024-01-09"),
        ("TRT", "2024-01-09", "2024-01-17"),
    ]
    assert step.value == "TREATMENT" and "study.yaml, line 19" in step.where
    start = told("SE", "SESTDTC", USUBJID="X1-1", ETCD="TRT").steps
    assert cells(start[0]) == [("D", "2024-01-09", "ex.csv", 2, "D")] and start[-1].rule == "elements"


def test_a_record_of_a_wide_row_names_its_column(told: Callable[..., Any]) -> None:
    found = told("VS", "VSORRES", VSDTC="2024-01-10", VSTESTCD="PULSE")
    assert (found.raw_file, found.raw_row, found.raw_column) == ("vs.csv", 2, "PUL")
    assert cells(found.steps[0]) == [("PUL", "70", "vs.csv", 2, "PUL")]
    assert told("VS", "VSTEST", VSDTC="2024-01-10", VSTESTCD="PULSE").steps[0].value == "Pulse Rate"


def test_a_standard_result_names_result_unit_and_conversion(told: Callable[..., Any]) -> None:
    found = told("VS", "VSSTRESN", VSDTC="2024-01-10", VSTESTCD="WEIGHT")
    assert found.value == "68"  # 150 x 0.45359237 = 68.04, one decimal
    assert [(r.name, r.value) for r in found.steps[-1].reads] == [
        ("VSTESTCD", "WEIGHT"),
        ("VSORRES", "150"),
        ("VSORRESU", "LB"),
    ]
    assert "study.yaml, line 18" in found.steps[-1].where


def test_a_test_that_was_not_done(told: Callable[..., Any]) -> None:
    status = told("VS", "VSSTAT", VSDTC="2024-01-13", VSTESTCD="PULSE").steps[-1]
    assert (status.rule, status.value) == ("not_done", "NOT DONE")
    assert [(r.name, r.value) for r in status.reads] == [("PERF", "N"), ("VSORRES", None)]
    (reason,) = told("VS", "VSREASND", VSDTC="2024-01-13", VSTESTCD="PULSE").steps
    assert cells(reason) == [("WHY", "Refused", "vs.csv", 4, "WHY")]
    assert told("VS", "VSSTAT", VSDTC="2024-01-10", VSTESTCD="PULSE").value == ""


def test_an_unscheduled_visit_names_the_visits_around_it(told: Callable[..., Any]) -> None:
    found = told("VS", "VISITNUM", VSDTC="2024-01-13", VSTESTCD="PULSE")
    assert found.value == "1.2"  # after 2024-01-12, which is 1.1
    step = found.steps[-1]
    assert [r.reads[1].value for r in step.records["visits"] if r.this] == ["UNS"]
    assert {(r.reads[1].value, r.reads[2].value) for r in step.records["visits"]} >= {
        ("D1", "2024-01-08"),
        ("UNS", "2024-01-12"),
    }
    assert "study.yaml, line 16" in step.where
    planned = told("VS", "VISIT", VSDTC="2024-01-10", VSTESTCD="PULSE").steps[-1]
    assert len(planned.records["visits"]) == 1 and "study.yaml, line 14" in planned.where


def test_a_baseline_flag_names_the_results_of_the_test(told: Callable[..., Any]) -> None:
    step = told("VS", "VSLOBXFL", VSDTC="2024-01-10", VSTESTCD="WEIGHT").steps[-1]
    assert step.value == "Y" and step.reads[0].value == "2024-01-10"
    assert [record.label for record in step.records["VS"]] == [
        "vs.csv, row 2, column WT",
        "vs.csv, row 3, column WT",
        "vs.csv, row 4, column WT",
        "vs.csv, row 5, column WT",
    ]
    assert told("VS", "VSLOBXFL", VSDTC="2024-01-08", VSTESTCD="WEIGHT").value == ""


def test_a_number_names_the_records_of_the_subject(told: Callable[..., Any]) -> None:
    found = told("AE", "AESEQ", AESEV="MODERATE")
    step = found.steps[-1]
    assert found.value == "2"  # Fall comes before Headache
    assert [(r.label, r.this) for r in step.records["AE"]] == [
        ("ae.csv, row 2", True),
        ("ae.csv, row 3", False),
    ]


def test_a_collapsed_record_names_all_its_rows(told: Callable[..., Any]) -> None:
    found = told("SV", "SVSTDTC", VISITNUM="1")
    assert (found.raw_row, found.more_rows, found.value) == (3, (("sv.csv", 2),), "2024-01-08")
    assert cells(found.steps[0]) == [("D", "2024-01-08", "sv.csv", 3, "D")]
    assert (found.steps[-1].rule, len(found.steps[-1].records["SV"])) == ("collapse", 2)
    assert "sdtm/sv.yaml, line 5" in found.steps[-1].where


def test_what_the_data_cut_changed(told: Callable[..., Any]) -> None:
    mapped, cut = told("AE", "AEENDTC", AESEV="MODERATE").steps
    assert (mapped.value, cut.rule, cut.value) == ("2024-03-05", "data_cut", None)
    assert [(r.name, r.value) for r in cut.reads] == [("AEENDTC", "2024-03-05"), ("(cut-off)", "2024-03-01")]
    assert "study.yaml, line 26" in cut.where
    assert told("AE", "AEENRTPT", AESEV="MODERATE").steps[-1].rule == "data_cut"


def test_blanks_at_the_end_and_long_texts(told: Callable[..., Any]) -> None:
    fall = told("AE", "AETERM", USUBJID="X1-2").steps
    assert [(step.rule, step.value) for step in fall] == [
        ("assign_no_ct", "Fall  "),
        ("trailing_blanks_removed", "Fall"),
    ]
    first = told("AE", "AETERM", USUBJID="X1-1", AESEV="MILD").steps
    rest = told("SUPPAE", "QVAL", QNAM="AETERM1").steps
    assert (
        [step.rule for step in first] == [step.rule for step in rest] == ["assign_no_ct", "long_text_split"]
    )
    assert f"{first[-1].value} {rest[-1].value}" == LONG


def test_one_of_several_checked_boxes(told: Callable[..., Any]) -> None:
    found = told("SUPPDM", "QVAL", USUBJID="X1-1", QNAM="RACE2")
    assert (found.value, found.steps[0].rule) == ("WHITE", "split_checkbox")
    assert cells(found.steps[0]) == [("R1", "1", "dm.csv", 2, "R1"), ("R2", "1", "dm.csv", 2, "R2")]
    assert told("SUPPAE", "IDVARVAL", QNAM="AESEEN", USUBJID="X1-1").steps[-1].value == "2"
    assert "sdtm/ae.yaml, line 13" in told("SUPPAE", "QLABEL", QNAM="AESEEN", USUBJID="X1-1").steps[-1].where


def test_a_record_made_from_another_domain(told: Callable[..., Any]) -> None:
    found = told("CE", "CETERM", USUBJID="X1-2")
    assert [step.makes for step in found.steps] == ["AE.AEDECOD", "CE.CETERM"]
    assert found.steps[-1].reads[0].of == "AE record of ae.csv, row 4"


def test_the_trial_design_names_the_lines_of_the_spec(told: Callable[..., Any]) -> None:
    (arm,) = told("TA", "ARM", ETCD="TRT").steps
    assert "study.yaml, line 23" in arm.where and arm.value == "Drug"
    (visit,) = told("TV", "VISIT", VISITNUM="2").steps
    assert "study.yaml, line 15" in visit.where


def test_every_cell_of_every_dataset_follows_from_its_explanation(folder: Path, out: Path) -> None:
    from sdtm.trace.explain import open_output

    explainer = open_output(out, load_study(folder), whole=True)
    for path in sorted((out / "sdtm").glob("*.xpt")):
        frame = explainer.dataset(path.stem.upper())
        for variable in frame:
            for row in range(len(frame)):
                found = explainer.cell(path.stem.upper(), variable, row)
                for step in found.steps:
                    assert step.again is not None, found.text()
                    assert step.again(step) == (step.gave, step.value), found.text()
                last = found.steps[-1].value if found.steps else None
                assert (last or "") == found.value, found.text()


# --- what is not there -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "told_so"),
    [
        ("USUBJID=X1-3", "no record has USUBJID=X1-3; USUBJID is X1-2, X1-1"),
        ("USUBJID=X1-2 AESEQ=7", "no record has AESEQ=7; AESEQ is 1"),
        ("USUBJID=X1-2 AESEQ=2", "AESEQ of these records is 1"),
        ("USUBJID=X1-1", "add one of AESEQ=1, AESEQ=2"),
    ],
)
def test_a_key_of_no_record_or_of_several(
    sdtm: Callable[..., Any], folder: Path, out: Path, key: str, told_so: str
) -> None:
    outcome = sdtm("explain", out, "AE", "AETERM", "--key", key, "--study", folder)
    assert outcome.code == 2 and "error[key-not-unique]" in outcome.err
    assert told_so in outcome.err, outcome.err


def test_a_raw_file_that_has_changed_since(sdtm: Callable[..., Any], folder: Path, out: Path) -> None:
    path = folder / "raw" / "codes.csv"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("Nausea", "nausea"), encoding="utf-8")
    try:
        outcome = sdtm("explain", out, "AE", "AETERM", "--key", "USUBJID=X1-2", "--study", folder)
    finally:
        path.write_text(before, encoding="utf-8")
    assert outcome.code == 2 and "error[raw-changed] codes.csv" in outcome.err and "SHA-256" in outcome.err


def test_as_json(sdtm: Callable[..., Any], folder: Path, out: Path) -> None:
    outcome = sdtm("explain", out, "AE", "AEACN", "--key", "USUBJID=X1-2", "--study", folder, "--json")
    first = json.loads(outcome.out)["steps"][0]
    assert first["condition_inputs"] == {"STOPPED": "1", "SEV": "1"} and first["gave"] is None
    assert first["condition_read"][0] == {
        "name": "STOPPED", "value": "1", "file": "ae.csv", "row": 4, "column": "STOPPED",
    }  # fmt: skip


def test_a_number_kept_from_an_earlier_output(folder: Path, out: Path, tmp_path: Path) -> None:
    """With --previous a new record does not take the number of one that was there."""
    from sdtm.run_study import run
    from sdtm.trace.explain import explain

    path = folder / "raw" / "ae.csv"
    before = path.read_text(encoding="utf-8")
    path.write_text(before + "1,D1,Ache,30,1,0,2024-01-02,\n", encoding="utf-8")
    try:
        again = tmp_path / "again"
        run(folder, again, judged=False, to="sdtm", previous=out)
        found = explain(again, "AE", "AESEQ", {"AEDECOD": "Nausea"}, load_study(folder))
        assert found.value == "3" and found.steps[-1].rule in ("sequence", "kept_number")
        kept = explain(again, "AE", "AESEQ", {"USUBJID": "X1-1", "AEDECOD": "Headache"}, load_study(folder))
        assert (kept.value, kept.raw_row) == ("2", 2)
    finally:
        path.write_text(before, encoding="utf-8")
