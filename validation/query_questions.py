"""Which findings a site can answer, and what it is asked, in plain words.

The table is by rule. Rules that are about one thing share a topic, so that a site is asked once about a record
that was entered twice, however many datasets show it. A rule that is not in the table is asked about in general
words where its own advice is to query; findings whose advice is anything else are for the people of the study
data, and so are notes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from validation.findings import Finding

# What makes two findings one question: the raw record, the field of it, or the subject and the words.
RECORD, FIELD, SUBJECT = "record", "field", "subject"
_ADVICE = re.compile(r"\bquer(?:y|ies)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Question:
    """What a site is asked. ``topic``: a short title; ``per``: what is asked about once.

    ``shows_found``: the words of the finding are told as well, because the question does not say it all.
    ``shows_fields``: it is about single fields, and not about the record or the visit as a whole.
    """

    topic: str
    per: str
    text: str
    shows_found: bool = False
    shows_fields: bool = True


GENERAL = Question(
    "Entry to be checked",
    FIELD,
    "Please compare this entry with the source documents. Correct it, or confirm that it is right.",
    shows_found=True,
)
_TABLE: tuple[tuple[Question, tuple[str, ...]], ...] = (
    (
        Question(
            "Entered twice",
            RECORD,
            "The same record seems to be entered more than once. Please delete the repeated entry, or tell us "
            "what is different between the entries.",
            shows_fields=False,
        ),
        (
            "duplicate-row",
            "duplicate-record",
            "duplicate-keys",
            "duplicate-measurement",
            "lesion-measured-twice",
            "dose-twice",
            "sampling-time-twice",
            "several-responses-per-assessment",
            "duplicate-subject",
        ),
    ),
    (
        Question(
            "Two entries that contradict",
            RECORD,
            "There are two entries for the same item, and they are not the same. Please tell us which one is right, "
            "and correct or delete the other.",
        ),
        ("duplicate-key", "collapse-conflict", "sampling-time-conflict", "death-dates-differ"),
    ),
    (
        Question(
            "Subject not known",
            SUBJECT,
            "There are entries for this subject number, but no subject of this number is registered. Please check the "
            "subject number on these forms, or complete the demography form.",
            shows_fields=False,
        ),
        ("orphan-subject",),
    ),
    (
        Question(
            "Subject number missing or unclear",
            RECORD,
            "The subject number of this entry is missing or is not written as usual. Please correct it.",
            shows_fields=False,
        ),
        ("row-without-subject", "subject-id-form"),
    ),
    (
        Question(
            "Date cannot be read",
            FIELD,
            "This date is not a possible date, or it is not written as the form asks. Please check it and enter the "
            "right date.",
        ),
        ("date-not-read", "date-out-of-range", "not-a-date"),
    ),
    (
        Question(
            "End before start",
            RECORD,
            "The end date is before the start date. Please check both dates and correct the one that is wrong. "
            "Look also whether day and month were exchanged.",
        ),
        (
            "end-before-start",
            "end-day-before-start-day",
            "end-before-collection",
            "end-day-before-collection-day",
            "analysis-end-before-start",
            "reference-period-reversed",
            "event-before-start",
        ),
    ),
    (
        Question(
            "Date after death",
            RECORD,
            "This date is after the date of death of the subject. Please check this date and the date of death.",
        ),
        (
            "start-after-death",
            "result-after-death",
            "dose-after-death",
            "death-before-last-contact",
            "death-before-last-assessment",
            "alive-after-death",
        ),
    ),
    (
        Question(
            "Date after the end of the study",
            RECORD,
            "This date is after the subject left the study. Please check this date and the date of leaving the study.",
        ),
        ("date-after-participation", "event-after-disposition"),
    ),
    (
        Question(
            "Dose after the end of treatment",
            RECORD,
            "A dose is entered after the day on which treatment was stopped. Please check both dates.",
        ),
        ("dose-after-discontinuation",),
    ),
    (
        Question(
            "Date not complete",
            FIELD,
            "A part of this date is missing (day, month or year). Please enter the whole date if it is known.",
        ),
        (
            "reference-date-uncertain",
            "dose-date-partial",
            "event-without-date",
            "response-without-date",
            "assessment-without-date",
            "death-without-date",
        ),
    ),
    (
        Question(
            "Time of day missing",
            FIELD,
            "The time of day is missing. Please enter the time at which this was done.",
        ),
        ("sample-without-time", "reference-dose-without-time", "concentration-without-time"),
    ),
    (
        Question(
            "Answer not on the list",
            FIELD,
            "This answer is not one of the answers that the form offers. Please check it and choose an answer of the "
            "form.",
        ),
        (
            "unmapped-term",
            "term-not-in-codelist",
            "term-not-declared",
            "not-in-codelist",
            "checkbox-not-read",
        ),
    ),
    (
        Question(
            "Number cannot be read",
            FIELD,
            "This should be a number, and it cannot be read as one. Please enter it with digits, and with a point "
            "before the decimals.",
        ),
        ("number-misspelt", "not-a-number", "lesion-value-not-a-number", "numeric-result-missing"),
    ),
    (
        Question(
            "Unit missing or not usual",
            RECORD,
            "The unit of this result is missing, or it is not a unit for this test. Please enter the unit in which it "
            "was measured.",
        ),
        (
            "unit-not-converted",
            "unit-missing",
            "unit-assumed",
            "dose-without-unit",
            "lesion-unit-unknown",
            "lesion-with-two-units",
            "range-without-unit",
        ),
    ),
    (
        Question(
            "Value not possible",
            FIELD,
            "This value is not possible. Please check it against the source documents and correct it.",
        ),
        (
            "negative-dose",
            "dose-negative",
            "dose-amount-negative",
            "negative-age",
            "negative-lesion-value",
            "birth-after-start",
        ),
    ),
    (
        Question(
            "Dose missing",
            RECORD,
            "The amount of this dose is missing. Please enter it, or tell us that no dose was given.",
        ),
        ("dose-amount-missing", "dose-missing"),
    ),
    (
        Question(
            "Date of a dose missing",
            FIELD,
            "The date on which this dose was started or ended is missing. Please enter it, or tell us that treatment "
            "goes on.",
        ),
        ("exposure-without-start", "exposure-without-end"),
    ),
    (
        Question(
            "Visit and date do not fit",
            SUBJECT,
            "The date is outside the time that the protocol allows for this visit. Please check the visit and the "
            "date. If both are right, please confirm it.",
            shows_found=True,
            shows_fields=False,
        ),
        ("visit-out-of-window", "visit-outside-windows"),
    ),
    (
        Question(
            "Visit not known",
            SUBJECT,
            "The name of this visit is not one of the visits of the study. Please check it.",
            shows_found=True,
        ),
        ("visit-not-planned",),
    ),
    (
        Question(
            "Form of the visit missing",
            SUBJECT,
            "Something was done at an extra visit, and the form of that visit is missing. Please complete it.",
            shows_fields=False,
        ),
        ("unscheduled-visit-without-record",),
    ),
    (
        Question(
            "Result although not done",
            RECORD,
            "There is a result, and the form also says that the test was not done. Please correct the one that "
            "is wrong.",
        ),
        ("result-and-not-done", "result-although-not-done", "reason-although-done"),
    ),
    (
        Question(
            "Result missing",
            RECORD,
            "The result is missing. Please enter it, or tell us that the test was not done and why.",
        ),
        ("result-missing", "not-done-without-reason", "baseline-without-result"),
    ),
    (
        Question(
            "Serious event",
            RECORD,
            "It is not clear whether this event was serious: the answer to that question and the reasons for it do not "
            "fit together. Please check them.",
        ),
        (
            "serious-without-criterion",
            "non-serious-with-criterion",
            "fatal-without-death-criterion",
            "other-serious-without-criterion",
        ),
    ),
    (
        Question(
            "Outcome and end date",
            RECORD,
            "The outcome of this event and its end date do not fit together. Please check both.",
        ),
        ("not-recovered-with-end-date", "recovered-without-end-date"),
    ),
    (
        Question(
            "Death",
            RECORD,
            "The entries about the death of this subject do not fit together, or one of them is missing. Please check "
            "the date of death, the outcome of the fatal event and the form about the end of the study.",
        ),
        (
            "death-date-without-flag",
            "death-flag-without-date",
            "fatal-event-without-death",
            "fatal-event-end-differs",
            "disposition-death-without-death",
            "disposition-death-date-differs",
            "death-without-disposition",
            "dead-before-death",
            "dead-without-disposition",
            "clinical-event-death-without-death",
        ),
    ),
    (
        Question(
            "Informed consent",
            SUBJECT,
            "The date of informed consent does not fit the other dates of this subject. Please check it.",
        ),
        ("consent-after-start", "consent-after-collection", "consent-dates-differ"),
    ),
    (
        Question(
            "Tumour measurement",
            RECORD,
            "The entries about this lesion do not fit together from visit to visit. Please check which lesion it is, "
            "where it is, and how it was measured.",
        ),
        (
            "lesion-changes-kind",
            "lesion-group-changes",
            "lesion-with-two-methods",
            "lesion-with-two-locations",
            "lesion-not-identified",
            "lesion-without-longest-diameter",
            "node-without-short-axis",
        ),
    ),
    (
        Question(
            "New lesions",
            RECORD,
            "It is not entered whether there are new lesions. Please complete it.",
        ),
        ("new-lesions-not-assessed",),
    ),
    (
        Question(
            "Link to another form",
            RECORD,
            "This entry refers to a record of another form that is not there. Please check the number that it "
            "refers to.",
        ),
        ("link-without-partner",),
    ),
)


@cache
def questions() -> dict[str, Question]:
    """Rule -> what a site is asked about it."""
    return {rule: question for question, rules in _TABLE for rule in rules}


def question_of(finding: Finding) -> Question | None:
    """What a site is asked about a finding; None where it cannot answer."""
    if finding.severity == "note":
        return None
    known = questions().get(finding.rule)
    if known is not None:
        return known
    return GENERAL if _ADVICE.search(finding.do) else None
