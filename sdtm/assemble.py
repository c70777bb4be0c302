"""Finished records to datasets: which variables, in which order, of which type, with which label."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from sdtm.columns import empty
from sdtm.convert import FinishedDomain
from sdtm.plan import DomainPlan, Plan
from sdtm.stages import Dataset, Variable


def assemble(plan: Plan, finished: Mapping[str, FinishedDomain]) -> dict[str, Dataset]:
    """Datasets of all domains with records, SUPP-- after its parent.

    Required and expected variables are always there; permissible ones where any record has a value
    (SDTMIG 3.4, 4.1.1.5).
    """
    datasets: dict[str, Dataset] = {}
    for name in sorted(finished):
        domain = finished[name]
        if not len(domain.frame) and not plan.domains[name].sources:
            continue
        datasets[name] = _dataset(plan, plan.domains[name], domain)
        if domain.supp is not None and len(domain.supp):
            datasets[f"SUPP{name}"] = _supplemental(plan, name, domain)
    return datasets


def _dataset(plan: Plan, domain: DomainPlan, finished: FinishedDomain) -> Dataset:
    frame = finished.frame
    definitions = {v.name: v for v in plan.guide.variables(domain.name, domain.class_name)}
    wanted = [v.name for v in definitions.values() if v.core in ("Req", "Exp")]
    for name in frame:
        definition = plan.guide.variable(domain.name, name, domain.class_name)
        if definition is None or name in wanted:
            continue
        definitions[name] = definition
        if frame[name].notna().any() or _is_day_of_date(name, frame):
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
    )


def _is_day_of_date(name: str, frame: pd.DataFrame) -> bool:
    """A study day stays beside its date also where no date has a day."""
    date = f"{name[:-2]}DTC"
    return name.endswith("DY") and date in frame and bool(frame[date].notna().any())


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
