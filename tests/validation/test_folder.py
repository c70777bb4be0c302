"""Folders of datasets: what is read, what is refused; nothing is read by halves. All data are invented."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from specs.problems import ProblemsFound
from validation import validate
from validation.folder import read_folder
from validation.values import texts_of

AE = pd.DataFrame(
    {
        "STUDYID": ["X1"] * 2,
        "DOMAIN": ["AE"] * 2,
        "USUBJID": ["001", "002"],
        "AESEQ": [1.0, 2.0],
        "AETERM": ["NA", "b"],
    }
)


def _write(path: Path, frame: pd.DataFrame = AE, **more: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".xpt":
        name = str(more.pop("name", "AE"))
        pyreadstat.write_xport(frame, path, table_name=name, **{"file_format_version": 5, **more})
    elif path.suffix == ".parquet":
        frame.to_parquet(path)
    elif path.suffix == ".gz":
        path.write_bytes(gzip.compress(frame.to_csv(index=False).encode()))
    else:
        frame.to_csv(path, index=False)
    return path


def _problem(folder: Path) -> tuple[str, str, str]:
    with pytest.raises(ProblemsFound) as caught:
        read_folder(folder)
    (problem,) = caught.value.problems
    return problem.id, problem.where.file, problem.found


@pytest.mark.parametrize("file", ["ae.xpt", "AE.XPT", "ae.parquet", "ae.csv", "ae.csv.gz", "sub/ae.xpt"])
def test_every_format_gives_the_same_dataset(file: str, tmp_path: Path) -> None:
    path = _write(tmp_path / file.lower())
    if file.isupper():
        path.rename(tmp_path / file)
    folder = read_folder(tmp_path)
    assert list(folder.datasets) == ["AE"]
    frame = folder.datasets["AE"].frame
    assert texts_of(frame["USUBJID"]).tolist() == ["001", "002"]
    assert texts_of(frame["AETERM"]).tolist() == ["NA", "b"]
    assert frame["AESEQ"].tolist() == [1.0, 2.0]
    assert folder.findings == ()
    assert folder.datasets["AE"].metadata.file == file


@pytest.mark.parametrize("version", [5, 8])
def test_labels_and_lengths_of_a_transport_file(version: int, tmp_path: Path) -> None:
    _write(
        tmp_path / "x.xpt",
        name="AE",
        file_label="Adverse Events",
        file_format_version=version,
        column_labels={"AETERM": "Reported Term for the Adverse Event"},
    )
    metadata = read_folder(tmp_path).datasets["AE"].metadata
    assert metadata.label == "Adverse Events"
    assert metadata.labels["AETERM"] == "Reported Term for the Adverse Event"
    assert metadata.lengths["AETERM"] == 2
    assert "AESEQ" not in metadata.lengths


def test_an_output_folder_of_ours_is_read_at_its_sdtm(tmp_path: Path) -> None:
    _write(tmp_path / "sdtm" / "ae.xpt")
    _write(tmp_path / "trace" / "dm.parquet")
    assert list(read_folder(tmp_path).datasets) == ["AE"]


def test_a_number_that_is_none_stays_text_and_is_found(tmp_path: Path) -> None:
    (tmp_path / "ae.csv").write_text("USUBJID,AESEQ\n001,1\n002,two\n", encoding="utf-8")
    judgement = validate(tmp_path)
    (finding,) = (f for f in judgement.findings if f.rule == "not-a-number")
    assert (finding.variable, finding.found) == ("AESEQ", '"two"')
    assert (finding.places[0].file, finding.places[0].row) == ("ae.csv", 3)


def test_files_that_are_no_datasets_are_told(tmp_path: Path) -> None:
    _write(tmp_path / "ae.xpt")
    for name in ("notes.docx", ".hidden", "define.xml"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    (finding,) = read_folder(tmp_path).findings
    assert (finding.rule, finding.severity) == ("file-not-read", "note")
    assert [place.file for place in finding.places] == ["notes.docx"]


def test_text_that_is_no_utf8_is_read_so_that_it_can_be_found(tmp_path: Path) -> None:
    path = _write(tmp_path / "ae.xpt", AE.assign(AETERM=["Q1234", "b"]))
    path.write_bytes(path.read_bytes().replace(b"Q1234", b"caf\xe9s"))
    (finding,) = (f for f in validate(tmp_path).findings if f.rule == "not-printable-ascii")
    assert (finding.variable, finding.places[0].value, finding.places[0].row) == ("AETERM", "cafés", 1)


def test_two_files_of_one_dataset(tmp_path: Path) -> None:
    _write(tmp_path / "ae.csv")
    _write(tmp_path / "old" / "ae.xpt")
    assert _problem(tmp_path) == ("dataset-twice", "old/ae.xpt", "dataset AE, which ae.csv holds as well")


def test_several_datasets_in_one_transport_file(tmp_path: Path) -> None:
    path = _write(tmp_path / "all.xpt")
    library = path.read_bytes()
    path.write_bytes(library + library[240:])
    assert _problem(tmp_path) == ("several-datasets", "all.xpt", "2 datasets in one file")


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("ae.xpt", b""),
        ("ae.xpt", b"not a transport file"),
        ("ae.parquet", b"PAR1 and nothing more"),
        ("ae.csv", b""),
        ("ae.csv", b"USUBJID,AESEQ\n001\n"),
        ("ae.csv", b"USUBJID,AESEQ\n001,1,2\n"),
        ("ae.csv", b"USUBJID,AETERM\n001,caf\xe9\n"),
        ("ae.csv", b"USUBJID,USUBJID\n001,002\n"),
        ("ae.csv.gz", b"not compressed"),
    ],
)
def test_a_file_that_cannot_be_read_whole_is_a_problem(file: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / file).write_bytes(content)
    id, where, found = _problem(tmp_path)
    assert (id, where) == ("dataset-unreadable", file)
    assert found


@pytest.mark.parametrize("cut", [1, 40, 100])
def test_a_cut_transport_file_is_no_shorter_dataset(cut: int, tmp_path: Path) -> None:
    path = _write(tmp_path / "ae.xpt", AE.assign(AETERM=["x" * 150, "y" * 150]))
    path.write_bytes(path.read_bytes()[:-cut])
    assert _problem(tmp_path)[:2] == ("dataset-unreadable", "ae.xpt")


def test_all_bad_files_are_told_at_once(tmp_path: Path) -> None:
    for name in ("ae.xpt", "cm.csv"):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(ProblemsFound) as caught:
        read_folder(tmp_path)
    assert [problem.where.file for problem in caught.value.problems] == ["ae.xpt", "cm.csv"]


def test_a_folder_without_datasets(tmp_path: Path) -> None:
    assert _problem(tmp_path)[2] == "an empty folder"
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    assert _problem(tmp_path)[2] == "1 other files, such as a.txt"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert _problem(tmp_path / "nowhere")[0] == "folder-missing"
    file = tmp_path / "ae.xpt"
    file.write_bytes(b"")
    assert _problem(file)[2] == "a file"


def test_a_header_without_records_is_an_empty_dataset(tmp_path: Path) -> None:
    (tmp_path / "ae.csv").write_text("USUBJID,AESEQ\n", encoding="utf-8")
    assert ("empty-dataset", "AE") in {(f.rule, f.dataset) for f in validate(tmp_path).findings}


def test_frames_are_judged_like_a_folder(tmp_path: Path) -> None:
    _write(tmp_path / "ae.parquet")
    without_files = {(f.rule, f.dataset, f.variable, f.count) for f in validate({"AE": AE}).findings}
    assert {(f.rule, f.dataset, f.variable, f.count) for f in validate(tmp_path).findings} == without_files
