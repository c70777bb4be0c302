"""Finished records to datasets: which variables, in which order, of which type, with which label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from sdtm.columns import empty
from sdtm.convert_shard import FinishedDomain
from sdtm.copied_domains import renamed
from sdtm.finish import STUDY_DAYS
from sdtm.plan import DomainPlan, Plan
from sdtm.stages import Dataset, Variable
from specs.standards.ig import OBSERVATION_CLASSES


def assemble(plan: Plan, finished: Mapping[str, FinishedDomain]) -> dict[str, Dataset]:
    """Datasets of all domains with records, SUPP-- after its parent.

    Required and expected variables are always there; permissible ones where any record has a value
    (SDTMIG 3.4, 4.1.1.5), and a study day beside its date also without one (FDA rules FB3201 to FB3203).
    """
    datasets: dict[str, Dataset] = {}
    for name in sorted(finished):
        domain = finished[name]
        if not len(domain.frame) and not plan.domains[name].sources:
            continue
        subjects = finished["DM"].frame if "DM" in finished else ()
        make = _copied if plan.domains[name].definition.copy_of else _dataset
        datasets[name] = make(plan, plan.domains[name], domain, has_days="RFSTDTC" in subjects)
        if domain.supp is not None and len(domain.supp):
            datasets[f"SUPP{name}"] = _supplemental(plan, name, domain)
    return datasets


def _dataset(plan: Plan, domain: DomainPlan, finished: FinishedDomain, has_days: bool) -> Dataset:
    frame = finished.frame
    definitions = {v.name: v for v in plan.guide.variables(domain.name, domain.class_name)}
    wanted = [v.name for v in definitions.values() if v.core in ("Req", "Exp")]
    for name in frame:
        definition = plan.guide.variable(domain.name, name, domain.class_name)
        if definition is None or name in wanted:
            continue
        definitions[name] = definition
        if frame[name].notna().any():
            wanted.append(name)
    if has_days and domain.class_name in OBSERVATION_CLASSES:
        for day, date in STUDY_DAYS:
            name = f"{domain.name}{day}"
            definition = plan.guide.variable(domain.name, name, domain.class_name)
            if definition is not None and name not in wanted and f"{domain.name}{date}" in wanted:
                definitions[name] = definition
                wanted.append(name)
    wanted = [name for name in wanted if name not in domain.definition.drop]
    columns: dict[str, pd.Series] = {}
    variables = []
    for name in plan.guide.order(domain.name, wanted, domain.class_name):
        definition = definitions[name]
        columns[name] = frame[name] if name in frame else empty(definition.type, frame.index)
        variables.append(Variable(name, definition.label, definition.type))
    keys = tuple(key for key in domain.keys if key in columns)
    return Dataset(
        domain.name,
        domain.label,
        tuple(variables),
        pd.DataFrame(columns, index=frame.index, copy=False),
        finished.source,
        keys,
        finished.more,
        finished.record_key,
    )


def _copied(plan: Plan, domain: DomainPlan, finished: FinishedDomain, has_days: bool) -> Dataset:
    """A copy has the variables, labels and keys of the domain it is a copy of, under its own prefix."""
    parent, name = domain.definition.copy_of, domain.name

    def own(variable: str) -> str:
        return renamed(variable, parent, name)

    before = finished.frame.rename(columns=lambda variable: renamed(variable, name, parent))
    made = _dataset(plan, plan.domains[parent], replace(finished, frame=before), has_days)
    variables = tuple(replace(variable, name=own(variable.name)) for variable in made.variables)
    keys = tuple(own(key) for key in made.keys)
    frame = made.frame.rename(columns=own)
    key = made.record_key
    key = key and replace(key, variables=tuple(own(variable) for variable in key.variables))
    label = domain.label
    return replace(made, name=name, label=label, variables=variables, frame=frame, keys=keys, record_key=key)


def _supplemental(plan: Plan, name: str, finished: FinishedDomain) -> Dataset:
    supp = finished.supp
    assert supp is not None
    parents = supp["parent"].to_numpy()
    definitions = plan.guide.variables(f"SUPP{name}")
    variables = tuple(Variable(v.name, v.label, v.type) for v in definitions)
    source = finished.source.iloc[parents].reset_index(drop=True)
    keys = ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM")
    label = f"Supplemental Qualifiers for {name}"
    frame = supp[[v.name for v in variables]]
    return Dataset(f"SUPP{name}", label, variables, frame, source, keys)


def dataset_order(name: str) -> tuple[str, bool]:
    """SUPPAE comes right after AE."""
    return (name.removeprefix("SUPP"), name.startswith("SUPP"))
