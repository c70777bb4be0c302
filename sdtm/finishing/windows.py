"""Visits and the windows of study days that the schedule has for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from specs.model import Visit
from specs.rules.visits import window_of


class Window(NamedTuple):
    """The window of a planned visit, both days included. There is no day 0. ``origin``: the number of the visit that
    its days are counted from; None: they are study days. ``arm``: the one that it is planned for; empty: all."""

    number: float
    name: str
    day: float
    first: int
    last: int
    origin: float | None = None
    arm: str = ""

    def of_rows(self, arms: np.ndarray | None) -> np.ndarray | bool:
        """Rows whose subject has the arm of the window; all, where ``arms`` (ARMCD of each row) are not known."""
        return True if not self.arm or arms is None else arms == self.arm


def windows_of(visits: Sequence[Visit]) -> list[Window]:
    """The windows that a schedule has; a visit planned for several arms counts once for each window."""
    found = []
    numbers = {visit.VISIT: float(visit.VISITNUM) for visit in visits}
    for visit in visits:
        window = window_of(visit.day) if visit.day else None
        if window is not None:
            day = float(visit.VISITDY) if visit.VISITDY else np.nan
            origin = numbers.get(visit.counted_from)
            found.append(Window(float(visit.VISITNUM), visit.VISIT, day, *window, origin, visit.ARMCD))
    return list(dict.fromkeys(found))


def outside(
    numbers: np.ndarray, days: np.ndarray, windows: Sequence[Window], arms: np.ndarray | None = None
) -> np.ndarray:
    """Rows at a visit with a window (in the arm of the subject) whose study day lies in none of them.

    Missing: a row without a visit or a study day is not judged.
    Example: visit 3 with day 6..10: day 10 is inside, day 11 outside.
    """
    judged, inside = np.zeros(len(days), dtype=bool), np.zeros(len(days), dtype=bool)
    for window in windows:
        own = (numbers == window.number) & window.of_rows(arms)
        judged |= own
        inside |= own & (days >= window.first) & (days <= window.last)
    return judged & ~inside & ~np.isnan(days)


def visit_of_day(
    days: np.ndarray, windows: Sequence[Window], arms: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Position of the one visit in whose window each study day lies (-1: none), and how many visits have it.

    Example: windows 1..1 and 6..10: day 8 -> second; day 3 -> none.
    """
    position = np.full(len(days), -1, dtype=np.int64)
    count = np.zeros(len(days), dtype=np.int64)
    seen: dict[float, np.ndarray] = {}
    for number, window in enumerate(windows):
        inside = (days >= window.first) & (days <= window.last) & window.of_rows(arms)
        new = inside & ~seen.get(window.number, np.zeros(len(days), dtype=bool))
        seen[window.number] = seen.get(window.number, np.zeros(len(days), dtype=bool)) | inside
        count += new
        position = np.where(new, number, position)
    return np.where(count == 1, position, -1), count
