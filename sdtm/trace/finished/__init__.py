"""What finishing made of a record, told and done again. One module for each kind of step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sdtm.finished_variables import FINISHED
from sdtm.trace.afterwards import cut_value
from sdtm.trace.explained import ExplainedStep
from sdtm.trace.finished import (
    arms,
    collapsed,
    elements,
    identifiers,
    reference_dates,
    results,
    sequence,
    timing,
    visits,
    wide,
    windows,
)

if TYPE_CHECKING:
    from sdtm.trace.teller import Record, Teller

# Asked in this order; the first that knows the variable tells how it was made.
RULES: tuple[Callable[[Teller, Record, str], ExplainedStep | None], ...] = (
    identifiers.identifier,
    elements.element,
    collapsed.collapsed,
    reference_dates.reference_date,
    arms.arm,
    wide.wide_row,
    windows.window_visit,
    visits.visit,
    results.standard_result,
    timing.study_day,
    timing.epoch,
    timing.baseline_flag,
    sequence.number,
)


def finished_step(teller: Teller, record: Record, name: str) -> ExplainedStep | None:
    """How finishing made a variable of a record; None where it has no value and no rule makes it."""
    for rule in RULES:
        step = rule(teller, record, name)
        if step is not None:
            return step
    cut = cut_value(teller, record, name)
    if cut is not None:
        return cut
    value = teller.value(record, name)
    if value is None:
        return None
    known = {pattern.replace("--", record.domain): told for pattern, told in FINISHED.items()}
    text, reads = known.get(name, ("made by finishing", ()))
    names = [read.replace("--", record.domain) for read in reads]
    read = tuple(teller.read(record, each) for each in names if each in teller.snapshot(record).frame)
    return ExplainedStep(f"{record.domain}.{name}", text, reads=read, gave=value, value=value)
