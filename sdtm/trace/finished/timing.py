"""Study days, EPOCH and --LOBXFL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sdtm.columns import constant
from sdtm.finish import SAME_TEST, STUDY_DAYS, finish_domain
from sdtm.mapping.watch import MADE, READY
from sdtm.trace.explained import ExplainedStep, Read, ReadRecord, column_of, frame_of, text_at
from sdtm.trace.finished.small_states import SUBJECT, columns_of, state_of

if TYPE_CHECKING:
    from sdtm.trace.teller import Record, Teller

_DM = "DM."


def study_day(teller: Teller, record: Record, name: str) -> ExplainedStep | None:
    """--DY, --STDY, --ENDY."""
    domain = record.domain
    date = next((f"{domain}{date}" for day, date in STUDY_DAYS if name == f"{domain}{day}"), "")
    if not date or date not in teller.snapshot(record).frame:
        return None
    if teller.is_mapped(record, name, by_its_source=True):
        return None
    teller.tell(record, date)
    reads = (teller.read(record, SUBJECT), teller.read(record, date), *of_subject(teller, record, "RFSTDTC"))
    return _finished(
        teller, record, name, "study_day", "days from RFSTDTC, no day 0 (SDTMIG 3.4, 4.4.4)", reads
    )


def epoch(teller: Teller, record: Record, name: str) -> ExplainedStep | None:
    """EPOCH: the element of SE in which the date lies."""
    domain = record.domain
    if name != "EPOCH" or domain == "SE" or (MADE, "SE") not in teller.told.stages:
        return None
    frame = teller.snapshot(record, READY).frame
    date = teller.plan.domains[domain].definition.epoch or next(
        (f"{domain}{s}" for s in ("STDTC", "DTC") if f"{domain}{s}" in frame), ""
    )
    if date not in frame or teller.is_mapped(record, name, by_its_source=True):
        return None
    teller.tell(record, date)
    reads = (teller.read(record, SUBJECT), teller.read(record, date), *of_subject(teller, record, "RFSTDTC"))
    elements = teller.told.stages[MADE, "SE"].frame
    wanted = (SUBJECT, "ETCD", "EPOCH", "SESTDTC", "SEENDTC")
    records = tuple(
        ReadRecord(
            f"element {text_at(elements['ETCD'], int(row))}",
            tuple(Read(each, text_at(elements[each], int(row))) for each in wanted),
        )
        for row in teller.rows_of_subject("SE", record)
    )
    said = f"the element of SE that holds {date} (SDTMIG 3.4, 4.1.3.1)"
    return _finished(teller, record, name, "epoch", said, reads, {"SE": records})


def baseline_flag(teller: Teller, record: Record, name: str) -> ExplainedStep | None:
    """--LOBXFL: one of the results of a test of the subject."""
    domain = record.domain
    frame = teller.snapshot(record, READY).frame
    rule = teller.plan.domains[domain].definition.baseline
    if name != f"{domain}LOBXFL" or f"{domain}TESTCD" not in frame or f"{domain}DTC" not in frame:
        return None
    if rule.skip or teller.is_mapped(record, name):
        return None
    groups = [f"{domain}TESTCD"] + [f"{domain}{s}" for s in SAME_TEST if f"{domain}{s}" in frame]
    groups = [each for each in rule.by if each in frame] or groups
    rows = teller.rows_of_subject(domain, record, READY)
    for each in groups:
        if each != SUBJECT:
            same = [text_at(frame[each], int(row)) == text_at(frame[each], record.row) for row in rows]
            rows = rows[np.array(same, dtype=bool)]
    asked = [f"{domain}{s}" for s in ("DTC", "STRESC", "ORRES", "STAT", "TPTNUM")]
    names = [each for each in frame if each in {SUBJECT, "VISITNUM", *groups, *asked}]
    moments = [tuple(text_at(frame[each], int(row)) for each in names) for row in rows]
    if len(set(moments)) < len(moments):
        names = list(frame)  # results of one moment: what else they hold decides
    records = tuple(
        ReadRecord(
            teller.label(type(record)(domain, int(row))),
            tuple(teller.read(type(record)(domain, int(row)), each, READY) for each in names),
            int(row) == record.row,
        )
        for row in rows
    )
    teller.tell(record, f"{domain}DTC")
    reads = of_subject(teller, record, rule.before)
    said = "the last result at or before first exposure, of the subject and test (SDTMIG 3.4, 4.5.9)"
    return _finished(teller, record, name, "last_observation_before_exposure", said, reads, {domain: records})


def of_subject(teller: Teller, record: Record, name: str) -> tuple[Read, ...]:
    """A variable of DM of the subject, told before it is read."""
    subject = teller.demographics(record)
    if subject is None or name not in teller.snapshot(subject).frame:
        return ()
    if subject != record:
        teller.tell(subject, name)
    return (Read(f"{_DM}{name}", teller.value(subject, name), of="DM of the subject"),)


def _finished(
    teller: Teller,
    record: Record,
    name: str,
    rule: str,
    said: str,
    reads: tuple[Read, ...],
    records: dict[str, tuple[ReadRecord, ...]] | None = None,
) -> ExplainedStep:
    """A step that ``finish_domain`` does; done again by that function on what was told."""
    domain = record.domain
    source, _ = teller.source(record) if not teller.is_collapsed(domain) else (None, -1)

    def again(told: ExplainedStep) -> tuple[str | None, str | None]:
        rows = told.records.get(domain, ())
        own = tuple(read for read in told.reads if not read.name.startswith(_DM))
        columns = dict(frame_of(rows)) if rows else columns_of(own)
        state = state_of(teller.plan, domain, columns, source)
        who = text_at(columns[SUBJECT], 0)
        subjects = pd.DataFrame({SUBJECT: constant(who, pd.RangeIndex(1))})
        for read in told.reads:
            if read.name.startswith(_DM):
                subjects[read.name.removeprefix(_DM)] = column_of([read.value], read.kind)
        elements = frame_of(told.records["SE"]) if told.records.get("SE") else None
        finish_domain(teller.plan, state, subjects, elements)
        this = next((i for i, row in enumerate(rows) if row.this), 0)
        found = text_at(state.frame[name], this) if name in state.frame else None
        return found, found

    value = teller.value(record, name)
    places = {"epoch": ("elements",), "last_observation_before_exposure": ("sdtm", domain, "baseline")}
    where = str(teller.plan.study.where(*places[rule])) if rule in places else ""
    return ExplainedStep(
        f"{domain}.{name}",
        rule,
        said,
        where,
        reads,
        records=records or {},
        gave=value,
        value=value,
        again=again,
    )
