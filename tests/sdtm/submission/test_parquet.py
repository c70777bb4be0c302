"""Parquet, read back by DuckDB, whose reader is not the writer's library."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm.stages import Dataset
from sdtm.submission.parquet import write_parquet
from validation.folder import read_folder
from validation.values import texts_of

DAY = datetime.date(1960, 1, 1)


def read(path: Path) -> list[tuple[Any, ...]]:
    connection = duckdb.connect()
    return connection.execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchall()


def with_format(dataset: Dataset, name: str, format: str) -> Dataset:
    variables = [replace(v, format=format) if v.name == name else v for v in dataset.variables]
    return replace(dataset, variables=tuple(variables))


@given(
    texts=st.lists(
        st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"]), min_size=1)), max_size=8
    ),
    data=st.data(),
)
def test_any_text_and_number_comes_back(
    tmp_path_factory: pytest.TempPathFactory, dataset_of: Callable[..., Dataset], texts: Any, data: Any
) -> None:
    floats = st.floats(allow_nan=True, allow_infinity=False)
    numbers = data.draw(st.lists(floats, min_size=len(texts), max_size=len(texts)))
    dataset = dataset_of(AETERM=texts, AESEQ=np.array(numbers, dtype=float))
    path = tmp_path_factory.mktemp("parquet") / "ae.parquet"
    written = write_parquet(dataset, path)
    assert (written.path, written.rows, written.size) == ("ae.parquet", len(texts), path.stat().st_size)
    expected = [(t, None if n != n else n) for t, n in zip(texts, numbers, strict=True)]
    assert read(path) == expected


def test_sas_dates_are_dates(dataset_of: Callable[..., Dataset], tmp_path: Path) -> None:
    # 23376 days after 1960-01-01 is 2024-01-01; 86399 seconds is the last second of the first day.
    dataset = dataset_of(ADT=np.array([23376.0, -1.0, np.nan]), ADTM=np.array([86399.0, np.nan, 0.0]))
    dataset = with_format(with_format(dataset, "ADT", "DATE9."), "ADTM", "DATETIME20.")
    write_parquet(dataset, tmp_path / "a.parquet")
    assert read(tmp_path / "a.parquet") == [
        (datetime.date(2024, 1, 1), datetime.datetime(1960, 1, 1, 23, 59, 59)),
        (datetime.date(1959, 12, 31), None),
        (None, datetime.datetime(1960, 1, 1)),
    ]


def test_a_fraction_of_a_day_stays_a_number(dataset_of: Callable[..., Dataset], tmp_path: Path) -> None:
    dataset = with_format(dataset_of(ADT=np.array([0.5, 1.0])), "ADT", "DATE9.")
    write_parquet(dataset, tmp_path / "a.parquet")
    assert read(tmp_path / "a.parquet") == [(0.5,), (1.0,)]


def test_labels_come_along_and_bytes_repeat(described: Any, tmp_path: Path) -> None:
    dataset = described.analyses.datasets["ADVS"]
    hashes = {write_parquet(dataset, tmp_path / name).sha256 for name in ("a.parquet", "b.parquet")}
    assert len(hashes) == 1
    schema = pyarrow.parquet.read_schema(tmp_path / "a.parquet")
    assert schema.metadata[b"label"].decode() == dataset.label
    labels = [field.metadata[b"label"].decode() for field in schema]
    assert labels == [variable.label for variable in dataset.variables]


def test_our_own_checks_read_the_same_values(described: Any, tmp_path: Path) -> None:
    datasets = {**described.conversion.datasets, **described.analyses.datasets}
    for name, dataset in datasets.items():
        write_parquet(dataset, tmp_path / f"{name.lower()}.parquet")
    for name, loaded in read_folder(tmp_path).datasets.items():
        for variable in datasets[name].variables:
            ours, theirs = datasets[name].frame[variable.name], loaded.frame[variable.name]
            if variable.type == "Char":
                assert texts_of(theirs).tolist() == texts_of(ours).tolist(), f"{name}.{variable.name}"
            else:
                pd.testing.assert_series_equal(
                    theirs.astype(float), ours.astype(float), check_names=False, obj=f"{name}.{variable.name}"
                )


@pytest.mark.parametrize(
    ("format", "number", "expected"),
    [
        ("DATE9.", 2_936_549.0, datetime.date(9999, 12, 31)),
        ("DATE9.", -715_509.0, datetime.date(1, 1, 1)),
        ("DATE9.", 2_936_550.0, 2_936_550.0),
        ("DATE9.", 1e12, 1e12),  # seconds that were labelled as days: no 32 bits hold them
        ("DATETIME20.", 253_717_919_999.0, datetime.datetime(9999, 12, 31, 23, 59, 59)),
        ("DATETIME20.", 1e300, 1e300),
    ],
)
def test_a_number_that_is_no_date_stays_a_number(
    dataset_of: Callable[..., Dataset], tmp_path: Path, format: str, number: float, expected: Any
) -> None:
    write_parquet(with_format(dataset_of(ADT=np.array([number])), "ADT", format), tmp_path / "a.parquet")
    assert read(tmp_path / "a.parquet") == [(expected,)]
