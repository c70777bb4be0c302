"""Tells how a value of a record came to be: the steps of the plan, then what finishing did, back to raw cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from sdtm.mapping.watch import BASE, MADE
from sdtm.plan import Plan, SourcePlan, VariablePlan
from sdtm.trace.explained import ExplainedStep, Read, kind_of, text_at
from sdtm.trace.mapped import mapped_step, variable_plans
from sdtm.trace.retelling import Retelling, Snapshot

COLLECTED_VISIT = "(collected visit)"


@dataclass(frozen=True, slots=True)
class Record:
    """A record of a domain: its row at stage ``MADE``; with ``base``, before ``collapse:`` made one of several."""

    domain: str
    row: int
    base: bool = False


@dataclass(slots=True)
class Teller:
    """One explanation while it is made. Each variable of a record is told once, after what it is made from."""

    plan: Plan
    told: Retelling
    finished: Callable[[Teller, Record, str], ExplainedStep | None]
    steps: list[ExplainedStep] = field(default_factory=list)
    _done: set[tuple[Record, str]] = field(default_factory=set)

    # --- records ---------------------------------------------------------------------------------------

    def snapshot(self, record: Record, stage: str = MADE) -> Snapshot:
        return self.told.stages[BASE if record.base else stage, record.domain]

    def is_collapsed(self, domain: str) -> bool:
        return self.told.stages[MADE, domain].more is not None

    def source(self, record: Record) -> tuple[SourcePlan | None, int]:
        """The source that made a record, and its line among raw table and joins."""
        base = self.told.stages[BASE, record.domain]
        sources = self.plan.domains[record.domain].sources
        for source, (start, stop) in zip(sources, base.spans, strict=False):
            if start <= record.row < stop and base.origin.line is not None:
                return source, int(base.origin.line[record.row])
        return None, -1

    def is_mapped(self, record: Record, name: str, by_its_source: bool = False) -> bool:
        """Whether a source of the domain (or source and test that made the record) maps a variable itself."""
        own, _ = self.source(record) if by_its_source else (None, -1)
        sources = self.plan.domains[record.domain].sources if own is None else (own,)
        test = self.test(record) if own is not None else None
        plans = [plan for source in sources for plan in source.variables]
        for source in sources:
            plans += [plan for each in source.tests if test in (None, each.testcd) for plan in each.extra]
        return any(plan.name == name for plan in plans)

    def test(self, record: Record) -> str | None:
        """--TESTCD of a record of a wide row."""
        source, _ = self.source(record)
        name = f"{record.domain}TESTCD"
        frame = self.told.stages[BASE, record.domain].frame
        wide = source is not None and bool(source.tests or source.not_done)
        return text_at(frame[name], record.row) if wide and name in frame else None

    def value(self, record: Record, name: str, stage: str = MADE) -> str | None:
        """What a variable of a record is at a stage; None also where there is no such variable."""
        frame = self.snapshot(record, stage).frame
        return text_at(frame[name], record.row) if name in frame else None

    def subject(self, record: Record) -> str | None:
        return self.value(record, "USUBJID")

    def rows_of_subject(self, domain: str, record: Record, stage: str = MADE) -> np.ndarray:
        """The rows of a domain that are of the subject of a record."""
        frame = self.told.stages[stage, domain].frame
        if "USUBJID" not in frame:
            return np.empty(0, dtype=np.int64)
        return np.flatnonzero((frame["USUBJID"] == self.subject(record)).to_numpy())

    def demographics(self, record: Record) -> Record | None:
        """The record of DM of the subject; of several the last counts."""
        if (MADE, "DM") not in self.told.stages:
            return None
        rows = self.rows_of_subject("DM", record)
        return Record("DM", int(rows[-1])) if len(rows) else None

    def contributors(self, record: Record) -> list[Record]:
        """The records that ``collapse:`` made this one of."""
        more = self.snapshot(record).more
        if more is None or record.base:
            return [record]
        rows = np.flatnonzero(more["record"].to_numpy() == record.row)
        return [Record(record.domain, int(row), base=True) for row in rows]

    def place(self, record: Record) -> tuple[str, int]:
        """Raw file and row of a record; an empty text where it has none."""
        origin = self.snapshot(record).origin
        position, table = int(origin.position[record.row]), origin.table.iloc[record.row]
        if position < 0 or table not in self.told.tables:
            return "", 0
        return self.told.place(table, position)

    def label(self, record: Record) -> str:
        """Raw file and row of a record, by which people find it."""
        file, row = self.place(record)
        if not file:
            return f"{record.domain} record"
        column = self.snapshot(record).origin.column.iloc[record.row]
        return f"{file}, row {row}" + (f", column {column}" if isinstance(column, str) else "")

    # --- steps -----------------------------------------------------------------------------------------

    def read(self, record: Record, name: str, stage: str = MADE, shown: str = "", of: str = "") -> Read:
        """A variable of a record as something that a step read."""
        frame = self.snapshot(record, stage).frame
        kind = kind_of(frame[name]) if name in frame else "Char"
        return Read(shown or name, self.value(record, name, stage), kind, of=of)

    def tell(self, record: Record, name: str) -> None:
        """Add the steps that made a variable of a record, once."""
        if (record, name) in self._done:
            return
        self._done.add((record, name))
        if not record.base and self.is_collapsed(record.domain):
            self._add(self.finished(self, record, name))
            return
        if not self._mapped(record, name):
            self._add(self.finished(self, record, name))

    def tell_visit(self, record: Record) -> None:
        """Add the steps that read the collected visit of a record."""
        source, line = self.source(record)
        if source is not None and source.visit is not None and (record, COLLECTED_VISIT) not in self._done:
            self._done.add((record, COLLECTED_VISIT))
            before = len(self.steps)
            self._walk(record, [source.visit], source, line)
            makes = f"{record.domain}.{COLLECTED_VISIT}"
            own = f"{record.domain}.{source.visit.name}"
            self.steps[before:] = [
                replace(step, makes=makes) if step.makes == own else step for step in self.steps[before:]
            ]

    def walk(self, record: Record, plans: Sequence[VariablePlan], source: SourcePlan) -> None:
        """Add the steps of some mappings of a record."""
        self._walk(record, plans, source, self.source(record)[1])

    def numbers(self, domain: str) -> pd.Series:
        """--SEQ in the order of stage ``MADE``."""
        finished = self.told.result.domains[domain].frame[f"{domain}SEQ"].to_numpy()
        numbers = np.full(len(finished), np.nan)
        numbers[self.told.orders[domain]] = finished
        return pd.Series(numbers)

    def _add(self, step: ExplainedStep | None) -> None:
        if step is not None:
            self.steps.append(step)

    def _mapped(self, record: Record, name: str) -> bool:
        source, line = self.source(record)
        if source is None:
            return False
        return self._walk(record, variable_plans(source, name, self.test(record)), source, line)

    def _walk(self, record: Record, plans: Sequence[VariablePlan], source: SourcePlan, line: int) -> bool:
        """The steps of a variable in order, until one gives a value."""
        test = self.test(record)
        for plan in plans:
            for step in plan.steps:
                made = mapped_step(self, record, plan, step, source, line, test)
                self._add(made)
                if made is not None and made.value is not None:
                    return True
        return False
