"""`sdtm diff` on the command line: exit codes, options, and bad input in plain words."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def deliveries(tmp_path, make_frame, write_datasets):
    head = "USUBJID PARAMCD ADT# AVAL# ASEQ#"
    for name, first in (("ours", "40"), ("theirs", "40.000001")):
        data = make_frame(head, f"S1 ALT 1 {first} {1 if name == 'ours' else 2}", "S2 ALT 1 . 1")
        write_datasets(tmp_path / name, {"ADLB": data}, "parquet" if name == "theirs" else "xpt")
    return tmp_path / "ours", tmp_path / "theirs"


def test_exit_0_without_differences(sdtm, deliveries):
    done = sdtm("diff", deliveries[0], deliveries[0])
    assert done.code == 0 and done.out.rstrip().endswith("no differences")


def test_exit_1_with_differences_which_are_printed_and_written(sdtm, deliveries, tmp_path):
    done = sdtm("diff", *deliveries, "--out", tmp_path / "a.xlsx", "--out", tmp_path / "a.html")
    assert done.code == 1 and "ADLB" in done.out and done.is_told_plainly
    assert (tmp_path / "a.xlsx").is_file() and (tmp_path / "a.html").is_file()


def test_a_tolerance_and_an_ignored_variable_make_two_programmers_agree(sdtm, deliveries):
    done = sdtm("diff", *deliveries, "--tolerance", "AVAL=1e-5", "--ignore", "ASEQ", "--json")
    told = json.loads(done.out)
    assert (done.code, told["equal"]) == (0, True)
    within = told["datasets"]["ADLB"]["within_tolerance"]["AVAL"]
    assert within["values"] == 1 and within["largest"] == pytest.approx(1e-6, rel=1e-3)


def test_exit_2_for_bad_input(sdtm, deliveries, tmp_path):
    for arguments, word in (
        ((deliveries[0], tmp_path / "gone"), "folder-missing"),
        ((*deliveries, "--out", "a.csv"), "bad-option"),
        ((*deliveries, "--only", "ADXX"), "not-compared"),
        ((*deliveries, "--tolerance", "much"), "bad-option"),
    ):
        done = sdtm("diff", *arguments)
        assert done.code == 2 and word in done.err + done.out and done.is_told_plainly, arguments
