"""A whole drafted study: sources, questions, `sdtm init --raw`, lint, runs with --drafts. All data are synthetic."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sdtm.drafting.draft import draft_study
from sdtm.drafting.summary import summary_text
from sdtm.drafting.write import write_draft
from sdtm.lint_study import lint_study
from sdtm.pipeline import convert
from specs import load_study
from specs.drafts import drafts
from specs.problems import ProblemsFound

# Other conventions than those of the public and the bundled studies: names in words, one ambiguous file.
FILES = {
    "Demographics.csv": """\
subject_id,site,birth_date,gender,race,consent_date,age,country
A01-01,A01,1961-05-02,Female,Asian,13.03.2024,62,USA
A01-02,A01,1950-11-30,Male,White,02.03.2024,73,USA
B02-01,B02,1971-01-15,Female,White,28.02.2024,53,USA
""",
    "adverse_events.csv": """\
subject_id,site,any_ae,event_name,onset_date,severity,serious,action_taken,outcome
A01-01,A01,Yes,Headache,05/04/2024,Mild,No,Dose not changed,Recovered/resolved
A01-02,A01,Yes,Nausea,06/04/2024,Moderate,No,Drug withdrawn,Not recovered/not resolved
B02-01,B02,Yes,Rash,07/04/2024,Severe,Yes,Dose not changed,Unclear
""",
    "dosing.csv": """\
subject_id,site,visit,study_drug,dose,dose_unit,start_date,end_date
A01-01,A01,Day 1,ZX-99,10,mg,15-MAR-2024,20-MAY-2024
A01-02,A01,Day 1,ZX-99,10,mg,04-MAR-2024,20-MAR-2024
B02-01,B02,Day 1,ZX-99,20,mg,01-MAR-2024,20-MAY-2024
""",
    "vitals.csv": """\
