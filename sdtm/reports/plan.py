"""tables.yaml -> blocks with checked parameters; everything that is wrong with it is told at once, before any data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from sdtm.mapping import sql
from sdtm.parameter_problems import keys_of, refusals
from sdtm.reports.registry import BlockParams, Kind, figure_kinds, row_kinds
from specs.catalogue import SQL
from specs.location import Location
from specs.model import Study
from specs.problems import Problem, ProblemsFound, suggest
from specs.tables_model import ColumnGroup, Figure, Table

_NAME = re.compile(r"[\w-]+")


@dataclass(frozen=True, slots=True)
class BlockPlan:
    """One block: its kind, parameters, and the place of each of its values (``""``: of the block itself)."""

    kind: Kind
    params: BlockParams
    place: dict[str, Location]


@dataclass(frozen=True, slots=True)
class TablePlan:
    id: str
    table: Table
    blocks: tuple[BlockPlan, ...]


@dataclass(frozen=True, slots=True)
class FigurePlan:
    id: str
    figure: Figure
    block: BlockPlan


@dataclass(frozen=True, slots=True)
class ReportPlan:
    tables: tuple[TablePlan, ...]
    figures: tuple[FigurePlan, ...]


def plan_reports(study: Study) -> ReportPlan:
    """The tables and figures of a study. Raises ``ProblemsFound`` with every unknown kind, parameter or column
    layout, and SQL that is none."""
    problems: list[Problem] = []
    tables = []
    for name, table in study.tables.items():
        at = ("tables", name)
        problems += _column_problems(study, name, table)
        blocks = [
            _block(study, (*at, "rows", index), block, row_kinds(), problems)
            for index, block in enumerate(table.rows)
        ]
        problems += _names(study, at, table, blocks)
        if len(blocks) > 1 and any(block and block.kind.name == "listing" for block in blocks):
            where = study.where(*at, "rows")
            problems.append(
                Problem(
                    "mixed-listing", where, "a listing among other rows", "a table of its own for a listing"
                )
            )
        tables.append(TablePlan(name, table, tuple(block for block in blocks if block)))
        _condition(table.where, study.where(*at, "where"), problems)
        for group, value in table.columns.groups.items():
            _condition(value.where, study.where(*at, "columns", "groups", group, "where"), problems)
    figures = []
    for name, figure in study.figures.items():
        at = ("figures", name)
        block = _block(study, (*at, "draw"), figure.draw, figure_kinds(), problems)
        _condition(figure.where, study.where(*at, "where"), problems)
        if block:
            figures.append(FigurePlan(name, figure, block))
    problems += [*_name_problems(study), *_number_problems(study)]
    if problems:
        raise ProblemsFound(problems)
    return ReportPlan(tuple(tables), tuple(figures))


def _column_problems(study: Study, name: str, table: Table) -> Iterator[Problem]:
    columns, where = table.columns, study.where("tables", name, "columns")
    if columns.by and columns.groups:
        yield Problem(
            "bad-columns", where, "`by` and `groups`", "one of them", "name the columns under `groups`"
        )
    if columns.order and not columns.by:
        yield Problem("bad-columns", where, "`order` without `by`", "the variable whose values are ordered")
    if not columns.by and not columns.groups and not columns.total:
        yield Problem("bad-columns", where, "no column", "`by`, `groups` or `total`", "write total: Total")
    if "total" in columns.groups and columns.total:
        yield Problem(
            "bad-columns", where, "two columns called `total`", "one", "rename the one under `groups`"
        )


def _name_problems(study: Study) -> Iterator[Problem]:
    """A name that cannot be that of a file; the files of tables and figures are called like them."""
    for place, items in (("tables", study.tables), ("figures", study.figures)):
        for name in items:
            if not _NAME.fullmatch(name):
                where = study.where(place, name)
                do = "rename it; what people read is the title"
                yield Problem("bad-name", where, repr(name), "letters, digits, - and _", do)


def _number_problems(study: Study) -> Iterator[Problem]:
    """A number that two tables or two figures have."""
    for place, items in (("tables", study.tables), ("figures", study.figures)):
        seen: dict[str, str] = {}
        for name, item in items.items():
            if item.number and item.number in seen:
                where = study.where(place, name, "number")
                found = f"{name} and {seen[item.number]} both with the number {item.number}"
                yield Problem("duplicate-number", where, found, "a number of its own for each of the two")
            seen.setdefault(item.number, name)


def _names(
    study: Study, at: tuple[str, ...], table: Table, blocks: list[BlockPlan | None]
) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        if block is None:
            continue
        where, name = block.place.get("id", study.where(*at, "rows", index)), block.params.id
        if not name:
            yield Problem("missing-key", where, f"{block.kind.name} without `id`", "a name for its rows")
        elif name in seen:
            yield Problem("duplicate-id", where, f"id {name} twice in this table", "one block a name")
        seen.add(name)


def _block(
    study: Study,
    path: tuple[str | int, ...],
    block: Mapping[str, Mapping[str, Any]],
    kinds: Mapping[str, Kind],
    problems: list[Problem],
) -> BlockPlan | None:
    ((name, values),) = block.items()
    where = study.where(*path, name)
    if name not in kinds:
        expected = f"one of {', '.join(kinds)}"
        problems.append(Problem("unknown-kind", where, f"the kind {name!r}", expected, suggest(name, kinds)))
        return None
    kind = kinds[name]
    try:
        params = kind.params.model_validate(dict(values))
    except ValidationError as error:
        problems += _parameter_problems(study, (*path, name), kind, error)
        return None
    place = {"": where, **{key: study.where(*path, name, key) for key in values}}
    for text in (params.where, *params.marked(SQL)):
        _condition(text, where, problems)
    return BlockPlan(kind, params, place)


def _parameter_problems(
    study: Study, path: tuple[str | int, ...], kind: Kind, error: ValidationError
) -> Iterator[Problem]:
    allowed = keys_of(kind.params)
    for refusal in refusals(error):
        name = refusal.key
        where = study.where(*path, *refusal.path)
        if refusal.id == "unknown-key":
            found, expected = f"the key `{name}` of {kind.name}", f"one of {', '.join(sorted(allowed))}"
            yield Problem(refusal.id, where, found, expected, suggest(name, allowed))
        elif refusal.id == "missing-key":
            yield Problem(refusal.id, where, f"{kind.name} without `{name}`", f"the key {name}")
        else:
            shown = f"{refusal.dotted}: {refusal.given!r}" if refusal.path else kind.name
            yield Problem(refusal.id, where, shown, refusal.reason)


def read_columns(blocks: Iterable[BlockPlan]) -> tuple[str, ...]:
    """The columns that blocks look at, in their parameters and conditions."""
    found: dict[str, None] = {}
    for block in blocks:
        params = block.params
        found |= dict.fromkeys(params.columns())
        for text in (params.where, *params.marked(SQL)):
            found |= dict.fromkeys(sql_columns(text))
    return tuple(found)


def sql_columns(text: str) -> tuple[str, ...]:
    """The columns of a condition; none of an empty one."""
    return sql.parse(text).columns if text.strip() else ()


def _condition(text: str, where: Location, problems: list[Problem]) -> None:
    if not text.strip():
        return
    try:
        sql.parse(text, where=where)
    except ProblemsFound as error:
        problems += error.problems


def groups_of(figure: Figure) -> dict[str, ColumnGroup]:
    """The groups of a figure; one of all subjects where it names none."""
    return figure.groups or {"all": ColumnGroup(label="All subjects")}
