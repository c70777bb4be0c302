"""Findings of two deliveries by their ids, or by what they say."""

from __future__ import annotations

from sdtm.trace.diff.finding_changes import finding_changes

ONE = {"rule": "odd", "severity": "error", "dataset": "AE", "found": "x", "expected": "y", "count": 3}


def told(old, new, **options):  # type: ignore[no-untyped-def]
    changes = finding_changes(old, new, **options)
    return None if changes is None else [(c.status, c.rule, c.old, c.new) for c in changes]


def test_without_findings_of_both_there_is_nothing_to_compare():
    assert told(None, [ONE]) is None and told([ONE], None) is None
    assert told([], []) == []


def test_without_ids_a_finding_is_what_it_says():
    other = {**ONE, "rule": "even"}
    assert told([ONE, other], [{**ONE, "count": 5}, {**ONE, "found": "z"}]) == [
        ("new", "odd", 0, 3),
        ("fixed", "even", 3, 0),
        ("open", "odd", 3, 5),
    ]


def test_ids_count_where_all_findings_have_one():
    old, new = {**ONE, "id": "F-1"}, {**ONE, "id": "F-1", "found": "x and more", "comment": "queried"}
    (change,) = finding_changes([old], [new]) or []
    assert (change.status, change.id, change.found, change.comment) == (
        "open",
        "F-1",
        "x and more",
        "queried",
    )
    assert [status for status, *_ in told([old], [ONE]) or []] == [
        "open"
    ]  # one has none: compared by what they say


def test_only_findings_of_wanted_datasets_count():
    assert told([ONE], [{**ONE, "dataset": "LB"}], only=frozenset({"LB"})) == [("new", "odd", 0, 3)]


def test_odd_content_of_findings_is_no_defect():
    assert told([{}], [{"count": "many", "id": None}]) == [("open", "", 1, 1)]
