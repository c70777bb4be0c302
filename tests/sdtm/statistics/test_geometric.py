"""Geometric mean and CV."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm.statistics.geometric import compute_geometric

POSITIVE = st.lists(st.floats(1e-3, 1e6), min_size=2, max_size=20)


def test_the_example_of_the_rule_book() -> None:
    # ln 10, ln 20, ln 40 are ln 2 apart: variance (ln 2)**2 = 0.480453; sqrt(exp(0.480453) - 1) = 0.7853.
    found = compute_geometric([10, 20, 40])
    assert round(found.mean, 10) == 20 and round(found.cv_percent, 1) == 78.5


def test_zero_and_missing_values_are_left_out_and_zeros_counted() -> None:
    found = compute_geometric([0, 10, np.nan, 40, -1])
    assert (found.used, found.excluded, round(found.mean, 10)) == (2, 2, 20)


def test_one_value_has_no_cv_and_none_has_no_mean() -> None:
    assert np.isnan(compute_geometric([5]).cv_percent) and compute_geometric([5]).mean == pytest.approx(5)
    assert np.isnan(compute_geometric([0]).mean)


def test_an_infinite_value_is_refused() -> None:
    with pytest.raises(ValueError):
        compute_geometric([1, np.inf])


@given(POSITIVE, st.floats(1e-3, 1e3))
def test_scaling_scales_the_mean_and_keeps_the_cv(values: list[float], factor: float) -> None:
    one, other = compute_geometric(values), compute_geometric(np.array(values) * factor)
    assert other.mean == pytest.approx(one.mean * factor)
    assert other.cv_percent == pytest.approx(one.cv_percent, rel=1e-6, abs=1e-4)
