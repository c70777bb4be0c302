"""Sets of rows: what they are written as, and that nothing is lost on the way."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm.reports.row_sets import NO_ROWS, RowSet, ranges


@pytest.mark.parametrize(
    ("numbers", "text"),
    [([], ""), ([4], "4"), ([1, 2, 3, 8], "1-3 8"), ([1, 3, 4], "1 3-4"), ([7, 8], "7-8")],
)
def test_ranges(numbers: list[int], text: str) -> None:
    assert ranges(np.array(numbers, dtype=np.int64)) == text


@given(st.sets(st.integers(1, 60)))
def test_ranges_read_back(numbers: set[int]) -> None:
    text = ranges(np.array(sorted(numbers), dtype=np.int64))
    found = []
    for part in text.split():
        first, _, last = part.partition("-")
        found += list(range(int(first), int(last or first) + 1))
    assert found == sorted(numbers)
    assert text.count(" ") < max(len(numbers), 1)


def test_a_set_counts_from_one_and_names_its_datasets_in_order() -> None:
    part = pd.DataFrame({"USUBJID": ["S1", "S2", "S2"]}, index=[2, 0, 0])
    both = RowSet.of("ADRS", part) | RowSet.of("ADAE", part.iloc[:1]) | RowSet.of("ADRS", part.iloc[:1])
    assert both.texts() == {"ADAE": "3", "ADRS": "1 3"}
    assert NO_ROWS.texts() == {} and RowSet.of("ADSL", part.iloc[:0]).texts() == {}
