"""A text with columns in braces."""

from __future__ import annotations

import pandas as pd
import pytest
from pydantic import ValidationError

from sdtm.columns import text
from sdtm.mapping.template import Filled, template


def filled(pattern: str, **columns: list[str | None]) -> list[str | None]:
    block = pd.DataFrame({name: text(values) for name, values in columns.items()})
    made = template(block, Filled(template=pattern))
    return [value if isinstance(value, str) else None for value in made.astype(object)]


def test_zeros_stay_and_a_missing_part_leaves_nothing():
    assert filled("ABC-{S}-{P}", S=["01", "01"], P=["007", None]) == ["ABC-01-007", None]


def test_a_column_twice_and_text_around():
    assert filled("{P}/{S}/{P}.", S=["1"], P=["2"]) == ["2/1/2."]


def test_values_are_not_interpreted():
    assert filled("{A}-{B}", A=["{B}"], B=["\\1%s{A}"]) == ["{B}-\\1%s{A}"]


@pytest.mark.parametrize("pattern", ["ABC", "", "{}", "{A", "A}-{B}", "{A}{"])
def test_a_text_without_columns_or_with_a_lonely_brace_is_refused(pattern):
    with pytest.raises(ValidationError):
        Filled(template=pattern)


def test_the_study_alone_asks_for_no_value():
    from sdtm.mapping.registry import catalogue

    collected = catalogue()["template"].collected
    assert collected is not None
    columns = {"STUDYID": text(["X", "X"]), "P": text([None, "1"])}
    assert list(collected(columns, Filled(template="{STUDYID}-{P}"))) == [False, True]
    assert list(collected({"STUDYID": text(["X"])}, Filled(template="{STUDYID}"))) == [False]
