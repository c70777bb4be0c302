"""RFSTDTC and the other dates of DM that a rule takes from made datasets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sdtm.columns import empty
from sdtm.finished_variables import date_source_text
from sdtm.mapping import sql
from sdtm.mapping.watch import BASE, READY
from sdtm.subject_dates import per_subject
from sdtm.trace.explained import ExplainedStep, Read, ReadRecord, frame_of, kind_of, text_at
from sdtm.trace.finished.small_states import SUBJECT, columns_of, state_of
from specs.model import DateSource

if TYPE_CHECKING:
    from sdtm.convert_shard import DomainState
    from sdtm.trace.teller import Record, Teller


def reference_date(teller: Teller, record: Record, name: str) -> ExplainedStep | None:
    """The earliest or latest of the dates of the subject that a rule names."""
    rule = teller.plan.domains[record.domain].definition.reference_dates.get(name)
    if record.domain != "DM" or rule is None:
        return None
    study, value = teller.plan.study, teller.value(record, name)
    where = study.where("sdtm", "DM", "reference_dates", name)
    records = source_records(teller, record, [rule], value)
    reads = _of_demographics(teller, record, rule)

    def again(told: ExplainedStep) -> tuple[str | None, str | None]:
        states = told_states(teller, told)
        own = state_of(teller.plan, "DM", columns_of(told.reads))
        column, _ = per_subject(teller.plan, states | {"DM": states.get("DM", own)}, rule, own.table(), where)
        found = text_at(column, 0)
        return found, found

    return ExplainedStep(
        f"DM.{name}",
        f"reference_date: {date_source_text(rule)}",
        "",
        str(where),
        reads,
        records=records,
        gave=value,
        value=value,
        again=again,
    )


def _of_demographics(teller: Teller, record: Record, rule: DateSource) -> tuple[Read, ...]:
    names = [SUBJECT]
    if rule.when:
        names += [name.removeprefix("DM.") for name in sql.parse(rule.when, ("DM",)).columns]
    for name in names[1:]:
        teller.tell(record, name)
    return tuple(teller.read(record, name) for name in dict.fromkeys(names))


def source_records(
    teller: Teller,
    record: Record,
    rules: list[DateSource],
    chosen: str | None,
    with_demographics: bool = False,
) -> dict[str, tuple[ReadRecord, ...]]:
    """The records of the subject in the domains that rules read; how the chosen date came to be is told before.

    ``with_demographics``: also what the rules ask of DM (``when``).
    """
    wanted: dict[str, dict[str, None]] = {}
    for rule in rules:
        for source in rule.earliest or rule.latest:
            domain, _, variable = source.partition(".")
            names = wanted.setdefault(domain, {SUBJECT: None})
            names[variable] = None
            if rule.where:
                for name in sql.parse(rule.where, (domain,)).columns:
                    names[name.removeprefix(f"{domain}.")] = None
        if rule.when and with_demographics:
            for name in sql.parse(rule.when, ("DM",)).columns:
                wanted.setdefault("DM", {SUBJECT: None})[name.removeprefix("DM.")] = None
    found = {}
    for domain, names in wanted.items():
        stage = READY if teller.is_collapsed(domain) or domain == "DM" else BASE
        frame = teller.told.stages[stage, domain].frame
        kept = [name for name in names if name in frame]
        rows = [type(record)(domain, int(row)) for row in teller.rows_of_subject(domain, record, stage)]
        _tell_chosen(teller, rows, kept, chosen, record)
        found[domain] = tuple(
            ReadRecord(teller.label(row), tuple(teller.read(row, name, stage) for name in kept))
            for row in rows
        )
    return found


def told_states(teller: Teller, told: ExplainedStep) -> dict[str, DomainState]:
    """The records of an explained step as the states of their domains; a subject may have none in one."""
    states = {}
    for domain, rows in told.records.items():
        columns = dict(frame_of(rows))
        if not rows:
            frame = teller.told.stages[BASE, domain].frame
            columns = {name: empty(kind_of(column), pd.RangeIndex(0)) for name, column in frame.items()}
        states[domain] = state_of(teller.plan, domain, columns)
    return states


def _tell_chosen(
    teller: Teller, rows: list[Record], names: list[str], chosen: str | None, asking: Record
) -> None:
    for row in rows:
        for name in names[1:]:
            if chosen is not None and row != asking and teller.value(row, name) == chosen:
                teller.tell(row, name)
                return
