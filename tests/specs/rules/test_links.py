"""Rules on links and specimens of a spec."""

from __future__ import annotations

from typing import Any

import pytest

from specs.model import Study
from specs.rules.links import links, specimens
from specs.rules.spec import Spec
from specs.standards import ct_folder, implementation_guide, terminology

DOMAINS = {name: {"domain": name} for name in ("TU", "TR", "PC", "AE", "CM")}


def told(**said: Any) -> list[tuple[str, str]]:
    study = Study.model_validate({"study": "X", "sdtm": DOMAINS, **said})
    spec = Spec(study, implementation_guide(), terminology("2025-03-28", folder=ct_folder()))
    return [(problem.id, problem.found) for rule in (links, specimens) for problem in rule(spec)]


GOOD: dict[str, Any] = {
    "records": {"TU": "TULNKID", "TR": "TRLNKID"},
    "RELTYPE": {"TR": "MANY"},
    "alone": ["TU"],
}


def test_good_links_and_specimens() -> None:
    assert told(links=[GOOD], specimens={"PC": {"parent": "PCSPID"}}) == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"records": {"TU": "TULNKID", "TX": "TRLNKID"}}, ("unknown-domain", "dataset 'TX'")),
        ({"records": {"TU": "TULNKIT", "TR": "TRLNKID"}}, ("unknown-variable", "'TULNKIT' in TU")),
        ({"alone": ["CM"]}, ("unknown-domain", "alone 'CM'")),
        ({"RELTYPE": {"TR": "FEW"}}, ("bad-value", "RELTYPE 'FEW'")),
        ({"level": "record"}, ("bad-value", "RELTYPE at record level")),
    ],
)
def test_what_cannot_be_is_told(change: dict[str, Any], found: tuple[str, str]) -> None:
    assert found in told(links=[{**GOOD, **change}])


def test_a_relation_has_one_name() -> None:
    assert told(links=[GOOD, GOOD]) == [("duplicate-relation", "RELID TUTR a second time")]


def test_specimens_of_a_dataset_that_is_not_there() -> None:
    assert told(specimens={"GF": {}}) == [("unknown-domain", "dataset 'GF'")]
    assert told(specimens={"PC": {"parent": "PCPARENT"}}) == [("unknown-variable", "'PCPARENT' in PC")]
