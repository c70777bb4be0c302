"""Small synthetic datasets for the writers."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from lxml import etree

from sdtm import columns
from sdtm.stages import Dataset, Variable

Build = Callable[..., Dataset]


def build(
    name: str = "AE",
    label: str = "Adverse Events",
    keys: Sequence[str] = (),
    labels: dict[str, str] | None = None,
    **values: Sequence[object],
) -> Dataset:
    """A dataset out of columns: lists are text, numpy arrays are numbers."""
    frame, variables = {}, []
    for variable, cells in values.items():
        is_number = isinstance(cells, np.ndarray)
        frame[variable] = cells.astype(float) if is_number else columns.text(cells)
        text = (labels or {}).get(variable, f"Label of {variable}")
        variables.append(Variable(variable, text, "Num" if is_number else "Char"))
    source = pd.DataFrame(index=pd.RangeIndex(len(next(iter(values.values()), ()))))
    return Dataset(name, label, tuple(variables), pd.DataFrame(frame), source, tuple(keys))


@pytest.fixture(scope="session")
def dataset_of() -> Build:
    return build


def _beside(name: str) -> Any:
    """A module of this folder, which is on no import path (pytest's importlib mode)."""
    found = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert found is not None and found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module  # dataclasses look their module up
    found.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A small invented study: its folder, conversion, analyses and the content of both define.xml."""
    make_study = sys.modules["study_builder"].make_study  # put there by tests/conftest.py
    return _beside("define_study").make(lambda *texts: make_study(tmp_path_factory.mktemp("define"), *texts))


@pytest.fixture(scope="session")
def define_schema() -> Any:
    """The XML schema of Define-XML 2.1 with Analysis Results Metadata 1.0 that odmlib (MIT) carries."""
    odmlib = pytest.importorskip("odmlib", reason="odmlib (extra `test`) is not installed")
    path = Path(odmlib.__file__).parent / "schemas" / "arm" / "1.0-define2.1" / "arm1-0-0.xsd"
    return etree.XMLSchema(etree.parse(path))
