"""``sdtm spec export`` and ``import``, and a workbook as the study of any command. Invented data."""

from __future__ import annotations

import shutil

import openpyxl
import pytest

from specs import load_study, spec_hash

STUDY = """\
study: WB
raw:
  datasets:
    dm: {file: dm.csv, key: [SUBJ]}
    ae: {file: ae.csv, key: [SUBJ, NO]}
subject: {SITEID: {value: "01"}, SUBJID: SUBJ, USUBJID: "{STUDYID}-{SUBJID}"}
codelists: {SEV: {codelist: AESEV, terms: {"1": MILD, "2": MODERATE}}}
"""
DOMAINS = {
    "dm": "domain: DM\nsources: [{from: dm, map: {SEX: SEX, COUNTRY: {value: CHN}}}]\n",
    "ae": """\
domain: AE
sources:
  - from: ae
    map: {AETERM: TERM, AEDECOD: TERM, AESEV: SEV, AESTDTC: {date: START, format: dd-MMM-yyyy}}
    supp: {AENO: {label: Number on the Form, column: NO}}
""",
}
RAW = {
    "dm.csv": "SUBJ,SEX\n001,F\n",
    "ae.csv": "SUBJ,NO,TERM,SEV,START\n001,1,Rash,1,05-MAR-2024\n001,2,Cough,2,UN-MAR-2024\n",
}


@pytest.fixture
def study(build_study):
    return build_study(STUDY, DOMAINS, RAW)


@pytest.mark.parametrize("generation", ["g1", "g2", "g3"])
def test_a_run_of_the_workbook_gives_the_bytes_of_the_run_of_the_yaml(study, sdtm, tmp_path, generation):
    book = tmp_path / "study.xlsx"
    exported = sdtm("spec", "export", study, book, "--generation", generation)
    assert exported.code == 0 and f"wrote {book}: WB, 2 domains" in exported.out
    assert "note: raw.folder is raw, seen from" in exported.out  # the raw files are still beside the YAML
    shutil.copytree(study / "raw", tmp_path / "raw")
    for place, out in ((study, "yaml"), (book, "workbook")):
        outcome = sdtm("run", place, "--out", tmp_path / out)
        assert outcome.code < 2, outcome
    made = {
        out: {path.name: path.read_bytes() for path in (tmp_path / out / "sdtm").iterdir()}
        for out in ("yaml", "workbook")
    }
    described = {"acrf.html", "define.html", "define.xml"}
    assert made["yaml"] == made["workbook"]
    assert set(made["yaml"]) == {"ae.xpt", "dm.xpt", "suppae.xpt"} | described


def test_export_and_import_give_the_same_spec(study, sdtm, tmp_path):
    assert sdtm("spec", "export", study, tmp_path / "a.xlsx").code == 0
    imported = sdtm("spec", "import", tmp_path / "a.xlsx", tmp_path / "back")
    assert imported.code == 0 and f"wrote {tmp_path / 'back' / 'study.yaml'}" in imported.out
    back = load_study(tmp_path / "back")
    assert back == load_study(study) == load_study(tmp_path / "a.xlsx")
    assert spec_hash(back) == spec_hash(load_study(study))


