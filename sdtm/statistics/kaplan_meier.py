"""Kaplan-Meier estimate with Greenwood's variance, and what tables take from it.

Times at which no event is observed change nothing; a subject censored at an event time is still at risk
there. Sources: Kaplan and Meier, JASA 53 (1958) 457-481; Brookmeyer and Crowley, Biometrics 38 (1982)
29-41; Klein and Moeschberger, Survival Analysis (2003), 4.2 to 4.5; SAS/STAT LIFETEST, Computational
Formulas; Schemper and Smith, Control Clin Trials 17 (1996) 343-346 (reverse Kaplan-Meier).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

Transformation = Literal["log-log", "log", "linear"]
TRANSFORMATIONS: tuple[str, ...] = get_args(Transformation)
_SAME = 1e-9  # two survivals that differ by less are equal: 0.5 out of products is seldom exactly 0.5


class Estimate(NamedTuple):
    """A number with its confidence limits; NaN is "not estimable"."""

    value: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True, eq=False)
class KaplanMeier:
    """A survival curve. Arrays run over the distinct event times; ``last`` is the longest time observed."""

    time: np.ndarray
    at_risk: np.ndarray
    events: np.ndarray
    survival: np.ndarray
    greenwood: np.ndarray
    n: int
    total_events: int
    last: float
    times: np.ndarray  # of all subjects, sorted

    def limits(
        self, transformation: Transformation = "log-log", level: float = 0.95
    ) -> tuple[np.ndarray, np.ndarray]:
        """Pointwise confidence limits of the survival at each event time.

        Shape:   two arrays as long as ``time``.
        Unit:    probability, cut to 0..1.
        Missing: NaN where the survival is 0 (no variance); at survival 1 both limits are 1.
        Errors:  ``ValueError`` for an unknown transformation or level.
        Source:  se = sqrt(Greenwood sum). log: S exp(+-z se), the default of R's survfit. log-log:
                 S**exp(+-z se / ln S), the default of SAS LIFETEST. linear: S +- z S se.
        Example: survival 0.5 after 6 of 12 events -> log-log 0.208 to 0.736.
        """
        if transformation not in TRANSFORMATIONS:
            raise ValueError(f"a transformation of {', '.join(TRANSFORMATIONS)}, not {transformation!r}")
        z = _z(level)
        survival, se = self.survival, np.sqrt(self.greenwood)
        alive = survival > 0
        s = np.where(alive, survival, 0.5)
        if transformation == "log":
            lower, upper = s * np.exp(-z * se), s * np.exp(z * se)
        elif transformation == "linear":
            lower, upper = s - z * s * se, s + z * s * se
        else:
            spread = z * se / np.where(s < 1, np.log(np.where(s < 1, s, 0.5)), -1.0)
            lower, upper = s ** np.exp(-spread), s ** np.exp(spread)
        return (
            np.where(alive, np.clip(lower, 0, 1), np.nan),
            np.where(alive, np.clip(upper, 0, 1), np.nan),
        )

    def quantile(
        self, probability: float = 0.5, transformation: Transformation = "log-log", level: float = 0.95
    ) -> Estimate:
        """The time by which a share of the subjects had the event (0.5: the median).

        Shape:   one time with two limits.
        Unit:    that of the times.
        Missing: NaN where the curve, or a limit of it, does not come down to 1 - probability.
        Errors:  ``ValueError`` for a probability outside 0..1, an unknown transformation or level.
        Source:  the first event time with S <= 1 - p; if S equals 1 - p, the middle of that event time and
                 the next one, or that event time if there is none. Limits
                 (Brookmeyer-Crowley): the first event time where the pointwise lower (upper) limit is <= 1 - p.
        Example: times 5 5 8 8 12 16+ 23 27 30 33 43 45 -> 23 (log-log 5 to 33; log 8 to NE).
        """
        if not 0 < probability < 1:
            raise ValueError(f"a probability between 0 and 1, not {probability!r}")
        level_wanted = 1 - probability
        lower, upper = self.limits(transformation, level)
        return Estimate(
            self._crossing(self.survival, level_wanted),
            _first(self.time, lower, level_wanted),
            _first(self.time, upper, level_wanted),
        )

    def median(self, transformation: Transformation = "log-log", level: float = 0.95) -> Estimate:
        """The median time with its limits; see ``quantile``."""
        return self.quantile(0.5, transformation, level)

    def survival_at(
        self, time: float, transformation: Transformation = "log-log", level: float = 0.95
    ) -> Estimate:
        """The survival at a landmark, such as 6 or 12 months.

        Shape:   one probability with two limits.
        Unit:    probability, 0 to 1.
        Missing: NaN after the last observed time unless the curve has come down to 0; limits are NaN
                 where the survival is 0.
        Errors:  ``ValueError`` for an unknown transformation or level.
        Source:  the survival at the last event time <= time.
        Example: times 5 5 8 8 12 16+ 23 ..., at 10 -> 8 of 12, 0.667.
        """
        lower, upper = self.limits(transformation, level)
        place = int(np.searchsorted(self.time, time, side="right")) - 1
        ended = bool(len(self.survival)) and self.survival[-1] == 0
        if not self.n or (time > self.last and not ended):
            return Estimate(np.nan, np.nan, np.nan)
        if place < 0:
            return Estimate(1.0, 1.0, 1.0)
        return Estimate(float(self.survival[place]), float(lower[place]), float(upper[place]))

    def number_at_risk(self, times: npt.ArrayLike) -> np.ndarray:
        """How many subjects are still under observation just before each time (time itself included)."""
        before = np.searchsorted(self.times, np.asarray(times, dtype=float), side="left")
        return self.n - before

    def _crossing(self, curve: np.ndarray, wanted: float) -> float:
        reached = np.flatnonzero(curve <= wanted + _SAME)
        if not len(reached):
            return np.nan
        first = int(reached[0])
        if abs(curve[first] - wanted) > _SAME or first + 1 == len(curve):
            return float(self.time[first])
        return float(self.time[first] + self.time[first + 1]) / 2


def estimate_survival(times: npt.ArrayLike, censored: npt.ArrayLike) -> KaplanMeier:
    """The Kaplan-Meier curve of times with their censoring.

    Shape:   n times and n censoring values (CNSR: 0 is an event, anything above is censored) in.
    Unit:    any, the same for all times.
    Missing: a subject without time or censoring value is refused: leave it out knowingly.
    Errors:  ``ValueError`` for missing, infinite or negative times, negative censoring values, or lengths that differ.
    Source:  S = product of (1 - d/n); Greenwood sum of d / (n (n - d)).
    Example: 5 5 8 8 12 16+ 23 27 30 33 43 45 -> S 0.833 at 5, 0.667 at 8, 0.583 at 12, 0.486 at 23.
    """
    t, flag = np.asarray(times, dtype=float).ravel(), np.asarray(censored, dtype=float).ravel()
    if t.shape != flag.shape:
        raise ValueError(f"one censoring value for each time, not {len(flag)} for {len(t)}")
    if not (np.isfinite(t).all() and (t >= 0).all() and np.isfinite(flag).all() and (flag >= 0).all()):
        raise ValueError("times from 0 and censoring values from 0, none of them missing")
    ordered = np.sort(t)
    event_times, counts = np.unique(t[flag == 0], return_counts=True)
    at_risk = len(t) - np.searchsorted(ordered, event_times, side="left")
    # Integers as long as possible: the last step gives exactly 0, and no step drifts.
    survival = np.cumprod((at_risk - counts) / at_risk) if len(counts) else np.empty(0)
    left = at_risk - counts
    with np.errstate(divide="ignore"):
        terms = np.where(left > 0, counts / (at_risk * np.where(left > 0, left, 1)), np.nan)
    return KaplanMeier(
        event_times,
        at_risk,
        counts,
        survival,
        np.cumsum(terms),
        len(t),
        int(counts.sum()),
        float(ordered[-1]) if len(t) else np.nan,
        ordered,
    )


def estimate_follow_up(times: npt.ArrayLike, censored: npt.ArrayLike) -> KaplanMeier:
    """The curve of follow-up by reverse Kaplan-Meier: censoring is the event, an event censors.

    Shape:   as ``estimate_survival``; the median of the result is the median follow-up.
    Unit:    that of the times.
    Missing: refused, as there.
    Errors:  as there.
    Source:  Schemper and Smith 1996.
    Example: 5 and 10 with events, 12 and 20 censored -> median follow-up 16 (mid-point of 12 and 20).
    """
    flag = np.asarray(censored, dtype=float)
    reversed_flag = np.where(np.isnan(flag), np.nan, (flag == 0).astype(float))
    return estimate_survival(times, np.where(flag < 0, flag, reversed_flag))


def _first(time: np.ndarray, limit: np.ndarray, wanted: float) -> float:
    with np.errstate(invalid="ignore"):
        reached = np.flatnonzero(limit <= wanted + _SAME)
    return float(time[reached[0]]) if len(reached) else np.nan


def _z(level: float) -> float:
    if not 0 < level < 1:
        raise ValueError(f"a level between 0 and 1, not {level!r}")
    from statistics import NormalDist

    return NormalDist().inv_cdf(1 - (1 - level) / 2)
