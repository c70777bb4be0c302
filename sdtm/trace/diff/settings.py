"""What a comparison lets pass or leaves out: tolerances, ignored variables, wanted datasets, keys of one's own."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from specs.location import Location
from specs.problems import Problem, ProblemsFound, suggest

_RELATIVE = "rel:"
_NAME = re.compile(r"[A-Z_][A-Z0-9_]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Two numbers are equal when they differ by at most ``absolute``, or ``relative`` times the larger one."""

    absolute: float = 0.0
    relative: float = 0.0

    def allows(self, old: np.ndarray, new: np.ndarray) -> np.ndarray:
        """For each pair of numbers whether the difference is allowed; never where one of them is missing.

        Shape: n and n float64 in, n truth values out. Example: 1.0 and 1.01 with ``absolute=0.1`` -> true.
        """
        size = np.maximum(np.abs(old), np.abs(new))
        both = np.isfinite(old) & np.isfinite(new)
        with np.errstate(invalid="ignore", over="ignore"):
            return both & (np.abs(old - new) <= np.maximum(self.absolute, self.relative * size))


@dataclass(frozen=True, slots=True)
class Settings:
    """``tolerances``: by (dataset, variable), either of them empty for any. ``ignored``: likewise.

    ``only``: datasets to compare; empty for all. ``keys``: dataset -> variables that identify its records.
    """

    tolerances: Mapping[tuple[str, str], Tolerance] = field(default_factory=dict)
    ignored: frozenset[tuple[str, str]] = frozenset()
    only: frozenset[str] = frozenset()
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def tolerance(self, dataset: str, variable: str) -> Tolerance:
        """The most special one that is given for a variable of a dataset."""
        for place in ((dataset, variable), ("", variable), (dataset, ""), ("", "")):
            if place in self.tolerances:
                return self.tolerances[place]
        return Tolerance()

    def is_ignored(self, dataset: str, variable: str) -> bool:
        return bool({("", variable), (dataset, variable)} & self.ignored)

    def check(self, datasets: Mapping[str, Collection[str]]) -> None:
        """``ProblemsFound`` where a dataset or a variable is named that neither delivery has."""
        variables = {name for names in datasets.values() for name in names}
        problems = [_unknown("--only", name, datasets) for name in self.only if name not in datasets]
        named = [("--tolerance", place) for place in self.tolerances]
        named += [("--ignore", place) for place in self.ignored]
        named += [("--key", (dataset, name)) for dataset, names in self.keys.items() for name in names]
        for option, (dataset, variable) in named:
            if dataset and dataset not in datasets:
                problems.append(_unknown(option, dataset, datasets))
            elif variable and variable not in (datasets[dataset] if dataset else variables):
                problems.append(_unknown(option, variable, datasets[dataset] if dataset else variables))
        if problems:
            raise ProblemsFound(problems)


def settings_of(
    tolerance: Sequence[str] = (),
    ignore: Sequence[str] = (),
    only: Sequence[str] = (),
    key: Sequence[str] = (),
) -> Settings:
    """Settings as they are written on a command line.

    ``tolerance``: ``1e-9``, ``AVAL=1e-6``, ``ADLB.AVAL=rel:1e-9`` (relative), ``ADLB.=1e-6``; an absolute and
    a relative one of the same place go together. ``ignore``: ``ASEQ``, ``ADLB.ASEQ``. ``key``:
    ``ADXX=USUBJID,PARAMCD``.

    Raises:
        ProblemsFound: a text of another form; all of them at once.
    """
    problems: list[Problem] = []
    tolerances: dict[tuple[str, str], Tolerance] = {}
    for text in tolerance:
        place, _, number = text.rpartition("=")
        value = _limit(number.removeprefix(_RELATIVE))
        where = _place(place) if place else ("", "")
        if value is None or where is None:
            problems.append(_form("--tolerance", text, "1e-9, AVAL=1e-6 or ADLB.AVAL=rel:1e-9"))
            continue
        before = tolerances.get(where, Tolerance())
        is_relative = number.startswith(_RELATIVE)
        tolerances[where] = Tolerance(
            before.absolute if is_relative else value, value if is_relative else before.relative
        )
    ignored = [(text, _place(text)) for text in ignore]
    problems += [
        _form("--ignore", text, "VARIABLE or DATASET.VARIABLE")
        for text, place in ignored
        if not place or not place[1]
    ]
    names = [name.upper() for text in only for name in _listed(text)]
    keys: dict[str, tuple[str, ...]] = {}
    for text in key:
        dataset, _, variables = text.upper().partition("=")
        if not dataset.strip() or not _listed(variables):
            problems.append(_form("--key", text, "DATASET=VARIABLE,VARIABLE"))
        keys[dataset.strip()] = tuple(_listed(variables))
    if problems:
        raise ProblemsFound(problems)
    return Settings(tolerances, frozenset(place for _, place in ignored if place), frozenset(names), keys)


def _listed(text: str) -> list[str]:
    return [name for name in re.split(r"[,\s]+", text.strip()) if name]


def _place(text: str) -> tuple[str, str] | None:
    """DATASET.VARIABLE or VARIABLE; DATASET. for all of its variables."""
    dataset, dot, variable = text.strip().upper().rpartition(".")
    parts = [part for part in (dataset, variable) if part]
    if not parts or (dot and not dataset) or not all(_NAME.fullmatch(part) for part in parts):
        return None
    return dataset, variable


def _limit(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None


def _form(option: str, found: str, expected: str) -> Problem:
    return Problem("bad-option", Location(key=option), f"{found!r}", expected, "see sdtm diff --help")


def _unknown(option: str, name: str, known: Iterable[str]) -> Problem:
    there = sorted(known)
    shown = ", ".join(there[:20]) + (f" … ({len(there)} in all)" if len(there) > 20 else "")
    return Problem(
        "not-compared",
        Location(key=option),
        f"{name!r}, which neither delivery has",
        f"one of {shown}",
        suggest(name, there),
    )
