"""Small invented deliveries: as frames in memory, or as files of any kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sdtm.trace.diff.deliveries import Delivery
from sdtm.trace.diff.facts import Facts
from validation.folder_files import LoadedDataset
from validation.tables import Metadata


def frame(head: str, *rows: str) -> pd.DataFrame:
    """A dataset as lines of texts: ``frame("USUBJID AESEQ# AETERM", "S1 1 Headache")``.

    ``#`` marks a number, ``.`` a missing value, ``_`` a blank inside a text.
    """
    names = head.split()
    cells = [row.split() for row in rows]
    made = {}
    for place, name in enumerate(names):
        texts = [row[place] for row in cells]
        if name.endswith("#"):
            made[name[:-1]] = pd.array([float("nan" if t == "." else t) for t in texts], dtype="float64")
        else:
            values = [None if text == "." else text.replace("_", " ") for text in texts]
            made[name] = pd.array(values, dtype="str")
    return pd.DataFrame(made)


def in_memory(path: str = "", facts: Facts | None = None, **datasets: pd.DataFrame) -> Delivery:
    """A delivery of frames; datasets that begin with AD are of ADaM."""
    return Delivery(
        path,
        {name: LoadedDataset(name, data, Metadata()) for name, data in datasets.items()},
        {name: "adam" if name.startswith("AD") else "sdtm" for name in datasets},
        facts or Facts(),
    )


def write_files(
    folder: Path, datasets: Mapping[str, pd.DataFrame], ending: str = "xpt", **options: Any
) -> Path:
    """One file for each dataset, by writers that are not ours."""
    import pyreadstat

    folder.mkdir(parents=True, exist_ok=True)
    for name, data in datasets.items():
        path = folder / f"{name.lower()}.{ending}"
        if ending == "csv":
            data.to_csv(path, index=False)
        elif ending == "parquet":
            data.to_parquet(path, index=False)
        else:
            plain = data.copy()
            for column in data:
                if data[column].dtype == "str":
                    plain[column] = data[column].astype(object).fillna("")
            pyreadstat.write_xport(plain, path, table_name=name, file_format_version=5, **options)
    return folder


@pytest.fixture(scope="session")
def make_frame() -> Callable[..., pd.DataFrame]:
    return frame


@pytest.fixture(scope="session")
def deliver() -> Callable[..., Delivery]:
    return in_memory


@pytest.fixture(scope="session")
def write_datasets() -> Callable[..., Path]:
    return write_files
