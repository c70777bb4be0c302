"""Descriptive statistics by named definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm.statistics.summary import DEFINITIONS, Definition, compute_quantiles, compute_summary


@pytest.mark.parametrize(
    ("definition", "quartiles"),
    [
        # By hand for 1 2 3 4 5 6 7 8 9 10, n p = 2.5, 5, 7.5 (formulas of SAS UNIVARIATE, PCTLDEF):
        ("sas-1", [2.5, 5, 7.5]),  # weighted average at x(np)
        ("sas-2", [2, 5, 8]),  # nearest; 2.5 and 7.5 are halves: the even number
        ("sas-3", [3, 5, 8]),  # empirical distribution
        ("sas-4", [2.75, 5.5, 8.25]),  # weighted average at x((n+1)p)
        ("sas-5", [3, 5.5, 8]),  # empirical distribution with averaging
        ("r-7", [3.25, 5.5, 7.75]),  # 1 + (n - 1)p
    ],
)
def test_quartiles_of_one_to_ten(definition: Definition, quartiles: list[float]) -> None:
    assert compute_quantiles(range(1, 11), [0.25, 0.5, 0.75], definition).tolist() == quartiles


def test_a_summary_by_hand() -> None:
    # 1 2 3 4: mean 2.5, squares 2.25 + .25 + .25 + 2.25 = 5, SD sqrt(5/3).
    found = compute_summary([4, 1, np.nan, 3, 2])
    assert found[:3] == (4, 1, 2.5) and found.sd == pytest.approx(1.2909944487)
    assert found[4:] == (1, 1.5, 2.5, 3.5, 4)


def test_one_value_has_no_sd_and_none_has_nothing() -> None:
    assert np.isnan(compute_summary([3]).sd) and compute_summary([3]).median == 3
    assert all(np.isnan(each) for each in compute_summary([np.nan])[2:])


@pytest.mark.parametrize(
    "call", [lambda: compute_quantiles([1], [0.5], "sas-6"), lambda: compute_quantiles([1], [1.5])]
)
def test_unknown_definitions_and_probabilities_are_refused(call: object) -> None:
    with pytest.raises(ValueError):
        call()  # type: ignore[operator]


@given(st.permutations(list(range(9))), st.sampled_from(DEFINITIONS))
def test_order_never_matters(values: list[int], definition: Definition) -> None:
    assert compute_summary(values, definition) == compute_summary(range(9), definition)
