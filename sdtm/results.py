"""--STRESC, --STRESN, --STRESU of findings domains, where the spec does not map them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sdtm.columns import constant
from sdtm.mapping.units import standardize_results
from sdtm.plan import Plan
from sdtm.visit_assignment import places
from validation.findings import PLACES_SHOWN, Finding

if TYPE_CHECKING:
    from sdtm.convert import DomainState


def add_standard_results(plan: Plan, state: DomainState) -> list[Finding]:
    """Standard results from the collected ones, by the conversions the study declares.

    Source: SDTMIG 3.4, 4.5.1.1 (original and standardized results).
    """
    domain, frame = state.plan.name, state.frame
    result, test = f"{domain}ORRES", f"{domain}TESTCD"
    if result not in frame or test not in frame:
        return []
    mapped = {v.name for source in state.plan.sources for v in source.variables}
    wanted = [s for s in ("STRESC", "STRESN", "STRESU") if f"{domain}{s}" not in mapped]
    if not wanted:
        return []
    units = frame.get(f"{domain}ORRESU", constant(None, state.index))
    standard, conversions = _standards(plan, state)
    made = standardize_results(frame[test], frame[result], units, conversions, standard)
    for suffix in wanted:
        column = made.frame[suffix]
        if suffix in ("STRESU",) and not column.notna().any():
            continue
        frame[f"{domain}{suffix}"] = column
    return _losses(state, made.reasons)


def _standards(plan: Plan, state: DomainState):  # type: ignore[no-untyped-def]
    standard: dict[str, str] = {}
    digits: dict[str, int] = {}
    for source in state.plan.sources:
        for code, test in source.definition.findings.items():
            if test.standard_unit:
                standard[code] = test.standard_unit
            if test.digits is not None:
                digits[code] = test.digits
    standard = {**plan.study.standard_units, **standard}
    conversions = [
        c.model_copy(update={"digits": digits[c.test]}) if c.test in digits and c.digits is None else c
        for c in plan.study.units
    ]
    return standard, conversions


def _losses(state: DomainState, reasons) -> list[Finding]:  # type: ignore[no-untyped-def]
    rows = np.flatnonzero(reasons.notna().to_numpy())
    told = reasons.iloc[rows].astype(object).to_numpy()
    domain = state.plan.name
    findings = []
    for reason in sorted(set(told.tolist())):
        at = rows[told == reason]
        findings.append(
            Finding(
                "unit-not-converted",
                "error",
                reason,
                "a unit with a declared conversion to the standard unit of the test",
                "add it under units: (unit, to, factor), or query the site; the standard result stays missing",
                domain,
                f"{domain}STRESN",
                places(state, at[:PLACES_SHOWN], ""),
                len(at),
            )
        )
    return findings
