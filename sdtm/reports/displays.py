"""Tables, listings and figures as they are printed: number, title, population, cells, footnotes, source.

What a page of a report says is put together here once; text, HTML, Word and RTF differ in form alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sdtm.reports.cells import cell_text, first_statistic
from sdtm.reports.compute import ComputedFigure, ComputedTable, Report
from sdtm.reports.emf import size_of
from sdtm.reports.plan import BlockPlan
from sdtm.reports.results import Value
from specs.catalogue import TABLE
from specs.tables_model import Figure, Table

KINDS = ("Table", "Listing", "Figure")
LABEL_MOST, CELL_MOST, CELL_LEAST = 48, 36, 5  # characters
PORTRAIT = 100  # characters that go side by side on an upright page


@dataclass(frozen=True, slots=True)
class Shown:
    """A printed cell, and the id of the result that leads to its records."""

    text: str
    result: str = ""


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A printed line; one without cells is a heading. ``level``: how far it is indented."""

    label: str
    level: int
    cells: tuple[Shown, ...]


@dataclass(frozen=True)
class Display:
    """One table, listing or figure. ``headings``: of the columns after that of the labels; ``svg``: of a figure."""

    kind: str
    id: str
    number: str
    title: str
    population: str
    headings: tuple[str, ...]
    rows: tuple[ShownRow, ...]
    footnotes: tuple[str, ...]
    source: str
    svg: str = ""

    @property
    def name(self) -> str:
        """Such as ``Table 14.1.1``."""
        return f"{self.kind} {self.number}"

    @cached_property
    def columns(self) -> tuple[int, ...]:
        """About how many characters each column needs, that of the labels first; those of a table are alike."""
        labels = [len(row.label) + 2 * row.level for row in self.rows]
        found = [min(max([CELL_LEAST, *labels]), LABEL_MOST) + 2]
        for index, heading in enumerate(self.headings):
            words = max((len(word) for word in heading.split()), default=0)
            cells = [len(row.cells[index].text) for row in self.rows if row.cells]
            found.append(min(max([CELL_LEAST, words, *cells]), CELL_MOST) + 2)
        if self.kind == "Table":
            found[1:] = [max(found[1:], default=0)] * len(self.headings)
        return tuple(found)

    @property
    def wide(self) -> bool:
        """Whether it needs a page on its side."""
        if self.svg:
            width, height = size_of(self.svg)
            return width > 1.3 * height
        return sum(self.columns) > PORTRAIT


def displays(report: Report) -> tuple[Display, ...]:
    """All tables, then all listings, then all figures, each in the order of their numbers.

    Those without a number of their own are counted in the order of tables.yaml.
    """
    counted: dict[str, int] = {}
    made = []
    items: tuple[ComputedTable | ComputedFigure, ...] = (*report.tables, *report.figures)
    for item in items:
        kind = _kind(item)
        counted[kind] = counted.get(kind, 0) + 1
        number = _said(item).number or str(counted[kind])
        made.append(_table(item, kind, number) if isinstance(item, ComputedTable) else _figure(item, number))
    return tuple(sorted(made, key=lambda display: (KINDS.index(display.kind), _order(display.number))))


def _order(number: str) -> list[tuple[int, int | str]]:
    """The parts of a number; 14.2 comes before 14.10, digits before words."""
    return [(0, int(part)) if part.isdecimal() else (1, part) for part in number.split(".")]


def _said(item: ComputedTable | ComputedFigure) -> Table | Figure:
    return item.plan.table if isinstance(item, ComputedTable) else item.plan.figure


def _kind(item: ComputedTable | ComputedFigure) -> str:
    if isinstance(item, ComputedFigure):
        return "Figure"
    return "Listing" if any(block.kind.name == "listing" for block in item.plan.blocks) else "Table"


def _figure(figure: ComputedFigure, number: str) -> Display:
    said = figure.plan.figure
    source = _source(said.from_, (figure.plan.block,))
    population = _population(said, figure.subjects)
    return Display(
        "Figure", figure.plan.id, number, said.title, population, (), (), said.footnotes, source, figure.svg
    )


def _population(said: Table | Figure, subjects: int) -> str:
    default = f"subjects of {said.from_} with {said.where}" if said.where else f"all subjects of {said.from_}"
    return f"Population: {said.population or default} (N={subjects})"


def _source(population: str, blocks: tuple[BlockPlan, ...], table: str = "") -> str:
    named = (name for block in blocks for name in (block.params.from_, *block.params.marked(TABLE)))
    names = dict.fromkeys([population, *(name for name in named if name)])
    return f"Source: {', '.join(names)}{f'; results.csv, table {table}' if table else ''}"


def _table(table: ComputedTable, kind: str, number: str) -> Display:
    cells: dict[tuple[str, str], dict[str, tuple[Value, int]]] = {}
    ids: dict[tuple[str, str, str], str] = {}
    labels: dict[str, str] = {}
    for section, block in zip(table.sections, table.plan.blocks, strict=True):
        for result in section.results:
            cells.setdefault((result.row, result.column), {})[result.statistic] = (result.value, result.N)
            ids[result.row, result.column, result.statistic] = result.id
        if block.kind.name == "listing":
            labels |= block.params.shown  # type: ignore[attr-defined]
    columns = list(labels) or [name for name, _, _ in table.columns]
    headings = list(labels.values()) or [f"{label} (N={n})" for _, label, n in table.columns]
    rows: list[ShownRow] = []
    for section in table.sections:
        for line in section.lines:
            shown = []
            for name in columns if line.show else ():
                cell = cells.get((line.row, name), {})
                leads_to = ids.get((line.row, name, first_statistic(line.show, cell)), "")
                shown.append(Shown(cell_text(line.show, cell), leads_to))
            rows.append(ShownRow(line.label, line.level, tuple(shown)))
    said = table.plan.table
    return Display(
        kind,
        table.plan.id,
        number,
        said.title,
        _population(said, table.subjects),
        tuple(headings),
        tuple(rows),
        said.footnotes,
        _source(said.from_, table.plan.blocks, table.plan.id),
    )
