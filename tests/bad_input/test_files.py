"""Raw files that cannot be read, or not as they should be: refused (or told), with file, row, column and a way out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

HEADER = ["SUBJ", "AENO", "AETERM", "AESER", "AESEV", "AEST"]


def test_the_study_as_it_should_be_has_no_finding(bench):
    done = bench.done(command="run", code=0)
    assert [finding for finding in done.findings if finding["severity"] != "note"] == []
    assert [len(done.rows(name)) for name in ("dm", "ex", "ae", "vs")] == [2, 2, 3, 6]


def test_a_missing_file_is_told_with_the_names_that_are_there(bench):
    bench.raw["ae.csv"] = None
    told = bench.refused()
    assert "error[missing-file] ae.csv" in told and "did you mean ex.csv or vs.csv" in told


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file(bench, content):
    bench.raw["ae.csv"] = content
    assert "error[empty-file] ae.csv" in bench.refused()


def test_a_header_only_makes_no_record_and_is_told(bench):
    bench.raw["ae.csv"] = ",".join(HEADER) + "\n"
    done = bench.done(command="run")
    assert done.place("no-rows")[0] == "ae.csv"
    assert done.finding("empty-dataset")["severity"] == "error"
    assert done.ledger["raw"]["ae"]["rows"]["read"] == 0


def test_a_duplicated_column(bench):
    bench.change_raw("ae.csv", "AESER,AESEV", "AESER,AESER")
    told = bench.refused()
    assert "error[duplicated-column] ae.csv, row 1, column AESER" in told and "columns 4, 5" in told


def test_a_missing_column_is_told_with_the_nearest_one_and_the_line_of_the_spec(bench):
    bench.change_raw("ae.csv", "AESEV", "AESEVER")
    told = bench.refused()
    assert "error[unknown-column] sdtm/ae.yaml, line 8, key sources[1].map.AESEV" in told
    assert "did you mean AESEVER" in told


def test_a_missing_key_column(bench):
    bench.change_raw("ae.csv", "AENO", "AENUM")
    told = bench.refused()
    assert "error[unknown-column] study.yaml, line 7" in told and "did you mean AENUM" in told


@pytest.mark.parametrize(("row", "fields"), [("002,2,Fall", 3), ("002,2,Fall, heavy,N,MILD,2024-02-02", 7)])
def test_a_ragged_row(bench, row, fields):
    bench.add_row("ae.csv", row)
    told = bench.refused()
    assert "error[ragged-row] ae.csv, row 5" in told and f"{fields} fields" in told


def test_an_unclosed_quote(bench):
    bench.add_row("ae.csv", '002,2,"Fall,N,MILD,2024-02-02')
    told = bench.refused()
    assert "error[unclosed-quote] ae.csv, row 5, column AETERM" in told


def test_wrong_encoding_is_refused_by_byte_and_never_replaced(bench):
    """Trap 4: é in latin-1."""
    bench.raw["ae.csv"] = bench.raw["ae.csv"].replace("Nausea", "Nausée").encode("cp1252")
    told = bench.refused()
    assert "error[undecodable-byte] ae.csv, row 3, column AETERM" in told
    assert "byte E9" in told and "set encoding: for this dataset to cp1252 (reads 'Nausée')" in told


def test_a_file_in_utf_16(bench):
    bench.raw["ae.csv"] = bench.raw["ae.csv"].encode("utf-16")
    told = bench.refused()
    assert "error[wrong-encoding] ae.csv" in told and "set encoding: utf-16" in told


def test_nul_bytes(bench):
    bench.change_raw("ae.csv", "Nausea", "Nau\0sea")
    assert "error[nul-character] ae.csv, row 3, column AETERM" in bench.refused()


def test_a_cell_of_30_megabytes(bench):
    bench.change_raw("ae.csv", "Nausea", "x" * 30_000_000)
    told = bench.refused()
    assert "error[cell-too-large] ae.csv, row 3, column AETERM" in told and "30,000,000" in told
    assert len(told) < 2_000  # the cell itself is not printed


# --- workbooks -------------------------------------------------------------------------------------------


def workbook(
    change: Callable[[Any], None] = lambda sheet: None, parts: dict[str, bytes] | None = None
) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "AE"
    for row in (HEADER, ["001", "1", "Headache", "N", "MILD", "2024-01-12"]):
        sheet.append(row)
    change(sheet)
    saved = io.BytesIO()
    book.save(saved)
    with zipfile.ZipFile(saved, "a") as package:
        for name, content in (parts or {}).items():
            package.writestr(name, content)
    return saved.getvalue()


@pytest.fixture
def with_workbook(bench):
    def put(content: bytes, name: str = "ae.xlsx") -> Any:
        bench.change_study("ae.csv", name)
        bench.raw = {**bench.raw, "ae.csv": None, name: content}
        return bench

    return put


@pytest.mark.parametrize("name", ["ae.xlsx", "ae.xlsm"])
def test_macros_of_a_workbook_are_not_looked_at(with_workbook, name):
    bench = with_workbook(workbook(parts={"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 macro"}), name)
    done = bench.done(command="run", code=0)
    assert [row["AETERM"] for row in done.rows("ae")] == ["Headache"]


def test_merged_header_cells(with_workbook):
    def merge(sheet):
        sheet.insert_rows(1)
        sheet["C1"] = "Event"
        sheet.merge_cells("C1:F1")

    told = with_workbook(workbook(merge)).refused()
    assert "error[merged-header] ae.xlsx, sheet AE, row 1, column C" in told and "C1:F1" in told


@pytest.mark.parametrize("error", ["#DIV/0!", "#N/A", "#REF!"])
def test_error_cells_are_told_and_kept_as_text(with_workbook, error):
    def put(sheet):
        sheet["C2"] = error
        sheet["C2"].data_type = "e"

    done = with_workbook(workbook(put)).done()
    assert done.place("error-cell") == ("ae.xlsx", 2, "AETERM")
    assert [row["AETERM"] for row in done.rows("ae")] == [error]


def test_a_formula_that_was_never_calculated(with_workbook):
    def put(sheet):
        sheet["C2"] = "=1+1"

    told = with_workbook(workbook(put)).refused()
    assert "error[uncalculated-formula] ae.xlsx, sheet AE, row 2, column AETERM" in told


@pytest.mark.parametrize("content", [b"not a workbook", workbook()[:2000]])
def test_a_damaged_workbook(with_workbook, content):
    assert "error[damaged-file] ae.xlsx" in with_workbook(content).refused()


# --- SAS, ODM, packed files ------------------------------------------------------------------------------


@pytest.mark.parametrize("part", [0.001, 0.1, 0.5, 0.999])
def test_a_truncated_sas7bdat(bench, shared: Path, part):
    whole = (shared / "data" / "sas" / "sample.sas7bdat").read_bytes()
    bench.change_study("ae.csv", "ae.sas7bdat")
    bench.raw |= {"ae.csv": None, "ae.sas7bdat": whole[: int(len(whole) * part)]}
    told = bench.refused()
    assert "error[truncated-file] ae.sas7bdat" in told and "copy or export the file again" in told


def test_an_external_entity_in_odm_is_refused_and_not_read(bench, tmp_path):
    secret = tmp_path.parent / f"{tmp_path.name}-secret.txt"
    secret.write_text("the secret", encoding="utf-8")
    bench.change_study("ae.csv", "ae.xml")
    bench.raw["ae.xml"] = (
        f'<?xml version="1.0"?><!DOCTYPE ODM [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
        '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3"><ClinicalData>&x;</ClinicalData></ODM>'
    )
    told = bench.refused()
    assert "error[external-entity] ae.xml, line 1" in told and "the secret" not in told


def test_entities_that_multiply_are_refused(bench):
    bench.change_study("ae.csv", "ae.xml")
    bench.raw["ae.xml"] = (
        '<?xml version="1.0"?><!DOCTYPE ODM [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">]>'
        '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3"><ClinicalData>&b;</ClinicalData></ODM>'
    )
    assert "error[external-entity] ae.xml" in bench.refused()


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("ae.parquet", b"PAR1junkPAR1", "damaged-file"),
        ("ae.csv.gz", b"\x1f\x8bjunk", "damaged-file"),
        ("ae.xml", b"a,b\n1,2\n", "damaged-file"),
        ("ae.xpt", b"junk", "damaged-file"),
        ("ae.pdf", b"%PDF", "unknown-format"),
    ],
)
def test_a_file_that_is_not_what_its_name_says(bench, name, content, problem):
    bench.change_study("ae.csv", name)
    bench.raw[name] = content
    assert f"error[{problem}] {name}" in bench.refused()


def test_problems_of_several_files_are_told_in_one_run(bench):
    bench.raw["ae.csv"] = b""
    bench.raw["ex.csv"] = None
    bench.add_row("vs.csv", "1,2")
    told = bench.refused()
    assert all(f"error[{problem}]" in told for problem in ("empty-file", "missing-file", "ragged-row"))
    assert "3 problems; nothing was written" in told


@pytest.mark.parametrize("path", ["../../secret.csv", "/etc/passwd"])
def test_no_path_leaves_the_raw_folder(bench, path):
    bench.change_study("file: ae.csv", f"file: {path}")
    assert "error[path-outside-folder]" in bench.refused()
