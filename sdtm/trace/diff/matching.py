"""Which record of the old delivery is which of the new one. Linear in the records, whatever repeats.

1. Records whose key occurs once on either side belong together.
2. Records with a repeated key are taken as a heap (a multiset): those equal throughout first, then those
   equal but for their number, then those with the same telling values (test, term, reference, time …), then
   those with the same number, then the others in the order of their values.
3. What is left on both sides is the same record, with a corrected key, where exactly one record on either
   side agrees in all but one variable of the key (or exactly one of those with the same number), and in more
   than half of the other values. Identifiers, topics and what points at other records are never taken for
   corrected.

Everything else was added or removed. Nothing depends on the order of records or of variables, or on which
delivery is called the old one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np

from sdtm.combinations import combinations, order_by, rank
from sdtm.trace.diff.aligned import Part, Stacked, picked
from sdtm.trace.diff.keys import IDENTIFIERS, TOPICS, Key

Pairs = tuple[np.ndarray, np.ndarray]  # positions in the old and in the new dataset
_NONE = np.empty(0, dtype=np.int64)
_SIMILAR = 0.5  # share of other values that two records with one corrected key variable have in common


@dataclass(frozen=True, slots=True)
class Matches:
    """``old`` and ``new``: positions of records that belong together. ``removed``, ``added``: of the others.

    ``corrected``: for each pair the position of its corrected variable in the key, -1 for none.
    ``repeated``: keys that occur more than once, with the records that have them on either side.
    """

    old: np.ndarray
    new: np.ndarray
    removed: np.ndarray
    added: np.ndarray
    corrected: np.ndarray
    repeated: tuple[int, int, int] = (0, 0, 0)


@dataclass(slots=True)
class _Left:
    """Records that no pair has yet; ``new`` are rows of the stacked dataset."""

    old: np.ndarray
    new: np.ndarray
    pairs: list[Pairs] = field(default_factory=list)

    def take(self, found: Pairs) -> None:
        if len(found[0]):
            self.pairs.append(found)
            self.old = np.setdiff1d(self.old, found[0], assume_unique=True)
            self.new = np.setdiff1d(self.new, found[1], assume_unique=True)


def match(table: Stacked, key: Key, numbers: Sequence[str], references: Collection[str] = ()) -> Matches:
    """Pairs of records that are the same.

    ``numbers``: variables that only number records. ``references``: those that point at other records.
    """
    left = _Left(np.arange(table.old), np.arange(table.old, table.old + table.new))
    compared = [name for name in table.names if name not in numbers]
    numbered = [name for name in sorted(numbers) if name in table.parts]
    repeated = (0, 0, 0)
    if key.variables and not key.by_number:
        group = combinations([table.parts[name] for name in key.variables])[0]
        repeated = _repeats(group, table.old)
        left.take(_single(group, left))
        apart = _without_partner(group, left)
        _match_heaps(table, key, left, compared, numbered)
        left.old, left.new = np.union1d(left.old, apart[0]), np.union1d(left.new, apart[1])
    else:
        _match_heaps(table, key, left, compared, numbered)
    before = sum(len(old) for old, _ in left.pairs)
    corrected = [np.full(before, -1, dtype=np.int64)]
    fixed = {*IDENTIFIERS, *numbers, *references}
    names = [name for name in sorted(key.variables) if name not in fixed and not TOPICS.fullmatch(name)]
    # Where the rest of the key fits several records, those with the same number.
    for name, further in [(name, ()) for name in names] + [(name, numbered) for name in names if numbered]:
        if not (len(left.old) and len(left.new)):
            break
        found = _corrected(table, key, name, further, compared, left)
        corrected.append(np.full(len(found[0]), key.variables.index(name), dtype=np.int64))
        left.take(found)
    old = np.concatenate([_NONE, *(pair[0] for pair in left.pairs)])
    new = np.concatenate([_NONE, *(pair[1] for pair in left.pairs)]) - table.old
    return Matches(old, new, left.old, left.new - table.old, np.concatenate(corrected), repeated)


def _repeats(group: np.ndarray, old: int) -> tuple[int, int, int]:
    counts = [
        np.bincount(part, minlength=int(group.max(initial=-1)) + 1) for part in (group[:old], group[old:])
    ]
    several = (counts[0] > 1) | (counts[1] > 1)
    return int(several.sum()), int(counts[0][several].sum()), int(counts[1][several].sum())


def _single(group: np.ndarray, left: _Left) -> Pairs:
    """Pairs of records whose group has one on either side."""
    of_old, of_new = group[left.old], group[left.new]
    size = int(max(of_old.max(initial=-1), of_new.max(initial=-1))) + 1
    one = (np.bincount(of_old, minlength=size) == 1) & (np.bincount(of_new, minlength=size) == 1)
    row = np.empty(size, dtype=np.int64)
    row[of_new] = left.new
    chosen = one[of_old]
    return left.old[chosen], row[of_old[chosen]]


def _without_partner(group: np.ndarray, left: _Left) -> Pairs:
    """Take out, and give, the records whose group is only on one side."""
    of_old, of_new = group[left.old], group[left.new]
    both_old, both_new = np.isin(of_old, of_new), np.isin(of_new, of_old)
    apart = left.old[~both_old], left.new[~both_new]
    left.old, left.new = left.old[both_old], left.new[both_new]
    return apart


def _match_heaps(
    table: Stacked, key: Key, left: _Left, compared: Sequence[str], numbered: Sequence[str]
) -> None:
    """Pairs out of records with repeated keys, from the most alike to the least."""
    if not (len(left.old) and len(left.new)):
        return
    telling = [name for name in key.telling if name in compared and name not in key.variables]
    steps: list[Sequence[str]] = [[*compared, *numbered], compared]
    if key.by_number:
        steps += [[*key.variables, *telling], key.variables]
    elif key.variables:
        steps += [[*key.variables, *telling]] if telling else []
        steps += [[*key.variables, *numbered]] if numbered else []
        steps += [key.variables]
    rows = np.concatenate([left.old, left.new])
    place = None
    for names in steps:
        if not (len(left.old) and len(left.new)) or not names:
            continue
        if place is None:
            place = np.empty(table.old + table.new, dtype=np.int64)
            ordered = order_by(rank(part) for part in table.rows([*numbered, *compared], rows))
            place[rows[ordered]] = np.arange(len(rows))
        left.take(_heaped(table, names, left, place))


def _heaped(table: Stacked, names: Sequence[str], left: _Left, place: np.ndarray) -> Pairs:
    """The first of each group with the first of the same group on the other side, the second with the second …"""
    rows = np.concatenate([left.old, left.new])
    group = combinations(table.rows(names, rows))[0].astype(np.int64)
    count = len(left.old)
    sides = []
    for own, of in ((left.old, group[:count]), (left.new, group[count:])):
        order = np.lexsort((place[own], of))
        sorted_groups = of[order]
        starts = np.flatnonzero(np.append(True, sorted_groups[1:] != sorted_groups[:-1])[: len(order)])
        nth = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
        sides.append((sorted_groups * (len(rows) + 1) + nth, own[order]))
    (of_old, old), (of_new, new) = sides
    _, at_old, at_new = np.intersect1d(of_old, of_new, assume_unique=True, return_indices=True)
    return old[at_old], new[at_new]


def _corrected(
    table: Stacked, key: Key, without: str, further: Sequence[str], compared: Sequence[str], left: _Left
) -> Pairs:
    """Records alone on either side in all of the key but one variable, and alike in most other values."""
    names = [*(name for name in key.variables if name != without), *further]
    if not any(name not in ("STUDYID", "DOMAIN") for name in names):
        return _NONE, _NONE
    rows = np.concatenate([left.old, left.new])
    group = np.zeros(table.old + table.new, dtype=np.int64)
    group[rows] = combinations(table.rows(names, rows))[0]
    old, new = _single(group, left)
    if not len(old):
        return _NONE, _NONE
    others = [name for name in compared if name not in key.variables]
    same, told = np.zeros(len(old)), np.zeros(len(old))
    for name in others:
        equal, empty = equal_values(table.parts[name], old, new)
        told += ~empty
        same += equal & ~empty
        if TOPICS.fullmatch(name):  # the reported term or test behind a recoded one
            same[~equal] = -np.inf
    chosen = same > _SIMILAR * told
    return old[chosen], new[chosen]


def equal_values(part: Part, old: np.ndarray, new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each pair of rows whether the values are equal, and whether both are missing."""
    one, other = coded(part, old), coded(part, new)
    if one.dtype.kind == "f":
        empty = np.isnan(one) & np.isnan(other)
        return (one == other) | empty, empty
    return one == other, (one < 0) & (other < 0)


def coded(part: Part, rows: np.ndarray) -> np.ndarray:
    """Values of some rows to compare: codes of texts (-1 is missing), or the numbers."""
    chosen = picked(part, rows)
    return chosen if isinstance(chosen, np.ndarray) else chosen.array.codes  # type: ignore[attr-defined]
