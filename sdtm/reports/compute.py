"""From the plan of a report and its datasets to results and figures, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from sdtm.derivations.condition import is_true
from sdtm.reports.block import SUBJECT, Block, Group, check_columns, joined
from sdtm.reports.plan import (
    BlockPlan,
    FigurePlan,
    ReportPlan,
    TablePlan,
    groups_of,
    read_columns,
    sql_columns,
)
from sdtm.reports.results import Result, Section
from sdtm.reports.row_sets import RowSet
from specs.location import Location
from specs.model import Study
from specs.problems import Problem, ProblemsFound, suggest
from specs.tables_model import ColumnGroup, Columns

TOTAL = "total"
ALWAYS = ("ATOXGRN",)  # what a kind of rows may look at without a parameter that names it


@dataclass(frozen=True, slots=True)
class ComputedTable:
    """One table: its headings ``(column, label, N)``, a section for each block, and how many subjects there are."""

    plan: TablePlan
    columns: tuple[tuple[str, str, int], ...]
    sections: tuple[Section, ...]
    subjects: int


@dataclass(frozen=True, slots=True)
class ComputedFigure:
    """One figure, and the rows that each of its groups was drawn from."""

    plan: FigurePlan
    svg: str
    drawn: Mapping[str, RowSet]
    subjects: int


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that tables.yaml asks for, and the datasets that its rows are of."""

    tables: tuple[ComputedTable, ...]
    figures: tuple[ComputedFigure, ...]
    frames: Mapping[str, pd.DataFrame] = field(default_factory=dict, repr=False)

    @property
    def results(self) -> list[Result]:
        return [result for table in self.tables for section in table.sections for result in section.results]


def compute_reports(plan: ReportPlan, study: Study, frames: Mapping[str, pd.DataFrame]) -> Report:
    """All tables and figures from datasets by name, SDTM and ADaM.

    Raises ``ProblemsFound`` for a dataset or column that is not there, an order that leaves out a value, and
    records that would count a subject twice.
    """
    problems: list[Problem] = []
    tables, figures = [], []
    for table in plan.tables:
        try:
            tables.append(_table(table, study, frames))
        except ProblemsFound as error:
            problems += error.problems
    for figure in plan.figures:
        try:
            figures.append(_figure(figure, study, frames))
        except ProblemsFound as error:
            problems += error.problems
    if problems:
        raise ProblemsFound(problems)
    of_tables = [(table.table.from_, block) for table in plan.tables for block in table.blocks]
    of_figures = [(figure.figure.from_, figure.block) for figure in plan.figures]
    read = {
        name for population, block in (*of_tables, *of_figures) for name in (population, block.params.from_)
    }
    return Report(tuple(tables), tuple(figures), {name: frames[name] for name in sorted(read) if name})


def _table(plan: TablePlan, study: Study, frames: Mapping[str, pd.DataFrame]) -> ComputedTable:
    at, columns = ("tables", plan.id), plan.table.columns
    needed = population_columns(columns, read_columns(plan.blocks))
    subjects = _population(plan.table.from_, plan.table.where, at, study, frames, needed)
    where = study.where(*at, "columns")
    _check(columns, frames[plan.table.from_], plan.table.from_, where)
    groups = _columns(columns, subjects, plan.table.from_, where)
    problems: list[Problem] = []
    sections = []
    for block in plan.blocks:
        try:
            data = _block(plan.id, block, subjects, groups, plan.table.from_, plan.table.where, frames)
            sections.append(block.kind.function(data, block.params))
        except ProblemsFound as error:
            problems += error.problems
    if problems:
        raise ProblemsFound(problems)
    headings = tuple((name, label, population[SUBJECT].nunique()) for name, label, population in groups)
    return ComputedTable(plan, headings, tuple(sections), len(subjects))


def _figure(plan: FigurePlan, study: Study, frames: Mapping[str, pd.DataFrame]) -> ComputedFigure:
    at, figure = ("figures", plan.id), plan.figure
    columns, where = Columns(groups=groups_of(figure)), study.where(*at, "groups")
    needed = population_columns(columns, read_columns((plan.block,)))
    subjects = _population(figure.from_, figure.where, at, study, frames, needed)
    _check(columns, frames[figure.from_], figure.from_, where)
    groups = _columns(columns, subjects, figure.from_, where)
    data = _block(plan.id, plan.block, subjects, groups, figure.from_, figure.where, frames)
    data = replace(data, title=figure.title)
    drawn = {group.id: data.read(group.records).rows for group in data.groups}
    return ComputedFigure(plan, plan.block.kind.function(data, plan.block.params), drawn, len(subjects))


