"""The list of finding ids is that of the code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import sdtm
import validation
from sdtm.finding_rules import CONVERSION_RULES, finding_rules


def literals(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)


def ids_in_code() -> set[str]:
    """First arguments of ``Finding(...)`` and of an algorithm's ``Loss(...)`` that stand there as text."""
    found: set[str] = set()
    for package in (sdtm, validation):
        for path in sorted(Path(package.__path__[0]).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Finding", "Loss"):
                    given = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "rule")]
                    found |= {text for argument in given for text in literals(argument)}
    return found


def test_every_finding_that_is_made_has_its_id_in_the_list():
    assert ids_in_code() <= finding_rules()
    assert len(ids_in_code()) > 15


def test_no_id_of_the_list_is_invented():
    """The three that the contract of algorithms tells are written there as arguments, not in a Finding."""
    assert CONVERSION_RULES - ids_in_code() == {"not-a-number", "undeclared-term", "unmapped-term"}


def test_algorithms_checks_and_schemas_are_there_too():
    assert {
        "date-not-read",
        "not-in-lookup",
        "value-lost",
        "study-day-zero",
        "label-too-long",
    } <= finding_rules()
