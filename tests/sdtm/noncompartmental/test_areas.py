"""Trapezoids and interpolation, by hand and against integrals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sdtm.noncompartmental.areas import Curve, Method, area_to, concentration_at, draw
from sdtm.noncompartmental.profiles import arrange


def _curve(points: list[tuple[float, float]], method: Method = "linear_up_log_down") -> Curve:
    time, value = (np.array(column, dtype=float) for column in zip(*points, strict=True))
    none = np.full(len(time), np.nan)
    rows, _ = arrange(np.zeros(len(time), int), time, value, np.zeros(len(time), bool), none, 1)
    return draw(rows, time[[value.argmax()]], method)


def test_pieces_by_hand() -> None:
    # 0-1: (4 + 8)/2 = 6; 1-2: (8 - 4)/ln 2 = 5.7708, linear 6.
    assert _curve([(0, 4), (1, 8), (2, 4)]).area[0] == pytest.approx([0, 6, 6 + 4 / math.log(2)])
    assert _curve([(0, 4), (1, 8), (2, 4)], "linear").area[0].tolist() == [0, 6, 12]


def test_a_fall_before_the_maximum_is_linear_in_linear_log() -> None:
    points = [(0.0, 8.0), (1.0, 4.0), (2.0, 9.0), (3.0, 3.0)]
    after = 6 / math.log(3)
    assert _curve(points, "linear_log").area[0] == pytest.approx([0, 6, 12.5, 12.5 + after])
    assert _curve(points).area[0] == pytest.approx(
        [0, 4 / math.log(2), 4 / math.log(2) + 6.5, 4 / math.log(2) + 6.5 + after]
    )


def test_equal_and_zero_values_are_never_logarithmic() -> None:
    assert _curve([(0, 4), (1, 4), (2, 0), (3, 0)]).area[0].tolist() == [0, 4, 6, 6]


def test_the_log_piece_is_exact_for_an_exponential() -> None:
    k, points = 0.3, [(t, 10 * math.exp(-0.3 * t)) for t in (0.0, 1.0, 4.0, 9.0)]
    found = _curve(points)
    for column, (t, _) in enumerate(points):
        area = 10 / k * (1 - math.exp(-k * t))
        moment = 10 / k**2 * (1 - math.exp(-k * t) * (1 + k * t))  # integral of t C dt
        assert found.area[0, column] == pytest.approx(area) and found.moment[0, column] == pytest.approx(
            moment
        )


def test_values_and_areas_between_and_behind_points_by_hand() -> None:
    curve, slope = _curve([(0, 8), (2, 2)]), np.array([math.log(2)])
    at = {t: concentration_at(curve, np.array([t]), slope)[0] for t in (0.0, 1.0, 2.0, 3.0)}
    assert at == pytest.approx({0.0: 8, 1.0: 4, 2.0: 2, 3.0: 1})
    whole = 6 / math.log(4) * 2
    assert area_to(curve, np.array([3.0]), slope)[0][0] == pytest.approx(whole + 1 / math.log(2))
    assert area_to(curve, np.array([2.0]), slope)[0][0] == pytest.approx(whole)
    assert area_to(curve, np.array([1.0]), slope)[0][0] == pytest.approx(4 / math.log(2))


def test_a_rising_piece_is_interpolated_straight() -> None:
    curve = _curve([(0, 2), (2, 6)])
    assert concentration_at(curve, np.array([0.5]), np.array([np.nan]))[0] == 3
    assert area_to(curve, np.array([0.5]), np.array([np.nan]))[0][0] == 1.25


def test_behind_the_last_point_nothing_is_known_without_a_slope() -> None:
    none = np.array([np.nan])
    assert np.isnan(area_to(_curve([(0, 2), (2, 6)]), np.array([3.0]), none)[0][0])
    assert area_to(_curve([(0, 2), (2, 0)]), np.array([3.0]), none)[0][0] == 2  # a last value of 0 stays 0
