"""Concentration profiles as padded two-dimensional arrays: one row a profile, its points in order of time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class Profiles:
    """P profiles of at most N points. Cells behind the last point of a row hold NaN and ``False``.

    ``time`` since the dose, at least 0; ``actual`` the same before what lies before the dose was put to 0.
    ``below``: the value is below the limit of quantification, and the concentration NaN until a rule
    decides about it. ``limit``: that limit. ``source``: which of the given points it is (NaN: one that was
    made). ``conflict``: rows with two values at one time.
    """

    time: np.ndarray
    actual: np.ndarray
    concentration: np.ndarray
    below: np.ndarray
    limit: np.ndarray
    source: np.ndarray
    conflict: np.ndarray

    @property
    def filled(self) -> np.ndarray:
        return ~np.isnan(self.time)

    @property
    def quantified(self) -> np.ndarray:
        """Cells that hold a concentration above 0."""
        return self.concentration > 0

    def keep(self, cells: np.ndarray) -> Profiles:
        """Only the marked cells, moved to the front of their rows; the order stays."""
        cells = cells & self.filled
        order = np.argsort(~cells, axis=1, kind="stable")
        width = int(cells.sum(axis=1).max(initial=0))
        order, kept = order[:, :width], np.take_along_axis(cells, order, axis=1)[:, :width]

        def moved(values: np.ndarray) -> np.ndarray:
            return np.where(kept, np.take_along_axis(values, order, axis=1), np.nan)

        return replace(
            self,
            time=moved(self.time),
            actual=moved(self.actual),
            concentration=moved(self.concentration),
            below=np.take_along_axis(self.below, order, axis=1) & kept,
            limit=moved(self.limit),
            source=moved(self.source),
        )


class Duplicates(NamedTuple):
    """Positions of the given points that share a time with an earlier one of their profile."""

    same: np.ndarray
    different: np.ndarray


def arrange(
    profile: np.ndarray,
    time: np.ndarray,
    concentration: np.ndarray,
    below: np.ndarray,
    limit: np.ndarray,
    count: int,
) -> tuple[Profiles, Duplicates]:
    """Points in any order as ``Profiles``.

    Shape:   n points with the number of their profile (0 to count - 1) in; ``count`` rows out.
    Unit:    time since the dose, below 0 before it.
    Missing: a point without time or without a value (unless it is below the limit) is left out.
    Errors:  two different values at one time: the row is marked ``conflict``; equal ones become one.
    Source:  of the points at or before the dose the last one stands for time 0.
    Example: times -2, -0.5, 1 with 5, 3, 9 -> (0, 3), (1, 9).
    """
    place = np.flatnonzero(~np.isnan(time) & (below | ~np.isnan(concentration)))
    value = np.where(below, -1.0, concentration)[place]
    place = place[np.lexsort((value, time[place], profile[place]))]
    p, t = profile[place], time[place]
    next_t = np.append(t[1:], np.nan)[: len(t)]
    superseded = _followed(p) & (t <= 0) & (next_t <= 0) & (t != next_t)
    place = place[~superseded]
    p, t, value = profile[place], time[place], np.where(below, -1.0, concentration)[place]
    repeated = _repeats(p) & _repeats(t)
    equal = _repeats(value)
    conflict = np.zeros(count, dtype=bool)
    conflict[p[repeated & ~equal]] = True
    duplicates = Duplicates(place[repeated & equal], place[repeated & ~equal])
    place = place[~repeated]
    return _padded(profile, time, concentration, below, limit, place, count, conflict), duplicates


def _repeats(values: np.ndarray) -> np.ndarray:
    """Whether each value equals the one before it."""
    same = np.zeros(len(values), dtype=bool)
    same[1:] = values[1:] == values[:-1]
    return same


def _followed(values: np.ndarray) -> np.ndarray:
    """Whether each value equals the one after it."""
    same = np.zeros(len(values), dtype=bool)
    same[:-1] = values[1:] == values[:-1]
    return same


def _padded(
    profile: np.ndarray,
    time: np.ndarray,
    concentration: np.ndarray,
    below: np.ndarray,
    limit: np.ndarray,
    place: np.ndarray,
    count: int,
    conflict: np.ndarray,
) -> Profiles:
    """Sorted points, each into its row at its rank."""
    row = profile[place]
    sizes = np.bincount(row, minlength=count)
    rank = np.arange(len(row)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    shape = (count, int(sizes.max(initial=0)))

    def spread(values: np.ndarray, empty: float | bool) -> np.ndarray:
        cells = np.full(shape, empty)
        cells[row, rank] = values[place]
        return cells

    actual = spread(time, np.nan)
    below_cells = spread(below, False)
    value = np.where(below_cells, np.nan, spread(concentration, np.nan))
    source = np.full(shape, np.nan)
    source[row, rank] = place
    return Profiles(
        np.maximum(actual, 0), actual, value, below_cells, spread(limit, np.nan), source, conflict
    )


def first_true(cells: np.ndarray) -> np.ndarray:
    """Column of the first marked cell of each row; the width where there is none."""
    if not cells.shape[1]:
        return np.zeros(len(cells), dtype=np.int64)
    return np.where(cells.any(axis=1), cells.argmax(axis=1), cells.shape[1])


def last_true(cells: np.ndarray) -> np.ndarray:
    """Column of the last marked cell of each row; -1 where there is none."""
    return cells.shape[1] - 1 - first_true(cells[:, ::-1])


def pick(values: np.ndarray, column: np.ndarray) -> np.ndarray:
    """One cell of each row; NaN where the column is outside."""
    inside = (column >= 0) & (column < values.shape[1])
    if not values.shape[1]:
        return np.full(len(values), np.nan)
    found = values[np.arange(len(values)), np.where(inside, column, 0)]
    return np.where(inside, found, np.nan)
