"""One table of the toolkit: finds what each row is about, and puts its values there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from specs.location import Location
from specs.model import Path, Sheet
from specs.model_errors import describe
from specs.problems import ProblemsFound, suggest
from specs.workbook.cell_text import EXACT, TEXT, decode, pairs_branch
from specs.workbook.grid import Grid
from specs.workbook.layout import columns, tables
from specs.workbook.mapping_cells import KEY, mapping_branch
from specs.workbook.spec_in import SheetIn, SpecIn
from specs.workbook.table import (
    ALGORITHM,
    MORE,
    RULE,
    TEXTS,
    TRY,
    Choice,
    Item,
    Name,
    Place,
    Row,
    Table,
    row_key,
    same,
)
from specs.yaml_text import Branch


class TableIn(SheetIn):
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
        everywhere = [
            header for header in steps if all(header in _needed(table, place) for place in table.places)
        ]
        required = [*everywhere, *(column.header for column in fields if column.required)]
        found = self.heads(known, required, keys=table.holds == RULE)
        if found is None:
            return
        own = [title for title in found.values() if title not in known and not self._is_key(title)]
        if own:
            self.spec.notes[table.sheet] = Sheet(columns=tuple(own))
        above: dict[str, str] = {}
        for number, row in self.grid.rows.items():
            if not any(cell.text.strip() for cell in row.values()):
                continue  # nobody sees anything in it
            texts = {found[i]: cell.text for i, cell in row.items() if i in found}
            self.at = {title: self.grid.at(number, i) for i, title in found.items()}
            self.row = self._place(number, found)
            self._repeat(texts, above)
            path = self._path(texts, number)
            if path is None:
                continue
            above = {header: texts[header] for header in table.repeats if header in texts}
            self._values(path, texts)
            notes = {title: texts[title] for title in own if title in texts}
            if notes:
                self.note(self._row_key(path, texts), notes)

    def _place(self, number: int, found: Mapping[int, str]) -> Location:
        """Where a row stands: the cell with the name of what it is about, such as its variable; else its first."""
        cells = self.grid.rows[number]
        filled = {title: i for i, title in found.items() if i in cells and cells[i].text.strip()}
        named = [header for header in self.table.headers() if header in filled and header != "Source"]
        return self.grid.at(number, filled[named[-1]] if named else next(iter(filled.values()), None))

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

    def _step(
        self, path: Path, step: Name | Choice | Row | Item, text: str, where: Location
    ) -> str | int | None:
        if isinstance(step, Item):
            return self.spec.item(path, step, text.strip(), where)
        if isinstance(step, Row):
            if text and not (text.isdigit() and int(text)):
                self._refuse_number(where, text)
                return None
            return int(text) - 1 if text else self.spec.next_index(path)
        if isinstance(step, Choice):
            meant = {same(words): key for words, key in step.words}
            if same(text) not in meant:
                known = [words for words, _ in step.words]
                expected, do = f"one of {', '.join(known)}", suggest(text, known) or "choose one of them"
                self.spec.refuse("bad-value", where, describe(text), expected, do)
            return meant.get(same(text))
        try:
            branch = decode(EXACT if step.exact else TEXT, text, where)
        except ProblemsFound as found:
            self.spec.problems += found.problems
            return None
        return str(branch.value) if branch is not None else None

    def _refuse_number(self, where: Location, text: str) -> None:
        expected = "a whole number from 1 on, or an empty cell"
        self.spec.refuse("bad-value", where, describe(text), expected, "write 1, 2, 3 …, or empty the cell")

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
            self._refuse_number(self.at[TRY], number)
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
