"""Conditions and expressions of a spec: what gets through the sandbox, and what they give."""

from __future__ import annotations

import os
import time

import numpy as np
import pandas as pd
import pytest

from sdtm.columns import text
from sdtm.mapping import sql
from specs.location import Location
from specs.problems import ProblemsFound

HERE = Location("sdtm/ae.yaml", 7, "sources[1].where")


def refusal(clause: str) -> str:
    with pytest.raises(ProblemsFound) as caught:
        sql.parse(clause, {"AE", "DM", "raw"}, HERE)
    (problem,) = caught.value.problems
    assert problem.id == "sql-error" and problem.where == HERE
    return problem.found


def given(clause: str, **columns: list[str | None]) -> list[object]:
    made = {name: text(values) for name, values in columns.items()}
    index = pd.RangeIndex(len(next(iter(made.values()))))
    parsed = sql.parse(clause)
    column = sql.column_of(sql.evaluate([parsed], made.__getitem__, index)[0], index, clause, HERE)
    return [None if pd.isna(value) else value for value in column.astype(object)]


@pytest.mark.parametrize(
    "clause",
    [
        "read_text('/etc/passwd')",
        "(SELECT count(*) FROM read_csv('/etc/passwd'))",
        "1) FROM read_csv('/etc/passwd') WHERE (1=1",
        "1); COPY (SELECT 1) TO 'stolen.csv'; --",
        "1); ATTACH 'other.db'; --",
        "(SELECT 1)",
        "EXISTS (SELECT 1)",
        "A IN (SELECT 1)",
        "glob('*')",
        "sniff_csv('x')",
        "getenv('HOME')",
        "current_setting('home_directory')",
        "set_config('a', 'b')",
        "getvariable('x')",
        "query('SELECT 1')",
        "query_table('x')",
        "write_log('x')",
        "unnest([1, 2])",
        "json_deserialize_sql('x')",
    ],
)
def test_nothing_reads_files_settings_or_other_tables(clause):
    assert repr(clause) in refusal(clause)


@pytest.mark.parametrize(
    "clause",
    [
        "now()",
        "today()",
        "current_date",
        "CURRENT_TIMESTAMP",
        "localtime",
        "localtimestamp",
        "current_localtimestamp()",
        "get_current_timestamp()",
        "age(TIMESTAMP '2020-01-01')",
        "random()",
        "uuid()",
        "gen_random_uuid()",
        "setseed(0.1)",
        "nextval('x')",
        "current_user",
        "version()",
        "hash(A)",
    ],
)
def test_nothing_asks_the_clock_chance_or_the_machine(clause):
    refusal(clause)


@pytest.mark.parametrize(
    "clause",
    [
        "sum(A)",
        "count(*)",
        "row_number() OVER ()",
        "*",
        "COLUMNS(*)",
        "#1",
        "?",
        "$x",
        "[x for x in [1]]",
        "DEFAULT",
    ],
)
def test_one_row_is_judged_by_itself(clause):
    refusal(clause)


@pytest.mark.parametrize(
    "clause", ["", "   ", "A = 'x", "A ==", "A = 'Y' AND", "1; DROP TABLE x", "A) OR (B"]
)
def test_what_is_no_expression_is_shown_with_the_clause(clause):
    found = refusal(clause)
    assert repr(clause) in found or clause == "A) OR (B"


def test_an_unknown_function_is_told_with_the_nearest_names():
    with pytest.raises(ProblemsFound) as caught:
        sql.parse("uper(TERM)", (), HERE)
    assert "function uper" in caught.value.problems[0].found
    assert "upper" in caught.value.problems[0].do


@pytest.mark.parametrize(
    ("clause", "columns"),
    [
        ("A = 'Y' -- why not", ("A",)),
        ("A LIKE 'x%' AND B IS NOT NULL", ("A", "B")),
        ("CASE WHEN A = '1' THEN B ELSE A END", ("A", "B")),
        ("\"A B\" = 'x' AND \"Größe\" > '1'", ("A B", "Größe")),
        ("IT.AETERM IS NULL", ("IT.AETERM",)),
        ("AE.AESTDTC >= DM.RFSTDTC", ("AE.AESTDTC", "DM.RFSTDTC")),
        ("raw.AESTDTC", ("AESTDTC",)),
        ("raw.current_date", ("current_date",)),
        ("TRY_CAST(AGE AS DOUBLE) > 65", ("AGE",)),
        ("'constant'", ()),
        ("A IN ('1', '2') OR A BETWEEN '3' AND '5'", ("A",)),
        ("a || A", ("a", "A")),
    ],
)
def test_columns_are_known_before_any_data_is(clause, columns):
    assert sql.parse(clause, {"AE", "DM"}, HERE).columns == columns


