"""Our checks, and which published rules they cover: what ``sdtm validate --rules`` prints."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from validation.known_defects import every_defect
from validation.published_rules import NOT_COVERED, published_rules


@dataclass(frozen=True, slots=True)
class Check:
    """One of our checks. ``references``: published rules and sections; ``own``: no published rule is among them."""

    id: str
    model: str
    severity: str
    sensitivity: str
    references: tuple[str, ...]
    own: bool
    says: str
    expected: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """A published rule and the checks that cover it; none where ``not_covered`` says why."""

    rule: str
    cdisc: tuple[str, ...]
    others: tuple[str, ...]
    sensitivity: str
    covered_by: tuple[str, ...]
    not_covered: str
    remark: str


def checks() -> Sequence[Check]:
    """All checks of datasets, by id."""
    from validation.rules.registry import rules

    models = {rule.id: rule.model for rule in rules()}
    found: dict[str, Check] = {}
    for defect in every_defect():
        before = found.get(defect.id)
        references = tuple(dict.fromkeys((*(before.references if before else ()), *defect.sources)))
        found[defect.id] = Check(
            defect.id,
            models.get(defect.id, ""),
            defect.severity,
            defect.sensitivity,
            references,
            not any(map(_is_published, references)),
            defect.message,
            defect.expected,
        )
    return tuple(check for _, check in sorted(found.items()))


def coverage() -> Sequence[Coverage]:
    """What is said of each published rule, in the order of their ids."""
    by_source: dict[str, list[str]] = {}
    for check in checks():
        for reference in check.references:
            by_source.setdefault(reference, []).append(check.id)
    return tuple(
        Coverage(
            published.rule,
            published.cdisc,
            published.others,
            published.sensitivity,
            tuple(by_source.get(published.rule, ())),
            published.not_covered,
            published.remark,
        )
        for published in published_rules()
    )


def coverage_counts() -> Mapping[str, int]:
    """Number of published rules covered, and not covered for each reason."""
    counted = Counter("covered" if row.covered_by else row.not_covered for row in coverage())
    return {name: counted[name] for name in ("covered", *NOT_COVERED)}


def rules_text() -> str:
    """Our checks, then the published rules with what covers them, then counts, as plain text."""
    lines = ["Checks of datasets", ""]
    for check in checks():
        own = "  our own" if check.own else ""
        lines.append(
            f"{check.id}  [{check.severity}, {check.sensitivity}{', ' + check.model if check.model else ''}]{own}"
        )
        lines.append(f"    {check.says}; expected: {check.expected}")
        if check.references:
            lines.append(f"    {', '.join(check.references)}")
    rows = [
        (
            row.rule,
            " ".join((*row.cdisc, *row.others)),
            row.sensitivity,
            ", ".join(row.covered_by) or f"not covered ({row.not_covered})",
            row.remark,
        )
        for row in coverage()
    ]
    lines += [
        "",
        "Published rules for SDTMIG 3.4",
        "",
        *_columns([("rule", "also", "about", "covered by", "remark"), *rows]),
    ]
    return "\n".join([*lines, "", *_count_lines()]) + "\n"


def rules_json() -> str:
    """The same for programs."""
    told: dict[str, Any] = {
        "checks": [asdict(check) for check in checks()],
        "published": [asdict(row) for row in coverage()],
        "counts": {"checks": len(checks()), "published": len(published_rules()), **coverage_counts()},
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _count_lines() -> list[str]:
    total = len(published_rules())
    own = sum(check.own for check in checks())
    lines = [f"{len(checks())} checks, {own} of them our own; {total} published rules:"]
    for name, count in coverage_counts().items():
        told = f" ({NOT_COVERED[name]})" if name in NOT_COVERED else ""
        lines.append(f"  {name:<18} {count:>4}  {100 * count / total:5.1f} %{told}")
    return lines


def _columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[place]) for row in rows) for place in range(3)]
    return [
        "  ".join(
            [*(text.ljust(width) for text, width in zip(row[:3], widths, strict=True)), row[3], row[4]]
        ).rstrip()
        for row in rows
    ]


def _is_published(reference: str) -> bool:
    return re.fullmatch(r"(CORE-|CG|FB|TRC|AD)\d+[a-z]?", reference) is not None