def population_columns(columns: Columns, read: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of a population that a table looks at; the others need not be carried along."""
    of_groups = (name for group in columns.groups.values() for name in sql_columns(group.where))
    return tuple(dict.fromkeys([SUBJECT, *([columns.by] if columns.by else []), *of_groups, *read]))


def _check(columns: Columns, frame: pd.DataFrame, source: str, where: Location) -> None:
    named = [name for group in columns.groups.values() for name in sql_columns(group.where)]
    check_columns(frame, dict.fromkeys([*([columns.by] if columns.by else []), *named]), where, source)


def narrowed(frame: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """The columns of a dataset that are there of those wanted, since picking rows costs by the column."""
    return frame[[name for name in dict.fromkeys(columns) if name in frame]]


def _population(
    name: str,
    condition: str,
    at: tuple[str, ...],
    study: Study,
    frames: Mapping[str, pd.DataFrame],
    needed: tuple[str, ...],
) -> pd.DataFrame:
    frame = _dataset(name, study.where(*at, "from"), frames)
    where = study.where(*at, "where")
    subjects = narrowed(frame, needed)[is_true(frame, condition, where)]
    if subjects[SUBJECT].duplicated().any():
        raise ProblemsFound(
            Problem(
                "repeated-subject",
                where,
                f"{name} with several records a subject",
                "a population, one record a subject",
                "narrow `where`, or take the population from ADSL",
            )
        )
    return subjects


def _dataset(name: str, where: Location, frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    if name not in frames:
        known = sorted(frames)
        raise ProblemsFound(
            Problem("unknown-dataset", where, repr(name), f"one of {', '.join(known)}", suggest(name, known))
        )
    frame = frames[name]
    check_columns(frame, [SUBJECT], where, name)
    return frame


def _columns(
    columns: Columns, subjects: pd.DataFrame, source: str, where: Location
) -> list[tuple[str, str, pd.DataFrame]]:
    """Column, heading and subjects of each column."""
    made: list[tuple[str, str, pd.DataFrame]] = []
    if columns.by:
        values = category_texts(subjects[columns.by])
        found = sorted(values.dropna().unique(), key=_natural)
        left_out = [value for value in found if columns.order and value not in columns.order]
        if left_out or values.isna().any():
            what = ", ".join(map(repr, left_out)) if left_out else "subjects without a value"
            raise ProblemsFound(
                Problem(
                    "value-without-column",
                    where,
                    f"{columns.by}: {what}",
                    "a column for every subject of the population",
                    "add it to `order`, or narrow the population by `where`",
                )
            )
        for value in columns.order or found:
            made.append((value, columns.labels.get(value, value), subjects[values.eq(value)]))
    for name, group in columns.groups.items():
        chosen = _chosen(subjects, group, where)
        made.append((name, group.label or name, chosen))
    if columns.total:
        made.append((TOTAL, columns.total, subjects))
    return made


def _chosen(subjects: pd.DataFrame, group: ColumnGroup, where: Location) -> pd.DataFrame:
    return subjects[is_true(subjects, group.where, where)]


def _natural(text: str) -> tuple[int, float, str]:
    try:
        return (0, float(text), text)
    except ValueError:
        return (1, 0.0, text)


def category_texts(values: pd.Series) -> pd.Series:
    """Values as names of categories: 10.0 is ``10``, a missing one stays missing."""
    if not pd.api.types.is_numeric_dtype(values):
        return values.astype("str").where(values.notna())
    unique = values.dropna().unique()
    names = {value: f"{value:.12g}" for value in unique}
    return values.map(names).astype("str").where(values.notna())


def _block(
    table: str,
    plan: BlockPlan,
    subjects: pd.DataFrame,
    groups: list[tuple[str, str, pd.DataFrame]],
    population: str,
    condition: str,
    frames: Mapping[str, pd.DataFrame],
) -> Block:
    params = plan.params
    source = params.from_ or population
    frame = _dataset(source, plan.place.get("from", plan.place[""]), frames)
    needed = (SUBJECT, *read_columns((plan,)), *ALWAYS)
    read = narrowed(frame, needed)[is_true(frame, params.where, plan.place.get("where", plan.place[""]))]
    made = tuple(
        Group(name, label, subjects, read[np.asarray(read[SUBJECT].isin(subjects[SUBJECT]))])
        for name, label, subjects in groups
    )
    said = joined(condition if source == population else "", params.where)
    return Block(
        table, params.id, params.unit, source, population, said, made, subjects, read, frames, plan.place
    )
