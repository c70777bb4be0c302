"""What a kind of rows or figure sees: the columns of its table, their subjects and records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from sdtm.derivations.condition import is_true
from sdtm.mapping import sql
from sdtm.reports.results import Line, Result, Section, Value
from sdtm.reports.row_sets import NO_ROWS, RowSet
from specs.location import NOWHERE, Location
from specs.problems import Problem, ProblemsFound, suggest

SUBJECT = "USUBJID"


@dataclass(frozen=True, eq=False)
class Group:
    """One column: ``subjects`` are rows of the population, ``records`` rows of the dataset that is read."""

    id: str
    label: str
    subjects: pd.DataFrame
    records: pd.DataFrame

    @cached_property
    def names(self) -> pd.Index:
        return pd.Index(self.subjects[SUBJECT].unique())

    @property
    def N(self) -> int:
        return len(self.names)


@dataclass(frozen=True, eq=False)
class Chosen:
    """Rows that a number is computed from, and the subject of each."""

    names: pd.Index
    rows: RowSet

    @cached_property
    def count(self) -> int:
        """Distinct subjects."""
        return int(self.names.nunique())

    def __or__(self, other: Chosen) -> Chosen:
        return Chosen(self.names.append(other.names), self.rows | other.rows)


@dataclass(frozen=True, eq=False)
class Block:
    """The data of one block of rows. ``subjects``: the population, those of no group, too; ``place`` says where
    each of its values stands in the spec."""

    table: str
    id: str
    unit: str
    source: str
    population: str
    condition: str
    groups: tuple[Group, ...]
    subjects: pd.DataFrame
    records: pd.DataFrame
    frames: Mapping[str, pd.DataFrame]
    place: Mapping[str, Location]
    title: str = ""

    def where(self, key: str) -> Location:
        return self.place.get(key, self.place.get("", NOWHERE))

    def mask(self, frame: pd.DataFrame, condition: str, key: str, of: str = "") -> np.ndarray:
        """Which rows of a part of a dataset fulfil a condition of this block; unknown is not fulfilled.

        ``of``: the dataset, where it is not the one that is read.
        """
        if condition.strip():
            parsed = sql.parse(condition, where=self.where(key))
            self._check(frame, parsed.columns, key, of or self.source)
        return is_true(frame, condition, self.where(key))

    def _check(self, frame: pd.DataFrame, names: Iterable[str], key: str, source: str) -> None:
        """Refuse a column that is not there, with the nearest of the whole dataset."""
        if any(name not in frame for name in names):
            check_columns(self.frames.get(source, frame), names, self.where(key), source)

    def column(self, frame: pd.DataFrame, name: str, key: str) -> pd.Series:
        """A column of a frame, or a problem that names the columns there are."""
        self._check(frame, [name], key, self.source)
        return frame[name]

    def values(self, frame: pd.DataFrame, expression: str, key: str) -> pd.Series:
        """An SQL expression over a frame: numbers, or texts."""
        if expression in frame:
            return frame[expression]
        parsed = sql.parse(expression, where=self.where(key))
        self._check(frame, parsed.columns, key, self.source)
        (result,) = sql.evaluate([parsed], lambda name: frame[name], frame.index)
        return sql.column_of(result, frame.index, expression, self.where(key))

    def numbers(self, frame: pd.DataFrame, expression: str, key: str) -> pd.Series:
        """An expression that has to give numbers."""
        values = self.values(frame, expression, key)
        if values.notna().any() and not pd.api.types.is_numeric_dtype(values):
            raise ProblemsFound(
                Problem(
                    "not-a-number",
                    self.where(key),
                    f"{expression}, which is text in {self.source}",
                    "a variable or an expression that is a number",
                    f"write TRY_CAST({expression} AS DOUBLE), or name the numeric variable",
                )
            )
        return values.astype("float64")

    def one_a_subject(self, group: Group, records: pd.DataFrame, row: str) -> None:
        """Refuse rows in which a subject would count twice."""
        twice = records[SUBJECT].duplicated()
        if twice.any():
            raise ProblemsFound(
                Problem(
                    "repeated-subject",
                    self.where("where"),
                    f"row {row}, column {group.id}: {int(twice.sum())} further records of subjects that have one, "
                    f"such as {records.loc[twice, SUBJECT].iloc[0]}",
                    f"one record of {self.source} a subject",
                    "narrow `where`, or write `repeated: true` if every record shall count",
                )
            )

    def result(
        self,
        group: Group,
        row: str,
        statistic: str,
        value: Value,
        *,
        n: int,
        unit: str | None = None,
        records: Chosen,
        among: Chosen | None = None,
        total: int | None = None,
        condition: str = "",
        method: str = "",
    ) -> Result:
        """A result of this block. ``records``: what it was computed from; ``among``: its denominator."""
        said = joined(self.condition, condition)
        return Result(
            self.table,
            row,
            group.id,
            statistic,
            value,
            self.unit if unit is None else unit,
            n,
            group.N if total is None else total,
            self.source,
            "; ".join(text for text in (said, method) if text),
            records.rows,
            among.rows if among is not None else NO_ROWS,
        )

    def read(self, records: pd.DataFrame) -> Chosen:
        """Records of the dataset that is read, as what a number is computed from."""
        return Chosen(pd.Index(records[SUBJECT]), RowSet.of(self.source, records))

    def people(self, subjects: pd.DataFrame) -> Chosen:
        """Rows of the population, as what a number is computed from."""
        return Chosen(pd.Index(subjects[SUBJECT]), RowSet.of(self.population, subjects))

    def count(
        self,
        section: Section,
        group: Group,
        row: str,
        chosen: Chosen,
        among: Chosen,
        condition: str = "",
    ) -> None:
        """The results ``count`` and ``percent`` of the distinct subjects of some rows among those of others."""
        count, total = chosen.count, among.count
        share = 100 * count / total if total else float("nan")
        for statistic, value, unit in (("count", count, "subjects"), ("percent", share, "%")):
            section.results.append(
                self.result(
                    group,
                    row,
                    statistic,
                    value,
                    n=count,
                    unit=unit,
                    records=chosen,
                    among=among,
                    total=total,
                    condition=condition,
                )
            )


def joined(*conditions: str) -> str:
    """Conditions that all have to hold, as one; empty ones say nothing."""
    said = [text for text in conditions if text]
    return said[0] if len(said) == 1 else " AND ".join(f"({text})" for text in said)


def equals(variable: str, text: str) -> str:
    """The condition that a variable is a text. Example: AEDECOD, Crohn's disease -> AEDECOD = 'Crohn''s disease'."""
    return f"{variable} = {quoted(text)}"


def quoted(text: str) -> str:
    """A text as SQL has it."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def heading(section: Section, row: str, label: str) -> int:
    """A heading where there is a label; the level of the lines below it."""
    if label:
        section.lines.append(Line(row, label))
    return 1 if label else 0


def check_columns(frame: pd.DataFrame, names: Iterable[str], where: Location, source: str) -> None:
    """Refuse a column that is not there, with the nearest name."""
    have = list(map(str, frame.columns))
    problems = [
        Problem(
            "unknown-column",
            where,
            repr(name),
            f"a column of {source}: {', '.join(have)}",
            suggest(name, have),
        )
        for name in names
        if name not in frame
    ]
    if problems:
        raise ProblemsFound(problems)
