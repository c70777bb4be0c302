"""One mapping of the spec on one record: what it read, from which raw cell, what it gave; and the same once more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sdtm.compile_names import Reference
from sdtm.mapping.apply import make
from sdtm.mapping.joins import taken
from sdtm.mapping.watch import BASE
from sdtm.plan import SourcePlan, VariablePlan
from sdtm.plan_text import step_text
from sdtm.step import Step
from sdtm.trace.explained import ExplainedStep, Read, column_of, kind_of, text_at
from sdtm.trace.raw_cells import raw_read
from specs.catalogue import TABLE
from validation.findings import Place

if TYPE_CHECKING:
    from sdtm.trace.retelling import Seen
    from sdtm.trace.teller import Record, Teller


def variable_plans(source: SourcePlan, name: str, test: str | None) -> list[VariablePlan]:
    """The mappings that make a variable of a record, in the order in which they are tried.

    What a test says of a variable wins over what the source says.
    """
    found = []
    for each in source.tests:
        if each.testcd == test:
            parts = (each.result, each.unit, each.reason, *each.extra)
            found += [plan for plan in parts if plan is not None and plan.name == name]
    for not_done in source.not_done:
        tests = (not_done.form[0],) if not_done.form else not_done.tests
        if not_done.reason is not None and not_done.reason.name == name and test in tests:
            found.append(not_done.reason)
    found += [plan for plan in (*source.subject, *source.variables, *source.supp) if plan.name == name]
    return found


def mapped_step(
    teller: Teller,
    record: Record,
    plan: VariablePlan,
    step: Step,
    source: SourcePlan,
    line: int,
    test: str | None,
) -> ExplainedStep | None:
    """A step of the plan on one record; what it reads is told before it. None where it was not run."""
    found = _seen(teller, step, line, test)
    if found is None:
        return None
    seen, row = found
    reads = [
        _read(teller, record, source, seen, row, written, column) for written, column in seen.inputs.items()
    ]
    conditioned = [
        _read(teller, record, source, seen, row, written, column)
        for written, column in seen.conditioned.items()
    ]
    needs = dict(seen.needs)
    for table in step.params.marked(TABLE):
        extra, rows = _looked_up(teller, step, table, reads)
        reads += extra
        needs["tables"] = {**needs["tables"], table: needs["tables"][table].iloc[rows]}

    def again(told: ExplainedStep) -> tuple[str | None, str | None]:
        return apply_again(step, kind_of(seen.value), told, needs)

    return ExplainedStep(
        makes=f"{record.domain}.{plan.name}",
        rule=step.name,
        said=step_text(step),
        where=str(step.location),
        reads=tuple(reads),
        condition=step.where.text if step.where is not None else "",
        conditioned=tuple(conditioned),
        gave=text_at(seen.gave, row),
        value=text_at(seen.value, row),
        terms=step.terms.title if step.terms is not None else "",
        again=again,
    )


def _seen(teller: Teller, step: Step, line: int, test: str | None) -> tuple[Seen, int] | None:
    for seen in reversed(teller.told.seen.get(id(step), [])):
        row = seen.row_of(line, test)
        if row is not None:
            return seen, row
    return None


def _read(
    teller: Teller,
    record: Record,
    source: SourcePlan,
    seen: Seen,
    row: int,
    written: str,
    column: pd.Series,
) -> Read:
    """One column that a step read, and before it how it came to be, if it is no raw cell."""
    reference, value, kind = seen.step.references[written], text_at(column, row), kind_of(column)
    if reference.kind == "own":
        teller.tell(record, reference.name)
        return Read(written, value, kind, of=f"{record.domain} of this record")
    if reference.kind == "subject":
        subject = teller.demographics(record)
        if subject is not None:
            teller.tell(subject, reference.name)
        return Read(written, value, kind, of="DM of the subject")
    found = _raw(teller, record, source, seen, row, reference.name, written)
    return replace(found, value=value, kind=kind)


def condition_reads(
    teller: Teller, record: Record, source: SourcePlan, names: tuple[str, ...]
) -> tuple[Read, ...]:
    """The raw columns that a condition of a source read of a record's raw row."""
    _, line = teller.source(record)
    for plan in source.subject:
        for step in plan.steps:
            found = _seen(teller, step, line, None)
            if found is not None:
                return tuple(
                    _raw(teller, record, source, *found, name.removeprefix("raw."), name) for name in names
                )
    return ()


