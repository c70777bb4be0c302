"""``findings.xlsx``: what was found, one row for each record, with room for what people say about it.

Sheets: Summary, Issues, Fixed and Kept where there are any, Rules. Status and Comment of Issues, Fixed and Kept
are read back by the next run (``validation.review_workbook``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from specs.model import Study
from validation.finding_ids import Issue
from validation.findings import SEVERITIES, Finding
from validation.known_defects import known_defects
from validation.query_questions import question_of
from validation.review import FIXED, NEW, STATUSES, STILL, Known, Review, ReviewedFinding, ReviewedIssue
from validation.sheets import Cell, Sheet, Styled, sheet_file
from validation.spec_places import SpecPlace, spec_places

# What a person can still scroll through; findings.json has all records that are listed.
MOST_ISSUES = 20_000
SUMMARY, ISSUES, FIXED_SHEET, KEPT_SHEET, RULES = "Summary", "Issues", "Fixed", "Kept", "Rules"
ID, STATUS, COMMENT = "Issue", "Status", "Comment"
ISSUE_HEADERS = (
    ID,
    "Severity",
    STATUS,
    COMMENT,
    "Since",
    "Rule",
    "Dataset",
    "Variable",
    "USUBJID",
    "Record",
    "Found",
    "Value",
    "Expected",
    "What to do",
    "Raw file",
    "Raw row",
    "Raw column",
    "Entered",
    "Spec",
)
GONE_HEADERS = (
    ID,
    "Severity",
    STATUS,
    COMMENT,
    "Why",
    "Rule",
    "Dataset",
    "Variable",
    "Record",
    "Found",
    "Value",
    "Raw file",
    "Raw row",
)
_SUMMARY_HEADERS = (
    "Severity",
    "Dataset",
    "Rule",
    "What is wrong",
    "Findings",
    "Records",
    "New",
    "Open",
    "Fixed",
)
_RULE_HEADERS = (
    "Rule",
    "Severity",
    "What is wrong",
    "Expected",
    "Why it matters",
    "What to do",
    "Published rules",
    "A site can answer",
    "Findings",
)


def findings_workbook(review: Review, study: Study | None = None, most: int = MOST_ISSUES) -> bytes:
    """The content of ``findings.xlsx``. ``most``: rows of Issues; what is left out is told in each sheet."""
    kept = _rows_of_each([len(finding.issues) for finding in review.findings], most)
    sheets = [_summary(review, study, kept), _issues(review, kept, spec_places(study))]
    if review.fixed:
        sheets.append(_gone(FIXED_SHEET, review.fixed, FIXED, "375623"))
    if review.kept:
        sheets.append(_gone(KEPT_SHEET, review.kept, "", "7F7F7F"))
    sheets.append(_rules(review))
    return sheet_file(sheets, f"Findings {study.study}" if study else "Findings")


def _rows_of_each(sizes: Sequence[int], most: int) -> int:
    """How many issues of each finding have room, if none of them takes the room of another."""
    if sum(sizes) <= most:
        return max(sizes, default=0)
    low, high = 0, max(sizes)
    while low < high:
        middle = (low + high + 1) // 2
        if sum(min(size, middle) for size in sizes) <= most:
            low = middle
        else:
            high = middle - 1
    return max(low, 1)


# --- Summary ----------------------------------------------------------------------------------------------


def _summary(review: Review, study: Study | None, kept: int) -> Sheet:
    counts = review.counts()
    rows: list[list[Cell | Styled]] = [
        [Styled(f"Findings of {study.study}" if study else "Findings", "title")],
        [],
    ]
    rows += [[Styled(line, "line")] for line in _guidance(review, kept)]
    rows += [[]]
    rows += [[Styled("Severity", "head"), Styled("Findings", "head"), Styled("Records", "head")]]
    for severity in SEVERITIES:
        own = [f.finding for f in review.findings if f.finding.severity == severity]
        told = sum(finding.stands_for for finding in own), sum(finding.count for finding in own)
        rows.append([Styled(severity, severity), *told])
    rows += [[], [Styled("Issues since the last run", "head"), Styled("Number", "head")]]
    rows += [[Styled(name, "text"), counts[name]] for name in (NEW, STILL, FIXED)]
    rows += [[], [Styled("Status", "head"), Styled("Issues", "head")]]
    for status in STATUSES:
        rows.append([Styled(status, "text"), sum(i.remark.status == status for i in review.issues)])
    if review.warnings:
        rows += [[], [Styled("What is wrong with the comments that were read", "head")]]
        rows += [
            [Styled(line, "warning")] for warning in review.warnings for line in [_one_line(str(warning))]
        ]
    rows += [[]]
    header = len(rows) + 1
    rows += [list(_SUMMARY_HEADERS), *_by_rule(review)]
    widths = {0: 24, 1: 14, 2: 34, 3: 60, 4: 10, 5: 10, 6: 8, 7: 8, 8: 8}
    return Sheet(SUMMARY, rows, header, is_frozen=False, widths=widths)


def _guidance(review: Review, kept: int) -> Iterator[str]:
    yield "Each row of sheet Issues is one record. Filter there, and write into the columns Status and Comment."
    yield "The next run into the same folder, or with --review and this file, reads both columns back."
    if not review.compared:
        yield "There was no earlier run to compare with, so every issue counts as new."
    unlisted = sum(issue.issue.unlisted for issue in review.issues)
    if unlisted:
        yield (
            f"{unlisted:,} further records are counted but not listed one by one; "
            "each such finding has a row that says how many."
        )
    others = sum(f.finding.stands_for - 1 for f in review.findings)
    if others:
        yield f"{others:,} further findings are told together with others of their rule, as there are so many."
    cut = sum(max(len(finding.issues) - kept, 0) for finding in review.findings)
    if cut:
        yield (
            f"{cut:,} further records are not in this workbook, as it would be too long to work with; "
            "they are in findings.json."
        )


def _by_rule(review: Review) -> list[list[Cell | Styled]]:
    counted: dict[tuple[int, str, str], list[int]] = {}
    for reviewed in review.findings:
        finding = reviewed.finding
        key = (SEVERITIES.index(finding.severity), finding.dataset, finding.rule)
        counts = counted.setdefault(key, [0] * 5)
        counts[0] += finding.stands_for
        counts[1] += finding.count
        for issue in reviewed.issues:
            counts[2 if issue.since == NEW else 3] += 1
    for known in review.fixed:
        severity = SEVERITIES.index(known.severity) if known.severity in SEVERITIES else 0
        counted.setdefault((severity, known.dataset, known.rule), [0] * 5)[4] += 1
    words = _words(review)
    return [
        [Styled(SEVERITIES[severity], SEVERITIES[severity]), dataset, rule, words.get(rule, ""), *counts]
        for (severity, dataset, rule), counts in sorted(counted.items())
    ]


def _words(review: Review) -> dict[str, str]:
    """What is wrong, for each rule: the words of the rule, else those of its first finding."""
    words = {known.rule: known.found for known in review.fixed}
    words |= {f.finding.rule: f.finding.found for f in reversed(review.findings)}
    return words | {id: defect.message for id, defect in known_defects().items()}


# --- Issues -----------------------------------------------------------------------------------------------


def _issues(review: Review, kept: int, spec: SpecPlace) -> Sheet:
    rows: list[Sequence[Cell | Styled]] = [ISSUE_HEADERS]
    for reviewed in review.findings:
        rows += [_issue_row(issue, spec) for issue in reviewed.issues[:kept]]
        if len(reviewed.issues) > kept:
            rows.append(_cut_row(reviewed, kept))
    widths = {2: 13, 3: 40, 9: 40, 10: 45, 11: 30, 12: 40, 13: 45, 17: 35}
    return Sheet(
        ISSUES,
        rows,
        frozen=1,
        styles={0: "code", 2: "edit", 3: "edit"},
        choices={2: STATUSES},
        widths=widths,
        colour="9C0006",
    )


def _issue_row(reviewed: ReviewedIssue, spec: SpecPlace) -> list[Cell | Styled]:
    issue = reviewed.issue
    finding, place = issue.finding, issue.place
    origin = place.origin if place else None
    return [
        reviewed.id,
        Styled(finding.severity, finding.severity),
        reviewed.remark.status,
        reviewed.remark.comment,
        reviewed.since,
        finding.rule,
        finding.dataset,
        finding.variable,
        issue.subject,
        record_text(issue),
        finding.found,
        place.value if place else "",
        finding.expected,
        finding.do,
        place.file if place else "",
        place.row if place else None,
        place.column if place else "",
        "; ".join(f"{column}: {text or '(empty)'}" for column, _, text in origin.entered) if origin else "",
        spec(finding.dataset, finding.variable, origin.form if origin else ""),
    ]


def record_text(issue: Issue) -> str:
    """What tells a record apart, for people: its keys and, where it has a number only, its natural keys."""
    if issue.place is None:
        return f"{issue.unlisted:,} more records, not listed" if issue.unlisted else ""
    pairs = [(name, value) for name, value in issue.place.keys if name != "USUBJID"]
    pairs += [(name, value) for name, value in issue.place.identity if name != "USUBJID"]
    if not pairs and issue.place.origin is not None:
        pairs = list(issue.place.origin.record)
    return "; ".join(f"{name}={value or '(empty)'}" for name, value in dict.fromkeys(pairs))


def _cut_row(reviewed: ReviewedFinding, kept: int) -> list[Cell | Styled]:
    """Says how many issues of a finding are not in the workbook. It has no id, since it is no issue."""
    finding = reviewed.finding
    row: list[Cell | Styled] = [""] * len(ISSUE_HEADERS)
    row[1] = Styled(finding.severity, finding.severity)
    row[5], row[6], row[7], row[10] = finding.rule, finding.dataset, finding.variable, finding.found
    row[9] = f"{len(reviewed.issues) - kept:,} more records, in findings.json only"
    return row


def _gone(name: str, known: Sequence[Known], why: str, colour: str) -> Sheet:
    rows: list[Sequence[Cell | Styled]] = [GONE_HEADERS]
    for each in known:
        severity = Styled(each.severity, each.severity) if each.severity in SEVERITIES else each.severity
        record = "; ".join(f"{name}={value}" for name, value in each.keys)
        rows.append(
            [
                each.id,
                severity,
                each.remark.status,
                each.remark.comment,
                each.why or why,
                each.rule,
                each.dataset,
                each.variable,
                record,
                each.found,
                each.value,
                each.file,
                each.row,
            ]
        )
    return Sheet(
        name,
        rows,
        frozen=1,
        styles={0: "code", 2: "edit", 3: "edit"},
        choices={2: STATUSES},
        widths={2: 13, 3: 40, 8: 40, 9: 45, 10: 30},
        colour=colour,
    )


# --- Rules ------------------------------------------------------------------------------------------------


def _rules(review: Review) -> Sheet:
    rows: list[Sequence[Cell | Styled]] = [_RULE_HEADERS]
    first: dict[str, Finding] = {}
    number: dict[str, int] = {}
    for reviewed in review.findings:
        first.setdefault(reviewed.finding.rule, reviewed.finding)
        number[reviewed.finding.rule] = number.get(reviewed.finding.rule, 0) + reviewed.finding.stands_for
    for id in sorted(first):
        finding, defect = first[id], known_defects().get(id)
        rows.append(
            [
                id,
                Styled(finding.severity, finding.severity),
                defect.message if defect else finding.found,
                defect.expected if defect else finding.expected,
                defect.why if defect else "",
                defect.do if defect else finding.do,
                ", ".join(defect.sources) if defect else "",
                "yes" if question_of(finding) is not None else "no",
                number[id],
            ]
        )
    return Sheet(RULES, rows, frozen=1, widths={2: 45, 3: 45, 4: 45, 5: 45, 6: 30}, colour="7F6000")


def _one_line(text: str) -> str:
    return " · ".join(part.strip() for part in text.splitlines())
