"""A cell of SUPP--: the value of a qualifier, or what says of which record it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdtm.finishing.long_text import LIMIT, split_text, supplemental_names
from sdtm.mapping.watch import MADE
from sdtm.trace.afterwards import finish_value, part_of_text
from sdtm.trace.explained import ExplainedStep, Read, text_at
from sdtm.trace.mapped import again_with_qualifier, mapped_step, variable_plans

if TYPE_CHECKING:
    from sdtm.plan import SourcePlan, VariablePlan
    from sdtm.trace.teller import Record, Teller

MOST_PARTS = 99  # of one long text that are looked for


def tell_supplemental(teller: Teller, record: Record, qnam: str, variable: str, value: str | None) -> None:
    """Add the steps of one cell. ``record``: the parent; ``value``: what the cell holds."""
    domain = record.domain
    if variable == "QVAL":
        _tell_value(teller, record, qnam, value)
        return
    identifier = "" if domain == "DM" else f"{domain}SEQ"
    parts: dict[str, tuple[str, str]] = {
        "RDOMAIN": ("the domain of the parent record", ""),
        "IDVAR": ("the variable that identifies the parent record", ""),
        "IDVARVAL": ("the identifier of the parent record", identifier),
        "QNAM": ("the name of the qualifier", ""),
        "QLABEL": ("the label of the qualifier", ""),
        "QORIG": ("the origin of the qualifier", ""),
        "QEVAL": ("the evaluator of the qualifier", ""),
        "STUDYID": ("the study of the parent record", "STUDYID"),
        "USUBJID": ("the subject of the parent record", "USUBJID"),
    }
    said, source = parts[variable]
    reads: tuple[Read, ...] = ()
    if source:
        teller.tell(record, source)
        reads = (Read(source, value, of="the parent record"),)
    where = str(_place(teller, record, qnam))
    teller.steps.append(
        ExplainedStep(
            f"SUPP{domain}.{variable}",
            "supp: " + said,
            "",
            where,
            reads,
            gave=value,
            value=value,
            again=lambda told: (told.reads[0].value, told.reads[0].value) if told.reads else (value, value),
        )
    )


def _place(teller: Teller, record: Record, qnam: str):  # type: ignore[no-untyped-def]
    found = _plan(teller, record, qnam)
    return found.location if found is not None else teller.plan.study.where("sdtm", record.domain)


def _plan(teller: Teller, record: Record, qnam: str) -> VariablePlan | None:
    """The qualifier's own mapping, or the variable whose checkboxes give it."""
    source, _ = teller.source(record)
    if source is None:
        return None
    test = teller.test(record)
    of_test = [plan for each in source.tests if each.testcd == test for plan in each.extra]
    for plan in (*source.supp, *of_test, *source.variables):
        if plan.name == qnam or any(qnam in step.qualifiers for step in plan.steps):
            return plan
    return None


def _tell_value(teller: Teller, record: Record, qnam: str, value: str | None) -> None:
    makes = f"SUPP{record.domain}.{qnam}"
    source, line = teller.source(record)
    plan = _plan(teller, record, qnam)
    if source is not None and plan is not None:
        if plan.name == qnam:
            teller.walk(record, [plan], source)
        else:
            _tell_box(teller, record, plan, source, line, qnam, value)
        finish_value(teller, makes)
        return
    state = teller.told.stages[MADE, record.domain]
    columns = {**state.frame, **state.supp}
    for name in columns:
        whole = text_at(columns[name], record.row)
        if whole is None or len(whole.encode()) <= LIMIT or name[:5] != qnam[:5]:
            continue
        names = supplemental_names(name, min(len(split_text([whole], LIMIT)[0]) - 1, MOST_PARTS))
        if qnam in names:
            if name in state.supp and source is not None:
                teller.walk(record, variable_plans(source, name, teller.test(record)), source)
            else:
                teller.tell(record, name)
            teller.steps.append(part_of_text(makes, whole, names.index(qnam) + 1))
            return


def _tell_box(
    teller: Teller,
    record: Record,
    plan: VariablePlan,
    source: SourcePlan,
    line: int,
    qnam: str,
    value: str | None,
) -> None:
    """One of several checked boxes."""
    for step in plan.steps:
        if qnam in step.qualifiers:
            made = mapped_step(teller, record, plan, step, source, line, teller.test(record))
            if made is not None:
                makes = f"SUPP{record.domain}.{qnam}"
                teller.steps.append(again_with_qualifier(made, step, qnam, makes, value))
