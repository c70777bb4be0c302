"""nca: noncompartmental parameters, one record for each profile and parameter."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from sdtm.derivations.nca_input import NcaInput, NcaProfiles, read_profiles
from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from sdtm.noncompartmental.areas import Method
from sdtm.noncompartmental.below_limit import Rule
from sdtm.noncompartmental.codes import CODES, Code, UnitKind, parameter_name
from sdtm.noncompartmental.parameters import REASONS, Analysis, Settings, Values, analyse, reason_code
from sdtm.noncompartmental.units import unit_of
from specs.catalogue import Texts
from specs.values import Truth

MADE = (
    "PARAMCD", "PARAM", "AVAL", "AVALU", "PPREASND", "NCAACCFL", "NCAACCRS", "PPSTINT", "PPENINT",
)  # fmt: skip
_NOTHING = np.array(None, dtype=object)


class Nca(NcaInput):
    parameters: Texts = ()
    intervals: tuple[tuple[float, float], ...] = ()
    method: Method = "linear_up_log_down"
    below_limit: Rule = "zero_then_missing"
    fewest_points: int = 3
    tolerance: float = 1e-4
    peak_in_slope: Truth = False
    lowest_adjusted_r2: float = 0.8
    shortest_span: float = 2
    highest_extrapolated: float = 20
    time_unit: Literal["h", "day", "min"] = "h"
    ct: str = ""


@derivation(
    "nca",
    Nca,
    makes="records",
    fixed=MADE,
    labels={"NCAACCFL": "NCA Parameter Accepted Flag", "NCAACCRS": "Reason NCA Parameter Not Accepted"},
)
def nca(records: pd.DataFrame, params: Nca, notes: Notes) -> pd.DataFrame:
    """Noncompartmental parameters of concentration profiles.

    Shape:   n concentrations in; one record for each profile (the records equal in ``by``) and parameter
             out, with the columns ``by`` and ``keep`` (``keep`` from the first record of the profile by
             time) and PARAMCD, PARAM, AVAL, AVALU, PPREASND, NCAACCFL, NCAACCRS, PPSTINT, PPENINT.
    Unit:    h, and those of concentration and dose: h*ng/mL, L/h, L; for a dose per kg or m2 (L/h)/kg.
    Missing: a parameter that cannot be calculated has no AVAL, and the reason in PPREASND; never 0.
             Parameters of the dosing interval are left out where no ``tau`` is given.
    Errors:  negative concentrations, several values at one time, mixed units and doses, missing or zero
             doses are noted; what depends on them has its reason. Points may come in any order.
    Source:  rules of ``sdtm.noncompartmental``. NCAACCFL is Y or N for what rests on the terminal slope:
             N where R2ADJ, LAMZSPN or AUCPEO miss their limits (NCAACCRS says which); the value stays.
    Example: theophylline subject 1, 320 mg by mouth -> CMAX 10.5, LAMZHL 14.304, AUCIFO 214.92, AUCPEO
             31.5 % (not accepted), CLFO 1.489 L/h.
    """
    given = read_profiles(records, params, notes)
    found = analyse(given.points, given.dosing, settings_of(params))
    columns = [_column(code, found, given) for code in CODES if _is_wanted(code.code, params)]
    if _is_wanted("AUCINT", params):
        columns += [_interval_column(ends, found, params) for ends in params.intervals]
    return _records([column for column in columns if len(column.rows)], found, given, params)


def settings_of(params: Nca) -> Settings:
    """The parameters of the calculation."""
    return Settings(
        params.method,
        params.below_limit,
        params.fewest_points,
        params.tolerance,
        bool(params.peak_in_slope),
        params.intervals,
    )


def _is_wanted(code: str, params: Nca) -> bool:
    return not params.parameters or code in params.parameters


class _Column(NamedTuple):
    """One parameter of the profiles (``rows``) that have it; ``ends``: of a partial area."""

    code: str
    unit: UnitKind
    judged: bool
    rows: np.ndarray
    values: Values
    ends: tuple[str, str] | None


def _column(code: Code, found: Analysis, given: NcaProfiles) -> _Column:
    dosing = given.dosing
    has = np.isin(dosing.route, code.routes)
    if code.dosing != "both":
        has &= dosing.steady == (code.dosing == "steady")
    if code.interval:
        has &= ~np.isnan(dosing.tau)
    return _Column(
        code.code, code.unit, code.slope, np.flatnonzero(has), found.parameters[code.calculated], None
    )


def _interval_column(ends: tuple[float, float], found: Analysis, params: Nca) -> _Column:
    values = found.partial[ends]
    before, after = {"h": ("PT", "H"), "min": ("PT", "M"), "day": ("P", "D")}[params.time_unit]
    start, end = (f"{before}{moment:g}{after}" for moment in ends)
    return _Column("AUCINT", "area", False, np.arange(len(values.value)), values, (start, end))


def _records(columns: list[_Column], found: Analysis, given: NcaProfiles, params: Nca) -> pd.DataFrame:
    """The parameters one under the other, by profile and in the order of the columns."""
    if not columns:
        return pd.DataFrame(columns=[*given.profiles.columns, *MADE])
    row = np.concatenate([column.rows for column in columns])
    number = np.repeat(np.arange(len(columns)), [len(column.rows) for column in columns])
    order = np.lexsort((number, row))
    value = np.concatenate([column.values.value[column.rows] for column in columns])[order]
    reason = np.concatenate([column.values.reason[column.rows] for column in columns])[order]
    row, number = row[order], number[order]
    judged = np.array([column.judged for column in columns])[number] & ~np.isnan(value)
    missed = _missed_rules(found, given, params)[row]
    names = [parameter_name(column.code, params.ct) for column in columns]
    texts = {
        "PARAMCD": np.array([column.code for column in columns], dtype=object)[number],
        "PARAM": np.array(names, dtype=object)[number],
        "AVALU": _units(columns, given, params)[number, _unit_pairs(given)[0][row]],
        "PPREASND": np.array([None, *REASONS[1:]], dtype=object)[reason],
        "NCAACCFL": np.array([None, "Y", "N"], dtype=object)[judged * (1 + (missed != ""))],
        "NCAACCRS": np.where(judged & (missed != ""), missed, _NOTHING),
        "PPSTINT": np.array([column.ends and column.ends[0] for column in columns], dtype=object)[number],
        "PPENINT": np.array([column.ends and column.ends[1] for column in columns], dtype=object)[number],
    }
    made = {name: pd.array(each, dtype="str") for name, each in texts.items()}
    keys = given.profiles.take(row).reset_index(drop=True)
    return keys.assign(**{name: value if name == "AVAL" else made[name] for name in MADE})


def _unit_pairs(given: NcaProfiles) -> tuple[np.ndarray, list[tuple[str, str]]]:
    """The distinct pairs of units of concentration and dose, and which one each profile has."""
    pairs, unique = pd.factorize(pd.MultiIndex.from_arrays([given.concentration_unit, given.dose_unit]))
    return pairs, unique.tolist()


def _units(columns: list[_Column], given: NcaProfiles, params: Nca) -> np.ndarray:
    """The unit of each parameter under each pair of units."""
    _, pairs = _unit_pairs(given)
    cells = [[unit_of(column.unit, params.time_unit, *pair) or None for pair in pairs] for column in columns]
    return np.array(cells, dtype=object)


def _missed_rules(found: Analysis, given: NcaProfiles, params: Nca) -> np.ndarray:
    """Why the terminal phase of a profile misses a rule of acceptance; empty where it keeps them all."""
    r2, span, rest = (found.parameters[code].value for code in ("R2ADJ", "LAMZSPN", "AUCPEO"))
    rest = np.where(given.dosing.steady, np.nan, rest)  # nothing is extrapolated to infinity at steady state
    rules = (
        (r2 < params.lowest_adjusted_r2, f"R2ADJ below {params.lowest_adjusted_r2:g}"),
        (span < params.shortest_span, f"LAMZSPN below {params.shortest_span:g}"),
        (rest > params.highest_extrapolated, f"AUCPEO above {params.highest_extrapolated:g}"),
    )
    said = np.full(len(r2), "", dtype=object)
    for broken, text in rules:
        said[broken] = said[broken] + np.where(said[broken] == "", "", "; ") + text
    return said


def reasons() -> tuple[str, ...]:
    """Every reason that a missing parameter may have."""
    return REASONS[reason_code("") + 1 :]
