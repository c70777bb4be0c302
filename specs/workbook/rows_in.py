"""The rows of the toolkit's sheets -> a tree for the spec model, every value with its cell.

Tables are read from the top of the model down, so that the rows of a table find what they belong to (the
sources of a dataset) by its name or number.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from specs.location import Location
from specs.model import Path, Sheet
from specs.model_errors import describe
from specs.problems import Problem, ProblemsFound, nearest, suggest
from specs.workbook.cell_text import EXACT, TEXT, decode, pairs_branch
from specs.workbook.grid import Cell, Grid, grid_problems
from specs.workbook.layout import (
    ALGORITHM,
    MAPPING_KEYS,
    MORE,
    RULE,
    SETTINGS,
    TEXTS,
    TRY,
    Choice,
    Column,
    Item,
    Name,
    Place,
    Row,
    Table,
    columns,
    same,
    settings,
    tables,
)
from specs.workbook.mapping_cells import KEY, mapping_branch
from specs.workbook.tree import Tree
from specs.yaml_text import Branch

# How alike an unknown header or sheet is to a missing one before it counts as that one, renamed.
RENAMED = 0.85
# Of the sheet Settings, beside the key and its value.
SETTINGS_NOTES = ("Default", "Meaning")


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

    def read(self, grids: Mapping[str, Grid]) -> None:
        """Read all of the toolkit's sheets; ``grids`` by the names that the toolkit gives them."""
        if SETTINGS in grids:
            _Settings(self, grids[SETTINGS]).read()
        # What stands higher in the model has the shorter places.
        for table in sorted(tables(), key=lambda table: max(map(len, table.places))):
            if table.sheet in grids:
                _TableIn(self, table, grids[table.sheet]).read()
        self.problems += self.tree.problems

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
        names = [label for item in listed for label in item.labels] or [str(item.index + 1) for item in listed]
        of = " of ".join(str(step) for step in reversed(path) if isinstance(step, str) and step != "sdtm")
        if not listed:
            do = f"add a row for it to sheet {'Sources' if step.header == 'Source' else step.header + 's'}"
            self.refuse("unknown-item", where, f"{of}, of which there are none", "one that has a row", do)
        elif not found:
            expected = f"one of {', '.join(names)}"
            self.refuse("unknown-item", where, describe(text), f"{of}: {expected}", suggest(text, names))
        else:
            said = describe(text) if text else "an empty cell"
            numbers = ", ".join(str(item.index + 1) for item in found)
            self.refuse("unclear-item", where, f"{said}, which may mean {len(found)} of the {of}", f"one of {numbers}")
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


class _Sheet:
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
        own = [index for index, title in found.items() if title not in known and not (keys and KEY.fullmatch(title))]
        for index in own:
            meant = renamed(found[index], missing)
            if keys and same(found[index]).replace(" ", "_") in MAPPING_KEYS:
                meant = same(found[index]).replace(" ", "_")
                missing.append(meant)
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
                missing.remove(meant)
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
        return None if any(problem.id in bad for problem in problems) else found

    def note(self, key: str, cells: Mapping[str, str]) -> None:
        """Keep what stands in columns of people's own."""
        sheet = self.spec.notes.get(self.grid.name, Sheet())
        self.spec.notes[self.grid.name] = Sheet(columns=sheet.columns, rows={**sheet.rows, key: dict(cells)})


class _Settings(_Sheet):
    def read(self) -> None:
        found = self.heads(["Key", "Value", *SETTINGS_NOTES], ["Key", "Value"])
        if found is None:
            return
        own = [title for title in found.values() if title not in ("Key", "Value", *SETTINGS_NOTES)]
        if own:
            self.spec.notes[SETTINGS] = Sheet(columns=tuple(own))
        key_at, value_at = (next(i for i, title in found.items() if title == name) for name in ("Key", "Value"))
        by_name = {same(column.header): column for column in settings()}
        for number, cells in self.grid.rows.items():
            key = cells.get(key_at, Cell("")).text
            value = cells.get(value_at, Cell("")).text
            where = self.grid.at(number, key_at)
            notes = {found[i]: cell.text for i, cell in cells.items() if found.get(i) in own}
            if notes:
                self.note(key, notes)
            if key == MORE:
                self._more(value, self.grid.at(number, value_at))
            elif same(key) in by_name:
                self._value(by_name[same(key)], value, self.grid.at(number, value_at))
            elif key or value:
                known = [column.header for column in settings()]
                self.spec.refuse(
                    "unknown-key", where, describe(key) if key else "a value without a key", f"one of {', '.join(known)}",
                    suggest(key, known),
                )  # fmt: skip

    def _value(self, column: Column, text: str, where: Location) -> None:
        try:
            branch = decode(column.form, text, where)
        except ProblemsFound as found:
            self.spec.problems += found.problems
            return
        if branch is not None:
            self.spec.tree.put(column.path, branch, where)

    def _more(self, text: str, where: Location) -> None:
        try:
            self.spec.tree.put((), pairs_branch(text, where), where)
        except ProblemsFound as found:
            self.spec.problems += found.problems


