"""Grades of laboratory values: each row of the criteria judges all its records at once.

Every condition is true, false or unknown (an operand is missing); a grade is given only where it is certain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from sdtm.ctcae.criteria import Comparison, Condition, Criterion, Fact, Row, Version, criteria, unit_factor

_SAME = 1e-9  # of the greater number: 0.75 x 1.6 is 1.2000000000000002, and 1.2 is not below it
_BLOOD = ("", "BLOOD", "SERUM", "PLASMA", "SERUM OR PLASMA", "WHOLE BLOOD")
NO_CRITERION = "no criterion for this test"
NO_VALUE = "value missing"
NO_UNIT = "unit missing or not one of the criterion"
_NEEDS = {
    "ULN": "upper limit of normal missing",
    "LLN": "lower limit of normal missing",
    "BASE": "baseline value missing",
    "BASEHIGH": "baseline value missing",
    "FASTING": "fasting state not known",
    "ANTICOAGULATED": "anticoagulation not known",
    "SYMPTOMS": "symptoms not known",
}


class Judged(NamedTuple):
    """A condition record by record: whether it holds, and whether that is known."""

    holds: np.ndarray
    known: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class LabValues:
    """n results. ``facts``: 1 yes, 0 no, NaN not known; a fact that is left out is not known."""

    test: pd.Series
    specimen: pd.Series
    unit: pd.Series
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    base: np.ndarray
    facts: Mapping[str, np.ndarray]


class Grades(NamedTuple):
    """``grade``: 0 to 4, NaN where there is none; ``term`` the criterion; ``reason`` why there is no grade."""

    grade: np.ndarray
    term: np.ndarray
    reason: np.ndarray


def grade_values(values: LabValues, version: Version, direction: Literal["L", "H"]) -> Grades:
    """The CTCAE grade of every value in one direction.

    Shape:   n results in, n grades with term and reason out.
    Unit:    value, limits and baseline of a record are in the unit of that record; rows with fixed limits
             convert it exactly, rows with multiples of a limit need none.
    Missing: grade NaN with its reason; term is missing where no criterion of this direction exists.
    Errors:  none.
    Source:  criteria.csv. Grade 0: no grade's criterion is met.
    Example: HGB 75 g/L, 4.03, L -> 3, Anemia; ALT 130 U/L with ULN 40, 4.03, H -> 2.
    """
    n = len(values.value)
    grade = np.full(n, np.nan)
    term = np.full(n, None, dtype=object)
    reason = np.full(n, NO_CRITERION, dtype=object)
    test_codes, tests = pd.factorize(values.test)
    unit_codes, units = pd.factorize(values.unit.fillna(""))
    blood = values.specimen.fillna("").str.upper().isin(_BLOOD).to_numpy(dtype=bool)
    specimen = values.specimen.fillna("").str.upper().to_numpy(dtype=object)
    for row in criteria():
        if version not in row.versions or row.direction != direction:
            continue
        here = np.isin(test_codes, np.flatnonzero(np.isin(tests, row.tests)))
        here &= (specimen == row.specimen) if row.specimen else blood
        if not here.any():
            continue
        term[here] = row.term
        if row.clinical:
            reason[here] = f"graded clinically only: {row.clinical}"
            continue
        factors = _factors(units.tolist(), row)[unit_codes]
        unjudged = here & (reason == NO_CRITERION)
        reason[unjudged] = np.where(np.isnan(values.value[unjudged]), NO_VALUE, NO_UNIT)
        rows = np.flatnonzero(here & ~np.isnan(factors))
        if len(rows):
            grade[rows], reason[rows] = _judge_row(row, values, rows, factors[rows])
    return Grades(grade, term, reason)


def _factors(units: list[str], row: Row) -> np.ndarray:
    """For each distinct unit what takes it to the unit of the row; NaN where nothing does."""
    if not row.unit:
        return np.ones(len(units))
    factors = [unit_factor(unit, row.unit, row.charge) for unit in units]
    return np.array([np.nan if each is None else float(each) for each in factors], dtype=float)


def _judge_row(
    row: Row, values: LabValues, rows: np.ndarray, factor: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    facts = {name: column[rows] for name, column in values.facts.items()}
    numbers = {
        "": np.zeros(len(rows)),
        "VALUE": values.value[rows] * factor,
        "LLN": values.low[rows] * factor,
        "ULN": values.high[rows] * factor,
        "BASE": values.base[rows] * factor,
    }
    facts.setdefault("BASEHIGH", _above(numbers["BASE"], numbers["ULN"]))
    grade, open_ = np.zeros(len(rows)), np.ones(len(rows), dtype=bool)
    for number in (4, 3, 2, 1):
        holds, known = _judge(row.grades[number - 1], numbers, facts)
        grade[open_ & holds] = number
        grade[open_ & ~known] = np.nan
        open_ &= known & ~holds
    reason = _why(row, numbers, facts)
    reason[~np.isnan(grade)] = None
    return grade, reason


def _above(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """1 or 0, NaN where a number is missing."""
    known = ~np.isnan(first) & ~np.isnan(second)
    tolerance = _SAME * np.fmax(np.abs(first), np.abs(second))
    return np.where(known, (first - second > tolerance).astype(float), np.nan)


def _judge(
    criterion: Criterion, numbers: Mapping[str, np.ndarray], facts: Mapping[str, np.ndarray]
) -> Judged:
    size = len(numbers["VALUE"])
    any_holds, all_known = np.zeros(size, dtype=bool), np.ones(size, dtype=bool)
    for alternative in criterion:
        holds, fails = np.ones(size, dtype=bool), np.zeros(size, dtype=bool)
        for condition in alternative:
            judged = _condition(condition, numbers, facts)
            holds &= judged.known & judged.holds
            fails |= judged.known & ~judged.holds
        any_holds |= holds
        all_known &= holds | fails
    return Judged(any_holds, any_holds | all_known)


def _condition(
    condition: Condition, numbers: Mapping[str, np.ndarray], facts: Mapping[str, np.ndarray]
) -> Judged:
    value = numbers["VALUE"]
    if isinstance(condition, Fact):
        fact = facts.get(condition.name, np.full(len(value), np.nan))
        return Judged((fact == 1) == condition.holds, ~np.isnan(fact))
    return _compared(condition, value, numbers[condition.limit])


def _compared(condition: Comparison, value: np.ndarray, limit: np.ndarray) -> Judged:
    bound = condition.multiple * limit + condition.added
    known = ~np.isnan(value) & ~np.isnan(bound)
    difference = value - bound
    tolerance = _SAME * np.fmax(np.abs(value), np.abs(bound))
    holds = {
        ">": difference > tolerance,
        ">=": difference >= -tolerance,
        "<": difference < -tolerance,
        "<=": difference <= tolerance,
    }[condition.operator]
    return Judged(holds & known, known)


def _why(row: Row, numbers: Mapping[str, np.ndarray], facts: Mapping[str, np.ndarray]) -> np.ndarray:
    """The first thing that a record lacks to be graded."""
    size = len(numbers["VALUE"])
    reads = row.reads()
    lacking = [(np.isnan(numbers["VALUE"]), NO_VALUE)]
    for name, text in _NEEDS.items():
        if name in reads:
            source = numbers[name] if name in numbers else facts.get(name, np.full(size, np.nan))
            lacking.append((np.isnan(source), text))
    return np.select([case for case, _ in lacking], [text for _, text in lacking], "not known").astype(object)
