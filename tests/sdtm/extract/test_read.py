"""Files to one raw table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Read = Callable[..., Any]


def test_files_of_a_glob_are_stacked_in_the_order_of_their_paths(read: Read, cells: Read) -> None:
    found = read({"lab/b.csv": "B,A\n4,3\n", "lab/a.csv": "A,B\n1,2\n,x\n"}, missing=("",), file="lab/*.csv")
    table = found.table
    assert cells(found) == {"A": ["1", None, "3"], "B": ["2", "x", "4"]}
    assert [file.path for file in table.files] == ["lab/a.csv", "lab/b.csv"]
    assert [table.place(row) for row in range(3)] == [("lab/a.csv", 2), ("lab/a.csv", 3), ("lab/b.csv", 2)]
    assert [file.rows for file in table.files] == [2, 1]


def test_columns_that_one_file_lacks_or_has_more_are_told(refused: Read) -> None:
    [problem] = refused({"lab/a.csv": "SUBJ,RESULT\n", "lab/b.csv": "SUBJ,RESULTS,X\n"}, file="lab/*.csv")
    assert (problem.id, problem.where.file, problem.where.column) == (
        "differing-columns",
        "lab/b.csv",
        "RESULT",
    )
    assert problem.found == "without RESULT; with RESULTS, X, which lab/a.csv does not have"
    assert problem.do == "RESULT: did you mean RESULTS?"


def test_findings_name_their_file(read: Read) -> None:
    found = read(
        {"a/1.csv": "A,B\n1,2\n", "a/2.csv": "A,B\n,\n", "a/3.csv": "A,B\n"}, missing=("",), file="a/*"
    )
    assert [(f.rule, f.places[0].file, f.places[0].row) for f in found.findings] == [
        ("no-rows", "a/3.csv", None),
        ("empty-row", "a/2.csv", 2),
    ]


def test_a_declared_format_wins_over_the_ending(read: Read, cells: Read) -> None:
    assert cells(read("A,B\n1,2\n", name="a.dat", format="csv")) == {"A": ["1"], "B": ["2"]}


def test_a_file_that_may_not_be_read(refused: Read, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*args: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("sdtm.extract.csv.read", forbidden)
    [problem] = refused("A,B\n1,2\n")
    assert (problem.id, problem.where.file, problem.found) == (
        "unreadable-file",
        "a.csv",
        "Permission denied",
    )
