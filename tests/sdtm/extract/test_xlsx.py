"""Workbooks as openpyxl writes them, and damaged ones."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

Read = Callable[..., Any]
Fill = Callable[[Any, Any], None]


def workbook(fill: Fill) -> bytes:
    """A workbook with one sheet, Results, filled by a function of workbook and sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Results"
    fill(book, sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def rows(*cells: list[Any]) -> Fill:
    def fill(book: Any, sheet: Any) -> None:
        for row in cells:
            sheet.append(row)

    return fill


def with_part(data: bytes, name: str, content: str, replace: bool = False) -> bytes:
    """The workbook with a part added or replaced."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return buffer.getvalue()


def part_of(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name).decode()


SHEET = "xl/worksheets/sheet1.xml"


def test_cells_as_they_are_shown(read: Read, cells: Read) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.append(["SUBJ", "CONC", "DATE", "TIME", "STAMP", "FLAG", "TEXT"])
        stamp = datetime.datetime(2024, 3, 1, 10, 30, 5)
        sheet.append(["007", 1.1, stamp.date(), datetime.time(10, 30), stamp, True, "1.10"])
        sheet.append([8, "BLQ", None, None, None, False, " NA "])
        sheet["B2"].number_format = "0.00"
        sheet["D2"].number_format = "h:mm"
        sheet["A3"].number_format = "000"

    found = read(workbook(fill), name="a.xlsx")
    assert cells(found) == {
        "SUBJ": ["007", "008"],
        "CONC": ["1.10", "BLQ"],
        "DATE": ["2024-03-01", None],
        "TIME": ["10:30", None],
        "STAMP": ["2024-03-01T10:30:05", None],
        "FLAG": ["TRUE", "FALSE"],
        "TEXT": ["1.10", " NA "],
    }
    assert found.table.rows.tolist() == [2, 3]
    assert found.findings == ()


def test_empty_rows_are_left_out_and_rows_keep_their_numbers(read: Read, cells: Read) -> None:
    found = read(workbook(rows(["A", "B"], [1, 2], [], [None, ""], [3, 4])), name="a.xlsx")
    assert cells(found) == {"A": ["1", "3"], "B": ["2", "4"]}
    assert found.table.rows.tolist() == [2, 5]
    assert "empty rows between rows left out: 2" in found.table.files[0].notes


def test_header_row_and_columns_without_name_and_value(read: Read, cells: Read) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet["A1"] = "Report of the laboratory"
        sheet["C3"], sheet["E3"], sheet["C4"], sheet["E4"] = "A", "B", 1, 2

    found = read(workbook(fill), name="a.xlsx", header_row=3)
    assert cells(found) == {"A": ["1"], "B": ["2"]}
    assert found.table.rows.tolist() == [4]


def test_a_value_below_no_name(refused: Read) -> None:
    [problem] = refused(workbook(rows(["A", None, "C"], [1, 2, 3])), name="a.xlsx")
    assert (problem.id, problem.where.sheet, problem.where.row, problem.where.column) == (
        "empty-column-name",
        "Results",
        1,
        "B",
    )


def test_a_duplicated_name(refused: Read) -> None:
    [problem] = refused(workbook(rows(["A", "B", "A"], [1, 2, 3])), name="a.xlsx")
    assert (problem.id, problem.where.column, problem.found) == (
        "duplicated-column",
        "A",
        "'A' names columns A, C",
    )


def test_merged_names(refused: Read) -> None:
    def fill(book: Any, sheet: Any) -> None:
        rows(["A", "B", "C"], [1, 2, 3])(book, sheet)
        sheet.merge_cells("B1:C1")

    [problem] = refused(workbook(fill), name="a.xlsx")
    assert (problem.id, problem.where.row, problem.where.column) == ("merged-header", 1, "B")


def test_merged_cells_below_the_names_are_told(read: Read, cells: Read) -> None:
    def fill(book: Any, sheet: Any) -> None:
        rows(["A", "B"], ["x", 1], ["x", 2])(book, sheet)
        sheet.merge_cells("A2:A3")

    found = read(workbook(fill), name="a.xlsx")
    assert cells(found) == {"A": ["x", None], "B": ["1", "2"]}
    [finding] = found.findings
    assert (finding.rule, finding.places[0].row) == ("merged-cells", 2)


def test_error_cells_are_kept_and_told(read: Read, cells: Read) -> None:
    def fill(book: Any, sheet: Any) -> None:
        rows(["A", "B"], [1, 2], [3, 4])(book, sheet)
        for cell, value in (("B2", "#N/A"), ("B3", "#REF!")):
            sheet[cell].value = value
            sheet[cell].data_type = "e"

    found = read(workbook(fill), name="a.xlsx")
    assert cells(found)["B"] == ["#N/A", "#REF!"]
    [finding] = found.findings
    assert (finding.rule, finding.severity, finding.count) == ("error-cell", "error", 2)
    assert [(p.row, p.column, p.value) for p in finding.places] == [(2, "B", "#N/A"), (3, "B", "#REF!")]


def test_a_formula_without_a_value(refused: Read) -> None:
    [problem] = refused(workbook(rows(["A", "B"], [1, "=A2+1"], [2, "=A3+1"])), name="a.xlsx")
    assert (problem.id, problem.where.row, problem.where.column) == ("uncalculated-formula", 2, "B")
    assert "B2, B3" in problem.found


def test_macros_are_noted_and_hidden_things_read(read: Read, cells: Read) -> None:
    def fill(book: Any, sheet: Any) -> None:
        rows(["A", "B"], [1, 2], [3, 4])(book, sheet)
        sheet.row_dimensions[2].hidden = True
        sheet.column_dimensions["B"].hidden = True

    found = read(with_part(workbook(fill), "xl/vbaProject.bin", "x"), name="a.xlsm")
    assert cells(found) == {"A": ["1", "3"], "B": ["2", "4"]}
    assert found.table.files[0].notes == (
        "the workbook has macros; they were not run",
        "hidden columns were read: B",
        "hidden rows were read: 1",
    )


def test_several_sheets_need_a_name(read: Read, refused: Read, cells: Read) -> None:
    def fill(book: Any, sheet: Any) -> None:
        rows(["A", "B"], [1, 2])(book, sheet)
        other = book.create_sheet("Legend")
        other.append(["X", "Y"])
        other.append([3, 4])
        other.sheet_state = "hidden"

    data = workbook(fill)
    [problem] = refused(data, name="a.xlsx")
    assert (problem.id, problem.found) == (
        "several-sheets",
        "2 sheets: Results, Legend (hidden), and none is declared",
    )
    found = read(data, name="a.xlsx", sheet="Legend")
    assert cells(found) == {"X": ["3"], "Y": ["4"]}
    assert "sheet Legend is hidden" in found.table.files[0].notes
    [problem] = refused(data, name="a.xlsx", sheet="Result")
    assert (problem.id, problem.where.sheet, problem.do) == (
        "unknown-sheet",
        "Result",
        "did you mean Results?",
    )


def test_what_formats_hide_is_told_by_column(read: Read, cells: Read) -> None:
    def fill(book: Any, sheet: Any) -> None:
        rows(["CONC", "DATE"], [1.234, datetime.datetime(2024, 3, 1, 10, 30)], [1.5, None])(book, sheet)
        sheet["A2"].number_format = sheet["A3"].number_format = "0.0"
        sheet["B2"].number_format = "yyyy-mm-dd"

    found = read(workbook(fill), name="a.xlsx")
    assert cells(found) == {"CONC": ["1.234", "1.5"], "DATE": ["2024-03-01", None]}
    assert [(f.rule, f.severity, f.places[0].row, f.places[0].column) for f in found.findings] == [
        ("part-not-shown", "warning", 2, "DATE"),
        ("number-rounded", "note", 2, "CONC"),
    ]


def test_names_only_and_nothing_at_all(read: Read, refused: Read) -> None:
    assert [f.rule for f in read(workbook(rows(["A", "B"])), name="a.xlsx").findings] == ["no-rows"]
    [problem] = refused(workbook(rows()), name="a.xlsx")
    assert (problem.id, problem.where.sheet) == ("empty-file", "Results")
    assert refused(b"", name="a.xlsx")[0].id == "empty-file"


@pytest.mark.parametrize(
    "data", [b"no workbook", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), b"PK\x05\x06" + bytes(18)]
)
def test_a_file_that_is_no_workbook(refused: Read, data: bytes) -> None:
    assert refused(data, name="a.xlsx")[0].id == "damaged-file"


def test_a_cut_or_changed_workbook(refused: Read) -> None:
    data = workbook(rows(["A", "B"], *([n, f"text {n}"] for n in range(200))))
    assert refused(data[:-200], name="a.xlsx")[0].id == "damaged-file"
    sheet = part_of(data, SHEET)
    assert refused(with_part(data, SHEET, sheet[:-100]), name="a.xlsx")[0].id == "damaged-file"


def test_an_entity_in_a_sheet_is_refused(refused: Read) -> None:
    data = workbook(rows(["A", "B"], [1, 2]))
    sheet = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + part_of(data, SHEET).partition("?>")[2]
    assert refused(with_part(data, SHEET, sheet), name="a.xlsx")[0].id == "external-entity"


def test_a_workbook_that_unpacks_to_too_much(refused: Read) -> None:
    data = with_part(workbook(rows(["A", "B"], [1, 2])), "xl/media/x.txt", " " * 80_000_000)
    assert refused(data, name="a.xlsx")[0].id == "file-too-large"


def own_workbook(sheet: str, texts: str = "", strict: bool = False) -> bytes:
    """A workbook of these rows (``<row>`` elements) and shared texts (``<si>`` elements), written by hand."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    if strict:
        main = "http://purl.oclc.org/ooxml/spreadsheetml/main"
        office = "http://purl.oclc.org/ooxml/officeDocument/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"

    def relations(*targets: tuple[str, str]) -> str:
        each = "".join(
            f'<Relationship Id="r{n}" Type="{office}/{kind}" Target="{target}"/>'
            for n, (kind, target) in enumerate(targets, 1)
        )
        return f'<Relationships xmlns="{package}">{each}</Relationships>'

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_rels/.rels", relations(("officeDocument", "xl/workbook.xml")))
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="Results" sheetId="1" r:id="r1"/>'
            "</sheets></workbook>",
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            relations(("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")),
        )
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{main}">{texts}</sst>')
        archive.writestr(SHEET, f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>')
    return buffer.getvalue()


NAMES = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
NAME_TEXTS = "<si><t>A</t></si><si><t>B</t></si>"


@pytest.mark.parametrize("strict", [False, True])
def test_shared_rich_and_inline_texts(read: Read, cells: Read, strict: bool) -> None:
    rich = (
        '<si><r><t>bo</t></r><r><t xml:space="preserve">ld </t></r><rPh sb="0" eb="1"><t>guide</t></rPh></si>'
    )
    row = '<row r="4"><c r="A4" t="s"><v>2</v></c><c t="inlineStr"><is><t> 007 </t></is></c></row>'
    found = read(own_workbook(NAMES + row, NAME_TEXTS + rich, strict), name="a.xlsx")
    assert cells(found) == {"A": ["bold "], "B": [" 007 "]}
    assert found.table.rows.tolist() == [4]


def test_stored_values_of_formulas(read: Read, cells: Read) -> None:
    row = (
        '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="str"><f>T("")</f><v></v></c></row>'
        '<row r="3"><c r="A3" t="str"><f>UPPER("x")</f><v>X</v></c><c r="B3" t="b"><f>1=1</f><v>1</v></c></row>'
    )
    assert cells(read(own_workbook(NAMES + row, NAME_TEXTS), name="a.xlsx")) == {
        "A": ["2", "X"],
        "B": ["", "TRUE"],
    }


@pytest.mark.parametrize(
    "row",
    [
        '<row r="2"><c r="A2" t="s"><v>7</v></c></row>',  # there is no text 7
        '<row r="2"><c r="A2" t="s"><v>x</v></c></row>',
        '<row r="2"><c r="A2"><v>seven</v></c></row>',
        '<row r="2"><c r="A2"><v>nan</v></c></row>',
        '<row r="two"><c r="A2"><v>1</v></c></row>',
        '<row r="2"><c r="A2" s="-1"><v>1</v></c></row>',
    ],
)
def test_cells_that_no_program_writes(refused: Read, row: str) -> None:
    assert refused(own_workbook(NAMES + row, NAME_TEXTS), name="a.xlsx")[0].id == "damaged-file"


def test_a_huge_cell(refused: Read) -> None:
    row = '<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="s"><v>2</v></c></row>'
    data = own_workbook(NAMES + row, f"{NAME_TEXTS}<si><t>{'xy' * 15_000_000}</t></si>")
    [problem] = refused(data, name="a.xlsx")
    assert (problem.id, problem.where.sheet, problem.where.row, problem.where.column) == (
        "cell-too-large",
        "Results",
        2,
        "B",
    )
