"""Concentration records as profiles with their dosing, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from sdtm.derivations.notes import Notes
from sdtm.noncompartmental.parameters import Dosing, reason_code
from sdtm.noncompartmental.profiles import Duplicates, Profiles, arrange
from sdtm.noncompartmental.starting_point import BOLUS, EXTRAVASCULAR, INFUSION
from sdtm.noncompartmental.units import clearance_factor
from specs.catalogue import CarriedColumns, Column, Params

_ROUTES = {"extravascular": EXTRAVASCULAR, "infusion": INFUSION, "bolus": BOLUS}


class NcaInput(Params):
    by: CarriedColumns
    keep: CarriedColumns = ()
    time: Column = "ARRLT"
    concentration: Column = "AVAL"
    unit: Column = "PCSTRESU"
    below: Column = "BLQFL"
    limit: Column = ""
    dose: Column = "DOSEA"
    dose_unit: Column = "DOSEU"
    administration: Literal["", "extravascular", "infusion", "bolus"] = ""
    route: Column = ""
    duration: Column = ""
    tau: float | None = None
    tau_from: Column = ""
    dosing: Literal["single", "steady"] = "single"
    steady_flag: Column = ""


@dataclass(frozen=True, slots=True, eq=False)
class NcaProfiles:
    """``profiles``: one row a profile with its keys; the rest in the same order.

    ``position``: of each point (``points.source`` counts them) among the records.
    """

    profiles: pd.DataFrame
    points: Profiles
    dosing: Dosing
    concentration_unit: np.ndarray
    dose_unit: np.ndarray
    position: np.ndarray


def read_profiles(records: pd.DataFrame, params: NcaInput, notes: Notes) -> NcaProfiles:
    """The records by profile, sorted by their keys; see ``nca``."""
    keys = list(params.by)
    sortable = records[[*keys, params.time]].reset_index(drop=True)
    position = sortable.sort_values([*keys, params.time], kind="stable").index.to_numpy()
    ordered = records.iloc[position]
    number = ordered.groupby(keys, sort=True, dropna=False).ngroup().to_numpy()
    count = int(number.max(initial=-1)) + 1
    first = np.zeros(count, dtype=np.int64)
    first[number[::-1]] = np.arange(len(number) - 1, -1, -1)
    value, below = _values(ordered, params, notes)
    limit = ordered[params.limit].to_numpy(dtype=float) if params.limit else np.full(len(ordered), np.nan)
    time = ordered[params.time].to_numpy(dtype=float)
    points, duplicates = arrange(number, time, value, below, limit, count)
    _note_duplicates(ordered, params, notes, duplicates)
    _note_untimed(ordered, params, notes, time, value, below)
    columns = list(dict.fromkeys([*keys, *params.keep]))
    dosing, concentration_unit, dose_unit = _dosing(ordered, number, count, params, notes)
    profiles = ordered[columns].iloc[first].reset_index(drop=True)
    return NcaProfiles(profiles, points, dosing, concentration_unit, dose_unit, position)


def _values(records: pd.DataFrame, params: NcaInput, notes: Notes) -> tuple[np.ndarray, np.ndarray]:
    value = records[params.concentration].to_numpy(dtype=float)
    below = value == 0
    if params.below:
        below |= (records[params.below] == "Y").to_numpy(dtype=bool)
    negative = (value < 0) & ~below
    notes.add(
        "negative-concentration",
        records.index[negative],
        found="a concentration below 0",
        expected="0 or more",
        do="query the laboratory; the value is not used",
        variable=params.concentration,
    )
    return np.where(negative | ~np.isfinite(value), np.nan, value), below


def _note_duplicates(records: pd.DataFrame, params: NcaInput, notes: Notes, found: Duplicates) -> None:
    notes.add(
        "sampling-time-twice",
        records.index[np.sort(found.same)],
        found="a second record with the same time and concentration in one profile",
        expected="one sample at a time",
        do="delete one of the records; one was used",
        variable=params.time,
    )
    notes.add(
        "sampling-time-conflict",
        records.index[np.sort(found.different)],
        found="two different concentrations at one time of a profile",
        expected="one concentration at a time",
        do="correct the time or the concentration; no parameter of this profile is calculated",
        variable=params.time,
    )


def _note_untimed(
    records: pd.DataFrame,
    params: NcaInput,
    notes: Notes,
    time: np.ndarray,
    value: np.ndarray,
    below: np.ndarray,
) -> None:
    notes.add(
        "concentration-without-time",
        records.index[np.isnan(time) & (below | ~np.isnan(value))],
        found=f"a concentration without {params.time}",
        expected="a time since the dose for every concentration",
        do="complete the times of sample and dose, or name the planned time instead; the value is not used",
        variable=params.time,
    )


class _Constant:
    """The one value that the records of a profile have in a column, and where they have several."""

    def __init__(self, column: pd.Series, number: np.ndarray, count: int) -> None:
        groups = column.reset_index(drop=True).groupby(number)
        self.value = groups.first().reindex(range(count))
        self.several = (groups.nunique() > 1).reindex(range(count), fill_value=False).to_numpy(dtype=bool)
        self.number = number

    def note(self, records: pd.DataFrame, notes: Notes, rule: str, variable: str, what: str) -> None:
        notes.add(
            rule,
            records.index[self.several[self.number]],
            found=f"more than one {what} in one profile",
            expected=f"one {what}",
            do="correct the records, or name the variable that tells the profiles apart in by",
            variable=variable,
        )


def _dosing(
    records: pd.DataFrame, number: np.ndarray, count: int, params: NcaInput, notes: Notes
) -> tuple[Dosing, np.ndarray, np.ndarray]:
    def constant(name: str, rule: str, what: str) -> _Constant:
        found = _Constant(records[name], number, count)
        found.note(records, notes, rule, name, what)
        return found

    unit = constant(params.unit, "mixed-units", "unit of concentration")
    dose = constant(params.dose, "mixed-doses", "dose amount")
    dose_unit = constant(params.dose_unit, "mixed-dose-units", "unit of dose")
    amount = dose.value.to_numpy(dtype=float)
    duration = _optional(records, number, count, params.duration)
    route, unknown = _routes(records, number, count, params, duration)
    tau = _optional(records, number, count, params.tau_from)
    if not params.tau_from and params.tau is not None:
        tau = np.full(count, params.tau)
    steady = np.full(count, params.dosing == "steady")
    if params.steady_flag:
        flags = (records[params.steady_flag] == "Y").to_numpy(dtype=bool)
        steady = np.bincount(number[flags], minlength=count) > 0
    concentrations = unit.value.astype(object).where(unit.value.notna(), "").to_numpy()
    doses = dose_unit.value.astype(object).where(dose_unit.value.notna(), "").to_numpy()
    factor = _factors(concentrations, doses)
    _note_doses(records, number, params, notes, amount, unknown, np.isnan(factor))
    barred = np.where(unit.several, reason_code("concentrations in more than one unit"), 0)
    barred = np.where((barred == 0) & unknown, reason_code("route of the dose missing"), barred)
    dose_barred = np.where(
        dose.several | dose_unit.several,
        reason_code("more than one dose amount"),
        np.where(
            np.isnan(factor) & (amount > 0), reason_code("dose and concentration units do not go together"), 0
        ),
    )
    dosing = Dosing(
        route, steady, amount * np.nan_to_num(factor, nan=1.0), duration, tau, barred, dose_barred
    )
    return dosing, concentrations, doses


def _optional(records: pd.DataFrame, number: np.ndarray, count: int, name: str) -> np.ndarray:
    if not name:
        return np.full(count, np.nan)
    return _Constant(records[name], number, count).value.to_numpy(dtype=float)


def _routes(
    records: pd.DataFrame, number: np.ndarray, count: int, params: NcaInput, duration: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The route of each profile, and where it is not known.

    An intravenous dose is a bolus if its route says so or its duration is 0, else an infusion.
    """
    if params.administration or not params.route:
        chosen = _ROUTES[params.administration or "extravascular"]
        return np.full(count, chosen), np.zeros(count, dtype=bool)
    text = _Constant(records[params.route], number, count).value.astype("str").str.upper()
    unknown = text.isna().to_numpy(dtype=bool)
    text = text.fillna("")
    intravenous = text.str.startswith("INTRAVENOUS").to_numpy(dtype=bool)
    bolus = intravenous & (text.str.contains("BOLUS", regex=False).to_numpy(dtype=bool) | (duration == 0))
    return np.where(bolus, BOLUS, np.where(intravenous, INFUSION, EXTRAVASCULAR)), unknown


