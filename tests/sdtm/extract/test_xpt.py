"""Transport files: what pyreadstat writes, and what SAS wrote, is read back exactly."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sdtm.extract import read_raw
from specs.model import Raw, RawDataset

Read = Callable[..., Any]


def written(folder: Path, frame: pd.DataFrame, version: int = 5, **options: Any) -> bytes:
    """A transport file as pyreadstat writes it."""
    path = folder / "written.xpt"
    pyreadstat.write_xport(frame, str(path), file_format_version=version, **options)
    data = path.read_bytes()
    path.unlink()
    return data


SAMPLE = pd.DataFrame(
    {
        "SUBJID": [101.0, 102.0, np.nan],
        "SITE": ["0101", "  b", ""],
        "RESULT": [0.1, -1000.3, 1e-5],
        "DTC": [22646.0, np.nan, 0.0],
    }
)


@pytest.mark.parametrize("version", [5, 8])
def test_numeric_ids_are_as_typed_and_dates_follow_their_format(
    tmp_path: Path, read: Read, cells: Read, version: int
) -> None:
    # trap 3: numeric 101 and text "0101" survive as typed
    data = written(
        tmp_path,
        SAMPLE,
        version,
        column_labels=["Subject", "Site", "Result", "Date"],
        variable_format={"DTC": "DATE9."},
    )
    found = read(data, name="a.xpt")
    assert cells(found) == {
        "SUBJID": ["101", "102", None],
        "SITE": ["0101", "  b", ""],
        "RESULT": ["0.1", "-1000.3", "0.00001"],
        "DTC": ["2022-01-01", None, "1960-01-01"],
    }
    assert found.table.labels == {"SUBJID": "Subject", "SITE": "Site", "RESULT": "Result", "DTC": "Date"}
    assert found.table.rows.tolist() == [1, 2, 3]


def test_long_names_and_labels_of_version_8(tmp_path: Path, read: Read, cells: Read) -> None:
    frame = pd.DataFrame({"A_name_of_more_than_eight": [1.5], "B": ["x"]})
    found = read(written(tmp_path, frame, 8, column_labels=["L" * 100, "short"]), name="a.xpt")
    assert cells(found) == {"A_name_of_more_than_eight": ["1.5"], "B": ["x"]}
    assert found.table.labels == {"A_name_of_more_than_eight": "L" * 100, "B": "short"}


@pytest.mark.parametrize("file", ["sas.xpt5", "sas.xpt8"])
def test_files_of_sas_itself(shared: Path, cells: Read, file: str) -> None:
    # one numeric variable i with the values 1 to 10; version 5 writes its name in capitals
    found = read_raw("t", RawDataset(file=file, format="xpt"), Raw(), (shared / "data/sas").resolve())
    name = "I" if file.endswith("5") else "i"
    assert cells(found) == {name: [str(n) for n in range(1, 11)]}


def test_special_missings(tmp_path: Path, read: Read, cells: Read) -> None:
    data = bytearray(written(tmp_path, pd.DataFrame({"N": [1.0, 2.0, 3.0], "T": ["a", "b", "c"]})))
    start = data.index(b"HEADER RECORD*******OBS") + 80
    data[start : start + 8] = b"A" + bytes(7)
    data[start + 9 : start + 17] = b"_" + bytes(7)
    assert cells(read(bytes(data), name="a.xpt"))["N"] == [".A", "._", "3"]


@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.floats(1e-60, 1e60), st.integers(-(10**9), 10**9).map(float)),
            st.text(st.sampled_from("aB0. é恶"), max_size=6).map(lambda t: t.rstrip(" ")),
        ),
        min_size=1,
        max_size=40,
    ),
    st.sampled_from([5, 8]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_what_is_read_is_what_pyreadstat_reads(
    tmp_path: Path, read: Read, cells: Read, rows: list[tuple[float | None, str]], version: int
) -> None:
    frame = pd.DataFrame({"N": [np.nan if n is None else n for n, _ in rows], "T": [t for _, t in rows]})
    data = written(tmp_path, frame, version)
    (tmp_path / "other.xpt").write_bytes(data)
    theirs, _ = pyreadstat.read_xport(str(tmp_path / "other.xpt"))
    ours = cells(read(data, name="a.xpt"))
    assert ours["T"] == theirs["T"].tolist()
    assert [None if text is None else float(text) for text in ours["N"]] == [
        None if np.isnan(number) else number for number in theirs["N"]
    ]


def test_an_undecodable_byte_has_row_column_and_value(
    tmp_path: Path, read: Read, refused: Read, cells: Read
) -> None:
    data = written(tmp_path, pd.DataFrame({"N": [1.0, 2.0], "T": ["Meyer", "Mxller"]})).replace(
        b"Mx", b"M\xfc"
    )
    [problem] = refused(data, name="a.xpt")
    assert (problem.id, problem.where.row, problem.where.column) == ("undecodable-byte", 2, "T")
    assert problem.found == "byte FC after 'M', which is not utf-8"
    assert cells(read(data, name="a.xpt", encoding="cp1252"))["T"] == ["Meyer", "Müller"]
    assert cells(read(data, name="a.xpt", study_encoding="cp1252"))["T"] == ["Meyer", "Müller"]


def test_two_datasets_in_one_file_are_not_mixed(tmp_path: Path, refused: Read) -> None:
    data = written(tmp_path, SAMPLE)
    [problem] = refused(data + data[240:], name="a.xpt")
    assert (problem.id, problem.found) == ("several-datasets", "2 datasets in one transport file")


@pytest.mark.parametrize(
    ("keep", "rule"),
    [(0, "empty-file"), (79, "damaged-file"), (80, "truncated-file"), (700, "truncated-file")],
)
def test_a_file_cut_before_its_records(tmp_path: Path, refused: Read, keep: int, rule: str) -> None:
    assert refused(written(tmp_path, SAMPLE)[:keep], name="a.xpt")[0].id == rule


def test_a_file_cut_in_its_records(tmp_path: Path, refused: Read) -> None:
    frame = pd.DataFrame({"N": np.arange(1.0, 40.0), "T": ["abc"] * 39})  # 39 records of 11 bytes
    data = written(tmp_path, frame)
    [problem] = refused(data[:-160], name="a.xpt")
    assert problem.id == "truncated-file"
    [problem] = refused(data[:-1], name="a.xpt")
    assert "not a multiple of 80" in problem.found


def test_a_file_that_is_no_transport_file(refused: Read) -> None:
    assert refused(b"ID,A\n1,2\n" * 20, name="a.xpt")[0].id == "damaged-file"


def test_blank_records_at_the_end_of_version_8_are_counted(tmp_path: Path, read: Read, cells: Read) -> None:
    frame = pd.DataFrame({"T": ["a", "", ""]})
    assert cells(read(written(tmp_path, frame, 8), name="a.xpt"))["T"] == ["a", "", ""]
    found = read(written(tmp_path, frame, 5), name="b.xpt")
    assert "cannot be told from padding" in found.table.files[0].notes[0]


def test_no_records(tmp_path: Path, read: Read, cells: Read) -> None:
    frame = pd.DataFrame({"N": pd.Series([], dtype="float64"), "T": pd.Series([], dtype=object)})
    found = read(written(tmp_path, frame), name="a.xpt")
    assert cells(found) == {"N": [], "T": []}
    assert [finding.rule for finding in found.findings] == ["no-rows"]
