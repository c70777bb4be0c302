"""The spec model by itself: strict values, one or many, equality."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from specs.location import Location
from specs.model import Domain, Join, NotDone, RawDataset, Source, Study, Visit


def test_python_may_use_typed_values_and_field_names() -> None:
    dataset = RawDataset(file="ae.csv", header_row=3, lookup=True, key=("A", "B"))
    assert (
        RawDataset.model_validate({"file": "ae.csv", "header_row": "3", "lookup": "true", "key": ["A", "B"]})
        == dataset
    )
    assert Source(from_="ae") == Source.model_validate({"from": "ae"})


@pytest.mark.parametrize("value", [True, 1.0, "1.0", "1_0", " 1", "", None, "1" * 30])
def test_a_number_is_digits_or_an_int(value: Any) -> None:
    with pytest.raises(ValidationError):
        RawDataset.model_validate({"file": "a", "header_row": [value] if value is None else value})


def test_nothing_is_absent_but_an_unknown_key_is_not() -> None:
    assert RawDataset.model_validate({"file": "a", "missing": None, "key": None}) == RawDataset(file="a")
    with pytest.raises(ValidationError, match="fiel"):
        RawDataset.model_validate({"file": "a", "fiel": None})


@pytest.mark.parametrize(
    ("value", "day"), [({"-28..-1": None}, "-28..-1"), ("-28..-1", "-28..-1"), ("1", "1"), (None, "")]
)
def test_a_window_of_days_may_stand_in_braces(value: Any, day: str) -> None:
    assert Visit.model_validate({"VISITNUM": "1", "VISIT": "A", "day": value}).day == day


@pytest.mark.parametrize("value", [{"1": "2"}, {"1": None, "2": None}, {}, ["1"]])
def test_other_braces_are_no_window(value: Any) -> None:
    with pytest.raises(ValidationError):
        Visit.model_validate({"VISITNUM": "1", "VISIT": "A", "day": value})


def test_one_text_is_a_list_of_one() -> None:
    join = {"with": "x", "by": {"A": "B"}, "expect": "one"}
    assert Join.model_validate({**join, "take": "C"}).take == ("C",)
    assert Join.model_validate({**join, "take": ["C", "D"]}).take == ("C", "D")
    assert Join.model_validate({**join, "take": {"C": "E"}}).take == {"C": "E"}


def test_not_done_keeps_its_form() -> None:
    assert Source.model_validate({"not_done": {"where": "A"}}).not_done == NotDone(where="A")
    assert Source(not_done=NotDone(where="A")).not_done == NotDone(where="A")
    assert Source.model_validate({"not_done": [{"where": "A"}]}).not_done == (NotDone(where="A"),)


@pytest.mark.parametrize("rule", ["", {}, [], None, 3])
def test_a_rule_says_something(rule: Any) -> None:
    with pytest.raises(ValidationError):
        Source.model_validate({"map": {"AETERM": rule}})


def test_a_rule_is_kept_as_it_stands() -> None:
    rule = {"choices": {"A": None}, "terms": [{"x": ["y"]}]}
    assert Source.model_validate({"map": {"RACE": rule}}).map["RACE"] == rule


@pytest.mark.parametrize("code", ["AE", "RELREC", "APDM", "QS36"])
def test_a_domain_code_is_in_capitals(code: str) -> None:
    assert Domain(domain=code).domain == code
    with pytest.raises(ValidationError):
        Domain(domain=code.lower())


@pytest.mark.parametrize(
    "text", ["2025-03-28", "2025-3-28T00:00:00", "2025-02-30T00:00:00", "2025-03-28T24:00:00"]
)
def test_created_is_a_real_date_and_time(text: str) -> None:
    with pytest.raises(ValidationError):
        Study(study="S", created=text)


def test_studies_are_equal_when_they_say_the_same() -> None:
    here = (
        Study(study="S").with_locations({(): Location("a.yaml", 1)}).with_origin(Path("a"), [("a.yaml", "1")])
    )
    assert here == Study(study="S")
    assert here != Study(study="T")
    assert here != "S"
    assert Study(study="S").folder == Path()
