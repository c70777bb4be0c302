"""Workbooks that we write ourselves, read back by openpyxl. The texts are invented."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from openpyxl import load_workbook

from validation.sheets import LONGEST_TEXT, Sheet, Styled, letters, sheet_file


def opened(*sheets: Sheet) -> Any:
    return load_workbook(io.BytesIO(sheet_file(sheets, "Test")))


def stored(texts: list[str]) -> list[str]:
    """Texts of a column as a program reads them that knows the escapes of ECMA-376 (22.9.2.19, ST_Xstring).

    openpyxl gives most of these escapes as they stand.
    """
    file = io.BytesIO(sheet_file([Sheet("One", [["A"], *[[text] for text in texts]])], "Test"))
    with zipfile.ZipFile(file) as archive:
        found = etree.fromstring(archive.read("xl/sharedStrings.xml"))
        cells = etree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    name = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    strings = [
        re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), t.text)
        for t in found.iter(f"{name}t")
    ]
    return [strings[int(value.text)] for value in cells.iter(f"{name}v")][1:]


def test_texts_numbers_and_gaps_come_back() -> None:
    sheet = opened(Sheet("One", [["A", "B", "C"], ["x", 7, None], ["", "é 中文 עברית", "two\nlines"]]))["One"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["A", "B", "C"],
        ["x", 7, None],
        [None, "é 中文 עברית", "two\nlines"],
    ]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "\t=1", "#N/A", "1E5"]
)
def test_a_text_that_looks_like_a_formula_stays_text(text: str) -> None:
    """Also when somebody opens the cell to edit it: the format is text, and the mark of a quoted text is set."""
    cell = opened(Sheet("One", [["A"], [text]]))["One"]["A2"]
    assert (cell.data_type, cell.value, cell.number_format) == ("s", text, "@")
    assert cell.quotePrefix == (text[0] in "=+-@\t")


def test_header_panes_filter_and_dropdown() -> None:
    rows = [["Id", "Status"], ["1", "open"], ["2", "open"]]
    sheet = opened(Sheet("One", rows, frozen=1, choices={1: ["open", "query sent"]}))["One"]
    assert sheet.freeze_panes == "B2" and sheet.auto_filter.ref == "A1:B3"
    (rule,) = sheet.data_validations.dataValidation
    assert (str(rule.sqref), rule.formula1, rule.type) == ("B2:B3", '"open,query sent"', "list")
    assert sheet.print_title_rows == "$1:$1"


def test_columns_are_as_wide_as_their_texts_up_to_a_limit_and_long_rows_are_higher() -> None:
    sheet = opened(Sheet("One", [["A", "B"], ["x" * 30, "y" * 500]]))["One"]
    assert (sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width) == (32, 60)
    assert sheet.row_dimensions[2].height == 13.5 * 9  # 500 characters in lines of 58
    assert sheet["A2"].alignment.wrap_text and sheet["A2"].alignment.vertical == "top"


def test_severities_have_words_and_colours_with_enough_contrast() -> None:
    """4.5 to 1 is what WCAG 2.1 (1.4.3) asks for."""

    def luminance(colour: str) -> float:
        parts = [int(colour[-6:][at : at + 2], 16) / 255 for at in (0, 2, 4)]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    sheet = opened(Sheet("One", [["A"], *[[Styled(word, word)] for word in ("error", "warning", "note")]]))[
        "One"
    ]
    for row in (1, 2, 3, 4):
        cell = sheet.cell(row, 1)
        light, dark = sorted((luminance(cell.fill.fgColor.rgb), luminance(cell.font.color.rgb)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, cell.value
    assert len({sheet.cell(row, 1).fill.fgColor.rgb for row in (2, 3, 4)}) == 3


def test_a_text_that_is_too_long_says_so() -> None:
    text = opened(Sheet("One", [["A"], ["x" * 40_000]]))["One"]["A2"].value
    assert len(text) == LONGEST_TEXT and text.endswith(
        " … (40,000 characters in all; the rest is in findings.json)"
    )


def test_what_xml_cannot_hold_comes_back() -> None:
    text = "bell \x07, return \r, half \ud800, and a written _x0041_"
    assert stored([text]) == [text]


@settings(max_examples=30)
@given(st.lists(st.text(st.characters(), min_size=1, max_size=8), min_size=1, max_size=5))
def test_any_text_comes_back(texts: list[str]) -> None:
    assert stored(texts) == texts


def test_the_same_content_gives_the_same_bytes_and_there_is_no_clock() -> None:
    made = [sheet_file([Sheet("One", [["A"], ["x"]])], "Test") for _ in range(2)]
    assert made[0] == made[1]
    with zipfile.ZipFile(io.BytesIO(made[0])) as archive:
        assert {(member.date_time[0], member.compress_type) for member in archive.infolist()} == {(1980, 0)}
        for name in archive.namelist():
            etree.fromstring(archive.read(name))  # well-formed, also the parts that openpyxl does not read


@pytest.mark.parametrize("name", ["", "x" * 32, "a/b", "[x]"])
def test_names_that_no_sheet_can_have(name: str) -> None:
    with pytest.raises(ValueError, match="name of a sheet"):
        Sheet(name, [])


@pytest.mark.parametrize(("column", "name"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA")])
def test_names_of_columns(column: int, name: str) -> None:
    assert letters(column) == name
