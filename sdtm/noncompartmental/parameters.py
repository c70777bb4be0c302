"""All parameters of a set of profiles, each with the reason where it cannot be given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sdtm.noncompartmental.areas import Curve, Method, area_to, draw
from sdtm.noncompartmental.below_limit import Rule, decide_below_limit
from sdtm.noncompartmental.profiles import Profiles, pick
from sdtm.noncompartmental.starting_point import BOLUS, INFUSION, add_time_zero
from sdtm.noncompartmental.terminal import Terminal, fit_terminal

REASONS = (
    "",
    "no concentration above the limit of quantification",
    "two different concentrations at one time",
    "too few points after the maximum",
    "the last concentrations do not fall",
    "dose amount missing",
    "dose amount not above zero",
    "dosing interval missing",
    "infusion duration missing",
    "concentrations in more than one unit",
    "dose and concentration units do not go together",
    "no concentration at the start",
    "concentrations do not cover the interval and have no terminal slope",
    "average concentration is zero",
    "lowest concentration is zero",
    "profile without a usable time",
    "not to be calculated from these points",
    "more than one dose amount",
    "route of the dose missing",
)
NO_REASON = 0
_CODE = {reason: number for number, reason in enumerate(REASONS)}


def reason_code(reason: str) -> int:
    """The number of a reason."""
    return _CODE[reason]


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """One parameter of every profile; ``reason`` is above 0 exactly where the value is missing."""

    value: np.ndarray
    reason: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Dosing:
    """What was given, one value a profile. ``dose`` already in the unit that CL and V are to come out in."""

    route: np.ndarray
    steady: np.ndarray
    dose: np.ndarray
    duration: np.ndarray
    tau: np.ndarray
    barred: np.ndarray  # reason why a profile, or its dose, is not to be used; 0 otherwise
    dose_barred: np.ndarray


@dataclass(frozen=True, slots=True)
class Settings:
    """How it is calculated; the defaults are those of the rule book."""

    method: Method = "linear_up_log_down"
    below_limit: Rule = "zero_then_missing"
    fewest_points: int = 3
    tolerance: float = 1e-4
    peak_in_slope: bool = False
    intervals: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """Parameters by code (partial areas by code and interval), and the points behind them."""

    parameters: Mapping[str, Values]
    partial: Mapping[tuple[float, float], Values]
    profiles: Profiles
    terminal: Terminal
    starting_point_made: np.ndarray


def analyse(points: Profiles, dosing: Dosing, settings: Settings | None = None) -> Analysis:
    """All noncompartmental parameters of all profiles.

    Shape:   P profiles and their dosing in, one value a profile and parameter out.
    Unit:    times and concentrations as given; CL, V and MRT follow from them and the dose.
    Missing: a parameter that cannot be calculated is NaN with its reason, never 0.
    Errors:  none on data; bad points are to be taken out before.
    Source:  definitions beside each parameter below, codes of CDISC codelist PKPARMCD (C85839).
    Example: theophylline subject 1 -> CMAX 10.5, LAMZHL 14.30438, AUCLST 147.2347, AUCIFO 214.9236.
    """
    chosen = settings or Settings()
    decided = decide_below_limit(points, chosen.below_limit)
    profiles, made = add_time_zero(decided, dosing.route, dosing.steady, dosing.tau)
    # What cannot be calculated is NaN and gets its reason below; numpy need not say it too.
    with np.errstate(all="ignore"):
        return _Calculation(profiles, decided, made, dosing, chosen).analysis()


class _Calculation:
    """The profiles with what several parameters share; one method a group of parameters."""

    def __init__(
        self, profiles: Profiles, measured: Profiles, made: np.ndarray, dosing: Dosing, settings: Settings
    ) -> None:
        self.profiles, self.measured, self.made = profiles, measured, made
        self.dosing, self.settings = dosing, settings
        self.nothing = self._first_reason(
            (dosing.barred > 0, dosing.barred),
            (profiles.conflict, reason_code("two different concentrations at one time")),
            (profiles.filled.sum(axis=1) == 0, reason_code("profile without a usable time")),
            (
                measured.quantified.sum(axis=1) == 0,
                reason_code("no concentration above the limit of quantification"),
            ),
        )
        self._observe()
        self.curve: Curve = draw(profiles, self.tmax, settings.method)
        self.terminal = self._fit()

    def analysis(self) -> Analysis:
        out: dict[str, Values] = {}
        out |= self._observed() | self._slopes() | self._areas() | self._interval()
        out |= self._disposition(out)
        partial = {interval: self._partial(*interval) for interval in self.settings.intervals}
        return Analysis(out, partial, self.profiles, self.terminal, self.made)

    def _first_reason(self, *cases: tuple[np.ndarray, np.ndarray | int]) -> np.ndarray:
        """The number of the first case that holds, 0 where none does."""
        if not len(self.dosing.route):
            return np.zeros(0, dtype=np.int64)
        return np.select([case for case, _ in cases], [reason for _, reason in cases], NO_REASON)

    def _values(self, value: np.ndarray, *reasons: np.ndarray) -> Values:
        otherwise = np.where(
            np.isfinite(value), NO_REASON, reason_code("not to be calculated from these points")
        )
        reason = self._first_reason(*((each > 0, each) for each in (self.nothing, *reasons, otherwise)))
        return Values(np.where(reason > 0, np.nan, value), reason)

    def _observe(self) -> None:
        seen = self.measured
        value = np.where(seen.quantified, seen.concentration, -1.0)
        peak = value.argmax(axis=1) if value.shape[1] else np.zeros(len(value), dtype=np.int64)
        self.cmax, self.tmax = pick(seen.concentration, peak), pick(seen.time, peak)
        width = self.profiles.time.shape[1]
        self.last = width - 1 - self.profiles.quantified[:, ::-1].argmax(axis=1) if width else peak
        self.clst, self.tlst = (
            pick(self.profiles.concentration, self.last),
            pick(self.profiles.time, self.last),
        )

    def _fit(self) -> Terminal:
        bolus, infusion = self.dosing.route == BOLUS, self.dosing.route == INFUSION
        with_peak = bolus | self.settings.peak_in_slope
        time = self.profiles.time
        after = np.where(with_peak[:, None], time >= self.tmax[:, None], time > self.tmax[:, None])
        # While the infusion runs the concentration does not show how fast it falls by itself.
        end = np.where(infusion & ~np.isnan(self.dosing.duration), self.dosing.duration, 0.0)
        after &= time >= end[:, None]
        # A point that was made at time 0 is no measurement.
        after &= ~(self.made[:, None] & (time == 0))
        return fit_terminal(self.profiles, after, self.settings.fewest_points, self.settings.tolerance)

    @property
    def no_slope(self) -> np.ndarray:
        return self._first_reason(
            (~self.terminal.enough, reason_code("too few points after the maximum")),
            (np.isnan(self.terminal.slope), reason_code("the last concentrations do not fall")),
        )

    @property
    def no_dose(self) -> np.ndarray:
        dose = self.dosing.dose
        return self._first_reason(
            (np.isnan(dose) & (self.dosing.dose_barred == 0), reason_code("dose amount missing")),
            (dose <= 0, reason_code("dose amount not above zero")),
            (self.dosing.dose_barred > 0, self.dosing.dose_barred),
        )

    @property
    def no_tau(self) -> np.ndarray:
        return self._first_reason((~(self.dosing.tau > 0), reason_code("dosing interval missing")))

    def _observed(self) -> dict[str, Values]:
        start = pick(self.profiles.concentration, np.zeros(len(self.made), dtype=np.int64))
        starts_at_zero = pick(self.profiles.time, np.zeros(len(self.made), dtype=np.int64)) == 0
        no_start = self._first_reason((~starts_at_zero, reason_code("no concentration at the start")))
        earlier = np.where(self.measured.time < self._first_quantified_time()[:, None], self.measured.time, 0)
        return {
            "CMAX": self._values(self.cmax),
            "TMAX": self._values(self.tmax),
            "CLST": self._values(self.clst),
            "TLST": self._values(self.tlst),
            "C0": self._values(start, no_start),
            "TLAG": self._values(np.nan_to_num(earlier).max(axis=1, initial=0.0)),
        }

    def _first_quantified_time(self) -> np.ndarray:
        time = np.where(self.measured.quantified, self.measured.time, np.inf)
        return time.min(axis=1, initial=np.inf)

    def _slopes(self) -> dict[str, Values]:
        fit, why = self.terminal, self.no_slope
        half_life = np.log(2) / fit.slope
        values = {
            "LAMZ": fit.slope,
            "LAMZHL": half_life,
            "LAMZNPT": fit.points,
            "LAMZLL": fit.first_time,
            "LAMZUL": fit.last_time,
            "LAMZSPN": (fit.last_time - fit.first_time) / half_life,
            "R2": fit.r2,
            "R2ADJ": fit.adjusted_r2,
            "CORRXY": -np.sqrt(fit.r2),
        }
        return {code: self._values(value, why) for code, value in values.items()}

    def _areas(self) -> dict[str, Values]:
        """AUCIFx = AUCLST + CLST / LAMZ; AUMCIFx with the tail CLST TLST / LAMZ + CLST / LAMZ**2.

        ``O`` takes the last concentration as observed, ``P`` as predicted by the fitted line.
        """
        slope, why = self.terminal.slope, self.no_slope
        area, moment = pick(self.curve.area, self.last), pick(self.curve.moment, self.last)
        out = {"AUCLST": self._values(area), "AUMCLST": self._values(moment)}
        for letter, last in (("O", self.clst), ("P", self.terminal.predicted)):
            whole = area + last / slope
            whole_moment = moment + last * self.tlst / slope + last / slope**2
            out[f"AUCIF{letter}"] = self._values(whole, why)
            out[f"AUCPE{letter}"] = self._values(100 * (whole - area) / whole, why)
            out[f"AUMCIF{letter}"] = self._values(whole_moment, why)
            out[f"AUMCPE{letter}"] = self._values(100 * (whole_moment - moment) / whole_moment, why)
        bolus_area, _ = area_to(self.curve, self._time_of_second_point(), slope)
        out["AUCPBEO"] = self._values(100 * bolus_area / out["AUCIFO"].value, why)
        return out

    def _time_of_second_point(self) -> np.ndarray:
        return pick(self.profiles.time, np.where(self.made, 1, 0))

    def _interval(self) -> dict[str, Values]:
        """AUCTAU over 0 to tau, CAVG = AUCTAU / tau; CMIN is the lowest measured value of the interval.

        CTROUGH is the value before the dose (at or before time 0). FLUCP = 100 (CMAX - CMIN) / CAVG,
        SWING = (CMAX - CMIN) / CMIN.
        """
        tau = self.dosing.tau
        slope = self.terminal.slope
        area, moment = area_to(self.curve, tau, slope)
        covered = self._not_covered(area)
        inside = self.measured.filled & (self.measured.time <= tau[:, None])
        lowest = np.where(inside, self.measured.concentration, np.inf)
        column = lowest.argmin(axis=1) if lowest.shape[1] else np.zeros(len(lowest), dtype=np.int64)
        cmin, tmin = pick(lowest, column), pick(self.measured.time, column)
        before = pick(self.measured.actual, np.zeros(len(tau), dtype=np.int64)) <= 0
        trough = pick(self.measured.concentration, np.zeros(len(tau), dtype=np.int64))
        average = area / tau
        flat = self._first_reason((average <= 0, reason_code("average concentration is zero")))
        none = self._first_reason((cmin <= 0, reason_code("lowest concentration is zero")))
        no_start = self._first_reason((~before, reason_code("no concentration at the start")))
        fluctuation, swing = 100 * (self.cmax - cmin) / average, (self.cmax - cmin) / cmin
        return {
            "TAU": Values(np.where(self.no_tau > 0, np.nan, tau), self.no_tau),
            "AUCTAU": self._values(area, self.no_tau, covered),
            "AUMCTAU": self._values(moment, self.no_tau, covered),
            "CAVG": self._values(average, self.no_tau, covered),
            "CMIN": self._values(cmin, self.no_tau),
            "TMIN": self._values(tmin, self.no_tau),
            "CTROUGH": self._values(trough, no_start),
            "FLUCP": self._values(fluctuation, self.no_tau, covered, flat),
            "SWING": self._values(swing, self.no_tau, none),
        }

    def _not_covered(self, area: np.ndarray) -> np.ndarray:
        return self._first_reason(
            (
                np.isnan(area),
                reason_code("concentrations do not cover the interval and have no terminal slope"),
            )
        )

    def _partial(self, start: float, end: float) -> Values:
        ends = [np.full(len(self.made), moment) for moment in (start, end)]
        from_zero = [area_to(self.curve, moment, self.terminal.slope)[0] for moment in ends]
        area = from_zero[1] - from_zero[0]
        return self._values(area, self._not_covered(area))

    def _disposition(self, known: Mapping[str, Values]) -> dict[str, Values]:
        """CL = dose / AUC and V = CL / LAMZ, over AUCIFx for a single dose and AUCTAU at steady state.

        MRT = AUMC / AUC, for an infusion minus half its duration; VSS = MRT x CL (intravenous only).
        """
        dose, slope, why = self.dosing.dose, self.terminal.slope, self.no_slope
        half = np.where(self.dosing.route == INFUSION, self.dosing.duration / 2, 0.0)
        no_half = self._first_reason((np.isnan(half), reason_code("infusion duration missing")))
        out: dict[str, Values] = {}
        for letter in "OP":
            area, moment = known[f"AUCIF{letter}"], known[f"AUMCIF{letter}"]
            clearance, residence = dose / area.value, moment.value / area.value - half
            reasons = (self.no_dose, area.reason)
            out[f"CL{letter}"] = self._values(clearance, *reasons)
            out[f"VZ{letter}"] = self._values(clearance / slope, *reasons)
            out[f"MRT{letter}"] = self._values(residence, area.reason, no_half)
            out[f"VSS{letter}"] = self._values(residence * clearance, *reasons, no_half)
        last = known["AUMCLST"].value / known["AUCLST"].value - half
        out["MRTLST"] = self._values(last, no_half)
        interval = known["AUCTAU"]
        clearance = dose / interval.value
        out["CLTAU"] = self._values(clearance, self.no_dose, interval.reason)
        out["VZTAU"] = self._values(clearance / slope, self.no_dose, interval.reason, why)
        return out
