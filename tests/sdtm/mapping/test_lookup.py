"""A value out of a table of codes."""

from __future__ import annotations

import pandas as pd
import pytest
from pydantic import ValidationError

from sdtm.columns import text
from sdtm.mapping.lookup import Lookup, lookup
from specs.problems import ProblemsFound


def table(**columns: list[str | None]) -> pd.DataFrame:
    return pd.DataFrame({name: text(values) for name, values in columns.items()})


def looked_up(block: pd.DataFrame, codes: pd.DataFrame, **said) -> list[str | None]:
    params = Lookup.model_validate({"lookup": "codes", "by": {"CODE": "X"}, "take": "NAME", **said})
    made = lookup(block, params, {"codes": codes})
    return [value if isinstance(value, str) else None for value in made.astype(object)]


CODES = table(CODE=["1", "01", "2", None], NAME=["A", "B", None, "NOBODY"])


def test_codes_are_texts():
    assert looked_up(table(X=["01", "1", "1.0", None]), CODES) == ["B", "A", None, None]


def test_a_row_without_a_name_gives_no_name():
    assert looked_up(table(X=["2"]), CODES) == [None]


def test_several_keys():
    codes = table(SITE=["1", "2"], NO=["7", "7"], NAME=["A", "B"])
    assert looked_up(table(S=["2", "1"], N=["7", "8"]), codes, by={"SITE": "S", "NO": "N"}) == ["B", None]


def test_equal_rows_are_one():
    assert looked_up(table(X=["1"]), table(CODE=["1", "1"], NAME=["A", "A"])) == ["A"]


def test_a_key_with_two_names_stops_the_run_and_is_shown():
    with pytest.raises(ProblemsFound) as caught:
        looked_up(table(X=["9"]), table(CODE=["1", "1", "2"], NAME=["A", "B", "C"]))
    (problem,) = caught.value.problems
    assert problem.id == "lookup-not-unique"
    assert "more than one NAME" in problem.found and "'1'" in problem.found and "'2'" not in problem.found


def test_a_name_and_none_for_one_key_are_two_answers():
    with pytest.raises(ProblemsFound, match="lookup-not-unique"):
        looked_up(table(X=["1"]), table(CODE=["1", "1"], NAME=["A", None]))


def test_an_empty_table_knows_nothing():
    assert looked_up(table(X=["1", None]), table(CODE=[], NAME=[])) == [None, None]


def test_a_lookup_needs_a_key():
    with pytest.raises(ValidationError):
        Lookup.model_validate({"lookup": "codes", "by": {}, "take": "NAME"})
