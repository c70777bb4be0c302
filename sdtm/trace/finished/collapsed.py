"""Several records that became one (`collapse:`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdtm.finishing.collapse import collapse
from sdtm.trace.explained import ExplainedStep, ReadRecord, frame_of, text_at
from sdtm.trace.finished.small_states import state_of

if TYPE_CHECKING:
    from sdtm.trace.teller import Record, Teller


def collapsed(teller: Teller, record: Record, name: str) -> ExplainedStep | None:
    """A variable of a collapsed record, out of those of the records before."""
    if record.base or not teller.is_collapsed(record.domain):
        return None
    parts = teller.contributors(record)
    frame = teller.snapshot(parts[0]).frame if parts else {}
    if name not in frame:
        return None  # made afterwards
    rules = dict(teller.plan.domains[record.domain].definition.collapse)
    given = rules.get("by", ())
    by = [given] if isinstance(given, str) else list(given)
    values = [teller.value(part, name) for part in parts]
    value = teller.value(record, name)
    names = [*by, name] if len(set(values)) == 1 or name in rules else list(frame)
    names = [each for each in frame if each in names]
    for part in [part for part, each in zip(parts, values, strict=True) if each == value][:1]:
        teller.tell(part, name)
    records = tuple(
        ReadRecord(teller.label(part), tuple(teller.read(part, each) for each in names)) for part in parts
    )

    def again(told: ExplainedStep) -> tuple[str | None, str | None]:
        state = state_of(teller.plan, record.domain, dict(frame_of(told.records[record.domain])))
        collapse(state)
        found = text_at(state.frame[name], 0)
        return found, found

    rule = rules.get(name, "the first in the order of their content")
    return ExplainedStep(
        f"{record.domain}.{name}",
        "collapse",
        f"one record for each {', '.join(by)}; {name}: {rule}",
        str(teller.plan.study.where("sdtm", record.domain, "collapse")),
        records={record.domain: records},
        gave=value,
        value=value,
        again=again,
    )
