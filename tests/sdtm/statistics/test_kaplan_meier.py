"""Kaplan-Meier against published values."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm.statistics.kaplan_meier import (
    TRANSFORMATIONS,
    Transformation,
    estimate_follow_up,
    estimate_survival,
)

# Rule book of the project, section 12; the maintained group of the acute myelogenous leukaemia data is
# 9 13 13+ 18 23 28+ 31 34 45+ 48 161+ (Miller, Survival Analysis, 1981), the other group is this one.
TIMES = [5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45]
CENSORED = [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
# Freireich et al., Blood 21 (1963) 699: remission under 6-mercaptopurine in weeks.
MERCAPTOPURINE = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
STILL_WELL = [0, 0, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("transformation", "lower", "upper"),
    [("log", 8, np.nan), ("log-log", 5, 33), ("linear", 8, 33)],
)
def test_the_median_of_the_rule_book(transformation: Transformation, lower: float, upper: float) -> None:
    found = estimate_survival(TIMES, CENSORED).median(transformation)
    assert found.value == 23
    assert np.array_equal([found.lower, found.upper], [lower, upper], equal_nan=True)


def test_survival_of_freireichs_patients() -> None:
    # Kaplan-Meier of the 6-MP arm as in Collett and in Klein and Moeschberger, Table 4.1B.
    found = estimate_survival(MERCAPTOPURINE, STILL_WELL)
    assert found.time.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert found.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert np.round(found.survival, 3).tolist() == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    # Standard errors of the same table.
    se = found.survival * np.sqrt(found.greenwood)
    assert np.round(se, 4).tolist() == [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    assert found.median().value == 23


def test_pointwise_limits_by_hand() -> None:
    # S(23 weeks) = 0.4482, SE of ln S = 0.1346 / 0.4482 = 0.3003: log 0.4482 exp(+-1.95996 x 0.3003).
    found = estimate_survival(MERCAPTOPURINE, STILL_WELL)
    assert np.round(found.survival_at(24, "log"), 3).tolist() == [0.448, 0.249, 0.807]
    assert np.round(found.survival_at(24, "linear"), 3).tolist() == [0.448, 0.184, 0.712]
    # log-log: 0.4482 ** exp(+-1.95996 x 0.3003 / ln 0.4482) -> 0.188 and 0.680 (SAS LIFETEST, R conf.type log-log).
    assert np.round(found.survival_at(24, "log-log"), 3).tolist() == [0.448, 0.188, 0.680]


def test_the_median_is_the_middle_of_a_stretch_at_one_half() -> None:
    # 1 2 3 4, all events: S is exactly 0.5 from 2 to 3.
    assert estimate_survival([1, 2, 3, 4], [0] * 4).median().value == 2.5
    # 7 of 14 in sevenths: products that are not 0.5 in binary.
    assert estimate_survival(range(1, 15), [0] * 14).median().value == 7.5
    # No event after it: the event time itself.
    assert estimate_survival([1, 2, 9, 9], [0, 0, 1, 1]).median().value == 2


def test_what_is_not_reached_is_missing() -> None:
    found = estimate_survival([5, 6, 7, 8], [0, 1, 1, 1])
    assert np.isnan(found.median().value) and found.survival_at(6).value == 0.75
    assert np.isnan(found.survival_at(9).value)  # nobody was observed that long


def test_before_the_first_event_everybody_lives_and_after_the_last_death_nobody() -> None:
    found = estimate_survival(TIMES, CENSORED)
    assert found.survival_at(4) == (1, 1, 1)
    assert found.survival_at(10).value == pytest.approx(8 / 12)
    assert found.survival_at(100).value == 0 and np.isnan(found.survival_at(100).lower)


def test_the_number_at_risk_counts_who_is_censored_at_the_time() -> None:
    assert estimate_survival(TIMES, CENSORED).number_at_risk([0, 5, 6, 16, 17, 46]).tolist() == [
        12,
        12,
        10,
        7,
        6,
        0,
    ]


def test_without_events_and_without_subjects() -> None:
    assert estimate_survival([1, 2], [1, 1]).survival_at(1.5).value == 1
    empty = estimate_survival([], [])
    assert np.isnan(empty.median().value) and np.isnan(empty.survival_at(1).value)


def test_the_median_follow_up_turns_censoring_round() -> None:
    # Events at 5 and 10, censored at 12 and 20: both censorings are the events, S = 0.5 from 12 to 20.
    assert estimate_follow_up([5, 10, 12, 20], [0, 0, 1, 1]).median().value == 16


@pytest.mark.parametrize(
    ("times", "censored"),
    [([-1], [0]), ([np.nan], [0]), ([1], [np.nan]), ([1, 2], [0]), ([1], [-1]), ([np.inf], [1])],
)
def test_what_cannot_be_a_time_is_refused(times: list[float], censored: list[float]) -> None:
    with pytest.raises(ValueError):
        estimate_survival(times, censored)
    with pytest.raises(ValueError):
        estimate_follow_up(times, censored)


@pytest.mark.parametrize("wrong", [{"transformation": "logit"}, {"level": 1.0}])
def test_unknown_transformations_and_levels_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        estimate_survival(TIMES, CENSORED).median(**wrong)  # type: ignore[arg-type]


SUBJECTS = st.lists(st.tuples(st.integers(1, 15), st.integers(0, 1)), min_size=1, max_size=25)


@given(SUBJECTS, st.randoms())
def test_survival_is_the_exact_product_whatever_the_order(
    subjects: list[tuple[int, int]], random: object
) -> None:
    random.shuffle(subjects)  # type: ignore[attr-defined]
    found = estimate_survival([t for t, _ in subjects], [c for _, c in subjects])
    exact, expected = Fraction(1), []
    for time in sorted({t for t, c in subjects if c == 0}):
        at_risk = sum(t >= time for t, _ in subjects)
        exact *= 1 - Fraction(sum(t == time and c == 0 for t, c in subjects), at_risk)
        expected.append(float(exact))
    assert np.allclose(found.survival, expected, atol=1e-12)


@given(SUBJECTS, st.sampled_from(TRANSFORMATIONS))
def test_limits_enclose_the_curve(subjects: list[tuple[int, int]], transformation: Transformation) -> None:
    found = estimate_survival([t for t, _ in subjects], [c for _, c in subjects])
    lower, upper = found.limits(transformation)
    alive = found.survival > 0
    assert (lower[alive] <= found.survival[alive] + 1e-12).all() and (
        upper[alive] >= found.survival[alive] - 1e-12
    ).all()
    assert np.isnan(lower[~alive]).all()
