"""SAS datasets. No library writes them, so the files of ../shared/data/sas are read, and damaged copies."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sdtm.extract import read_raw
from sdtm.extract.sas7bdat import label_key
from specs.model import Raw, RawDataset

Read = Callable[..., Any]


@pytest.fixture
def sas(shared: Path) -> Path:
    return (shared / "data/sas").resolve()


@pytest.fixture
def read_sas(sas: Path, cells: Read) -> Read:
    def run(file: str, **dataset: Any) -> tuple[dict[str, list[str | None]], Any]:
        found = read_raw("t", RawDataset(file=file, **dataset), Raw(missing=("",)), sas)
        return cells(found), found

    return run


@pytest.mark.parametrize("file", ["sample.sas7bdat", "sample_bincompressed.sas7bdat"])
def test_values_are_those_of_sample_csv(sas: Path, read_sas: Read, file: str) -> None:
    with (sas / "sample.csv").open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text))

    def as_we_write(name: str, value: str) -> str | None:
        # The csv pads fractions with zeros and writes hours with one digit.
        value = value.removesuffix(".000000")
        return (value.zfill(8) if name == "mytime" and value else value) or None

    expected = {name: [as_we_write(name, row[name]) for row in rows] for name in rows[0]}
    values, found = read_sas(file)
    assert values == expected
    assert found.table.rows.tolist() == [1, 2, 3, 4, 5]
    assert found.table.files[0].encoding == "UTF-8"


def test_formats_decide_between_date_datetime_time_and_number(read_sas: Read) -> None:
    # first record: dtc1 22646, dtc2 3970, dtc3 14609, dtc4 23192 days; tm1 40810 s; dt2 1297725780 s
    values, found = read_sas("date_test.sas7bdat")
    assert {name: column[0] for name, column in values.items()} == {
        "patno": "1001",
        "dtc1": "2022-01-01",
        "dtc2": "1970-11-14",
        "dtc3": "1999-12-31",
        "dtc4": "2023-07-01",
        "tm1": "11:20:10",
        "dt1": "2020-12-09T14:05:00",
        "dt2": "2001-02-13T23:23:00",
        "yr": "2023-01-01",
    }
    assert "dtc4 is shown as MMYY7 in SAS; the whole stored date is read" in found.table.files[0].notes


def test_special_missings_are_texts_and_the_plain_one_is_missing(read_sas: Read) -> None:
    values, _ = read_sas("missing_test.sas7bdat")
    assert values == {
        **{f"var{n}": [text] for n, text in enumerate([".A", ".B", ".C", ".X", ".Y", ".Z", "._"], 1)},
        "var8": [None],
        "var9": ["1"],
    }


def test_special_missings_can_be_declared_missing(read_sas: Read) -> None:
    assert read_sas("missing_test.sas7bdat", missing=(".A", "1"))[0]["var1"] == [None]


def test_a_catalogue_adds_the_decodes_beside_the_codes(read_sas: Read) -> None:
    values, found = read_sas("test_data_win.sas7bdat", formats="test_formats_win.sas7bcat")
    assert values == {
        "ID": ["ID1", "ID2", "ID3"],
        "SEXA": ["1", "2", "1"],
        "SEXB": ["1", "2", "1"],
        "SEXA_DECODE": ["Male", "Female", "Male"],
        "SEXB_DECODE": ["Male", "Female", "Male"],
    }
    assert found.table.labels["SEXA_DECODE"] == "SEXA (decode)"
    assert read_sas("missing_test.sas7bdat", formats="missing_formats.sas7bcat")[0]["var1_DECODE"] == [
        "missing"
    ]


def test_a_catalogue_without_a_fitting_format_is_noted(read_sas: Read) -> None:
    _, found = read_sas("sample.sas7bdat", formats="test_formats_win.sas7bcat")
    assert found.table.files[0].notes == (
        "test_formats_win.sas7bcat holds no format that a column of sample.sas7bdat has",
    )


def test_keys_of_value_labels() -> None:
    assert [label_key(1.0, True), label_key("A", True), label_key("A  ", False)] == ["1", ".A", "A"]


@pytest.mark.parametrize("size", [400, 65_536, 65_600, 100_000, 131_071])
def test_a_truncated_file_is_told_with_its_sizes(sas: Path, refused: Read, size: int) -> None:
    data = (sas / "sample.sas7bdat").read_bytes()
    [problem] = refused(data[:size], name="a.sas7bdat")
    assert (problem.id, problem.where.file) == ("truncated-file", "a.sas7bdat")
    assert problem.found == f"{size:,} of 131,072 bytes"


def test_a_file_cut_inside_its_header(sas: Path, refused: Read) -> None:
    [problem] = refused((sas / "sample.sas7bdat").read_bytes()[:100], name="a.sas7bdat")
    assert problem.id == "truncated-file"


@pytest.mark.parametrize("data", [b"ID,A\n1,2\n", b"\0" * 5000])
def test_a_file_that_is_no_sas_dataset(refused: Read, data: bytes) -> None:
    assert refused(data, name="a.sas7bdat")[0].id == "damaged-file"


def test_an_empty_file(refused: Read) -> None:
    assert refused(b"", name="a.sas7bdat")[0].id == "empty-file"


def test_damaged_pages_are_a_problem_and_no_crash(sas: Path, refused: Read) -> None:
    data = bytearray((sas / "sample.sas7bdat").read_bytes())
    data[65_536 : 65_536 + 400] = bytes(400)
    assert refused(bytes(data), name="a.sas7bdat")[0].id == "no-columns"


def test_an_undecodable_byte_has_row_column_and_value(
    sas: Path, refused: Read, read: Read, cells: Read
) -> None:
    # The texts a to e of mychar, one byte each, stand behind 48 bytes of numbers of their record.
    data = bytearray((sas / "sample.sas7bdat").read_bytes())
    data[data.index(b"b", 65_936)] = 0xE4
    [problem] = refused(bytes(data), name="a.sas7bdat")
    assert (problem.id, problem.where.row, problem.where.column) == ("undecodable-byte", 2, "mychar")
    assert problem.found == "byte E4, which is not UTF-8"
    declared = read(bytes(data), name="a.sas7bdat", encoding="cp1252")
    assert cells(declared)["mychar"] == ["a", "ä", "c", "d", "e"]


def test_the_encoding_of_the_study_does_not_overrule_the_file(sas: Path, read: Read, cells: Read) -> None:
    found = read((sas / "sample.sas7bdat").read_bytes(), name="a.sas7bdat", study_encoding="utf-16")
    assert cells(found)["mychar"] == ["a", "b", "c", "d", "e"]


def test_a_catalogue_that_is_none(sas: Path, refused: Read) -> None:
    files = {"a.sas7bdat": (sas / "sample.sas7bdat").read_bytes(), "f.sas7bcat": b"no catalogue"}
    [problem] = refused(files, file="a.sas7bdat", formats="f.sas7bcat")
    assert (problem.id, problem.where.file) == ("damaged-file", "f.sas7bcat")
