"""What is in a folder of raw files."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from sdtm.extract.profile import profile, profile_json, profile_text
from specs.problems import ProblemsFound


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Synthetic: two subjects, three events, one sheet of results, one file that is none."""
    (tmp_path / "dm.csv").write_text("SUBJ,SITE,BIRTH\n001,A,05/04/1960\n002,A,\n")
    (tmp_path / "ae.csv").write_text(
        "SUBJ,NO,TERM,START\n001,1,Rash,05-MAR-2024\n001,2,Rash,2024\n002,1,Übelkeit,\n009,1,Rash,MAR-2024\n"
    )
    (tmp_path / "bad.csv").write_text("A,A\n1,2\n")
    (tmp_path / "notes.md").write_text("not data")
    book = openpyxl.Workbook()
    book.active.title = "Results"
    book.active.append(["SUBJ", "CONC"])
    book.active.append(["001", 1.5])
    book.create_sheet("Empty")
    book.save(tmp_path / "pk.xlsx")
    return tmp_path


def test_every_table_is_there(folder: Path) -> None:
    found = profile(folder)
    assert [(p.name, p.rows, [problem.id for problem in p.problems]) for p in found] == [
        ("ae.csv", 4, []),
        ("bad.csv", 0, ["duplicated-column"]),
        ("dm.csv", 2, []),
        ("notes.md", 0, ["unknown-format"]),
        ("pk.xlsx [Results]", 1, []),
        ("pk.xlsx [Empty]", 0, ["empty-file"]),
    ]


def test_a_column(folder: Path) -> None:
    start = {column.name: column for column in profile(folder)[0].columns}["START"]
    assert (start.missing, start.distinct, start.shortest, start.longest) == (1, 3, 4, 11)
    assert dict(start.kinds) == {"MMM-yyyy": 1, "dd-MMM-yyyy": 1, "yyyy": 1}
    assert start.examples == ("05-MAR-2024", "2024", "MAR-2024")


def test_the_order_of_numeric_dates_is_left_open(folder: Path) -> None:
    birth = profile(folder)[2].columns[2]
    assert dict(birth.kinds) == {"99/99/9999 (day or month first?)": 1}


def test_possible_keys(folder: Path) -> None:
    found = {p.name: p.keys for p in profile(folder)}
    assert found["dm.csv"] == (("SUBJ",),)
    assert found["ae.csv"] == (("SUBJ", "NO"),)


def test_repeated_rows_leave_no_key(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("A,B\n1,2\n1,2\n3,4\n")
    [found] = profile(tmp_path)
    assert (found.keys, found.repeated_rows) == ((), 1)


def test_relations_to_the_table_that_a_column_identifies(folder: Path) -> None:
    ae = profile(folder)[0]
    [relation] = ae.relations
    assert (relation.column, relation.table, relation.contained, relation.distinct, relation.outside) == (
        "SUBJ",
        "dm.csv",
        2,
        3,
        ("009",),
    )


def test_the_text_names_everything(folder: Path) -> None:
    text = profile_text(profile(folder))
    for part in (
        "ae.csv (csv, utf-8, ",
        "4 rows, 4 columns",
        "key       SUBJ + NO",
        "SUBJ: 2 of 3 values are in dm.csv; not there: 009",
        "bad.csv: not read",
        "error[duplicated-column]",
        "pk.xlsx [Results]",
        "dd-MMM-yyyy 1",
    ):
        assert part in text


def test_the_json_is_whole(folder: Path) -> None:
    tables = json.loads(profile_json(profile(folder)))
    assert [table["file"] for table in tables][:2] == ["ae.csv", "bad.csv"]
    assert tables[0]["columns"][2]["examples"] == ["Rash", "Übelkeit"]
    assert tables[1]["problems"][0]["id"] == "duplicated-column"


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound) as caught:
        profile(tmp_path / "none")
    assert caught.value.problems[0].id == "missing-folder"


def test_no_files(tmp_path: Path) -> None:
    assert profile_text(profile(tmp_path)) == "no files"


def test_a_text_file_that_is_not_utf8_is_read_in_the_encoding_that_is_told(tmp_path: Path) -> None:
    """Others keep theirs: the ä of the UTF-8 file is one letter, not two."""
    (tmp_path / "new.csv").write_bytes("A,B\nHämoglobin,1\n".encode())
    (tmp_path / "old.csv").write_bytes("A,B\nHämoglobin,1\n".encode("cp1252"))
    without = {p.name: [problem.id for problem in p.problems] for p in profile(tmp_path)}
    assert without == {"new.csv": [], "old.csv": ["undecodable-byte"]}
    told = {p.name: (p.encoding, p.columns[0].examples) for p in profile(tmp_path, "cp1252")}
    assert told == {"new.csv": ("utf-8", ("Hämoglobin",)), "old.csv": ("cp1252", ("Hämoglobin",))}
    assert [p.problems[0].id for p in profile(tmp_path, "no-such") if p.problems] == ["unknown-encoding"]
