"""Edits of single raw values, and the cells of tables that have to move with them."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import pytest

from sdtm.reports.results import Value, value_text
from sdtm.run_study import Run, run


@dataclass(frozen=True)
class Edit:
    """In ``file`` the rows where all of ``where`` holds get ``change``; ``count`` rows have to be met."""

    file: str
    where: Mapping[str, str]
    change: Mapping[str, str]
    count: int = 1
    encoding: str = "utf-8"
    delimiter: str = ","


@dataclass(frozen=True)
class EditCell:
    """One number of a workbook."""

    file: str
    sheet: str
    cell: str
    before: float
    after: float


@dataclass(frozen=True)
class Moved:
    """A cell of results.csv before and after; empty texts: any two that differ."""

    table: str
    row: str
    column: str
    statistic: str
    before: str = ""
    after: str = ""


def edited(study: str, folder: Path, edits: Sequence[Edit | EditCell]) -> Path:
    """A copy of a bundled study with some raw values changed."""
    target = folder / study
    shutil.copytree(
        str(files(f"specs.studies.{study}")), target, ignore=shutil.ignore_patterns("__pycache__")
    )
    for edit in edits:
        path = target / "raw" / edit.file
        if isinstance(edit, Edit):
            _edit_text(path, edit)
        else:
            _edit_workbook(path, edit)
    return target


def _edit_text(path: Path, edit: Edit) -> None:
    text = path.read_bytes().decode(edit.encoding)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=edit.delimiter))
    header = [name.removeprefix("\ufeff") for name in rows[0]]
    met = [
        row
        for row in rows[1:]
        if row and all(row[header.index(name)] == value for name, value in edit.where.items())
    ]
    assert len(met) == edit.count, (edit, len(met))
    for row in met:
        for name, value in edit.change.items():
            assert row[header.index(name)] != value, edit
            row[header.index(name)] = value
    out = io.StringIO(newline="")
    ending = "\r\n" if "\r\n" in text else "\n"
    csv.writer(out, delimiter=edit.delimiter, lineterminator=ending).writerows(rows)
    path.write_bytes(out.getvalue().encode(edit.encoding))


def _edit_workbook(path: Path, edit: EditCell) -> None:
    from openpyxl import load_workbook

    book = load_workbook(path)
    cell = book[edit.sheet][edit.cell]
    assert cell.value == edit.before, (edit, cell.value)
    cell.value = edit.after
    book.save(path)


def cells(done: Run) -> dict[tuple[str, str, str, str], Value]:
    assert done.report is not None
    return {(r.table, r.row, r.column, r.statistic): r.value for r in done.report.results}


def check(cell: Moved, before: Run, after: Run) -> None:
    """Whether a cell has moved as stated, or at all."""
    key = (cell.table, cell.row, cell.column, cell.statistic)
    texts = [value_text(cells(done).get(key, "absent")) for done in (before, after)]
    assert texts[0] != texts[1], (key, texts)
    if cell.before or cell.after:
        assert texts == [cell.before, cell.after], key


@pytest.fixture(scope="module")
def rerun(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """``rerun(study, edits)``: a whole run of the edited copy."""

    def make(study: str, edits: Sequence[Edit | EditCell]) -> Run:
        folder = tmp_path_factory.mktemp("edited")
        return run(edited(study, folder, edits), folder / "out", judged=False)

    return make
