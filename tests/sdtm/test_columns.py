"""Text columns as codes over their distinct texts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm import columns

TEXTS = st.lists(st.one_of(st.none(), st.text(max_size=3)))


def plain(column: pd.Series) -> list[str | None]:
    return [value if isinstance(value, str) else None for value in column.astype(object)]


@given(TEXTS)
def test_texts_come_back_as_they_were(values):
    column = columns.text(values)
    assert isinstance(column.dtype, pd.CategoricalDtype)
    assert plain(column) == values


def test_leading_zeros_na_and_blanks_are_texts_like_any_other():
    assert plain(columns.text(["007", "NA", " ", "1E3", None, "1.10"])) == [
        "007",
        "NA",
        " ",
        "1E3",
        None,
        "1.10",
    ]


def test_a_column_of_ordinary_text_becomes_codes_and_keeps_its_index():
    series = pd.Series(["b", None, "a"], index=[5, 6, 7], dtype="str")
    assert plain(columns.text(series)) == ["b", None, "a"]
    assert columns.text(series).index.tolist() == [5, 6, 7]
    made = columns.text(["x"])
    assert columns.text(made) is made


def test_a_constant_column_has_one_text_or_none():
    index = pd.RangeIndex(3)
    assert plain(columns.constant("AE", index)) == ["AE"] * 3
    assert plain(columns.constant(None, index)) == [None] * 3
    assert columns.unique_texts(columns.constant(None, index)) == []


@pytest.mark.parametrize("count", [1, 126, 127, 200, 32_767])
def test_codes_are_wide_enough_for_all_texts(count):
    values = [str(number) for number in range(count)]
    assert plain(columns.text(values)) == values


def test_a_function_sees_each_text_once_and_missing_never():
    seen: list[str] = []

    def upper(texts: list[str]) -> list[str | None]:
        seen.extend(texts)
        return [None if text == "x" else text.upper() for text in texts]

    made = columns.map_unique(columns.text(["a", "x", None, "a", "b"]), upper)
    assert sorted(seen) == ["a", "b", "x"]
    assert plain(made) == ["A", None, None, "A", "B"]


def test_two_texts_that_become_one_share_a_code():
    made = columns.map_unique(columns.text(["a", "A"]), lambda texts: [text.upper() for text in texts])
    assert columns.unique_texts(made) == ["A"] and plain(made) == ["A", "A"]


def test_take_spreads_values_of_distinct_texts_over_rows():
    column = columns.text(["a", "b", None, "a"])
    assert columns.take(np.array([10, 20]), column, missing=0).tolist() == [10, 20, 0, 10]
    spread = columns.take(np.array([10, 20]), column, missing=np.nan)
    assert spread.tolist()[:2] == [10.0, 20.0] and np.isnan(spread[2])
    assert columns.take(np.array([]), columns.constant(None, pd.RangeIndex(2)), missing=7).tolist() == [7, 7]


def test_a_row_has_a_value_or_not_be_it_text_or_number():
    assert columns.has_value(columns.text(["a", None, ""])).tolist() == [True, False, True]
    assert columns.has_value(pd.Series([0.0, np.nan])).tolist() == [True, False]


@given(st.lists(st.text(max_size=3), unique=True))
def test_distinct_texts_are_ranked_by_code_point(texts):
    ranks = columns.text_ranks(columns.text(texts).cat.categories)
    assert [sorted(texts).index(text) for text in texts] == ranks.tolist()


def test_texts_sort_by_code_point_missing_first():
    assert columns.rank(columns.text(["b", None, "a", "B", "10", "9"])).tolist() == [4, -1, 3, 2, 0, 1]


def test_columns_are_stacked_over_the_union_of_their_texts():
    stacked = columns.stack([columns.text(["a", None]), columns.text(["b", "a"]), columns.text([])])
    assert plain(stacked) == ["a", None, "b", "a"]
    assert stacked.index.tolist() == [0, 1, 2, 3]
    assert len(columns.stack([])) == 0


def test_the_first_column_is_chosen_where_the_mask_is_true():
    mask = np.array([True, False, True])
    chosen = columns.choose(mask, columns.text(["a", "b", None]), columns.text(["x", "y", "z"]))
    assert plain(chosen) == ["a", "y", None]
    numbers = columns.choose(mask, pd.Series([1.0, 2.0, 3.0]), pd.Series([9.0, 8.0, 7.0]))
    assert numbers.tolist() == [1.0, 8.0, 3.0]


def test_blanked_rows_are_missing():
    mask = np.array([True, False])
    assert plain(columns.blank(columns.text(["a", "b"]), mask)) == [None, "b"]
    assert np.isnan(columns.blank(pd.Series([1.0, 2.0]), mask)[0])


def test_an_empty_column_is_text_or_numbers():
    assert plain(columns.empty("Char", pd.RangeIndex(2))) == [None, None]
    assert columns.empty("Num", pd.RangeIndex(2)).isna().all()


def test_numbers_are_plain_decimals_and_nothing_else():
    texts = ["5", " 1.50 ", "-.5", "1E3", "1,5", "0x1F", "nan", "inf", "1_0", "٣", "5 mg", None]
    parsed = columns.numbers(columns.text(texts)).tolist()
    assert parsed[:4] == [5.0, 1.5, -0.5, 1000.0]
    assert all(np.isnan(value) for value in parsed[4:])


def test_people_get_ordinary_text_columns():
    frame = pd.DataFrame({"A": columns.text(["x", None]), "B": [1.0, 2.0]})
    ordinary = columns.plain(frame)
    assert ordinary["A"].dtype == "str" and ordinary["A"].tolist()[0] == "x" and ordinary["A"].isna()[1]
    assert ordinary["B"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize("texts", [[], ["a"], ["b", None, ""]])
def test_texts_are_one_arrow_array_however_they_are_kept(texts: list[str | None]) -> None:
    for values in (pd.array(texts, dtype="str"), pd.Index(pd.array(texts, dtype="str"))):
        array = columns.arrow_texts(values)
        assert isinstance(array, pa.Array) and array.to_pylist() == texts