class _TableIn(_Sheet):
    """One table: finds what each row is about, and puts its values there."""

    def __init__(self, spec: SpecIn, table: Table, grid: Grid) -> None:
        super().__init__(spec, grid)
        self.table, self.repeats = table, table.repeats
        self._seen: dict[Path, int] = {}  # the row of each path
        self._tried: dict[Path, int] = {}  # the first row of each mapping that has several

    def read(self) -> None:
        table, steps = self.table, self.table.headers()
        fields = [] if isinstance(table.holds, str) else list(columns(table))
        others = [TRY, ALGORITHM] if table.holds == RULE else [table.value] if table.holds == TEXTS else []
        known = [*steps, *others, *(column.header for column in fields), MORE]
        everywhere = [header for header in steps if all(header in _needed(table, place) for place in table.places)]
        required = [*everywhere, *(column.header for column in fields if column.required)]
        found = self.heads(known, required, keys=table.holds == RULE)
        if found is None:
            return
        own = [title for title in found.values() if title not in known and not self._is_key(title)]
        if own:
            self.spec.notes[table.sheet] = Sheet(columns=tuple(own))
        above: dict[str, str] = {}
        for number, row in self.grid.rows.items():
            texts = {found[i]: cell.text for i, cell in row.items() if i in found}
            self.at = {title: self.grid.at(number, i) for i, title in found.items()}
            self.row = self.grid.at(number)
            self._repeat(texts, above)
            path = self._path(texts, number)
            if path is None:
                continue
            above = {header: texts[header] for header in table.repeats if header in texts}
            self._values(path, texts)
            notes = {title: texts[title] for title in own if title in texts}
            if notes:
                self.note(self._row_key(path, texts), notes)

    def _is_key(self, title: str) -> bool:
        return self.table.holds == RULE and KEY.fullmatch(title) is not None

    def _repeat(self, texts: dict[str, str], above: Mapping[str, str]) -> None:
        """Fill in what an empty first cell repeats."""
        first = next((header for header in self.table.repeats if header in self.at), "")
        if not first or texts.get(first) or not above:
            return
        for header in self.table.repeats:
            if not texts.get(header) and header in above:
                texts[header] = above[header]

    def _path(self, texts: Mapping[str, str], number: int) -> Path | None:
        filled = {header for header in self.table.headers() if texts.get(header)}
        for place in self.table.places:
            heads = {step.header for step in place if not isinstance(step, str) and step.header}
            if filled <= heads and _needed(self.table, place) <= filled:
                return self._steps(place, texts, number)
        place = min(self.table.places, key=lambda place: len(_needed(self.table, place) - filled))
        lacking = [header for header in self.table.headers() if header in _needed(self.table, place) - filled]
        where = self.at.get(lacking[0], self.row) if lacking else self.row
        needed = [sorted(_needed(self.table, each)) for each in self.table.places]
        together = " or ".join(", ".join(headers) or "none of them" for headers in needed)
        self.spec.refuse(
            "empty-cell" if lacking else "unclear-row",
            where,
            "an empty cell" if lacking else f"{', '.join(sorted(filled))} filled in together",
            f"{' and '.join(lacking)} of the row" if lacking else f"{together} filled in",
            "fill it in, or delete the row",
        )
        return None

    def _steps(self, place: Place, texts: Mapping[str, str], number: int) -> Path | None:
        path: Path = ()
        for step in place:
            if isinstance(step, str):
                path = (*path, step)
                continue
            text, where = texts.get(step.header, ""), self.at.get(step.header, self.row)
            found = self._step(path, step, text, where)
            if found is None:
                return None
            if path == ("sdtm",):
                self.spec.datasets.setdefault(str(found), where)
            path = (*path, found)
        return path

    def _step(self, path: Path, step: Name | Choice | Row | Item, text: str, where: Location) -> str | int | None:
        if isinstance(step, Item):
            return self.spec.item(path, step, text.strip(), where)
        if isinstance(step, Row):
            if text and not (text.isdigit() and int(text)):
                self.spec.refuse("bad-value", where, describe(text), "a whole number from 1 on, or an empty cell")
                return None
            return int(text) - 1 if text else self.spec.next_index(path)
        if isinstance(step, Choice):
            meant = {same(words): key for words, key in step.words}
            if same(text) not in meant:
                known = [words for words, _ in step.words]
                self.spec.refuse("bad-value", where, describe(text), f"one of {', '.join(known)}", suggest(text, known))
            return meant.get(same(text))
        try:
            branch = decode(EXACT if step.exact else TEXT, text, where)
        except ProblemsFound as found:
            self.spec.problems += found.problems
            return None
        return str(branch.value) if branch is not None else None

    def _row_key(self, path: Path, texts: Mapping[str, str]) -> str:
        return row_key(self.table, path, texts)

    def _values(self, path: Path, texts: dict[str, str]) -> None:
        table = self.table
        if table.holds == RULE:
            self._mapping(path, texts)
            return
        if not self._first_time(path):
            return
        if table.holds == TEXTS:
            where = self.at.get(table.value, self.row)
            self.spec.tree.put(path, Branch(texts.get(table.value, ""), where.file, cell=where), where)
            return
        self._fields(path, texts)

    def _fields(self, path: Path, texts: Mapping[str, str]) -> None:
        tree, more = self.spec.tree, texts.get(MORE, "")
        tree.open(path, self.row)
        inside: Branch | None = None
        labels: dict[str, str] = {}
        try:
            inside = pairs_branch(more, self.at[MORE]) if more.strip() else None
        except ProblemsFound as found:
            self.spec.problems += found.problems
        said = inside.value if inside is not None and isinstance(inside.value, dict) else {}
        for column in columns(self.table):
            text, where = texts.get(column.header, ""), self.at.get(column.header, self.row)
            try:
                branch = decode(column.form, text, where)
            except ProblemsFound as found:
                self.spec.problems += found.problems
                continue
            if branch is not None:
                tree.put((*path, *column.path), branch, where)
                labels[column.path[0]] = text
            elif column.required and column.path[0] not in said:
                self.spec.refuse(
                    "empty-cell",
                    where,
                    "an empty cell",
                    column.about or f"{column.header} of each row",
                    "fill it in, or delete the row",
                )
        if inside is not None:
            tree.put(path, inside, self.at[MORE])
        if isinstance(path[-1], int):
            names = tuple(dict.fromkeys(labels[key] for key in _label_keys(self.table) if key in labels))
            self.spec.listed(path[:-1], path[-1], names)

    def _mapping(self, path: Path, texts: dict[str, str]) -> None:
        number = texts.get(TRY, "")
        if number and not (number.isdigit() and int(number)):
            self.spec.refuse("bad-value", self.at[TRY], describe(number), "a whole number from 1 on, or an empty cell")
            return
        place = (*path, int(number) - 1) if number else path
        again = self._seen.get(place) or self._seen.get(path) or (0 if number else self._tried.get(path, 0))
        if not self._first_time(place, again):
            return
        self._tried.setdefault(path, self.row.row or 0)
        cells = {key: text for key, text in texts.items() if KEY.fullmatch(key)}
        written = self.spec.filled.get((self.table.sheet, self._row_key(place, texts)), {})
        if texts.get(ALGORITHM) and texts[ALGORITHM] != written.get(ALGORITHM):
            cells["algorithm"] = texts[ALGORITHM]
            self.at["algorithm"] = self.at[ALGORITHM]
        try:
            branch = mapping_branch(cells, self.at, self.row, short=self.table.sheet != "Supp")
        except ProblemsFound as found:
            self.spec.problems += found.problems
            return
        if branch is None:
            self.spec.refuse(
                "empty-mapping",
                self.row,
                "a row that says nothing about how it is made",
                "something in a column with a name in small letters, such as column, value or expr",
                "fill it in, or delete the row",
            )
            return
        self.spec.tree.put(place, branch, branch.cell or self.row)

    def _first_time(self, path: Path, again: int = 0) -> bool:
        """Note a row; a second one for the same thing is a problem. ``again``: the row that the caller has found."""
        before = again or self._seen.get(path, 0)
        if not before:
            self._seen[path] = self.row.row or 0
            return True
        what = [str(step) for step in path if not isinstance(step, int)][-1:]
        do = "delete one of the two, or give it its right name"
        if self.table.holds == RULE and self.table.sheet != "Supp":
            do = f"delete one of the two; if they are tried in order, write 1 and 2 into the column {TRY}"
        self.spec.refuse(
            "duplicate-row",
            self.row,
            f"{' '.join(what)} again; it is also in row {before}",
            "one row for each " + " / ".join(self.table.headers() or ["row"]),
            do,
        )
        return False


