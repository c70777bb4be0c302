"""Code-books beside the extracts: labels and decodes of columns. All data are synthetic."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sdtm.drafting.code_books import choices_of, with_code_books
from sdtm.drafting.draft import draft_study
from sdtm.drafting.material import Material

Read = Callable[..., Material]
AE = "record_id,ae_term,ae_severity,ae_related\n001,Rash,1,2\n001,Cough,3,1\n002,Rash,2,2\n"


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("1, Mild | 2, Moderate", {"1": "Mild", "2": "Moderate"}),  # REDCap
        ("1=Mild; 2=Moderate, or worse", {"1": "Mild", "2": "Moderate, or worse"}),
        ("Y = Yes, N = No", {"Y": "Yes", "N": "No"}),
        ("0, <b>None</b> | 1, Some", {"0": "None", "1": "Some"}),
        ("a remark, nothing else", {}),
        ("1, one | 1, two", {}),  # one code with two meanings
        ("", {}),
    ],
)
def test_choices_in_one_text(text: str, choices: dict[str, str]) -> None:
    assert choices_of(text) == choices


def test_a_dictionary_with_choices_in_one_text(material: Read) -> None:
    dictionary = (
        "Variable / Field Name,Form Name,Field Label,Choices\n"
        "record_id,ae,Record ID,\nae_term,ae,Adverse event,\n"
        'ae_severity,ae,Severity,"1, Mild | 2, Moderate | 3, Severe"\n'
        'ae_related,ae,Related?,"1, No | 2, Yes"\n'
    )
    tables, books = with_code_books(material(ae=AE, dictionary=dictionary).tables)
    assert books == ("dictionary",)
    severity = tables["ae"].columns["ae_severity"]
    assert severity.label == "Severity"
    assert severity.decodes == {"1": "Mild", "2": "Moderate", "3": "Severe"}


def test_a_row_for_each_code_and_a_name_that_two_files_use_otherwise(material: Read) -> None:
    book = (
        "Dataset,Variable,Label,Code,Decode\n"
        "ae,ae_severity,Severity,1,Mild\nae,ae_severity,Severity,2,Moderate\nae,ae_severity,Severity,3,Severe\n"
        "ae,grade,Grade of the event,1,Low\nlb,grade,Grade of the result,1,Poor\n"
        "qs,other,Other,1,A\nxx,other,Other,1,B\n"
    )
    found = material(
        ae=AE.replace("ae_related", "grade").replace(",2\n", ",1\n"), lb="grade,other\n1,1\n", book=book
    )
    tables, _ = with_code_books(found.tables)
    assert tables["ae"].columns["ae_severity"].decodes["2"] == "Moderate"
    assert tables["ae"].columns["grade"].decodes == {"1": "Low"}
    assert tables["lb"].columns["grade"].decodes == {"1": "Poor"}
    assert (
        not tables["lb"].columns["other"].decodes
    )  # no entry is of this file, and the two contradict each other


def test_a_code_without_a_meaning_leaves_the_column_as_it_is(material: Read) -> None:
    book = "Variable,Code,Decode\nae_severity,1,Mild\nae_severity,2,Moderate\nae_term,,\nrecord_id,,\n"
    tables, books = with_code_books(material(ae=AE, book=book).tables)
    assert books == ("book",) and not tables["ae"].columns["ae_severity"].decodes


def test_other_tables_are_no_code_books(material: Read) -> None:
    other = "NAME,CODE,LABEL\nRash,1,one\nCough,2,two\nPain,3,three\n"
    assert with_code_books(material(ae=AE, other=other).tables)[1] == ()


def test_a_redcap_project_is_drafted_by_its_dictionary(tmp_path: Path) -> None:
    files = {
        "demographics": "record_id,redcap_event_name,redcap_data_access_group,sex,dob\n"
        "001,screening_arm_1,a,1,1960-05-01\n002,screening_arm_1,b,2,1971-12-30\n003,screening_arm_1,b,1,1980-01-02\n",
        "adverse_events": "record_id,redcap_event_name,ae_term,ae_start,ae_severity,ae_related\n"
        "001,adverse_events_arm_1,Rash,2024-03-01,1,2\n001,adverse_events_arm_1,Cough,2024-03,3,1\n"
        "002,adverse_events_arm_1,Rash,2024-04-02,2,2\n",
        "vitals": "record_id,redcap_event_name,vs_date,sbp,dbp,weight\n001,screening_arm_1,2024-02-01,120,80,70\n"
        "001,week_4_arm_1,2024-03-01,121,81,71\n002,screening_arm_1,2024-02-03,130,85,80\n",
        "dictionary": "Variable / Field Name,Form Name,Field Label,Choices\nrecord_id,demographics,Record ID,\n"
        'sex,demographics,Sex,"1, Male | 2, Female"\ndob,demographics,Date of birth,\n'
        "ae_term,adverse_events,Adverse event,\n"
        'ae_severity,adverse_events,Severity,"1, Mild | 2, Moderate | 3, Severe"\n'
        'ae_related,adverse_events,Relationship to study drug,"1, Not related | 2, Related"\n'
        "sbp,vitals,Systolic blood pressure (mmHg),\nweight,vitals,Weight (kg),\n",
    }
    for name, content in files.items():
        (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
    study = draft_study(tmp_path)
    ae = study.sdtm["AE"].sources[0].map
    assert ae["AESEV"]["terms"] == {"1": "MILD", "2": "MODERATE", "3": "SEVERE"}
    assert "by what the code-book says" in ae["AESEV"]["evidence"]
    # No codelist, and in capitals as SDTMIG 3.4, 4.2.4 recommends.
    assert ae["AEREL"]["terms"] == {"1": "NOT RELATED", "2": "RELATED"}
    assert ae["AESTDTC"]["date"] == "ae_start"
    assert study.sdtm["DM"].sources[0].map["SEX"]["terms"] == {"1": "M", "2": "F"}
    vs = study.sdtm["VS"].sources[0].findings
    assert {"SYSBP", "DIABP", "WEIGHT"} <= set(vs) and vs["WEIGHT"].unit["value"] == "kg"
    assert study.raw.datasets["dictionary"].lookup
    # The first column of a REDCap export is its record, whatever the project calls it.
    assert study.subject["SUBJID"]["column"] == "record_id"
    assert [(v.VISIT, v.raw) for v in study.visits] == [
        ("SCREENING", ("screening_arm_1",)), ("WEEK 4", ("week_4_arm_1",)),
    ]  # fmt: skip
    assert study.no_visit == ("adverse_events_arm_1",)
