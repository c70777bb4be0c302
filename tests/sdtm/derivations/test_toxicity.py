"""CTCAE grades of records: both directions, what is assumed, what is noted. Synthetic data; grades by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdtm.derivations import toxicity_grade
from sdtm.derivations.notes import Notes


def labs(*rows: tuple[str, str, float, float, float, float]) -> pd.DataFrame:
    """Rows of test, unit, value, lower and upper limit, baseline."""
    table = pd.DataFrame(rows, columns=["PARAMCD", "LBSTRESU", "AVAL", "ANRLO", "ANRHI", "BASE"])
    return table.astype(dict.fromkeys(["AVAL", "ANRLO", "ANRHI", "BASE"], float))


def made(table: pd.DataFrame, notes: Notes | None = None, **params: Any) -> pd.DataFrame:
    return toxicity_grade(table, notes=notes if notes is not None else Notes(), **params)


K_LOW = ("K", "mmol/L", 3.2, 3.5, 5.0, 4.0)


def test_low_grades_have_a_minus_in_the_common_grade() -> None:
    found = made(labs(K_LOW, ("K", "mmol/L", 6.2, 3.5, 5.0, 4.0), ("K", "mmol/L", 4.0, 3.5, 5.0, 4.0)))
    assert found["ATOXGR"].tolist() == ["-2", "3", "0"] and found["ATOXGRN"].tolist() == [-2, 3, 0]
    assert found["ATOXGRL"].tolist() == ["2", "0", "0"] and found["ATOXGRHN"].tolist() == [0, 3, 0]
    assert (
        found["ATOXDSCL"].tolist() == ["Hypokalemia"] * 3
        and found["ATOXDSCH"].tolist() == ["Hyperkalemia"] * 3
    )
    assert found["ATOXREAS"].isna().all()


def test_symptoms_are_assumed_or_not_or_known() -> None:
    assert made(labs(K_LOW), symptoms="none")["ATOXGR"].tolist() == ["-1"]
    unknown = made(labs(K_LOW), symptoms="unknown")
    assert unknown["ATOXGR"].isna().all() and unknown["ATOXREAS"].tolist() == ["symptoms not known"]
    flagged = labs(K_LOW, K_LOW).assign(SYMPFL=["Y", "N"])
    assert made(flagged, symptomatic="SYMPFL")["ATOXGR"].tolist() == ["-2", "-1"]


def test_one_direction_is_enough_where_the_other_has_no_criterion() -> None:
    found = made(labs(("ALT", "U/L", 30, 5, 40, 20), ("ALT", "U/L", 130, 5, 40, 20)), version="4.03")
    assert (
        found["ATOXGR"].tolist() == ["0", "2"]
        and found["ATOXDSCL"].isna().all()
        and found["ATOXGRL"].isna().all()
    )


def test_zero_and_not_known_is_not_known() -> None:
    # Version 5.0 grades high glucose clinically: a value that is not low says nothing about that.
    found = made(labs(("GLUC", "mmol/L", 5, 3.9, 6, 5), ("GLUC", "mmol/L", 2.5, 3.9, 6, 5)))
    assert found["ATOXGR"].fillna("").tolist() == ["", "-2"]
    assert found["ATOXREAS"].fillna("").tolist() == ["graded clinically only: by change of treatment", ""]


def test_the_versions_differ_by_the_baseline() -> None:
    table = labs(("ALT", "U/L", 130, 5, 40, 60))
    assert [made(table, version=version)["ATOXGR"].tolist() for version in ("4.03", "5.0")] == [["2"], ["1"]]
    # An indicator of the baseline goes before the limit of this record.
    flagged = table.assign(BNRIND="NORMAL")
    assert made(flagged, base_indicator="BNRIND")["ATOXGR"].tolist() == ["2"]


def test_without_a_baseline_it_is_missing_or_taken_as_normal() -> None:
    table = labs(("ALT", "U/L", 130, 5, 40, np.nan))
    missing = made(table)
    assert missing["ATOXGR"].isna().all() and missing["ATOXREAS"].tolist() == ["baseline value missing"]
    assert made(table, without_baseline="normal")["ATOXGR"].tolist() == ["2"]


def test_a_parameter_may_have_another_name_than_the_test() -> None:
    table = labs(("CA", "mmol/L", 1.9, 2.1, 2.6, 2.2))
    assert made(table)["ATOXREAS"].tolist() == ["no criterion for this test"]
    assert made(table, tests={"CA": "CACR"})["ATOXGR"].tolist() == ["-2"]


def test_a_unit_without_limits_is_noted() -> None:
    notes = Notes()
    found = made(labs(("K", "mg/dL", 13, 14, 20, 15), ("K", "mmol/L", 4, 3.5, 5, 4)), notes)
    assert found["ATOXGR"].fillna("").tolist() == ["", "0"]
    assert {(note.rule, note.rows, note.variable) for note in notes} == {
        ("unit-without-criterion", (0,), "ATOXGRL"), ("unit-without-criterion", (0,), "ATOXGRH")
    }  # fmt: skip


def test_fasting_and_anticoagulation_by_flags() -> None:
    table = labs(
        ("GLUC", "mmol/L", 9.5, 3.9, 6, 5),
        ("GLUC", "mmol/L", 9.5, 3.9, 6, 5),
        ("GLUC", "mmol/L", 9.5, 3.9, 6, 5),
    )
    table = table.assign(LBFAST=["Y", "N", None])
    assert made(table, version="4.03", fasting="LBFAST")["ATOXGR"].fillna("").tolist() == ["2", "0", ""]
    inr = labs(("INR", "", 1.4, np.nan, 1.1, 1.0)).assign(ACFL="Y")
    assert made(inr)["ATOXGR"].tolist() == ["1"] and made(inr.assign(AVAL=1.1))["ATOXGR"].tolist() == ["0"]
    assert made(inr.assign(AVAL=1.1), anticoagulated="ACFL")["ATOXGR"].tolist() == ["1"]


@pytest.mark.parametrize("wrong", [{"version": "3.0"}, {"symptoms": "maybe"}])
def test_an_unknown_version_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        made(labs(K_LOW), **wrong)


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["K", "HGB", "ALT", "NEUT", "XX"]), st.sampled_from(["mmol/L", "g/L", "U/L", "10^9/L", ""]),
        st.floats(0, 200), st.one_of(st.just(np.nan), st.floats(1, 50)), st.one_of(st.just(np.nan), st.floats(50, 100)),
        st.one_of(st.just(np.nan), st.floats(0, 200)),
    ), min_size=1, max_size=8,
)  # fmt: skip


@settings(max_examples=25)
@given(ROWS, st.sampled_from(["4.03", "5.0"]), st.randoms())
def test_a_missing_grade_has_a_reason_and_the_order_never_matters(
    rows: Any, version: str, random: Any
) -> None:
    table = labs(*rows)
    found = made(table, version=version)
    assert (found["ATOXGR"].isna() == found["ATOXREAS"].notna()).all()
    mixed = made(table.sample(frac=1, random_state=random.randrange(99)), version=version)
    pd.testing.assert_frame_equal(found, mixed.sort_index())


@settings(max_examples=25)
@given(st.lists(st.floats(0, 2000), min_size=2, max_size=10), st.sampled_from(["4.03", "5.0"]))
def test_a_higher_value_never_has_a_lower_grade(values: list[float], version: str) -> None:
    values = sorted(values)
    found = made(labs(*(("ALT", "U/L", value, 5, 40, 30) for value in values)), version=version)
    assert found["ATOXGRHN"].is_monotonic_increasing
    low = made(labs(*(("PLAT", "10^9/L", value, 150, 400, 200) for value in values)), version=version)
    assert low["ATOXGRLN"].is_monotonic_decreasing
