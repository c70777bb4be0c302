"""VISITNUM, VISIT and VISITDY of all domains together, so that one unscheduled visit has one number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sdtm.columns import blank, constant, pick, stack
from sdtm.finishing.visits import assign_visits
from sdtm.mapped_rows import put_where_not_mapped
from sdtm.plan import Plan
from sdtm.raw_rows import records_alike
from validation.findings import PLACES_SHOWN, Finding, Place

if TYPE_CHECKING:
    from sdtm.convert_shard import DomainState

VISIT_VARIABLES = ("VISITNUM", "VISIT", "VISITDY")


def assign_all_visits(plan: Plan, states: Mapping[str, DomainState]) -> list[Finding]:
    """Give every record with a collected visit its planned or unscheduled visit.

    Records whose source maps a variable itself keep it as mapped. Source: SDTMIG 3.4, 4.4.5.
    """
    taking = {name: state for name, state in states.items() if state.visit is not None}
    if not taking or not plan.study.visits:
        return []
    # Many records of a visit are equal in all that numbers it.
    alike = {}
    parts = []
    for name, state in taking.items():
        assert state.visit is not None
        told = [state.visit, state.frame["USUBJID"], collected_date(state)]
        alike[name] = records_alike(state, told) or (_each(state), _each(state))
        parts.append([pick(column, alike[name][1]) for column in told])
    collected, subjects, dates = (stack(columns) for columns in zip(*parts, strict=True))
    if plan.study.no_visit:
        collected = blank(collected, collected.isin(plan.study.no_visit).to_numpy())
    assigned, unmatched = assign_visits(collected, subjects, dates, plan.study.visits, plan.study.unscheduled)
    start = 0
    findings = []
    for name, state in taking.items():
        number, first = alike[name]
        rows = number + np.int32(start) if start else number
        start += len(first)
        for variable in VISIT_VARIABLES:
            put_where_not_mapped(state, variable, pick(assigned[variable], rows))
        if unmatched.notna().any():
            findings += _unmatched(name, state, pick(unmatched, rows))
    return findings


def _each(state: DomainState) -> np.ndarray:
    return np.arange(state.size, dtype=np.int32)


def collected_date(state: DomainState) -> pd.Series:
    """The date of collection or of the start, by which visits are numbered."""
    for suffix in ("DTC", "STDTC"):
        name = f"{state.plan.name}{suffix}"
        if name in state.frame:
            return state.frame[name]
    return constant(None, state.index)


def _unmatched(name: str, state: DomainState, reasons: pd.Series) -> list[Finding]:
    rows = np.flatnonzero(reasons.notna().to_numpy())
    findings = []
    assert state.visit is not None
    texts = state.visit.iloc[rows].astype(object).to_numpy()
    told = reasons.iloc[rows].astype(object).to_numpy()
    for text, reason in sorted(set(zip(texts.tolist(), told.tolist(), strict=True))):
        at = rows[(texts == text) & (told == reason)]
        findings.append(
            Finding(
                "visit-not-planned",
                "error",
                f'"{text}" ({reason})',
                "a visit under visits:, by its name or one of its raw texts, or one that unscheduled: describes",
                "add the text to raw: of its visit, or query the site; VISITNUM stays missing",
                name,
                "VISIT",
                places(state, at[:PLACES_SHOWN], ""),
                len(at),
            )
        )
    return findings


def places(state: DomainState, rows: np.ndarray, column: str) -> tuple[Place, ...]:
    """Raw file and row of records of a domain state."""
    tables = state.blocks[0].scope.tables if state.blocks else state.tables
    out = []
    for row in rows.tolist():
        position = int(state.origin.position[row])
        table = state.origin.table.iloc[row]
        file, number = tables[table].place(position) if position >= 0 and table in tables else ("", None)
        raw = state.origin.column.iloc[row]
        subject = state.frame["USUBJID"].iloc[row] if "USUBJID" in state.frame else None
        keys = (("USUBJID", subject),) if isinstance(subject, str) else ()
        out.append(Place(keys, "", file, number, column or (raw if isinstance(raw, str) else "")))
    return tuple(out)
