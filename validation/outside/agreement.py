"""The findings of another engine beside ours: what both found, what only one of them did, and what was not run.

Two findings are the same where they speak of the same record of the same dataset, and a check of ours names the
published rule among those that it covers (``validation.rule_coverage``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from validation.defects import Defect, Failure
from validation.outside.issues import OutsideIssue, OutsideReport
from validation.outside.records import WHOLE, Records
from validation.rule_coverage import coverage
from validation.tables import Table

BOTH, THEIRS, OURS = "both", "only theirs", "only ours"
_IDENTIFYING = ("STUDYID", "DOMAIN", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL")
_SEQUENCE = "SEQ"

_Found = dict[int, list[OutsideIssue]]  # of one rule and dataset, by position


@dataclass(frozen=True, slots=True)
class Agreed:
    """Records of one dataset that a rule of theirs, a check of ours, or both speak of.

    ``who``: both, only theirs, only ours. ``why``: what is known of the reason for a difference.
    """

    who: str
    dataset: str
    theirs: str
    ours: str
    records: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """One engine beside ours. ``ran``: its rules that were applied, as far as its report says."""

    engine: str
    version: str
    rows: tuple[Agreed, ...]
    not_run: tuple[tuple[str, str], ...]
    ran: frozenset[str] = frozenset()

    def counts(self) -> dict[str, int]:
        """Records by who found them."""
        return {who: sum(row.records for row in self.rows if row.who == who) for who in (BOTH, THEIRS, OURS)}


def agree(
    report: OutsideReport, failed: Sequence[Failure], tables: Mapping[str, Table]
) -> tuple[Agreement, list[Failure]]:
    """The agreement, and what only the other engine found as failures of ours to tell.

    ``failed``: what our checks found in ``tables``. A failure of theirs has their rule as its id.
    """
    covering = _covering()
    ours = _positions_of_ours(failed, tables)
    theirs = _theirs(report, tables)
    rows: list[Agreed] = []
    added: list[Failure] = []
    met: dict[tuple[str, str], set[int]] = defaultdict(set)
    for (rule, dataset), issues in sorted(theirs.items()):
        first = next(iter(issues.values()))[0]
        checks = sorted({check for name in (rule, *first.also) for check in covering.get(name, ())})
        common: set[int] = set()
        agreeing = []
        for check in checks:
            same, mine = _shared(set(issues), ours.get((check, dataset), set()))
            if same:
                agreeing.append(check)
                common |= same
                met[check, dataset] |= mine
        if common:
            rows.append(Agreed(BOTH, dataset, rule, ", ".join(agreeing), _records(issues, common)))
        alone = {position: issue for position, issue in issues.items() if position not in common}
        if alone:
            why = (
                f"our {', '.join(checks)} did not find it" if checks else "no check of ours covers this rule"
            )
            rows.append(Agreed(THEIRS, dataset, rule, "", _records(alone, alone), why))
            added += _failures(report.engine, rule, dataset, alone, tables.get(dataset))
    rows += _only_ours(report, ours, met, covering)
    order = {BOTH: 0, THEIRS: 1, OURS: 2}
    rows.sort(key=lambda row: (order[row.who], row.dataset, row.theirs, row.ours))
    ran = frozenset(report.ran) | {rule for rule, _ in theirs}
    return Agreement(report.engine, report.version, tuple(rows), report.not_run, ran), added


def agreement_text(agreement: Agreement) -> str:
    """For the console: counts, then a line for each rule and dataset."""
    counts = agreement.counts()
    name = f"{agreement.engine} {agreement.version}".strip()
    lines = [f"{name} beside our checks (records): " + ", ".join(f"{n:,} {who}" for who, n in counts.items())]
    for row in agreement.rows:
        rules = " = ".join(filter(None, (row.theirs, row.ours)))
        why = f"; {row.why}" if row.why else ""
        lines.append(f"  {row.who:<12}{row.dataset or 'study':<9}{rules}: {row.records:,}{why}")
    if agreement.not_run:
        shown = ", ".join(rule for rule, _ in agreement.not_run[:10])
        more = f" and {len(agreement.not_run) - 10} more" if len(agreement.not_run) > 10 else ""
        lines.append(f"  not run by {agreement.engine}: {shown}{more}")
    return "\n".join(lines) + "\n"


def agreement_dict(agreement: Agreement) -> dict[str, Any]:
    """The same as plain values, for JSON."""
    return {
        "engine": agreement.engine,
        "version": agreement.version,
        "records": agreement.counts(),
        "rules": [asdict(row) for row in agreement.rows],
        "not_run": [{"rule": rule, "why": why} for rule, why in agreement.not_run],
    }


def _theirs(report: OutsideReport, tables: Mapping[str, Table]) -> dict[tuple[str, str], _Found]:
    """Their issues by rule and dataset, and there by position; the same said twice of a record counts once."""
    records = Records(tables)
    theirs: dict[tuple[str, str], _Found] = defaultdict(lambda: defaultdict(list))
    seen: set[tuple[str, str, int, tuple[str, ...]]] = set()
    for issue in report.issues:
        dataset, position = records.find(issue)
        told = (issue.rule, dataset, position, issue.variables)
        if position == WHOLE or told not in seen:
            theirs[issue.rule, dataset][position].append(issue)
            seen.add(told)
    return theirs


def _covering() -> dict[str, list[str]]:
    """Published id, of CORE, CDISC or an agency -> our checks that cover it."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in coverage():
        for name in (row.rule, *row.cdisc, *row.others):
            found[name] += row.covered_by
    return found


