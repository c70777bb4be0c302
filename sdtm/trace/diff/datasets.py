"""One dataset of two deliveries compared: its records, their numbers, their values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sdtm.trace.diff.aligned import Stacked, stacked
from sdtm.trace.diff.deliveries import ADAM, Delivery
from sdtm.trace.diff.keys import Key, key_of
from sdtm.trace.diff.matching import Matches, match
from sdtm.trace.diff.numbering import Numbered, numbered, numbers_of, with_references
from sdtm.trace.diff.settings import Settings
from sdtm.trace.diff.values import Differing, differing
from sdtm.trace.diff.variables import VariableChange, variable_changes
from specs.model import Study


@dataclass(frozen=True)
class DatasetDiff:
    """``table`` holds the values as they are written. ``values``: variables that differ in some pair of records.

    ``within``: variables that differ within the tolerance somewhere. ``renumbered``: variables that number
    records or point at them, and differ in pairs only because numbers moved.
    """

    name: str
    kind: str
    table: Stacked
    key: Key
    matches: Matches
    values: tuple[Differing, ...]
    within: tuple[Differing, ...]
    renumbered: tuple[Differing, ...]
    metadata: tuple[VariableChange, ...]

    @cached_property
    def changed(self) -> np.ndarray:
        """Pairs of records that differ in some value."""
        return _union(self.values)

    @cached_property
    def moved(self) -> np.ndarray:
        """Pairs of records with another number."""
        return _union(self.renumbered)

    @cached_property
    def touched(self) -> np.ndarray:
        """Pairs of records that differ in some value or number."""
        return np.union1d(self.changed, self.moved)

    @property
    def has_differences(self) -> bool:
        counts = (len(self.matches.added), len(self.matches.removed), len(self.changed), len(self.moved))
        return any(counts) or bool(self.metadata)


def _union(parts: tuple[Differing, ...]) -> np.ndarray:
    if not parts:
        return np.empty(0, dtype=np.int64)
    return np.unique(np.concatenate([part.pairs for part in parts]))


def diff_dataset(
    name: str,
    deliveries: tuple[Delivery, Delivery],
    settings: Settings,
    study: Study | None,
    known: dict[str, Numbered],
) -> DatasetDiff:
    """Compare one dataset that both have. ``known``: datasets compared before; this one is added."""
    old, new = (delivery.datasets[name] for delivery in deliveries)
    kind = deliveries[0].kinds[name]
    whole = stacked(name, old, new)
    parts = {n: part for n, part in whole.parts.items() if not settings.is_ignored(name, n)}
    table = replace(whole, parts=parts)
    references = with_references(table, kind == ADAM, known)
    compared = replace(table, parts={**parts, **references})
    numbers = numbers_of(name, parts, kind == ADAM, known)
    key = key_of(name, deliveries, parts.keys(), numbers, settings, study)
    matches = match(compared, key, sorted(numbers), references)
    if kind != ADAM:
        own = numbered(whole, matches)
        if own is not None:
            known[name] = own
    values, within, moved = _values(table, compared, matches, numbers, references, settings)
    return DatasetDiff(
        name,
        kind,
        table,
        key,
        matches,
        values,
        within,
        moved,
        tuple(variable_changes(name, old, new, settings)),
    )


def _values(
    table: Stacked,
    compared: Stacked,
    matches: Matches,
    numbers: set[str],
    references: Mapping[str, object],
    settings: Settings,
) -> tuple[tuple[Differing, ...], tuple[Differing, ...], tuple[Differing, ...]]:
    old, new = matches.old, matches.new + table.old
    values, within, moved = [], [], []
    for name in table.parts:
        tolerance = settings.tolerance(table.name, name)
        if name in numbers:
            found = differing(name, table.parts[name], old, new, tolerance)
            moved.append(found)
            continue
        found = differing(name, compared.parts[name], old, new, tolerance)
        if name in references:
            # Another number: of the same record behind it, or of another one.
            plain = differing(name, table.parts[name], old, new, tolerance).pairs
            moved.append(Differing(name, np.setdiff1d(plain, found.pairs, assume_unique=True)))
            found = Differing(name, np.intersect1d(plain, found.pairs, assume_unique=True))
        values.append(found)
        if found.within:
            within.append(found)
    return (
        tuple(found for found in values if len(found.pairs)),
        tuple(within),
        tuple(found for found in moved if len(found.pairs)),
    )
