"""Rules on what people say of define.xml (Define-XML 2.1 workbooks answer Yes or No)."""

from __future__ import annotations

import pytest

from specs.model import Study
from specs.rules import define
from specs.rules.spec import Spec
from specs.standards import ct_folder, implementation_guide, terminology


def told(**texts: str) -> list[tuple[str, str, str]]:
    sheet = {"Variables": {"rows": {"AE / AETERM": texts}}}
    study = Study.model_validate({"study": "X", "workbook": {"define": sheet}})
    spec = Spec(study, implementation_guide(), terminology("2025-03-28", folder=ct_folder()))
    return [(p.id, p.severity, p.found) for p in define.yes_or_no(spec)]


@pytest.mark.parametrize("text", ["Maybe", "Y", "yes", "Yes "])
def test_another_word_than_yes_or_no_is_told_and_does_not_count_as_no(text: str) -> None:
    assert told(Mandatory=text) == [("bad-value", "error", f"Mandatory {text!r}")]


def test_yes_no_and_nothing_are_answers_and_other_columns_are_free() -> None:
    assert told(Mandatory="Yes", Comment="Maybe") == told(Mandatory="No") == told(Mandatory="") == []