def _positions_of_ours(
    failed: Iterable[Failure], tables: Mapping[str, Table]
) -> dict[tuple[str, str], set[int]]:
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for failure in failed:
        whole = failure.positions is None or failure.dataset not in tables
        positions = {WHOLE} if whole else set(np.asarray(failure.positions).tolist())
        found[failure.defect.id, failure.dataset] |= positions
    return found


def _only_ours(
    report: OutsideReport,
    ours: Mapping[tuple[str, str], set[int]],
    met: Mapping[tuple[str, str], set[int]],
    covering: Mapping[str, Sequence[str]],
) -> list[Agreed]:
    published: dict[str, set[str]] = defaultdict(set)
    for rule, also in report.ran.items():
        for name in (rule, *also):
            for check in covering.get(name, ()):
                published[check].add(rule)
    rows = []
    for (check, dataset), positions in sorted(ours.items()):
        alone = positions - met.get((check, dataset), set())
        if alone:
            rules = ", ".join(sorted(published[check]))
            why = f"their {rules} did not find it" if rules else "no rule of theirs that was run covers it"
            rows.append(Agreed(OURS, dataset, "", check, len(alone), why))
    return rows


def _shared(theirs: set[int], ours: set[int]) -> tuple[set[int], set[int]]:
    """The positions of either side that speak of the same; a dataset as a whole is the same as any record of it."""
    if not theirs or not ours:
        return set(), set()
    if WHOLE in ours:
        return theirs, ours
    if WHOLE in theirs:
        return (theirs & ours) | {WHOLE}, ours
    return theirs & ours, theirs & ours


def _records(issues: _Found, positions: Iterable[int]) -> int:
    """A record counts once; what is told of a dataset as a whole, as often as it is told."""
    return sum(
        sum(issue.count for issue in issues[position]) if position == WHOLE else issues[position][0].count
        for position in positions
    )


def _failures(engine: str, rule: str, dataset: str, issues: _Found, table: Table | None) -> Iterator[Failure]:
    """What only they found: for each group of variables one failure for the records, and one for the dataset."""
    first = next(iter(issues.values()))[0]
    defect = Defect(
        id=rule,
        severity=first.severity,
        message=f"{engine}: {first.message}",
        expected=f"what rule {', '.join((rule, *first.also))} asks for",
        do="look at the record; where the data are right, explain it in the comment",
        sources=(rule, *first.also),
        sensitivity="dataset" if set(issues) == {WHOLE} else "record",
    )
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for position in sorted(issues.keys() - {WHOLE}):
        for issue in issues[position]:
            groups[issue.variables].append(position)
    known = set(table.frame.columns) if table is not None else set()
    for variables, positions in sorted(groups.items()):
        shows = tuple(name for name in variables if name in known)
        rows = np.array(positions, dtype=np.int64)
        yield Failure(defect, dataset, _telling(shows), rows, shows, found=defect.message)
    whole: dict[tuple[str, ...], list[OutsideIssue]] = defaultdict(list)
    for issue in issues.get(WHOLE, ()):
        whole[issue.variables].append(issue)
    for variables, same in sorted(whole.items()):
        yield Failure(defect, dataset, _telling(variables), found=_with(defect, same))


def _telling(variables: Sequence[str]) -> str:
    """The variable that a failure is about: the first that does not only say which record it is."""
    names = [name for name in variables if name.isidentifier() and name.isupper()]
    own = [name for name in names if name not in _IDENTIFYING and not name.endswith(_SEQUENCE)]
    return next(iter((*own, *names)), "")


def _with(defect: Defect, issues: Sequence[OutsideIssue]) -> str:
    """The message with the values that were told, and for how many records."""
    first, count = issues[0], sum(issue.count for issue in issues)
    if len(first.variables) == len(first.values):
        pairs = zip(first.variables, first.values, strict=True)
        told = ", ".join(f"{name}={value}" for name, value in pairs if value)
    else:
        told = f"{', '.join(first.variables)}: {', '.join(first.values)}" * bool(first.values)
    if count > 1:
        told = f"{count:,} records" + f", such as {told}" * bool(told)
    return f"{defect.message} ({told})" if told else defect.message
