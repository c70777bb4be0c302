"""Findings for people and programs: a table by dataset and rule, the findings themselves, plain values for JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from specs.words import counted
from validation.findings import SEVERITIES, Finding
from validation.judge import Judgement
from validation.outside.agreement import agreement_dict, agreement_text

FINDINGS_SHOWN = 20  # in full, on a terminal; the table always has all of them


def worst(findings: Iterable[Finding]) -> str:
    """The worst severity among findings; empty if there are none."""
    severities = {finding.severity for finding in findings}
    return next((severity for severity in SEVERITIES if severity in severities), "")


def is_at_least(severity: str, limit: str) -> bool:
    """Whether a severity is as bad as ``limit`` or worse; no severity is as bad as none."""
    return bool(severity) and SEVERITIES.index(severity) <= SEVERITIES.index(limit)


def console_text(judgement: Judgement, shown: int = FINDINGS_SHOWN) -> str:
    """The whole judgement as plain text: what was judged, counts by dataset and rule, the worst findings."""
    datasets = ", ".join(f"{name} {count:,}" for name, count in judgement.records.items())
    ran = {ran.rule for ran in judgement.ran}
    parts = [
        f"Judged {counted(len(judgement.records), 'dataset')} (records): {datasets}",
        f"{counted(len(ran), 'rule')} across records and datasets ran, beside the schema of each dataset.",
        "",
        findings_table(judgement.findings),
    ]
    messages = finding_texts(finding for finding in judgement.findings if finding.severity != "note")
    if messages:
        parts += ["", *messages[:shown]]
    if len(messages) > shown:
        parts.append(f"... and {len(messages) - shown} more")
    parts += ["", *map(agreement_text, judgement.agreements)] if judgement.agreements else []
    return "\n".join(parts) + "\n"


def finding_texts(findings: Iterable[Finding]) -> list[str]:
    """Findings as messages; those that say the same of several variables as a whole are told together."""
    together: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        key: tuple[object, ...] = (finding,)
        if finding.variable and not finding.places:
            key = (
                finding.severity,
                finding.rule,
                finding.dataset,
                finding.found,
                finding.expected,
                finding.do,
            )
        together.setdefault(key, []).append(finding)
    texts = []
    for first, *others in together.values():
        if others:
            names = ", ".join(finding.variable for finding in (first, *others))
            first = replace(first, variable=names)
        texts.append(str(first))
    return texts


def findings_table(findings: Sequence[Finding]) -> str:
    """Number of findings and of records for each severity, dataset and rule, worst first."""
    if not findings:
        return "No findings."
    tallies: dict[tuple[int, str, str], list[int]] = {}
    for finding in findings:
        key = (SEVERITIES.index(finding.severity), finding.dataset, finding.rule)
        counts = tallies.setdefault(key, [0, 0])
        counts[0] += finding.stands_for
        counts[1] += finding.count
    rows = [
        (SEVERITIES[severity], dataset or "-", rule, f"{found:,}", f"{records:,}")
        for (severity, dataset, rule), (found, records) in sorted(tallies.items())
    ]
    header = ("severity", "dataset", "rule", "findings", "places")
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    lines = [_line(row, widths) for row in [header, tuple("-" * width for width in widths), *rows]]
    totals = ", ".join(
        counted(sum(f.stands_for for f in findings if f.severity == severity), severity)
        for severity in SEVERITIES
    )
    return "\n".join([*lines, "", totals])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    texts = [text.ljust(width) for text, width in zip(row[:3], widths[:3], strict=True)]
    numbers = [text.rjust(width) for text, width in zip(row[3:], widths[3:], strict=True)]
    return "  ".join([*texts, *numbers]).rstrip()


def judgement_dict(judgement: Judgement) -> dict[str, Any]:
    """A judgement as plain values: counts, records, findings, and which rules ran or could not."""
    return {
        "counts": judgement.counts(),
        "records": dict(judgement.records),
        "findings": [finding_dict(finding) for finding in judgement.findings],
        "ran": [{"rule": r.rule, "dataset": r.dataset, "failed": r.failed} for r in judgement.ran],
        "not_run": [{"rule": n.rule, "dataset": n.dataset, "reason": n.reason} for n in judgement.not_run],
        **(
            {"engines": [agreement_dict(one) for one in judgement.agreements]} if judgement.agreements else {}
        ),
    }


def finding_dict(finding: Finding) -> dict[str, Any]:
    """One finding as plain values; ``places`` are at most as many as are shown, ``count`` is the truth.

    ``stands_for`` is above 1 where different findings share one, because there are too many of them.
    """
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "dataset": finding.dataset,
        "variable": finding.variable,
        "found": finding.found,
        "expected": finding.expected,
        "do": finding.do,
        "count": finding.count,
        "stands_for": finding.stands_for,
        "places": [
            {
                "file": place.file,
                "row": place.row,
                "column": place.column,
                "keys": dict(place.keys),
                "value": place.value,
            }
            for place in finding.places
        ],
    }
