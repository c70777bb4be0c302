"""Work done once for the records of a raw row; expected values by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm import columns
from sdtm.mapping.scope import Origin
from sdtm.raw_rows import once, records_alike


def state(positions: list[int], tables: list[str | None] | None = None) -> Any:
    """What ``once`` reads of a domain: where its records come from."""
    index = pd.RangeIndex(len(positions))
    names = columns.constant("vs", index) if tables is None else columns.text(tables)
    origin = Origin(names, np.array(positions, dtype=np.int32), columns.constant(None, index))
    return SimpleNamespace(origin=origin, rows=None, index=index)


def plain(column: pd.Series) -> list[str | None]:
    return [value if isinstance(value, str) else None for value in column.astype(object)]


def upper(seen: list[int]) -> Any:
    def function(column: pd.Series) -> pd.Series:
        seen.append(len(column))
        return columns.map_unique(column, lambda texts: [text.upper() for text in texts])

    return function


def test_the_records_of_a_wide_row_are_worked_out_once() -> None:
    # Two tests of the raw rows 0, 2 and 5: six records, three rows.
    wide = state([0, 2, 5, 0, 2, 5])
    seen: list[int] = []
    made = once(wide, [columns.text(["a", "b", None, "a", "b", None])], upper(seen))
    assert plain(made) == ["A", "B", None, "A", "B", None] and seen == [3]
    assert made.index.equals(wide.index)


def test_records_of_one_row_that_differ_are_told_apart() -> None:
    made = once(state([0, 1, 0]), [columns.text(["a", "b", "c"])], upper([]))
    assert plain(made) == ["A", "B", "C"]


def test_a_part_that_differs_is_found_also_after_one_that_does_not() -> None:
    wide = state([0, 1, 0])
    same, other = columns.text(["a", "b", "a"]), columns.text(["a", "b", "c"])
    for parts in ([same], [same, other], [other], [same]):
        number, first = records_alike(wide, parts) or pytest.fail("two records have a raw row in common")
        for part in parts:
            assert plain(columns.pick(columns.pick(part, first), number)) == plain(part)


def test_without_a_common_row_nothing_is_gained() -> None:
    assert records_alike(state([3, 1, 2]), [columns.text(["a", "a", "a"])]) is None
    seen: list[int] = []
    assert plain(once(state([3, 1, 2]), [columns.text(["a", "a", "a"])], upper(seen))) == ["A"] * 3
    assert seen == [3]


def test_one_row_number_in_two_tables_is_two_rows() -> None:
    two = state([0, 0, 0], ["vs", "eg", "vs"])
    number, first = records_alike(two, [columns.text(["a", "b", "a"])]) or pytest.fail("rows in common")
    assert number.tolist() == [0, 1, 0] or number.tolist() == [1, 0, 1]
    assert sorted(first.tolist()) == [0, 1]


def test_records_without_a_raw_row_go_by_their_values() -> None:
    made = records_alike(state([-1, -1, 4]), [columns.text(["a", "a", "b"])])
    assert made is not None
    number, first = made
    assert number[0] == number[1] != number[2] and sorted(first.tolist()) == [0, 2]


def test_new_records_are_numbered_again() -> None:
    domain = state([0, 0, 1])
    part = columns.text(["a", "a", "b"])
    before = records_alike(domain, [part])
    domain.origin = state([1, 0, 0]).origin
    after = records_alike(domain, [columns.text(["b", "a", "a"])])
    assert before is not None and after is not None
    assert before[0].tolist() == [0, 0, 1] and after[0].tolist() == [1, 0, 0]


@given(
    st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["a", "b", None]), st.integers(0, 1)), min_size=1)
)
def test_once_gives_what_the_function_gives_row_by_row(records: list[tuple[int, str | None, int]]) -> None:
    positions, texts, tables = (list(each) for each in zip(*records, strict=True))
    domain = state(positions, [("vs", "eg")[table] for table in tables])
    part = columns.text(texts)
    assert plain(once(domain, [part], upper([]))) == [text and text.upper() for text in texts]
    # Asked again, and of another column, the answers do not mix.
    other = columns.text([f"{text}{place}" for place, text in enumerate(texts)])
    assert plain(once(domain, [other], upper([]))) == [f"{t}{i}".upper() for i, t in enumerate(texts)]
    assert plain(once(domain, [part], upper([]))) == [text and text.upper() for text in texts]
