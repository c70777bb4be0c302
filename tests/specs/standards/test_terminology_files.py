"""Every file here is made by the generators of ``conftest.py`` from invented terms (synthetic)."""

from __future__ import annotations

import os
import zipfile
from datetime import datetime

import pytest

from specs.problems import ProblemsFound
from specs.standards import CodelistEntry, Term, add_terminology, terminology, untrusted

VERSION = "2031-09-26"
NAMES = {
    "workbook": f"SDTM Terminology {VERSION}.xlsx",
    "text": f"SDTM Terminology {VERSION}.txt",
    "odm": f"SDTM Terminology {VERSION}.odm.xml",
}


@pytest.fixture
def write(nci_workbook, nci_text, nci_odm):
    writers = {"workbook": nci_workbook, "text": nci_text, "odm": nci_odm}
    return lambda kind, folder, **options: writers[kind](folder / NAMES[kind], **options)


def problems(file, folder, **arguments):
    with pytest.raises(ProblemsFound) as caught:
        add_terminology(file, folder, **arguments)
    assert not folder.exists() or not list(folder.iterdir())
    return caught.value.problems


@pytest.mark.parametrize("kind", NAMES)
def test_each_published_form_gives_the_same_package(kind, write, tmp_path):
    folder = tmp_path / "ct"
    added = add_terminology(write(kind, tmp_path), folder)
    assert (added.package, added.version) == ("sdtm", VERSION)
    assert (added.codelists, added.terms) == (3, 4)
    assert added.path == folder / f"sdtm-{VERSION}.ct"
    ct = terminology(VERSION, folder=folder)
    assert ct.codelists == (
        CodelistEntry("C900001", "KITESHP", "Kite Shape", False),
        CodelistEntry("C900004", "KITETESTCD", "Kite Test Code", True),
        CodelistEntry("C900006", "KITETEST", "Kite Test Name", True),
    )
    assert dict(ct.codelist("KITESHP").terms) == {
        "DELTA": Term("C900002", "Delta Kite", ("D", "Delta Wing")),
        "BOX": Term("C900003", "Box Kite", ()),
    }
    assert ct.paired_test_name("KITETESTCD", "SPAN") == "Wing Span"


def test_each_published_form_gives_the_same_bytes(write, tmp_path):
    written = [add_terminology(write(kind, tmp_path), tmp_path / kind).path.read_bytes() for kind in NAMES]
    assert written[0] == written[1] == written[2]


@pytest.mark.parametrize("kind", ["workbook", "text"])
def test_a_term_without_its_codelist_is_a_problem_with_its_place(kind, write, tmp_path, nci_rows):
    nci_rows[2][1] = "C999999"
    (problem,) = problems(write(kind, tmp_path, rows=nci_rows), tmp_path / "ct")
    assert problem.found == '"C999999"'
    assert (problem.where.row, problem.where.column) == (4, "Codelist Code")
    assert problem.where.sheet == (f"SDTM Terminology {VERSION}" if kind == "workbook" else "")


@pytest.mark.parametrize("kind", NAMES)
@pytest.mark.parametrize(
    ("row", "cell", "value", "column", "expected"),
    [
        (0, 2, "Maybe", "Codelist Extensible (Yes/No)", "Yes or No"),
        (0, 0, "900001", "Code", "an NCI c-code such as C66742"),
        (1, 4, "", "CDISC Submission Value", "the text that is submitted"),
        (2, 4, "DELTA", "CDISC Submission Value", "each value once in a codelist"),
        (3, 3, "", "Codelist Name", "the name of the codelist"),
        (3, 0, "C900001", "Code", "each codelist once"),
    ],
)
def test_a_faulty_row_is_a_problem_with_its_place(
    kind, row, cell, value, column, expected, write, tmp_path, nci_rows
):
    nci_rows[row][cell] = value
    if (row, cell) == (0, 0):
        nci_rows[1][1] = nci_rows[2][1] = value
    found = problems(write(kind, tmp_path, rows=nci_rows), tmp_path / "ct")
    problem = next(
        problem for problem in found if problem.expected == expected and problem.where.column == column
    )
    if kind == "odm":
        assert problem.where.key.startswith("CL.")
        assert problem.where.line
    else:
        assert problem.where.row == row + 2


