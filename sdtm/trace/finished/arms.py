"""ARM, ACTARM, ACTARMCD and ARMNRS of DM by rule (`assign_arms:`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdtm.mapping.watch import BASE, MADE
from sdtm.subject_arms import add_subject_arms
from sdtm.trace.explained import ExplainedStep, text_at
from sdtm.trace.finished.small_states import columns_of, state_of

if TYPE_CHECKING:
    from sdtm.trace.teller import Record, Teller

_MADE = ("ARM", "ACTARM", "ACTARMCD", "ARMNRS")
_MAPPED = ("ARMCD", "ARM", "ACTARMCD", "ACTARM", "ARMNRS", "ACTARMUD")


def arm(teller: Teller, record: Record, name: str) -> ExplainedStep | None:
    """A variable of the arms of a subject, from what was mapped of them and the first exposure."""
    if record.domain != "DM" or name not in _MADE:
        return None
    if not teller.plan.domains["DM"].definition.assign_arms:
        return None
    before, after = teller.snapshot(record, BASE).frame, teller.snapshot(record, MADE).frame
    mapped = [each for each in _MAPPED if each in before]
    for each in [*mapped, "RFXSTDTC"]:
        if each != name and each not in _MADE and each in after:
            teller.tell(record, each)
    reads = [teller.read(record, each, BASE) for each in mapped]
    reads += [teller.read(record, "RFXSTDTC")] if "RFXSTDTC" in after else []

    def again(told: ExplainedStep) -> tuple[str | None, str | None]:
        state = state_of(teller.plan, "DM", columns_of(told.reads))
        add_subject_arms(teller.plan, state)
        found = text_at(state.frame[name], 0) if name in state.frame else None
        return found, found

    value = teller.value(record, name)
    where = str(teller.plan.study.where("sdtm", "DM", "assign_arms"))
    said = "the arm by rule: screen failure, not assigned, not treated or as treated (SDTMIG 3.4, 5.2)"
    return ExplainedStep(
        f"DM.{name}", "assign_arms", said, where, tuple(reads), gave=value, value=value, again=again
    )
