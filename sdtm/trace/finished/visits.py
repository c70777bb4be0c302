"""VISITNUM, VISIT and VISITDY out of the collected visit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdtm.mapping.watch import BASE
from sdtm.trace.explained import ExplainedStep, Read, ReadRecord, frame_of, text_at
from sdtm.trace.finished.small_states import SUBJECT, state_of
from sdtm.visit_assignment import VISIT_VARIABLES, assign_all_visits

if TYPE_CHECKING:
    from sdtm.trace.teller import Record, Teller

_COLLECTED = "(collected visit)"


def visit(teller: Teller, record: Record, name: str) -> ExplainedStep | None:
    """A visit of the schedule by its text; the number of an unscheduled one from the visits around it."""
    if name not in VISIT_VARIABLES or record.base != teller.is_collapsed(record.domain):
        return None
    own = teller.told.stages[BASE, record.domain]
    if own.visit is None or teller.is_mapped(record, name, by_its_source=True):
        return None
    text = text_at(own.visit, record.row)
    teller.tell_visit(record)
    date = _date_name(record.domain, own.frame)
    if date:
        teller.tell(record, date)
    source, _ = teller.source(record)
    planned = {each for visit in teller.plan.study.visits for each in (visit.VISIT, *visit.raw)}
    records = _records(teller, record, alone=text is None or text in planned)

    def again(told: ExplainedStep) -> tuple[str | None, str | None]:
        rows = told.records["visits"]
        frame = frame_of(rows)
        columns = {SUBJECT: frame[SUBJECT]} | ({date: frame["date"]} if date else {})
        state = state_of(teller.plan, record.domain, columns, source, frame[_COLLECTED])
        assign_all_visits(teller.plan, {record.domain: state})
        this = next(i for i, row in enumerate(rows) if row.this)
        found = text_at(state.frame[name], this)
        return found, found

    value = teller.value(record, name)
    study = teller.plan.study
    of_text = [i for i, each in enumerate(study.visits) if text in (each.VISIT, *each.raw)]
    where = study.where("visits", *of_text[:1]) if of_text else study.where("unscheduled")
    return ExplainedStep(
        f"{record.domain}.{name}",
        "assign_visit",
        "the visit of the schedule that has this text"
        if text in planned
        else "an unscheduled visit: numbered after the planned one before it (unscheduled:)",
        str(where),
        records={"visits": records},
        gave=value,
        value=value,
        again=again,
    )


def _date_name(domain: str, frame: dict) -> str:  # type: ignore[type-arg]
    return next((f"{domain}{s}" for s in ("DTC", "STDTC") if f"{domain}{s}" in frame), "")


def _records(teller: Teller, record: Record, alone: bool) -> tuple[ReadRecord, ...]:
    """The visits of the subject, each text and date once; just that of the record where its text is planned."""
    subject = teller.value(record, SUBJECT) if not record.base else None
    subject = subject or text_at(teller.told.stages[BASE, record.domain].frame[SUBJECT], record.row)
    derived = {
        name
        for name, domain in teller.plan.domains.items()
        if any(source.from_domain for source in domain.sources)
    }
    together = (
        [record.domain] if record.domain in derived else [n for n in teller.plan.domains if n not in derived]
    )
    found: dict[tuple[str | None, str | None], ReadRecord] = {}
    mine: tuple[str | None, str | None] | None = None
    for domain in [record.domain] if alone else together:
        state = teller.told.stages.get((BASE, domain))  # a copy of another domain has none
        if state is None or state.visit is None:
            continue
        date = _date_name(domain, state.frame)
        rows = [record.row] if alone else (state.frame[SUBJECT] == subject).to_numpy().nonzero()[0].tolist()
        for row in rows:
            key = text_at(state.visit, row), text_at(state.frame[date], row) if date else None
            this = domain == record.domain and row == record.row
            mine = key if this else mine
            if key not in found or this:
                place = teller.label(type(record)(domain, row, base=True))
                reads = (Read(SUBJECT, subject), Read(_COLLECTED, key[0]), Read("date", key[1]))
                found[key] = ReadRecord(f"{domain} of {place}", reads, this)
    return tuple(found.values())
