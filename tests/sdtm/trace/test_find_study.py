"""Which spec made an output folder: found by its hash, as YAML or as a workbook. Invented data."""

from __future__ import annotations

import shutil
import zipfile

import openpyxl
import pytest

from sdtm.trace.find_study import find_study, parse_key
from specs import spec_hash
from specs.problems import ProblemsFound

STUDY = """\
study: FIND
raw: {datasets: {ae: {file: ae.csv}}}
subject: {SUBJID: SUBJ, USUBJID: "{STUDYID}-{SUBJID}"}
"""
AE = "domain: AE\nsources: [{from: ae, map: {AETERM: TERM, AEDECOD: TERM}}]\n"
RAW = "SUBJ,TERM\n001,Rash\n"


@pytest.fixture(scope="module")
def template(tmp_path_factory, sdtm):
    """A folder with study.xlsx, raw/ and out/, but without YAML."""
    folder = tmp_path_factory.mktemp("made")
    yaml, place = folder / "yaml", folder / "place"
    for path, text in (("study.yaml", STUDY), ("sdtm/ae.yaml", AE)):
        (yaml / path).parent.mkdir(parents=True, exist_ok=True)
        (yaml / path).write_text(text, encoding="utf-8")
    (place / "raw").mkdir(parents=True)
    (place / "raw" / "ae.csv").write_text(RAW, encoding="utf-8")
    assert sdtm("spec", "export", yaml, place / "study.xlsx").code == 0
    outcome = sdtm("run", place / "study.xlsx", "--out", place / "out")
    assert outcome.code < 2, outcome
    return place


@pytest.fixture
def made(template, tmp_path, monkeypatch):
    """A copy of it; the working folder is elsewhere."""
    monkeypatch.chdir(tmp_path)
    return shutil.copytree(template, tmp_path / "place")


def test_a_spec_that_is_only_a_workbook_is_found_beside_the_output(made):
    found = find_study(made / "out")
    assert found.study == "FIND" and found.folder == made


def test_explain_finds_it_too(made, sdtm):
    outcome = sdtm("explain", made / "out", "AE", "AETERM", "--key", "USUBJID=FIND-001 AESEQ=1")
    assert outcome.code == 0 and "ae.csv" in outcome.out and "Rash" in outcome.out


def test_a_workbook_one_folder_further_up_or_in_the_working_folder_is_found(made, monkeypatch, tmp_path):
    (made / "deep").mkdir()
    (made / "out").rename(made / "deep" / "out")
    assert find_study(made / "deep" / "out").study == "FIND"
    shutil.move(str(made / "deep" / "out"), tmp_path.parent / f"{tmp_path.name}-out")
    monkeypatch.chdir(made)
    assert find_study(tmp_path.parent / f"{tmp_path.name}-out").study == "FIND"


def test_other_workbooks_stand_in_nobody_s_way(made):
    """A damaged one, one of data, one that Excel has open, and another spec; each comes first by its name."""
    (made / "a.xlsx").write_bytes(b"PK\x03\x04 damaged")
    (made / "~$study.xlsx").write_bytes(b"x")
    book = openpyxl.Workbook()
    book.active.title = "Results"
    book.save(made / "b.xlsx")
    book.active.title = "Settings"
    book.save(made / "c.xlsx")
    with zipfile.ZipFile(made / "d.xlsx", "w") as empty:
        empty.writestr("nothing", "")
    assert find_study(made / "out").study == "FIND"


def test_yaml_goes_before_a_workbook_of_the_same_content(made, sdtm):
    assert sdtm("spec", "import", made / "study.xlsx", made / "yaml").code == 0
    shutil.copytree(made / "raw", made / "yaml" / "raw")
    found = find_study(made / "out")
    assert found.folder == made / "yaml" and spec_hash(found) == spec_hash(find_study(made / "out"))


def test_a_copy_without_the_raw_files_stands_back(made, sdtm, tmp_path, monkeypatch):
    """A workbook in the working folder, and the spec with its raw files in a folder below it."""
    sdtm("spec", "export", made / "study.xlsx", tmp_path / "aaa.xlsx")
    shutil.move(str(made / "out"), tmp_path / "out")
    assert find_study(tmp_path / "out").folder == made
    shutil.rmtree(made)
    assert (
        find_study(tmp_path / "out").folder == tmp_path
    )  # better than none: the raw folder is told as missing


def test_a_changed_workbook_is_not_the_spec(made):
    book = openpyxl.load_workbook(made / "study.xlsx")
    sheet = book["Settings"]
    row = next(cells[0].row for cells in sheet.iter_rows() if cells[0].value == "title")
    sheet.cell(row, 2).value = "another title"
    book.save(made / "study.xlsx")
    with pytest.raises(ProblemsFound, match="spec-not-found"):
        find_study(made / "out")


def test_a_key_is_names_and_values():
    assert parse_key("USUBJID=LXI 001 AESEQ=3") == {"USUBJID": "LXI 001", "AESEQ": "3"}


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("USUBJID=S1 VISIT='CYCLE 1 DAY 1'", {"USUBJID": "S1", "VISIT": "CYCLE 1 DAY 1"}),
        ('VISIT="A B" USUBJID=S1', {"VISIT": "A B", "USUBJID": "S1"}),
        ("AETERM='X=1 Y=2' AESEQ=3", {"AETERM": "X=1 Y=2", "AESEQ": "3"}),
        ("AETERM=Crohn's disease AESEQ=3", {"AETERM": "Crohn's disease", "AESEQ": "3"}),
        ("SUBJID=001\nSITEID=01", {"SUBJID": "001", "SITEID": "01"}),
        ("AEENDTC= AESEQ=3", {"AEENDTC": "", "AESEQ": "3"}),
        ("usubjid=S1 aeseq=3", {"USUBJID": "S1", "AESEQ": "3"}),
        ("AETERM=dose d=5", {"AETERM": "dose d=5"}),  # names in capitals go first
    ],
)
def test_values_may_stand_in_quotes_and_names_in_small_letters(text, pairs):
    assert parse_key(text) == pairs


@pytest.mark.parametrize("text", ["", "AESEQ", "AESEQ 3", "x AESEQ=3", "AESEQ=3 AESEQ=4"])
def test_what_is_no_key_is_refused(text):
    with pytest.raises(ProblemsFound, match="bad-key"):
        parse_key(text)
