"""Transport files that end early. The files written here are synthetic; pyreadstat writes them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from validation.xpt_header import read_layout


@pytest.fixture
def xpt(tmp_path: Path):
    """Three records of 5 + 8 bytes."""

    def write(version: int) -> Path:
        path = tmp_path / f"v{version}.xpt"
        frame = pd.DataFrame({"USUBJID": ["S-001", "S-002", "S-003"], "AGE": [1.0, 2.0, 3.0]})
        pyreadstat.write_xport(frame, path, table_name="DM", file_format_version=version)
        return path

    return write


@pytest.mark.parametrize("version", [5, 8])
def test_a_whole_file_fits(version: int, xpt) -> None:
    path = xpt(version)
    layout = read_layout(path)
    assert layout is not None
    assert (layout.version, layout.members, layout.row_bytes) == (version, 1, 13)
    assert layout.fault(3, path) == ""


@pytest.mark.parametrize("version", [5, 8])
@pytest.mark.parametrize("cut", [1, 79, 80])
def test_a_cut_file_does_not(version: int, cut: int, xpt) -> None:
    path = xpt(version)
    path.write_bytes(path.read_bytes()[:-cut])
    layout = read_layout(path)
    assert layout is not None
    if version == 5 and cut == 80:
        # What is left is a header without records, as an empty dataset has it.
        assert layout.fault(0, path) == ""
    else:
        assert layout.fault(0, path) or layout.fault(3, path)


def test_a_record_that_was_cut_in_the_middle(tmp_path: Path) -> None:
    path = tmp_path / "long.xpt"
    pyreadstat.write_xport(
        pd.DataFrame({"AETERM": ["x" * 150, "y" * 150]}), path, table_name="AE", file_format_version=5
    )
    path.write_bytes(path.read_bytes()[:-80])
    layout = read_layout(path)
    assert layout is not None
    assert layout.fault(1, path) == "a part of a record after 1 whole ones"


@pytest.mark.parametrize(
    "content", [b"", b"USUBJID,AGE\n", b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!"]
)
def test_what_is_no_transport_file(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.xpt"
    path.write_bytes(content)
    assert read_layout(path) is None
