"""What a value below the limit of quantification counts as."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from sdtm.noncompartmental.profiles import Profiles, first_true

Rule = Literal["zero_then_missing", "zero", "half_limit_once", "zero_drop_zero"]


def decide_below_limit(profiles: Profiles, rule: Rule = "zero_then_missing") -> Profiles:
    """The profiles with every value below the limit decided or left out.

    Shape:   profiles in, profiles out, none of whose cells is ``below`` without a value.
    Unit:    that of the concentrations.
    Missing: with ``half_limit_once`` a value whose limit is not known is left out.
    Errors:  none.
    Source:  zero_then_missing (default): 0 before the first quantified value, left out after it. zero: all
             0. half_limit_once: 0 before the first quantified value, half the limit for the first one
             after the maximum, the others left out. zero_drop_zero: 0 before the first and after the last
             quantified value, left out between them (the default of the R package PKNCA).
    Example: -0.25, 1, 4, 8, 24 h with BLQ, 50, BLQ, 20, BLQ -> (0, 0), (1, 50), (8, 20).
    """
    width = profiles.time.shape[1]
    column = np.arange(width)[None, :]
    quantified = profiles.quantified
    first = first_true(quantified)[:, None]
    leading = profiles.below & (column < first)
    value = np.where(leading, 0.0, profiles.concentration)
    kept = ~profiles.below | leading
    if rule == "zero":
        value, kept = np.where(profiles.below, 0.0, value), profiles.filled
    elif rule == "zero_drop_zero":
        last = (width - 1 - first_true(quantified[:, ::-1]))[:, None]
        trailing = profiles.below & (column > last)
        value, kept = np.where(trailing, 0.0, value), kept | trailing
    elif rule == "half_limit_once":
        peak = _column_of_maximum(profiles)[:, None]
        once = profiles.below & (column == first_true(profiles.below & (column > peak))[:, None])
        once &= ~np.isnan(profiles.limit) & ~leading
        value, kept = np.where(once, profiles.limit / 2, value), kept | once
    return replace(profiles, concentration=value).keep(kept)


def _column_of_maximum(profiles: Profiles) -> np.ndarray:
    if not profiles.time.shape[1]:
        return np.zeros(len(profiles.time), dtype=np.int64)
    return np.where(profiles.quantified, profiles.concentration, -1.0).argmax(axis=1)
