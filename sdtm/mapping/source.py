"""One source of a domain to a block: join, condition, subject, records, and the variables that raw gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from sdtm.columns import coalesce, constant, encoded, pick, unique_texts
from sdtm.combinations import combinations, unique_rows
from sdtm.compile_rule import Reference
from sdtm.mapping.apply import condition_masks, make
from sdtm.mapping.joins import JoinCount, join_rows
from sdtm.mapping.scope import BlockScope, Origin
from sdtm.mapping.transpose import transpose
from sdtm.mapping.watch import Watcher
from sdtm.plan import SourcePlan, VariablePlan
from sdtm.stages import RawTable
from specs.model import Study
from validation.findings import PLACES_SHOWN, Finding, Place


@dataclass(slots=True)
class RowAccount:
    """What became of the rows of one raw table in one source: masks over its rows."""

    table: str
    made: np.ndarray
    excluded: dict[str, np.ndarray] = field(default_factory=dict)
    joined: dict[str, np.ndarray] = field(default_factory=dict)  # other tables: rows that matched
    matches: list[JoinCount] = field(default_factory=list)


@dataclass(slots=True)
class Block:
    """Records of one source. ``made`` holds stage 0 variables; late ones follow through ``scope``."""

    plan: SourcePlan
    scope: BlockScope
    supp: dict[str, pd.Series]
    visit: pd.Series | None
    findings: list[Finding]
    account: RowAccount | None

    @property
    def size(self) -> int:
        return len(self.scope.index)


def map_source(
    plan: SourcePlan,
    study: Study,
    tables: Mapping[str, RawTable],
    made_from: tuple[pd.DataFrame, Origin] | None,
    class_findings: bool,
    watch: Watcher | None = None,
) -> Block:
    """Make the block of one source (stage 0).

    ``made_from``: frame and origin of the domain that the source is made from, instead of a raw table.
    """
    needs = {"tables": {name: table.frame for name, table in tables.items()}, "units": study.units}
    findings: list[Finding] = []
    if made_from is not None:
        frame, origin = made_from
        rows: np.ndarray | None = None
        raw: dict[str, pd.Series] = {name: frame[name] for name in frame}
        size = len(frame)
        if watch is not None:
            origin = replace(origin, line=np.arange(size))
        account = None
        picked: tuple[np.ndarray, ...] = ()
    else:
        table = tables[plan.table]
        frame, size = table.frame, len(table.frame)
        raw, rows, joined, matches, picked = join_tables(plan, table, tables)
        base = (np.arange(size) if rows is None else rows).astype(np.int32)
        origin = Origin(
            constant(plan.table, pd.RangeIndex(len(base))),
            base,
            constant(None, pd.RangeIndex(len(base))),
            np.arange(len(base)) if watch is not None else None,
        )
        account = RowAccount(plan.table, np.zeros(size, dtype=bool), {}, joined, matches)
        rows = None  # joined columns are already row by row
        size = len(base)
    scope = BlockScope(raw, rows, pd.RangeIndex(size), origin, tables)
    scope.joined = picked if watch is not None else ()

    kept = np.ones(size, dtype=bool)
    if plan.where is not None:
        references = _references(plan.where.columns, plan)
        true, unknown = condition_masks(plan.where, references, scope)
        kept = true
        if account is not None:
            text = plan.because or plan.where.text
            _exclude(account, f"{plan.domain}: not {text}", origin, ~true & ~unknown)
            _exclude(account, f"{plan.domain}: unknown whether {plan.where.text}", origin, unknown)
    if not kept.all():
        scope = narrow(scope, np.flatnonzero(kept))

    _subject(plan, scope, study.study, needs, findings, account, watch)
    present = scope.made["USUBJID"].notna().to_numpy()
    if not present.all():
        scope = narrow(scope, np.flatnonzero(present))
    scope.made["STUDYID"] = constant(study.study, scope.index)
    scope.made["DOMAIN"] = constant(plan.domain, scope.index)

    variables = {variable.name: variable for variable in plan.variables}
    _lazy(scope, variables, needs, plan.domain, findings, watch)
    visit = None
    if plan.visit is not None:
        made = make("VISIT", "Char", plan.visit.steps, scope, needs, plan.domain, watch)
        findings += made.findings
        visit = made.column

    supp: dict[str, pd.Series] = {}
    if plan.tests or plan.not_done:
        row_scope = scope
        scope, row_of, found = transpose(plan, row_scope, needs, watch)
        findings += found
        visit = None if visit is None else pick(visit, row_of)
        for name, variable in variables.items():
            if variable.stage == 0 and variable.row_level:
                base_column = row_scope.column(Reference("own", name))
                spread = pick(base_column, row_of)
                # What a test says of a variable wins over what the source says.
                scope.made[name] = coalesce(scope.made[name], spread) if name in scope.made else spread
        for name, column in row_scope.made.items():
            if name.startswith("supp:"):
                spread = pick(column, row_of)
                scope.made[name] = coalesce(scope.made[name], spread) if name in scope.made else spread
        _lazy(scope, variables, needs, plan.domain, findings, watch)
    for name, variable in variables.items():
        if variable.stage == 0 and name not in scope.made:
            scope.column(Reference("own", name))
    for variable in plan.supp:
        if variable.stage == 0:
            made = make(variable.name, "Char", variable.steps, scope, needs, f"SUPP{plan.domain}", watch)
            findings += made.findings
            supp[variable.name] = made.column
    for variable in (*plan.variables, *(extra for test in plan.tests for extra in test.extra)):
        for step in variable.steps:
            for qnam in step.qualifiers:
                if (made := scope.made.pop(f"supp:{qnam}", None)) is not None:
                    supp[qnam] = made
    if account is not None:
        account.made[scope.origin.position] = True
    return Block(plan, scope, supp, visit, findings, account)


def _references(names: Sequence[str], plan: SourcePlan) -> dict[str, Reference]:
    """References of a source's own `where`: raw columns of the (joined) table only."""
    return {name: Reference("raw", name.removeprefix("raw.")) for name in names}


