"""The terminal slope by best adjusted R squared."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sdtm.noncompartmental.profiles import arrange
from sdtm.noncompartmental.terminal import Terminal, fit_terminal


def _fit(times: list[float], values: list[float], **options: float) -> Terminal:
    none = np.full(len(times), np.nan)
    rows, _ = arrange(
        np.zeros(len(times), int), np.array(times, float), np.array(values, float), none == 0, none, 1
    )
    return fit_terminal(rows, rows.filled, **options)  # type: ignore[arg-type]


def test_a_straight_line_takes_all_its_points() -> None:
    found = _fit([1, 2, 4, 8], [8 * math.exp(-0.5 * t) for t in (1, 2, 4, 8)])
    assert (
        found.slope[0] == pytest.approx(0.5)
        and found.points[0] == 4
        and found.adjusted_r2[0] == pytest.approx(1)
    )
    assert found.predicted[0] == pytest.approx(8 * math.exp(-4))
    assert (found.first_time[0], found.last_time[0]) == (1, 8)


def test_three_points_by_hand() -> None:
    # ln C = 2, 1, 0.3 at 1, 2, 3: slope -0.85, mean 1.1; Sxy -1.7, Sxx 2, Syy 1.46; r2 = 2.89 / 2.92.
    found = _fit([1, 2, 3], [math.exp(2), math.exp(1), math.exp(0.3)])
    r2 = 2.89 / 2.92
    assert found.slope[0] == pytest.approx(0.85) and found.r2[0] == pytest.approx(r2)
    assert found.adjusted_r2[0] == pytest.approx(1 - (1 - r2) * 2)
    assert found.predicted[0] == pytest.approx(math.exp(1.1 - 0.85))


def test_the_best_fit_must_fall() -> None:
    # The last three points rise on a perfect line; the falling fits before are worse: no slope.
    found = _fit([1, 2, 3, 4, 5, 6], [100, 60, 30] + [math.exp(0.2 * t) for t in (4, 5, 6)])
    assert np.isnan(found.slope[0]) and found.enough[0]


def test_fewer_than_three_points_give_nothing() -> None:
    found = _fit([1, 2], [4, 2])
    assert np.isnan(found.slope[0]) and not found.enough[0]
    with pytest.raises(ValueError):
        _fit([1, 2], [4, 2], fewest=2)


def test_a_constant_end_has_no_fit() -> None:
    found = _fit([1, 2, 3], [4, 4, 4])
    assert np.isnan(found.slope[0]) and found.enough[0]


# Boeckmann, Sheiner, Beal (1994), subject 6, after Tmax; 7 points within 0.0001 of the best adjusted R squared
# (rule book, section 11: half-life 7.894998; the plain maximum takes 3 points and gives 7.57).
TIMES = [2.03, 3.57, 5, 7, 9.22, 12.1, 23.85]
VALUES = [6.32, 5.53, 4.94, 4.02, 3.46, 2.78, 0.92]


@pytest.mark.parametrize(("tolerance", "points", "half_life"), [(1e-4, 7, 7.894998), (0.0, 3, 7.57)])
def test_a_longer_window_wins_within_the_tolerance(tolerance: float, points: int, half_life: float) -> None:
    found = _fit(TIMES, VALUES, tolerance=tolerance)
    assert found.points[0] == points
    assert math.log(2) / found.slope[0] == pytest.approx(half_life, abs=5e-7 if tolerance else 5e-3)
