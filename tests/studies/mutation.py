"""Edits of single raw values, and the cells of tables and the marks of figures that have to move with them."""

from __future__ import annotations

import csv
import html
import io
import re
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


@dataclass(frozen=True)
class Drawn:
    """A mark of a figure, by the start of what it says of itself; ``before`` and ``after``: the rest of that.

    Empty texts: the mark stands elsewhere, whatever it says.
    """

    figure: str
    mark: str
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


def check(cell: Moved | Drawn, before: Run, after: Run) -> tuple[str, str]:
    """Whether a cell or mark has moved as stated, or at all; what it was before and after."""
    if isinstance(cell, Drawn):
        return _check_mark(cell, before, after)
    key = (cell.table, cell.row, cell.column, cell.statistic)
    texts = [value_text(cells(done).get(key, "absent")) for done in (before, after)]
    assert texts[0] != texts[1], (key, texts)
    if cell.before or cell.after:
        assert texts == [cell.before, cell.after], key
    return texts[0], texts[1]


def _check_mark(cell: Drawn, before: Run, after: Run) -> tuple[str, str]:
    lines = [_marks(done, cell) for done in (before, after)]
    assert lines[0] and lines[0] != lines[1], (cell, lines)
    said = [[html.unescape(line.split(">")[-1]) for line in found] for found in lines]
    for texts, stated in zip(said, (cell.before, cell.after), strict=True):
        assert not (cell.before or cell.after) or any(text == cell.mark + stated for text in texts), (
            cell,
            said,
        )
    shown = [texts[0].removeprefix(cell.mark).strip(" :,") if texts else "absent" for texts in said]
    if shown[0] == shown[1]:
        points = [_POINT.findall(found[0]) for found in lines]
        return next((one, other) for one, other in zip(*points, strict=False) if one != other)
    return shown[0], shown[1]


_POINT = re.compile(r"[\d.]+,[\d.]+")


def _marks(done: Run, cell: Drawn) -> list[str]:
    """The elements of a figure whose text or title begins so, up to the end of that text."""
    assert done.report is not None
    (svg,) = [figure.svg for figure in done.report.figures if figure.plan.id == cell.figure]
    mark = html.escape(cell.mark)
    pieces = [piece for line in svg.splitlines() for piece in line.split("; ")]
    found = [piece for piece in pieces if f">{mark}" in piece or piece.startswith(mark)]
    return [re.split(r"</(?:title|text|desc)>", piece)[0] for piece in found]


def edit_text(edit: Edit | EditCell) -> str:
    """An edit in a few words: file, record, new values."""
    if isinstance(edit, EditCell):
        return f"{edit.file} {edit.cell} = {edit.after:g}"
    where, change = (", ".join(f"{k}={v}" for k, v in pairs.items()) for pairs in (edit.where, edit.change))
    return f"{edit.file} [{where}] {change}"


def cell_name(cell: Moved | Drawn) -> str:
    if isinstance(cell, Drawn):
        return f"figure {cell.figure}: {cell.mark.strip(' :,')}"
    return f"table {cell.table}: {cell.row}, {cell.column}, {cell.statistic}"


def nothing_unmoved(done: Run, edits: Sequence[tuple[Edit | EditCell, Sequence[Moved | Drawn]]]) -> None:
    """Every table and figure of a study has an edit that moves a stated cell or mark of it."""
    study = done.conversion.study
    stated = [cell for _, moved in edits for cell in moved]
    assert {cell.table for cell in stated if isinstance(cell, Moved)} == set(study.tables)
    assert {cell.figure for cell in stated if isinstance(cell, Drawn)} == set(study.figures)


@pytest.fixture(scope="module")
def rerun(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """``rerun(study, edits)``: a whole run of the edited copy."""

    def make(study: str, edits: Sequence[Edit | EditCell]) -> Run:
        folder = tmp_path_factory.mktemp("edited")
        return run(edited(study, folder, edits), folder / "out", judged=False)

    return make
