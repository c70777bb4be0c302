"""Runs rules over the datasets of a study: where each applies, what it gets, and what it said.

Knows no rule by name. A rule that applies but lacks something it needs has not run; that is told, because
silence would read as a pass. An error inside a rule is a bug of ours and is not caught.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from validation.defects import Failure
from validation.rules.registry import (
    ALL_DATASETS,
    BOTH,
    EVERY_VARIABLE,
    PARTNER,
    SDTM,
    THE_JUDGED,
    Fault,
    Rule,
)
from validation.tables import Table
from validation.values import no_text

# Identify a record and need not be repeated among the values that are shown.
_IDENTIFIERS = ("STUDYID", "DOMAIN", "USUBJID", "RDOMAIN", "--SEQ")


@dataclass(frozen=True, slots=True)
class NotRun:
    """A rule that applies to a dataset and could not be judged, and why."""

    rule: str
    dataset: str
    reason: str


@dataclass(frozen=True, slots=True)
class Ran:
    """A rule that was judged on a dataset, and how many of its records failed (1 for a whole dataset)."""

    rule: str
    dataset: str
    failed: int


@dataclass(frozen=True, slots=True)
class Cost:
    """How long one rule (or the schema) took over one dataset, in seconds of processor time; never in an output
    that has to be the same twice."""

    rule: str
    dataset: str
    records: int
    seconds: float


@dataclass(slots=True)
class Outcome:
    failures: list[Failure] = field(default_factory=list)
    ran: list[Ran] = field(default_factory=list)
    not_run: list[NotRun] = field(default_factory=list)
    costs: list[Cost] = field(default_factory=list)


class _Lacking(Exception):
    """Something that a rule needs is not there."""


def run_rules(
    rules: Sequence[Rule],
    tables: Mapping[str, Table],
    *,
    references: Mapping[str, Table] | None = None,
    declared_only: bool = False,
) -> Outcome:
    """Judge every rule on every dataset of its model that it applies to.

    ``references``: datasets that are looked up in, and not judged themselves. A rule on SDTM sees no analysis
    dataset. ``declared_only`` gives each rule just the columns it declares, so that one that reads others fails:
    the tests of the rules do that.
    """
    outcome = Outcome()
    known = {**(references or {}), **tables}
    tabulations = {name: table for name, table in known.items() if table.model == SDTM}
    for rule in rules:
        judged = {name: t for name, t in tables.items() if rule.model in (t.model, BOTH)}
        others = tabulations if rule.model == SDTM else known
        # No dataset at all is no clean bill: the rules of SDTM say what there should be.
        if rule.study_wide and (judged or (rule.model == SDTM and not tables)):
            started = time.process_time()
            faults: Mapping[str, str] = rule.function(judged)
            outcome.failures += [Failure(rule.defect, name, found=found) for name, found in faults.items()]
            outcome.ran.append(Ran(rule.id, "", len(faults)))
            outcome.costs.append(Cost(rule.id, "", 0, time.process_time() - started))
        elif not rule.study_wide:
            for table in judged.values():
                _run_on_table(rule, table, others, outcome, declared_only)
    return outcome


def _run_on_table(
    rule: Rule, table: Table, tables: Mapping[str, Table], outcome: Outcome, declared_only: bool
) -> None:
    failed = 0
    has_run = False
    started = time.process_time()
    for variable in variables_judged(rule, table):
        try:
            verdict = _verdict(rule, table, variable, tables, declared_only)
        except _Lacking as lacking:
            outcome.not_run.append(NotRun(rule.id, table.name, str(lacking)))
            continue
        if rule.whole and verdict is None:
            continue
        has_run = True
        found = _faults(rule, table, verdict) if rule.whole else [_failure(rule, table, variable, verdict)]
        for failure in found:
            if failure is not None:
                outcome.failures.append(failure)
                failed += 1 if failure.positions is None else len(failure.positions)
    if has_run:
        outcome.ran.append(Ran(rule.id, table.name, failed))
        outcome.costs.append(Cost(rule.id, table.name, len(table.frame), time.process_time() - started))


def variables_judged(rule: Rule, table: Table) -> list[str]:
    """The variables of a dataset that a rule is called for; ``[""]``: once, for the dataset as a whole."""
    if not _is_in_scope(rule, table):
        return []
    if rule.lacks and table.variable_named(rule.lacks) in table.frame.columns:
        return []
    if not table.prefix and any(isinstance(need, str) and need.startswith("--.") for need in rule.needs):
        return []
    if not rule.on:
        return [""]
    if rule.on == (EVERY_VARIABLE,):
        return [name for name in table.frame.columns if name]
    columns = set(table.frame.columns) - {""}
    there = [name for name in map(table.variable_named, rule.on) if name in columns]
    # A rule on a pair is about records that could have both.
    return [name for name in there if not rule.partners or partner_of(rule, table, name) in columns]


def partner_of(rule: Rule, table: Table, variable: str) -> str:
    """The variable that the judged one is compared with; empty if the rule names none."""
    named = {table.variable_named(pattern): partner for pattern, partner in rule.partners.items()}
    return table.variable_named(named[variable]) if variable in named else ""


def _is_in_scope(rule: Rule, table: Table) -> bool:
    # Findings About is a kind of Findings.
    if rule.classes and not {table.class_name, table.class_name.removesuffix(" About")} & set(rule.classes):
        return False
    names = {table.name, table.domain} | ({"SUPP--"} if table.is_supplemental else set())
    if rule.datasets and not names & set(rule.datasets):
        return False
    return not names & set(rule.without)


def _verdict(
    rule: Rule, table: Table, variable: str, tables: Mapping[str, Table], declared_only: bool
) -> Any:
    own, others = _wanted(rule)
    partner = partner_of(rule, table, variable)
    if partner:
        own.insert(0, (partner,))
    arguments: list[Any] = [table if rule.whole else _columns(table, variable, own, rule, declared_only)]
    if rule.on:
        arguments.append(variable)
    if partner:
        arguments.append(partner)
    for pattern, wanted in others.items():
        dataset = table.variable_named(pattern)
        named = [(table.variable_named(name), is_needed) for name, is_needed in wanted]
        arguments.append(_other(dataset, named, table, tables))
    if ALL_DATASETS in rule.needs:
        arguments.append(tables)
    return rule.function(*arguments)


def _wanted(rule: Rule) -> tuple[list[tuple[str, ...]], dict[str, list[tuple[str, bool]]]]:
    """Own variables, one of each group being enough, and (variable, is needed) of other datasets."""
    own: list[tuple[str, ...]] = []
    others: dict[str, list[tuple[str, bool]]] = {}
    for need in rule.needs:
        if isinstance(need, tuple):
            own.append(need)
        elif "." in need:
            dataset, name = need.split(".")
            others.setdefault(dataset, []).append((name, True))
        elif need != ALL_DATASETS:
            own.append((need,))
    for name in rule.optional:
        if "." in name:
            dataset, name = name.split(".")
            others.setdefault(dataset, []).append((name, False))
    return own, others


def _columns(
    table: Table, variable: str, own: list[tuple[str, ...]], rule: Rule, declared_only: bool
) -> pd.DataFrame:
    """The columns a rule declares; more of them where that saves making another table."""
    columns = table.frame.columns
    names = [variable] if variable else []
    for group in own:
        named = [table.variable_named(pattern) for pattern in group]
        if not any(name in columns for name in named):
            raise _Lacking(f"{table.name} has no {' or '.join(name for name in named if name) or group[0]}")
        names += named
    names += [table.variable_named(pattern) for pattern in rule.optional if "." not in pattern]
    names = [name for name in dict.fromkeys(names) if name]
    if EVERY_VARIABLE not in rule.on:
        _expect_types(table, names)
    if not names or (not declared_only and all(name in columns for name in names)):
        return table.frame
    chosen = {name: _column(table, name) for name in names}
    return pd.DataFrame(chosen, index=table.frame.index, copy=False)


def _column(table: Table, name: str) -> pd.Series:
    """A column, or one without any value where it is not there."""
    if name in table.frame.columns:
        return table.frame[name]
    if table.type_of(name) == "Num":
        return pd.Series(np.nan, index=table.frame.index)
    return no_text(table.frame.index)


def _expect_types(table: Table, names: Sequence[str]) -> None:
    for name in names:
        if name in table.mistyped:
            raise _Lacking(f"{table.name}.{name} does not hold {table.mistyped[name]}")


def _other(
    dataset: str, variables: list[tuple[str, bool]], table: Table, tables: Mapping[str, Table]
) -> pd.DataFrame:
    """Columns of another dataset; without the dataset, an empty table if none of them is needed."""
    other = tables.get(dataset)
    needed = [name for name, is_needed in variables if is_needed]
    if other is None:
        if needed:
            raise _Lacking(f"there is no dataset {dataset}")
        return pd.DataFrame({name: no_text(pd.RangeIndex(0)) for name, _ in variables})
    lacking = [name for name in needed if name not in other.frame.columns]
    if lacking:
        raise _Lacking(f"{dataset} has no {' and no '.join(lacking)}")
    names = [name for name, _ in variables]
    _expect_types(other, names)
    chosen = {name: _column(other, name) for name in names}
    return pd.DataFrame(chosen, index=other.frame.index, copy=False)


def _failure(rule: Rule, table: Table, variable: str, verdict: Any) -> Failure | None:
    if isinstance(verdict, (bool, np.bool_)):
        return Failure(rule.defect, table.name, variable) if verdict else None
    mask = verdict.to_numpy() if isinstance(verdict, pd.Series) else verdict
    if mask.dtype != bool or len(mask) != len(table.frame):
        raise TypeError(f"rule {rule.id} did not return one truth value for each record of {table.name}")
    positions = np.flatnonzero(mask)
    if not len(positions):
        return None
    return Failure(rule.defect, table.name, variable, positions, _shown(rule, table, variable))


def _faults(rule: Rule, table: Table, faults: Iterable[Fault]) -> Iterator[Failure]:
    for fault in faults:
        positions = None
        if fault.records is not None:
            if fault.records.dtype != bool or len(fault.records) != len(table.frame):
                raise TypeError(f"rule {rule.id}: not one truth value for each record of {table.name}")
            positions = np.flatnonzero(fault.records)
            if not len(positions):
                continue
        shows = tuple(name for name in (fault.variable, *fault.shows) if name)
        yield Failure(
            rule.defect, table.name, fault.variable, positions, tuple(dict.fromkeys(shows)), found=fault.found
        )


def _shown(rule: Rule, table: Table, variable: str) -> tuple[str, ...]:
    """The variables whose values make a failure plain: the judged one and those it is compared with."""
    if rule.shows is not None:
        named = {THE_JUDGED: variable, PARTNER: partner_of(rule, table, variable)}
        patterns: Iterator[str] = (named.get(name, name) for name in rule.shows)
    else:
        flat = [name for need in rule.needs for name in ((need,) if isinstance(need, str) else need)]
        partner = partner_of(rule, table, variable)
        patterns = iter([variable, partner, *(name for name in flat if name != ALL_DATASETS)])
    shown = []
    for pattern in patterns:
        if pattern.rpartition(".")[2] in _IDENTIFIERS and rule.shows is None:
            continue
        if pattern.startswith("--."):
            continue
        name = pattern if "." in pattern else table.variable_named(pattern)
        if name and ("." in name or name in table.frame.columns):
            shown.append(name)
    return tuple(dict.fromkeys(shown))
