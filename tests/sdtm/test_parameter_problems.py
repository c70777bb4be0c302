"""Complaints about parameters as problems. Expected texts are worked out from the model below."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sdtm.parameter_problems import keys_of, parameter_problems, refusals
from specs.location import Location


class Window(BaseModel):
    model_config = ConfigDict(extra="forbid")
    first: int = Field(alias="from")


class Step(BaseModel):
    model_config = ConfigDict(extra="forbid")
    by: str
    windows: list[Window] = []


def error_of(values: dict[str, Any]) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        Step.model_validate(values)
    return caught.value


def told(values: dict[str, Any], **options: Any) -> list[tuple[str, str, str, str]]:
    found = parameter_problems(
        error_of(values), "visit", values, keys_of(Step), lambda *key: Location(key=".".join(key)), **options
    )
    return [(p.id, p.where.key, p.found, p.do) for p in found]


def test_keys_are_told_as_the_spec_writes_them() -> None:
    assert keys_of(Window) == ["from"] and keys_of(Step) == ["by", "windows"]


def test_unknown_missing_and_bad_keys_are_told_once_each() -> None:
    values = {"window": 1, "windows": [{"from": "x", "to": 1}, {}]}
    assert told(values) == [
        ("missing-key", "by", "visit without 'by'", ""),
        ("bad-value", "windows", "windows.0.from: 'x'", ""),
        ("unknown-key", "window", "key 'window' of visit", "did you mean windows?"),
    ]
    assert told(values, dotted=False)[1] == ("bad-value", "windows", "windows: 'x'", "")


def test_what_is_wrong_further_down_is_no_key_of_the_step() -> None:
    found = [(r.id, r.dotted) for r in refusals(error_of({"by": "x", "windows": [{}, {"from": 1, "to": 2}]}))]
    assert found == [("bad-value", "windows.0.from"), ("bad-value", "windows.1.to")]
