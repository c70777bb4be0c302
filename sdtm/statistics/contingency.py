"""Tests of association in a table of counts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Association(NamedTuple):
    """``smallest_expected``: below 5 the chi-square distribution is a poor approximation."""

    statistic: float
    degrees: int
    p_value: float
    smallest_expected: float


def compute_chi_square(counts: npt.ArrayLike, *, corrected: bool = False) -> Association:
    """Pearson's chi-square test of independence.

    Shape:   r x c counts in, four numbers out.
    Unit:    none.
    Missing: a table with fewer than two filled rows or columns tests nothing: NaN.
    Errors:  ``ValueError`` for counts that are negative, no whole numbers, or no table.
    Source:  Pearson 1900; ``corrected`` is Yates' continuity correction (2 x 2 only).
    Example: [[10, 20], [20, 10]] -> statistic 6.6667, p 0.0098.
    """
    table = _checked(counts)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(table.shape) < 2:
        return Association(np.nan, 0, np.nan, np.nan)
    from scipy.stats import chi2_contingency

    found = chi2_contingency(table, correction=corrected)
    return Association(
        float(found.statistic), int(found.dof), float(found.pvalue), float(np.min(found.expected_freq))
    )


def compute_fisher_exact(counts: npt.ArrayLike) -> float:
    """Two-sided p-value of Fisher's exact test.

    Shape:   2 x 2 counts in, one number out.
    Unit:    probability.
    Missing: an empty row or column tests nothing: p = 1.
    Errors:  ``ValueError`` for a table that is not 2 x 2, or counts that are negative or no whole numbers.
    Source:  Fisher 1935; tables as likely as the observed one or less likely are added up, as SAS and R do.
    Example: [[3, 1], [1, 3]] (the lady tasting tea) -> 0.4857.
    """
    table = _checked(counts)
    if table.shape != (2, 2):
        raise ValueError(f"a table of 2 x 2, not {' x '.join(map(str, table.shape))}")
    from scipy.stats import fisher_exact

    return float(fisher_exact(table.astype(int)).pvalue)


def _checked(counts: npt.ArrayLike) -> np.ndarray:
    table = np.asarray(counts, dtype=float)
    if table.ndim != 2 or not table.size:
        raise ValueError("a table of counts")
    if not (np.isfinite(table).all() and (table >= 0).all() and (table == np.floor(table)).all()):
        raise ValueError("counts: whole numbers from 0")
    return table
