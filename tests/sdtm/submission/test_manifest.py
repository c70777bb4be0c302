"""manifest.json. Hashes: of the empty text and of "abc", as published in FIPS 180-4 examples."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from sdtm.stages import RawFile, WrittenFile
from sdtm.submission.manifest import NAME, check_manifest, files_below, read_manifest, write_manifest
from specs.problems import ProblemsFound

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def make(folder: Path, **more: object) -> WrittenFile:
    (folder / "sdtm").mkdir(parents=True, exist_ok=True)
    (folder / "sdtm" / "ae.xpt").write_bytes(b"abc")
    (folder / "empty.txt").write_bytes(b"")
    arguments: dict = {
        "study": "LXI15029",
        "toolkit": "0.1.0",
        "spec_sha256": "f" * 64,
        "inputs": [RawFile("lab/ü.csv", ABC, 3, 7, notes=("x",)), RawFile("ae.csv", EMPTY, 0, 0)],
        "outputs": [WrittenFile("sdtm/ae.xpt", ABC, 3, 12)],
        "versions": {"sdtmig": "3.4", "ct": "2025-03-28"},
        "created": "2025-03-28T00:00:00",
    }
    return write_manifest(folder, **{**arguments, **more})


def test_a_manifest_lists_every_file_with_hash_size_and_rows(tmp_path: Path) -> None:
    written = make(tmp_path)
    content = json.loads((tmp_path / NAME).read_text(encoding="utf-8"))
    assert content["inputs"] == [
        {"path": "ae.csv", "rows": 0, "sha256": EMPTY, "size": 0},
        {"path": "lab/ü.csv", "rows": 7, "sha256": ABC, "size": 3},
    ]
    assert content["outputs"] == [
        {"path": "empty.txt", "rows": None, "sha256": EMPTY, "size": 0},  # not announced, hashed here
        {"path": "sdtm/ae.xpt", "rows": 12, "sha256": ABC, "size": 3},
    ]
    assert content["versions"] == {"ct": "2025-03-28", "sdtmig": "3.4"}
    assert written.path == NAME and written.size == (tmp_path / NAME).stat().st_size
    assert b"\r" not in (tmp_path / NAME).read_bytes()
    assert str(tmp_path) not in (tmp_path / NAME).read_text(encoding="utf-8")


def test_the_bytes_do_not_depend_on_place_or_order(tmp_path: Path) -> None:
    make(tmp_path / "a")
    turned = [RawFile("ae.csv", EMPTY, 0, 0), RawFile("lab/ü.csv", ABC, 3, 7)]
    make(tmp_path / "b" / "c", inputs=turned, versions={"ct": "2025-03-28", "sdtmig": "3.4"})
    assert (tmp_path / "a" / NAME).read_bytes() == (tmp_path / "b" / "c" / NAME).read_bytes()


def test_a_manifest_is_read_back(tmp_path: Path) -> None:
    make(tmp_path)
    manifest = read_manifest(tmp_path)
    assert (manifest.study, manifest.toolkit, manifest.spec_sha256) == ("LXI15029", "0.1.0", "f" * 64)
    assert manifest.created == "2025-03-28T00:00:00"
    assert manifest.inputs[1] == WrittenFile("lab/ü.csv", ABC, 3, 7)
    assert manifest.outputs == (WrittenFile("empty.txt", EMPTY, 0), WrittenFile("sdtm/ae.xpt", ABC, 3, 12))


def test_two_sheets_of_one_workbook_are_two_inputs(tmp_path: Path) -> None:
    sheets = [RawFile("pk.xlsx", ABC, 3, 9), RawFile("pk.xlsx", ABC, 3, 4), RawFile("pk.xlsx", ABC, 3, 9)]
    make(tmp_path, inputs=sheets)
    assert [(f.path, f.rows) for f in read_manifest(tmp_path).inputs] == [("pk.xlsx", 4), ("pk.xlsx", 9)]


@pytest.mark.skipif(os.name == "nt", reason="file names are text there")
def test_a_file_name_that_is_no_text_is_kept(tmp_path: Path) -> None:
    make(tmp_path, inputs=[RawFile(os.fsdecode(b"\xff.csv"), ABC, 3, 1)])
    assert os.fsencode(read_manifest(tmp_path).inputs[0].path) == b"\xff.csv"


@pytest.mark.parametrize("path", ["/raw/ae.csv", "C:\\raw\\ae.csv", "C:/raw/ae.csv"])
def test_absolute_paths_do_not_get_in(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="not relative"):
        make(tmp_path, inputs=[RawFile(path, ABC, 3, 1)])


def test_an_output_that_is_not_there_is_our_own_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"sdtm/dm\.xpt"):
        make(tmp_path, outputs=[WrittenFile("sdtm/dm.xpt", ABC, 3, 1)])


def test_an_untouched_folder_has_no_findings(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / ".DS_Store").write_bytes(b"desktop")
    assert check_manifest(tmp_path) == []


def test_missing_changed_and_foreign_files_are_found(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "empty.txt").unlink()
    (tmp_path / "sdtm" / "ae.xpt").write_bytes(b"abd")  # same size
    (tmp_path / "notes.txt").write_bytes(b"mine")
    found = {(f.rule, f.severity, f.places[0].file) for f in check_manifest(tmp_path)}
    assert found == {
        ("output-missing", "error", "empty.txt"),
        ("output-changed", "error", "sdtm/ae.xpt"),
        ("output-foreign", "warning", "notes.txt"),
    }


def test_a_link_in_place_of_a_file_is_a_change(tmp_path: Path) -> None:
    make(tmp_path / "out")
    (tmp_path / "elsewhere").write_bytes(b"abc")
    (tmp_path / "out" / "sdtm" / "ae.xpt").unlink()
    (tmp_path / "out" / "sdtm" / "ae.xpt").symlink_to(tmp_path / "elsewhere")
    assert [f.rule for f in check_manifest(tmp_path / "out")] == ["output-changed"]
    (tmp_path / "folder").mkdir()
    (tmp_path / "out" / "linked").symlink_to(tmp_path / "folder")
    assert "linked" in set(files_below(tmp_path / "out"))


VALID = {
    "made_by": "sdtm-toolkit",
    "format": 1,
    "study": "S",
    "toolkit": "0",
    "spec_sha256": "",
    "created": "",
    "versions": {},
    "inputs": [],
    "outputs": [],
}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        json.dumps({"name": "somebody's web app"}).encode(),
        json.dumps({**VALID, "made_by": "another tool"}).encode(),
        json.dumps({**VALID, "format": 2}).encode(),
        json.dumps({**VALID, "study": 5}).encode(),
        json.dumps({**VALID, "versions": []}).encode(),
        json.dumps(
            {**VALID, "outputs": [{"path": "a", "sha256": "", "size": float("inf"), "rows": None}]}
        ).encode(),
        *(
            json.dumps({**VALID, "outputs": [{"path": p, "sha256": "", "size": 1, "rows": None}]}).encode()
            for p in ("/etc/passwd", "../x", "a/../../x", "C:\\x", "a\\..\\x", "", ".")
        ),
    ],
)
def test_what_is_no_manifest_of_ours_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    with pytest.raises(ProblemsFound) as refused:
        read_manifest(tmp_path)
    assert refused.value.problems[0].id == "manifest" and "not a manifest" in refused.value.problems[0].found


def test_a_folder_without_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound, match="no such file"):
        check_manifest(tmp_path)
