"""Extracts in the ways of several systems, drafted from a few rows. All data are synthetic."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from sdtm.drafting.draft import draft_study
from sdtm.lint_study import lint_study
from specs.model import Study


def drafted_from(folder: Path, **files: str) -> Study:
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    study = draft_study(folder, str(folder))
    assert not [problem for problem in lint_study(study) if problem.severity == "error"]
    return study


def test_rave_names_its_keys_beside_what_people_write(tmp_path: Path) -> None:
    head = "projectid,project,studyid,subjectId,StudySiteId,Subject,siteid,Site,SiteNumber,InstanceName"
    rows = {n: f"881,ZQ-001,33,{50 + n},7{n},101-00{n},300,Hospital A,101" for n in (1, 2, 3)}
    study = drafted_from(
        tmp_path,
        DM=f"{head},SEX,SEX_STD\n" + "".join(f"{row},Screening,Male,M\n" for row in rows.values()),
        VS=f"{head},SYSBP,SYSBP_UN,DIABP,DIABP_UN\n"
        + "".join(f"{row},{v},120,mmHg,80,mmHg\n" for row in rows.values() for v in ("Screening", "Week 2")),
        AE=f"{head},AETERM,AEOUT,AEOUT_STD\n"
        + "".join(f"{row},Log,Pain,FATAL,FATAL\n" for row in rows.values()),
    )
    assert study.study == "ZQ-001"
    assert study.subject["SUBJID"]["column"] == "Subject"
    assert study.subject["SITEID"]["column"] == "SiteNumber"
    assert "study" in {question.id for question in study.questions}
    assert study.sdtm["VS"].sources[0].findings["SYSBP"].unit["column"] == "SYSBP_UN"
    # Both columns hold the same texts; either is right.
    assert study.sdtm["AE"].sources[0].map["AEOUT"]["column"] == "AEOUT"


def test_headers_in_words_with_units_and_days_of_one_digit(tmp_path: Path) -> None:
    study = drafted_from(
        tmp_path,
        demography="Study,Participant Id,Date of birth,Sex,Race\n"
        "K7,P1,1.5.1960,male,white\nK7,P2,23.11.1971,female,asian\n",
        form_2="Study,Participant Id,Adverse event,Start date of adverse event,Outcome of adverse event\n"
        "K7,P1,rash,3.2.2024,fatal\nK7,P2,pain,13.2.2024,unknown\n",
        vital_signs="Study,Participant Id,Visit,Date of assessment,Body temperature [C],Heart rate (beats/min)\n"
        "K7,P1,Screening,1.2.2024,36.5,60\nK7,P1,Week 2,15.2.2024,36.6,61\nK7,P2,Screening,3.2.2024,37,62\n",
        lab_results="Study,Participant Id,Visit,Parameter,Value,Unit,Lower limit,Upper limit\n"
        "K7,P1,Screening,Haemoglobin,140,g/L,120,160\nK7,P1,Screening,ALAT,20,U/L,7,56\nK7,P2,Screening,ALAT,22,U/L,7,56\n",
    )
    assert set(study.sdtm) == {"AE", "DM", "LB", "VS"}
    dm, ae = (study.sdtm[domain].sources[0].map for domain in ("DM", "AE"))
    assert dm["BRTHDTC"]["format"] == "d.M.yyyy"
    assert dm["SEX"]["terms"] == {"male": "M", "female": "F"}
    assert ae["AETERM"]["column"] == "Adverse event"
    tests = study.sdtm["VS"].sources[0].findings
    assert {code: test.unit["value"] for code, test in tests.items()} == {"TEMP": "C", "HR": "beats/min"}
    lb = study.sdtm["LB"].sources[0].map
    assert lb["LBTESTCD"]["terms"] == {"Haemoglobin": "HGB", "ALAT": "ALT"}
    assert {v: lb[v]["column"] for v in ("LBORRES", "LBORRESU", "LBORNRLO", "LBORNRHI")} == {
        "LBORRES": "Value", "LBORRESU": "Unit", "LBORNRLO": "Lower limit", "LBORNRHI": "Upper limit",
    }  # fmt: skip


def test_items_with_points_and_a_wide_laboratory_with_ranges(tmp_path: Path) -> None:
    study = drafted_from(
        tmp_path,
        demo="SUBJECT_NAME,DM.SEX,DM.AGE,DM.BRTHYR\n01-1,M,60,1963\n01-2,F,50,1973\n",
        ae="SUBJECT_NAME,ae.verbatim,ae.onset,ae.onset_time,ae.resolved,ae.serious\n"
        "01-1,Rash,2024-03-01,10:30,2024-03-02,Y\n01-2,Pain,2024-03,,2024-03-09,N\n",
        labs="SUBJECT_NAME,visit,lbdate,hgb,hgb_unit,hgb_low,hgb_high,alt,alt_unit,alt_low,alt_high\n"
        "01-1,Screening,2024-01-02,140,g/L,120,160,20,U/L,7,56\n01-1,Week 2,2024-01-16,141,g/L,120,160,21,U/L,7,56\n",
    )
    dm, ae = (study.sdtm[domain].sources[0].map for domain in ("DM", "AE"))
    # DM.AGE alone would mean the variable.
    assert (dm["AGE"]["column"], dm["BRTHDTC"]["date"]) == ("raw.DM.AGE", "raw.DM.BRTHYR")
    assert dm["BRTHDTC"]["format"] == "yyyy"
    assert ae["AETERM"]["column"] == "ae.verbatim"
    assert (ae["AESTDTC"]["date"], ae["AESTDTC"]["time"]) == ("ae.onset", "ae.onset_time")
    assert ae["AEENDTC"]["date"] == "ae.resolved"
    hgb = study.sdtm["LB"].sources[0].findings["HGB"]
    assert hgb.unit["column"] == "hgb_unit"
    assert {name: rule["column"] for name, rule in hgb.map.items()} == {
        "LBORNRLO": "hgb_low", "LBORNRHI": "hgb_high",
    }  # fmt: skip


def test_names_that_say_nothing_with_labels_and_a_title(tmp_path: Path) -> None:
    frame = pd.DataFrame({"PT": ["1", "2"], "A1": ["Rash", "Pain"], "A2": ["01 MAR 2024", "13 MAR 2024"]})
    labels = ["Subject Identifier", "Adverse Event Term", "Start Date of Adverse Event"]
    pyreadstat.write_xport(
        frame, tmp_path / "f1.xpt", file_label="Adverse Events", column_labels=labels, file_format_version=5
    )
    study = drafted_from(tmp_path, f2="PT,SEX,RACE\n1,M,WHITE\n2,F,ASIAN\n")
    ae = study.sdtm["AE"].sources[0]
    assert "'Adverse Events' is a title of AE" in ae.evidence
    assert (ae.map["AETERM"]["column"], ae.map["AESTDTC"]["date"]) == ("A1", "A2")


@pytest.mark.parametrize("site", ["003", "X"])
def test_a_subject_that_begins_with_the_study_has_a_site(tmp_path: Path, site: str) -> None:
    study = drafted_from(
        tmp_path,
        Demog=f"Study_ID,Subject_ID,Site_ID,Gender\nQX9,QX9-003-001,{site},Male\nQX9,QX9-003-002,{site},Female\n",
        Ae="Study_ID,Subject_ID,AE_DESC,AE_START\nQX9,QX9-003-001,Rash,2024-03-01\nQX9,QX9-003-002,Pain,2024-03-02\n",
    )
    assert study.subject["USUBJID"]["column"] == "Subject_ID"
    dataset = study.raw.datasets["demog"]
    assert dataset.subject["SITEID"]["column"] == "Site_ID"
