"""Words for the other forms of datasets. Expected: what `sdtm package --also` offers, json, ndjson and parquet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sdtm.cli import app
from sdtm.run_study import run
from sdtm.submission.forms import Form, checked_forms
from sdtm.submission.package import package
from specs.problems import ProblemsFound


def test_known_words_are_forms_each_once() -> None:
    assert checked_forms(["parquet", "json", "parquet"]) == (Form.parquet, Form.json)
    assert checked_forms(()) == ()


@pytest.mark.parametrize(
    ("given", "found", "do"),
    [
        (["json", "xml", "parket"], ["'xml'", "'parket'"], ["", "did you mean parquet?"]),
        (["JSON"], ["'JSON'"], ["did you mean json or ndjson?"]),
        ("json", ["'json'"], ["write also=['json']"]),
        ("jsn", ["'jsn'"], ["did you mean json or ndjson?"]),
    ],
)
def test_unknown_words_are_told_with_the_known_ones(given: Any, found: list[str], do: list[str]) -> None:
    with pytest.raises(ProblemsFound) as refused:
        checked_forms(given)
    problems = refused.value.problems
    assert [problem.found for problem in problems] == found
    assert [problem.do for problem in problems] == do
    assert {(p.id, p.expected) for p in problems} == {
        ("unknown-form", "one or more of json, ndjson, parquet, in a list")
    }


@pytest.mark.parametrize("call", [run, package])
def test_a_study_is_not_run_for_a_form_that_there_is_not(call: Any, tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound) as refused:
        call("lxi15029", tmp_path / "out", also=["xml"])
    assert [problem.id for problem in refused.value.problems] == ["unknown-form"]
    assert not (tmp_path / "out").exists()


def test_the_command_offers_the_same_words(tmp_path: Path) -> None:
    shown = CliRunner().invoke(app, ["package", "lxi15029", "--out", str(tmp_path / "p"), "--also", "xml"])
    assert shown.exit_code == 2
    assert all(form.value in shown.output for form in Form)
