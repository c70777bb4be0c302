"""A tree that grows value by value, each with the cell it came from; in the end a ``Branch`` for the model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from specs.location import Location
from specs.model import Path
from specs.problems import Problem
from specs.yaml_text import Branch, dotted


@dataclass(slots=True)
class _Nest:
    """Keys and values, or the items of a list by their numbers, still growing."""

    cell: Location
    below: dict[Any, _Nest | Branch] = field(default_factory=dict)


class Tree:
    """What the rows of all sheets say so far."""

    def __init__(self, file: str) -> None:
        self._top = _Nest(Location(file))
        self.problems: list[Problem] = []

    def open(self, path: Path, cell: Location) -> None:
        """There is something at this path, and its row is ``cell``; also if no value stands in it."""
        if path:
            nest = self._nest(path, cell)
            if nest is not None:
                nest.cell = cell

    def put(self, path: Path, branch: Branch, cell: Location) -> None:
        """A value at this path; keys and values mix with what other rows say there."""
        if isinstance(branch.value, dict):
            self.open(path, cell)
            for key, below in branch.value.items():
                self.put((*path, key), below, cell)
            return
        nest = self._nest(path[:-1], cell)
        if nest is not None:
            if path[-1] in nest.below:
                self._twice(path, nest.below[path[-1]], cell)
            else:
                nest.below[path[-1]] = branch

    def _nest(self, path: Path, cell: Location) -> _Nest | None:
        nest = self._top
        for i, step in enumerate(path):
            below = nest.below.setdefault(step, _Nest(cell))
            if isinstance(below, Branch):
                self._twice(path[: i + 1], below, cell)
                return None
            nest = below
        return nest

    def _twice(self, path: Path, first: _Nest | Branch, cell: Location) -> None:
        self.problems.append(
            Problem(
                "duplicate-value",
                cell,
                f"{dotted(path)} again; the first is in {first.cell}",
                "each value once",
                "take one of the two out",
            )
        )

    def has(self, path: Path) -> bool:
        nest: _Nest | Branch | None = self._top
        for step in path:
            nest = nest.below.get(step) if isinstance(nest, _Nest) else None
        return nest is not None

    def keys(self, path: Path) -> list[Any]:
        """What stands below a path, in the order of the rows."""
        nest: _Nest | Branch | None = self._top
        for step in path:
            nest = nest.below.get(step) if isinstance(nest, _Nest) else None
        return list(nest.below) if isinstance(nest, _Nest) else []

    def branch(self) -> Branch:
        return _branch(self._top)


def _branch(nest: _Nest | Branch) -> Branch:
    if isinstance(nest, Branch):
        return nest
    below = nest.below
    value: Any
    if below and all(isinstance(step, int) for step in below):
        value = [_branch(below[step]) for step in sorted(below)]
    else:
        value = {str(step): _branch(item) for step, item in below.items()}
    return Branch(value, nest.cell.file, cell=nest.cell)
