"""Rules on trial design as the spec writes it. Invented studies; sources: SDTMIG 3.4, section 7, and its variables with
core Req (ARM, EPOCH, TESTRL, TVSTRL, IETEST …); CORE-000027, -000145, -000220, -000356, -000779.

That the checks of a run say the same: tests/sdtm/test_lint_study.py.
"""

from __future__ import annotations

from typing import Any

import pytest

from specs.drafts import DRAFT
from specs.lint import DESIGN_RULES, RULES, lint
from specs.model import Study
from specs.rules.visits import overlapping_windows

VISIT = {"VISITNUM": "1", "VISIT": "DAY 1", "TVSTRL": "First dose"}
ELEMENT = {
    "ETCD": "TRT",
    "ELEMENT": "Treatment",
    "EPOCH": "TREATMENT",
    "TESTRL": "First dose",
    "TEENRL": "Last dose",
}
ARM = {"ARMCD": "A", "ARM": "Drug A", "elements": ["TRT"]}
CRITERION = {"IETESTCD": "INCL01", "IETEST": "Adult", "IECAT": "INCLUSION"}


def told(**parts: Any) -> list[tuple[str, str, str]]:
    design = {"visits": [VISIT], "elements": [ELEMENT], "arms": [ARM], "criteria": [CRITERION]}
    study = Study.model_validate({"study": "X1", **design, **parts})
    return [(p.id, p.severity, p.found) for p in lint(study, DESIGN_RULES)]


def test_a_sound_design_is_nothing_to_talk_about() -> None:
    assert told() == []
    assert told(elements=[{**ELEMENT, "TEENRL": "", "TEDUR": "P28D"}]) == []


def test_without_arms_no_design_is_written_but_criteria() -> None:
    assert (
        told(arms=[], visits=[{**VISIT, "TVSTRL": ""}], elements=[{**ELEMENT, "TESTRL": "", "TEENRL": ""}])
        == []
    )
    assert [rule for rule, *_ in told(arms=[], criteria=[{**CRITERION, "IETESTCD": "1ST"}])] == [
        "invalid-short-name"
    ]


def test_required_texts_are_told_once_for_each_variable() -> None:
    visits = [
        {"VISITNUM": str(i), "VISIT": f"DAY {i}", "TVSTRL": rule}
        for i, rule in [(1, "Dose"), (8, ""), (9, " ")]
    ]
    assert told(visits=visits) == [
        ("required-value-missing", "error", "no TVSTRL in 2 records of TV: DAY 8, DAY 9"),
    ]
    assert told(elements=[{**ELEMENT, "TESTRL": ""}])[0][2] == "no TESTRL in 1 record of TE: TRT"
    assert told(elements=[{**ELEMENT, "EPOCH": ""}])[0][2] == "no EPOCH in 1 record of TA: A TRT"
    assert (
        told(elements=[{**ELEMENT, "EPOCH": ""}], arms=[{**ARM, "elements": [{"ETCD": "TRT", "EPOCH": "X"}]}])
        == []
    )
    assert told(arms=[{**ARM, "ARM": ""}])[0][2] == "no ARM in 1 record of TA: A"
    assert told(criteria=[{**CRITERION, "IETEST": ""}])[0][2] == "no IETEST in 1 record of TI: INCL01"


@pytest.mark.parametrize("duration", ["28 days", "28", "P", "P4W2D3", "P28"])
def test_a_duration_is_of_iso_8601(duration: str) -> None:
    assert told(elements=[{**ELEMENT, "TEDUR": duration}]) == [
        ("not-iso8601-duration", "error", f"TEDUR {duration!r}"),
    ]


def test_an_element_ends_by_a_rule_or_after_a_time() -> None:
    assert told(elements=[{**ELEMENT, "TEENRL": ""}]) == [
        ("element-without-end-rule", "error", "element TRT with neither TEENRL nor TEDUR"),
    ]


def test_codes_are_short() -> None:
    assert told(arms=[{**ARM, "ARMCD": "A" * 20}]) == []
    assert told(arms=[{**ARM, "ARMCD": "A" * 21}]) == [
        ("name-too-long", "error", f"ARMCD '{'A' * 21}', 21 characters"),
    ]
    for code in ("INCL00001", "1INCL", "INCL-1", "EIN 1"):
        assert told(criteria=[{**CRITERION, "IETESTCD": code}])[0][:2] == ("invalid-short-name", "error")


def test_a_criterion_stands_once_in_a_version() -> None:
    versions = [{**CRITERION, "TIVERS": "1"}, {**CRITERION, "TIVERS": "2"}]
    assert told(criteria=versions) == []
    assert told(criteria=[*versions, versions[1]]) == [
        ("criterion-repeated", "error", "IETESTCD 'INCL01' of version 2 again"),
    ]


def test_what_is_accepted_is_a_note_and_what_a_draft_lacks_a_warning() -> None:
    bare = [{**VISIT, "TVSTRL": ""}]
    for key in ("required-value-missing", "required-value-missing:TV", "required-value-missing:TV.TVSTRL"):
        assert [severity for _, severity, _ in told(visits=bare, accept={key: "see the protocol"})] == [
            "note"
        ]
    assert told(visits=bare, accept={"required-value-missing:TE": "other"})[0][1] == "error"
    assert told(visits=[{**bare[0], "status": DRAFT}])[0][1] == "warning"


def test_what_a_run_finds_itself_does_not_stop_it() -> None:
    assert not set(DESIGN_RULES) & set(RULES)


def windows(*visits: tuple[str, str, str, str], assign: bool = False) -> list[tuple[str, str]]:
    """Visits as number, window, arm and the visit that it is counted from."""
    planned = [
        {"VISITNUM": number, "VISIT": f"VISIT {number}", "day": day, "ARMCD": arm, "counted_from": origin}
        for number, day, arm, origin in visits
    ]
    mode = "assign" if assign else "check"
    study = Study.model_validate({"study": "X1", "visits": planned, "visit_windows": mode})
    assert overlapping_windows in RULES
    return [(p.severity, p.found) for p in lint(study) if p.id == "visit-windows-overlap"]


def test_windows_of_one_arm_do_not_overlap() -> None:
    first, second = ("2", "6..10", "", ""), ("3", "10..14", "", "")
    overlap = "VISIT 3 (10..14) and VISIT 2 (6..10)"
    assert windows(first, second, assign=True) == [("warning", overlap)]
    assert windows(first, second) == [("note", overlap)]  # the visit of each record is known
    assert windows(first, ("3", "11..14", "", ""), assign=True) == []
    assert windows(("2", "6..10", "A", ""), ("3", "10..14", "B", ""), assign=True) == []
    assert windows(("2", "6..10", "A", ""), second, assign=True) == [("warning", overlap)]
    assert windows(first, ("2", "8..12", "B", ""), assign=True) == []  # the same visit
    assert windows(first, ("3", "10..14", "", "VISIT 2"), assign=True) == []  # days from another visit
