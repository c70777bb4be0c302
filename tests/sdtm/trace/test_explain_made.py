"""Explanations of arms by rule, visits by window, ranges, copies in other units and RELREC. Invented data; values
worked out by hand, places counted in the texts below."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from specs import load_study

STUDY = """\
study: X1
raw:
  datasets:
    dm: {file: dm.csv, key: [PT]}
    ex: {file: ex.csv, key: [PT]}
    lb: {file: lb.csv, visit: V}
    ae: {file: ae.csv}
    cm: {file: cm.csv}
subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
visits:
  - {VISITNUM: 1, VISIT: DAY 1, VISITDY: 1, day: 1}
  - {VISITNUM: 2, VISIT: DAY 8, VISITDY: 8, day: 6..10}
visit_windows: assign
arms:
  - {ARMCD: A, ARM: Drug A, elements: [T]}
elements:
  - {ETCD: T, ELEMENT: Treatment, EPOCH: TREATMENT}
standard_units: {GLUC: mmol/L, GLUC/URINE: mg/dL}
conventional_units: {GLUC: mg/dL}
units:
  - {test: GLUC, unit: mg/dL, to: mmol/L, factor: 0.0555, digits: 2}
  - {test: GLUC, unit: mmol/L, to: mg/dL, factor: 18.02, digits: 0}
links:
  - {records: {AE: AELNKID, CM: CMLNKID}, level: record}
"""
DOMAINS = {
    "dm": """\
domain: DM
assign_arms: true
sources:
  - from: dm
    map: {RFICDTC: {date: IC, format: yyyy-MM-dd}, ARMCD: {value: A}}
reference_dates: {RFSTDTC: {earliest: EX.EXSTDTC}, RFXSTDTC: {earliest: EX.EXSTDTC}}
""",
    "ex": """\
domain: EX
sources: [{from: ex, map: {EXTRT: {value: DRUG}, EXSTDTC: {date: D, format: yyyy-MM-dd}}}]
""",
    "lb": """\
domain: LB
sources:
  - from: lb
    map:
      LBTESTCD: T
      LBSPEC: S
      LBORRES: R
      LBORRESU: U
      LBORNRLO: LO
      LBORNRHI: HI
      LBDTC: {date: D, format: yyyy-MM-dd}
