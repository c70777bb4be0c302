"""SQL conditions as where clauses: what has that form, what has not, and that both select the same records."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdtm.derivations.condition import is_true
from sdtm.submission.define_clauses import selected
from sdtm.submission.define_conditions import conditions_of_sql


def told(text: str) -> list[tuple[str, str, tuple[str, ...]]] | None:
    found = conditions_of_sql(text)
    return None if found is None else [(each.variable, each.comparator, each.values) for each in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SAFFL = 'Y'", [("SAFFL", "EQ", ("Y",))]),
        ("AVAL >= -1.5", [("AVAL", "GE", ("-1.5",))]),
        ("A <> 'it''s'", [("A", "NE", ("it's",))]),
        ("A IN ('x', 'y') AND B NOT IN (1)", [("A", "IN", ("x", "y")), ("B", "NOTIN", ("1",))]),
        (
            "(A = 'AND') and (B BETWEEN 1 AND 2)",
            [("A", "EQ", ("AND",)), ("B", "GE", ("1",)), ("B", "LE", ("2",))],
        ),
        ("TRUE", []),
        ("", []),
    ],
)
def test_conditions_that_a_clause_can_say(text: str, expected: list[Any]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "A = 'x' OR B = 'y'",
        "A IS NULL",
        "NOT A = 'x'",
        "A = B",
        "upper(A) = 'X'",
        "A + 1 > 2",
        "A LIKE 'x%'",
        "A = 'x' B",
        "A = 'x' AND",
        "(" * 60 + "A = 1" + ")" * 60,
    ],
)
def test_others_stay_text(text: str) -> None:
    assert told(text) is None


_TEXTS = st.sampled_from(["HEADACHE", "RASH", "it's", "x"])
_NUMBERS = st.sampled_from(["1", "2.5", "-1", "3"])


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


_PARTS = st.one_of(
    st.builds(
        lambda sign, text: f"AETERM {sign} {_quoted(text)}", st.sampled_from(["=", "<>", "!="]), _TEXTS
    ),
    st.builds(
        lambda word, texts: f"AETERM {word} ({', '.join(map(_quoted, texts))})",
        st.sampled_from(["IN", "NOT IN"]),
        st.lists(_TEXTS, min_size=1, max_size=3),
    ),
    st.builds(
        lambda sign, number: f"AESEQ {sign} {number}",
        st.sampled_from(["=", "<>", "<", "<=", ">", ">="]),
        _NUMBERS,
    ),
    st.builds(lambda low, high: f"AESEQ BETWEEN {low} AND {high}", _NUMBERS, _NUMBERS),
)


@settings(max_examples=50)
@given(parts=st.lists(_PARTS, min_size=1, max_size=3))
def test_a_clause_selects_the_records_of_its_sql(dataset_of: Any, parts: list[str]) -> None:
    """DuckDB's own answer is the reference."""
    dataset = dataset_of(
        AETERM=["HEADACHE", "RASH", "it's", "x", "HEADACHE"], AESEQ=np.array([1.0, 2.5, -1.0, 3.0, 2.0])
    )
    text = " AND ".join(f"({part})" for part in parts)
    conditions = conditions_of_sql(text)
    assert conditions is not None
    rows = selected(dataset, conditions)
    assert rows is not None
    frame = dataset.frame.assign(AETERM=dataset.frame["AETERM"].astype("str"))
    assert rows.tolist() == np.asarray(is_true(frame, text)).tolist()
