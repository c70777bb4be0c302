"""The terminal phase: a straight line through the logarithms of the last points."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sdtm.noncompartmental.profiles import Profiles, first_true, last_true, pick


class Terminal(NamedTuple):
    """``slope``: the rate constant (positive). ``enough``: at least the fewest points were there.

    ``predicted``: concentration on the line at the last quantified time. ``used``: cells of the fit.
    """

    slope: np.ndarray
    points: np.ndarray
    first_time: np.ndarray
    last_time: np.ndarray
    r2: np.ndarray
    adjusted_r2: np.ndarray
    predicted: np.ndarray
    enough: np.ndarray
    used: np.ndarray


def fit_terminal(
    profiles: Profiles, eligible: np.ndarray, fewest: int = 3, tolerance: float = 1e-4
) -> Terminal:
    """The terminal rate constant by best adjusted R squared.

    Shape:   profiles and the cells that may be used in, one fit a row out.
    Unit:    1 / time.
    Missing: NaN with fewer than ``fewest`` eligible points, and where no candidate falls.
    Errors:  ``ValueError`` for fewer than 3 points: two points have no adjusted R squared.
    Source:  the last k eligible points for k = fewest, fewest + 1, …; adj = 1 - (1 - r2)(k - 1)/(k - 2). Of
             the fits that fall and whose adj is above the maximum of all fits minus the tolerance, the one
             with most points (Phoenix WinNonlin, best fit).
    Example: theophylline subject 6 -> 7 points, half-life 7.894998; without the tolerance 3 points.
    """
    if fewest < 3:
        raise ValueError("a fit needs at least 3 points")
    cells = eligible & profiles.quantified
    last = last_true(cells)
    x = np.where(cells, profiles.time - pick(profiles.time, last)[:, None], 0.0)
    safe = np.where(cells, profiles.concentration, 1.0)
    y = np.where(cells, np.log(safe), 0.0)
    y = np.where(cells, y - pick(y, last)[:, None], 0.0)  # near 0, so that the sums below lose no digits

    def from_end(values: np.ndarray) -> np.ndarray:
        return np.cumsum(values[:, ::-1], axis=1)[:, ::-1]

    k = from_end(cells.astype(float))
    sx, sy = from_end(x), from_end(y)
    with np.errstate(invalid="ignore", divide="ignore"):
        sxx = from_end(x * x) - sx * sx / k
        syy = from_end(y * y) - sy * sy / k
        sxy = from_end(x * y) - sx * sy / k
        r2 = np.minimum(sxy * sxy / (sxx * syy), 1.0)
        adjusted = 1 - (1 - r2) * (k - 1) / (k - 2)
        slope = sxy / sxx
    candidate = cells & (k >= fewest)
    fitted = candidate & np.isfinite(adjusted)
    best = np.where(fitted, adjusted, -np.inf).max(axis=1, initial=-np.inf)
    near = (adjusted > best[:, None] - tolerance) | (adjusted == best[:, None])
    chosen = first_true(fitted & near & (slope < 0))
    found = chosen < cells.shape[1]
    rate = -pick(slope, chosen)
    points = pick(k, chosen)
    mean_x, mean_y = pick(sx, chosen) / points, pick(sy, chosen) / points
    return Terminal(
        rate,
        points,
        pick(profiles.time, chosen),
        np.where(found, pick(profiles.time, last), np.nan),
        pick(r2, chosen),
        pick(adjusted, chosen),
        pick(profiles.concentration, last) * np.exp(mean_y + rate * mean_x),
        candidate.any(axis=1),
        cells & (np.arange(cells.shape[1])[None, :] >= chosen[:, None]),
    )