def join_tables(
    plan: SourcePlan, table: RawTable, tables: Mapping[str, RawTable]
) -> tuple[
    dict[str, pd.Series],
    np.ndarray | None,
    dict[str, np.ndarray],
    list[JoinCount],
    tuple[np.ndarray, ...],
]:
    """The columns of a source after its joins; the row of ``table`` of each (None: unchanged); rows used of the
    other tables; counts; and for each join the row of the other table, or -1."""
    raw = {name: table.frame[name] for name in table.frame}
    rows: np.ndarray | None = None
    used: dict[str, np.ndarray] = {}
    matches: list[JoinCount] = []
    picked: list[np.ndarray] = []
    for join, condition, where in plan.joins:
        right = tables[join.table]
        keep = None
        if condition is not None:
            inner = BlockScope(
                {name: right.frame[name] for name in right.frame},
                None,
                pd.RangeIndex(len(right.frame)),
                Origin(pd.Series(dtype="category"), np.empty(0), pd.Series(dtype="category")),
                tables,
            )
            keep, _ = condition_masks(condition, _references(condition.columns, plan), inner)
        joined = join_rows(pd.DataFrame(raw, copy=False), right.frame, join, keep, where)
        if join.expect == "many":
            raw = {name: pick(encoded(column), joined.rows) for name, column in raw.items()}
            rows = joined.rows if rows is None else rows[joined.rows]
            picked = [each[joined.rows] for each in picked]
        raw.update(joined.columns)
        mask = used.setdefault(join.table, np.zeros(len(right.frame), dtype=bool))
        mask[joined.used] = True
        matches.append(joined.count)
        picked.append(joined.picked)
    return raw, rows, used, matches, tuple(picked)


def _exclude(account: RowAccount, name: str, origin: Origin, rows: np.ndarray) -> None:
    if rows.any():
        mask = account.excluded.setdefault(name, np.zeros(len(account.made), dtype=bool))
        mask[origin.position[rows]] = True


def narrow(scope: BlockScope, rows: np.ndarray) -> BlockScope:
    base = rows if scope.rows is None else scope.rows[rows]
    made = {name: pick(column, rows) for name, column in scope.made.items()}
    return BlockScope(
        scope.raw,
        base,
        pd.RangeIndex(len(rows)),
        scope.origin.at(rows),
        scope.tables,
        made,
        None,
        scope.subject,
        scope.joined,
    )


