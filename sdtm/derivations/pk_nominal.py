"""Planned times of samples in hours."""

from __future__ import annotations

import re
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd

_RANGE = re.compile(
    r"\s*([0-9]+(?:\.[0-9]+)?)\s*H?\s*(?:-|TO)\s*([0-9]+(?:\.[0-9]+)?)\s*(?:H|HR|HOURS?)\b.*", re.I
)


class Nominal(NamedTuple):
    """Hours since the planned first dose, and the time point since the planned reference dose."""

    since_first: np.ndarray
    timepoint: np.ndarray


class Choices(Protocol):
    """How pre-dose and range time points count."""

    @property
    def predose(self) -> str: ...

    @property
    def range_at(self) -> str: ...


def nominal_hours(
    records: pd.DataFrame, visit_day: str, timepoint: str, range_text: str, choices: Choices
) -> Nominal:
    """(day - 1) x 24 + time point; there is no day 0, so day -1 begins 24 hours before day 1.

    A time point that is a range (``0-4 H``, urine) stands at its start, middle or end.
    """
    point = records[timepoint].to_numpy(dtype=float)
    if range_text:
        point = np.where(np.isnan(point), _of_ranges(records[range_text], choices.range_at), point)
    if choices.predose == "zero":
        point = np.where(point < 0, 0.0, point)
    day = records[visit_day].to_numpy(dtype=float)
    return Nominal(np.where(day < 0, day, day - 1) * 24 + point, point)


def _of_ranges(texts: pd.Series, at: str) -> np.ndarray:
    codes, unique = pd.factorize(texts)
    weight = {"start": 0.0, "middle": 0.5, "end": 1.0}[at]
    hours = np.full(len(unique) + 1, np.nan)
    for number, text in enumerate(unique):
        match = _RANGE.fullmatch(str(text))
        if match:
            first, last = float(match[1]), float(match[2])
            hours[number] = first + weight * (last - first)
    return hours[codes]