def _factors(concentrations: np.ndarray, doses: np.ndarray) -> np.ndarray:
    """The factor to L per time for the units of each profile; NaN where they do not go together."""
    pairs, unique = pd.factorize(pd.MultiIndex.from_arrays([doses, concentrations]))
    factors = [clearance_factor(*pair) for pair in unique.tolist()]
    return np.array([np.nan if each is None else each for each in factors], dtype=float)[pairs]


def _note_doses(
    records: pd.DataFrame,
    number: np.ndarray,
    params: NcaInput,
    notes: Notes,
    amount: np.ndarray,
    unknown_route: np.ndarray,
    no_factor: np.ndarray,
) -> None:
    for rule, profiles, found, variable in (
        ("dose-missing", np.isnan(amount), "a profile without a dose amount", params.dose),
        ("dose-not-positive", amount <= 0, "a profile with a dose amount of 0 or below", params.dose),
        ("route-missing", unknown_route, "a profile without the route of its dose", params.route),
        (
            "units-apart",
            no_factor & (amount > 0),
            "a dose and concentrations whose units do not go together",
            params.dose_unit,
        ),
    ):
        notes.add(
            rule,
            records.index[profiles[number]],
            found=found,
            expected="route, amount and unit of the reference dose, in units of mass (or both in moles)",
            do="complete the dose record; parameters that need it stay missing with the reason",
            variable=variable,
        )