def _needed(table: Table, place: Place) -> set[str]:
    """The columns without which a row says nothing: not the source, which may be the only one, nor a number.

    A number is needed where it tells two places of a table apart (one thing, or a list of them).
    """
    found = {step.header for step in place if isinstance(step, (Name, Choice))}
    last = place[-1]
    if isinstance(last, Row) and last.header and place[:-1] in table.places:
        found.add(last.header)
    return found


def _label_keys(table: Table) -> tuple[str, ...]:
    """The fields by which rows of other sheets may name a row of this one."""
    return tuple(key for step in _items(table) for key in step.labels)


def _items(table: Table) -> Iterator[Item]:
    own = table.places[0]
    for other in tables():
        for place in other.places:
            if len(place) > len(own):
                step = place[len(own) - 1]
                if isinstance(step, Item) and [*map(_kind, own[:-1])] == [*map(_kind, place[: len(own) - 1])]:
                    yield step


def _kind(step: object) -> object:
    return step if isinstance(step, str) else type(step) if not isinstance(step, (Row, Item)) else Item


def row_key(table: Table, path: Path, texts: Mapping[str, str]) -> str:
    """How notes and what the toolkit filled in name a row: the cells of its place, or its number."""
    parts = [texts[header] for header in [*table.headers(), TRY] if texts.get(header)]
    unnumbered = [place[-1] for place in table.places if isinstance(place[-1], Row) and not place[-1].header]
    if unnumbered and isinstance(path[-1], int):
        parts.append(str(path[-1] + 1))
    return " / ".join(parts)