def test_all_faulty_rows_are_told_at_once(write, tmp_path, nci_rows):
    nci_rows[0][2] = "Maybe"
    nci_rows[4][0] = "SPAN"
    found = problems(write("text", tmp_path, rows=nci_rows), tmp_path / "ct")
    assert [(problem.where.row, problem.where.column) for problem in found] == [
        (2, "Codelist Extensible (Yes/No)"),
        (6, "Code"),
    ]


@pytest.mark.parametrize("kind", ["workbook", "text"])
def test_a_missing_column_is_a_problem_with_the_near_name(kind, write, tmp_path, nci_header):
    nci_header[3] = "Code list Name"
    (problem,) = problems(write(kind, tmp_path, header=nci_header), tmp_path / "ct")
    assert problem.expected == 'a column "Codelist Name"'
    assert "Code list Name" in problem.do
    assert problem.where.row == 1


@pytest.mark.parametrize("kind", ["workbook", "text"])
def test_a_column_that_stands_twice_is_a_problem(kind, write, tmp_path, nci_header):
    nci_header[6] = "Code"
    (problem,) = problems(write(kind, tmp_path, header=nci_header), tmp_path / "ct")
    assert problem.found == 'the column "Code" 2 times'


@pytest.mark.parametrize("kind", ["workbook", "text"])
def test_a_file_without_the_header_is_a_problem(kind, write, tmp_path):
    (problem,) = problems(
        write(kind, tmp_path, header=["a", "b", "c", "d", "e", "f", "g", "h"]), tmp_path / "ct"
    )
    assert problem.id == "ct-file-header"


def test_a_header_below_a_title_and_in_other_capitals_is_found(nci_workbook, nci_header, nci_rows, tmp_path):
    rows = [[name.upper() + " " for name in nci_header], *nci_rows]
    file = nci_workbook(tmp_path / "x.xlsx", rows=rows, header=["An invented title"])
    assert add_terminology(file, tmp_path / "ct").terms == 4


# What names package and version.


@pytest.mark.parametrize(
    ("sheet", "package", "version"),
    [
        ("ADaM Terminology 2031-01-02", "adam", "2031-01-02"),
        ("Define-XML CT 2031-01-02", "define-xml", "2031-01-02"),
        ("DefineXML CT 2031-01-02", "define-xml", "2031-01-02"),
        ("Protocol Terminology 2031-01-02", "protocol", "2031-01-02"),
    ],
)
def test_the_sheet_names_package_and_version(sheet, package, version, nci_workbook, tmp_path):
    added = add_terminology(nci_workbook(tmp_path / "downloaded.xlsx", sheet=sheet), tmp_path / "ct")
    assert (added.package, added.version) == (package, version)


def test_the_column_standard_and_date_names_them(nci_text, nci_header, nci_rows, tmp_path):
    rows = [[*row, "SDTM CT 2031-01-02"] for row in nci_rows]
    file = nci_text(tmp_path / "x.txt", rows=rows, header=[*nci_header, "Standard and Date"])
    added = add_terminology(file, tmp_path / "ct")
    assert (added.package, added.version) == ("sdtm", "2031-01-02")


@pytest.mark.parametrize("name", ["CDASH Terminology 2031-01-02.txt", "CDASH_CT_2031-01-02 (1).txt"])
def test_the_file_name_names_them(name, nci_text, tmp_path):
    added = add_terminology(nci_text(tmp_path / name), tmp_path / "ct")
    assert (added.package, added.version) == ("cdash", "2031-01-02")


def test_the_odm_attributes_name_them(nci_odm, tmp_path):
    added = add_terminology(nci_odm(tmp_path / "x.xml", named="ADaM.2031-01-02"), tmp_path / "ct")
    assert (added.package, added.version) == ("adam", "2031-01-02")


def test_the_arguments_name_what_the_file_does_not(nci_text, tmp_path):
    file = nci_text(tmp_path / "SDTM Terminology.txt")
    (problem,) = problems(file, tmp_path / "ct")
    assert (problem.id, problem.do) == ("ct-version-unclear", "say it with --version")
    assert add_terminology(file, tmp_path / "ct", version="2031-01-02").package == "sdtm"
    plain = nci_text(tmp_path / "act.txt")
    assert problems(plain, tmp_path / "none", version="2031-01-02")[0].id == "ct-package-unclear"
    assert add_terminology(plain, tmp_path / "ct", "2031-01-03", "SDTM").path.name == "sdtm-2031-01-03.ct"


