"""What people say about findings, kept from run to run, and what is new, open and fixed since the last one.

A status and a comment belong to one issue (a record of a finding) and follow its id. They change no severity
and no exit code: what shall no longer count is accepted in the spec, with its reason. Nothing that somebody wrote
is dropped: what belongs to no issue of this run is kept aside, and comes back when the issue does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from specs.location import Location
from specs.problems import Problem
from validation.finding_ids import Issue, finding_ids, is_listed, issues
from validation.findings import Finding

# In the order from not settled to settled.
STATUSES = ("open", "query sent", "explained", "resolved", "will not fix")
OPEN = STATUSES[0]
NEW, STILL, FIXED = "new", "open", "fixed"
# Why a remark is kept that belongs to no issue of this run.
EARLIER, UNLISTED, UNCHECKED, UNKNOWN = "fixed earlier", "not listed", "not checked", "unknown id"

Scope = tuple[str, str, str]  # rule, dataset, variable


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody wrote about one issue."""

    status: str = OPEN
    comment: str = ""

    def __post_init__(self) -> None:
        if self.status not in STATUSES:
            raise ValueError(f"status {self.status!r} is none of {STATUSES}")

    @property
    def is_made(self) -> bool:
        return self is not NO_REMARK and (self.status != OPEN or self.comment != "")


NO_REMARK = Remark()


@dataclass(frozen=True, slots=True)
class Known:
    """An issue of an earlier run: enough of it to be told when it is no longer there."""

    id: str
    rule: str = ""
    severity: str = ""
    dataset: str = ""
    variable: str = ""
    found: str = ""
    keys: tuple[tuple[str, str], ...] = ()
    value: str = ""
    file: str = ""
    row: int | None = None
    column: str = ""
    remark: Remark = NO_REMARK
    why: str = ""  # it is kept

    @property
    def scope(self) -> Scope:
        return self.rule, self.dataset, self.variable


@dataclass(frozen=True, slots=True)
class Previous:
    """What an earlier run had found.

    ``issues``: those it listed or could not check, by id. ``kept``: others that somebody wrote about. ``findings``:
    ids of its findings. ``partial``: scopes of which it did not list every record.
    """

    issues: Mapping[str, Known] = field(default_factory=dict)
    kept: Mapping[str, Known] = field(default_factory=dict)
    findings: frozenset[str] = frozenset()
    partial: frozenset[Scope] = frozenset()

    def remark(self, id: str) -> Remark:
        known = self.issues.get(id) or self.kept.get(id)
        return known.remark if known else NO_REMARK


@dataclass(frozen=True, slots=True)
class Written:
    """A row of an edited workbook: an id, what is said about it, and what else stands in the row."""

    remark: Remark
    where: Location
    known: Known


@dataclass(frozen=True, slots=True)
class ReviewedIssue:
    """An issue with its remark. ``since``: new, or open since an earlier run."""

    issue: Issue
    remark: Remark
    since: str

    @property
    def id(self) -> str:
        return self.issue.id


@dataclass(frozen=True, slots=True)
class ReviewedFinding:
    """A finding and its issues.

    ``remark``: the least settled status among them, and their different comments. ``since``: new when all are.
    """

    finding: Finding
    id: str
    issues: tuple[ReviewedIssue, ...]
    remark: Remark
    since: str


@dataclass(frozen=True, slots=True)
class Review:
    """Findings with what is said about them. ``compared``: there was an earlier run to compare with."""

    findings: tuple[ReviewedFinding, ...]
    fixed: tuple[Known, ...] = ()
    kept: tuple[Known, ...] = ()
    compared: bool = False
    warnings: tuple[Problem, ...] = ()

    @property
    def issues(self) -> list[ReviewedIssue]:
        return [issue for finding in self.findings for issue in finding.issues]

    def counts(self) -> dict[str, int]:
        """Issues by what became of them: new, open, fixed."""
        found = {NEW: 0, STILL: 0, FIXED: len(self.fixed)}
        for issue in self.issues:
            found[issue.since] += 1
        return found


