"""transpose_findings: a wide form to one record per row and test, and the records of tests not done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from sdtm.columns import blank, coalesce, constant, empty, from_codes, has_value, pick, smallest, stack
from sdtm.compile_rule import Reference
from sdtm.mapping.apply import condition_masks, make
from sdtm.mapping.scope import BlockScope
from sdtm.mapping.watch import Watcher
from sdtm.plan import FindingsPlan, SourcePlan
from validation.findings import PLACES_SHOWN, Finding


def transpose(
    plan: SourcePlan, scope: BlockScope, needs: Mapping[str, Any], watch: Watcher | None = None
) -> tuple[BlockScope, np.ndarray, list[Finding]]:
    """One record for each row and test with a result, or that is said not to be done.

    Returns the scope of the records, the row (of ``scope``) of each record, and findings. A test column
    that is empty, on a row that says nothing of "not done", makes no record.
    Source: SDTMIG 3.4, 4.5.1.2 (tests not done), 6.3.
    """
    domain = plan.domain
    findings: list[Finding] = []
    parts: list[dict[str, Any]] = []
    pending = {test.testcd: np.zeros(len(scope.index), dtype=bool) for test in plan.tests}
    reasons: dict[str, pd.Series] = {}
    for not_done in plan.not_done:
        references = {name: Reference("raw", name.removeprefix("raw.")) for name in not_done.where.columns}
        said, _ = condition_masks(not_done.where, references, scope)
        reason = None
        if not_done.reason is not None:
            made = make(not_done.reason.name, "Char", not_done.reason.steps, scope, needs, domain, watch)
            findings += made.findings
            reason = made.column
        if not_done.form is not None:
            rows = np.flatnonzero(said).astype(np.int32)
            parts.append(_part(rows, *not_done.form, None, None, True, _at(reason, rows), {}, ""))
            continue
        for code in not_done.tests:
            pending[code] |= said
            if reason is not None:
                given = blank(reason, ~said)
                reasons[code] = given if code not in reasons else coalesce(reasons[code], given)
    for test in plan.tests:
        part, found = _test(plan, test, scope, needs, pending[test.testcd], reasons.get(test.testcd), watch)
        findings += found
        parts.append(part)
    rows = np.concatenate([part["rows"] for part in parts] or [np.empty(0, dtype=np.int32)])
    return _records(plan, scope, parts, rows), rows, findings


def _at(column: pd.Series | None, rows: np.ndarray) -> pd.Series | None:
    return None if column is None else pick(column, rows)


def _part(
    rows: np.ndarray,
    testcd: str,
    test: str,
    result: pd.Series | None,
    unit: pd.Series | None,
    not_done: bool | np.ndarray,
    reason: pd.Series | None,
    extra: dict[str, pd.Series],
    column: str,
) -> dict[str, Any]:
    return {
        "rows": rows,
        "TESTCD": testcd,
        "TEST": test,
        "ORRES": result,
        "ORRESU": unit,
        "STAT": not_done,
        "REASND": reason,
        "extra": extra,
        "column": column,
    }


def _test(
    plan: SourcePlan,
    test: FindingsPlan,
    scope: BlockScope,
    needs: Mapping[str, Any],
    pending: np.ndarray,
    form_reason: pd.Series | None,
    watch: Watcher | None,
) -> tuple[dict[str, Any], list[Finding]]:
    domain, findings = plan.domain, []

    def made(variable: Any) -> pd.Series:
        out = make(variable.name, variable.type, variable.steps, scope, needs, domain, watch)
        findings.extend(out.findings)
        return out.column

    result = made(test.result)
    present = has_value(result).copy()
    not_done = pending.copy()
    if test.status is not None:
        not_done |= has_value(made(test.status))
    if test.where is not None:
        references = {name: Reference("raw", name.removeprefix("raw.")) for name in test.where.columns}
        wanted, _ = condition_masks(test.where, references, scope)
        present &= wanted
        not_done &= wanted
    both = present & not_done
    if both.any():
        at = np.flatnonzero(both)
        findings.append(
            Finding(
                "result-and-not-done",
                "error",
                f"results of {test.testcd} on rows that say it was not done",
                "a result, or NOT DONE",
                "query the site; the result is kept",
                domain,
                f"{domain}STAT",
                scope.places(at[:PLACES_SHOWN], _raw_column(test)),
                len(at),
            )
        )
    not_done &= ~present
    rows = np.flatnonzero(present | not_done).astype(np.int32)
    reason = form_reason
    if test.reason is not None:
        own = made(test.reason)
        reason = own if reason is None else coalesce(own, reason)
    reason = _at(reason, rows)
    if reason is not None:
        reason = blank(reason, ~not_done[rows])
    extra = {}
    for variable in test.extra:
        out = make(variable.name, variable.type, variable.steps, scope, needs, domain, watch)
        findings += out.findings
        extra[variable.name] = pick(out.column, rows)
        extra |= {f"supp:{qnam}": pick(column, rows) for qnam, column in out.qualifiers.items()}
    unit = pick(made(test.unit), rows) if test.unit is not None else None
    if unit is not None:
        unit = blank(unit, not_done[rows])  # no result, no unit
    part = _part(
        rows,
        test.testcd,
        test.test,
        pick(result, rows),
        unit,
        not_done[rows],
        reason,
        extra,
        _raw_column(test),
    )
    return part, findings


def _raw_column(test: FindingsPlan) -> str:
    for step in test.result.steps:
        for reference in step.references.values():
            if reference.kind == "raw":
                return reference.name
    return ""


def _records(
    plan: SourcePlan, scope: BlockScope, parts: list[dict[str, Any]], rows: np.ndarray
) -> BlockScope:
    domain = plan.domain
    sizes = [len(part["rows"]) for part in parts]
    index = pd.RangeIndex(len(rows))

    def repeated(values: list[str]) -> pd.Series:
        unique = list(dict.fromkeys(values))
        places = np.array([unique.index(value) for value in values], dtype=smallest(len(unique)))
        codes = np.repeat(places, sizes)
        return from_codes(codes, unique, index)

    def stacked(name: str) -> pd.Series:
        columns = [
            part[name] if part[name] is not None else constant(None, pd.RangeIndex(size))
            for part, size in zip(parts, sizes, strict=True)
        ]
        return stack(columns)

    origin = scope.origin.at(rows)
    origin = replace(origin, column=repeated([part["column"] for part in parts]))
    base = rows if scope.rows is None else scope.rows[rows]
    if np.array_equal(base, origin.position):
        base = origin.position  # in memory once
    records = BlockScope(scope.raw, base, index, origin, scope.tables, {}, None, scope.subject, scope.joined)
    for name in ("STUDYID", "DOMAIN", "USUBJID"):
        records.made[name] = pick(scope.made[name], rows)
    records.made[f"{domain}TESTCD"] = repeated([part["TESTCD"] for part in parts])
    records.made[f"{domain}TEST"] = repeated([part["TEST"] for part in parts])
    for suffix in ("ORRES", "ORRESU", "REASND"):
        records.made[f"{domain}{suffix}"] = stacked(suffix)
    done = [np.broadcast_to(part["STAT"], size) for part, size in zip(parts, sizes, strict=True)]
    status = np.concatenate(done or [np.empty(0, dtype=bool)]).astype(np.int8) - np.int8(1)
    records.made[f"{domain}STAT"] = from_codes(status, ["NOT DONE"], index)
    for name in dict.fromkeys(name for part in parts for name in part["extra"]):
        kind = next(
            "Char" if isinstance(p["extra"][name].dtype, pd.CategoricalDtype) else "Num"
            for p in parts
            if name in p["extra"]
        )
        columns = [
            part["extra"].get(name, empty(kind, pd.RangeIndex(size)))
            for part, size in zip(parts, sizes, strict=True)
        ]
        if kind == "Char":
            records.made[name] = stack(columns)
        else:
            records.made[name] = pd.Series(np.concatenate([column.to_numpy() for column in columns]))
    return records
