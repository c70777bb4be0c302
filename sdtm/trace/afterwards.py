"""What happened to a value after it was made: the data cut, blanks at its end, a text too long for one variable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sdtm.data_cut import cut_off_of
from sdtm.finishing.data_cut import compare_with_cut_off
from sdtm.finishing.long_text import LIMIT, split_text
from sdtm.mapping.watch import BASE
from sdtm.trace.explained import ExplainedStep, Read, column_of, text_at
from specs.data_cut import domain_cut

if TYPE_CHECKING:
    from sdtm.trace.teller import Record, Teller

Values = tuple[str | None, str | None]


def cut_value(teller: Teller, record: Record, name: str) -> ExplainedStep | None:
    """The change that the data cut made to a variable of a record, if any."""
    cutting, domain = teller.told.cutting, record.domain
    if cutting is None or teller.is_collapsed(domain):
        return None
    changes = [
        value
        for rows, changed, value in cutting.changes.get(domain, [])
        if changed == name and rows[record.row]
    ]
    if not changes:
        return None
    becomes = text_at(changes[-1], record.row)
    frame = teller.told.stages[BASE, domain].frame
    offs = cut_off_of(frame["USUBJID"], cutting.cut_offs, cutting.cut.date)
    later = domain_cut(cutting.cut, domain).later
    dates = {
        date: text_at(cutting.dates[domain, date], record.row)
        for date in later
        if (domain, date) in cutting.dates
    }
    reads = [Read(date, text, of="before the cut") for date, text in dates.items() if text is not None]
    reads.append(Read("(cut-off)", text_at(offs, record.row)))

    def again(told: ExplainedStep) -> Values:
        cut_off = column_of([told.reads[-1].value], "Char")
        after = [
            compare_with_cut_off(column_of([read.value], "Char"), cut_off).after[0]
            for read in told.reads[:-1]
        ]
        found = becomes if np.any(after) else before
        return found, found

    before = teller.steps[-1].value if teller.steps else None
    where = teller.plan.study.where("data_cut", "domains", domain, "later")
    said = "a date after the cut-off: " + (
        "the value is cleared" if becomes is None else f"becomes {becomes}"
    )
    return ExplainedStep(
        f"{domain}.{name}",
        "data_cut",
        said,
        str(where),
        tuple(reads),
        gave=becomes,
        value=becomes,
        again=again,
    )


def without_blanks(makes: str, value: str) -> ExplainedStep:
    """Blanks at the end of a text, which a transport file cannot hold."""
    kept = value.rstrip(" ") or None

    def again(told: ExplainedStep) -> Values:
        found = (told.reads[0].value or "").rstrip(" ") or None
        return found, found

    reads = (Read(makes.rpartition(".")[2], value),)
    return ExplainedStep(makes, "trailing_blanks_removed", "", "", reads, gave=kept, value=kept, again=again)


def part_of_text(makes: str, value: str, number: int) -> ExplainedStep:
    """One part of a text above 200 bytes; the first stays in the variable, the others go to SUPP--."""

    def again(told: ExplainedStep) -> Values:
        parts = split_text([told.reads[0].value or ""], LIMIT)[0]
        found = parts[number] if number < len(parts) else None
        return found, found

    part = split_text([value], LIMIT)[0][number]
    said = f"part {number + 1} of a text above {LIMIT} bytes (SDTMIG 3.4, 4.5.3.2)"
    reads = (Read("(whole text)", value),)
    return ExplainedStep(makes, "long_text_split", said, "", reads, gave=part, value=part, again=again)


def finish_value(teller: Teller, makes: str) -> None:
    """Add what happens to the last told text at the end: its blanks, and its first part if it is too long."""
    value = teller.steps[-1].value if teller.steps else None
    if value is not None and value.endswith(" "):
        teller.steps.append(without_blanks(makes, value))
        value = teller.steps[-1].value
    if value is not None and len(value.encode()) > LIMIT:
        teller.steps.append(part_of_text(makes, value, 0))
