"""Columns as they are judged."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from validation.values import (
    equal,
    filled,
    group_numbers,
    is_number,
    is_text,
    looked_up,
    missing,
    not_one_to_one,
    number_text,
    prepared,
    repeated,
    rows_where,
    texts_of,
)

KINDS = {
    "str": pd.Series(["a", "", None, " ", "b"], dtype="str"),
    "object": pd.Series(["a", "", None, " ", "b"], dtype=object),
    "category": pd.Series(["a", "", None, " ", "b"], dtype="str").astype("category"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_blank_text_is_missing_whatever_kind_of_column(kind: str) -> None:
    assert missing(KINDS[kind]).tolist() == [False, True, True, True, False]
    column = prepared(pd.DataFrame({"AETERM": KINDS[kind]}))["AETERM"]
    assert isinstance(column.dtype, pd.CategoricalDtype)
    assert filled(column).tolist() == [True, False, False, False, True]
    assert texts_of(column).tolist() == ["a", "", "", "", "b"]


def test_a_column_without_any_value_has_the_type_that_is_wanted() -> None:
    frame = pd.DataFrame({"A": [None, None], "B": [None, None], "C": [np.nan, np.nan], "D": ["", ""]})
    found = prepared(frame, {"A": "Num", "B": "Char", "C": "Char", "D": "Num"})
    assert [is_number(found[name]) for name in "ABCD"] == [True, False, False, True]
    assert [is_text(found[name]) for name in "ABCD"] == [False, True, True, False]


def test_what_is_neither_text_nor_number_stays() -> None:
    frame = pd.DataFrame({"D": pd.to_datetime(["2024-03-01"]), "B": [True], "M": [("a", 1)]})
    found = prepared(frame)
    assert not any(is_text(found[name]) or is_number(found[name]) for name in found)


def test_rows_are_counted_from_0_and_a_name_is_taken_once() -> None:
    frame = pd.DataFrame([["a", "b"], ["c", "d"]], columns=["X", "X"], index=[7, 7])
    found = prepared(frame)
    assert list(found.columns) == ["X"]
    assert found.index.tolist() == [0, 1]
    assert texts_of(found["X"]).tolist() == ["a", "c"]


def test_the_text_is_judged_once_for_each_value() -> None:
    seen: list[list[str]] = []

    def judge(texts: list[str]) -> list[bool]:
        seen.append(texts)
        return [text == "b" for text in texts]

    column = pd.Series(["a", "b", None, "b"], dtype="str").astype("category")
    assert rows_where(column, judge).tolist() == [False, True, False, True]
    assert seen == [["a", "b"]]


@pytest.mark.parametrize(
    ("number", "text"), [(3.0, "3"), (-0.5, "-0.5"), (1e20, "1e+20"), (float("nan"), ""), (11.7, "11.7")]
)
def test_a_number_as_people_write_it(number: float, text: str) -> None:
    assert number_text(number) == text


def test_equal_texts_of_columns_with_different_categories() -> None:
    left = pd.Series(["a", "b", None, None], dtype="str").astype("category")
    right = pd.Series(["a", "c", None, "a"], dtype="str").astype("category")
    assert equal(left, right).tolist() == [True, False, True, False]


def test_the_first_row_of_a_key_is_looked_up() -> None:
    keys = pd.Series(["S2", "S1", None, "S9"], dtype="str").astype("category")
    table = pd.Series(["S1", "S2", "S1"], dtype="str").astype("category")
    values = pd.Series(["x", "y", "z"], dtype="str").astype("category")
    assert texts_of(looked_up(keys, table, values)).tolist() == ["y", "x", "", ""]
    numbers = looked_up(keys, table, pd.Series([1.0, 2.0, 3.0]))
    assert numbers.tolist()[:2] == [2.0, 1.0]
    assert numbers.isna().tolist() == [False, False, True, True]


def test_looking_up_in_an_empty_table_finds_nothing() -> None:
    keys = pd.Series(["S2"], dtype="str").astype("category")
    empty = pd.Series([], dtype="str").astype("category")
    assert looked_up(keys, empty, empty).isna().all()


@given(st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from([1.0, 2.0, None])), max_size=12))
def test_groups_are_equal_exactly_where_all_values_are(rows: list[tuple[str | None, float | None]]) -> None:
    frame = prepared(pd.DataFrame(rows, columns=["X", "N"]), {"X": "Char", "N": "Num"})
    groups = group_numbers(frame, ["X", "N"])
    for i, one in enumerate(rows):
        for j, other in enumerate(rows):
            assert (groups[i] == groups[j]) == (one == other)
    assert repeated(groups).tolist() == [rows.count(row) > 1 for row in rows]


def test_groups_of_many_columns_do_not_overflow() -> None:
    frame = prepared(pd.DataFrame({f"C{n}": [f"{row}" for row in range(300)] for n in range(12)}))
    assert len(np.unique(group_numbers(frame, list(frame.columns)))) == 300


def test_the_rarer_pair_breaks_a_one_to_one_relation() -> None:
    frame = prepared(
        pd.DataFrame({"A": ["x", "x", "x", "y", "y", None], "B": ["1", "1", "2", "3", "3", "9"]})
    )
    assert not_one_to_one(frame, "A", "B").tolist() == [False, False, True, False, False, False]


def test_equally_frequent_pairs_all_break_it() -> None:
    frame = prepared(pd.DataFrame({"A": ["x", "x", "y"], "B": ["1", "2", "3"]}))
    assert not_one_to_one(frame, "A", "B").tolist() == [True, True, False]
