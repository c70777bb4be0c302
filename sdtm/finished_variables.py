"""The variables that finishing makes where no mapping does, and from what. Shown by `spec show` and `explain`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from specs.model import DateSource, Study
from specs.standards import ImplementationGuide

if TYPE_CHECKING:
    from sdtm.plan import DomainPlan

# What finishing makes: text, and the variables it was made from (`--` is the domain).
FINISHED: dict[str, tuple[str, tuple[str, ...]]] = {
    "STUDYID": ("the study of the spec", ()),
    "DOMAIN": ("the domain's code", ()),
    "USUBJID": ("the rule under subject:", ()),
    "--SEQ": ("number within the subject in key order", ()),
    "--DY": ("days from RFSTDTC, no day 0 (SDTMIG 3.4, 4.4.4)", ("--DTC", "DM.RFSTDTC")),
    "--STDY": ("days from RFSTDTC, no day 0 (SDTMIG 3.4, 4.4.4)", ("--STDTC", "DM.RFSTDTC")),
    "--ENDY": ("days from RFSTDTC, no day 0 (SDTMIG 3.4, 4.4.4)", ("--ENDTC", "DM.RFSTDTC")),
    "EPOCH": ("the element of SE in which the date lies", ("--STDTC", "--DTC")),
    "VISIT": ("the visit schedule (visits:)", ()),
    "VISITNUM": ("the visit schedule (visits:)", ()),
    "VISITDY": ("the visit schedule (visits:)", ()),
    "--LOBXFL": ("last result at or before first exposure, per test", ("--DTC", "DM.RFXSTDTC")),
    "--STRESC": ("the collected result in standard units (units:)", ("--ORRES", "--ORRESU")),
    "--STRESN": ("the collected result in standard units (units:)", ("--ORRES", "--ORRESU")),
    "--STRESU": ("the standard unit of the test (units:)", ("--ORRESU",)),
    "--STNRLO": ("the lower limit in standard units (units:)", ("--ORNRLO", "--ORRESU")),
    "--STNRHI": ("the upper limit in standard units (units:)", ("--ORNRHI", "--ORRESU")),
    "--NRIND": (
        "the result compared with its reference range",
        ("--ORRES", "--ORNRLO", "--ORNRHI", "--STNRC"),
    ),
    "--TESTCD": ("the test of the findings: block", ()),
    "--TEST": ("the name that belongs to the test code", ("--TESTCD",)),
    "IETEST": ("the name that belongs to the test code: the criterion in TI (criteria:)", ("IETESTCD",)),
    "IECAT": ("the category that the criterion has in TI (criteria:)", ("IETESTCD",)),
    "--ORRES": ("the result column of the test", ()),
    "--ORRESU": ("the unit of the test", ()),
    "--STAT": ("NOT DONE as the spec's not_done: or status: says", ()),
    "--REASND": ("the reason of the test or of not_done:", ()),
}
# By `assign_arms:` of DM.
_ARMS = {
    "ARM": "the name of the arm under arms:",
    "ACTARM": "the name of the arm under arms:",
    "ACTARMCD": "the planned arm of a subject with a dose (assign_arms:)",
    "ARMNRS": "why there is no arm, by dose and arm (assign_arms:)",
}
_ELEMENTS = ("ETCD", "ELEMENT", "EPOCH", "TAETORD", "SESTDTC", "SEENDTC")
_WIDE = ("TESTCD", "TEST", "ORRES", "ORRESU", "STAT", "REASND")
_STANDARD = ("STRESC", "STRESN", "STRESU")
_DAYS = (("DY", "DTC"), ("STDY", "STDTC"), ("ENDY", "ENDTC"))


def mapped_variables(domain: DomainPlan) -> set[str]:
    """The variables that mappings of a domain make: of its sources, their tests, and DM's subject rules."""
    found: set[str] = set()
    for source in domain.sources:
        found |= {variable.name for variable in source.variables}
        for test in source.tests:
            found |= {variable.name for variable in test.extra}
        if domain.name == "DM":
            found |= {variable.name for variable in source.subject}
    return found


def made_from_raw(study: Study, guide: ImplementationGuide, domain: DomainPlan) -> set[str]:
    """The variables that a domain has before reference dates and study days are worked out."""
    found = {"STUDYID", "DOMAIN", "USUBJID"}
    if not domain.sources:
        return found | set(_ELEMENTS) if domain.name == "SE" and study.elements else found
    found |= mapped_variables(domain)
    for source in domain.sources:
        if source.tests or source.not_done:
            found |= {f"{domain.name}{suffix}" for suffix in _WIDE}
        if source.visit is not None and study.visits:
            found |= {name for name in ("VISIT", "VISITNUM", "VISITDY") if _exists(guide, domain, name)}
    if f"{domain.name}TESTCD" in found:
        found.add(f"{domain.name}TEST")
        if domain.name == "IE" and study.criteria:
            found.add("IECAT")
        if domain.is_findings and f"{domain.name}ORRES" in found:
            found |= {f"{domain.name}{s}" for s in _STANDARD if _exists(guide, domain, f"{domain.name}{s}")}
    return found


