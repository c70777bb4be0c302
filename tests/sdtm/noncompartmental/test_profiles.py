"""Points in any order as rows of arrays."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sdtm.noncompartmental.profiles import arrange, first_true, last_true, pick


def _arrange(points: list[tuple[int, float, float]], count: int = 1):  # type: ignore[no-untyped-def]
    row, time, value = (np.array(column) for column in zip(*points, strict=True))
    none = np.full(len(points), np.nan)
    return arrange(
        row.astype(int), time.astype(float), value.astype(float), np.zeros(len(points), bool), none, count
    )


def test_points_are_sorted_and_each_profile_has_its_row() -> None:
    found, _ = _arrange([(1, 2, 5), (0, 4, 1), (0, 1, 9), (1, 0, 0)], 3)
    assert np.array_equal(found.time, [[1, 4], [0, 2], [np.nan] * 2], equal_nan=True)
    assert np.array_equal(found.concentration, [[9, 1], [0, 5], [np.nan] * 2], equal_nan=True)


def test_the_last_sample_before_the_dose_stands_for_time_zero() -> None:
    found, duplicates = _arrange([(0, -2, 5), (0, -0.5, 3), (0, 1, 9)])
    assert found.time.tolist() == [[0, 1]] and found.concentration.tolist() == [[3, 9]]
    assert found.actual.tolist() == [[-0.5, 1]] and not len(duplicates.different)


def test_equal_duplicates_become_one_and_different_ones_spoil_the_profile() -> None:
    found, duplicates = _arrange([(0, 1, 5), (0, 1, 5), (0, 2, 3), (1, 1, 5), (1, 1, 6)], 2)
    assert found.time[0].tolist() == [1, 2] and found.conflict.tolist() == [False, True]
    assert duplicates.same.tolist() == [1] and duplicates.different.tolist() == [4]


def test_a_value_below_the_limit_is_a_point_and_a_missing_one_is_not() -> None:
    nan = np.nan
    found, _ = arrange(np.zeros(3, int), np.array([0, 1, 2.0]), np.array([nan, nan, 4]), np.array([True, False, False]),
                       np.full(3, nan), 1)  # fmt: skip
    assert found.time.tolist() == [[0, 2]] and found.below.tolist() == [[True, False]]


def test_no_points_make_empty_rows() -> None:
    none = np.empty(0)
    found, _ = arrange(none.astype(int), none, none, none.astype(bool), none, 2)
    assert found.time.shape == (2, 0) and first_true(found.filled).tolist() == [0, 0]
    assert np.isnan(pick(found.time, np.zeros(2, int))).all()


def test_places_of_marks() -> None:
    cells = np.array([[False, True, True], [False, False, False]])
    assert first_true(cells).tolist() == [1, 3] and last_true(cells).tolist() == [2, -1]


@given(
    st.permutations(
        [(0, 1.0, 5.0), (0, 1.0, 6.0), (0, -1.0, 2.0), (0, -3.0, 1.0), (1, 2.0, 3.0), (1, 0.5, 7.0)]
    )
)
def test_order_of_points_never_matters(points: list[tuple[int, float, float]]) -> None:
    one, _ = _arrange(list(points), 2)
    two, _ = _arrange(sorted(points), 2)
    for name in ("time", "actual", "concentration"):
        assert np.array_equal(getattr(one, name), getattr(two, name), equal_nan=True)
    assert one.conflict.tolist() == [True, False]
