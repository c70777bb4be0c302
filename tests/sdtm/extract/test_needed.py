"""Columns that a spec cannot need are not encoded, and are there all the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sdtm import columns
from sdtm.extract import read_raw
from sdtm.extract.needed import is_needed, spec_text
from specs import load_study
from specs.model import Raw, RawDataset
from specs.problems import ProblemsFound

STUDY = """
    study: X1
    raw:
      not_submitted: {ROWID: number of the row}
      datasets: {ae: {file: ae.csv, key: [PT, SEQ]}}
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
"""
AE = "domain: AE\nsources: [{from: ae, where: YN = 'Y', because: no event, map: {AETERM: TERM}}]\n"


def cells(column: pd.Series) -> list[str | None]:
    return [value if isinstance(value, str) else None for value in column.astype(object)]


@pytest.fixture
def said(build_study: Callable[..., Path]) -> str:
    return spec_text(load_study(build_study(STUDY, {"ae": AE}, {"ae.csv": "PT\n1\n"})))


@pytest.mark.parametrize("name", ["PT", "SEQ", "YN", "TERM", "term"])
def test_what_is_mapped_or_in_a_condition_or_a_key_is_needed(said: str, name: str) -> None:
    assert is_needed(name, said)


def test_what_is_only_named_as_not_submitted_is_not(said: str) -> None:
    assert not is_needed("ROWID", said)
    assert not is_needed("ELSEWHERE", said)


def test_without_a_spec_every_column_is_needed() -> None:
    assert is_needed("ROWID", None)


def read(folder: Path, data: bytes, text: str | None, **dataset: Any) -> pd.DataFrame:
    (folder / "t.csv").write_bytes(data)
    raw = Raw(missing=("", "."))
    return read_raw("t", RawDataset(file="t.csv", **dataset), raw, folder, text).table.frame


def test_a_column_that_hardly_repeats_stays_as_it_is_and_has_the_same_cells(tmp_path: Path) -> None:
    data = b"A,ROWID,SAME\n1,007,x\n1,.,x\n1,,x\n1,1E3,x\n1,\xc3\xa9,x\n"
    lean, full = read(tmp_path, data, "a", header_row=1), read(tmp_path, data, None)
    assert isinstance(lean["ROWID"].dtype, pd.StringDtype)
    assert isinstance(lean["SAME"].dtype, pd.CategoricalDtype)
    assert isinstance(full["ROWID"].dtype, pd.CategoricalDtype)
    expected = ["007", None, None, "1E3", "é"]
    assert cells(lean["ROWID"]) == cells(full["ROWID"]) == expected
    assert cells(columns.encoded(lean["ROWID"])) == expected


@pytest.mark.parametrize(
    ("data", "rule", "row", "column"),
    [
        (b"A,ROWID\n1,a\n1,b\n1,\xff\n", "undecodable-byte", 4, "ROWID"),
        (b"A,ROWID\n1,a\n1,b\x00\n", "nul-character", 3, "ROWID"),
        (b"A,ROWID\n1,a\n1,b,c\n", "ragged-row", 3, None),
        (b"A,ROWID\n1,a\n1," + b"x" * ((1 << 20) + 1) + b"\n", "cell-too-large", 3, "ROWID"),
    ],
)
def test_bytes_are_checked_in_every_column(
    tmp_path: Path, data: bytes, rule: str, row: int, column: str | None
) -> None:
    with pytest.raises(ProblemsFound) as caught:
        read(tmp_path, data, "a")
    (problem,) = caught.value.problems
    assert (problem.id, problem.where.row) == (rule, row)
    assert column is None or problem.where.column == column


def test_the_books_and_findings_are_those_of_a_column_that_is_read(convert_study: Callable[..., Any]) -> None:
    raw = {"ae.csv": "PT,SEQ,YN,TERM,ROWID,OTHER\n1,1,Y,Rash,11,a\n1,1,Y,Rash,12,b\n1,2,N,,13,c\n"}
    made = convert_study(STUDY, {"ae": AE}, raw)
    (book,) = made.books
    assert book.unaccounted_columns == ("OTHER",) or list(book.unaccounted_columns) == ["OTHER"]
    rules = sorted(f.rule for f in made.findings)
    # Rows of one key that differ only in columns that nothing reads are not equal in every column.
    assert "column-unaccounted" in rules and "duplicate-key" in rules and "duplicate-row" not in rules
