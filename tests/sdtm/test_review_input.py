"""Runs into the same folder: what people wrote is read, kept and never overwritten unread. The study is invented."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from sdtm.review_input import ReviewInput, read_review_input, refuse_edited_since
from sdtm.submission.manifest import check_manifest
from specs.problems import Problem, ProblemsFound

STUDY = """\
study: REV
raw:
  datasets:
    dm: {file: dm.csv, key: [SUBJ], subject: {SITEID: SITE}}
    ae: {file: ae.csv, key: [SUBJ, LINE]}
subject: {SUBJID: SUBJ, USUBJID: "{STUDYID}-{SUBJID}"}
"""
DOMAINS = {
    "dm": "domain: DM\nsources:\n  - {from: dm, map: {SEX: SEX, COUNTRY: {value: CHN}}}\n",
    "ae": """\
domain: AE
sources:
  - from: ae
    map:
      AETERM: TERM
      AEDECOD: TERM
      AESEV: {column: SEV, terms: {"1": MILD, "2": MODERATE}}
      AESTDTC: {date: START, format: dd-MMM-yyyy}
    not_submitted: {LINE: of the form}
""",
}
RAW = {
    "dm.csv": "SUBJ,SITE,SEX\n001,10,F\n002,20,M\n",
    "ae.csv": "SUBJ,LINE,TERM,SEV,START\n001,1,Rash,9,12-JAN-2024\n002,1,Fall,8,31-FEB-2024\n"
    "002,2,Cough,1,01-MAR-2024\n",
}
ISSUES = "reports/findings.xlsx"


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, sdtm: Callable[..., Any]) -> Path:
    """The folder of the study, with ``out`` of one run beside it."""
    folder = tmp_path_factory.mktemp("review")
    for name, text in {
        "study.yaml": STUDY,
        **{f"sdtm/{name}.yaml": text for name, text in DOMAINS.items()},
        **{f"raw/{name}": text for name, text in RAW.items()},
    }.items():
        (folder / "study" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "study" / name).write_text(text, encoding="utf-8")
    outcome = sdtm("run", folder / "study", "--out", folder / "out", "-q")
    assert outcome.code == 1, outcome
    return folder


@pytest.fixture
def work(first: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    shutil.copytree(first, tmp_path / "work")
    return tmp_path / "work"


def findings(out: Path) -> Any:
    return json.loads((out / "reports" / "findings.json").read_text(encoding="utf-8"))


def write(path: Path, rule: str, status: str, comment: str) -> None:
    """Somebody writes into the rows of a rule."""
    book = load_workbook(path)
    for row in book["Issues"].iter_rows(min_row=2):
        if row[5].value == rule:
            row[2].value, row[3].value = status, comment
    book.save(path)


def problem(*arguments: Any) -> Problem:
    with pytest.raises(ProblemsFound) as refused:
        read_review_input(*arguments)
    return refused.value.problems[0]


def test_a_run_writes_all_files_and_everything_is_new(first: Path) -> None:
    told = findings(first / "out")
    assert {file.name for file in (first / "out" / "reports").iterdir()} >= {
        "findings.json",
        "findings.xlsx",
        "findings.html",
        "queries.xlsx",
    }
    assert told["study"] == "REV" and {each["since"] for each in told["findings"]} == {"new"}
    assert "review" not in json.loads((first / "out" / "manifest.json").read_text(encoding="utf-8"))
    queries = load_workbook(first / "out" / "reports" / "queries.xlsx")["Queries"]
    asked = {(row[1].value, row[2].value, row[3].value, row[8].value) for row in queries.iter_rows(min_row=2)}
    assert ("10", "REV-001", "Answer not on the list", "9") in asked
    assert ("20", "REV-002", "Date cannot be read", "31-FEB-2024") in asked


def test_comments_are_kept_when_the_folder_is_replaced_and_rows_have_moved(
    work: Path, sdtm: Callable[..., Any]
) -> None:
    """The rows of ae.csv are turned around, a record comes in, one is corrected: numbers and rows all change."""
    before = findings(work / "out")
    write(work / "out" / ISSUES, "unmapped-term", "query sent", "asked Dr. Ngô on 3 January")
    raw = "SUBJ,LINE,TERM,SEV,START\n002,2,Cough,1,01-MAR-2024\n002,1,Fall,8,28-FEB-2024\n001,1,Rash,9,12-JAN-2024\n"
    (work / "study" / "raw" / "ae.csv").write_text(raw + "001,9,Ache,2,01-JAN-2024\n", encoding="utf-8")
    outcome = sdtm("run", work / "study", "--out", work / "out", "-q")
    after = findings(work / "out")
    terms = [each for each in after["findings"] if each["rule"] == "unmapped-term"]
    assert {(each["status"], each["comment"], each["since"]) for each in terms} == {
        ("query sent", "asked Dr. Ngô on 3 January", "open")
    }
    assert {each["id"] for each in terms} == {
        e["id"] for e in before["findings"] if e["rule"] == "unmapped-term"
    }
    assert [each["rule"] for each in after["fixed"]] == ["date-not-read"]
    assert (
        f"since the last run: {after['review']['new']} new" in outcome.out
        and "1 fixed (records)" in outcome.out
    )
    manifest = json.loads((work / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert [file["path"] for file in manifest["review"]] == ["reports/findings.json", ISSUES]
    assert check_manifest(work / "out") == []
    shutil.rmtree(work / "elsewhere", ignore_errors=True)
    named = sdtm("run", work / "study", "--out", work / "elsewhere", "--review", work / "out" / ISSUES, "-q")
    assert "0 new" in named.out
    again = findings(work / "elsewhere")
    assert [each["comment"] for each in again["findings"]] == [each["comment"] for each in after["findings"]]


def test_the_same_earlier_run_gives_the_same_bytes(work: Path, sdtm: Callable[..., Any]) -> None:
    write(work / "out" / ISSUES, "unmapped-term", "explained", "x")
    shutil.copytree(work / "out", work / "twin")
    for name in ("out", "twin"):
        sdtm("run", work / "study", "--out", work / name, "-q")
    names = sorted(path.relative_to(work / "out") for path in (work / "out").rglob("*") if path.is_file())
    assert Path(ISSUES) in names
    assert [
        name for name in names if (work / "out" / name).read_bytes() != (work / "twin" / name).read_bytes()
    ] == []


def test_a_workbook_with_mistakes_stops_the_run_and_stays(work: Path, sdtm: Callable[..., Any]) -> None:
    write(work / "out" / ISSUES, "unmapped-term", "closed", "x")
    content = (work / "out" / ISSUES).read_bytes()
    outcome = sdtm("run", work / "study", "--out", work / "out", "-q")
    assert outcome.code == 2 and outcome.is_told_plainly
    assert "findings.xlsx, sheet Issues, row 2, column Status (C2)" in outcome.err
    assert (work / "out" / ISSUES).read_bytes() == content


def test_an_edited_workbook_is_never_overwritten_unread(work: Path) -> None:
    out = work / "out"
    shutil.copyfile(out / ISSUES, work / "mine.xlsx")
    write(out / ISSUES, "unmapped-term", "explained", "x")
    lost = problem(out, "REV", str(work / "mine.xlsx"))
    assert lost.id == "review-lost" and "--review" in lost.do
    assert problem(out, "ANOTHER").id == "review-lost"  # a run of another study into the same folder
    assert read_review_input(out, "REV", "none") == ReviewInput()
    assert len(read_review_input(out, "REV", str(out / ISSUES)).written) > 2
    (out / "reports" / "queries.xlsx").write_bytes(b"answers")
    assert problem(out, "REV").where.file.endswith("queries.xlsx")


def test_a_workbook_that_is_saved_while_the_run_works_is_not_lost(work: Path) -> None:
    out = work / "out"
    found = read_review_input(out, "REV")
    refuse_edited_since(found, out)
    write(out / ISSUES, "unmapped-term", "explained", "x")
    with pytest.raises(ProblemsFound, match="while the run was working"):
        refuse_edited_since(found, out)


def test_an_unedited_output_is_read_by_its_json_alone(first: Path) -> None:
    found = read_review_input(first / "out", "REV")
    assert [file.path for file in found.files] == ["reports/findings.json"] and not found.written
    assert found.previous is not None and found.previous.issues


def test_the_folder_of_previous_is_read_where_the_output_is_new(first: Path, tmp_path: Path) -> None:
    found = read_review_input(tmp_path / "new", "REV", "", first / "out")
    assert found.previous is not None and len(found.files) == 1
    assert read_review_input(tmp_path / "new", "OTHER", "", first / "out") == ReviewInput()
    assert read_review_input(tmp_path / "new", "REV") == ReviewInput()


@pytest.mark.parametrize("name", ["nothing.xlsx", "."])
def test_a_review_that_is_not_there_is_refused(tmp_path: Path, name: str) -> None:
    assert problem(tmp_path / "out", "REV", str(tmp_path / name)).id == "no-such-review"


def test_a_damaged_json_of_the_output_is_refused(work: Path) -> None:
    (work / "out" / "reports" / "findings.json").write_text("{", encoding="utf-8")
    refused = problem(work / "out", "REV")
    assert refused.id == "review-refused" and "--review none" in refused.do


def test_an_edited_workbook_is_no_changed_output(work: Path) -> None:
    """``sdtm package`` takes a run whose findings people have worked in."""
    write(work / "out" / ISSUES, "unmapped-term", "explained", "x")
    (told,) = check_manifest(work / "out")
    assert (told.rule, told.severity) == ("output-edited", "note")
    (work / "out" / "reports" / "findings.json").write_text("{}", encoding="utf-8")
    assert {each.severity for each in check_manifest(work / "out")} == {"error", "note"}


@pytest.mark.parametrize("name", ["~$findings.xlsx", ".~lock.findings.xlsx#"])
def test_a_workbook_that_is_open_stops_the_run_before_it_works(
    work: Path, sdtm: Callable[..., Any], name: str
) -> None:
    (work / "out" / "reports" / name).write_bytes(b"")
    outcome = sdtm("run", work / "study", "--out", work / "out", "-q")
    assert outcome.code == 2 and "close it there" in outcome.err and name in outcome.err


def test_convert_calls_nothing_fixed_that_it_does_not_check(work: Path, sdtm: Callable[..., Any]) -> None:
    before = findings(work / "out")
    checked = {each["rule"] for each in before["findings"]} - {"unmapped-term", "date-not-read"}
    assert checked  # by the checks on datasets
    sdtm("convert", work / "study", "--out", work / "out", "-q")
    after = findings(work / "out")
    assert after["fixed"] == [] and {each["rule"] for each in after["kept"]} == checked
    sdtm("run", work / "study", "--out", work / "out", "-q")
    assert {each["since"] for each in findings(work / "out")["findings"]} == {"open"}