""",
    "lc": "domain: LC\nclass: Findings\nlabel: In Other Units\ncopy_of: LB\nunit_system: conventional\n",
    "ae": "domain: AE\nsources: [{from: ae, map: {AETERM: TERM, AELNKID: NO}}]\n",
    "cm": "domain: CM\nsources: [{from: cm, map: {CMTRT: TRT, CMLNKID: FOR}}]\n",
}
RAW = {
    "dm.csv": "PT,IC\n1,2024-02-20\n2,2024-02-21\n",
    "ex.csv": "PT,D\n1,2024-03-01\n",
    "lb.csv": "PT,V,T,S,R,U,LO,HI,D\n1,DAY 1,GLUC,SERUM,5.0,mmol/L,>3.9,6.1,2024-03-01\n"
    "1,,GLUC,SERUM,7,mmol/L,3.9,6.1,2024-03-08\n1,DAY 1,GLUC,URINE,2,mmol/L,0,0.8,2024-03-02\n",
    "ae.csv": "PT,NO,TERM\n1,1,Ache\n1,2,Fever\n",
    "cm.csv": "PT,FOR,TRT\n1,2,Paracetamol\n1,1,Aspirin\n",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = tmp_path_factory.mktemp("made") / "study"
    files = {"study.yaml": STUDY} | {f"sdtm/{name}.yaml": text for name, text in DOMAINS.items()}
    for name, text in (files | {f"raw/{name}": text for name, text in RAW.items()}).items():
        (study / name).parent.mkdir(parents=True, exist_ok=True)
        (study / name).write_text(text, encoding="utf-8")
    return study


@pytest.fixture(scope="module")
def explainer(folder: Path) -> Any:
    from sdtm.run_study import run
    from sdtm.trace.explain import open_output

    run(folder, folder.parent / "out", judged=False, to="sdtm")
    return open_output(folder.parent / "out", load_study(folder), whole=True)


@pytest.fixture
def told(explainer: Any) -> Callable[..., Any]:
    def explained(dataset: str, variable: str, **keys: str) -> Any:
        from sdtm.trace.record_keys import find_record

        row = find_record(explainer.dataset(dataset), dataset, variable, keys)
        found = explainer.cell(dataset, variable, row)
        for step in found.steps:
            assert step.again is not None and step.again(step) == (step.gave, step.value), step.text()
        assert (found.steps[-1].value or "") == found.value
        return found

    return explained


def test_every_cell_of_every_dataset_follows_from_its_explanation(explainer: Any) -> None:
    datasets = sorted(path.stem.upper() for path in (explainer.out / "sdtm").glob("*.xpt"))
    assert {"LC", "RELREC", "DM", "TA"} <= set(datasets)
    for dataset in datasets:
        frame = explainer.dataset(dataset)
        for variable in frame:
            for row in range(len(frame)):
                found = explainer.cell(dataset, variable, row)
                for step in found.steps:
                    assert step.again is not None, found.text()
                    assert step.again(step) == (step.gave, step.value), found.text()
                last = found.steps[-1].value if found.steps else None
                assert (last or "") == found.value, found.text()


def test_arms_by_rule(told: Callable[..., Any]) -> None:
    step = told("DM", "ARMNRS", USUBJID="X1-2").steps[-1]  # no dose
    assert (step.rule, step.value) == ("assign_arms", "ASSIGNED, NOT TREATED")
    assert [(read.name, read.value) for read in step.reads] == [("ARMCD", "A"), ("RFXSTDTC", None)]
    assert told("DM", "ACTARM", USUBJID="X1-1").value == "Drug A"


def test_a_visit_by_its_window(told: Callable[..., Any]) -> None:
    step = told("LB", "VISIT", LBDTC="2024-03-08").steps[-1]  # study day 8
    assert (step.rule, step.value) == ("visit_window", "DAY 8")
    assert [(read.name, read.value) for read in step.reads] == [
        ("USUBJID", "X1-1"),
        ("LBDTC", "2024-03-08"),
        ("DM.RFSTDTC", "2024-03-01"),
    ]


def test_ranges_and_their_indicator(told: Callable[..., Any]) -> None:
    assert told("LB", "LBNRIND", LBDTC="2024-03-08").value == "HIGH"  # 7 is above 6.1
    limit = told("LB", "LBORNRLO", LBDTC="2024-03-01").steps
    assert (limit[0].rule, limit[0].value) == ("assign_no_ct", ">3.9")
    assert (limit[-1].rule, limit[-1].value) == ("standard_results", "3.9")


def test_a_standard_unit_of_a_specimen(told: Callable[..., Any]) -> None:
    """Urine: 2 x 18.02 = 36.04 -> 36 mg/dL by the second conversion; serum stands in its standard unit."""
    step = told("LB", "LBSTRESC", LBDTC="2024-03-02").steps[-1]
    assert (step.value, "study.yaml, line 22" in step.where) == ("36", True)
    assert ("LBSPEC", "URINE") in [(read.name, read.value) for read in step.reads]
    assert "study.yaml, line 18" in told("LB", "LBSTRESU", LBDTC="2024-03-08").steps[-1].where
    assert told("LB", "LBSTNRHI", LBDTC="2024-03-02").value == "14"  # 0.8 x 18.02 = 14.416


def test_a_copy_in_other_units(told: Callable[..., Any]) -> None:
    found = told("LC", "LCSTRESC", LCDTC="2024-03-01")
    assert (found.value, found.steps[-1].rule) == ("90", "copy_of")  # 5.0 x 18.02 = 90.1
    assert (found.raw_file, found.raw_row) == ("lb.csv", 2)
    assert "sdtm/lc.yaml, line 4" in found.steps[-1].where


def test_related_records(told: Callable[..., Any]) -> None:
    step = told("RELREC", "IDVARVAL", RDOMAIN="CM", RELID="AECM1").steps[-1]
    assert step.value == "1"  # Aspirin comes first among treatments
    assert [(r.label, r.reads[-1].value) for r in step.records["CM"]] == [("CM 1", "1"), ("CM 2", "2")]
    assert "study.yaml, line 24" in step.where
