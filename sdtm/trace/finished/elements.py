"""SE: the elements that a subject passed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sdtm.finished_variables import date_source_text
from sdtm.subject_dates import add_elements
from sdtm.trace.explained import ExplainedStep, ReadRecord, text_at
from sdtm.trace.finished.reference_dates import source_records, told_states
from sdtm.trace.finished.small_states import SUBJECT, state_of

if TYPE_CHECKING:
    from sdtm.trace.teller import Record, Teller

_PLANNED = ("TAETORD", "EPOCH")  # by the arm of the subject
_MADE = (SUBJECT, "ETCD", "ELEMENT", "EPOCH", "TAETORD", "SESTDTC", "SEENDTC")


def element(teller: Teller, record: Record, name: str) -> ExplainedStep | None:
    """A variable of SE that follows from `elements:` and the dates of the subject."""
    if record.domain != "SE" or name not in _MADE or teller.plan.domains["SE"].sources:
        return None
    study, value = teller.plan.study, teller.value(record, name)
    code = teller.value(record, "ETCD")
    number = next(i for i, each in enumerate(study.elements) if code == each.ETCD)
    rules = [rule for each in study.elements for rule in (each.start, each.end) if rule is not None]
    records = source_records(teller, record, rules, value if name.endswith("DTC") else None, True)
    subject = teller.demographics(record)
    if subject is not None:
        known = records.get("DM") or (ReadRecord(teller.label(subject), (teller.read(subject, SUBJECT),)),)
        if study.arms and name in _PLANNED and "ARMCD" in teller.snapshot(subject).frame:
            known = tuple(
                replace(each, reads=(*each.reads, teller.read(subject, "ARMCD")))
                if all(read.name != "ARMCD" for read in each.reads)
                else each
                for each in known
            )
        records["DM"] = known

    def again(told: ExplainedStep) -> tuple[str | None, str | None]:
        states = told_states(teller, told)
        states["SE"] = state_of(teller.plan, "SE", {})
        add_elements(teller.plan, states)
        made = states["SE"].frame
        rows = [row for row in range(len(made["ETCD"])) if text_at(made["ETCD"], row) == code]
        found = text_at(made[name], rows[0]) if rows else None
        return found, found

    this = study.elements[number]
    said = f"element {code} starts: {date_source_text(this.start)}" if this.start is not None else ""
    said += (
        f"; ends: {date_source_text(this.end)}"
        if this.end is not None
        else "; ends where the next one starts"
    )
    where = str(study.where("elements", number))
    return ExplainedStep(
        f"SE.{name}", "elements", said, where, records=records, gave=value, value=value, again=again
    )