def test_an_expression_knows_its_place_in_the_spec():
    assert sql.parse("A = '1'", (), HERE).where == HERE


def test_text_stays_text_and_numbers_are_cast_by_the_spec():
    assert given("upper(A)", A=["ab", None]) == ["AB", None]
    assert given("A || '-' || B", A=["007", "1"], B=["x", None]) == ["007-x", None]
    assert given("TRY_CAST(A AS DOUBLE) / 2", A=["3", "x"]) == [1.5, None]
    assert given("length(A)", A=["abc"]) == [3.0]
    assert given("NULL", A=["x"]) == [None]
    assert given("CAST(A AS DATE)", A=["2024-02-29"]) == ["2024-02-29"]
    assert given("'same'", A=["x", "y"]) == ["same", "same"]


def test_a_number_column_is_a_number_in_sql():
    parsed = sql.parse("N > 9.5")
    array = sql.evaluate([parsed], lambda name: pd.Series([9.0, 10.0, np.nan]), pd.RangeIndex(3))[0]
    true, unknown = sql.truth(array, "N > 9.5", HERE)
    assert true.tolist() == [False, True, False] and unknown.tolist() == [False, False, True]


def test_a_condition_is_true_false_or_unknown():
    column = text(["Y", "N", None])
    parsed = sql.parse("A = 'Y'")
    array = sql.evaluate([parsed], lambda name: column, pd.RangeIndex(3))[0]
    true, unknown = sql.truth(array, "A = 'Y'", HERE)
    assert true.tolist() == [True, False, False]
    assert unknown.tolist() == [False, False, True]


def test_several_expressions_share_one_pass_and_their_columns():
    columns = {"A": text(["1", "2"]), "B": text(["x", "y"])}
    parsed = [sql.parse("B || A"), sql.parse("A"), sql.parse("'k' || B")]
    answers = sql.evaluate(parsed, columns.__getitem__, pd.RangeIndex(2))
    assert [answer.to_pylist() for answer in answers] == [["x1", "y2"], ["1", "2"], ["kx", "ky"]]


def test_sql_that_fails_on_the_data_is_shown_with_clause_and_place():
    column = text(["12", "abc"])
    good, bad = sql.parse("A = '12'"), sql.parse("CAST(A AS DOUBLE) > 1", (), HERE)
    for wanted in ([bad], [good, bad]):
        with pytest.raises(ProblemsFound) as caught:
            sql.evaluate(wanted, lambda name: column, pd.RangeIndex(2))
        (problem,) = caught.value.problems
        assert problem.where == HERE
        assert "'CAST(A AS DOUBLE) > 1'" in problem.found and "abc" in problem.found
        assert "TRY_CAST" in problem.do


def test_text_is_no_condition_and_a_condition_is_no_text():
    column, index = text(["x"]), pd.RangeIndex(1)
    text_array = sql.evaluate([sql.parse("A")], lambda name: column, index)[0]
    with pytest.raises(ProblemsFound, match="not a condition"):
        sql.truth(text_array, "A", HERE)
    true_array = sql.evaluate([sql.parse("A = 'x'")], lambda name: column, index)[0]
    with pytest.raises(ProblemsFound, match="CASE WHEN"):
        sql.column_of(true_array, index, "A = 'x'", HERE)


def test_a_result_that_sdtm_has_no_form_for_is_refused():
    index = pd.RangeIndex(1)
    array = sql.evaluate([sql.parse("[A, A]")], lambda name: text(["x"]), index)[0]
    with pytest.raises(ProblemsFound, match="no SDTM form"):
        sql.column_of(array, index, "[A, A]", HERE)


def test_many_rows_keep_their_order():
    values = [str(number) for number in range(300_000)]
    column = text(values)
    array = sql.evaluate([sql.parse("A || ''")], lambda name: column, pd.RangeIndex(len(values)))[0]
    assert array.to_pylist() == values


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the time zone of a process cannot be set here")
def test_the_machine_s_time_zone_does_not_matter(monkeypatch):
    clause = "strftime(CAST(A AS TIMESTAMPTZ), '%H:%M')"
    before = given(clause, A=["2024-03-01 10:00:00+00"])
    monkeypatch.setitem(os.environ, "TZ", "Asia/Tokyo")
    time.tzset()
    try:
        sql._engine.cache_clear()
        assert given(clause, A=["2024-03-01 10:00:00+00"]) == before == ["10:00"]
    finally:
        monkeypatch.undo()
        time.tzset()
        sql._engine.cache_clear()
