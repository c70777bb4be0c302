"""Geometric mean and geometric coefficient of variation."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Geometric(NamedTuple):
    """``used``: how many values are above 0; ``excluded``: how many are 0 or below."""

    used: int
    excluded: int
    mean: float
    cv_percent: float


def compute_geometric(values: npt.ArrayLike) -> Geometric:
    """Geometric mean and CV of the values above 0.

    Shape:   n numbers in, four numbers out.
    Unit:    mean in that of the values, CV in percent.
    Missing: NaN is left out; no value above 0: mean and CV are NaN; one value: CV is NaN.
    Errors:  ``ValueError`` for an infinite value.
    Source:  mean = exp(mean of ln x), CV = 100 sqrt(exp(s2) - 1), s2 the sample variance (n - 1) of ln x
             (Julious and Debarnot, J Biopharm Stat 10 (2000) 55-71).
    Example: 10, 20, 40 -> 20.0 and 78.5 %.
    """
    x = np.asarray(values, dtype=float).ravel()
    x = x[~np.isnan(x)]
    if np.isinf(x).any():
        raise ValueError("finite values")
    logs = np.log(x[x > 0])
    used = len(logs)
    mean = float(np.exp(logs.mean())) if used else np.nan
    cv = 100 * float(np.sqrt(np.expm1(logs.var(ddof=1)))) if used > 1 else np.nan
    return Geometric(used, len(x) - used, mean, cv)
