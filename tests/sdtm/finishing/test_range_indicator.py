"""--NRIND of numbers. Expected values by counting on the number line; SDTMIG 3.4, 6.3.5.6 (LB)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm.columns import text
from sdtm.finishing.range_indicator import range_indicators


def indicator(result: str | None, low: str | None, high: str | None) -> str | None:
    made = range_indicators(*(text([value]) for value in (result, low, high))).astype(object).tolist()
    return made[0] if isinstance(made[0], str) else None


@pytest.mark.parametrize(
    ("result", "low", "high", "expected"),
    [
        ("3.4", "3.5", "5.1", "LOW"),
        ("3.5", "3.5", "5.1", "NORMAL"),
        ("3.50", "3.5", "5.1", "NORMAL"),
        ("5.1", "3.5", "5.1", "NORMAL"),
        ("5.11", "3.5", "5.1", "HIGH"),
        ("200", None, "<200", "HIGH"),  # "<200" is normal, so 200 is not
        ("199.9", None, "<200", "NORMAL"),
        ("60", ">60", None, "LOW"),
        ("61", ">60", None, "NORMAL"),
        ("<0.2", "0.3", "1.2", "LOW"),
        ("<0.3", "0.3", "1.2", "LOW"),  # everything below 0.3 is below the limit
        ("<=0.3", "0.3", "1.2", None),  # 0.3 itself would be normal
        ("<0.5", "0.3", "1.2", None),
        ("<0.5", "0", "5", "NORMAL"),
        ("<0.5", None, "5", "NORMAL"),
        ("<6", None, "5", None),
        (">100", "10", "90", "HIGH"),
        (">90", "10", "90", "HIGH"),
        (">=90", "10", "90", None),
        (">100", "60", None, "NORMAL"),
        (">50", "60", None, None),
        ("<-3", "-2", "2", "LOW"),
        ("TRACE", "3.5", "5.1", None),
        ("5", None, None, None),
    ],
)
def test_the_indicator_is_given_only_where_it_is_certain(
    result: str, low: str | None, high: str | None, expected: str | None
) -> None:
    assert indicator(result, low, high) == expected


@given(st.decimals(0, 50, places=2), st.decimals(0, 50, places=2), st.decimals(0, 50, places=2), st.data())
def test_what_is_said_of_an_operator_holds_for_every_value_it_may_mean(a, b, bound, data) -> None:
    low, high = sorted([a, b])
    sign = data.draw(st.sampled_from(["<", "<=", ">", ">="]))
    said = indicator(f"{sign}{bound}", str(low), str(high))
    value = data.draw(st.decimals(0, 60, places=3))
    meant = {"<": value < bound, "<=": value <= bound, ">": value > bound, ">=": value >= bound}[sign]
    if said is not None and meant:
        assert indicator(str(value), str(low), str(high)) == said


def test_numbers_that_only_exact_arithmetic_tells_apart() -> None:
    assert indicator("0.30000000000000000001", None, "0.3") == "HIGH"
    assert indicator("0.30", "0.3", "0.300") == "NORMAL"


def test_whole_columns_row_by_row() -> None:
    made = range_indicators(
        text(["1", None, "9", "x", "5"]), text(["2", "2", "2", "2", None]), text(["8"] * 4 + ["?"])
    )
    assert [value if isinstance(value, str) else None for value in made] == ["LOW", None, "HIGH", None, None]
