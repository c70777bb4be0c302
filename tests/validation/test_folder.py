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
    for name in ("notes.docx", ".hidden", "define.html"):
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


ADSL = "STUDYID,USUBJID,SUBJID,SITEID,TRT01P,SAFFL,TRTSDT,TRTSDTM\nX1,S1,1,01,A,Y,2024-03-01,2024-03-01T09:00:00\n"


def test_dates_of_analysis_datasets_in_text_are_sas_dates(tmp_path: Path) -> None:
    (tmp_path / "adsl.csv").write_text(ADSL, encoding="utf-8")
    frame = read_folder(tmp_path).datasets["ADSL"].frame
    # 2024-03-01 is day 23436 since 1960-01-01; 09:00 of it is second 23436 * 86400 + 32400.
    assert (frame["TRTSDT"].tolist(), frame["TRTSDTM"].tolist()) == ([23436.0], [2024902800.0])


@pytest.mark.parametrize("text", ["2024-03", "01MAR2024", "2024-03-01T09:00+01:00"])
def test_a_date_that_is_not_complete_stays_text_and_is_found(text: str, tmp_path: Path) -> None:
    (tmp_path / "adsl.csv").write_text(ADSL.replace("2024-03-01,", f"{text},"), encoding="utf-8")
    told = {(f.rule, f.variable) for f in validate(tmp_path).findings}
    assert ("not-a-number", "TRTSDT") in told


def test_dates_of_a_parquet_file_are_sas_dates(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "USUBJID": ["S1", "S2"],
            "TRTSDT": [pd.Timestamp("2024-03-01").date(), None],
            "TRTSDTM": pd.to_datetime(["2024-03-01T09:00", None]),
        }
    )
    _write(tmp_path / "adsl.parquet", frame)
    read = read_folder(tmp_path).datasets["ADSL"].frame
    assert read["TRTSDT"].tolist()[0] == 23436.0
    assert read["TRTSDTM"].tolist()[0] == 2024902800.0
    assert read.iloc[1].isna().tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("sdtm", "adam"),
    [
        ("sdtm", "adam"),
        ("tabulations/sdtm", "analysis/adam/datasets"),
        ("m5/datasets/x1/tabulations/sdtm", "m5/datasets/x1/analysis/adam/datasets"),
    ],
)
def test_sdtm_and_adam_of_an_output_or_a_submission_are_judged_together(
    sdtm: str, adam: str, tmp_path: Path
) -> None:
    _write(tmp_path / sdtm / "ae.xpt")
    (tmp_path / adam).mkdir(parents=True)
    (tmp_path / adam / "adsl.csv").write_text(ADSL, encoding="utf-8")
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "results.csv").write_text("a\n1\n", encoding="utf-8")
    assert validate(tmp_path).records == {"ADSL": 1, "AE": 2}
    # The folder of ADaM alone: the SDTM beside it is looked up in.
    alone = validate(tmp_path / adam)
    assert alone.records == {"ADSL": 1}
    assert "there is no dataset AE" not in {one.reason for one in alone.not_run}


def test_the_sdtm_of_analysis_datasets_may_be_named(tmp_path: Path) -> None:
    _write(tmp_path / "tabulated" / "ae.xpt")
    analysed = tmp_path / "analysed"
    analysed.mkdir()
    (analysed / "adae.csv").write_text("STUDYID,USUBJID,AESEQ,AETERM\nX1,001,9,NA\n", encoding="utf-8")
    assert "sequence-not-in-source" not in {f.rule for f in validate(analysed).findings}
    told = validate(analysed, sdtm=tmp_path / "tabulated")
    assert "sequence-not-in-source" in {f.rule for f in told.findings}
    assert list(told.records) == ["ADAE"]


def test_datasets_beside_a_folder_of_their_kind_are_not_left_out(tmp_path: Path) -> None:
    _write(tmp_path / "ae.xpt")
    (tmp_path / "adam").mkdir()
    (tmp_path / "adam" / "adsl.csv").write_text(ADSL, encoding="utf-8")
    assert list(read_folder(tmp_path).datasets) == ["ADSL", "AE"]


def test_parts_of_a_dataset_are_not_judged_beside_the_whole(tmp_path: Path) -> None:
    """As a package has them: the whole above the size, and whole subjects in the folder split."""
    for name in ("ae01", "ae02"):
        _write(tmp_path / "split" / f"{name}.xpt", name=name.upper())
    assert list(read_folder(tmp_path).datasets) == ["AE01", "AE02"]
    _write(tmp_path / "ae.xpt")
    _write(tmp_path / "split" / "dm01.xpt", name="DM01")  # of no dataset that is here
    assert list(read_folder(tmp_path).datasets) == ["AE", "DM01"]
