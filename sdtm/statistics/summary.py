"""Descriptive statistics of one variable, with the quantiles of a named definition."""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

# The five definitions of SAS (PCTLDEF= of PROC UNIVARIATE) and what numpy calls them.
Definition = Literal["sas-1", "sas-2", "sas-3", "sas-4", "sas-5", "r-7"]
_NUMPY = {
    "sas-1": "interpolated_inverted_cdf",
    "sas-2": "closest_observation",
    "sas-3": "inverted_cdf",
    "sas-4": "weibull",
    "sas-5": "averaged_inverted_cdf",
    "r-7": "linear",
}
DEFINITIONS: tuple[str, ...] = get_args(Definition)


class Summary(NamedTuple):
    """``n`` counts the values, ``missing`` those that are not there."""

    n: int
    missing: int
    mean: float
    sd: float
    minimum: float
    q1: float
    median: float
    q3: float
    maximum: float


def compute_quantiles(
    values: npt.ArrayLike, probabilities: npt.ArrayLike, definition: Definition = "sas-5"
) -> np.ndarray:
    """Quantiles by a named definition.

    Shape:   n numbers and k probabilities in, k numbers out.
    Unit:    that of the values.
    Missing: NaN is left out; without a value all quantiles are NaN.
    Errors:  ``ValueError`` for an unknown definition or a probability outside 0..1.
    Source:  SAS 9.4 UNIVARIATE, PCTLDEF=1 to 5 (5, the empirical distribution with averaging, is its
             default); r-7 is the default of R (Hyndman and Fan, Am Stat 50 (1996) 361-365).
    Example: quartiles of 1, 2, 3, 4 -> 1.5, 3.5 (sas-5); 1.75, 3.25 (r-7).
    """
    if definition not in _NUMPY:
        raise ValueError(f"a definition of {', '.join(DEFINITIONS)}, not {definition!r}")
    x = np.asarray(values, dtype=float).ravel()
    x = x[~np.isnan(x)]
    wanted = np.asarray(probabilities, dtype=float)
    if not ((wanted >= 0) & (wanted <= 1)).all():
        raise ValueError("probabilities from 0 to 1")
    if not len(x):
        return np.full(wanted.shape, np.nan)
    return np.quantile(x, wanted, method=_NUMPY[definition])  # type: ignore[call-overload,no-any-return]


def compute_summary(values: npt.ArrayLike, definition: Definition = "sas-5") -> Summary:
    """n, mean, SD, minimum, quartiles and maximum.

    Shape:   n numbers in, nine numbers out.
    Unit:    that of the values.
    Missing: NaN is counted and left out; statistics without values, and the SD of one value, are NaN.
    Errors:  ``ValueError`` for an unknown definition.
    Source:  SD with n - 1; the middle number of an even count is the mean of both in every definition but
             sas-1 to sas-3, where it is as PCTLDEF says.
    Example: 1, 2, 3, 4 -> mean 2.5, SD 1.290994, quartiles 1.5, 2.5, 3.5.
    """
    x = np.asarray(values, dtype=float).ravel()
    present = x[~np.isnan(x)]
    n = len(present)
    q1, median, q3 = compute_quantiles(present, [0.25, 0.5, 0.75], definition).tolist()
    return Summary(
        n,
        len(x) - n,
        float(present.mean()) if n else np.nan,
        float(present.std(ddof=1)) if n > 1 else np.nan,
        float(present.min()) if n else np.nan,
        q1,
        median,
        q3,
        float(present.max()) if n else np.nan,
    )