def _ranges(name: str, made: Collection[str]) -> set[str]:
    """Standard limits and the indicator, where there is a range to make them from."""
    limits = {f"{name}STNR{end}" for end in ("LO", "HI") if f"{name}ORNR{end}" in made}
    return {*limits, f"{name}NRIND"} if limits or f"{name}STNRC" in made else set()


def finished_variables(
    study: Study, guide: ImplementationGuide, domains: Mapping[str, DomainPlan], name: str
) -> dict[str, str]:
    """Variable -> how it is made, for what a run makes in a domain beside its mappings.

    A variable stands here when the spec has all that its step needs; whether a record gets a value depends
    on the data. Dropped variables are left out.
    """
    domain = domains[name]
    if domain.definition.copy_of in domains and domain.definition.copy_of != name:
        return _copied(study, guide, domains, domain)
    made = made_from_raw(study, guide, domain)
    references = _reference_dates(domains)
    if name == "DM":
        made |= set(domain.definition.reference_dates)
        made |= set(_ARMS) if domain.definition.assign_arms else set()
    elif _exists(guide, domain, f"{name}SEQ"):
        made.add(f"{name}SEQ")
    if domain.sources or made > {"STUDYID", "DOMAIN", "USUBJID"}:
        made |= _timed(study, guide, domains, domain, made, references)
    found = made - mapped_variables(domain) - set(domain.definition.drop)
    ways = {pattern.replace("--", name): text for pattern, (text, _) in FINISHED.items()}
    return {variable: _way(domain, variable, ways) for variable in found if _exists(guide, domain, variable)}


def _copied(
    study: Study, guide: ImplementationGuide, domains: Mapping[str, DomainPlan], domain: DomainPlan
) -> dict[str, str]:
    """All variables of a copy: those of the other domain under its own prefix."""
    old, new = domain.definition.copy_of, domain.name
    parent = domains[old]
    names = mapped_variables(parent) | set(finished_variables(study, guide, domains, old)) | {f"{old}SEQ"}
    own = {new + name.removeprefix(old) if name.startswith(old) else name: name for name in names}
    ways = {pattern.replace("--", new): text for pattern, (text, _) in FINISHED.items()}
    units = {f"{new}{suffix}" for suffix in (*_STANDARD, "STNRLO", "STNRHI")}
    return {
        variable: ways[variable] if variable in units and variable in ways else f"{old}.{name} (copy_of:)"
        for variable, name in own.items()
    }


def _timed(
    study: Study,
    guide: ImplementationGuide,
    domains: Mapping[str, DomainPlan],
    domain: DomainPlan,
    made: Collection[str],
    references: Collection[str],
) -> set[str]:
    """Study days, EPOCH, --LOBXFL, and what follows from reference ranges."""
    name = domain.name
    found = set()
    if "RFSTDTC" in references:
        found |= {f"{name}{day}" for day, date in _DAYS if f"{name}{date}" in made}
    dates = [domain.definition.epoch] if domain.definition.epoch else [f"{name}STDTC", f"{name}DTC"]
    passed = made_from_raw(study, guide, domains["SE"]) if "SE" in domains else set()
    if name not in ("DM", "SE") and "EPOCH" in passed and any(date in made for date in dates):
        found.add("EPOCH")
    baseline = domain.definition.baseline
    flagged = domain.is_findings and not baseline.skip and baseline.before in references
    if flagged and {f"{name}TESTCD", f"{name}DTC"} <= set(made):
        found.add(f"{name}LOBXFL")
    if domain.is_findings and f"{name}ORRES" in made:
        found |= _ranges(name, made)
    return {variable for variable in found if _exists(guide, domain, variable)}


def _reference_dates(domains: Mapping[str, DomainPlan]) -> set[str]:
    demographics = domains.get("DM")
    if demographics is None:
        return set()
    return set(demographics.definition.reference_dates) | mapped_variables(demographics)


def _exists(guide: ImplementationGuide, domain: DomainPlan, variable: str) -> bool:
    return guide.variable(domain.name, variable, domain.class_name) is not None


def _way(domain: DomainPlan, variable: str, ways: Mapping[str, str]) -> str:
    rule = domain.definition.reference_dates.get(variable)
    if rule is not None:
        return date_source_text(rule)
    if domain.name == "DM" and variable in _ARMS:
        return _ARMS[variable]
    if domain.name == "SE" and not domain.sources and variable in _ELEMENTS:
        return "the elements of the study (elements:)"
    return ways.get(variable, "")


def date_source_text(rule: DateSource) -> str:
    """A rule of a reference date or an element in words: ``earliest of EX.EXSTDTC where EXDOSE > 0``."""
    side = "earliest" if rule.earliest else "latest"
    condition = f" where {rule.where}" if rule.where else ""
    parts = [f"{side} of {', '.join(rule.earliest or rule.latest)}{condition}"]
    parts += [f"{rule.days_after} days later"] if rule.days_after else []
    parts += ["date only"] if rule.precision == "date" else []
    parts += [f"for subjects with {rule.when}"] if rule.when else []
    return ", ".join(parts)
