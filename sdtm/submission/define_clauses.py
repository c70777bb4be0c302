"""The records that conditions of a value level row select."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sdtm.stages import Dataset
from sdtm.submission.define_facts import Conditions
from specs.workbook.generations import Condition

_ORDERS = {"LT": np.less, "LE": np.less_equal, "GT": np.greater, "GE": np.greater_equal}


def selected(dataset: Dataset, conditions: Conditions) -> np.ndarray | None:
    """Mask of the records for which all conditions hold; None where they ask for what the dataset lacks."""
    mask = np.ones(len(dataset.frame), dtype=bool)
    for condition in conditions:
        if condition.dataset not in ("", dataset.name) or condition.variable not in dataset.frame:
            return None
        holds = _holds(dataset.frame[condition.variable], condition)
        if holds is None:
            return None
        mask &= holds
    return mask


def _holds(column: pd.Series, condition: Condition) -> np.ndarray | None:
    is_text = isinstance(column.dtype, pd.CategoricalDtype)
    wanted: list[Any] = list(condition.values) if is_text else [_number(text) for text in condition.values]
    if None in wanted or (is_text and condition.comparator in _ORDERS):
        return None
    if condition.comparator in _ORDERS:
        return np.asarray(_ORDERS[condition.comparator](column.to_numpy(), wanted[0]), dtype=bool)
    found = column.isin(wanted).to_numpy(dtype=bool)
    return found if condition.comparator in ("EQ", "IN") else ~found


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
