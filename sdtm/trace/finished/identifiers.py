"""STUDYID, DOMAIN, --TEST of its --TESTCD, and IECAT of its criterion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdtm.convert_shard import paired_test_names
from sdtm.criteria import CATEGORY, CODE, DOMAIN, categories_of, maps_category
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
    if (domain, name) == (DOMAIN, CATEGORY):
        return _category(teller, record) if source is None or not maps_category(source) else None
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

    said, where = "the published or declared name of the test code (codelists:)", ""
    if domain == DOMAIN and (place := _criterion(teller, teller.value(record, code))):
        said, where = "the criterion that has this code in TI (criteria:)", place
    reads = (teller.read(record, code),)
    return ExplainedStep(
        f"{domain}.{name}", "test_name", said, where, reads, gave=title, value=title, again=again
    )


def _category(teller: Teller, record: Record) -> ExplainedStep | None:
    """IECAT of the criterion in TI; None where TI has none of this code, or several."""
    study, value = teller.plan.study, teller.value(record, CATEGORY)
    where = _criterion(teller, teller.value(record, CODE))
    if not where or value is None or record.base != teller.is_collapsed(DOMAIN):
        return None
    teller.tell(record, CODE)

    def again(told: ExplainedStep) -> tuple[str | None, str | None]:
        (read,) = told.reads
        found = categories_of(study, [read.value])[0] if read.value is not None else None
        return found, found

    reads = (teller.read(record, CODE),)
    said = "the category that the criterion has in TI (criteria:)"
    return ExplainedStep(
        f"{DOMAIN}.{CATEGORY}", "criterion", said, where, reads, gave=value, value=value, again=again
    )


def _criterion(teller: Teller, code: str | None) -> str:
    """Where the spec has the criterion of a code; empty where it has none."""
    study = teller.plan.study
    places = (i for i, criterion in enumerate(study.criteria) if code == criterion.IETESTCD)
    first = next(places, None)
    return str(study.where("criteria", first)) if first is not None else ""
