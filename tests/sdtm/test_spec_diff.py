"""An organisation's library, a study that extends it, and what the study says otherwise. Invented data."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from specs import load_study

LIBRARY = {
    "study.yaml": """\
        raw: {missing: ["", "."]}
        subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
        codelists:
          SEV: {codelist: AESEV, terms: {"1": MILD, "2": MODERATE, "3": SEVERE}}
          NY: {codelist: NY, terms: {"1": Y, "0": N}}
        units:
          - {test: WEIGHT, unit: LB, to: kg, factor: 0.45359237, digits: 1}
        standard_units: {WEIGHT: kg, TEMP: C}
        visits:
          - {VISITNUM: 1, VISIT: SCREENING, raw: [SCR]}
          - {VISITNUM: 2, VISIT: DAY 1, raw: [D1]}
        """,
    "sdtm/dm.yaml": """\
        domain: DM
        sources:
          - from: dm
            map: {SEX: SEX}
        """,
    "sdtm/ae.yaml": """\
        domain: AE
        label: Adverse Events
        sources:
          - from: ae
            map: {AETERM: TERM, AESEV: SEV, AESER: SER}
        """,
    "sdtm/vs.yaml": """\
        domain: VS
        sources:
          - from: vs
            visit: FOLDER
            map: {VSDTC: {date: D, format: yyyy-MM-dd}}
            findings: {WEIGHT: {result: WT, unit: {column: WTU, codelist: none}}}
        """,
}
STUDY = """\
    study: X1
    extends: ../library
    domains: [DM, VS]
    raw:
      datasets:
        dm: {file: dm.csv, key: [PT]}
        ae: {file: ae.csv, key: [PT, TERM]}
        vs: {file: vs.csv, key: [PT, D]}
    codelists:
      SEV: {terms: {"3": MODERATE, "4": SEVERE}}
    standard_units: {WEIGHT: LB, TEMP: null}
    visits:
      - {VISITNUM: 1, VISIT: SCREENING, raw: [SCR]}
      - {VISITNUM: 2, VISIT: CYCLE 1 DAY 1, raw: [D1]}
    units: # in the words of the library: no difference
      - {test: WEIGHT, unit: LB, to: kg, factor: 0.45359237, digits: 1}
    """
OWN_AE = """\
    domain: AE
    label: Adverse Events of this Study
    """
RAW = {
    "dm.csv": "PT,SEX\n1,F\n",
    "ae.csv": "PT,TERM,SEV,SER\n1,Headache,3,0\n",
    "vs.csv": "PT,FOLDER,D,WT,WTU\n1,D1,2024-01-02,150,LB\n",
}


@pytest.fixture
def study(build_study: Callable[..., Path]) -> Path:
    folder = build_study(STUDY, {"ae": OWN_AE}, RAW)
    for name, text in LIBRARY.items():
        path = folder.parent / "library" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    return folder


def test_a_study_takes_domains_codelists_units_and_visits_from_its_library(
    study: Path, sdtm: Callable[..., Any], tmp_path: Path
) -> None:
    from sdtm.pipeline import convert

    made = convert(load_study(study)).datasets
    assert set(made) == {"AE", "DM", "VS"}
    assert made["AE"].label == "Adverse Events of this Study"
    assert made["AE"].frame[["AETERM", "AESEV", "AESER"]].astype(str).to_numpy().tolist() == [
        ["Headache", "MODERATE", "N"]  # "3" as the study says, "0" as the library does
    ]
    signs = made["VS"].frame[["VSORRES", "VSSTRESC", "VSSTRESU", "VISIT"]].astype(str).to_numpy().tolist()
    assert signs == [["150", "150", "LB", "CYCLE 1 DAY 1"]]


def test_the_diff_names_each_override_with_both_places(study: Path, sdtm: Callable[..., Any]) -> None:
    done = sdtm("spec", "diff", study)
    assert (done.code, done.err) == (0, "")
    assert done.out == dedent(
        """\
        X1 extends ../library: 4 replaced, 1 taken away

        codelists.SEV.terms.3
          - SEVERE
          + MODERATE
          was         ../library/study.yaml:4
          now         study.yaml:10

        sdtm.AE.label
          - Adverse Events
          + Adverse Events of this Study
          was         ../library/sdtm/ae.yaml:2
          now         sdtm/ae.yaml:2

        standard_units.TEMP
          - C
          was         ../library/study.yaml:8
          taken away  study.yaml:11

        standard_units.WEIGHT
          - kg
          + LB
          was         ../library/study.yaml:8
          now         study.yaml:11

        visits
          - {VISITNUM: 2, VISIT: DAY 1, raw: [D1]}
          + {VISITNUM: 2, VISIT: CYCLE 1 DAY 1, raw: [D1]}
          was         ../library/study.yaml:9
          now         study.yaml:12
        """
    )


def test_the_diff_as_json(study: Path, sdtm: Callable[..., Any]) -> None:
    told = json.loads(sdtm("spec", "diff", study, "--json").out)
    assert told["libraries"] == ["../library"]
    found = {item["key"]: item for item in told["overrides"]}
    assert found["standard_units.WEIGHT"] == {
        "key": "standard_units.WEIGHT",
        "path": ["standard_units", "WEIGHT"],
        "library": {"value": "kg", "file": "../library/study.yaml", "line": 8},
        "study": {"value": "LB", "file": "study.yaml", "line": 11},
    }
    assert found["standard_units.TEMP"]["study"]["value"] is None


def test_a_study_without_a_library_says_so(
    build_study: Callable[..., Path], sdtm: Callable[..., Any]
) -> None:
    done = sdtm("spec", "diff", build_study("study: X1\n", {}, {}))
    assert (done.code, done.out) == (0, "X1 extends no library\n")
