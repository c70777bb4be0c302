"""All rules of a spec together."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

from specs import load_study
from specs.lint import RULES, lint


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.__module__}.{rule.__name__}")
def test_every_rule_says_what_it_asks_for(rule):
    assert inspect.getdoc(rule)


def test_every_function_of_a_rule_module_that_takes_a_spec_is_listed():
    modules = {rule.__module__ for rule in RULES}
    found = {
        f"{name}.{function}"
        for name in modules
        for function, value in vars(sys.modules[name]).items()
        if inspect.isfunction(value)
        and value.__module__ == name
        and not function.startswith("_")
        and list(inspect.signature(value).parameters) == ["spec"]
    }
    assert found == {f"{rule.__module__}.{rule.__name__}" for rule in RULES}


def test_problems_come_by_their_places_and_an_unknown_standard_has_a_place(build_study):
    yaml = 'study: X1\nstandards:\n  ct: "1999-01-01"\nvisits: [{VISITNUM: x, VISIT: A}]\n'
    (problem,) = lint(load_study(build_study(yaml, {}, {})))
    assert (problem.id, problem.where.file, problem.where.line) == ("unknown-ct-version", "study.yaml", 3)


def test_no_pandas_is_needed():
    code = "import sys, specs.lint; sys.exit('pandas' in sys.modules or 'duckdb' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_study_without_anything_has_nothing_wrong(build_study):
    assert lint(load_study(build_study("study: X1\n", {}, {}))) == []
