"""Rows of a source as steps see them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sdtm.columns import constant, text
from sdtm.compile_rule import Reference
from sdtm.mapping.scope import BlockScope, Origin, by_subject, pick
from sdtm.stages import RawFile, RawTable

FRAME = pd.DataFrame({"A": text(["a", "b", "c"])})
TABLE = RawTable(
    "ae",
    FRAME,
    (RawFile("one.csv", "", 0, 2), RawFile("two.csv", "", 0, 1)),
    np.array([2, 3, 2]),
    np.array([0, 0, 1]),
)


def scope(rows: np.ndarray | None = None, **more) -> BlockScope:
    size = 3 if rows is None else len(rows)
    index = pd.RangeIndex(size)
    origin = Origin(constant("ae", index), np.arange(3) if rows is None else rows, constant(None, index))
    return BlockScope({"A": FRAME["A"]}, rows, index, origin, {"ae": TABLE}, **more)


def test_a_raw_column_is_taken_at_the_rows_of_the_block():
    assert scope(np.array([2, 0, 2])).column(Reference("raw", "A")).tolist() == ["c", "a", "c"]
    assert scope().column(Reference("raw", "A")).tolist() == ["a", "b", "c"]


def test_a_variable_is_made_when_it_is_asked_for():
    asked: list[str] = []

    def maker(name: str) -> pd.Series:
        asked.append(name)
        return text(["x", "y", "z"])

    block = scope(maker=maker, made={"AETERM": text(["t", "t", "t"])})
    assert block.column(Reference("own", "AETERM")).tolist() == ["t"] * 3 and asked == []
    assert block.column(Reference("own", "AESEV")).tolist() == ["x", "y", "z"] and asked == ["AESEV"]


def test_what_is_not_there_yet_is_our_defect_not_a_silent_gap():
    with pytest.raises(RuntimeError, match="AESEV"):
        scope().column(Reference("own", "AESEV"))
    with pytest.raises(RuntimeError, match="RFSTDTC"):
        scope().column(Reference("subject", "RFSTDTC"))


def test_places_are_file_row_and_subject():
    block = scope(made={"USUBJID": text(["S1", None, "S3"])})
    places = block.places(np.array([0, 1, 2]), "A")
    assert [(p.file, p.row, p.column, p.keys) for p in places] == [
        ("one.csv", 2, "A", (("USUBJID", "S1"),)),
        ("one.csv", 3, "A", ()),
        ("two.csv", 2, "A", (("USUBJID", "S3"),)),
    ]


def test_rows_are_picked_by_position_and_minus_one_is_missing():
    picked = pick(text(["a", "b"]), np.array([1, -1, 0]))
    assert [v if isinstance(v, str) else None for v in picked.astype(object)] == ["b", None, "a"]
    numbers = pick(pd.Series([1.0, 2.0]), np.array([1, -1]))
    assert numbers[0] == 2.0 and np.isnan(numbers[1])
    assert pick(text([]), np.array([-1])).isna().all() and np.isnan(
        pick(pd.Series([], dtype=float), np.array([-1]))[0]
    )
    assert picked.index.tolist() == [0, 1, 2]


def test_a_dm_variable_stands_beside_the_records_of_its_subject():
    subjects = pd.DataFrame({"USUBJID": text(["S1", "S2"]), "ARM": text(["A", "B"]), "AGE": [50.0, 60.0]})
    records = text(["S2", "S9", "S1", None])
    arms = by_subject(records, subjects, "ARM")
    assert [v if isinstance(v, str) else None for v in arms.astype(object)] == ["B", None, "A", None]
    ages = by_subject(records, subjects, "AGE")
    assert ages[0] == 60.0 and np.isnan(ages[1]) and ages[2] == 50.0 and np.isnan(ages[3])


def test_of_several_rows_of_a_subject_the_last_counts_and_rows_without_one_are_nobodys():
    subjects = pd.DataFrame({"USUBJID": text(["S1", None, "S2", "S1"]), "ARM": text(["A", "X", "B", "C"])})
    for records in (
        text(["S2", None, "S1"]),
        subjects["USUBJID"].iloc[[2, 1, 0]],
    ):  # texts of their own, and shared
        arms = by_subject(records, subjects, "ARM")
        assert [v if isinstance(v, str) else None for v in arms.astype(object)] == ["B", None, "C"]
