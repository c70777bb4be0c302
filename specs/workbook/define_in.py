"""The define sheets of a workbook of any generation -> rows as Define-XML 2.1 workbooks (G3) write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from specs.location import Location
from specs.model import Path, Sheet
from specs.model_errors import describe
from specs.problems import Problem, suggest
from specs.workbook.cell_text import EDGES, blanks_problem
from specs.workbook.define_sheets import (
    BY_NAME,
    DEFINE_TABLES,
    G1,
    GENERATIONS,
    JOINED,
    WHERE_CLAUSES,
    WHERE_HEADERS,
    DefineTable,
    row_name,
)
from specs.workbook.generations import clause_of, detect, origin_in
from specs.workbook.grid import Grid, grid_problems
from specs.workbook.spec_in import renamed
from specs.workbook.table import same

# Keys that may be empty: a codelist without terms, a value level row without a condition.
_MAY_BE_EMPTY = ("Term", "Where Clause")
_WHERE = DefineTable(
    WHERE_CLAUSES, "", ("ID",), dict.fromkeys(GENERATIONS, WHERE_HEADERS), repeats=("ID",), several=True
)
# What the generations write for one standard.
STANDARD_NAMES = {"CDISC SDTM": "SDTM-IG", "CDISC ADaM": "ADaM-IG"}
FilledIn = Mapping[tuple[str, str], Mapping[str, str]]
EMPTY = "(empty)"


@dataclass(frozen=True, slots=True)
class DefineRow:
    """One row: canonical header -> text, with the places of its cells."""

    texts: dict[str, str]
    cells: dict[str, Location]
    where: Location


@dataclass(slots=True)
class DefineIn:
    """What the define sheets say: sheet -> rows by name, and the columns of people's own."""

    generation: str = ""
    rows: dict[str, dict[str, DefineRow]] = field(default_factory=dict)
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    present: dict[str, frozenset[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_define(grids: Mapping[str, Grid]) -> DefineIn:
    """Read the define sheets; ``grids`` by the names of G3 (``Study`` of G1 as ``Define``), and WhereClauses."""
    done = DefineIn(detect({name: grid.header.values() for name, grid in grids.items()}))
    clauses = _Clauses(grids.get(WHERE_CLAUSES), done)
    for table in DEFINE_TABLES:
        if table.name in grids:
            _TableIn(table, grids[table.name], done, clauses).read()
    clauses.unused()
    return done


def kept(
    done: DefineIn, filled: FilledIn, would_fill: Mapping[str, Mapping[str, Mapping[str, str]]]
) -> dict[str, Sheet]:
    """What people wrote on the define sheets: what the toolkit did not fill in itself, and what they emptied.

    ``would_fill``: sheet -> row -> what the toolkit would fill in, for a workbook that it has not written.
    """
    found = {}
    for name, rows in done.rows.items():
        table, own = BY_NAME[name], {}
        for row, read in rows.items():
            written = filled.get((name, row))
            said = {key: text for key, text in read.texts.items() if key not in table.keys}
            if written is not None:
                emptied = {key: "" for key in written if key not in said and key in done.present[name]}
                said = {key: text for key, text in said.items() if written.get(key) != text} | emptied
            mine = would_fill.get(name, {}).get(row)
            if mine is not None:
                said = {key: text for key, text in said.items() if mine.get(key) != text}
            if said or (written is None and mine is None):
                own[row] = said
        if own or done.columns[name]:
            found[name] = Sheet(columns=done.columns[name], rows=own)
    return found


def define_places(done: DefineIn) -> dict[Path, Location]:
    """Where each text of the define sheets stands, by its place in the spec."""
    return {
        ("workbook", "define", name, "rows", row, column): where
        for name, rows in done.rows.items()
        for row, read in rows.items()
        for column, where in read.cells.items()
    }


class _TableIn:
    def __init__(self, table: DefineTable, grid: Grid, done: DefineIn, clauses: _Clauses) -> None:
        self.table, self.grid, self.done, self.clauses = table, grid, done, clauses

    def read(self) -> None:
        heads = _heads(self.table, self.grid, self.done.problems)
        rows: dict[str, DefineRow] = {}
        self.done.rows[self.table.name] = rows
        self.done.present[self.table.name] = frozenset(heads.values())
        known = {header for headers in self.table.headers.values() for header in headers}
        self.done.columns[self.table.name] = tuple(title for title in heads.values() if title not in known)
        if not set(self.table.keys) <= set(heads.values()):
            return
        for row in _rows(self.table, self.grid, heads, self.done.problems):
            self._keep(self._canonical(row, heads), rows)

    def _canonical(self, row: DefineRow, heads: dict[int, str]) -> DefineRow:
        texts = dict(row.texts)
        if self.table.name in ("Variables", "ValueLevel") and texts.get("Origin"):
            source = texts.get("Source", "") if "Source" in heads.values() else None
            texts["Origin"], texts["Source"] = origin_in(texts["Origin"], source)
            texts = {key: text for key, text in texts.items() if text or key != "Source"}
        if self.table.name == "ValueLevel" and texts.get("Where Clause"):
            where = row.cells["Where Clause"]
            texts["Where Clause"] = self.clauses.text(texts["Where Clause"], texts.get("Dataset", ""), where)
        if self.table.name == "Define" and texts.get("Attribute") == "StandardName":
            texts["Value"] = STANDARD_NAMES.get(texts.get("Value", ""), texts.get("Value", ""))
        return DefineRow(texts, row.cells, row.where)

    def _keep(self, row: DefineRow, rows: dict[str, DefineRow]) -> None:
        table, texts = self.table, row.texts
        for key in table.keys:
            where = row.cells.get(key, row.where)
            if not texts.get(key) and key not in _MAY_BE_EMPTY and not table.several:
                self._refuse(
                    "empty-cell",
                    where,
                    "an empty cell",
                    f"{key} of each row",
                    "fill it in, or delete the row",
                )
                return
            if JOINED in texts.get(key, "") and key != table.keys[-1]:
                self._refuse(
                    "bad-name", where, describe(texts[key]), f"a name without {JOINED!r}", "rename it"
                )
                return
        name, count = row_name(table, texts), 1
        while name in rows and table.several:
            count += 1
            name = row_name(table, texts, count)
        if name in rows:
            found = f"{name} again; it is also in row {rows[name].where.row}"
            expected = f"one row for each {' and '.join(table.keys)}"
            where = row.cells.get(table.keys[-1], row.where)
            self._refuse(
                "duplicate-row", where, found, expected, "delete one of the two, or correct its name"
            )
            return
        rows[name] = row

    def _refuse(self, id: str, where: Location, found: str, expected: str, do: str) -> None:
        self.done.problems.append(Problem(id, where, found, expected, do))


def _heads(table: DefineTable, grid: Grid, problems: list[Problem]) -> dict[int, str]:
    """Column -> header of G3; unknown headers stay as they are."""
    problems += grid_problems(grid, table.repeats)
    titles = {same(title) for title in grid.header.values()}
    by_name = {same(header): header for headers in table.headers.values() for header in headers}
    for canonical, older in table.alias.items():
        if same(canonical) not in titles:
            by_name[same(older)] = canonical
    found = {index: by_name.get(same(title), title) for index, title in grid.header.items()}
    missing = [header for header in dict.fromkeys(by_name.values()) if header not in found.values()]
    for index, title in found.items():
        meant = renamed(title, missing) if title not in by_name.values() else ""
        if meant:
            missing.remove(meant)
            do = f"write {meant}; a column of your own needs a name that is not like it"
            where = grid.at(1, index)
            problems.append(Problem("renamed-column", where, f"the header {describe(title)}", f"{meant}", do))
    for key in table.keys:
        if key in missing:
            there = ", ".join(grid.header.values()) or "none"
            do = f"write {key} into row 1 of the column that holds it"
            where = grid.at(1)
            problems.append(
                Problem("missing-column", where, f"no column {key}; there are {there}", f"{key}", do)
            )
    return found


def _rows(
    table: DefineTable, grid: Grid, heads: dict[int, str], problems: list[Problem]
) -> Iterator[DefineRow]:
    """The rows of a sheet, what repeats filled in."""
    by_header = {header: index for index, header in heads.items()}
    merged = {
        (row, left): top
        for top, left, bottom, right in grid.merged
        if left == right
        for row in range(top + 1, bottom + 1)
    }
    above: dict[str, str] = {}
    before = 1
    for number, cells in grid.rows.items():
        if table.name == "Define" and number != before + 1:
            return  # what stands below an empty row is a legend
        before = number
        texts = {heads[i]: cell.text for i, cell in cells.items() if i in heads and cell.text.strip()}
        continues = bool(table.repeats) and not texts.get(table.repeats[0])
        for header in table.repeats:
            repeated = continues or (number, by_header.get(header, 0)) in merged
            if repeated and not texts.get(header) and header in above and header in by_header:
                texts[header] = above[header]
        places = {header: grid.at(number, index) for header, index in by_header.items()}
        for header, text in texts.items():
            if text != text.strip(EDGES) and header not in table.free:
                problems.append(blanks_problem(text, places[header]))
        if texts:
            above = {header: texts[header] for header in table.repeats if header in texts}
            yield DefineRow(texts, places, grid.at(number))


class _Clauses:
    """The sheet WhereClauses of G1, and which of its conditions were used."""

    def __init__(self, grid: Grid | None, done: DefineIn) -> None:
        self.is_there, self.done = grid is not None, done
        self.rows: dict[str, list[DefineRow]] = {}
        self.used: set[str] = set()
        if grid is None:
            return
        heads = _heads(_WHERE, grid, done.problems)
        for row in _rows(_WHERE, grid, heads, done.problems):
            self.rows.setdefault(row.texts.get("ID", ""), []).append(row)
            for header in row.texts:
                if header not in WHERE_HEADERS:
                    do = "move it to a column of sheet ValueLevel"
                    found = f"{describe(row.texts[header])} in a column of your own"
                    done.problems.append(
                        Problem("cannot-keep", row.cells[header], found, ", ".join(WHERE_HEADERS), do)
                    )

    def text(self, identity: str, dataset: str, where: Location) -> str:
        """The condition in one line, as later generations write it."""
        if identity in self.rows:
            self.used.add(identity)
            return clause_of([row.texts for row in self.rows[identity]], dataset)
        if self.is_there and " " not in identity:
            expected = f"an ID of sheet {WHERE_CLAUSES}"
            do = suggest(identity, self.rows) or "add its rows there"
            self.done.problems.append(
                Problem("unknown-where-clause", where, describe(identity), expected, do)
            )
        return identity

    def unused(self) -> None:
        for identity, rows in self.rows.items():
            if identity not in self.used:
                do = f"delete its rows, or name it on sheet ValueLevel ({G1} keeps conditions apart)"
                found = f"{describe(identity)}, which no row of ValueLevel names"
                self.done.problems.append(
                    Problem("unused-where-clause", rows[0].where, found, "IDs that are used", do)
                )
