"""Whatever tree comes, the answer is a model or problems that name their place."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from specs import shape
from specs.model import Domain, Node, Study
from specs.model_errors import build, describe
from specs.yaml_text import parse


def vocabulary(model: type[Node], seen: set[type[Node]]) -> set[str]:
    """Every key of a model and of all below it."""
    words = set(shape.keys(model))
    for field in shape.keys(model).values():
        pending = [field.annotation]
        while pending:
            annotation = pending.pop()
            node = shape.node_in(annotation)
            if node and node not in seen:
                seen.add(node)
                words |= vocabulary(node, seen)
            pending += [inside for step in ("x", 0) if (inside := shape.below(annotation, step)) and not node]
    return words


WORDS = sorted(vocabulary(Study, set()) | {"AE", "x", "(keys)", "(list)", "str", "0"})
values = st.recursive(
    st.none() | st.sampled_from(["", "AE", "1", "true", "one", "date"]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(WORDS), below, max_size=4),
    max_leaves=25,
)
trees = st.dictionaries(st.sampled_from(WORDS), values, max_size=5)


def test_the_vocabulary_of_the_property_below_is_the_whole_one() -> None:
    assert {"study", "datasets", "header_row", "from", "expect", "earliest", "standard_unit", "form"} <= set(
        WORDS
    )


@settings(deadline=None)
@given(trees)
def test_any_tree_is_a_study_or_problems_with_a_line(tree: dict[str, Any]) -> None:
    model: type[Node]
    for model in (Study, Domain):
        # JSON is YAML; one value a line, so that lines mean something.
        made, problems = build(model, parse(json.dumps(tree, indent=1), "x.yaml"))
        assert (made is None) == bool(problems)
        assert all(p.where.file == "x.yaml" and p.where.line and p.found and p.expected for p in problems)


def test_the_marks_of_the_two_forms_never_show() -> None:
    text = "sources: [{not_done: [{form: [x]}], join: [{take: [[x]]}]}, "
    text += "{not_done: {form: [x]}, join: [{take: {a: [x]}}]}]"
    _, problems = build(Domain, parse(text, "x.yaml"))
    keys = [problem.where.key for problem in problems if problem.id == "bad-value"]
    assert sorted(keys) == [
        "sources[1].join[1].take[1]",
        "sources[1].not_done[1].form",
        "sources[2].join[1].take.a",
        "sources[2].not_done.form",
    ]


def test_a_missing_key_beside_its_typo_is_told_once() -> None:
    _, problems = build(
        Study, parse("study: S\nraw:\n  datasets:\n    ae: {fil: a.csv}\n    dm: {key: X}\n", "x.yaml")
    )
    assert [(p.id, p.where.line, p.where.key) for p in problems] == [
        ("unknown-key", 4, "raw.datasets.ae.fil"),
        ("missing-key", 5, "raw.datasets.dm.file"),
    ]


def test_values_are_described_as_people_would() -> None:
    assert describe(None) == "nothing"
    assert describe("a\nb") == '"a\\nb"'
    assert describe({}) == "{}"
    assert describe({"a": 1, "b": 2}) == "keys and values: a, b"
    assert describe([]) == "an empty list"
    assert describe(["x"]) == "a list of 1"
    assert len(describe("x" * 1000)) == 82
