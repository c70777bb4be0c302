"""What a kind of rows or figure sees: the columns of its table, their subjects and records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from sdtm.derivations.condition import is_true
from sdtm.mapping import sql
from sdtm.reports.results import Line, Result, Section, Value
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
class Block:
    """The data of one block of rows. ``place`` says where each of its values stands in the spec."""

    table: str
    id: str
    unit: str
    source: str
    condition: str
    groups: tuple[Group, ...]
    records: pd.DataFrame
    frames: Mapping[str, pd.DataFrame]
    place: Mapping[str, Location]
    title: str = ""

    def where(self, key: str) -> Location:
        return self.place.get(key, self.place.get("", NOWHERE))

    def mask(self, frame: pd.DataFrame, condition: str, key: str) -> np.ndarray:
        """Which rows of a frame fulfil a condition of this block; unknown is not fulfilled."""
        return is_true(frame, condition, self.where(key))

    def column(self, frame: pd.DataFrame, name: str, key: str) -> pd.Series:
        """A column of a frame, or a problem that names the columns there are."""
        check_columns(frame, [name], self.where(key), self.source)
        return frame[name]

    def values(self, frame: pd.DataFrame, expression: str, key: str) -> pd.Series:
        """An SQL expression over a frame: numbers, or texts."""
        if expression in frame:
            return frame[expression]
        parsed = sql.parse(expression, where=self.where(key))
        check_columns(frame, parsed.columns, self.where(key), self.source)
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
        total: int | None = None,
        condition: str = "",
        method: str = "",
    ) -> Result:
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
        )

    def count(
        self,
        section: Section,
        group: Group,
        row: str,
        subjects: Iterable[Any],
        total: int,
        condition: str = "",
    ) -> None:
        """The results ``count`` and ``percent`` of distinct subjects."""
        count = int(pd.Index(list(subjects)).nunique())
        share = 100 * count / total if total else float("nan")
        for statistic, value, unit in (("count", count, "subjects"), ("percent", share, "%")):
            section.results.append(
                self.result(
                    group, row, statistic, value, n=count, unit=unit, total=total, condition=condition
                )
            )


def joined(*conditions: str) -> str:
    """Conditions that all have to hold, as one; empty ones say nothing."""
    said = [text for text in conditions if text]
    return said[0] if len(said) == 1 else " AND ".join(f"({text})" for text in said)


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
