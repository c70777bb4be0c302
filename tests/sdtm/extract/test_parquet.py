"""Parquet files: each type as text."""

from __future__ import annotations

import datetime
import decimal
import io
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

Read = Callable[..., Any]


def written(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()


def test_each_type(read: Read, cells: Read) -> None:
    when = datetime.datetime(2024, 3, 1, 10, 30)
    table = pa.table(
        {
            "text": ["007", "1.10", None],
            "integer": pa.array([1, None, 2**62]),
            "double": [0.1, 81.0, None],
            "single": pa.array([0.1, 1.0, None], pa.float32()),
            "decimal": pa.array([decimal.Decimal("1.10"), None, decimal.Decimal("-0.05")]),
            "date": [datetime.date(2024, 3, 1), None, datetime.date(1, 1, 1)],
            "stamp": [when, when.replace(second=1, microsecond=500_000), None],
            "zoned": pa.array([when, None, None], pa.timestamp("ms", tz="UTC")),
            "time": [datetime.time(10, 30), None, datetime.time(0, 0, 1)],
            "flag": [True, False, None],
            "coded": pa.array(["a", "b", None]).dictionary_encode(),
            "nothing": pa.nulls(3),
        }
    )
    found = read(written(table), name="a.parquet")
    assert cells(found) == {
        "text": ["007", "1.10", None],
        "integer": ["1", None, "4611686018427387904"],
        "double": ["0.1", "81", None],
        "single": ["0.1", "1", None],
        "decimal": ["1.10", None, "-0.05"],
        "date": ["2024-03-01", None, "0001-01-01"],
        "stamp": ["2024-03-01T10:30:00", "2024-03-01T10:30:01.5", None],
        "zoned": ["2024-03-01T10:30:00Z", None, None],
        "time": ["10:30:00", None, "00:00:01"],
        "flag": ["TRUE", "FALSE", None],
        "coded": ["a", "b", None],
        "nothing": [None, None, None],
    }
    assert found.table.rows.tolist() == [1, 2, 3]


def test_lists_are_refused(refused: Read) -> None:
    [problem] = refused(written(pa.table({"A": ["x"], "B": [[1, 2]]})), name="a.parquet")
    assert (problem.id, problem.where.column) == ("unsupported-column", "B")


@pytest.mark.parametrize("cut", [slice(0, -50), slice(100, None)])
def test_a_damaged_file(refused: Read, cut: slice) -> None:
    assert refused(written(pa.table({"A": ["x"] * 1000}))[cut], name="a.parquet")[0].id == "damaged-file"


def test_an_empty_file_and_no_rows(refused: Read, read: Read) -> None:
    assert refused(b"", name="a.parquet")[0].id == "empty-file"
    found = read(written(pa.table({"A": pa.array([], pa.string())})), name="a.parquet")
    assert [finding.rule for finding in found.findings] == ["no-rows"]


def test_a_huge_cell_and_a_nul(refused: Read) -> None:
    [problem] = refused(written(pa.table({"A": ["x", "y" * 2_000_000]})), name="a.parquet")
    assert (problem.id, problem.where.row, problem.where.column) == ("cell-too-large", 2, "A")
    [problem] = refused(written(pa.table({"A": ["x", "y\0"]})), name="a.parquet")
    assert (problem.id, problem.where.row, problem.where.column) == ("nul-character", 2, "A")
