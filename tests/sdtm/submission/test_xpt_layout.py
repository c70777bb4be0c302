"""Header records of a transport file."""

from __future__ import annotations

import locale
from pathlib import Path

import numpy as np
import pytest

from sdtm.submission.xpt import write_xpt
from sdtm.submission.xpt_layout import file_header, padding, sas_datetime
from specs.problems import ProblemsFound


@pytest.mark.parametrize(
    ("created", "expected"),
    [
        ("2025-03-28T14:05:09", b"28MAR25:14:05:09"),
        ("2025-03-28", b"28MAR25:00:00:00"),
        ("1970-01-01T00:00:00", b"01JAN70:00:00:00"),
        ("2000-02-29T23:59:59", b"29FEB00:23:59:59"),
    ],
)
def test_a_time_is_written_as_sas_writes_it(created: str, expected: bytes) -> None:
    assert sas_datetime(created) == expected


@pytest.mark.parametrize(
    "created",
    ["", "28MAR2025", "2025-02-30", "2025-03-28T24:00:01", "2025-03-28T10:00:00Z", "20250328", "٢٠٢٥-٠٣-٢٨"],
)
def test_another_text_for_the_time_is_refused(created: str) -> None:
    with pytest.raises(ProblemsFound) as refused:
        sas_datetime(created)
    problem = refused.value.problems[0]
    assert problem.id == "xpt-created" and created in problem.found


def test_month_names_do_not_follow_the_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "zh_CN.UTF-8"):
        try:
            locale.setlocale(locale.LC_TIME, name)
        except locale.Error:
            continue
    try:
        assert sas_datetime("2025-05-01") == b"01MAY25:00:00:00"
    finally:
        locale.setlocale(locale.LC_TIME, "C")


@pytest.mark.parametrize(("size", "blanks"), [(0, 0), (1, 79), (80, 0), (81, 79), (160, 0)])
def test_records_are_filled_to_80_bytes(size: int, blanks: int) -> None:
    assert padding(size) == blanks


def test_the_header_says_version_5_and_its_parts_stand_where_ts_140_puts_them(dataset_of) -> None:
    dataset = dataset_of(AETERM=["x"], AESEQ=np.array([1]))
    header = file_header(dataset, {"AETERM": 12, "AESEQ": 8}, b"28MAR25:14:05:09")
    assert len(header) == 80 * 8 + 320 + 80  # 2 NAMESTR of 140 bytes are 280, filled to 320
    assert header[:80].startswith(b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!")  # trap 19: not LIBV8
    assert b"LIBV8" not in header
    assert header[80 + 64 : 160] == b"28MAR25:14:05:09" == header[160:176]
    assert header[400 + 8 : 400 + 16] == b"AE      "  # record 6: dataset name
    assert header[480 + 32 : 480 + 72] == b"Adverse Events".ljust(40)
    assert header[560 + 48 : 560 + 58] == b"0000000002"  # number of variables
    first, second = header[640:780], header[780:920]
    assert first[:8] == bytes.fromhex("0002 0000 000c 0001") and first[8:16] == b"AETERM  "
    assert second[:8] == bytes.fromhex("0001 0000 0008 0002") and second[8:16] == b"AESEQ   "
    assert first[16:56] == b"Label of AETERM".ljust(40)
    assert (first[84:88], second[84:88]) == (bytes(4), bytes.fromhex("0000000c"))  # npos
    assert header[-80:].startswith(b"HEADER RECORD*******OBS     HEADER RECORD!!!!!!!")


def test_header_records_and_observations_are_those_of_a_file_made_by_sas(
    shared: Path, tmp_path: Path, dataset_of
) -> None:
    made_by_sas = (shared / "data/sas/sas.xpt5").read_bytes()  # dataset WRITE, I = 1 to 10
    dataset = dataset_of(name="WRITE", label="", labels={"I": ""}, I=np.arange(1, 11))
    write_xpt(dataset, tmp_path / "write.xpt", "2019-06-20T10:19:36")
    ours = (tmp_path / "write.xpt").read_bytes()
    assert len(ours) == len(made_by_sas)
    for start in (0, 240, 320, 560, 800):  # LIBRARY, MEMBER, DSCRPTR, NAMESTR, OBS
        assert ours[start : start + 80] == made_by_sas[start : start + 80]
    for start, stop in [(80, 104), (144, 240), (400, 424), (464, 560), (640, 712), (880, 960)]:
        assert ours[start:stop] == made_by_sas[start:stop]
