"""``sdtm validate --rules``: our checks, and the published rules they cover."""

from __future__ import annotations

import json


def test_rules_are_listed_with_what_they_cover(sdtm) -> None:
    outcome = sdtm("validate", "--rules")
    assert outcome.code == 0
    words = " ".join(outcome.out.split())
    assert "study-day-zero [error, record, SDTM] our own" in words
    assert "CORE-000007 CG0435 FB0606 record death-date-without-flag" in words
    assert "430 published rules:" in outcome.out


def test_rules_are_there_for_programs(sdtm) -> None:
    told = json.loads(sdtm("validate", "--rules", "--format", "json").out)
    assert told["counts"]["published"] == len(told["published"]) == 430
    check = next(check for check in told["checks"] if check["id"] == "placebo-with-dose")
    assert check["references"] == ["CORE-000005", "CG0102"]
    assert not check["own"]


def test_a_workbook_of_rules_is_refused(sdtm) -> None:
    outcome = sdtm("validate", "--rules", "--format", "xlsx")
    assert outcome.code == 2
    assert 'found     "xlsx"' in outcome.err


def test_without_a_folder_it_says_what_to_do(sdtm) -> None:
    outcome = sdtm("validate")
    assert outcome.code == 2
    assert "error[no-folder]" in outcome.err
    assert "sdtm validate --rules" in outcome.err
