"""Numbers as the shortest text that gives them back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm.extract.numbers import number_column, number_text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (81.0, "81"),
        (0.1, "0.1"),
        (-0.0, "0"),
        (101.0, "101"),
        (-1000.3, "-1000.3"),
        (1e16, "10000000000000000"),
        (1e-7, "0.0000001"),
        (1 / 3, "0.3333333333333333"),
        (1e300, "1E+300"),
    ],
)
def test_number_text(value: float, expected: str) -> None:
    assert number_text(value) == expected


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_text_gives_the_number_back(value: float) -> None:
    assert float(number_text(value)) == value


def test_nan_is_missing_and_each_number_is_one_text() -> None:
    column = number_column(np.array([2.0, np.nan, 2.0, 0.5]))
    assert column.cat.codes.tolist() == [0, -1, 0, 1]
    assert column.cat.categories.tolist() == ["2", "0.5"]