subject_id,site,visit,visit_date,systolic_bp,diastolic_bp,temperature_c,weight,weight_unit
A01-01,A01,Screening,2024-03-01,120,80,36.5,70.1,kg
A01-01,A01,Day 1,2024-03-15,121,81,36.6,,
A01-02,A01,Screening,2024-03-02,130,85,36.7,81.0,kg
A01-02,A01,Day 1,2024-03-04,128,84,37.0,,
B02-01,B02,Screening,2024-02-28,110,70,36.4,55.5,kg
B02-01,B02,Day 1,2024-03-01,112,72,36.5,,
""",
    "codes.csv": "CODE,MEANING\n1,one\n2,two\n",
    "notes.txt": "not a table\n",
}


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("extracts")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def study(raw: Path):  # type: ignore[no-untyped-def]
    return draft_study(raw, str(raw), "ZX99-001")


def rules(study: Any, domain: str) -> dict[str, Any]:
    return study.sdtm[domain].sources[0].map


def test_every_file_has_its_domain(study: Any) -> None:
    found = {source.from_: name for name, domain in study.sdtm.items() for source in domain.sources}
    assert found == {"demographics": "DM", "adverse_events": "AE", "dosing": "EX", "vitals": "VS"}


def test_mappings_with_their_evidence(study: Any) -> None:
    ae, dm = rules(study, "AE"), rules(study, "DM")
    assert {name: rule["column"] for name, rule in ae.items()} == {
        "AETERM": "event_name",
        "AESEV": "severity",
        "AESER": "serious",
        "AEACN": "action_taken",
        "AEOUT": "outcome",
    }
    assert ae["AESEV"]["terms"] == {"Mild": "MILD", "Moderate": "MODERATE", "Severe": "SEVERE"}
    assert dm["RFICDTC"]["format"] == "dd.MM.yyyy" and dm["SEX"]["terms"] == {"Female": "F", "Male": "M"}
    everything = [*ae.values(), *dm.values(), *study.subject.values()]
    assert all(rule["status"] == "draft" and rule["evidence"] for rule in everything)


def test_tests_of_a_wide_form_with_units(study: Any) -> None:
    found = study.sdtm["VS"].sources[0].findings
    assert set(found) == {"SYSBP", "DIABP", "TEMP", "WEIGHT"}
    assert found["TEMP"].unit["value"] == "C" and found["WEIGHT"].unit["column"] == "weight_unit"


def test_what_is_unsure_is_a_question(study: Any) -> None:
    asked = {question.id: question for question in study.questions}
    assert set(asked["adverse-events-onset-date-format"].candidates) == {"dd/MM/yyyy", "MM/dd/yyyy"}
    assert asked["adverse-events-outcome-terms"].candidates == {"Unclear": "1 rows"}
    assert asked["vitals-units"].columns == ("vitals.systolic_bp", "vitals.diastolic_bp")
    assert "demographics-ageu" in asked and "reference-dates" in asked
    assert "codes.csv" in asked["files-without-subjects"].candidates
    assert len(asked) == len(study.questions)
    text = summary_text(study)
    assert all(question.id in text and question.ask in text for question in study.questions)


def test_drafting_again_gives_the_same(raw: Path, study: Any) -> None:
    assert draft_study(raw, str(raw), "ZX99-001") == study


def test_reference_dates_follow_from_the_exposure(study: Any) -> None:
    dates = study.sdtm["DM"].reference_dates
    assert (dates["RFXSTDTC"].earliest, dates["RFXENDTC"].latest) == (("EX.EXSTDTC",), ("EX.EXENDTC",))
    assert dates["RFXSTDTC"].status == "draft"


def test_init_writes_a_spec_that_lints_and_does_not_run_as_it_is(
    sdtm: Callable[..., Any], raw: Path, tmp_path: Path
) -> None:
    made = sdtm("init", tmp_path / "zx", "--raw", raw, "--study", "ZX99-001")
    assert made.code == 0 and "drafts" in made.out and "adverse-events-onset-date-format" in made.out
    study = load_study(tmp_path / "zx")
    assert study.study == "ZX99-001" and (study.folder / study.raw.folder).resolve() == raw.resolve()
    problems = lint_study(study)
    assert not [problem for problem in problems if problem.severity == "error"]
    told = {problem.id for problem in problems}
    assert {"drafts", "open-question"} <= told

    refused = sdtm("run", tmp_path / "zx", "--out", tmp_path / "out")
    assert refused.code == 2 and "error[drafts]" in refused.err and "--drafts" in refused.err
    assert f"{len(drafts(study))} drafts" in refused.err and "sdtm/ae.yaml" in refused.err
    assert not (tmp_path / "out").exists()
    with pytest.raises(ProblemsFound):
        convert(study)

    ran = sdtm("run", tmp_path / "zx", "--out", tmp_path / "out", "--drafts", "--json")
    assert ran.code in (0, 1) and ran.is_told_plainly
    findings = json.loads((tmp_path / "out" / "reports" / "findings.json").read_text("utf-8"))
    assert '"drafts"' in json.dumps(findings)


def test_a_drafted_spec_converts(study: Any) -> None:
    conversion = convert(study, drafts=True)
    assert {
        name: len(made.frame)
        for name, made in conversion.datasets.items()
        if name in ("DM", "AE", "EX", "VS")
    } == {
        "DM": 3,
        "AE": 3,
        "EX": 3,
        "VS": 6 * 3 + 3,
    }
    dm = conversion.datasets["DM"].frame
    assert list(dm["RFXSTDTC"]) == ["2024-03-15", "2024-03-04", "2024-03-01"]
    assert list(dm["USUBJID"]) == ["ZX99-001-A01-01", "ZX99-001-A01-02", "ZX99-001-B02-01"]


def test_init_leaves_what_is_there_alone(raw: Path, tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text("study: X\n")
    with pytest.raises(ProblemsFound) as caught:
        write_draft(tmp_path, raw)
    assert caught.value.problems[0].id == "study-exists"
    assert not (tmp_path / "sdtm").exists()


def test_nothing_to_draft_from(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound) as caught:
        write_draft(tmp_path / "new", tmp_path / "nowhere")
    assert caught.value.problems[0].id == "missing-folder"
    (tmp_path / "raw").mkdir()
    with pytest.raises(ProblemsFound) as caught:
        write_draft(tmp_path / "new", tmp_path / "raw")
    assert caught.value.problems[0].id == "nothing-to-draft"


def test_files_that_cannot_be_read_are_questions(tmp_path: Path) -> None:
    (tmp_path / "dm.csv").write_text("SUBJID,SEX\n1,F\n2,M\n")
    (tmp_path / "bad.csv").write_bytes(b"SUBJID,X\n1,\xb0\xd7\n")
    found = draft_study(tmp_path, "raw")
    assert [question.id for question in found.questions if question.id == "bad-csv-file"] == ["bad-csv-file"]
    assert set(found.raw.datasets) == {"dm"}


def test_columns_that_only_their_labels_explain(tmp_path: Path) -> None:
    """A transport file with names that say nothing, as some systems export them. Synthetic data."""
    import pandas as pd
    import pyreadstat

    events = {
        "Subject number": ["1001", "1002", "1003"],
        "What is the adverse event term?": ["Headache", "Rash", "Nausea"],
        "Start date": ["2024-03-01", "2024-03-04", "2024-04-02"],
        "What was the severity?": ["Mild", "Moderate", "Severe"],
        "Was the event serious?": ["Y", "N", "N"],
    }
    people = {
        "Subject number": ["1001", "1002", "1003"],
        "Sex": ["M", "F", "F"],
        "Date of birth": ["1961-04-03", "1970-01-02", "1984-12-30"],
        "Age (years)": [63, 54, 39],
    }
    for name, data in (("AES", events), ("DEMOG", people)):
        frame = pd.DataFrame({f"Q{n}": values for n, values in enumerate(data.values())})
        labels = list(data)
        pyreadstat.write_xport(frame, str(tmp_path / f"{name}.xpt"), table_name=name, column_labels=labels)
    found = draft_study(tmp_path, "raw")
    assert {v: r.get("column") or r.get("date") for v, r in rules(found, "AE").items()} == {
        "AETERM": "Q1",
        "AESTDTC": "Q2",
        "AESEV": "Q3",
        "AESER": "Q4",
    }
    dm = rules(found, "DM")
    assert (dm["SEX"]["column"], dm["BRTHDTC"]["date"], dm["AGE"]["column"]) == ("Q1", "Q2", "Q3")
    assert dm["AGEU"]["value"] == "YEARS"


def test_a_spec_is_not_whole_while_it_has_drafts(build_study: Callable[..., Path]) -> None:
    """Missing required variables are errors of a reviewed spec, warnings of a drafted one."""

    def severities(status: str) -> set[str]:
        domain = f"domain: DM\nsources:\n  - from: dm\n    map:\n      AGE: {{column: AGE{status}}}\n"
        yaml = "study: D2\nraw: {datasets: {dm: {file: dm.csv}}}\nsubject: {SUBJID: S, USUBJID: '{STUDYID}-{S}'}\n"
        problems: list[Any] = lint_study(
            load_study(build_study(yaml, {"dm": domain}, {"dm.csv": "S,AGE\n1,50\n"}))
        )
        return {problem.severity for problem in problems if problem.id == "required-not-made"}

    assert severities("") == {"error"}
    assert severities(", status: draft, evidence: name") == {"warning"}


def _odm(items: dict[str, str], lists: dict[str, dict[str, str]], rows: list[dict[str, str]]) -> str:
    """A snapshot with one item group AE: ``items``: OID -> codelist or nothing. All data are synthetic."""
    refs = "".join(f'<ItemRef ItemOID="{oid}"/>' for oid in items)
    definitions = "".join(
        f'<ItemDef OID="{oid}" Name="{oid}" DataType="text">'
        + (f'<CodeListRef CodeListOID="{name}"/>' if name else "")
        + "</ItemDef>"
        for oid, name in items.items()
    )
    codelists = "".join(
        f'<CodeList OID="{name}" Name="{name}" DataType="text">'
        + "".join(
            f'<CodeListItem CodedValue="{code}"><Decode><TranslatedText>{text}</TranslatedText></Decode></CodeListItem>'
            for code, text in terms.items()
        )
        + "</CodeList>"
        for name, terms in lists.items()
    )
    subjects = "".join(
        f'<SubjectData SubjectKey="00{n}"><SiteRef LocationOID="01"/><StudyEventData StudyEventOID="AE">'
        '<FormData FormOID="AE"><ItemGroupData ItemGroupOID="AE">'
        + "".join(f'<ItemData ItemOID="{oid}" Value="{value}"/>' for oid, value in row.items())
        + "</ItemGroupData></FormData></StudyEventData></SubjectData>"
        for n, row in enumerate(rows)
    )
    return (
        '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" ODMVersion="1.3.2" FileType="Snapshot" FileOID="f">'
        f'<Study OID="S"><MetaDataVersion OID="1" Name="1"><ItemGroupDef OID="AE" Name="AE">{refs}</ItemGroupDef>'
        f'{definitions}{codelists}</MetaDataVersion></Study><ClinicalData StudyOID="S" MetaDataVersionOID="1">'
        f"{subjects}</ClinicalData></ODM>"
    )


def test_codes_of_an_odm_file_are_drafted_by_what_they_stand_for(tmp_path: Path) -> None:
    """Expected: MILD, MODERATE, SEVERE are AESEV (C66769) of CT 2025-03-28; the codes 1, 2, 3 are not."""
    rows = [
        {"AETERM": term, "AESEV": str(n), "AESER": "N", "AESTDAT": f"2024-03-0{n}", "WARD": str(n % 2)}
        for n, term in enumerate(("Headache", "Nausea", "Rash"), start=1)
    ]
    lists = {"SEV": {"1": "Mild", "2": "Moderate", "3": "Severe"}, "WARD": {"0": "North", "1": "South"}}
    items = {"AETERM": "", "AESEV": "SEV", "AESER": "", "AESTDAT": "", "WARD": "WARD"}
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "snapshot.xml").write_text(_odm(items, lists, rows), encoding="utf-8")
    study = draft_study(tmp_path / "raw")
    made = rules(study, "AE")["AESEV"]
    assert made["column"] == "AESEV_DECODE" and "AESEV_DECODE goes before AESEV" in made["evidence"]
    assert made["terms"] == {"Mild": "MILD", "Moderate": "MODERATE", "Severe": "SEVERE"}
    asked = {column for question in study.questions for column in question.columns}
    assert "ae.WARD" in asked  # once: its decode is no column of the file
    assert not asked & {"ae.AESEV", "ae.AESEV_DECODE", "ae.WARD_DECODE"}
