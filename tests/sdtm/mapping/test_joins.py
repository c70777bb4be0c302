"""Joins with declared cardinality: nothing is multiplied or dropped without the spec's word."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm.columns import text
from sdtm.mapping.joins import Joined, join_rows
from specs.location import Location
from specs.model import Join
from specs.problems import Problem, ProblemsFound

HERE = Location("sdtm/vs.yaml", 4, "sources[1].join[1]")


def table(**columns: list[str | None]) -> pd.DataFrame:
    return pd.DataFrame({name: text(values) for name, values in columns.items()})


def joined(left: pd.DataFrame, right: pd.DataFrame, keep: list[bool] | None = None, **said: Any) -> Joined:
    said = {"with": "visits", "by": {"FOLDER": "FOLDER"}, "take": ["VISIT"], "expect": "one", **said}
    mask = None if keep is None else np.array(keep)
    return join_rows(left, right, Join.model_validate(said), mask, HERE)


def refusal(left: pd.DataFrame, right: pd.DataFrame, **said: Any) -> Problem:
    with pytest.raises(ProblemsFound) as caught:
        joined(left, right, **said)
    (problem,) = caught.value.problems
    assert problem.where == HERE
    return problem


def values(column: pd.Series) -> list[str | None]:
    return [value if isinstance(value, str) else None for value in column.astype(object)]


VISITS = table(FOLDER=["SCR", "C1D1"], VISIT=["SCREENING", "CYCLE 1 DAY 1"])


def test_one_row_for_each():
    made = joined(table(FOLDER=["C1D1", "SCR", "C1D1"]), VISITS)
    assert made.rows.tolist() == [0, 1, 2]
    assert values(made.columns["VISIT"]) == ["CYCLE 1 DAY 1", "SCREENING", "CYCLE 1 DAY 1"]
    assert sorted(made.used.tolist()) == [0, 1]


def test_a_taken_column_may_have_a_new_name():
    made = joined(table(FOLDER=["SCR"]), VISITS, take={"NAME": "VISIT"})
    assert values(made.columns["NAME"]) == ["SCREENING"]


def test_a_join_that_would_multiply_rows_shows_the_offending_keys():
    twice = table(FOLDER=["SCR", "SCR", "C1D1"], VISIT=["A", "B", "C"])
    problem = refusal(table(FOLDER=["SCR", "C1D1", "SCR"]), twice)
    assert problem.id == "join-multiplies"
    assert "1 keys, 2 rows: SCR" in problem.found
    assert "expect: one" in problem.expected and "by" in problem.do
    assert refusal(table(FOLDER=["SCR"]), twice, expect="optional").id == "join-multiplies"


def test_equal_rows_count_once_where_the_spec_says_distinct():
    twice = table(FOLDER=["SCR", "SCR"], VISIT=["A", "A"])
    assert refusal(table(FOLDER=["SCR"]), twice).id == "join-multiplies"
    made = joined(table(FOLDER=["SCR"]), twice, distinct="true")
    assert values(made.columns["VISIT"]) == ["A"]
    assert made.used.tolist() == [0, 1]  # both rows of the table are accounted for


def test_a_row_without_a_match_is_refused_or_stays_empty():
    left = table(FOLDER=["SCR", "EOT"])
    problem = refusal(left, VISITS)
    assert problem.id == "join-without-match" and "EOT" in problem.found
    made = joined(left, VISITS, expect="optional")
    assert made.rows.tolist() == [0, 1] and values(made.columns["VISIT"]) == ["SCREENING", None]


def test_a_missing_key_matches_nothing_not_even_a_missing_key():
    right = table(FOLDER=[None, "SCR"], VISIT=["NOWHERE", "SCREENING"])
    made = joined(table(FOLDER=[None, "SCR"]), right, expect="optional")
    assert values(made.columns["VISIT"]) == [None, "SCREENING"]


def test_many_repeats_the_row_for_each_match_in_the_order_of_the_table():
    right = table(FOLDER=["SCR", "X", "SCR"], VISIT=["A", "B", "C"])
    made = joined(table(FOLDER=["SCR", "EOT"]), right, expect="many")
    assert made.rows.tolist() == [0, 0, 1]
    assert values(made.columns["VISIT"]) == ["A", "C", None]


def test_only_kept_rows_of_the_table_take_part():
    right = table(FOLDER=["SCR", "SCR"], VISIT=["OLD", "NEW"])
    made = joined(table(FOLDER=["SCR"]), right, keep=[False, True])
    assert values(made.columns["VISIT"]) == ["NEW"] and made.used.tolist() == [1]


def test_several_keys_and_other_names():
    right = table(SITE=["01", "01"], NO=["1", "2"], ARM=["A", "B"])
    left = table(CENTRE=["01", "01"], SUBJ=["2", "1"])
    made = joined(left, right, by={"SITE": "CENTRE", "NO": "SUBJ"}, take=["ARM"])
    assert values(made.columns["ARM"]) == ["B", "A"]


def test_texts_are_compared_as_they_stand():
    """Trap 3: 0101 and 101 are two subjects."""
    made = joined(table(FOLDER=["0101"]), table(FOLDER=["101"], VISIT=["A"]), expect="optional")
    assert values(made.columns["VISIT"]) == [None]
    problem = made.count.problem()
    assert problem is not None and problem.id == "join-matches-nothing" and "0101" in problem.found


def test_a_join_that_matches_nothing_is_judged_over_all_shards():
    empty = joined(table(FOLDER=["X"]), VISITS, expect="optional").count
    full = joined(table(FOLDER=["SCR"]), VISITS).count
    assert empty.problem() is not None
    assert (empty + full).problem() is None and (empty + empty).left == 2


def test_nothing_to_join_is_no_problem():
    made = joined(table(FOLDER=[]), VISITS)
    assert len(made.rows) == 0 and made.count.problem() is None
    assert (
        joined(table(FOLDER=["SCR"]), table(FOLDER=[], VISIT=[]), expect="optional").count.problem() is None
    )


@pytest.mark.parametrize(
    ("said", "id", "found", "do"),
    [
        ({"by": {"FOLDR": "FOLDER"}}, "unknown-column", "'FOLDR'", "FOLDER"),
        ({"by": {"FOLDER": "FOLDR"}}, "unknown-column", "'FOLDR'", "FOLDER"),
        ({"take": ["VISITT"]}, "unknown-column", "'VISITT'", "VISIT"),
        ({"take": ["FOLDER"]}, "column-taken-twice", "'FOLDER' of visits", "FOLDER_2"),
    ],
)
def test_unknown_columns_are_told_with_the_nearest_names(said, id, found, do):
    problem = refusal(table(FOLDER=["SCR"]), VISITS, **said)
    assert (problem.id, problem.found) == (id, found) and do in problem.do


KEYS = st.lists(st.sampled_from(["a", "b", "c", None]), max_size=8)


@given(KEYS, KEYS)
def test_no_row_is_dropped_and_each_match_is_there_once(ours, theirs):
    right = table(FOLDER=theirs, VISIT=[str(i) for i in range(len(theirs))])
    made = joined(table(FOLDER=ours), right, expect="many")
    pairs = [
        (row, str(i) if match else None)
        for row, key in enumerate(ours)
        for i, match in (
            [(i, True) for i, other in enumerate(theirs) if key is not None and key == other] or [(-1, False)]
        )
    ]
    assert list(zip(made.rows.tolist(), values(made.columns["VISIT"]), strict=True)) == pairs
