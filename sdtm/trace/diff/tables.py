"""A comparison as tables of texts: the sheets of the workbook, and the sections of the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sdtm.numbers import shortest
from sdtm.trace.diff.compare import DeliveryDiff
from sdtm.trace.diff.datasets import DatasetDiff
from sdtm.trace.diff.finding_changes import FIXED, NEW, OPEN
from sdtm.trace.diff.listing import MOST, record_rows, value_rows

Cell = str | int
_HASH_SHOWN = 12  # enough to see that two differ


@dataclass(frozen=True, slots=True)
class Table:
    """One list. ``total``: how many rows there are, of which ``rows`` may be a part."""

    name: str
    head: tuple[str, ...]
    rows: list[tuple[Cell, ...]]
    total: int

    @property
    def note(self) -> str:
        """That not all rows are listed; empty if they are."""
        if len(self.rows) >= self.total:
            return ""
        return f"{len(self.rows):,} of {self.total:,} listed, a share of each dataset and variable"


def tables(diff: DeliveryDiff, most: int = MOST) -> list[Table]:
    """All lists of a comparison: Summary, Datasets, Variables, Records, Values, Effects, Findings, Define."""
    lists = [
        _table("Datasets", _DATASETS, list(_datasets(diff))),
        _table("Variables", _VARIABLES, list(_variables(diff))),
        _records(diff, most),
        _values(diff, most),
        _table("Effects", _EFFECTS, list(_effects(diff)), most),
        _table("Findings", _FINDINGS, list(_findings(diff)), most),
        _table("Define", _DEFINE, [(c.subject, c.what, c.old, c.new) for c in diff.definitions], most),
    ]
    summary = [*_summary(diff), *(("Listed", table.name, table.note) for table in lists if table.note)]
    return [_table("Summary", ("About", "Old", "New"), summary), *lists]


def _table(name: str, head: tuple[str, ...], rows: list[tuple[Cell, ...]], most: int = 0) -> Table:
    return Table(name, head, rows[:most] if most else rows, len(rows))


def _summary(diff: DeliveryDiff) -> Iterator[tuple[Cell, ...]]:
    old, new = diff.old, diff.new
    yield "Delivery", old.path, new.path
    yield "Study", old.facts.study, new.facts.study
    yield "Datasets", len(old.datasets), len(new.datasets)
    yield "Records", *(sum(len(d.frame) for d in side.datasets.values()) for side in (old, new))
    yield "Result", "", "no differences" if diff.is_equal else "differences"
    for fact in diff.facts:
        is_hash = fact.kind in ("spec", "raw file")
        told = [text[:_HASH_SHOWN] if is_hash else text for text in (fact.old, fact.new)]
        yield f"{fact.kind} {fact.name}".strip(), *told
    for effect in diff.effects:
        for value, (was, now) in effect.counts.items():
            yield f"{effect.effect}: {effect.place} = {value} ({effect.unit})", was, now
    if diff.findings is not None:
        for status in (NEW, FIXED, OPEN):
            found = [finding for finding in diff.findings if finding.status == status]
            yield f"Findings {status}", *(("", len(found)) if status != FIXED else (len(found), ""))
    for place in sorted(old.special.keys() | new.special.keys()):
        counts = (side.special.get(place, 0) for side in (old, new))
        yield f"Special missing values compared as missing: {place}", *counts
    if old.not_read or new.not_read:
        yield "Files that are no datasets", ", ".join(old.not_read), ", ".join(new.not_read)


_DATASETS = (
    *("Dataset", "Status", "Old", "New", "Removed", "Added", "Changed", "Corrected", "Renumbered"),
    *("Repeated", "Key", "Key from", "Kind"),
)


def _datasets(diff: DeliveryDiff) -> Iterator[tuple[Cell, ...]]:
    """Numbers are of records; Corrected: with a corrected key; Repeated: keys that occur more than once."""
    sides = (("removed", diff.old, diff.removed), ("added", diff.new, diff.added))
    alone = {name: (status, side) for status, side, names in sides for name in names}
    same = {name for name, one in diff.datasets.items() if not one.has_differences}
    for name in sorted([*alone, *diff.datasets], key=lambda name: (name in same, name)):
        if name in alone:
            status, side = alone[name]
            count = len(side.datasets[name].frame)
            counts = (count, "", count, "") if status == "removed" else ("", count, "", count)
            yield name, status, *counts, "", "", "", "", "", "", side.kinds[name]
            continue
        one = diff.datasets[name]
        matches = one.matches
        yield (
            name, "same" if name in same else "differs", one.table.old, one.table.new,
            len(matches.removed), len(matches.added), len(one.changed), int((matches.corrected >= 0).sum()),
            len(one.moved), matches.repeated[0], " ".join(one.key.variables), one.key.source, one.kind,
        )  # fmt: skip


_VARIABLES = ("Dataset", "Variable", "What", "Old", "New", "Records")


def _variables(diff: DeliveryDiff) -> Iterator[tuple[Cell, ...]]:
    for name, one in diff.datasets.items():
        for change in one.metadata:
            yield name, change.variable, change.what, change.old, change.new, ""
        for differing in one.values:
            told = f"largest difference {shortest(differing.largest)}" if differing.largest else ""
            yield name, differing.variable, "values", "", told, len(differing.pairs)
        for differing in one.within:
            told = f"largest difference {shortest(differing.largest_within)}"
            yield name, differing.variable, "within tolerance", "", told, differing.within
        for differing in one.renumbered:
            yield name, differing.variable, "renumbered", "", "", len(differing.pairs)


def _records(diff: DeliveryDiff, most: int) -> Table:
    head = ("Dataset", "What", "Subject", "Record", "Number old", "Number new", "Variables")
    rows: list[tuple[Cell, ...]] = [
        (r.dataset, r.what, r.subject, r.record, r.old_number, r.new_number, r.variables)
        for r in record_rows(diff, most)
    ]
    return Table("Records", head, rows, sum(map(touched, diff.datasets.values())))


def touched(one: DatasetDiff) -> int:
    """How many records were removed, added, changed or renumbered."""
    return len(one.matches.removed) + len(one.matches.added) + len(one.touched)


def _values(diff: DeliveryDiff, most: int) -> Table:
    head = ("Dataset", "Variable", "Subject", "Record", "Old", "New")
    rows: list[tuple[Cell, ...]] = [
        (r.dataset, r.variable, r.subject, r.record, r.old_text, r.new_text) for r in value_rows(diff, most)
    ]
    total = sum(len(differing.pairs) for one in diff.datasets.values() for differing in one.values)
    return Table("Values", head, rows, total)


_EFFECTS = ("Effect", "From", "Subject", "Record", "Old", "New")


def _effects(diff: DeliveryDiff) -> Iterator[tuple[Cell, ...]]:
    for effect in diff.effects:
        for row in effect.rows:
            yield effect.effect, effect.place, row.subject, row.record, row.old, row.new


_DEFINE = ("Of", "What", "Old", "New")
_FINDINGS = ("Status", "Severity", "Dataset", "Variable", "Rule", "Found", "Old", "New", "Comment", "Id")


def _findings(diff: DeliveryDiff) -> Iterator[tuple[Cell, ...]]:
    for f in diff.findings or ():
        yield f.status, f.severity, f.dataset, f.variable, f.rule, f.found, f.old, f.new, f.comment, f.id
