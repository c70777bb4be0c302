"""Small workbooks made in the test: sheets as rows of cells, changed, saved and read. Invented data."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from specs import load_study
from specs.model import Study
from specs.problems import Problem, ProblemsFound

Rows = dict[str, list[list[Any]]]

# What a workbook needs at least, in the headers of the toolkit's sheets.
SHEETS: Rows = {
    "Settings": [["Key", "Value"], ["study", "X1"], ["raw.folder", "raw"]],
    "Raw": [["Raw", "File", "Key"], ["dm", "dm.csv", "SUBJ"], ["ae", "ae.csv", "SUBJ; AENO"]],
    "Subject": [
        ["Raw", "Variable", "column", "template"],
        [None, "SUBJID", "SUBJ", None],
        [None, "USUBJID", None, "{STUDYID}-{SUBJID}"],
    ],
    "Sources": [
        ["Dataset", "No.", "From", "Where"],
        ["DM", "1", "dm", None],
        ["AE", "1", "ae", "AEYN = 'Y'"],
    ],
    "Mappings": [
        ["Dataset", "Source", "Variable", "column", "value", "date", "format"],
        ["DM", "dm", "SEX", "SEX", None, None, None],
        ["AE", "ae", "AETERM", "TERM", None, None, None],
        ["AE", "ae", "AESTDTC", None, None, "AEDAT", "dd MMM yyyy"],
        ["AE", "ae", "AESEV", "SEV", None, None, None],
    ],
    "Term lists": [["List", "Codelist"], ["SEV", "AESEV"]],
    "Terms": [["List", "Raw text", "Value"], ["SEV", "1", "MILD"], ["SEV", "2", "MODERATE"]],
    "Visits": [["VISITNUM", "VISIT", "Raw"], ["1", "SCREENING", "SCR; Screening"]],
}


class Book:
    """A workbook on the bench: ``sheets`` to change as rows, ``styled`` to change as openpyxl knows them."""

    def __init__(self, folder: Path, sheets: Rows = SHEETS) -> None:
        self.path = folder / "study.xlsx"
        self.sheets = copy.deepcopy(sheets)
        self.styled: list[Callable[[Any], None]] = []

    def save(self) -> Path:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in self.sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        for change in self.styled:
            change(book)
        book.save(self.path)
        return self.path

    def read(self) -> Study:
        return load_study(self.save())

    def problems(self) -> list[Problem]:
        """What is wrong; it must be something, and each problem must say where and what to do."""
        with pytest.raises(ProblemsFound) as refused:
            self.read()
        for problem in refused.value.problems:
            assert problem.where.file == "study.xlsx" and problem.where.sheet
            assert problem.found and problem.expected and problem.do
        return list(refused.value.problems)

    def put(self, cell: str, value: Any) -> None:
        """``put("Terms!B2", "x")``"""
        sheet, _, name = cell.partition("!")
        self.styled.append(lambda book: book[sheet].__setitem__(name, value))

    def style(self, sheet: str, change: Callable[[Any], None]) -> None:
        self.styled.append(lambda book: change(book[sheet]))


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


@pytest.fixture
def book_of(tmp_path: Path) -> Callable[[Rows], Book]:
    return lambda sheets: Book(tmp_path, sheets)