def test_versions_that_contradict_each_other_are_a_problem(nci_workbook, tmp_path):
    file = nci_workbook(tmp_path / "SDTM Terminology 2031-06-27.xlsx")
    (problem,) = problems(file, tmp_path / "ct")
    assert problem.id == "ct-version-unclear"
    assert f'sheet name "SDTM Terminology {VERSION}"' in problem.found
    assert 'file name "SDTM Terminology 2031-06-27"' in problem.found
    plain = nci_workbook(tmp_path / "x.xlsx")
    assert 'argument "2031-06-27"' in problems(plain, tmp_path / "ct", version="2031-06-27")[0].found


def test_words_of_ones_own_before_the_name_do_not_matter(nci_workbook, tmp_path):
    file = nci_workbook(tmp_path / f"copy of SDTM Terminology {VERSION}.xlsx")
    assert add_terminology(file, tmp_path / "ct").package == "sdtm"


@pytest.mark.parametrize(
    ("arguments", "id"),
    [
        ({"version": "2031-02-30"}, "ct-version-name"),
        ({"version": "../x"}, "ct-version-name"),
        ({"package": "../sdtm"}, "ct-package-name"),
    ],
)
def test_an_argument_that_is_no_name_is_a_problem(arguments, id, write, tmp_path):
    assert problems(write("text", tmp_path), tmp_path / "ct", **arguments)[0].id == id


# What is in a cell.


def test_a_number_in_a_workbook_is_the_text_it_stands_for(write, tmp_path, nci_rows):
    nci_rows[1][4], nci_rows[2][4] = 1, 0.5
    add_terminology(write("workbook", tmp_path, rows=nci_rows), tmp_path / "ct")
    assert list(terminology(VERSION, folder=tmp_path / "ct").codelist("KITESHP").terms) == ["1", "0.5"]


@pytest.mark.parametrize(
    ("value", "found"),
    [(datetime(2031, 1, 2), "a date"), ("=1+1", "a formula"), ("#N/A", "an error")],
)
def test_a_cell_that_holds_no_text_is_a_problem(value, found, write, tmp_path, nci_rows):
    nci_rows[2][4] = value
    told = problems(write("workbook", tmp_path, rows=nci_rows), tmp_path / "ct")
    assert found in told[0].found
    assert (told[0].where.row, told[0].where.column) == (4, "CDISC Submission Value")


def test_two_sheets_of_terminology_are_a_problem(nci_workbook, nci_header, tmp_path):
    from openpyxl import load_workbook

    file = nci_workbook(tmp_path / "x.xlsx")
    workbook = load_workbook(file)
    workbook["ReadMe"].insert_rows(1)
    for column, name in enumerate(nci_header, 1):
        workbook["ReadMe"].cell(1, column, name)
    workbook.save(file)
    assert "2 of the sheets" in problems(file, tmp_path / "ct")[0].found


def test_text_in_another_encoding_is_a_problem_until_it_is_named(nci_text, nci_rows, tmp_path):
    nci_rows[1][5] = "Müller Wing"
    file = nci_text(tmp_path / f"SDTM Terminology {VERSION}.txt", rows=nci_rows, encoding="cp1252")
    (problem,) = problems(file, tmp_path / "ct")
    assert "0xFC" in problem.found
    assert (problem.where.row, problem.where.column) == (3, "6")
    assert "cp1252" in problem.do
    add_terminology(file, tmp_path / "ct", encoding="cp1252")
    assert (
        terminology(VERSION, folder=tmp_path / "ct").codelist("KITESHP").match_synonym("Müller Wing")
        == "DELTA"
    )
    assert problems(file, tmp_path / "none", encoding="nosuch")[0].found == 'the encoding "nosuch"'


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_says_the_encoding(encoding, nci_text, tmp_path):
    file = nci_text(tmp_path / f"SDTM Terminology {VERSION}.txt", encoding=encoding)
    assert add_terminology(file, tmp_path / "ct").terms == 4


def test_a_line_with_cells_missing_is_a_problem(write, tmp_path):
    file = write("text", tmp_path)
    file.write_bytes(file.read_bytes().replace(b"\tBox Kite\r\n", b"\r\n"))
    (problem,) = problems(file, tmp_path / "ct")
    assert (problem.where.row, problem.found) == (4, "7 cells")


