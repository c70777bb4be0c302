"""Fisher's exact test and chi-square against textbook values."""

from __future__ import annotations

import numpy as np
import pytest

from sdtm.statistics.contingency import compute_chi_square, compute_fisher_exact


def test_the_lady_tasting_tea() -> None:
    # Fisher, The Design of Experiments (1935): 3 of 4 cups right; two-sided (2 x 16 + 2 x 1) / 70 = 34/70.
    assert compute_fisher_exact([[3, 1], [1, 3]]) == pytest.approx(34 / 70)


def test_chi_square_by_hand() -> None:
    # Expected 15 everywhere: 4 x 25 / 15 = 6.6667; with Yates 4 x 4.5**2 / 15 = 5.4.
    found = compute_chi_square([[10, 20], [20, 10]])
    assert (found.statistic, found.degrees, found.smallest_expected) == (pytest.approx(100 / 15), 1, 15)
    assert found.p_value == pytest.approx(0.009823275)
    assert compute_chi_square([[10, 20], [20, 10]], corrected=True).statistic == pytest.approx(5.4)


def test_an_empty_row_is_no_row() -> None:
    full = compute_chi_square([[10, 20], [20, 10]])
    assert compute_chi_square([[10, 20], [0, 0], [20, 10]]) == full
    assert np.isnan(compute_chi_square([[10, 20], [0, 0]]).p_value)
    assert compute_fisher_exact([[10, 20], [0, 0]]) == 1


@pytest.mark.parametrize("counts", [[[1, -1], [2, 3]], [[1.5, 1], [2, 3]], [1, 2], [[1, np.nan], [2, 3]]])
def test_what_is_no_table_of_counts_is_refused(counts: list[object]) -> None:
    with pytest.raises(ValueError):
        compute_chi_square(counts)


def test_fisher_takes_two_by_two_only() -> None:
    with pytest.raises(ValueError):
        compute_fisher_exact([[1, 2, 3], [4, 5, 6]])
