"""Findings: what a check or a conversion step has to say about data, with the place it came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

SEVERITIES = ("error", "warning", "note")
PLACES_SHOWN = 100  # of one finding; ``count`` is always the true number
FINDINGS_SHOWN = (
    1_000  # different ones of one rule and variable; the others share one that says how many they are
)
EXAMPLES = 3  # of those others


@dataclass(frozen=True, slots=True)
class Origin:
    """The raw record behind a place, as the people who entered it know it.

    ``form``: the raw table. ``record``: its key with the values. ``entered``: (column, its label, the text
    that stands there), of the columns that the finding is about. ``subject``: USUBJID.
    """

    form: str = ""
    record: tuple[tuple[str, str], ...] = ()
    entered: tuple[tuple[str, str, str], ...] = ()
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """One record or raw cell a finding is about.

    ``identity``: what tells the record apart whatever its row or number, such as its natural keys; ids of
    findings are made of it (``validation.finding_ids``). It and ``origin`` only describe the same place further.
    """

    keys: tuple[tuple[str, str], ...] = ()  # (("USUBJID", "S-01"), ("AESEQ", "3"))
    value: str = ""
    file: str = ""
    row: int | None = None
    column: str = ""
    identity: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect, folded over all records that show it.

    ``rule`` is an id named after the defect (``unmapped-term``). ``dataset`` and ``variable`` are of the
    SDTM or ADaM side and may be empty for a finding on raw data. ``places`` holds at most
    ``PLACES_SHOWN`` of the ``count`` places. ``stands_for``: how many different findings this one is, see
    ``capped``.
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
    stands_for: int = 1

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
        others = _others(first, self.places[1:6])
        more = f" ({self.count} in all{others})" if self.count > 1 else ""
        lines = [f"{self.severity}[{self.rule}] {where}{more}"]
        # What the first record has, unless that is what was found.
        example = f" ({_shortened(first.value)})" if first.value and first.value not in self.found else ""
        lines.append(f"  found     {_shortened(self.found, 400)}{example}")
        lines.append(f"  expected  {self.expected}")
        if self.do:
            lines.append(f"  do        {self.do}")
        return "\n".join(lines)


def _others(first: Place, others: Iterable[Place]) -> str:
    """Where else: rows of the same file by their number, those of other files with its name."""
    rows: dict[str, list[int]] = {}
    for place in others:
        same = rows.setdefault(place.file, [])
        if (
            place.row is not None
            and place.row not in same
            and (place.file, place.row) != (first.file, first.row)
        ):
            same.append(place.row)
    here = ", ".join(map(str, rows.pop(first.file, [])))
    there = [f"{file}{' row ' if at else ''}{', '.join(map(str, at))}" for file, at in rows.items()]
    shown = [text for text in (f"rows {here}" if here else "", *there) if text]
    return f"; also {', '.join(shown)}" if shown else ""


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


def severity_counts(findings: Iterable[Finding]) -> dict[str, int]:
    """Number of different findings of each severity, worst first."""
    counts = dict.fromkeys(SEVERITIES, 0)
    for finding in findings:
        counts[finding.severity] += finding.stands_for
    return counts


def capped(findings: Sequence[Finding], shown: int = FINDINGS_SHOWN) -> list[Finding]:
    """At most ``shown`` different findings of one rule, variable and severity, and one more for all others.

    Those at most places are kept, the first among equals. The one for the others tells how many they are
    (``stands_for``), at how many places (``count``), and examples. The order is that of ``fold``.
    """
    groups: dict[tuple[str, ...], list[int]] = {}
    for position, finding in enumerate(findings):
        key = (finding.severity, finding.dataset, finding.variable, finding.rule)
        groups.setdefault(key, []).append(position)
    out = dict(enumerate(findings))
    for positions in groups.values():
        if len(positions) <= shown + 1:
            continue
        by_size = sorted(positions, key=lambda position: -findings[position].count)
        rest = sorted(by_size[shown:])
        for position in rest[1:]:
            del out[position]
        out[rest[0]] = _together([findings[position] for position in rest])
    return fold(out.values())


def _together(findings: Sequence[Finding]) -> Finding:
    first = findings[0]
    number = sum(finding.stands_for for finding in findings)
    examples = ", ".join(_shortened(finding.found, 60) for finding in findings[:EXAMPLES])
    places = (place for finding in findings for place in finding.places[:1])
    return replace(
        first,
        found=f"{number:,} others of this kind, such as {examples}",
        places=tuple(islice(places, PLACES_SHOWN)),
        count=sum(finding.count for finding in findings),
        stands_for=number,
    )
