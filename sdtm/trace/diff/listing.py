"""Differences record by record and value by value, in the order of the keys, at most so many of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sdtm.trace.diff.aligned import Stacked
from sdtm.trace.diff.compare import DeliveryDiff
from sdtm.trace.diff.datasets import DatasetDiff
from sdtm.trace.diff.shown import in_order, record_texts, texts_at, values_at
from sdtm.trace.diff.values import Differing

MOST = 100_000  # rows of one list; a spreadsheet holds ten times as many, and nobody reads them
REMOVED, ADDED, CHANGED, CORRECTED, RENUMBERED = "removed", "added", "changed", "key corrected", "renumbered"
_NOT_SHOWN = ("STUDYID", "DOMAIN", "USUBJID")  # told in a column of its own, or by the delivery
_SUBJECT = "USUBJID"


@dataclass(frozen=True, slots=True)
class RecordRow:
    """``what``: removed, added, or what happened to a record that both have. ``number``: --SEQ old and new."""

    dataset: str
    what: str
    subject: str
    record: str
    old_number: str
    new_number: str
    variables: str


@dataclass(frozen=True, slots=True)
class ValueRow:
    """``old`` and ``new`` as they are (None: missing), ``old_text`` and ``new_text`` as people read them."""

    dataset: str
    variable: str
    subject: str
    record: str
    old: str | float | None
    new: str | float | None
    old_text: str
    new_text: str


def shares(counts: Sequence[int], most: int) -> list[int]:
    """How many of each group are listed, so that a large group hides no small one.

    Example: groups of 2, 50, 1000 with room for 100 -> 2, 49, 49.
    """
    left, out = most, [0] * len(counts)
    for place, index in enumerate(sorted(range(len(counts)), key=lambda index: (counts[index], index))):
        out[index] = min(counts[index], left // (len(counts) - place))
        left -= out[index]
    return out


def record_rows(diff: DeliveryDiff, most: int = MOST) -> list[RecordRow]:
    """Records that were removed, added, changed or renumbered, by dataset."""
    parts = []
    for one in diff.datasets.values():
        parts += [(one, REMOVED, one.matches.removed), (one, ADDED, one.matches.added + one.table.old)]
        parts += [(one, CHANGED, one.touched)]
    allowed = shares([len(rows) for _, _, rows in parts], most)
    told: list[RecordRow] = []
    for (one, what, rows), count in zip(parts, allowed, strict=True):
        units = diff.units[one.name]
        told += _alone(one, what, rows, count, units) if what != CHANGED else _pairs(one, rows, count, units)
    return told


def _alone(
    one: DatasetDiff, what: str, rows: np.ndarray, count: int, units: Mapping[str, str]
) -> Iterator[RecordRow]:
    table = one.table
    rows = rows[in_order(table, one.key.variables, rows)[:count]]
    numbers = _numbers(one, rows)
    empty = [""] * len(rows)
    sides = (numbers, empty) if what == REMOVED else (empty, numbers)
    for row in zip(_subjects(table, rows), _records(one, rows, units), *sides, strict=True):
        yield RecordRow(one.name, what, *row, "")


def _pairs(one: DatasetDiff, pairs: np.ndarray, count: int, units: Mapping[str, str]) -> Iterator[RecordRow]:
    pairs = pairs[_pair_order(one, pairs)[:count]]
    old, new = one.matches.old[pairs], one.matches.new[pairs] + one.table.old
    names: list[list[str]] = [[] for _ in pairs]
    place = {pair: position for position, pair in enumerate(pairs.tolist())}
    for differing in one.values:
        for pair in np.intersect1d(differing.pairs, pairs, assume_unique=True).tolist():
            names[place[pair]].append(differing.variable)
    corrected = one.matches.corrected[pairs] >= 0
    moved = np.isin(pairs, one.moved)
    words = [
        "; ".join(
            word
            for word, holds in ((CORRECTED, key), (CHANGED, bool(variables)), (RENUMBERED, number))
            if holds and not (word == CHANGED and key)
        )
        for key, number, variables in zip(corrected, moved, names, strict=True)
    ]
    rows = zip(
        words, _subjects(one.table, new), _records(one, new, units), _numbers(one, old), _numbers(one, new), names,
        strict=True,
    )  # fmt: skip
    for word, subject, record, was, now, variables in rows:
        yield RecordRow(one.name, word, subject, record, was, now, ", ".join(variables))


def value_rows(diff: DeliveryDiff, most: int = MOST) -> list[ValueRow]:
    """Every value that differs between two records that belong together, by dataset and variable."""
    parts = [(one, differing) for one in diff.datasets.values() for differing in one.values]
    allowed = shares([len(differing.pairs) for _, differing in parts], most)
    return [
        row
        for (one, differing), count in zip(parts, allowed, strict=True)
        for row in _values(one, differing, count, diff.units[one.name])
    ]


def _values(
    one: DatasetDiff, differing: Differing, count: int, units: Mapping[str, str]
) -> Iterator[ValueRow]:
    table, name = one.table, differing.variable
    pairs = differing.pairs[_pair_order(one, differing.pairs)[:count]]
    old, new = one.matches.old[pairs], one.matches.new[pairs] + table.old
    part, unit = table.parts[name], units.get(name, "")
    rows = zip(
        _subjects(table, new),
        _records(one, new, units),
        values_at(part, old),
        values_at(part, new),
        texts_at(part, old, unit).tolist(),
        texts_at(part, new, unit).tolist(),
        strict=True,
    )
    for row in rows:
        yield ValueRow(one.name, name, *row)


def _pair_order(one: DatasetDiff, pairs: np.ndarray) -> np.ndarray:
    """By the key of the new record, then by all else, so that the order of the files does not show."""
    return in_order(one.table, one.key.variables, one.matches.new[pairs] + one.table.old)


def _subjects(table: Stacked, rows: np.ndarray) -> list[str]:
    if _SUBJECT not in table.parts:
        return [""] * len(rows)
    return texts_at(table.parts[_SUBJECT], rows, missing="").tolist()


def _records(one: DatasetDiff, rows: np.ndarray, units: Mapping[str, str]) -> list[str]:
    names = [name for name in one.key.variables if name not in _NOT_SHOWN]
    return record_texts(one.table, names, rows, units)


def _numbers(one: DatasetDiff, rows: np.ndarray) -> list[str]:
    """What numbers the records: --SEQ, ASEQ, or the IDVARVAL of what points at them."""
    found = [name for name in (f"{one.name[:2]}SEQ", "ASEQ", "IDVARVAL") if name in one.table.parts]
    moved = [differing.variable for differing in one.renumbered]
    name = next((name for name in [*moved, *found]), "")
    return texts_at(one.table.parts[name], rows, missing="").tolist() if name else [""] * len(rows)
