"""Limits out of a table of reference ranges; tables are invented."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from pydantic import ValidationError

from sdtm.columns import text
from sdtm.mapping.range_lookup import RangeLookup, range_lookup
from sdtm.mapping.registry import catalogue
from specs.problems import ProblemsFound

PARAMS = {
    "range": "ranges",
    "by": {"LAB": "L", "SEX": "S"},
    "between": {"D": ["FROM", "TO"]},
    "unit": {"UNIT": "U"},
    "take": "LOW",
}


def table(lines: str) -> pd.DataFrame:
    head, *rows = [line.split(",") for line in lines.strip().splitlines()]
    return pd.DataFrame({name: text([row[i] or None for row in rows]) for i, name in enumerate(head)})


def looked_up(block: str, ranges: str, **said: Any) -> list[str | None]:
    params = RangeLookup.model_validate({**PARAMS, **said})
    made = range_lookup(table(block), params, {"ranges": table(ranges)})
    return [value if isinstance(value, str) else None for value in made.astype(object)]


def losses(block: str, ranges: str) -> dict[str, list[str]]:
    params = RangeLookup.model_validate(PARAMS)
    found = catalogue()["range_lookup"].losses
    assert found is not None
    told = found(table(block), params, tables={"ranges": table(ranges)})
    return {loss.rule: loss.reasons.dropna().tolist() for loss in told if loss.reasons.notna().any()}


def test_a_range_is_valid_from_a_date_to_a_date() -> None:
    ranges = "LAB,SEX,FROM,TO,UNIT,LOW\nA,,,2024-02-29,g/L,115\nA,,2024-03-01,,g/L,120\n"
    block = "L,S,D,U\nA,F,2024-02-29T08:00,g/L\nA,F,2024-03-01,g/L\nA,F,2024,g/L\nA,F,,g/L\n"
    assert looked_up(block, ranges) == ["115", "120", None, None]  # 2024 alone may be before or after


def test_both_ends_of_a_number_are_included() -> None:
    ranges = "LAB,SEX,FROM,TO,UNIT,LOW\nA,,18,59,g/L,115\nA,,60,,g/L,110\n"
    assert looked_up("L,S,D,U\nA,F,17,g/L\nA,F,18,g/L\nA,F,59,g/L\nA,F,60,g/L\n", ranges) == [
        None,
        "115",
        "115",
        "110",
    ]


def test_the_row_that_says_more_counts() -> None:
    ranges = "LAB,SEX,FROM,TO,UNIT,LOW\n,,,,g/L,100\nA,,,,g/L,110\nA,F,,,g/L,115\n"
    block = "L,S,D,U\nA,F,1,g/L\nA,M,1,g/L\nB,F,1,g/L\nA,,1,g/L\n"
    assert looked_up(block, ranges) == ["115", "110", "100", "110"]


def test_a_result_without_a_unit_has_a_range_without_a_unit_only() -> None:
    ranges = "LAB,SEX,FROM,TO,UNIT,LOW\nA,,,,,4.5\nB,,,,g/L,115\n"
    assert looked_up("L,S,D,U\nA,F,1,\nB,F,1,\n", ranges) == ["4.5", None]
    assert losses("L,S,D,U\nA,F,1,\nB,F,1,\n", ranges) == {}


def test_each_way_to_find_nothing_has_its_name() -> None:
    ranges = "LAB,SEX,FROM,TO,UNIT,LOW\nA,F,,,,1\nB,F,,,g/dL,2\nC,F,,,g/L,3\nC,F,,,g/L,4\n"
    block = "L,S,D,U\nA,F,1,g/L\nB,F,1,g/L\nC,F,1,g/L\nD,F,1,g/L\n"
    assert losses(block, ranges) == {
        "range-without-unit": ["range without a unit for L A, S F, D 1, result in g/L"],
        "range-unit-differs": ["range in g/dL for L B, S F, D 1, result in g/L"],
        "range-ambiguous": ["ranges 3 and 4 for L C, S F, D 1"],
        "range-not-found": ["no range for L D, S F, D 1"],
    }
    assert looked_up(block, ranges) == [None] * 4


def test_equal_rows_are_one() -> None:
    ranges = "LAB,SEX,FROM,TO,UNIT,LOW\nA,F,,,g/L,3\nA,F,,,g/L,3\n"
    assert looked_up("L,S,D,U\nA,F,1,g/L\n", ranges) == ["3"]


def test_an_end_that_is_neither_number_nor_date_is_refused() -> None:
    with pytest.raises(ProblemsFound) as refused:
        looked_up("L,S,D,U\nA,F,1,g/L\n", "LAB,SEX,FROM,TO,UNIT,LOW\nA,F,adult,,g/L,3\n")
    (problem,) = refused.value.problems
    assert (problem.id, problem.found, problem.where.column) == ("bad-value", "'adult'", "ranges.FROM")


@pytest.mark.parametrize("change", [{"unit": {}}, {"by": {}}, {"between": {"D": ["FROM"]}}, {"units": "x"}])
def test_parameters_that_say_too_little_or_too_much_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        RangeLookup.model_validate({**PARAMS, **change})
