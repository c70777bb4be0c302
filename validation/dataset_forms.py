"""Forms that a dataset as a whole must have: the names of its variables, their order, its keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from specs.standards import ImplementationGuide
from validation.text_forms import is_variable_name
from validation.values import Mask, filled, group_numbers, is_number, repeated

_GO_ON = {"TS": "TSVAL", "CO": "COVAL"}  # dataset -> the variable of which long texts go on in numbered ones


def invalid_names(frame: pd.DataFrame) -> dict[str, str]:
    """Variables whose name no transport file can hold, and what is wrong with it."""
    return {str(name): f'"{name}"' for name in frame.columns if not is_variable_name(str(name))}


def absent(frame: pd.DataFrame, names: Sequence[str]) -> dict[str, str]:
    """Those of ``names`` that are not there."""
    return {name: "" for name in names if name not in frame.columns}


def unknown(frame: pd.DataFrame, dataset: str, guide: ImplementationGuide, class_name: str) -> dict[str, str]:
    """Variables that the guide does not list and the model does not allow in this dataset.

    A text above 200 bytes goes on in TSVAL1, TSVAL2 … and COVAL1, COVAL2 … (SDTMIG 3.4, 4.5.3.2, 5.1 and 7.4).
    """
    names = [str(name) for name in frame.columns]
    going_on = re.compile(f"{_GO_ON[dataset]}[1-9][0-9]?") if dataset in _GO_ON else None
    return {
        name: f'"{name}"'
        for name in names
        if guide.variable(dataset, name, class_name) is None and not (going_on and going_on.fullmatch(name))
    }


def out_of_order(
    frame: pd.DataFrame, dataset: str, guide: ImplementationGuide, class_name: str
) -> dict[str, str]:
    """The first variable that stands too early or too late, with what the standard has in its place."""
    names = [n for n in map(str, frame.columns) if guide.variable(dataset, n, class_name) is not None]
    ordered = guide.order(dataset, names, class_name)
    for found, expected in zip(names, ordered, strict=True):
        if found != expected:
            return {found: f"{found} stands where {expected} belongs"}
    return {}


def infinite(column: pd.Series) -> Mask:
    """Rows of a number column with an infinite number; none in a column of another type."""
    return np.isinf(column.to_numpy(dtype=float, na_value=np.nan)) if is_number(column) else _no(column)


def not_whole(column: pd.Series) -> Mask:
    """Rows whose number is not 1, 2, 3 ...; missing ones are another matter."""
    if not is_number(column):
        return _no(column)
    numbers = column.to_numpy(dtype=float, na_value=np.nan)
    return (numbers < 1) | (np.isfinite(numbers) & (numbers != np.floor(numbers)))


def repeated_keys(frame: pd.DataFrame, keys: Sequence[str], needed: Sequence[str] = ()) -> Mask:
    """Records with the same values in all ``keys`` that are there; missing equals missing.

    A record without a value in one of ``needed`` is not counted.
    """
    there = [key for key in keys if key in frame.columns]
    if not there or any(name not in frame.columns for name in needed):
        return np.zeros(len(frame), dtype=bool)
    wrong = repeated(group_numbers(frame, there))
    for name in needed:
        wrong = wrong & filled(frame[name])
    return wrong


def differently_named(
    frame: pd.DataFrame, code: str, name: str, published_name: Callable[[str], str | None]
) -> Mask:
    """Records whose code has a published name, and whose name is another one."""
    if code not in frame.columns or name not in frame.columns:
        return np.zeros(len(frame), dtype=bool)
    _, first, inverse = np.unique(group_numbers(frame, [code, name]), return_index=True, return_inverse=True)
    pairs = frame[[code, name]].iloc[first]
    wrong = [
        isinstance(a, str) and isinstance(b, str) and published_name(a) not in (None, b)
        for a, b in zip(pairs[code].astype(object), pairs[name].astype(object), strict=True)
    ]
    return np.asarray(wrong, dtype=bool)[inverse] & filled(frame[name])


def _no(column: pd.Series) -> Mask:
    return np.zeros(len(column), dtype=bool)
