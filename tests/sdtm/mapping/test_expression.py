"""``expr:`` through a whole conversion of an invented study."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

STUDY = """
    study: X1
    raw: {datasets: {dm: {file: dm.csv}}}
    subject: {SUBJID: PATNUM, USUBJID: "{STUDYID}-{SUBJID}"}
"""
RAW = {"dm.csv": "PATNUM,NOTE\n01-007,\n02,a-b\n"}


def site(convert_study: Callable[..., Any], expression: str) -> list[object]:
    domain = f'domain: DM\nsources:\n  - from: dm\n    map:\n      SITEID: {{expr: "{expression}"}}\n'
    made = convert_study(STUDY, {"dm": domain}, RAW)
    return made.datasets["DM"].frame["SITEID"].astype(object).tolist()


def test_a_part_of_a_text(convert_study: Callable[..., Any]) -> None:
    assert site(convert_study, "split_part(PATNUM, '-', 1)") == ["01", "02"]


def test_an_empty_text_is_missing(convert_study: Callable[..., Any]) -> None:
    """02 has no second part, for which SQL gives an empty text."""
    first, second = site(convert_study, "split_part(PATNUM, '-', 2)")
    assert first == "007" and second != second


@pytest.mark.parametrize("expression", ["coalesce(NOTE, '')", "concat(NOTE)"])
def test_nothing_concatenated_is_missing(convert_study: Callable[..., Any], expression: str) -> None:
    first, second = site(convert_study, expression)
    assert first != first and second == "a-b"
