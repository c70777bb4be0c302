"""Confidence intervals of a proportion, by the names that tables print.

Formulas from Brown, Cai and DasGupta, Interval Estimation for a Binomial Proportion, Statistical Science
16 (2001) 101-133, and Clopper and Pearson, Biometrika 26 (1934) 404-413.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

Method = Literal["clopper-pearson", "wilson", "wilson-cc", "agresti-coull", "jeffreys", "wald", "wald-cc"]
METHODS: tuple[str, ...] = get_args(Method)

Counts = npt.ArrayLike


class Interval(NamedTuple):
    """Limits of a proportion, from 0 to 1."""

    lower: np.ndarray
    upper: np.ndarray


def compute_binomial_interval(
    successes: Counts, trials: Counts, method: Method = "clopper-pearson", level: float = 0.95
) -> Interval:
    """Two-sided confidence limits of a proportion.

    Shape:   counts (numbers or arrays that broadcast) in, two arrays out.
    Unit:    proportion, 0 to 1.
    Missing: where there are no trials both limits are NaN.
    Errors:  ``ValueError`` for counts that are no whole numbers with 0 <= successes <= trials, an unknown
             method, or a level that is not between 0 and 1.
    Source:  clopper-pearson (exact): Beta quantiles, limit 0 for no success and 1 for all. wilson: score;
             wilson-cc: with continuity correction (Newcombe 1998, method 4). agresti-coull: z**2/2 added
             to both sides. jeffreys: Beta(x+1/2, n-x+1/2), limit 0 (1) for no (all) successes. wald:
             p +- z se, cut to 0..1; wald-cc: with 1/(2n).
    Example: 22 of 87 -> 0.16575 to 0.35745; 0 of 6 -> 0 to 0.459; 6 of 6 -> 0.541 to 1.
    """
    if method not in METHODS:
        raise ValueError(f"a method of {', '.join(METHODS)}, not {method!r}")
    if not 0 < level < 1:
        raise ValueError(f"a level between 0 and 1, not {level!r}")
    x, n = np.broadcast_arrays(np.asarray(successes, dtype=float), np.asarray(trials, dtype=float))
    whole = (x == np.floor(x)) & (n == np.floor(n))
    if not (whole & (x >= 0) & (x <= n) & np.isfinite(n)).all():
        raise ValueError("whole numbers with 0 <= successes <= trials")
    some = n > 0
    safe = np.where(some, n, 1.0)
    lower, upper = _FORMULAS[method](x, safe, 1 - level)
    return Interval(np.where(some, lower, np.nan), np.where(some, upper, np.nan))


Formula = Callable[[np.ndarray, np.ndarray, float], tuple[np.ndarray, np.ndarray]]


def _z(alpha: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(1 - alpha / 2))


def _clopper_pearson(x: np.ndarray, n: np.ndarray, alpha: float) -> tuple[np.ndarray, np.ndarray]:
    from scipy.special import betaincinv

    # One success or one failure is put in where the limit is known anyway, since Beta(0, n) does not exist.
    lower = betaincinv(np.where(x > 0, x, 1), n - x + 1, alpha / 2)
    upper = betaincinv(x + 1, np.where(x < n, n - x, 1), 1 - alpha / 2)
    return np.where(x > 0, lower, 0.0), np.where(x < n, upper, 1.0)


def _jeffreys(x: np.ndarray, n: np.ndarray, alpha: float) -> tuple[np.ndarray, np.ndarray]:
    from scipy.special import betaincinv

    lower = betaincinv(x + 0.5, n - x + 0.5, alpha / 2)
    upper = betaincinv(x + 0.5, n - x + 0.5, 1 - alpha / 2)
    return np.where(x > 0, lower, 0.0), np.where(x < n, upper, 1.0)


def _wilson(x: np.ndarray, n: np.ndarray, alpha: float) -> tuple[np.ndarray, np.ndarray]:
    z = _z(alpha)
    centre = (x + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * np.sqrt(x * (n - x) / n + z * z / 4)
    return np.where(x > 0, centre - half, 0.0), np.where(x < n, centre + half, 1.0)


def _wilson_corrected(x: np.ndarray, n: np.ndarray, alpha: float) -> tuple[np.ndarray, np.ndarray]:
    z = _z(alpha)
    p, q = x / n, (n - x) / n
    below = z * np.sqrt(np.maximum(z * z - 2 - 1 / n + 4 * p * (n * q + 1), 0))
    above = z * np.sqrt(np.maximum(z * z + 2 - 1 / n + 4 * p * (n * q - 1), 0))
    lower = (2 * x + z * z - 1 - below) / (2 * (n + z * z))
    upper = (2 * x + z * z + 1 + above) / (2 * (n + z * z))
    return np.where(x > 0, np.maximum(lower, 0), 0.0), np.where(x < n, np.minimum(upper, 1), 1.0)


def _agresti_coull(x: np.ndarray, n: np.ndarray, alpha: float) -> tuple[np.ndarray, np.ndarray]:
    z = _z(alpha)
    size = n + z * z
    centre = (x + z * z / 2) / size
    half = z * np.sqrt(centre * (1 - centre) / size)
    return np.maximum(centre - half, 0), np.minimum(centre + half, 1)


def _wald(x: np.ndarray, n: np.ndarray, alpha: float) -> tuple[np.ndarray, np.ndarray]:
    p = x / n
    half = _z(alpha) * np.sqrt(p * (1 - p) / n)
    return np.maximum(p - half, 0), np.minimum(p + half, 1)


def _wald_corrected(x: np.ndarray, n: np.ndarray, alpha: float) -> tuple[np.ndarray, np.ndarray]:
    p = x / n
    half = _z(alpha) * np.sqrt(p * (1 - p) / n) + 1 / (2 * n)
    return np.maximum(p - half, 0), np.minimum(p + half, 1)


_FORMULAS: dict[str, Formula] = {
    "clopper-pearson": _clopper_pearson,
    "wilson": _wilson,
    "wilson-cc": _wilson_corrected,
    "agresti-coull": _agresti_coull,
    "jeffreys": _jeffreys,
    "wald": _wald,
    "wald-cc": _wald_corrected,
}
