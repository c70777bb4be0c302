"""Findings: what a check or a conversion step has to say about data, with the place it came from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

SEVERITIES = ("error", "warning", "note")
PLACES_SHOWN = 100  # of one finding; ``count`` is always the true number


@dataclass(frozen=True, slots=True)
class Place:
    """One record or raw cell a finding is about."""

    keys: tuple[tuple[str, str], ...] = ()  # (("USUBJID", "S-01"), ("AESEQ", "3"))
    value: str = ""
    file: str = ""
    row: int | None = None
    column: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect, folded over all records that show it.

    ``rule`` is an id named after the defect (``unmapped-term``). ``dataset`` and ``variable`` are of the
    SDTM or ADaM side and may be empty for a finding on raw data. ``places`` holds at most
    ``PLACES_SHOWN`` of the ``count`` places.
    """

    rule: str
    severity: str
    found: str
    expected: str
    do: str = ""
    dataset: str = ""
    variable: str = ""
    places: tuple[Place, ...] = field(default=())
    count: int = 1

    def __post_init__(self) -> None:
        if self.severity not in SEVERITIES:
            raise ValueError(f"severity {self.severity!r} is none of {SEVERITIES}")

    def __str__(self) -> str:
        first = self.places[0] if self.places else Place()
        where = ", ".join(
            part
            for part in (
                first.file,
                f"row {first.row}" if first.row is not None else "",
                f"column {first.column}" if first.column else "",
                f"{self.dataset}.{self.variable}".strip("."),
                " ".join(f"{name}={value}" for name, value in first.keys),
            )
            if part
        )
        more = ""
        if self.count > 1:
            rows = [str(place.row) for place in self.places[1:6] if place.row is not None]
            more = f" ({self.count} in all{'; also rows ' + ', '.join(rows) if rows else ''})"
        lines = [f"{self.severity}[{self.rule}] {where}{more}"]
        # What the first record has, unless that is what was found.
        example = f" ({_shortened(first.value)})" if first.value and first.value not in self.found else ""
        lines.append(f"  found     {self.found}{example}")
        lines.append(f"  expected  {self.expected}")
        if self.do:
            lines.append(f"  do        {self.do}")
        return "\n".join(lines)


def _shortened(text: str, longest: int = 120) -> str:
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def fold(findings: Iterable[Finding]) -> list[Finding]:
    """Merge findings that say the same; sort them by severity, dataset, variable, rule and text.

    The order does not depend on the order of the input, so that reports are the same for any number
    of workers.
    """
    merged: dict[tuple[str, ...], Finding] = {}
    for finding in findings:
        key = (
            str(SEVERITIES.index(finding.severity)),
            finding.dataset,
            finding.variable,
            finding.rule,
            finding.found,
            finding.expected,
            finding.do,
        )
        if key in merged:
            before = merged[key]
            finding = replace(
                finding, places=before.places + finding.places, count=before.count + finding.count
            )
        merged[key] = finding

    def place_key(place: Place) -> tuple[object, ...]:
        return (place.file, place.row if place.row is not None else -1, place.column, place.keys, place.value)

    return [
        replace(finding, places=tuple(sorted(finding.places, key=place_key)[:PLACES_SHOWN]))
        for _, finding in sorted(merged.items())
    ]
