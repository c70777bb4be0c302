"""Values below the limit of quantification, by rule."""

from __future__ import annotations

import numpy as np
import pytest

from sdtm.noncompartmental.below_limit import Rule, decide_below_limit
from sdtm.noncompartmental.profiles import Profiles, arrange

# Rule book, section 10: -0.25, 1, 4, 8, 24 h with BLQ, 50, BLQ, 20, BLQ; limit 2.
TIME = np.array([-0.25, 1, 4, 8, 24])
VALUE = np.array([np.nan, 50, np.nan, 20, np.nan])


def _profiles(limit: float = 2) -> Profiles:
    return arrange(np.zeros(5, int), TIME, VALUE, np.isnan(VALUE), np.full(5, limit), 1)[0]


@pytest.mark.parametrize(
    ("rule", "points"),
    [
        ("zero_then_missing", [(0, 0), (1, 50), (8, 20)]),
        ("zero", [(0, 0), (1, 50), (4, 0), (8, 20), (24, 0)]),
        ("half_limit_once", [(0, 0), (1, 50), (4, 1), (8, 20)]),
        ("zero_drop_zero", [(0, 0), (1, 50), (8, 20), (24, 0)]),
    ],
)
def test_the_example_of_the_rule_book_by_every_rule(rule: Rule, points: list[tuple[float, float]]) -> None:
    found = decide_below_limit(_profiles(), rule)
    assert list(zip(found.time[0].tolist(), found.concentration[0].tolist(), strict=True)) == points


def test_half_of_an_unknown_limit_is_no_value() -> None:
    found = decide_below_limit(_profiles(np.nan), "half_limit_once")
    assert found.time[0].tolist() == [0, 1, 8]


def test_a_profile_all_below_the_limit_is_all_zero_before_its_first_value() -> None:
    all_below = arrange(
        np.zeros(2, int), np.array([0, 1.0]), np.full(2, np.nan), np.ones(2, bool), np.ones(2), 1
    )[0]
    assert decide_below_limit(all_below).concentration[0].tolist() == [0, 0]
    assert not decide_below_limit(all_below).quantified.any()
