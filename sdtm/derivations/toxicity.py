"""toxicity_grade: CTCAE grades of laboratory values in both directions."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field

from sdtm.ctcae.criteria import Version
from sdtm.ctcae.grading import NO_CRITERION, NO_UNIT, Grades, LabValues, grade_values
from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from specs.catalogue import Column, Params

MADE = (
    "ATOXDSCL", "ATOXDSCH", "ATOXGRL", "ATOXGRLN", "ATOXGRH", "ATOXGRHN", "ATOXGR", "ATOXGRN", "ATOXREAS",
)  # fmt: skip


class ToxicityGrade(Params):
    version: Version = "5.0"
    test: Column = "PARAMCD"
    tests: dict[str, str] = Field(default={})
    unit: Column = "LBSTRESU"
    value: Column = "AVAL"
    low: Column = "ANRLO"
    high: Column = "ANRHI"
    base: Column = "BASE"
    specimen: Column = ""
    base_indicator: Column = ""
    fasting: Column = ""
    anticoagulated: Column = ""
    symptomatic: Column = ""
    symptoms: Literal["assumed", "none", "unknown"] = "assumed"
    without_baseline: Literal["missing", "normal"] = "missing"


@derivation(
    "toxicity_grade",
    ToxicityGrade,
    fixed=MADE,
    labels={"ATOXREAS": "Reason Toxicity Grade is Missing"},
)
def toxicity_grade(records: pd.DataFrame, params: ToxicityGrade, notes: Notes) -> pd.DataFrame:
    """CTCAE grades of laboratory values, low and high, and both in one.

    Shape:   n results in; nine columns out, same index: the terms (ATOXDSCL, ATOXDSCH), the grades 0 to 4 of
             each direction as text and number, ATOXGR and ATOXGRN with a minus for low values, and the reason
             of a missing grade (ATOXREAS).
    Unit:    the unit of each record; value, limits and baseline share it. Fixed limits of CTCAE are applied
             in the system of the unit (mass or moles), as printed, with exact powers of ten in between.
    Missing: no grade without a value, the limit or the baseline that decides, a unit of the criterion; for
             tests that CTCAE does not grade, or grades only clinically. ATOXGR is missing where one
             direction is not known and the other is 0.
    Errors:  tests with criteria in units that they do not know are noted.
    Source:  CTCAE 4.03 and 5.0 (sdtm/ctcae/criteria.csv). Version 5.0 grades ALT, AST, ALP, GGT and bilirubin
             by multiples of the baseline where that was above ULN (``base_indicator``: HIGH says so, else the
             ULN of the record). ``symptoms``: where criteria differ by symptoms they are ``assumed`` (the
             worst case), ``none``, or ``unknown``; ``symptomatic`` is a flag that knows better. Without a
             flag nobody counts as fasting (not known) or anticoagulated (not). ``tests``: PARAMCD to the test
             code of the table where they differ (CA to CACR if it is corrected).
    Example: potassium 3.2 mmol/L, LLN 3.5 -> ATOXGRL 2, ATOXGRH 0, ATOXGR -2 (symptoms none: -1).
    """
    values = _values(records, params)
    low, high = (grade_values(values, params.version, direction) for direction in ("L", "H"))
    for grades, name in ((low, "ATOXGRL"), (high, "ATOXGRH")):
        unknown_unit = grades.reason == NO_UNIT
        notes.add(
            "unit-without-criterion",
            records.index[unknown_unit],
            found="a unit in which CTCAE gives no limits for the test",
            expected="a unit of mass, moles or count that the criterion is printed in",
            do="convert the result to such a unit in the SDTM; the grade stays missing",
            variable=name,
        )
    both = combine_directions(low, high)
    index = records.index
    made = {
        "ATOXDSCL": pd.Series(low.term, index=index, dtype="str"),
        "ATOXDSCH": pd.Series(high.term, index=index, dtype="str"),
        "ATOXGRL": _grade_texts(low.grade, index),
        "ATOXGRLN": low.grade,
        "ATOXGRH": _grade_texts(high.grade, index),
        "ATOXGRHN": high.grade,
        "ATOXGR": _grade_texts(both, index),
        "ATOXGRN": both,
        "ATOXREAS": pd.Series(_reasons(low, high, both), index=index, dtype="str"),
    }
    return pd.DataFrame(made, index=index)


def combine_directions(low: Grades, high: Grades) -> np.ndarray:
    """One grade: that of the direction above 0, low ones below 0; 0 where all directions that exist are 0."""
    no_low, no_high = _is_none(low.term), _is_none(high.term)
    zero = (low.grade == 0) & (high.grade == 0) | (low.grade == 0) & no_high | (high.grade == 0) & no_low
    cases = [high.grade >= 1, low.grade >= 1, zero]
    return np.select(cases, [high.grade, -low.grade, np.zeros(len(zero))], np.nan)


def _is_none(terms: np.ndarray) -> np.ndarray:
    return pd.isna(pd.Series(terms, dtype=object)).to_numpy()


def _reasons(low: Grades, high: Grades, both: np.ndarray) -> np.ndarray:
    """Why ATOXGR is missing: the reason of the direction that has a criterion and no grade."""
    first = np.where(np.isnan(low.grade) & (low.reason != NO_CRITERION), low.reason, high.reason)
    reason = pd.Series(first, dtype=object).fillna(NO_CRITERION).to_numpy(copy=True)
    reason[~np.isnan(both)] = None
    return reason


def _grade_texts(grade: np.ndarray, index: pd.Index) -> pd.Series:
    words = np.array([*(str(number) for number in range(-4, 5)), None], dtype=object)
    return pd.Series(words[np.where(np.isnan(grade), 9, grade + 4).astype(int)], index=index, dtype="str")


def _values(records: pd.DataFrame, params: ToxicityGrade) -> LabValues:
    number = {
        name: records[getattr(params, name)].to_numpy(dtype=float)
        for name in ("value", "low", "high", "base")
    }
    test = records[params.test].astype("str")
    if params.tests:
        test = test.map(params.tests).fillna(test)
    nothing = pd.Series(np.full(len(records), None, dtype=object), index=records.index, dtype="str")
    facts = {
        "FASTING": _flag(records, params.fasting, np.nan),
        "ANTICOAGULATED": _flag(records, params.anticoagulated, 0.0),
        "SYMPTOMS": _flag(
            records, params.symptomatic, {"assumed": 1.0, "none": 0.0, "unknown": np.nan}[params.symptoms]
        ),
    }
    if params.base_indicator:
        facts["BASEHIGH"] = _indicator(records[params.base_indicator])
    if params.without_baseline == "normal":
        facts.setdefault("BASEHIGH", _above_limit(number["base"], number["high"]))
        facts["BASEHIGH"] = np.where(np.isnan(number["base"]), 0.0, facts["BASEHIGH"])
    return LabValues(
        test,
        records[params.specimen].astype("str") if params.specimen else nothing,
        records[params.unit].astype("str"),
        number["value"],
        number["low"],
        number["high"],
        number["base"],
        facts,
    )


def _flag(records: pd.DataFrame, name: str, otherwise: float) -> np.ndarray:
    """1 for Y, 0 for N; what a record without either counts as."""
    if not name:
        return np.full(len(records), otherwise)
    return records[name].map({"Y": 1.0, "N": 0.0}).astype(float).fillna(otherwise).to_numpy()


def _indicator(column: pd.Series) -> np.ndarray:
    texts = column.astype("str")
    high = texts.str.upper().str.startswith("HIGH").astype(float)
    return np.where(texts.isna(), np.nan, high)


def _above_limit(base: np.ndarray, high: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(base) | np.isnan(high), np.nan, (base > high).astype(float))
