"""A comparison for a terminal: what differs, and what it does to the analysis, on one screen where it can."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from sdtm.numbers import shortest
from sdtm.trace.diff.compare import DeliveryDiff
from sdtm.trace.diff.definitions import DEFINED
from sdtm.trace.diff.effects import Effect
from sdtm.trace.diff.finding_changes import FIXED, NEW, OPEN
from sdtm.trace.diff.shown import ABSENT

_SHOWN = 8  # names of one line; all are in the workbook
_VARIABLES = 15
_LONGEST = 60


def diff_text(diff: DeliveryDiff) -> str:
    """The comparison in plain text; lists are cut, counts are not."""
    parts = [
        "\n".join(_deliveries(diff)),
        _datasets(diff),
        "\n".join(_metadata(diff)),
        "\n".join(_values(diff)),
        "\n".join(_effects(diff.effects)),
        "\n".join(_findings(diff)),
        "\n".join(_facts(diff)),
        "\n".join(_definitions(diff)),
        "no differences" if diff.is_equal else "differences found",
    ]
    return "\n\n".join(part for part in parts if part)


def _deliveries(diff: DeliveryDiff) -> Iterator[str]:
    for word, side in (("old", diff.old), ("new", diff.new)):
        records = sum(len(loaded.frame) for loaded in side.datasets.values())
        study = f"{side.facts.study}, " if side.facts.study else ""
        yield f"{word}  {side.path}: {study}{len(side.datasets)} datasets, {records:,} records"
        others = [name for name in side.not_read if not name.lower().endswith((".html", ".htm", ".pdf"))]
        if others:
            yield f"     not read, since they are no datasets: {_listed(others)}"
        if side.special:
            counts = [f"{place} {count:,}" for place, count in side.special.items()]
            yield f"     special missing values (.A …) are compared as missing: {_listed(counts)}"


def _datasets(diff: DeliveryDiff) -> str:
    from sdtm.cli_text import table

    head = ("dataset", "old", "new", "removed", "added", "changed", "renumbered", "key")
    lines: list[tuple[str, ...]] = []
    for name, one in diff.datasets.items():
        if one.has_differences:
            counts = (len(one.matches.removed), len(one.matches.added), len(one.changed), len(one.moved))
            key = f"{' '.join(name for name in one.key.variables if name != 'STUDYID')} ({one.key.source})"
            lines.append(
                (
                    name,
                    f"{one.table.old:,}",
                    f"{one.table.new:,}",
                    *(f"{n:,}" if n else "" for n in counts),
                    key,
                )
            )
    told = [table(head, lines)] if lines else []
    same = [name for name, one in diff.datasets.items() if not one.has_differences]
    if same:
        told.append(f"without differences: {_listed(same, 40)}")
    for word, names in (("only in old", diff.removed), ("only in new", diff.added)):
        if names:
            told.append(f"{word}: {_listed(names, 40)}")
    for name in ("DM", "ADSL"):
        subjects = diff.datasets.get(name)
        if subjects and subjects.table.old and subjects.table.new and not len(subjects.matches.old):
            told.append(f"no subject of {name} is in both: are these deliveries of the same study?")
    repeated = [name for name, one in diff.datasets.items() if one.matches.repeated[0]]
    if repeated:
        told.append(
            f"keys that repeat: {_listed(repeated, 40)}; such records are paired from the most alike to the least"
        )
    return "\n".join(told)


def _metadata(diff: DeliveryDiff) -> Iterator[str]:
    changes = [change for one in diff.datasets.values() for change in one.metadata]
    if not changes:
        return
    yield "variables and labels"
    counted: dict[str, list[str]] = {}
    for change in changes:
        place = f"{change.dataset}.{change.variable}" if change.variable else change.dataset
        detail = (
            f" {_short(change.old)} -> {_short(change.new)}"
            if change.what not in ("added", "removed", "order")
            else ""
        )
        counted.setdefault(change.what, []).append(place + detail)
    for what, places in counted.items():
        yield f"  {what:<9} {_listed(places)}"


def _values(diff: DeliveryDiff) -> Iterator[str]:
    """By variable, since one change of ADSL shows in many datasets."""
    places: dict[str, list[tuple[str, int, float]]] = {}
    for name, one in diff.datasets.items():
        for differing in one.values:
            places.setdefault(differing.variable, []).append((name, len(differing.pairs), differing.largest))
    if places:
        yield "values that differ (records)"
    most = sorted(places.items(), key=lambda item: (-sum(n for _, n, _ in item[1]), item[0]))
    for variable, found in most[:_VARIABLES]:
        largest = max(size for _, _, size in found)
        more = f"; largest difference {shortest(largest)}" if largest else ""
        yield f"  {variable:<9} {_listed([f'{name} {count:,}' for name, count, _ in found])}{more}"
    if len(most) > _VARIABLES:
        yield f"  … and {len(most) - _VARIABLES} more variables; --out FILE.xlsx lists every value"
    within = [(name, d) for name, one in diff.datasets.items() for d in one.within]
    if within:
        yield "equal within the tolerance"
    for name, d in within:
        place, s = f"{name}.{d.variable}", "" if d.within == 1 else "s"
        yield f"  {place:<17} {d.within:,} value{s}, largest difference {shortest(d.largest_within)}"


def _effects(effects: Sequence[Effect]) -> Iterator[str]:
    if effects:
        yield "effects on the analysis"
    for effect in effects:
        counts = ", ".join(f"{value} {was:,} -> {now:,}" for value, (was, now) in effect.counts.items())
        yield f"  {effect.effect}: {effect.place}: {_differ(len(effect.rows), effect.unit)} ({counts})"
        for row in effect.rows[:_SHOWN]:
            record = f" {row.record}" if row.record else ""
            was, now = ("-" if value == ABSENT else _short(value) for value in (row.old, row.new))
            yield f"    {row.subject}{record}: {was} -> {now}"
        if len(effect.rows) > _SHOWN:
            yield f"    … and {len(effect.rows) - _SHOWN:,} more"


def _differ(count: int, unit: str) -> str:
    return f"{count:,} {unit} differ" if count != 1 else f"1 {unit.removesuffix('s')} differs"


def _findings(diff: DeliveryDiff) -> Iterator[str]:
    if diff.findings is None:
        return
    counts = Counter(finding.status for finding in diff.findings)
    yield f"findings: {counts[NEW]} new, {counts[FIXED]} fixed, {counts[OPEN]} open"
    told = [finding for finding in diff.findings if finding.status != OPEN]
    for finding in told[:_SHOWN]:
        place = ".".join(part for part in (finding.dataset, finding.variable) if part)
        yield f"  {finding.status:<6} {finding.severity}[{finding.rule}] {place}: {_short(finding.found)}"
    if len(told) > _SHOWN:
        yield f"  … and {len(told) - _SHOWN} more"


def _facts(diff: DeliveryDiff) -> Iterator[str]:
    if not diff.facts:
        return
    yield "what the deliveries say of themselves"
    files = [fact.name for fact in diff.facts if fact.kind == "raw file"]
    for fact in diff.facts:
        if fact.kind == "spec":
            yield "  the spec is another one"
        elif fact.kind != "raw file":
            yield f"  {f'{fact.kind} {fact.name}'.strip()}: {fact.old or '-'} -> {fact.new or '-'}"
    if files:
        yield f"  raw files that differ: {_listed(files)}"


def _definitions(diff: DeliveryDiff) -> Iterator[str]:
    """By what differs, since one change of the spec shows in many variables."""
    if not diff.definitions:
        return
    yield "what define.xml says"
    places: dict[str, list[str]] = {}
    for change in diff.definitions:
        what, _, term = change.what.partition(" ")
        detail = f" {term}" if term else ""
        if change.what == DEFINED:
            what = "removed" if change.old else "added"
        else:
            detail += f": {_short(change.old) or '-'} -> {_short(change.new) or '-'}"
        places.setdefault(what, []).append(f"{change.subject}{detail}")
    for what, told in sorted(places.items()):
        yield f"  {what} ({len(told):,})"
        yield from (f"    {line}" for line in told[:_SHOWN])
        if len(told) > _SHOWN:
            yield f"    … and {len(told) - _SHOWN:,} more; --out FILE.xlsx lists all"


def _listed(names: Sequence[str], most: int = _SHOWN) -> str:
    more = f" … ({len(names):,} in all)" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
