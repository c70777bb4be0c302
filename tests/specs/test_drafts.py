"""Drafts: where a status may stand, what counts them, and that they do not run by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from specs import load_study
from specs.drafts import drafts, drafts_by_file, marked, refuse_drafts
from specs.lint import lint
from specs.model import Study
from specs.problems import ProblemsFound
from specs.workbook import export_workbook, read_workbook
from specs.yaml_write import write_study

# A status on everything that can have one; `status: ND` of a test makes --STAT and is none.
STUDY = {
    "study": "D1",
    "raw": {"datasets": {"vs": {"file": "vs.csv", "key": ["S"], "status": "draft", "evidence": "different"}}},
    "subject": {"USUBJID": {"template": "{STUDYID}-{S}", "status": "draft", "evidence": "as it stands"}},
    "visits": [{"VISITNUM": "1", "VISIT": "SCREENING", "status": "draft", "evidence": "3 rows"}],
    "unscheduled": {"raw": "Unscheduled", "status": "draft"},
    "sdtm": {
        "VS": {
            "domain": "VS",
            "sources": [
                {
                    "from": "vs",
                    "status": "draft",
                    "evidence": "the name of the file has VS in it",
                    "map": {
                        "VSDTC": [
                            {"date": "D", "format": "yyyy-MM-dd", "status": "draft", "evidence": "name; dates"},
                            {"date": "E", "format": "yyyy-MM-dd"},
                        ]
                    },
                    "findings": {
                        "TEMP": {
                            "result": {"column": "TEMP", "status": "draft", "evidence": "the name is the test code"},
                            "unit": {"column": "U", "status": "draft", "evidence": "beside it"},
                            "status": "ND",
                        }
                    },
                    "not_done": {"where": "P = 'N'", "status": "draft"},
                }
            ],
        },
        "DM": {
            "domain": "DM",
            "reference_dates": {"RFSTDTC": {"earliest": ["VS.VSDTC"], "status": "draft", "evidence": "usual"}},
        },
    },
    "questions": [
        {"id": "vs-u", "ask": "Which unit?", "columns": ["vs.U"], "candidates": {"C": "6 rows", "F": "2 rows"}}
    ],
}  # fmt: skip


@pytest.fixture
def study() -> Study:
    return Study.model_validate(STUDY)


def test_every_place_that_can_be_a_draft_is_counted(study: Study) -> None:
    assert [part.path for part in drafts(study)] == [
        ("raw", "datasets", "vs"),
        ("visits", 0),
        ("unscheduled",),
        ("sdtm", "VS", "sources", 0),
        ("sdtm", "VS", "sources", 0, "not_done"),
        ("sdtm", "DM", "reference_dates", "RFSTDTC"),
        ("subject", "USUBJID"),
        ("sdtm", "VS", "sources", 0, "map", "VSDTC"),
        ("sdtm", "VS", "sources", 0, "findings", "TEMP", "result"),
        ("sdtm", "VS", "sources", 0, "findings", "TEMP", "unit"),
    ]


def test_a_draft_is_refused_with_its_file_and_count(study: Study, tmp_path: Path) -> None:
    write_study(study, tmp_path)
    loaded = load_study(tmp_path)
    assert {name: len(parts) for name, parts in drafts_by_file(loaded).items()} == {
        "study.yaml": 4,
        "sdtm/vs.yaml": 5,
        "sdtm/dm.yaml": 1,
    }
    with pytest.raises(ProblemsFound) as caught:
        refuse_drafts(loaded)
    [problem] = caught.value.problems
    assert problem.id == "drafts"
    assert (
        problem.found.startswith("10 drafts that nobody has reviewed")
        and "5 in sdtm/vs.yaml" in problem.found
    )
    assert "--drafts" in problem.do


def test_a_reviewed_study_is_not_refused() -> None:
    refuse_drafts(Study.model_validate({"study": "D1"}))
    refuse_drafts(load_study("lxi15029"))


def test_lint_tells_drafts_and_questions_without_an_error_of_them(study: Study) -> None:
    told = [problem for problem in lint(study) if problem.id in ("drafts", "open-question", "bad-value")]
    assert {problem.id for problem in told} == {"drafts", "open-question"}
    assert {problem.severity for problem in told} == {"warning"}
    [question] = [problem for problem in told if problem.id == "open-question"]
    assert "vs-u: Which unit? (vs.U)" in question.found and "C: 6 rows; F: 2 rows" in question.expected


@pytest.mark.parametrize("status", ["reviewed", "Draft", ""])
def test_another_status_is_refused_so_that_none_counts_as_reviewed_by_mistake(status: str) -> None:
    rule = {"column": "S", "status": status}
    study = Study.model_validate({"study": "D1", "subject": {"USUBJID": rule}})
    assert [problem.id for problem in lint(study) if problem.id == "bad-value"] == ["bad-value"]
    assert len(marked(study)) == 1 and not drafts(study)


def test_two_questions_of_one_id(study: Study) -> None:
    twice = study.model_copy(update={"questions": study.questions * 2})
    assert [problem.id for problem in lint(twice) if problem.id == "duplicate-question"] == [
        "duplicate-question"
    ]


def test_status_and_evidence_go_through_yaml_and_workbook(study: Study, tmp_path: Path) -> None:
    write_study(study, tmp_path / "yaml")
    assert load_study(tmp_path / "yaml") == study
    export_workbook(study, tmp_path / "book.xlsx")
    back = read_workbook(tmp_path / "book.xlsx")
    assert [part.path for part in drafts(back)] == [part.path for part in drafts(study)]
    assert back.questions == study.questions
    assert back.sdtm["VS"].sources == study.sdtm["VS"].sources


def test_the_mappings_sheet_has_columns_for_them(study: Study, tmp_path: Path) -> None:
    import openpyxl

    export_workbook(study, tmp_path / "book.xlsx")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    for sheet in ("Mappings", "Raw", "Sources", "Visits"):
        heads = [str(cell.value).casefold() for cell in next(book[sheet].iter_rows(max_row=1))]
        assert {"status", "evidence"} <= set(heads), sheet
    assert "Questions" in book.sheetnames
