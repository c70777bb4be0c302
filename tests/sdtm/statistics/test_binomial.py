"""Confidence intervals of proportions against published values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm.statistics.binomial import METHODS, Method, compute_binomial_interval


@pytest.mark.parametrize(
    ("x", "n", "lower", "upper"),
    [
        # Rule book of the project, section 12 (Clopper-Pearson, 95 %), as printed in percent.
        (22, 87, 16.575, 35.745),
        (59, 87, 56.9, 77.4),
        (1, 14, 0.2, 33.9),
        (0, 6, 0.0, 45.9),
        (6, 6, 54.1, 100.0),
    ],
)
def test_exact_limits_of_the_rule_book(x: int, n: int, lower: float, upper: float) -> None:
    found = compute_binomial_interval(x, n)
    places = 3 if x == 22 else 1
    assert [round(100 * float(found.lower), places), round(100 * float(found.upper), places)] == [
        lower,
        upper,
    ]


@pytest.mark.parametrize(
    ("method", "lower", "upper"),
    [
        # Newcombe, Statistics in Medicine 17 (1998) 857-872, Table I, example r = 81 of n = 263.
        ("wald", 0.2522, 0.3638),
        ("wald-cc", 0.2503, 0.3657),
        ("wilson", 0.2553, 0.3662),
        ("wilson-cc", 0.2535, 0.3682),
        ("clopper-pearson", 0.2527, 0.3676),
    ],
)
def test_limits_of_newcombe_for_81_of_263(method: Method, lower: float, upper: float) -> None:
    found = compute_binomial_interval(81, 263, method)
    assert (round(float(found.lower), 4), round(float(found.upper), 4)) == (lower, upper)


@pytest.mark.parametrize(
    ("method", "lower", "upper"),
    # The same table, 0 of 20 and 1 of 29.
    [
        ("wilson", 0.0, 0.1611),
        ("clopper-pearson", 0.0, 0.1684),
        ("wilson-cc", 0.0, 0.2005),
        ("wald", 0.0, 0.0),
    ],
)
def test_limits_of_newcombe_for_0_of_20(method: Method, lower: float, upper: float) -> None:
    found = compute_binomial_interval(0, 20, method)
    assert (round(float(found.lower), 4), round(float(found.upper), 4)) == (lower, upper)


def test_agresti_coull_by_hand() -> None:
    # 4 of 10: z**2 = 3.841459, n' = 13.841459, p' = (4 + 1.920729)/13.841459 = 0.427753,
    # half = 1.959964 * sqrt(0.427753 * 0.572247 / 13.841459) = 0.260644.
    found = compute_binomial_interval(4, 10, "agresti-coull")
    assert np.allclose(found, (0.167109, 0.688397), atol=2e-6)


def test_jeffreys_is_the_beta_posterior_and_touches_the_ends() -> None:
    # Brown, Cai, DasGupta (2001), Table 5: n = 7, x = 1 -> 0.016 to 0.501; x = 0 -> 0 to 0.304 (equal tails: 0.3).
    found = compute_binomial_interval(1, 7, "jeffreys")
    assert (round(float(found.lower), 3), round(float(found.upper), 3)) == (0.016, 0.501)
    assert compute_binomial_interval([0, 7], 7, "jeffreys").lower[0] == 0
    assert compute_binomial_interval([0, 7], 7, "jeffreys").upper[1] == 1


def test_without_trials_there_are_no_limits() -> None:
    assert all(np.isnan(limit) for limit in compute_binomial_interval(0, 0))


@pytest.mark.parametrize(("x", "n"), [(3, 2), (-1, 2), (1.5, 2), (np.nan, 2), (1, np.inf)])
def test_impossible_counts_are_refused(x: float, n: float) -> None:
    with pytest.raises(ValueError):
        compute_binomial_interval(x, n)


@pytest.mark.parametrize("wrong", [{"method": "exact"}, {"level": 95}])
def test_unknown_methods_and_levels_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        compute_binomial_interval(1, 2, **wrong)  # type: ignore[arg-type]


@given(
    st.integers(0, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.sampled_from(METHODS)
)
def test_swapping_success_and_failure_mirrors_the_limits(counts: tuple[int, int], method: Method) -> None:
    x, n = counts
    if n == 0:
        return
    one, other = compute_binomial_interval(x, n, method), compute_binomial_interval(n - x, n, method)
    assert np.allclose([one.lower, one.upper], [1 - other.upper, 1 - other.lower], atol=1e-9)
    assert 0 <= one.lower <= x / n + 1e-12 and x / n - 1e-12 <= one.upper <= 1


def test_the_exact_interval_covers_at_least_its_level() -> None:
    from scipy.stats import binom

    n, p = 20, np.linspace(0.01, 0.99, 25)
    found = compute_binomial_interval(np.arange(n + 1), n)
    inside = (found.lower[:, None] <= p) & (p <= found.upper[:, None])
    coverage = (binom.pmf(np.arange(n + 1)[:, None], n, p) * inside).sum(axis=0)
    assert (coverage >= 0.95 - 1e-12).all()
