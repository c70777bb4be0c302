"""Conditions as data: which records they are true in, and what is refused."""

from __future__ import annotations

import pandas as pd
import pytest

from validation.rules.conditions import TESTS, Part, holds, parsed
from validation.values import prepared

FRAME = prepared(
    pd.DataFrame(
        {
            "AETERM": ["a", "B", None, " "],
            "AEDECOD": ["A", "x", "y", None],
            "AESTDTC": ["2024-01", "2024-03-01", None, "2024-01-01"],
            "AEENDTC": ["2024-02-01", "2024-02-28", "2024-01-01", "2024-01"],
            "AESTDY": [1.0, 5.0, None, 0.0],
            "AEENDY": [2.0, 4.0, 3.0, 0.0],
        }
    )
)


@pytest.mark.parametrize(
    ("when", "true"),
    [
        ("it filled", [0, 1]),
        ("it empty", [2, 3]),  # a blank is no value
        ("it is a", [0]),
        ("it is a | B", [0, 1]),
        ("it is not a", [1, 2, 3]),
        ("it reads b", [1]),
        ("it reads like --DECOD", [0]),
        ("it same as AEDECOD", []),
        ("it differs from --DECOD", [0, 1]),
        ("it matches [a-z]", [0]),
        ("it does not match [a-z]", [1]),
        ("AEENDY below AESTDY", [1]),
        ("AESTDY below 1", [3]),
        ("AESTDY above 1", [1]),
        ("AESTDY not above 1", [0, 3]),
        ("AEENDTC before AESTDTC", [1]),  # only where it is certain
        ("AEENDTC after AESTDTC", [0]),
        ("it filled and --DECOD is x", [1]),
        ("it empty or --DECOD is x", [1, 2, 3]),
    ],
)
def test_a_condition_holds_where_it_says(when: str, true: list[int]) -> None:
    assert holds(parsed(when), FRAME, "AETERM").nonzero()[0].tolist() == true


def test_each_test_is_tried() -> None:
    tried = {part.test for case in ("it filled", "it is not a") for parts in parsed(case) for part in parts}
    marks = test_a_condition_holds_where_it_says.pytestmark[0].args[1]
    tried |= {part.test for when, _ in marks for parts in parsed(when) for part in parts}
    assert tried == set(TESTS)


def test_the_partner_is_the_second_variable() -> None:
    assert holds(parsed("it below partner"), FRAME, "AEENDY", "AESTDY").nonzero()[0].tolist() == [1]


def test_a_condition_is_read_into_parts() -> None:
    assert parsed("it filled and --STAT is not NOT DONE") == (
        (Part("it", "filled"), Part("--STAT", "is not", "NOT DONE")),
    )


@pytest.mark.parametrize("when", ["it", "it filed", "it is", "it filled A", "filled", "it filled and"])
def test_what_is_no_condition_is_refused(when: str) -> None:
    with pytest.raises(ValueError, match=r"no condition|value"):
        parsed(when)
