"""Small synthetic datasets for the writers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pytest

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
