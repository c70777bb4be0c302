"""Findings of two deliveries: new, fixed and open, by their id, else by what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NEW, FIXED, OPEN = "new", "fixed", "open"
_TOLD = ("id", "severity", "dataset", "variable", "rule", "found", "comment")
# What makes a finding the same one where it has no id: all but how often and where it is.
_SAID = ("severity", "dataset", "variable", "rule", "found", "expected")


@dataclass(frozen=True, slots=True)
class FindingChange:
    """``status``: new, fixed or open. ``old`` and ``new``: at how many places, 0 where it is not."""

    status: str
    id: str
    severity: str
    dataset: str
    variable: str
    rule: str
    found: str
    old: int
    new: int
    comment: str = ""


def finding_changes(
    old: Sequence[Mapping[str, Any]] | None,
    new: Sequence[Mapping[str, Any]] | None,
    only: frozenset[str] = frozenset(),
) -> list[FindingChange] | None:
    """All findings of both, open ones too; None where one of the deliveries has no findings.json."""
    if old is None or new is None:
        return None
    # Ids count where all findings have one: half of them would make the others look fixed and new.
    by_id = all(finding.get("id") for finding in (*old, *new))
    before, after = (_by_key(findings, by_id, only) for findings in (old, new))
    changes = []
    for key in before.keys() | after.keys():
        one, other = before.get(key, []), after.get(key, [])
        status = OPEN if one and other else FIXED if one else NEW
        told = (other or one)[0]
        id, severity, dataset, variable, rule, found, comment = (str(told.get(name) or "") for name in _TOLD)
        places = _places(one), _places(other)
        changes.append(FindingChange(status, id, severity, dataset, variable, rule, found, *places, comment))
    order = (NEW, FIXED, OPEN)
    return sorted(
        changes,
        key=lambda c: (order.index(c.status), c.severity, c.dataset, c.variable, c.rule, c.found, c.id),
    )


def _by_key(
    findings: Sequence[Mapping[str, Any]], by_id: bool, only: frozenset[str]
) -> dict[tuple[str, ...], list[Mapping[str, Any]]]:
    found: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for finding in findings:
        if only and str(finding.get("dataset") or "") not in only:
            continue
        key = (str(finding["id"]),) if by_id else tuple(str(finding.get(name) or "") for name in _SAID)
        found.setdefault(key, []).append(finding)
    return found


def _places(findings: Sequence[Mapping[str, Any]]) -> int:
    counts = [finding.get("count", 1) for finding in findings]
    return sum(count if isinstance(count, int) else 1 for count in counts)
