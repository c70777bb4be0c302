"""STUDYID, DOMAIN, and --TEST of its --TESTCD."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdtm.convert_shard import paired_test_names
from sdtm.trace.explained import ExplainedStep

if TYPE_CHECKING:
    from sdtm.trace.teller import Record, Teller


def identifier(teller: Teller, record: Record, name: str) -> ExplainedStep | None:
    """The study's code, the domain's code, or the name that belongs to a test code."""
    study, domain = teller.plan.study, record.domain
    constants = {"STUDYID": (study.study, ("study",)), "DOMAIN": (domain, ("sdtm", domain, "domain"))}
    if name in constants:
        value, path = constants[name]
        return ExplainedStep(
            f"{domain}.{name}",
            "constant",
            f"the {name} of the spec",
            str(study.where(*path)),
            gave=value,
            value=value,
            again=lambda _: (value, value),
        )
    source, _ = teller.source(record)
    wide = source is not None and (source.tests or source.not_done)
    if name != f"{domain}TEST" or wide or record.base != teller.is_collapsed(domain):
        return None
    code = f"{domain}TESTCD"
    teller.tell(record, code)
    title = teller.value(record, name)

    def again(told: ExplainedStep) -> tuple[str | None, str | None]:
        (read,) = told.reads
        found = paired_test_names(teller.plan, domain, [read.value])[0] if read.value is not None else None
        return found, found

    said = "the published or declared name of the test code (codelists:)"
    reads = (teller.read(record, code),)
    return ExplainedStep(
        f"{domain}.{name}", "test_name", said, "", reads, gave=title, value=title, again=again
    )