def _lazy(
    scope: BlockScope,
    variables: Mapping[str, VariablePlan],
    needs: Mapping[str, Any],
    domain: str,
    findings: list[Finding],
    watch: Watcher | None,
) -> None:
    """Let the scope make a variable when another one asks for it."""

    def maker(name: str) -> pd.Series:
        variable = variables[name]
        made = make(name, variable.type, variable.steps, scope, needs, domain, watch)
        findings.extend(made.findings)
        scope.made[name] = made.column
        scope.made.update({f"supp:{qnam}": column for qnam, column in made.qualifiers.items()})
        return made.column

    scope.maker = maker


def _subject(
    plan: SourcePlan,
    scope: BlockScope,
    study: str,
    needs: Mapping[str, Any],
    findings: list[Finding],
    account: RowAccount | None,
    watch: Watcher | None,
) -> None:
    scope.made["STUDYID"] = constant(study, scope.index)
    for variable in plan.subject:
        made = make(variable.name, "Char", variable.steps, scope, needs, plan.domain, watch)
        # Where there is no USUBJID, row-without-subject tells it once.
        findings += [f for f in made.findings if (variable.name, f.rule) != ("USUBJID", "value-lost")]
        scope.made[variable.name] = made.column
    subjects = scope.made["USUBJID"]
    missing = np.flatnonzero(subjects.isna().to_numpy())
    if len(missing):
        findings.append(
            Finding(
                "row-without-subject",
                "error",
                f"no USUBJID for {len(missing)} rows",
                "a subject on every row",
                "query the source of the file; these rows make no record",
                plan.domain,
                "USUBJID",
                scope.places(missing[:PLACES_SHOWN], ""),
                len(missing),
            )
        )
        if account is not None:
            mask = np.zeros(len(scope.index), dtype=bool)
            mask[missing] = True
            _exclude(account, f"{plan.domain}: no subject", scope.origin, mask)
    odd = _odd_subjects(unique_texts(subjects))
    for text in sorted(odd):
        at = np.flatnonzero((subjects == text).to_numpy())
        if len(at):
            findings.append(
                Finding(
                    "subject-id-form",
                    "error",
                    f'"{text}"',
                    "a USUBJID of at most 40 characters without blanks",
                    "correct the rule under subject:, or query the source; the text is kept",
                    plan.domain,
                    "USUBJID",
                    scope.places(at[:PLACES_SHOWN], ""),
                    len(at),
                )
            )


def _odd_subjects(texts: list[str]) -> list[str]:
    together = "".join(texts)
    # One look at all of them; only then at each, to find it.
    if max(map(len, texts), default=0) <= 40 and together == "".join(together.split()):
        return []
    return [text for text in texts if len(text) > 40 or text != "".join(text.split())]


def duplicate_keys(name: str, table: RawTable, key: Sequence[str]) -> list[Finding]:
    """Rows of a raw table that repeat the key which the spec declares for it."""
    if not key or not len(table.frame):
        return []
    inverse, first = combinations([encoded(table.frame[column]) for column in key])
    if len(first) == len(inverse):
        return []
    repeated = np.flatnonzero(np.bincount(inverse)[inverse] > 1)
    everything, _ = unique_rows([encoded(table.frame[column].iloc[repeated]) for column in table.frame])
    order = np.argsort(inverse[repeated], kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(inverse[repeated][order])) + 1)
    findings = []
    for group in groups:
        at = repeated[group]
        exact = len(np.unique(everything[group])) == 1
        values = [(column, table.frame[column].iloc[at[0]]) for column in key]
        text = ", ".join(
            f"{column}={value}" if isinstance(value, str) else f"{column} missing" for column, value in values
        )
        findings.append(
            Finding(
                "duplicate-row" if exact else "duplicate-key",
                "error",
                f"{len(at)} rows with {text}{', equal in every column' if exact else ''}",
                f"one row for each {', '.join(key)}",
                "query the site; all rows are kept",
                "",
                "",
                tuple(Place((), "", *table.place(int(i)), ", ".join(key)) for i in at[:PLACES_SHOWN]),
                len(at),
            )
        )
    return findings
