"""A conversion that is watched: what each step read and gave, and how records stood between the stages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from sdtm.convert_shard import DomainState, ShardResult, convert_shard
from sdtm.data_cut import Cutting
from sdtm.mapping.scope import BlockScope, Origin
from sdtm.plan import Plan
from sdtm.shards import Shard, row_subjects
from sdtm.stages import RawTable
from sdtm.step import Step


@dataclass(frozen=True, slots=True)
class Seen:
    """One step on one block. ``line``: the row of each of its rows in raw table and joins; ``test``: --TESTCD,
    where a wide row has become several; ``conditioned``: the columns of its ``where``."""

    step: Step
    line: np.ndarray
    test: pd.Series | None
    inputs: Mapping[str, pd.Series]
    conditioned: Mapping[str, pd.Series]
    gave: pd.Series
    value: pd.Series
    needs: Mapping[str, Any]
    origin: Origin
    joined: tuple[np.ndarray, ...]

    def row_of(self, line: int, test: str | None) -> int | None:
        rows = np.flatnonzero(self.line == line)
        if len(rows) > 1 and self.test is not None and test is not None:
            rows = rows[(self.test.iloc[rows] == test).to_numpy()]
        return int(rows[0]) if len(rows) else None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The records of a domain at a stage."""

    frame: dict[str, pd.Series]
    supp: dict[str, pd.Series]
    origin: Origin
    spans: list[tuple[int, int]]
    visit: pd.Series | None
    more: pd.DataFrame | None


@dataclass(slots=True)
class Retelling:
    """A ``Watcher`` that keeps what it is told. ``positions``: table -> rows of the whole table, where only those of
    one subject were converted."""

    plan: Plan
    tables: Mapping[str, RawTable]
    positions: Mapping[str, np.ndarray]
    seen: dict[int, list[Seen]] = field(default_factory=dict)
    stages: dict[tuple[str, str], Snapshot] = field(default_factory=dict)
    orders: dict[str, np.ndarray] = field(default_factory=dict)
    cutting: Cutting | None = None
    result: ShardResult = field(default_factory=ShardResult)

    def step(
        self,
        dataset: str,
        step: Step,
        scope: BlockScope,
        inputs: Mapping[str, pd.Series],
        gave: pd.Series,
        value: pd.Series,
        needs: Mapping[str, Any],
    ) -> None:
        line = scope.origin.line
        assert line is not None
        domain = dataset.removeprefix("SUPP")
        of_where = step.where.columns if step.where is not None else ()
        conditioned = {name: scope.column(step.references[name]) for name in of_where}
        test = scope.made.get(f"{domain}TESTCD") if scope.origin.column.notna().any() else None
        self.seen.setdefault(id(step), []).append(
            Seen(step, line, test, dict(inputs), conditioned, gave, value, needs, scope.origin, scope.joined)
        )

    def stage(self, name: str, state: DomainState) -> None:
        self.stages[name, state.plan.name] = Snapshot(
            dict(state.frame), dict(state.supp), state.origin, list(state.spans), state.visit, state.more
        )

    def order(self, domain: str, rows: np.ndarray) -> None:
        self.orders[domain] = rows.copy()

    def cut(self, cutting: Cutting) -> None:
        self.cutting = cutting

    def whole_position(self, table: str, position: int) -> int:
        """The row of the whole raw table."""
        return int(self.positions[table][position]) if table in self.positions else position

    def place(self, table: str, position: int) -> tuple[str, int]:
        """Raw file and row."""
        return self.tables[table].place(position)


def retell(plan: Plan, tables: Mapping[str, RawTable], subject: str | None = None) -> Retelling:
    """Convert again, all subjects or one, and keep what happens."""
    shard = Shard(tables, {}) if subject is None else _one_subject(plan, tables, subject)
    retelling = Retelling(plan, shard.tables, shard.positions)
    retelling.result = convert_shard(plan, shard.tables, None, retelling)
    return retelling


def _one_subject(plan: Plan, tables: Mapping[str, RawTable], subject: str) -> Shard:
    """The raw rows of one subject; whole tables where a row may need those of another subject."""
    subjects = row_subjects(plan, tables)
    if subjects is None:
        return Shard(tables, {})
    parts, positions = dict(tables), dict[str, np.ndarray]()
    for name, column in subjects.items():
        table = tables[name]
        rows = np.flatnonzero((column == subject).to_numpy())
        positions[name] = rows
        frame = table.frame.iloc[rows].reset_index(drop=True)
        parts[name] = replace(table, frame=frame, rows=table.rows[rows], file_of=table.file_of[rows])
    return Shard(parts, positions)
