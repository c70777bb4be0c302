"""Results and limits in standard units, and --NRIND."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdtm.finished_variables import FINISHED
from sdtm.mapping.units import conversion_of, declared_conversions, specimens_named, standard_unit_key
from sdtm.mapping.watch import BASE, READY
from sdtm.reference_ranges import add_reference_ranges
from sdtm.results import add_standard_results, is_conventional, standards
from sdtm.trace.explained import ExplainedStep, text_at
from sdtm.trace.finished.small_states import columns_of, state_of
from specs.location import Location

if TYPE_CHECKING:
    from sdtm.trace.teller import Record, Teller

_MADE = ("STRESC", "STRESN", "STRESU", "STNRLO", "STNRHI", "NRIND", "ORNRLO", "ORNRHI")
_READ = ("TESTCD", "ORRES", "ORRESU", "ORNRLO", "ORNRHI", "STNRC", "STRESC", "STRESN", "STRESU")


def standard_result(teller: Teller, record: Record, name: str) -> ExplainedStep | None:
    """A standard result, standard limit or indicator, from the collected result of the record."""
    domain = record.domain
    if name not in {f"{domain}{suffix}" for suffix in _MADE} or not teller.plan.domains[domain].is_findings:
        return None
    if "ORNR" not in name and teller.is_mapped(record, name, by_its_source=True):
        return None
    before = {**teller.snapshot(record, READY).frame, **teller.snapshot(record, BASE).frame}
    mapped = teller.snapshot(record, BASE).frame
    standard, conversions = standards(teller.plan, teller.plan.domains[domain])
    suffixes = (*_READ, "SPEC") if specimens_named(conversions, standard) else _READ
    names = [f"{domain}{suffix}" for suffix in suffixes if f"{domain}{suffix}" in before]
    names = [each for each in names if "STRES" not in each or each in mapped]
    names = [each for each in names if each != name or name.endswith(("ORNRLO", "ORNRHI"))]
    if not {f"{domain}TESTCD", f"{domain}ORRES"} <= set(names):
        return None
    source, _ = teller.source(record)
    made = {f"{domain}{suffix}" for suffix in _MADE}
    for each in names:
        if each not in made:
            teller.tell(record, each)
    value = teller.value(record, name)
    text, _ = FINISHED.get(name.replace(domain, "--", 1), ("the limit as a number", ()))

    def again(told: ExplainedStep) -> tuple[str | None, str | None]:
        state = state_of(teller.plan, domain, columns_of(told.reads), source)
        add_standard_results(teller.plan, state)
        add_reference_ranges(teller.plan, state)
        found = text_at(state.frame[name], 0) if name in state.frame else None
        return found, found

    # The standard results of a mapping as they were then; limits may have come later, from sex and age in DM.
    reads = tuple(teller.read(record, each, BASE if "STRES" in each else READY) for each in names)
    where = str(_place(teller, record))
    return ExplainedStep(
        f"{domain}.{name}", "standard_results", text, where, reads, gave=value, value=value, again=again
    )


def _place(teller: Teller, record: Record) -> Location:
    """The conversion of the spec that a result has, else the standard unit of its test (and specimen)."""
    study, domain = teller.plan.study, record.domain
    test, unit, specimen = (
        teller.value(record, f"{domain}{suffix}", BASE) or "" for suffix in ("TESTCD", "ORRESU", "SPEC")
    )
    plan = teller.plan.domains[domain]
    standard, _ = standards(teller.plan, plan)
    key = standard_unit_key(standard, test, specimen)
    to = standard.get(key, "")
    conversion = conversion_of(declared_conversions(study.units), test, specimen, unit, to)
    if conversion is not None and unit != to:
        return study.where("units", study.units.index(conversion))
    if is_conventional(teller.plan, plan) and key in study.conventional_units:
        return study.where("conventional_units", key)
    for source in plan.sources:
        if key in source.definition.findings and source.definition.findings[key].standard_unit:
            return study.where("sdtm", domain, "sources", source.number, "findings", key, "standard_unit")
    return study.where("standard_units", key)
