"""Rows of a raw table that repeat its declared key are told, one finding for each key."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sdtm.columns import text
from sdtm.mapping.source import duplicate_keys
from sdtm.stages import RawFile, RawTable


def raw(**columns: list[str | None]) -> RawTable:
    frame = pd.DataFrame({name: text(values) for name, values in columns.items()})
    size = len(frame)
    file = RawFile("ae.csv", "", 0, size)
    return RawTable("ae", frame, (file,), np.arange(2, size + 2), np.zeros(size, dtype=np.int64))


def test_rows_equal_in_every_column_are_duplicate_rows():
    table = raw(S=["1", "2", "1"], T=["Rash", "Rash", "Rash"], E=[None, "x", None])
    (found,) = duplicate_keys("ae", table, ["S", "E"])
    assert found.rule == "duplicate-row"
    assert found.found == "2 rows with S=1, E missing, equal in every column"
    assert [place.row for place in found.places] == [2, 4]


def test_rows_with_one_key_and_different_contents_are_duplicate_keys():
    table = raw(S=["1", "1", "2"], T=["Rash", "Rash", "Rash"], O=["1", "2", "1"])
    (found,) = duplicate_keys("ae", table, ["S", "T"])
    assert (found.rule, found.found, found.count) == ("duplicate-key", "2 rows with S=1, T=Rash", 2)


def test_two_pairs_of_equal_rows_under_one_key_are_not_equal_throughout():
    table = raw(S=["1", "1", "1", "1"], O=["1", "2", "1", "2"])
    (found,) = duplicate_keys("ae", table, ["S"])
    assert (found.rule, found.count) == ("duplicate-key", 4)


def test_each_key_has_a_finding_of_its_own():
    table = raw(S=["2", "1", "2", "1", "3"], O=["a", "b", "c", "b", "d"])
    found = {finding.found: finding.rule for finding in duplicate_keys("ae", table, ["S"])}
    assert found == {
        "2 rows with S=2": "duplicate-key",
        "2 rows with S=1, equal in every column": "duplicate-row",
    }


def test_unique_keys_and_no_key_are_fine():
    table = raw(S=["1", "2"])
    assert duplicate_keys("ae", table, ["S"]) == []
    assert duplicate_keys("ae", table, []) == []
