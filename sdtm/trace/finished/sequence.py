"""--SEQ: the number of a record among those of its subject."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdtm.finish import Finishing
from sdtm.mapping.watch import MADE
from sdtm.trace.explained import ExplainedStep, Read, ReadRecord, frame_of, text_at
from sdtm.trace.finished.small_states import SUBJECT, state_of

if TYPE_CHECKING:
    from sdtm.trace.teller import Record, Teller

_SUPP = "SUPP."


def number(teller: Teller, record: Record, name: str) -> ExplainedStep | None:
    """The place of a record in the order of the keys (or of `sequence:`), within the subject."""
    domain = record.domain
    if name != f"{domain}SEQ":
        return None
    plan = teller.plan.domains[domain]
    state = teller.told.stages[MADE, domain]
    by = [each for each in (*plan.definition.sequence.by, *plan.keys) if each in state.frame]
    rows = teller.rows_of_subject(domain, record)
    names = [each for each in state.frame if each in {SUBJECT, *by}]
    keys = [tuple(text_at(state.frame[each], int(row)) for each in names) for row in rows]
    supp: list[str] = []
    if len(set(keys)) < len(keys):  # what else they hold decides
        names, supp = list(state.frame), list(state.supp)
    records = tuple(_record(teller, type(record)(domain, int(row)), names, supp, record) for row in rows)
    value = text_at(teller.numbers(domain), record.row)

    def again(told: ExplainedStep) -> tuple[str | None, str | None]:
        rows = told.records[domain]
        frame = frame_of(rows)
        columns = {each: frame[each] for each in frame if not each.startswith(_SUPP)}
        extra = {each.removeprefix(_SUPP): frame[each] for each in frame if each.startswith(_SUPP)}
        small = state_of(teller.plan, domain, columns, supp=extra)
        finished, _ = Finishing(teller.plan, small).close(small, None)
        this = next(i for i, row in enumerate(rows) if row.this)
        place = int((finished.source["position"] == this).to_numpy().nonzero()[0][0])
        found = text_at(finished.frame[name], place)
        return found, found

    said = f"number within the subject in the order of {', '.join(plan.definition.sequence.by or plan.keys)}"
    where = teller.plan.study.where("sdtm", domain, "sequence" if plan.definition.sequence.by else "keys")
    return ExplainedStep(
        f"{domain}.{name}",
        "sequence",
        said,
        str(where),
        records={domain: records},
        gave=value,
        value=value,
        again=again,
    )


def _record(teller: Teller, each: Record, names: list[str], supp: list[str], asked: Record) -> ReadRecord:
    state = teller.told.stages[MADE, each.domain]
    reads = [teller.read(each, name) for name in names]
    reads += [Read(f"{_SUPP}{name}", text_at(state.supp[name], each.row)) for name in supp]
    return ReadRecord(teller.label(each), tuple(reads), each.row == asked.row)
