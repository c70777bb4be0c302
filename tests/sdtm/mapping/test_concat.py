"""Columns joined to one text."""

from __future__ import annotations

import pandas as pd
import pytest
from pydantic import ValidationError

from sdtm.columns import text
from sdtm.mapping.concat import Concat, concat

BLOCK = pd.DataFrame({"A": text(["LEFT", None, "LEFT", None]), "B": text(["ARM", "ARM", None, None])})


def joined(**said) -> list[str | None]:
    made = concat(BLOCK, Concat.model_validate({"concat": ["A", "B"], **said}))
    return [value if isinstance(value, str) else None for value in made.astype(object)]


def test_missing_parts_are_left_out_and_nothing_at_all_is_missing():
    assert joined() == ["LEFT ARM", "ARM", "LEFT", None]


def test_the_separator_and_the_order_are_the_spec_s():
    assert joined(separator=", ") == ["LEFT, ARM", "ARM", "LEFT", None]
    assert joined(concat=["B", "A"], separator="") == ["ARMLEFT", "ARM", "LEFT", None]


def test_one_column_is_itself():
    assert joined(concat="A") == ["LEFT", None, "LEFT", None]


def test_no_columns_are_refused():
    with pytest.raises(ValidationError):
        Concat.model_validate({"concat": []})