def _raw(
    teller: Teller, record: Record, source: SourcePlan, seen: Seen, row: int, name: str, written: str
) -> Read:
    """A column of the source's raw row, of a row joined to it, or of the record it is made from."""
    if source.from_domain:
        parent = type(record)(
            source.from_domain, int(seen.line[row]), teller.is_collapsed(source.from_domain)
        )
        teller.tell(parent, name)
        of = f"{source.from_domain} record of {teller.label(parent)}"
        return teller.read(parent, name, BASE, written, of)
    for number, (join, _, where) in enumerate(source.joins):
        theirs = taken(join).get(name)
        if theirs is not None:
            position = int(seen.joined[number][seen.line[row]])
            via = f"join with {join.table}, {where}"
            if position < 0:
                return Read(written, None, "Char", of=f"{via}: no row fits")
            return raw_read(teller, join.table, position, theirs, written, via)
    return raw_read(teller, source.table, int(seen.origin.position[row]), name, written)


def _looked_up(teller: Teller, step: Step, table: str, reads: list[Read]) -> tuple[list[Read], np.ndarray]:
    """The rows of a table of codes that may fit the keys which were read, and what stands there."""
    values = {read.name: read.value for read in reads}
    raw = teller.told.tables[table]
    fits = np.ones(len(raw.frame), dtype=bool)
    by: Mapping[str, str] = getattr(step.params, "by", {})
    for theirs, ours in by.items():
        column = raw.frame[theirs]
        fits &= (column.isna() | (column == values.get(ours))).to_numpy()
    rows = np.flatnonzero(fits)
    found = []
    for position in rows[:5] if by else ():
        file, number = raw.place(int(position))
        for name in dict.fromkeys(step.params.looked_up()):
            text = text_at(raw.frame[name], int(position))
            found.append(Read(f"{table}.{name}", text, "Char", file, number, name, f"looked up in {table}"))
    return found, rows


@dataclass(slots=True)
class _OneRow:
    """The columns of an explained step, as a block of one row."""

    index: pd.RangeIndex
    columns: dict[Reference, pd.Series]

    def column(self, reference: Reference) -> pd.Series:
        return self.columns[reference]

    def places(self, rows: np.ndarray, column: str) -> tuple[Place, ...]:
        return ()


class _Gave:
    """Keeps what the one step gave before terminology."""

    def __init__(self) -> None:
        self.gave: str | None = None

    def step(
        self, dataset: str, step: Step, scope: Any, inputs: Any, gave: Any, value: Any, needs: Any
    ) -> None:
        self.gave = text_at(gave, 0)

    def stage(self, name: str, state: Any) -> None: ...
    def order(self, domain: str, rows: Any) -> None: ...
    def cut(self, cutting: Any) -> None: ...


def apply_again(
    step: Step, kind: str, told: ExplainedStep, needs: Mapping[str, Any]
) -> tuple[str | None, str | None]:
    """The step run on nothing but the values that an explanation tells. Gives the value before and after terms."""
    watch = _Gave()
    made = make(step.target, kind, (step,), _told_values(step, told), needs, "", watch)
    return watch.gave, text_at(made.column, 0)


def again_with_qualifier(
    told: ExplainedStep, step: Step, qnam: str, makes: str, value: str | None
) -> ExplainedStep:
    """The same step, for a SUPP-- value that it gives beside its own."""

    def again(told: ExplainedStep) -> tuple[str | None, str | None]:
        made = make(step.target, "Char", (step,), _told_values(step, told), {}, "")
        found = text_at(made.qualifiers[qnam], 0)
        return found, found

    return replace(told, makes=makes, gave=value, value=value, terms="", again=again)


def _told_values(step: Step, told: ExplainedStep) -> _OneRow:
    by_name = {read.name: read for read in (*told.reads, *told.conditioned)}
    columns = {
        reference: column_of([by_name[written].value], by_name[written].kind)
        for written, reference in step.references.items()
    }
    return _OneRow(pd.RangeIndex(1), columns)