def test_a_nul_character_is_a_problem(write, tmp_path):
    file = write("text", tmp_path)
    file.write_bytes(file.read_bytes().replace(b"Box", b"B\0x"))
    assert problems(file, tmp_path / "ct")[0].where.row == 4


# What is refused.


@pytest.mark.parametrize(
    "content", [b"\xd0\xcf\x11\xe0" + b"\0" * 80, b"", b"PK\x03\x04 no zip", b"<ODM", b"<a/>"]
)
def test_another_kind_of_file_is_a_problem(content, tmp_path):
    file = tmp_path / f"SDTM Terminology {VERSION}.xlsx"
    file.write_bytes(content)
    assert problems(file, tmp_path / "ct")[0].where.file == str(file)


def test_a_file_that_is_not_there_is_a_problem(tmp_path):
    assert problems(tmp_path / "nosuch.xlsx", tmp_path / "ct")[0].found == "no such file"
    assert problems(tmp_path, tmp_path / "ct")[0].found == "a folder"


def test_a_zip_that_is_no_workbook_is_a_problem(tmp_path):
    file = tmp_path / "x.xlsx"
    with zipfile.ZipFile(file, "w") as zipped:
        zipped.writestr("x.txt", "x")
    assert "does not open as a workbook" in problems(file, tmp_path / "ct")[0].found


@pytest.mark.parametrize("place", range(40, 3000, 200))
def test_a_workbook_with_damaged_bytes_is_a_problem_or_reads_the_same(place, nci_workbook, tmp_path):
    file = nci_workbook(tmp_path / "x.xlsx")
    data = bytearray(file.read_bytes())
    data[place : place + 8] = bytes(255 - byte for byte in data[place : place + 8])
    file.write_bytes(data)
    try:
        # Bytes of a style or of the workbook's properties carry no term.
        assert add_terminology(file, tmp_path / "ct").terms == 4
    except ProblemsFound as caught:
        assert caught.problems[0].where.file == str(file)


ENTITY = '<!DOCTYPE ODM [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_with_a_document_type_is_refused(encoding, nci_odm, tmp_path):
    file = nci_odm(tmp_path / "x.xml", head=ENTITY)
    text = file.read_text(encoding="utf-8").replace("UTF-8", encoding.upper(), 1)
    file.write_bytes(text.encode(encoding))
    (problem,) = problems(file, tmp_path / "ct")
    assert problem.expected == "XML without a document type and without entities"


def test_a_workbook_with_a_document_type_is_refused(nci_workbook, tmp_path):
    plain = nci_workbook(tmp_path / "plain.xlsx")
    file = tmp_path / "x.xlsx"
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(file, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, ENTITY.encode() + data if name == "xl/workbook.xml" else data)
    assert "document type" in problems(file, tmp_path / "ct")[0].found


def test_a_zip_bomb_is_refused_before_it_is_unpacked(write, tmp_path, monkeypatch):
    file = write("workbook", tmp_path)
    monkeypatch.setattr(untrusted.refuse_zip_bomb, "__defaults__", (1000,))
    (problem,) = problems(file, tmp_path / "ct")
    assert "when unpacked" in problem.found


def test_a_file_that_is_too_large_is_refused(write, tmp_path):
    with pytest.raises(ProblemsFound) as caught:
        untrusted.refuse_large_file(write("text", tmp_path), largest=100)
    assert caught.value.problems[0].id == "ct-file-refused"


def test_a_mark_across_two_pieces_of_a_file_is_seen(tmp_path):
    file = tmp_path / "x.xml"
    file.write_bytes(b" " * (untrusted.MEBIBYTE - 4) + b"<!DOCTYPE x>")
    with pytest.raises(ProblemsFound):
        untrusted.refuse_document_type(file)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root writes anywhere")
def test_a_folder_that_is_read_only_is_a_problem(write, tmp_path):
    folder = tmp_path / "ct"
    folder.mkdir(mode=0o500)
    assert problems(write("text", tmp_path), folder)[0].id == "ct-folder-not-writable"


def test_a_folder_that_cannot_be_made_is_a_problem(write, tmp_path):
    in_the_way = tmp_path / "ct"
    in_the_way.write_text("")
    with pytest.raises(ProblemsFound) as caught:
        add_terminology(write("text", tmp_path), in_the_way)
    assert caught.value.problems[0].id == "ct-folder-not-writable"
