"""What the model allows at a place."""

from __future__ import annotations

from typing import Any

import pytest

from specs import shape
from specs.model import Codelist, Domain, Join, NotDone, RawDataset, Study


def at(*path: str | int) -> Any:
    annotation: Any = Study
    for step in path:
        annotation = shape.below(annotation, step)
    return annotation


@pytest.mark.parametrize(
    ("path", "node"),
    [
        (("codelists", "SEV"), Codelist),
        (("raw", "datasets", "ae"), RawDataset),
        (("sdtm", "AE", "sources", 0, "join", 1), Join),
        (("sdtm", "AE", "sources", 0, "not_done"), NotDone),
        (("sdtm", "AE", "sources", 0, "not_done", 0), NotDone),
        (("codelists", "SEV", "terms", "1"), None),
        (("sdtm", "AE", "sources", "0"), None),
        (("nothing", "here", 0), None),
    ],
)
def test_a_path_leads_to_its_model(path: tuple[str | int, ...], node: object) -> None:
    assert shape.node_in(at(*path)) is node


@pytest.mark.parametrize(
    ("path", "mixes"),
    [
        ((), True),
        (("raw", "datasets"), True),
        (("unscheduled",), True),
        (("codelists", "SEV", "terms"), True),
        (("sdtm", "DM", "reference_dates", "RFSTDTC"), True),
        (("subject",), True),
        (("subject", "USUBJID"), False),
        (("visits",), False),
        (("raw", "missing"), False),
        (("study",), False),
        (("sdtm", "DM", "collapse", "by"), False),
        (("unknown",), False),
    ],
)
def test_layers_mix_keys_but_not_lists_and_rules(path: tuple[str | int, ...], mixes: bool) -> None:
    assert shape.merges(at(*path)) is mixes


def test_keys_are_those_that_a_spec_writes() -> None:
    assert list(shape.keys(Join))[:2] == ["with", "by"]
    assert "class" in shape.keys(Domain) and "class_" not in shape.keys(Domain)


def test_homes_are_told_once_and_the_nearest_to_the_top_first() -> None:
    assert shape.homes(Domain, "map") == [("sources",), ("sources", "findings")]
    assert shape.homes(Domain, "form") == [("sources", "not_done")]
    assert shape.homes(Study, "study") == [()]
    assert shape.homes(Study, "nowhere") == []
