"""Areas under the concentration curve and its first moment, piece by piece."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sdtm.noncompartmental.profiles import Profiles, pick

Method = Literal["linear_up_log_down", "linear", "linear_log"]


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Profiles with the areas from time 0 to each of their points.

    ``logarithmic``: whether the piece that ends at a point follows the log trapezoidal rule.
    """

    time: np.ndarray
    concentration: np.ndarray
    logarithmic: np.ndarray
    area: np.ndarray
    moment: np.ndarray
    last: np.ndarray  # column of the last point of each row, -1 where there is none


def draw(profiles: Profiles, peak_time: np.ndarray, method: Method = "linear_up_log_down") -> Curve:
    """The areas of all pieces, added up.

    Shape:   profiles and the time of the maximum of each in, a ``Curve`` of the same shape out.
    Unit:    time x concentration; time**2 x concentration for the moment.
    Missing: cells without a point hold NaN; the first point has area 0.
    Errors:  none.
    Source:  linear piece dt (c1 + c2) / 2 and dt (t1 c1 + t2 c2) / 2; log piece dt (c1 - c2) / ln(c1/c2)
             and dt (c2 t2 - c1 t1) / ln(c2/c1) - dt**2 (c2 - c1) / ln(c2/c1)**2. linear_up_log_down: log
             where 0 < c2 < c1; linear_log: the same, but only after the maximum; linear: never log.
    Example: (0, 4), (1, 8), (2, 4) -> 0, 6, 6 + 4 / ln 2 = 11.771 (linear: 12).
    """
    t, c = profiles.time, profiles.concentration
    t1, t2, c1, c2 = t[:, :-1], t[:, 1:], c[:, :-1], c[:, 1:]
    logarithmic = (c2 < c1) & (c2 > 0)
    if method == "linear":
        logarithmic = np.zeros_like(logarithmic)
    elif method == "linear_log":
        logarithmic = logarithmic & (t1 >= peak_time[:, None])
    pieces, moments = _pieces(t1, t2, c1, c2, logarithmic)
    present = ~np.isnan(t)
    return Curve(
        t,
        c,
        _from_second(logarithmic, present, False),
        np.where(present, _from_second(np.cumsum(np.nan_to_num(pieces), axis=1), present, 0.0), np.nan),
        np.where(present, _from_second(np.cumsum(np.nan_to_num(moments), axis=1), present, 0.0), np.nan),
        present.sum(axis=1) - 1,
    )


def _from_second(values: np.ndarray, like: np.ndarray, first: float | bool) -> np.ndarray:
    """Values of pieces at the column of the point where each ends."""
    cells = np.full(like.shape, first, dtype=values.dtype)
    cells[:, 1:] = values
    return cells


def _pieces(
    t1: np.ndarray, t2: np.ndarray, c1: np.ndarray, c2: np.ndarray, logarithmic: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    dt = t2 - t1
    a1, a2 = np.where(logarithmic, c1, 2.0), np.where(logarithmic, c2, 1.0)
    ratio = np.log(a2 / a1)  # of a piece that is not logarithmic: of no consequence
    area = np.where(logarithmic, dt * (a2 - a1) / ratio, dt * (c1 + c2) / 2)
    moment = np.where(
        logarithmic,
        dt * (a2 * t2 - a1 * t1) / ratio - dt**2 * (a2 - a1) / ratio**2,
        dt * (t1 * c1 + t2 * c2) / 2,
    )
    return area, moment


def concentration_at(curve: Curve, moment: np.ndarray, slope: np.ndarray) -> np.ndarray:
    """The concentration of each row at a time of its own.

    Shape:   one time (``moment``) and one terminal rate constant (``slope``) a row in, one number a row out.
    Unit:    that of the concentrations.
    Missing: NaN behind the last point where the slope is NaN, and before the first point.
    Errors:  none.
    Source:  between two points by the rule of that piece; behind the last point C exp(-slope dt).
    Example: (0, 8), (2, 2), slope ln 2 -> 4 at 1, 1 at 3.
    """
    before = _column_before(curve, moment)
    t1, c1 = pick(curve.time, before), pick(curve.concentration, before)
    t2, c2 = pick(curve.time, before + 1), pick(curve.concentration, before + 1)
    behind = before >= curve.last
    share = (moment - t1) / np.where(behind, 1.0, t2 - t1)
    logarithmic = pick(curve.logarithmic.astype(float), before + 1) == 1
    with np.errstate(invalid="ignore", divide="ignore"):
        log_value = c1 * np.where(logarithmic, c2 / c1, 1.0) ** share
        between = np.where(logarithmic, log_value, c1 + (c2 - c1) * share)
        after = np.where(c1 == 0, 0.0, c1 * np.exp(-slope * (moment - t1)))
    return np.where(moment == t1, c1, np.where(behind, after, between))


def area_to(curve: Curve, moment: np.ndarray, slope: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Area and moment from time 0 to a time of each row.

    Shape:   one time and one terminal rate constant a row in, two numbers a row out.
    Unit:    time x concentration; time**2 x concentration.
    Missing: NaN behind the last point where the slope is NaN and the last value is not 0.
    Errors:  none.
    Source:  whole pieces, then the part of a piece up to the time with ``concentration_at``; the tail
             behind the last point by its exact integral.
    Example: (0, 8), (2, 2), slope ln 2, to 3 -> 6 / ln 4 x 2 + 1 / ln 2 = 10.099.
    """
    before = _column_before(curve, moment)
    t1, c1 = pick(curve.time, before), pick(curve.concentration, before)
    c = concentration_at(curve, moment, slope)
    behind = before >= curve.last
    logarithmic = np.where(behind, c1 > 0, pick(curve.logarithmic.astype(float), before + 1) == 1)
    logarithmic &= (c < c1) & (c > 0)
    piece, first_moment = _pieces(t1, moment, c1, c, logarithmic)
    whole, whole_moment = pick(curve.area, before), pick(curve.moment, before)
    exact = moment == t1
    return whole + np.where(exact, 0.0, piece), whole_moment + np.where(exact, 0.0, first_moment)


def _column_before(curve: Curve, moment: np.ndarray) -> np.ndarray:
    """Column of the last point at or before a time; -1 where there is none."""
    return (curve.time <= moment[:, None]).sum(axis=1) - 1