def review(
    findings: Sequence[Finding],
    previous: Previous | None = None,
    written: Mapping[str, Written] | None = None,
    *,
    was_judged: Callable[[str, str], bool] = lambda rule, dataset: True,
) -> Review:
    """Findings with the remarks of an earlier run, and over these those of an edited workbook.

    ``was_judged(rule, dataset)``: whether this run could have found such a defect; what it could not find is
    not called fixed. Warnings tell of rows of the workbook whose id nobody knows, and of issues that are
    called resolved and are found again.
    """
    rows = written or {}
    before = previous or Previous()
    own = finding_ids(findings)
    found = issues(findings, own)

    def remark(id: str) -> Remark:
        return rows[id].remark if id in rows else before.remark(id)

    def since(issue: Issue) -> str:
        scope = (issue.finding.rule, issue.finding.dataset, issue.finding.variable)
        known = issue.id in before.issues or issue.id in before.findings or scope in before.partial
        return STILL if known else NEW

    told = tuple(
        _of_finding(finding, id, [ReviewedIssue(each, remark(each.id), since(each)) for each in group])
        for finding, id, group in zip(findings, own, found, strict=True)
    )
    reviewed = [issue for finding in told for issue in finding.issues]
    now = {issue.id for issue in reviewed}
    partial = {(f.rule, f.dataset, f.variable) for f in findings if not is_listed(f)}
    fixed, kept = [], []
    for known in before.issues.values():
        if known.id in now:
            continue
        known = replace(known, remark=remark(known.id))
        if not was_judged(known.rule, known.dataset):
            kept.append(replace(known, why=UNCHECKED))
        elif known.scope in partial:
            kept.append(replace(known, why=UNLISTED))
        else:
            fixed.append(known)
    others = (known for known in before.kept.values() if known.id not in now)
    kept += [replace(known, remark=remark(known.id), why=known.why or EARLIER) for known in others]
    unknown = [
        row for id, row in rows.items() if id not in now and id not in before.issues and id not in before.kept
    ]
    kept += [replace(row.known, remark=row.remark, why=UNKNOWN) for row in unknown]
    return Review(
        told,
        tuple(sorted(fixed, key=_order)),
        tuple(
            sorted((known for known in kept if known.remark.is_made or known.why == UNCHECKED), key=_order)
        ),
        previous is not None,
        (*_unknown(unknown, len(rows)), *_found_again(reviewed)),
    )


def _of_finding(finding: Finding, id: str, own: Sequence[ReviewedIssue]) -> ReviewedFinding:
    comments = dict.fromkeys(issue.remark.comment for issue in own if issue.remark.comment)
    status = min((issue.remark.status for issue in own), key=STATUSES.index)
    since = NEW if all(issue.since == NEW for issue in own) else STILL
    return ReviewedFinding(finding, id, tuple(own), Remark(status, "; ".join(comments)), since)


def _order(known: Known) -> tuple[object, ...]:
    return known.dataset, known.rule, known.variable, known.found, known.keys, known.id


def _unknown(rows: Sequence[Written], of: int) -> list[Problem]:
    """Rows whose id no run knows; many of them are told as one."""
    if not rows:
        return []
    expected = "an id of this run or of the one before it"
    do = "copy the id again; what the row says is kept on sheet Kept"
    if len(rows) > 5:
        where = replace(rows[0].where, row=None, column="")
        found = f"{len(rows)} of {of} ids that no run knows, the first in row {rows[0].where.row}"
        do = "look whether this is the workbook of this study; what the rows say is kept on sheet Kept"
        return [Problem("review-unknown-id", where, found, expected, do, "warning")]
    return [
        Problem("review-unknown-id", row.where, f'the id "{row.known.id}"', expected, do, "warning")
        for row in rows
    ]


def _found_again(reviewed: Iterable[ReviewedIssue]) -> list[Problem]:
    again = [issue for issue in reviewed if issue.remark.status == "resolved" and issue.since == STILL]
    if not again:
        return []
    count = f"{len(again)} issue{'' if len(again) == 1 else 's'} called resolved, such as {again[0].id}"
    return [
        Problem(
            "review-found-again",
            Location(),
            count,
            "no longer found once it is resolved",
            "look whether the correction is in the raw files of this run; else set the status back to open",
            "warning",
        )
    ]
