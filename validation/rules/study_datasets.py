"""Rules on which datasets and variables a study has together."""

from __future__ import annotations

from collections.abc import Mapping

from validation.rules.registry import study_rule
from validation.tables import Table
from validation.values import is_text

_NONCLINICAL = {"SJ", "TP", "TT"}
_COMPANION = {"PP": "PC", "MS": "MB"}
_LINKS = ("LNKID", "LNKGRP")


@study_rule(
    "nonclinical-dataset",
    severity="error",
    source="CORE-000042, CG0647, CORE-000043, CG0648, CORE-000044, CG0646",
)
def nonclinical_dataset(tables: Mapping[str, Table]) -> dict[str, str]:
    """The dataset is one of nonclinical studies.

    Expected: no SJ, TP or TT in a study with people.
    Why: the SDTMIG leaves these datasets out on purpose.
    Do:  leave the dataset out.
    """
    return {name: "" for name in tables if name in _NONCLINICAL}


@study_rule("companion-absent", severity="warning", source="CORE-000183, CG0318, CORE-000188, CG0191")
def companion_absent(tables: Mapping[str, Table]) -> dict[str, str]:
    """The dataset that the records were made from is not there.

    Expected: PC beside PP, and MB beside MS.
    Why: nobody can follow how the results came about.
    Do:  add the dataset.
    """
    domains = {table.domain for table in tables.values()}
    return {
        name: f"{name} without {_COMPANION[table.domain]}"
        for name, table in tables.items()
        if table.domain in _COMPANION and _COMPANION[table.domain] not in domains
    }


@study_rule("supplement-of-another-domain", severity="error", source="CORE-000538, CG0334")
def supplement_of_another_domain(tables: Mapping[str, Table]) -> dict[str, str]:
    """A supplemental dataset holds qualifiers of another domain than its name says.

    Expected: SUPP and the domain of RDOMAIN: SUPPAE holds qualifiers of AE only.
    Why: programs merge the qualifiers of a dataset by its name.
    Do:  move the records to the dataset of their domain.
    """
    found = {}
    for name, table in tables.items():
        if table.is_supplemental and "RDOMAIN" in table.frame and is_text(table.frame["RDOMAIN"]):
            held = set(table.frame["RDOMAIN"].dropna())
            others = sorted(held - {table.standard[4:], table.standard[4:6]})
            if others:
                found[name] = f"RDOMAIN = {', '.join(others)}"
    return found


@study_rule("findings-about-absent", severity="error", source="CORE-000540, CG0333")
def findings_about_absent(tables: Mapping[str, Table]) -> dict[str, str]:
    """A dataset of findings about another one names one that is not there.

    Expected: FACM only where there is CM.
    Why: what the findings are about cannot be found.
    Do:  rename the dataset, or add the one that it is about.
    """
    domains = {table.domain for table in tables.values()}
    return {
        name: f"{name} without {name[2:]}"
        for name in tables
        if name.startswith("FA") and len(name) == 4 and name[2:] not in domains
    }


@study_rule("subject-variable-absent", severity="error", source="CORE-000107, CG0554")
def subject_variable_absent(tables: Mapping[str, Table]) -> dict[str, str]:
    """Nothing says whom or what the records are about.

    Expected: USUBJID, or POOLID, SPDEVID or APID in datasets of pools, devices or associated persons.
    Why: the records belong to nobody.
    Do:  add USUBJID.
    """
    wanted = {"USUBJID", "POOLID", "SPDEVID", "APID"}
    return {
        name: ""
        for name, table in tables.items()
        if table.is_observation and not wanted & set(table.frame.columns)
    }


@study_rule("timing-absent", severity="error", source="CORE-000575, CG0219")
def timing_absent(tables: Mapping[str, Table]) -> dict[str, str]:
    """The dataset has no timing variable.

    Expected: at least one, such as a date or VISITNUM; only IE and SC need none.
    Why: observations without any time cannot be brought into an order.
    Do:  map the date or the visit.
    """
    found = {}
    for name, table in tables.items():
        if table.is_observation and table.domain not in ("IE", "SC"):
            roles = {d.role for d in map(table.define, table.frame.columns) if d is not None}
            if "Timing" not in roles:
                found[name] = ""
    return found


@study_rule("link-in-one-dataset", severity="warning", source="CORE-000358, CG0022, CORE-000571, CG0024")
def link_in_one_dataset(tables: Mapping[str, Table]) -> dict[str, str]:
    """A linking variable has nothing to link with.

    Expected: --LNKID or --LNKGRP in two datasets at least.
    Why: a link of one dataset leads nowhere.
    Do:  add the variable to the dataset it links with, or leave it out.
    """
    found: dict[str, str] = {}
    for ending in _LINKS:
        held = {name: table.variable_named(f"--{ending}") for name, table in tables.items()}
        held = {name: own for name, own in held.items() if own and own in tables[name].frame.columns}
        if len({tables[name].domain for name in held}) == 1:
            found |= held
    return found
