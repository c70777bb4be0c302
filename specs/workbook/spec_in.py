"""What reading the toolkit's sheets has found so far, and what all of these sheets have in common."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field

from specs.location import Location
from specs.model import Path, Sheet
from specs.model_errors import describe
from specs.problems import Problem, nearest, suggest
from specs.workbook.grid import Grid, grid_problems
from specs.workbook.mapping_cells import KEY
from specs.workbook.table import MAPPING_KEYS, Item, same
from specs.workbook.tree import Tree

# How alike an unknown header or sheet is to a missing one before it counts as that one, renamed.
RENAMED = 0.85


@dataclass(slots=True)
class _Listed:
    """An item of a list that has a row: where it is in the list, and how others may name it."""

    index: int
    labels: tuple[str, ...]


@dataclass(slots=True)
class SpecIn:
    """What the toolkit's sheets of one workbook say, and what people wrote beside it."""

    tree: Tree
    filled: Mapping[tuple[str, str], Mapping[str, str]]  # (sheet, row) -> what the toolkit itself wrote there
    problems: list[Problem] = field(default_factory=list)
    notes: dict[str, Sheet] = field(default_factory=dict)
    datasets: dict[str, Location] = field(default_factory=dict)  # every dataset that a row names, where first
    _items: dict[Path, list[_Listed]] = field(default_factory=dict)

    def refuse(self, id: str, where: Location, found: str, expected: str, do: str = "") -> None:
        self.problems.append(Problem(id, where, found, expected, do))

    def item(self, path: Path, step: Item, text: str, where: Location) -> int | None:
        """The place in its list of what a cell names; None and a problem if it names nothing or several."""
        listed = self._items.get(path, [])
        if text.isdigit():
            found = [item for item in listed if item.index == int(text) - 1]
        elif text:
            found = [item for item in listed if text in item.labels]
        else:
            found = listed
        if len(found) == 1:
            return found[0].index
        names = [label for item in listed for label in item.labels] or [
            str(item.index + 1) for item in listed
        ]
        of = " of ".join(str(step) for step in reversed(path) if isinstance(step, str) and step != "sdtm")
        if not listed:
            do = f"add a row for it to sheet {'Sources' if step.header == 'Source' else step.header + 's'}"
            said = describe(text) if text else "an empty cell"
            self.refuse("unknown-item", where, said, f"one of the {of}, of which there are none", do)
        elif not found:
            expected = f"one of {', '.join(names)}"
            do = suggest(text, names) or "write the name or the number that stands in its own row"
            self.refuse("unknown-item", where, describe(text), f"{of}: {expected}", do)
        else:
            said = describe(text) if text else "an empty cell"
            numbers = ", ".join(str(item.index + 1) for item in found)
            self.refuse(
                "unclear-item",
                where,
                f"{said}, which may mean {len(found)} of the {of}",
                f"one of {numbers}",
                "write its number",
            )
        return None

    def listed(self, path: Path, index: int, labels: tuple[str, ...]) -> None:
        self._items.setdefault(path, []).append(_Listed(index, labels))

    def next_index(self, path: Path) -> int:
        return max((item.index + 1 for item in self._items.get(path, [])), default=0)


def renamed(header: str, missing: list[str]) -> str:
    """The missing header that a person must have meant by an unknown one, or an empty text."""
    near = nearest(header, missing, 1)
    alike = difflib.SequenceMatcher(None, same(header), same(near[0])).ratio() if near else 0.0
    return near[0] if alike >= RENAMED else ""


class SheetIn:
    """What all of the toolkit's sheets have in common: headers that are known, and others that are kept."""

    repeats: tuple[str, ...] = ()

    def __init__(self, spec: SpecIn, grid: Grid) -> None:
        self.spec, self.grid = spec, grid

    def heads(self, known: list[str], required: list[str], keys: bool = False) -> dict[int, str] | None:
        """Column -> header as the toolkit writes it; None if the sheet cannot be read.

        Unknown headers stay as they are: columns of people's own. ``keys``: headers in small letters are keys.
        """
        found: dict[int, str] = {}
        by_name = {same(header): header for header in known}
        for index, title in self.grid.header.items():
            is_key = keys and KEY.fullmatch(title) is not None
            found[index] = title if is_key else by_name.get(same(title), title)
        problems = list(grid_problems(self.grid, self.repeats))
        missing = [header for header in known if header not in found.values()]
        if keys:
            missing += [
                key for key in (*MAPPING_KEYS, "label", "evaluator", "idvar") if key not in found.values()
            ]
        own = [
            index
            for index, title in found.items()
            if title not in known and not (keys and KEY.fullmatch(title))
        ]
        for index in own:
            key = same(found[index]).replace(" ", "_")
            meant = key if keys and key in MAPPING_KEYS else renamed(found[index], missing)
            if meant:
                problems.append(
                    Problem(
                        "renamed-column",
                        self.grid.at(1, index),
                        f"the header {describe(found[index])}",
                        f"{meant}, which the sheet lacks",
                        f"write {meant}; a column of your own needs a name that is not like it",
                    )
                )
                missing = [header for header in missing if header != meant]
        problems += [
            Problem(
                "missing-column",
                self.grid.at(1),
                f"no column {header}; there are {', '.join(self.grid.header.values()) or 'none'}",
                f"the column {header}",
                f"write {header} into row 1 of the column that holds it; if the sheet is your own, rename it",
            )
            for header in required
            if header in missing
        ]
        self.spec.problems += problems
        bad = ("duplicate-column", "renamed-column", "missing-column", "merged-header")
        is_bad = bool(self.grid.bad_headers) or any(problem.id in bad for problem in problems)
        return None if is_bad else found

    def note(self, key: str, cells: Mapping[str, str]) -> None:
        """Keep what stands in columns of people's own."""
        sheet = self.spec.notes.get(self.grid.name, Sheet())
        self.spec.notes[self.grid.name] = Sheet(columns=sheet.columns, rows={**sheet.rows, key: dict(cells)})
