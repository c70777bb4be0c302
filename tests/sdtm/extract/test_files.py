"""Which files a pattern names, and that none of them lies outside the raw folder."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sdtm.extract.files import find_files, one_file, shown_path
from specs.problems import Problem, ProblemsFound


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "raw"
    for name in ("AE.csv", "lab/b.csv", "lab/a.csv", "lab/old/c.csv", "lab/a.txt", ".hidden.csv", "~$AE.csv"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("A\n1\n")
    (tmp_path / "outside.csv").write_text("A\n1\n")
    return root


def problem(pattern: str, folder: Path) -> Problem:
    with pytest.raises(ProblemsFound) as caught:
        find_files(pattern, folder)
    [found] = caught.value.problems
    return found


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("AE.csv", ["AE.csv"]),
        ("./AE.csv", ["AE.csv"]),
        ("lab/*.csv", ["lab/a.csv", "lab/b.csv"]),
        ("lab/[b-z].csv", ["lab/b.csv"]),
        ("**/*.csv", ["AE.csv", "lab/a.csv", "lab/b.csv", "lab/old/c.csv"]),
        ("lab/**/c.csv", ["lab/old/c.csv"]),
        ("lab\\a.csv", ["lab/a.csv"]),
    ],
)
def test_files_come_in_the_order_of_their_paths(folder: Path, pattern: str, expected: list[str]) -> None:
    assert [shown_path(path, folder) for path in find_files(pattern, folder)] == expected


def test_a_missing_file_has_near_names(folder: Path) -> None:
    found = problem("AEs.csv", folder)
    assert (found.id, found.where.file) == ("missing-file", "AEs.csv")
    assert found.do.startswith("did you mean AE.csv")


def test_a_glob_without_files_lists_what_there_is(folder: Path) -> None:
    found = problem("vital/*.xpt", folder)
    assert found.id == "missing-file"
    assert "lab/a.csv" in found.do


@pytest.mark.parametrize(
    "pattern", ["../outside.csv", "lab/../../outside.csv", "/etc/passwd", "C:\\x.csv", "", "a\0b"]
)
def test_a_path_that_leaves_the_folder_is_refused(folder: Path, pattern: str) -> None:
    assert problem(pattern, folder).id == "path-outside-folder"


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need rights on Windows")
def test_a_link_that_leaves_the_folder_is_refused(folder: Path) -> None:
    (folder / "link.csv").symlink_to(folder.parent / "outside.csv")
    (folder / "inside.csv").symlink_to(folder / "AE.csv")
    assert problem("link.csv", folder).id == "path-outside-folder"
    assert problem("*.csv", folder).id == "path-outside-folder"
    assert len(find_files("inside.csv", folder)) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need rights on Windows")
def test_a_linked_folder_is_not_a_way_out(folder: Path) -> None:
    (folder / "up").symlink_to(folder.parent, target_is_directory=True)
    assert problem("up/outside.csv", folder).id == "path-outside-folder"
    assert problem("up/*.csv", folder).id == "missing-file"


def test_a_missing_folder(tmp_path: Path) -> None:
    assert problem("a.csv", tmp_path / "none").id == "missing-folder"


def test_one_file_is_one(folder: Path) -> None:
    assert one_file("AE.csv", folder).name == "AE.csv"
    with pytest.raises(ProblemsFound) as caught:
        one_file("lab/*.csv", folder)
    assert caught.value.problems[0].id == "several-files"