def test_the_workbook_names_each_algorithm_in_full(study, sdtm, tmp_path):
    sdtm("spec", "export", study, tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["Mappings"]
    heads = [cell.value for cell in sheet[1]]
    rows = [dict(zip(heads, (cell.value for cell in row), strict=True)) for row in sheet.iter_rows(min_row=2)]
    assert {row["Variable"]: row["Algorithm"] for row in rows if row["Dataset"] == "AE"} == {
        "AETERM": "assign_no_ct",
        "AEDECOD": "assign_no_ct",
        "AESEV": "assign_ct",
        "AESTDTC": "assign_datetime",
    }


def test_a_change_in_the_workbook_is_what_runs(study, sdtm, tmp_path):
    book = study / "study.xlsx"
    sdtm("spec", "export", study, book)
    changed = openpyxl.load_workbook(book)
    sheet = changed["Terms"]
    row = next(cells for cells in sheet.iter_rows(min_row=2) if cells[1].value == "2")
    row[2].value = "SEVERE"
    changed.save(book)
    assert sdtm("run", book, "--out", tmp_path / "out").code < 2
    import pyreadstat

    frame = pyreadstat.read_xport(str(tmp_path / "out" / "sdtm" / "ae.xpt"))[0]
    assert frame.set_index("AETERM")["AESEV"].to_dict() == {"Rash": "MILD", "Cough": "SEVERE"}


def test_lint_show_and_run_take_a_workbook_and_tell_its_cells(study, sdtm):
    book = study / "study.xlsx"
    sdtm("spec", "export", study, book)
    assert sdtm("lint", book, "--raw").code == 0
    assert "assign_datetime" in sdtm("spec", "show", book, "AE").out
    changed = openpyxl.load_workbook(book)
    sheet = changed["Mappings"]
    column = next(cell.column for cell in sheet[1] if cell.value == "column")
    row = next(cells[0].row for cells in sheet.iter_rows(min_row=2) if cells[3].value == "AETERM")
    sheet.cell(row, column).value = "TREM"
    changed.save(book)
    for command in (("run", book, "--out", study / "out"), ("lint", book, "--raw")):
        outcome = sdtm(*command)
        assert outcome.code == 2 and outcome.is_told_plainly
        assert "error[unknown-column] study.xlsx, sheet Mappings, row" in outcome.err
        assert "did you mean TERM" in outcome.err


# --- what is refused -------------------------------------------------------------------------------------


def test_a_file_that_is_there_is_not_written_over(study, sdtm, tmp_path):
    (tmp_path / "mine.xlsx").write_bytes(b"mine")
    outcome = sdtm("spec", "export", study, tmp_path / "mine.xlsx")
    assert outcome.code == 2 and "error[file-exists]" in outcome.err
    assert (tmp_path / "mine.xlsx").read_bytes() == b"mine"


def test_a_workbook_may_be_written_over_itself(study, sdtm, tmp_path):
    book = tmp_path / "a.xlsx"
    sdtm("spec", "export", study, book)
    before = book.read_bytes()
    assert sdtm("spec", "export", book, book).code == 0 and book.read_bytes() == before


@pytest.mark.parametrize("name", ["a.xls", "a.csv", "a"])
def test_another_ending_is_refused(study, sdtm, tmp_path, name):
    outcome = sdtm("spec", "export", study, tmp_path / name)
    assert outcome.code == 2 and "error[bad-file-name]" in outcome.err and not (tmp_path / name).exists()


def test_a_folder_with_a_spec_is_not_imported_over(study, sdtm, tmp_path):
    sdtm("spec", "export", study, tmp_path / "a.xlsx")
    before = (study / "study.yaml").read_bytes()
    outcome = sdtm("spec", "import", tmp_path / "a.xlsx", study)
    assert outcome.code == 2 and "error[folder-exists]" in outcome.err
    assert (study / "study.yaml").read_bytes() == before


def test_a_bad_workbook_is_not_imported_at_all(study, sdtm, tmp_path):
    book = tmp_path / "a.xlsx"
    sdtm("spec", "export", study, book)
    changed = openpyxl.load_workbook(book)
    changed["Mappings"]["D2"].value = "=A1"
    changed.save(book)
    outcome = sdtm("spec", "import", book, tmp_path / "back")
    assert outcome.code == 2 and "error[not-text] a.xlsx, sheet Mappings, row 2" in outcome.err
    assert not (tmp_path / "back").exists()


@pytest.mark.parametrize(
    "command", [("spec", "export", "{study}", "{file}/a.xlsx"), ("spec", "import", "{book}", "{file}/back")]
)
def test_a_place_below_a_file_is_refused(study, sdtm, tmp_path, command):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    book = study / "study.xlsx"
    sdtm("spec", "export", study, book)
    words = {"study": study, "book": book, "file": tmp_path / "file"}
    outcome = sdtm(*(part.format(**words) for part in command))
    assert outcome.code == 2 and outcome.is_told_plainly and "error[not-writable]" in outcome.err
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"
