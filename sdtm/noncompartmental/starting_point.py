"""The concentration at time 0, where none was measured."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sdtm.noncompartmental.profiles import Profiles, pick

EXTRAVASCULAR, INFUSION, BOLUS = 0, 1, 2


def add_time_zero(
    profiles: Profiles, route: np.ndarray, steady: np.ndarray, tau: np.ndarray
) -> tuple[Profiles, np.ndarray]:
    """The profiles with a point at time 0, and which rows have one that was made.

    Shape:   profiles and one route, steady-state flag and interval a row in; profiles and a mask out.
    Unit:    that of the concentrations.
    Missing: a bolus without any quantified value gets no point.
    Errors:  none.
    Source:  no sample at or before the dose: 0 for a first dose (extravascular or infusion), the lowest
             concentration of the dosing interval at steady state; bolus: a straight line through the
             logarithms of the first two points back to 0, or the first value if these do not fall. A
             sample before a bolus says nothing about the concentration just after it and is left out.
    Example: bolus, (1, 8), (2, 4) -> 16 at time 0.
    """
    bolus = route == BOLUS
    before = (profiles.time == 0) & ((profiles.actual < 0) | steady[:, None] | (profiles.concentration == 0))
    usable = profiles.keep(~(bolus[:, None] & before))
    lacking = ~(pick(usable.time, np.zeros(len(route), dtype=np.int64)) == 0)
    c1, c2 = _cell(usable.concentration, 0), _cell(usable.concentration, 1)
    t1, t2 = _cell(usable.time, 0), _cell(usable.time, 1)
    falls = (c1 > c2) & (c2 > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        back = np.where(falls, c1 * np.exp(t1 / (t2 - t1) * np.log(c1 / c2)), c1)
        inside = usable.time <= np.where(np.isnan(tau), np.inf, tau)[:, None]
    lowest = np.where(inside, usable.concentration, np.inf).min(axis=1, initial=np.inf)
    lowest = np.where(np.isfinite(lowest), lowest, np.nan)
    start = np.where(bolus, back, np.where(steady, lowest, 0.0))
    added = lacking & ~np.isnan(start) & usable.filled.any(axis=1)
    return _prepended(usable, start, added), added


def _cell(values: np.ndarray, column: int) -> np.ndarray:
    return values[:, column] if values.shape[1] > column else np.full(len(values), np.nan)


def _prepended(profiles: Profiles, start: np.ndarray, added: np.ndarray) -> Profiles:
    zero = np.where(added, 0.0, np.nan)[:, None]

    def front(column: np.ndarray, values: np.ndarray) -> np.ndarray:
        return np.concatenate([column, values], axis=1)

    wider = replace(
        profiles,
        time=front(zero, profiles.time),
        actual=front(zero, profiles.actual),
        concentration=front(np.where(added, start, np.nan)[:, None], profiles.concentration),
        below=front(np.zeros((len(added), 1), dtype=bool), profiles.below),
        limit=front(np.full((len(added), 1), np.nan), profiles.limit),
        source=front(np.full((len(added), 1), np.nan), profiles.source),
    )
    return wider.keep(wider.filled)
