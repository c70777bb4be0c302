"""Actual arms and reasons. Expected values: SDTMIG 3.4, 5.2; codelist ARMNULRS (C142179)."""

from __future__ import annotations

import numpy as np
import pytest

from sdtm.columns import text
from sdtm.finishing.arms import subject_arms


@pytest.mark.parametrize(
    ("planned", "actual", "reason", "unplanned", "treated", "expected"),
    [
        ("D1", None, None, None, True, ("D1", None)),
        ("D1", None, None, None, False, (None, "ASSIGNED, NOT TREATED")),
        (None, None, None, None, False, (None, "NOT ASSIGNED")),
        (None, None, "SCREEN FAILURE", None, False, (None, "SCREEN FAILURE")),
        ("D1", "D2", None, None, True, ("D2", None)),
        ("D1", None, None, "Dose of another study", True, (None, "UNPLANNED TREATMENT")),
        (None, None, None, None, True, (None, None)),
    ],
)
def test_arm_and_reason(planned, actual, reason, unplanned, treated, expected) -> None:
    columns = [text([value]) for value in (planned, actual, reason, unplanned)]
    made = subject_arms(*columns, np.array([treated]))
    values = [column.astype(object).tolist()[0] for column in (made.actual, made.reason)]
    assert tuple(value if isinstance(value, str) else None for value in values) == expected
    assert made.unclear.tolist() == [expected == (None, None)]


def test_no_subjects_have_no_arms() -> None:
    made = subject_arms(*(text([]) for _ in range(4)), np.zeros(0, dtype=bool))
    assert len(made.actual) == len(made.reason) == len(made.unclear) == 0
