"""Questions to the sites: which findings, once each, in plain words. Findings and subjects are invented."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from openpyxl import load_workbook

from validation.findings import Finding, Origin, Place
from validation.queries import queries, settled
from validation.queries_workbook import HEADERS, queries_workbook
from validation.query_questions import GENERAL, question_of, questions
from validation.review import Known, Previous, Remark, Review, review

SITES = {"X1-001": "01", "X1-002": "02"}


def place(subject: str = "X1-001", line: str = "4", row: int = 7, **more: Any) -> Place:
    entered = more.pop("entered", (("ACN", "Action taken", "9"),))
    origin = Origin("ae", (("SUBJ", subject[-3:]), ("LINE", line)), entered, subject)
    return Place((("USUBJID", subject),), file="ae.csv", row=row, origin=origin, **more)


def finding(rule: str, *places: Place, **more: Any) -> Finding:
    told = {
        "severity": "error",
        "found": '"9"',
        "expected": "a term",
        "do": "map it",
        "dataset": "AE",
        **more,
    }
    return Finding(rule, places=places, count=len(places) or 1, **told)


def asked(*findings: Finding, previous: Previous | None = None) -> list[Any]:
    return queries(review(findings, previous), SITES)


def test_a_question_has_form_field_value_and_words() -> None:
    (query,) = asked(finding("unmapped-term", place()))
    assert (query.site, query.subject, query.forms) == ("01", "X1-001", ("ae (ae.csv)",))
    assert (query.record, query.rows) == ("SUBJ: 001; LINE: 4", ("ae.csv 7",))
    assert (
        query.entered == (("ACN", "Action taken", "9"),) and query.question.topic == "Answer not on the list"
    )


@pytest.mark.parametrize(
    ("told", "topic"),
    [
        (finding("unmapped-term", place()), "Answer not on the list"),
        (finding("some-new-rule", place(), do="query the site"), GENERAL.topic),
        (finding("some-new-rule", place(), do="Queries help"), GENERAL.topic),
        (finding("some-new-rule", place(), do="correct the mapping"), None),
        (finding("unmapped-term", place(), severity="note", do="accepted in the spec: query"), None),
        (finding("variable-order", do="sort"), None),
    ],
)
def test_who_can_answer(told: Finding, topic: str | None) -> None:
    question = question_of(told)
    assert (question.topic if question else None) == topic


def test_one_question_for_a_record_that_was_entered_twice_whatever_finds_it() -> None:
    """The raw rows, the records made of them and records of another dataset made of them."""
    twice = [place(row=7), place(row=9)]
    found = asked(
        finding("duplicate-row", *twice, dataset=""),
        finding("duplicate-record", *twice, severity="warning"),
        finding("duplicate-keys", *twice, dataset="VS"),
    )
    (query,) = found
    assert query.rows == ("ae.csv 7", "ae.csv 9") and len(query.issues) == 6


def test_other_records_and_other_fields_are_other_questions() -> None:
    other = place(entered=(("OUT", "", "8"),))
    assert len(asked(finding("unmapped-term", place(), place(line="5"), other))) == 3


def test_one_question_for_a_visit_however_many_records_it_has() -> None:
    window = {"found": "CYCLE 1 DAY 8 on study day 12", "severity": "warning"}
    (query,) = asked(
        finding("visit-out-of-window", place(line="1"), place(line="2"), **window),
        finding("visit-out-of-window", place(line="3"), dataset="VS", **window),
    )
    assert query.seen == window["found"] and query.entered == () and len(query.issues) == 3


def test_what_is_settled_is_not_asked_again() -> None:
    first = review([finding("unmapped-term", place())])
    for status, expected in (("query sent", 1), ("explained", 0), ("resolved", 0), ("will not fix", 0)):
        known = {issue.id: Known(issue.id, remark=Remark(status, "said")) for issue in first.issues}
        again = review([finding("unmapped-term", place())], Previous(known))
        assert len(queries(again, SITES)) == expected and settled(again) == 1 - expected


def test_what_is_of_no_subject_and_no_record_is_no_question() -> None:
    assert asked(finding("unmapped-term"), finding("unmapped-term", Place(value="x"))) == []


def test_questions_are_by_site_and_subject_and_unknown_sites_come_last() -> None:
    found = asked(
        finding("unmapped-term", place("X1-009"), place("X1-002"), place("X1-001", "2"), place("X1-001"))
    )
    assert [(query.site, query.subject) for query in found] == [
        ("01", "X1-001"),
        ("01", "X1-001"),
        ("02", "X1-002"),
        ("", "X1-009"),
    ]


def test_the_number_of_a_question_stays() -> None:
    moved = replace(place(row=99), file="AE_june.csv")
    (before,), (after,) = asked(finding("unmapped-term", place())), asked(finding("unmapped-term", moved))
    assert before.number == after.number and re.fullmatch(r"Q-[0-9A-Z]{12}", before.number)
    (third,) = asked(finding("unmapped-term", place(), severity="warning", expected="other words"))
    assert third.number == before.number


def test_plain_words() -> None:
    """No names of variables, rules or standards, no abbreviations, whole sentences, nothing for two readings."""
    for question in {GENERAL, *questions().values()}:
        assert not re.search(
            r"[A-Z]{2,}|--|\b[a-z]+-[a-z]+-[a-z]+\b|SDTM|dataset|variable|codelist", question.text
        )
        assert question.text.endswith(".") and "Please" in question.text
        assert max(len(sentence.split()) for sentence in re.split(r"[.?]\s*", question.text)) <= 32


def test_a_rule_is_asked_about_in_one_way() -> None:
    from validation.query_questions import _TABLE

    rules = [rule for _, named in _TABLE for rule in named]
    assert len(rules) == len(set(rules)) and len({q.topic for q, _ in _TABLE}) == len(_TABLE)


# --- the workbook ------------------------------------------------------------------------------------------


def opened(found: Review, **more: Any) -> Any:
    return load_workbook(io.BytesIO(queries_workbook(queries(found, SITES), None, settled(found), **more)))


def test_the_workbook_has_one_row_for_each_question_and_counts_sites() -> None:
    found = review([finding("unmapped-term", place(), place("X1-002"), place("X1-009"))])
    book = opened(found)
    assert book.sheetnames == ["Sites", "Queries"]
    head, first, *_ = [[cell.value for cell in row] for row in book["Queries"].iter_rows()]
    row = dict(zip(head, first, strict=True))
    assert tuple(head) == HEADERS
    assert (row["Site"], row["Subject"], row["Form"]) == ("01", "X1-001", "ae (ae.csv)")
    assert (row["Field"], row["Value entered"], row["Answer"]) == ("Action taken (ACN)", "9", None)
    assert row["Issues"] == found.issues[0].id
    sites = [[cell.value for cell in row] for row in book["Sites"].iter_rows()]
    at = next(number for number, line in enumerate(sites) if line[0] == "Site")
    assert sites[at + 1 :] == [["01", 1, 1, 1, 0], ["02", 1, 1, 1, 0], ["(not known)", 1, 1, 1, 0]]


def test_questions_without_room_are_told() -> None:
    lines = [
        row[0].value
        for row in opened(review([finding("unmapped-term", place(), place("X1-002"))]), most=1)["Sites"]
    ]
    assert "1 further questions have no room here; answer these first." in lines


def test_the_same_questions_give_the_same_bytes() -> None:
    found = queries(review([finding("unmapped-term", place())]), SITES)
    assert queries_workbook(found) == queries_workbook(found)
