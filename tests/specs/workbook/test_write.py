"""What is written: the same bytes for the same spec, text as text in every sheet, and refusals with a way out."""

from __future__ import annotations

import datetime
import zipfile

import openpyxl
import pytest

from specs import load_study
from specs.problems import ProblemsFound
from specs.workbook import export_workbook

# Texts that Excel would take for a formula, a link or a date where they are not written as text.
INJECTIONS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    '=HYPERLINK("http://x")',
    "\t=1",
    "=cmd|' /C calc'!A0",
    "1E5",
    "007",
]
STUDY = """\
study: X1
title: {text}
raw:
  folder: raw
  missing: ["", {text}]
  not_submitted: {{"X*": {text}}}
  datasets:
    ae: {{file: ae.csv, key: [SUBJ], not_submitted: {{OTHER: {text}}}}}
subject: {{SUBJID: SUBJ, USUBJID: "{{STUDYID}}-{{SUBJID}}"}}
codelists:
  SEV: {{codelist: AESEV, terms: {{{text}: MILD, "2": MODERATE}}}}
  ROUTE: {{codelist: ROUTE, extend: {{{text}: {text}}}}}
visits:
  - {{VISITNUM: 1, VISIT: SCREENING, raw: [{text}]}}
accept: {{orphan-subject: {text}}}
transliterate: {{"ü": ue}}
"""
AE = """\
domain: AE
sources:
  - from: ae
    because: {text}
    where: "true"
    map: {{AETERM: {{column: TERM, comment: {text}}}, AECAT: {{value: {text}}}}}
    supp: {{AEX: {{label: Other, value: {text}}}}}
    not_submitted: {{MORE: {text}}}
"""


@pytest.fixture
def study(build_study):
    def make(text: str = "plain"):
        quoted = '"' + text.replace('"', '\\"').replace("\t", "\\t") + '"'
        return load_study(build_study(STUDY.format(text=quoted), {"ae": AE.format(text=quoted)}, {}))

    return make


@pytest.mark.parametrize("text", INJECTIONS)
def test_a_text_that_looks_like_a_formula_is_text_in_every_sheet(study, tmp_path, text):
    spec = study(text)
    file = export_workbook(spec, tmp_path / "study.xlsx")
    found = set()
    for sheet in openpyxl.load_workbook(file):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert cell.hyperlink is None or cell.hyperlink.target.startswith("#'")  # of this workbook
                if cell.value is not None:
                    assert cell.data_type == "s" and cell.number_format == "@", (sheet.title, cell.coordinate)
                if cell.value == text:
                    found.add(sheet.title)
    # A tab before a text cannot be kept in most cells; they say it as YAML does.
    if not text.startswith("\t"):
        assert found >= {
            "Settings",
            "Mappings",
            "Terms",
            "Extensions",
            "Supp",
            "Not submitted",
            "Other",
            "Sources",
        }
    assert load_study(file) == spec


def test_texts_that_look_like_formulas_are_kept_in_sheets_and_columns_of_one_s_own(study, tmp_path):
    file = export_workbook(study(), tmp_path / "study.xlsx")
    book = openpyxl.load_workbook(file)
    book.create_sheet("Mine").append(["=1+1", "@x"])
    book["Mine"]["A1"].data_type = "s"
    sheet = book["Raw"]
    sheet.cell(1, sheet.max_column + 1).value = "My notes"
    sheet.cell(2, sheet.max_column).value = "=1+1"
    sheet.cell(2, sheet.max_column).data_type = "s"
    book.save(file)
    again = export_workbook(load_study(file), tmp_path / "again.xlsx")
    for sheet in openpyxl.load_workbook(again):
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert load_study(again).workbook.sheets["Mine"] == (("=1+1", "@x"),)
    assert load_study(again) == load_study(file)


@pytest.mark.parametrize("generation", ["G1", "G2", "G3"])
def test_the_same_spec_gives_the_same_bytes(study, tmp_path, monkeypatch, generation):
    """At another time, in another place, under another name of the user."""
    first = export_workbook(study(), tmp_path / "study.xlsx", generation).read_bytes()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    monkeypatch.setenv("USER", "somebody")

    class Later(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2031, 5, 6, 7, 8, 9, tzinfo=tz)

    monkeypatch.setattr("openpyxl.packaging.core.datetime.datetime", Later)
    assert export_workbook(study(), tmp_path / "elsewhere" / "study.xlsx", generation).read_bytes() == first
    with zipfile.ZipFile(tmp_path / "study.xlsx") as members:
        assert {info.date_time for info in members.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_workbook_that_is_read_and_written_again_has_the_same_bytes(study, tmp_path):
    first = export_workbook(study(), tmp_path / "study.xlsx")
    (tmp_path / "again").mkdir()
    assert (
        export_workbook(load_study(first), tmp_path / "again" / "study.xlsx").read_bytes()
        == first.read_bytes()
    )


def test_an_unknown_generation_is_refused(study, tmp_path):
    with pytest.raises(ProblemsFound, match="unknown-generation"):
        export_workbook(study(), tmp_path / "study.xlsx", "G4")
    assert not list(tmp_path.glob("*.xlsx"))


def test_a_workbook_looks_like_one_that_people_work_in(study, tmp_path):
    """Frozen header rows, dropdowns for closed vocabularies, widths, a page to read first."""
    book = openpyxl.load_workbook(export_workbook(study(), tmp_path / "study.xlsx"))
    assert book.sheetnames[0] == "Read me" and book["Filled in"].sheet_state == "hidden"
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible" and sheet.title not in ("Read me",):
            assert sheet.freeze_panes, sheet.title
            assert all(width.width <= 80 for width in sheet.column_dimensions.values())
    lists = [each.formula1 for each in book["Joins"].data_validations.dataValidation]
    assert '"one,optional,many"' in lists
