"""Values of records that belong together: which differ, and which only differ within a tolerance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sdtm.trace.diff.aligned import Part
from sdtm.trace.diff.matching import coded
from sdtm.trace.diff.settings import Tolerance


@dataclass(frozen=True, slots=True)
class Differing:
    """One variable. ``pairs``: which pairs of records differ in it (positions among the pairs).

    ``within``: pairs whose numbers differ, but no more than the tolerance allows. ``largest``: the largest
    difference of numbers that there is, ``largest_within`` that of those allowed; 0 where there is none.
    """

    variable: str
    pairs: np.ndarray
    within: int = 0
    largest: float = 0.0
    largest_within: float = 0.0


def differing(variable: str, part: Part, old: np.ndarray, new: np.ndarray, tolerance: Tolerance) -> Differing:
    """Compare one variable of matched records, by row of the stacked dataset.

    A missing value equals nothing but a missing one: neither 0 nor a text of blanks, whatever the tolerance.
    """
    one, other = coded(part, old), coded(part, new)
    if one.dtype.kind != "f":
        return Differing(variable, np.flatnonzero(one != other))
    unequal = np.flatnonzero((one != other) & ~(np.isnan(one) & np.isnan(other)))
    if not len(unequal):
        return Differing(variable, unequal)
    one, other = one[unequal], other[unequal]
    allowed = tolerance.allows(one, other)
    with np.errstate(invalid="ignore", over="ignore"):
        size = np.abs(one - other)
    known = np.isfinite(size)
    return Differing(
        variable,
        unequal[~allowed],
        int(allowed.sum()),
        float(size[known].max(initial=0.0)),
        float(size[allowed].max(initial=0.0)),
    )
