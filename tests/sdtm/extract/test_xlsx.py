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


def test_a_formula_gives_its_stored_value(read: Read, cells: Read) -> None:
    data = workbook(rows(["A", "B"], [1, "=A2+1"]))
    sheet = part_of(data, SHEET).replace("<f>A2+1</f><v></v>", "<f>A2+1</f><v>2</v>")
    sheet = sheet.replace("<f>A2+1</f><v />", "<f>A2+1</f><v>2</v>")
    assert cells(read(with_part(data, SHEET, sheet), name="a.xlsx"))["B"] == ["2"]


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
    assert (
        refused(with_part(data, SHEET, sheet.replace("<v>7</v>", "<v>seven</v>", 1)), name="a.xlsx")[0].id
        == "damaged-file"
    )
    assert refused(with_part(data, "xl/sharedStrings.xml", "<sst/>"), name="a.xlsx")[0].id == "damaged-file"


def test_an_entity_in_a_sheet_is_refused(refused: Read) -> None:
    data = workbook(rows(["A", "B"], [1, 2]))
    sheet = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + part_of(data, SHEET).partition("?>")[2]
    assert refused(with_part(data, SHEET, sheet), name="a.xlsx")[0].id == "external-entity"


def test_a_workbook_that_unpacks_to_too_much(refused: Read) -> None:
    data = with_part(workbook(rows(["A", "B"], [1, 2])), "xl/media/x.txt", " " * 80_000_000)
    assert refused(data, name="a.xlsx")[0].id == "file-too-large"


def test_a_huge_cell(refused: Read) -> None:
    data = workbook(rows(["A", "B"], [1, 2], [3, "x"]))
    texts = part_of(data, "xl/sharedStrings.xml").replace("<t>x</t>", f"<t>{'x' * 30_000_000}</t>")
    [problem] = refused(with_part(data, "xl/sharedStrings.xml", texts), name="a.xlsx")
    assert (problem.id, problem.where.sheet, problem.where.row, problem.where.column) == (
        "cell-too-large",
        "Results",
        3,
        "B",
    )


def test_rich_text_and_inline_text(read: Read, cells: Read) -> None:
    data = workbook(rows(["A", "B"], ["x", "y"]))
    texts = part_of(data, "xl/sharedStrings.xml")
    rich = (
        "<si><r><t>bo</t></r><r><t xml:space='preserve'>ld </t></r><rPh sb='0' eb='1'><t>guide</t></rPh></si>"
    )
    data = with_part(data, "xl/sharedStrings.xml", texts.replace("<si><t>x</t></si>", rich))
    sheet = part_of(data, SHEET)
    start = sheet.index('<c r="B2"')
    end = sheet.index("</c>", start) + 4
    inline = '<c r="B2" t="inlineStr"><is><t> 007 </t></is></c>'
    found = read(with_part(data, SHEET, sheet[:start] + inline + sheet[end:]), name="a.xlsx")
    assert cells(found) == {"A": ["bold "], "B": [" 007 "]}
