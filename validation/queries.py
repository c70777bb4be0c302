"""Questions for the sites, made of findings: one for each thing that is to be looked at.

A question has a number that stays from run to run, as the ids of findings do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from validation.finding_ids import QUERY, Issue, name_of
from validation.query_questions import FIELD, GENERAL, SUBJECT, Question, question_of
from validation.review import STATUSES, Remark, Review, ReviewedIssue

ASKED = STATUSES[:2]  # the others are settled


@dataclass(frozen=True, slots=True)
class Query:
    """One question to one site about one subject.

    ``forms``: raw tables, with their files. ``record``: what tells the record of the form apart. ``entered``:
    (field, label, text). ``rows``: of the raw file. ``seen``: what was found, where the question does not say it.
    ``issues``: ids of the issues that it stands for.
    """

    number: str
    site: str
    subject: str
    question: Question
    forms: tuple[str, ...]
    record: str
    entered: tuple[tuple[str, str, str], ...]
    rows: tuple[str, ...]
    seen: str
    remark: Remark
    severity: str
    issues: tuple[str, ...]


def queries(review: Review, sites: Mapping[str, str] | None = None) -> list[Query]:
    """The questions of a review, by site and subject. ``sites``: USUBJID -> SITEID.

    Issues that are settled (explained, resolved, will not fix) are not asked about again. What is neither of a
    subject nor of a raw record is no question for a site.
    """
    groups: dict[tuple[object, ...], list[ReviewedIssue]] = {}
    for reviewed in review.issues:
        question = question_of(reviewed.issue.finding)
        if question is None or reviewed.remark.status not in ASKED or not _is_askable(reviewed.issue):
            continue
        groups.setdefault((question.topic, *_about(reviewed.issue, question)), []).append(reviewed)
    made = [_query(key, group, sites or {}) for key, group in groups.items()]
    return sorted(made, key=lambda q: (not q.site, q.site, q.subject, q.question.topic, q.forms, q.number))


def settled(review: Review) -> int:
    """How many issues would be asked about if nobody had settled them."""
    return sum(
        question_of(reviewed.issue.finding) is not None
        and _is_askable(reviewed.issue)
        and reviewed.remark.status not in ASKED
        for reviewed in review.issues
    )


def _is_askable(issue: Issue) -> bool:
    return issue.place is not None and bool(issue.subject or issue.place.origin)


def _about(issue: Issue, question: Question) -> tuple[object, ...]:
    """What is asked about once."""
    place = issue.place
    assert place is not None
    if question.per == SUBJECT:
        return issue.subject, issue.finding.found, place.value
    origin = place.origin
    if origin is None:
        keys = tuple(pair for pair in place.keys if not pair[0].endswith("SEQ"))
        return issue.subject, issue.finding.dataset, keys, place.identity
    record = origin.record or ((place.file, str(place.row)),)
    fields = tuple(column for column, _, _ in origin.entered) if question.per == FIELD else ()
    return issue.subject, origin.form, record, fields, issue.finding.found if question is GENERAL else ""


def _query(key: tuple[object, ...], group: Sequence[ReviewedIssue], sites: Mapping[str, str]) -> Query:
    first = group[0].issue
    question = question_of(first.finding)
    assert question is not None
    places = [reviewed.issue.place for reviewed in group if reviewed.issue.place is not None]
    entered: dict[tuple[str, str, str], None] = {}
    for place in places:
        entered |= dict.fromkeys(place.origin.entered if place.origin else ())
    records = [
        "; ".join(f"{name}: {value or '(empty)'}" for name, value in place.origin.record)
        for place in places
        if place.origin
    ]
    records += [
        "; ".join(f"{name}: {value}" for name, value in place.keys if name != "USUBJID")
        for place in places
        if not place.origin
    ]
    told = [reviewed.issue.finding.found for reviewed in group]
    comments = dict.fromkeys(reviewed.remark.comment for reviewed in group if reviewed.remark.comment)
    return Query(
        number=name_of(QUERY, *key),
        site=sites.get(first.subject, ""),
        subject=first.subject,
        question=question,
        forms=tuple(dict.fromkeys(_form(reviewed.issue) for reviewed in group)),
        record=" | ".join(dict.fromkeys(records)),
        entered=tuple(entered) if question.shows_fields else (),
        rows=tuple(dict.fromkeys(f"{p.file} {p.row}" for p in places if p.file and p.row is not None)),
        seen="; ".join(dict.fromkeys(told)) if question.shows_found else "",
        remark=Remark(
            min((reviewed.remark.status for reviewed in group), key=STATUSES.index), "; ".join(comments)
        ),
        severity=first.finding.severity,
        issues=tuple(reviewed.id for reviewed in group),
    )


def _form(issue: Issue) -> str:
    origin = issue.place.origin if issue.place else None
    if origin is None or issue.place is None:
        return issue.finding.dataset
    return f"{origin.form} ({issue.place.file})"
