"""A domain that holds the records of another one in other units: LC beside LB."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sdtm.columns import choose, constant, empty, map_unique, take, unique_texts
from sdtm.mapping.scope import Origin
from sdtm.plan import DomainPlan, Plan
from sdtm.range_limits import is_measured
from sdtm.reference_ranges import standard_limits
from sdtm.results import add_standard_results
from validation.findings import Finding

if TYPE_CHECKING:
    from sdtm.convert_shard import FinishedDomain
    from sdtm.stages import RawTable


def copied_domains(
    plan: Plan, finished: Mapping[str, FinishedDomain], tables: Mapping[str, RawTable] | None = None
) -> tuple[dict[str, FinishedDomain], list[Finding]]:
    """The domains with ``copy_of``: same records and numbers, standard results and limits in their own units.

    Results in words, and all that is not in a unit, are as in the domain that is copied. ``tables``: the raw
    tables, so that findings tell file and row. Source: FDA, Study Data Technical Conformance Guide, 4.1.1.3 (LC
    is structured as LB).
    """
    made: dict[str, FinishedDomain] = {}
    findings: list[Finding] = []
    for name, domain in plan.domains.items():
        if domain.definition.copy_of:
            made[name], found = _copied(plan, domain, finished[domain.definition.copy_of], tables or {})
            findings += found
    return made, findings


def renamed(variable: str, old: str, new: str) -> str:
    """The same variable of another domain: LBTESTCD of LB -> LCTESTCD of LC; USUBJID stays."""
    return new + variable.removeprefix(old) if variable.startswith(old) else variable


def _copied(
    plan: Plan, domain: DomainPlan, parent: FinishedDomain, tables: Mapping[str, RawTable]
) -> tuple[FinishedDomain, list[Finding]]:
    from sdtm.convert_shard import DomainState

    name, old = domain.name, parent.name
    columns = {renamed(variable, old, name): parent.frame[variable] for variable in parent.frame}
    columns["DOMAIN"] = constant(name, parent.frame.index)
    source = parent.source
    origin = Origin(source["table"], source["position"].to_numpy(), source["column"])
    # The tests of the sources say which digits and units are wanted; their variables have the other prefix.
    known = replace(domain, sources=plan.domains[old].sources)
    state = DomainState(known, dict(columns), {}, origin, None, [], [], tables=tables)
    findings = add_standard_results(plan, state)
    findings += standard_limits(plan, state)
    result = columns.get(f"{name}ORRES")
    if result is not None:
        measured = np.array([is_measured(text) for text in unique_texts(result)], dtype=bool)
        ours = take(measured, result, False).astype(bool)
        for suffix, kind in (("STRESC", "Char"), ("STRESN", "Num"), ("STRESU", "Char")):
            variable = f"{name}{suffix}"
            theirs = columns.get(variable, empty(kind, parent.frame.index))
            state.frame[variable] = choose(ours, state.frame.get(variable, theirs), theirs)
    supp = None if parent.supp is None else _supplemental(parent.supp, old, name)
    frame = pd.DataFrame(state.frame, index=parent.frame.index, copy=False)
    return replace(parent, name=name, frame=frame, supp=supp), findings


def _supplemental(supp: pd.DataFrame, old: str, new: str) -> pd.DataFrame:
    def other(texts: list[str]) -> list[str | None]:
        return [renamed(text, old, new) for text in texts]

    changed = {column: map_unique(supp[column], other) for column in ("IDVAR", "QNAM")}
    return supp.assign(RDOMAIN=constant(new, supp.index), **changed)
