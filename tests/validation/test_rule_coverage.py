"""Which published rules our checks cover: the table is complete, and says nothing that is not so."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from pathlib import Path

from validation.known_defects import every_defect
from validation.published_rules import NOT_COVERED, published_rules
from validation.rule_coverage import checks, coverage, coverage_counts, rules_json, rules_text


def test_each_published_rule_stands_once() -> None:
    counts = Counter(published.rule for published in published_rules())
    assert [rule for rule, count in counts.items() if count > 1] == []
    assert len(counts) == 430  # as many as the README of the reference tables says


def test_the_published_ids_are_those_of_the_reference(shared: Path) -> None:
    path = shared / "reference" / "standards" / "core-rules-sdtmig34.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        expected = {
            row["rule"]: (
                tuple(row["cdisc_rules"].split()),
                tuple(row["fda_rules"].split()),
                row["sensitivity"].lower(),
            )
            for row in csv.DictReader(lines)
        }
    given = {p.rule: (p.cdisc, p.others, p.sensitivity) for p in published_rules()}
    assert given == expected


def test_a_rule_is_covered_by_a_check_or_says_why_not() -> None:
    assert [row.rule for row in coverage() if bool(row.covered_by) == bool(row.not_covered)] == []
    assert {row.not_covered for row in coverage()} <= {"", *NOT_COVERED}
    assert [row.rule for row in coverage() if row.not_covered and not row.remark] == []


def test_what_checks_cover_is_published() -> None:
    """A check that names an id which is in no table would claim a coverage that nobody can look up."""
    published = {name for p in published_rules() for name in (p.rule, *p.cdisc, *p.others)} | {"CG0001"}
    named = {source for defect in every_defect() for source in defect.sources}
    assert {name for name in named if re.fullmatch(r"(CORE-|CG|FB|TRC)\d+[a-z]?", name)} <= published


def test_each_check_is_covered_or_our_own() -> None:
    covering = {id for row in coverage() for id in row.covered_by}
    for check in checks():
        assert check.own == (not any(re.match(r"(CORE-|CG|FB|TRC|AD)\d", name) for name in check.references))
        assert not (check.own and check.id in covering)
        assert check.severity and check.sensitivity and check.says and check.expected


def test_the_counts_add_up() -> None:
    assert sum(coverage_counts().values()) == len(published_rules())


def test_the_texts_tell_each_check_and_each_published_rule() -> None:
    text, told = rules_text(), json.loads(rules_json())
    for name in (*(check.id for check in checks()), *(row.rule for row in coverage())):
        assert name in text
    assert {check["id"] for check in told["checks"]} == {check.id for check in checks()}
    assert told["counts"]["covered"] == sum(bool(row["covered_by"]) for row in told["published"])
