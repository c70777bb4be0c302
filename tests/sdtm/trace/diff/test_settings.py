"""Tolerances, ignored variables and keys, as they are written on a command line."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sdtm.trace.diff.settings import Settings, Tolerance, settings_of
from specs.problems import ProblemsFound


def test_the_most_special_tolerance_counts() -> None:
    made = settings_of(["1e-9", "AVAL=0.5", "ADLB.AVAL=0.1", "ADLB.=0.2"])
    assert made.tolerance("ADLB", "AVAL") == Tolerance(0.1)
    assert made.tolerance("ADVS", "AVAL") == Tolerance(0.5)
    assert made.tolerance("ADLB", "BASE") == Tolerance(0.2)
    assert made.tolerance("ADVS", "BASE") == Tolerance(1e-9)
    assert Settings().tolerance("ADVS", "BASE") == Tolerance(0, 0)


def test_an_absolute_and_a_relative_tolerance_of_one_variable_go_together() -> None:
    made = settings_of(["aval=1e-6", "AVAL=rel:0.01"])
    assert made.tolerance("ADLB", "AVAL") == Tolerance(1e-6, 0.01)


def test_either_tolerance_is_enough_and_missing_never_equals_a_number() -> None:
    # 100 and 101: 1 apart, 1/101 of the larger one (0.0099); 0 and 0.05: all of the larger one.
    old = np.array([100.0, 0.0, math.nan, 0.0, math.nan, math.inf])
    new = np.array([101.0, 0.05, 0.0, math.nan, math.nan, 1.0])
    assert Tolerance(absolute=0.1).allows(old, new).tolist() == [False, True, False, False, False, False]
    assert Tolerance(relative=0.01).allows(old, new).tolist() == [True, False, False, False, False, False]
    assert Tolerance(1e9, 1e9).allows(old, new).tolist() == [True, True, False, False, False, False]


def test_ignored_variables_of_one_or_of_all_datasets() -> None:
    made = settings_of(ignore=["aseq", "ADLB.AVAL"])
    assert made.is_ignored("ADAE", "ASEQ") and made.is_ignored("ADLB", "AVAL")
    assert not made.is_ignored("ADVS", "AVAL")


def test_keys_and_datasets_may_be_lists() -> None:
    made = settings_of(only=["AE, DM", "lb"], key=["adxx=USUBJID,PARAMCD"])
    assert made.only == {"AE", "DM", "LB"}
    assert made.keys == {"ADXX": ("USUBJID", "PARAMCD")}


def test_all_texts_of_another_form_are_told_at_once() -> None:
    with pytest.raises(ProblemsFound) as refused:
        settings_of(["much", "AVAL=-1", "AVAL=nan", "A-B=1"], ["ADLB."], [], ["ADXX", "=AVAL"])
    told = {(problem.where.key, problem.found) for problem in refused.value.problems}
    assert told == {
        ("--tolerance", "'much'"),
        ("--tolerance", "'AVAL=-1'"),
        ("--tolerance", "'AVAL=nan'"),
        ("--tolerance", "'A-B=1'"),
        ("--ignore", "'ADLB.'"),
        ("--key", "'ADXX'"),
        ("--key", "'=AVAL'"),
    }


def test_names_that_neither_delivery_has_are_told_with_near_ones() -> None:
    made = settings_of(["AVLA=1"], ["ADLB.ASEQ"], ["ADLV"], ["AE=AETERN"])
    with pytest.raises(ProblemsFound) as refused:
        made.check({"AE": ["USUBJID", "AETERM"], "ADLB": ["AVAL", "ASEQ"]})
    told = {(problem.where.key, problem.do) for problem in refused.value.problems}
    assert told == {
        ("--tolerance", "did you mean AVAL?"),
        ("--only", "did you mean ADLB?"),
        ("--key", "did you mean AETERM?"),
    }
