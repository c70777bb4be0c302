"""The visit of a record that was collected without one, by the window that its study day is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sdtm.columns import constant, empty
from sdtm.mapping.watch import BASE
from sdtm.trace.explained import ExplainedStep, column_of, text_at
from sdtm.trace.finished.small_states import SUBJECT, columns_of, state_of
from sdtm.trace.finished.timing import of_subject
from sdtm.visit_assignment import VISIT_VARIABLES
from sdtm.visit_windows import apply_visit_windows

if TYPE_CHECKING:
    from sdtm.trace.teller import Record, Teller

_DM = "DM."


def window_visit(teller: Teller, record: Record, name: str) -> ExplainedStep | None:
    """VISITNUM, VISIT or VISITDY out of a window; None where the visit was collected."""
    if name not in VISIT_VARIABLES or record.base or teller.plan.study.visit_windows != "assign":
        return None
    domain = record.domain
    value, collected = teller.value(record, name), teller.value(record, "VISITNUM", BASE)
    date = next(
        (f"{domain}{s}" for s in ("DTC", "STDTC") if f"{domain}{s}" in teller.snapshot(record).frame), ""
    )
    if value is None or not date or collected is not None or teller.is_collapsed(domain):
        return None
    source, _ = teller.source(record)
    teller.tell(record, date)
    reads = (teller.read(record, SUBJECT), teller.read(record, date), *of_subject(teller, record, "RFSTDTC"))
    if any(visit.ARMCD and visit.day for visit in teller.plan.study.visits):
        reads += of_subject(teller, record, "ARMCD")

    def again(told: ExplainedStep) -> tuple[str | None, str | None]:
        index = pd.RangeIndex(1)
        columns = columns_of(tuple(read for read in told.reads if not read.name.startswith(_DM)))
        columns |= {each: empty("Char" if each == "VISIT" else "Num", index) for each in VISIT_VARIABLES}
        state = state_of(teller.plan, domain, columns, source, constant(None, index))
        subjects = pd.DataFrame({SUBJECT: columns[SUBJECT]})
        for read in told.reads:
            if read.name.startswith(_DM):
                subjects[read.name.removeprefix(_DM)] = column_of([read.value], read.kind)
        apply_visit_windows(teller.plan, {domain: state}, subjects)
        found = text_at(state.frame[name], 0)
        return found, found

    where = str(teller.plan.study.where("visit_windows"))
    said = "no visit was collected: the one in whose window the study day is (visit_windows: assign)"
    return ExplainedStep(
        f"{domain}.{name}", "visit_window", said, where, reads, gave=value, value=value, again=again
    )
