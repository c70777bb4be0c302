"""What becomes of a wide row: the test of each record, and whether it was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sdtm.derivations.condition import fulfils
from sdtm.mapping.sql import Expression
from sdtm.plan import FindingsPlan, SourcePlan
from sdtm.trace.explained import ExplainedStep, Read
from sdtm.trace.finished.small_states import columns_of
from sdtm.trace.mapped import condition_reads

if TYPE_CHECKING:
    from sdtm.trace.teller import Record, Teller

_NOT_DONE = "NOT DONE"


def wide_row(teller: Teller, record: Record, name: str) -> ExplainedStep | None:
    """--TESTCD, --TEST, --STAT of a record of a wide row; --ORRESU and --REASND that are not of it."""
    source, _ = teller.source(record)
    if source is None or not (source.tests or source.not_done):
        return None
    code = teller.test(record)
    test = next((each for each in source.tests if each.testcd == code), None)
    form = next((each.form for each in source.not_done if each.form and each.form[0] == code), None)
    domain = record.domain
    if name in (f"{domain}TESTCD", f"{domain}TEST") and (test is not None or form is not None):
        pair = (test.testcd, test.test) if test is not None else form or ("", "")
        value = pair[0] if name.endswith("CD") else pair[1]
        where = test.location if test is not None else source.location
        said = "the test of findings:" if test is not None else "the record for the whole form of not_done:"
        return ExplainedStep(
            f"{domain}.{name}", "transpose_findings", said, str(where), gave=value, value=value,
            again=lambda _: (value, value),
        )  # fmt: skip
    if name == f"{domain}STAT":
        return _status(teller, record, source, test)
    if name in (f"{domain}ORRESU", f"{domain}REASND") and teller.value(record, name) is None:
        return _not_of_it(teller, record, name)
    return None


def _not_of_it(teller: Teller, record: Record, name: str) -> ExplainedStep | None:
    """A unit without a result, or a reason why a test was not done beside its result: neither is kept."""
    domain, last = record.domain, teller.steps[-1] if teller.steps else None
    if last is None or last.makes != f"{domain}.{name}" or last.value is None:
        return None
    mapped = last.value
    result = f"{domain}ORRES"
    is_unit = name.endswith("ORRESU")
    teller.tell(record, result)

    def again(told: ExplainedStep) -> tuple[str | None, str | None]:
        value, of_result = (read.value for read in told.reads)
        found = value if (of_result is None) != is_unit else None
        return found, found

    reads = (Read(name, mapped, of="mapped"), Read(result, teller.value(record, result)))
    said = "no unit without a result" if is_unit else "no reason beside a result"
    return ExplainedStep(f"{domain}.{name}", "not_done", said, reads=reads, again=again)


def _status(
    teller: Teller, record: Record, source: SourcePlan, test: FindingsPlan | None
) -> ExplainedStep | None:
    domain, code = record.domain, teller.test(record)
    value = teller.value(record, f"{domain}STAT")
    if not source.not_done and (test is None or test.status is None):
        return None
    conditions = [
        each.where for each in source.not_done if code in each.tests or (each.form and each.form[0] == code)
    ]
    names = tuple(dict.fromkeys(name for condition in conditions for name in condition.columns))
    reads = [*condition_reads(teller, record, source, names)]
    status, result = f"({domain}STAT)", f"{domain}ORRES"
    if test is not None:
        teller.tell(record, result)
        reads.append(Read(result, teller.value(record, result), of="result of the test"))
        reads += _status_reads(teller, record, source, test, status)
    where = ", ".join(str(each.location) for each in source.not_done) or str(source.location)

    def again(told: ExplainedStep) -> tuple[str | None, str | None]:
        columns = columns_of(told.reads)
        values = {read.name: read.value for read in told.reads}
        not_done = any(_is_true(condition, columns) for condition in conditions) or bool(values.get(status))
        found = _NOT_DONE if not_done and values.get(result) is None else None
        return found, found

    reasons = [condition.text for condition in conditions]
    reasons += ["the status of the test says so"] if test is not None and test.status is not None else []
    said = f"{_NOT_DONE} where there is no result, and {' or '.join(reasons)}"
    return ExplainedStep(
        f"{domain}.{domain}STAT", "not_done", said, where, tuple(reads), gave=value, value=value, again=again
    )


def _status_reads(
    teller: Teller, record: Record, source: SourcePlan, test: FindingsPlan, shown: str
) -> list[Read]:
    """What the status column of a test gave, after the steps that made it."""
    if test.status is None:
        return []
    before = len(teller.steps)
    teller.walk(record, [test.status], source)
    made = teller.steps[before:]
    value = made[-1].value if made else None
    return [Read(shown, value, of="status of the test")]


def _is_true(condition: Expression, columns: dict[str, pd.Series]) -> bool:
    return bool(fulfils(pd.DataFrame(columns, index=pd.RangeIndex(1)), condition)[0])
