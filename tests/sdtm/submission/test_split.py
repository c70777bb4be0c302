"""Parts of a large transport file, read by pyreadstat, which is not ours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm.stages import Dataset
from sdtm.submission.split import split_xpt
from sdtm.submission.xpt import write_xpt
from specs.problems import ProblemsFound

CREATED = "2024-01-01T00:00:00"


def written(folder: Path, dataset: Dataset, name: str = "lb") -> tuple[Path, int]:
    path = folder / f"{name}.xpt"
    return path, write_xpt(dataset, path, CREATED).rows or 0


def refused(path: Path, rows: int, largest: int) -> str:
    with pytest.raises(ProblemsFound) as caught:
        split_xpt(path, rows, path.parent, largest)
    return str(caught.value.problems[0])


@given(counts=st.lists(st.integers(1, 6), min_size=1, max_size=12), most=st.integers(6, 20))
def test_parts_hold_every_record_and_whole_subjects(
    tmp_path_factory: pytest.TempPathFactory, dataset_of: Callable[..., Dataset], counts: list[int], most: int
) -> None:
    subjects = [f"S-{number:02d}" for number, count in enumerate(counts) for _ in range(count)]
    values = [None if row % 5 == 0 else "x" * (row % 7 + 1) for row in range(len(subjects))]
    dataset = dataset_of(USUBJID=subjects, LBSEQ=np.arange(len(subjects), dtype=float), LBORRES=values)
    path, rows = written(tmp_path_factory.mktemp("split"), dataset)
    header = path.stat().st_size // 80 * 80 - -(-rows * (4 + 8 + _width(values)) // 80) * 80
    largest = header + 80 + most * (4 + 8 + _width(values))
    parts = split_xpt(path, rows, path.parent, largest)
    whole, meta = pyreadstat.read_xport(path)
    read = [pyreadstat.read_xport(path.parent / part.path) for part in parts]
    assert [m.table_name for _, m in read] == [f"LB{number:02d}" for number in range(1, len(parts) + 1)]
    pd.testing.assert_frame_equal(pd.concat([frame for frame, _ in read], ignore_index=True), whole)
    assert all(m.column_labels == meta.column_labels for _, m in read)
    assert [part.rows for part in parts] == [len(frame) for frame, _ in read]
    assert all(part.size <= largest and part.path.startswith("split/lb") for part in parts)
    of_each = [set(frame["USUBJID"]) for frame, _ in read]
    assert sum(map(len, of_each)) == len(set.union(*of_each))


def _width(values: list[str | None]) -> int:
    return max((len(value) for value in values if value), default=1)


def test_what_cannot_be_split_is_refused(dataset_of: Callable[..., Dataset], tmp_path: Path) -> None:
    one = dataset_of(USUBJID=["S-01"] * 50)
    assert "one subject whose records" in refused(*written(tmp_path, one), 1000)
    apart = dataset_of(USUBJID=["S-01", "S-02"] * 25)
    assert "do not stand together" in refused(*written(tmp_path, apart), 1000)
    nobody = dataset_of(TSVAL=["x"] * 50)
    assert "no USUBJID" in refused(*written(tmp_path, nobody), 1000)
    many = dataset_of(USUBJID=[f"S-{number:03d}" for number in range(200)])
    path, rows = written(tmp_path, many, "suppabc")
    assert "SUPPABC01" in refused(path, rows, path.stat().st_size - 80)
