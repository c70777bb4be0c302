"""Columns together."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sdtm import columns
from sdtm.combinations import codes_in, combinations, map_rows, order_by, rank, sorted_by, unique_rows


def test_equal_combinations_have_one_number_and_missing_is_a_value():
    first = columns.text(["a", "a", "b", None, None, "a"])
    second = np.array([1.0, 2.0, 1.0, np.nan, np.nan, 1.0])
    numbers, examples = combinations([first, second])
    assert numbers.tolist() == [0, 1, 2, 3, 3, 0]
    assert examples.tolist() == [0, 1, 2, 3]


def test_combinations_of_nothing():
    numbers, examples = combinations([columns.text([])])
    assert len(numbers) == len(examples) == 0


def test_many_large_columns_do_not_overflow():
    parts = [np.arange(70_000) % (70_000 - k) for k in range(6)]
    numbers, examples = combinations(parts)
    assert len(examples) == 70_000 and numbers.tolist() == list(range(70_000))
    backwards = order_by([rank(-part) for part in parts])
    assert backwards.tolist() == list(range(69_999, -1, -1))


def test_codes_in_the_terms_of_other_texts():
    column = columns.text(["x", "y", None, "z"])
    assert codes_in(column, ["z", "x"]).tolist() == [1, -1, -1, 0]
    assert codes_in(columns.text([]), ["z"]).tolist() == []


def test_rank_sorts_numbers_by_size_and_texts_by_code_point_missing_first():
    assert rank(np.array([10.0, 2.0, np.nan, 9.0])).tolist() == [2, 0, -1, 1]
    assert rank(columns.text(["b", "B", None, "a", "Z"])).tolist() == [3, 0, -1, 2, 1]


def test_distinct_rows_are_told_once_in_the_order_they_appear():
    first, second = columns.text(["b", None, "b", "a"]), columns.text(["1", None, "1", None])
    numbers, rows = unique_rows([first, second])
    assert numbers.tolist() == [0, 1, 0, 2]
    assert rows == [("b", "1"), (None, None), ("a", None)]


def test_a_function_over_distinct_rows_sees_each_once():
    calls: list[tuple[str | None, ...]] = []

    def join(rows: list[tuple[str | None, ...]]) -> list[str | None]:
        calls.extend(rows)
        return [None if None in row else "-".join(row) for row in rows]  # type: ignore[arg-type]

    made = map_rows([columns.text(["a", "a", "b"]), columns.text(["1", "1", None])], join)
    assert calls == [("a", "1"), ("b", None)]
    assert made.astype(object).tolist()[:2] == ["a-1", "a-1"] and made.isna()[2]


def test_a_function_over_no_rows_gives_no_rows():
    assert len(map_rows([columns.text([])], lambda rows: [])) == 0


@given(st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from(["x", None]))))
def test_rows_and_their_numbers_give_the_columns_back(rows):
    numbers, distinct = unique_rows(
        [columns.text([row[0] for row in rows]), columns.text([row[1] for row in rows])]
    )
    assert [distinct[number] for number in numbers] == rows
    assert len(set(distinct)) == len(distinct)


@given(
    st.lists(st.tuples(*[st.integers(-1, 2**20)] * 4), max_size=30),
    st.sampled_from([1, 2, 3, 4]),
)
def test_rows_sort_by_ranks_of_any_size_and_equal_ones_stay_in_order(rows, count):
    # One to four ranks of 21 bits need 21 to 84 bits: one integer of 32 or 64, with or without room for the row.
    ranks = [np.array([row[place] for row in rows], dtype=np.int64) for place in range(count)]
    order, tied = sorted_by([*ranks, np.full(len(rows), 2**20)])
    expected = sorted(range(len(rows)), key=lambda row: rows[row][:count])
    assert order.tolist() == expected
    pairs = pairwise(expected)
    assert tied.tolist() == [rows[one][:count] == rows[next_one][:count] for one, next_one in pairs]


def test_codes_that_just_pass_32_bits_are_told_apart():
    first = np.arange(65_536)
    numbers, example = combinations([np.append(first, 65_535), np.append(first, 65_534)])
    assert numbers.tolist() == list(range(65_537))
    assert example.tolist() == list(range(65_537))
