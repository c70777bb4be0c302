"""Raw tables to finished records of all domains, for one shard of subjects.

Nothing here looks at another subject's data, so that any split by subject gives the same records.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from sdtm.columns import coalesce, constant, empty, map_unique, stack
from sdtm.copied_domains import copied_domains
from sdtm.criteria import add_categories
from sdtm.data_cut_dates import begin_cut
from sdtm.data_cut_log import CutLog
from sdtm.finish import finish_domain
from sdtm.finishing.collapse import collapse
from sdtm.finishing.supplemental import Qualifier
from sdtm.mapping.apply import make
from sdtm.mapping.scope import BlockScope, Origin, by_subject
from sdtm.mapping.source import Block, RowAccount, map_source
from sdtm.mapping.watch import BASE, MADE, READY, Watcher
from sdtm.memory import give_back
from sdtm.plan import DomainPlan, Plan, SourcePlan, VariablePlan
from sdtm.raw_rows import RawRows
from sdtm.reference_ranges import add_reference_ranges
from sdtm.results import add_standard_results
from sdtm.stages import RawTable, RecordKey
from sdtm.subject_arms import add_subject_arms
from sdtm.subject_dates import add_elements, add_reference_dates
from sdtm.visit_assignment import assign_all_visits
from sdtm.visit_windows import apply_visit_windows
from specs.model import UnitConversion
from specs.problems import Problem, ProblemsFound, suggest
from validation.allowed_terms import published_name
from validation.findings import Finding


@dataclass(slots=True)
class DomainState:
    """A domain on its way: the blocks of its sources one under the other.

    ``frame``: variable -> column; ``spans``: first and last row of each block; ``more``: further
    contributors of collapsed records (record, table, position).
    """

    plan: DomainPlan
    frame: dict[str, pd.Series]
    supp: dict[str, pd.Series]
    origin: Origin
    visit: pd.Series | None
    blocks: list[Block]
    spans: list[tuple[int, int]]
    more: pd.DataFrame | None = None
    units: Sequence[UnitConversion] = ()
    long_qualifiers: dict[str, Qualifier] = field(default_factory=dict)  # rests of long texts
    rows: RawRows | None = None
    tables: Mapping[str, RawTable] = field(default_factory=dict)  # where there are no blocks

    @property
    def size(self) -> int:
        return len(self.origin.position)

    @property
    def index(self) -> pd.RangeIndex:
        return pd.RangeIndex(self.size)

    def table(self) -> pd.DataFrame:
        return pd.DataFrame(self.frame, index=self.index, copy=False)


@dataclass(slots=True)
class FinishedDomain:
    """Sorted, numbered records of one shard, and their supplemental qualifiers."""

    name: str
    frame: pd.DataFrame
    source: pd.DataFrame
    supp: pd.DataFrame | None = None
    more: pd.DataFrame | None = None
    record_key: RecordKey | None = None


@dataclass(slots=True)
class ShardResult:
    domains: dict[str, FinishedDomain] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    accounts: list[RowAccount] = field(default_factory=list)
    cut: CutLog | None = None


def convert_shard(
    plan: Plan,
    tables: Mapping[str, RawTable],
    previous: Mapping[str, pd.DataFrame] | None = None,
    watch: Watcher | None = None,
) -> ShardResult:
    """All domains of the subjects in ``tables``.

    ``previous``: identity and --SEQ of an earlier run's records by domain (``--previous``).
    """
    result = ShardResult()
    states: dict[str, DomainState] = {}
    order = [name for name in plan.order() if not plan.domains[name].definition.copy_of]
    derived = [name for name in order if any(s.from_domain for s in plan.domains[name].sources)]
    for name in order:
        if name not in derived:
            states[name] = _map_domain(plan, plan.domains[name], tables, states, result, watch)
            give_back()
    cutting, found, accounts = begin_cut(plan, states, tables)
    result.findings += found
    result.accounts += accounts
    if cutting is not None:
        result.findings += cutting.apply(states)
        result.cut = cutting.log
        if watch is not None:
            watch.cut(cutting)
    result.findings += assign_all_visits(plan, states)
    for name in derived:
        states[name] = _map_domain(plan, plan.domains[name], tables, states, result, watch)
        if cutting is not None:
            result.findings += cutting.apply({name: states[name]})
        result.findings += assign_all_visits(plan, {name: states[name]})
    for state in states.values():
        if watch is not None:
            watch.stage(BASE, state)
        if state.plan.definition.collapse:
            result.findings += collapse(state)
        if state.plan.is_findings:
            result.findings += add_standard_results(plan, state)

    if "DM" in states:
        result.findings += add_reference_dates(plan, states)
        if cutting is not None:
            cutting.again(states["DM"])
        _late(states["DM"], 1, None, result, tables, watch)
        result.findings += add_subject_arms(plan, states["DM"])
        if cutting is not None:
            cutting.again(states["DM"])
    subjects = states["DM"].table() if "DM" in states else None
    if "SE" in states:
        result.findings += add_elements(plan, states)
    result.findings += apply_visit_windows(plan, states, subjects)
    for name, state in states.items():
        if name != "DM":
            _late(state, 1, subjects, result, tables, watch)
    elements = states["SE"].table() if "SE" in states else None
    for name in order:
        state = states[name]
        if watch is not None:
            watch.stage(READY, state)
        finish = finish_domain(plan, state, subjects, elements)
        result.findings += finish.findings
        if state.plan.is_findings:
            result.findings += add_reference_ranges(plan, state)
        _late(state, 2, subjects, result, tables, watch)
        if cutting is not None:
            cutting.again(state)
        if watch is not None:
            watch.stage(MADE, state)
        done, found = finish.close(state, (previous or {}).get(name), watch)
        result.findings += found
        result.domains[name] = done
        give_back()
    copies, found = copied_domains(plan, result.domains, tables)
    result.domains |= copies
    result.findings += found
    return result


def _map_domain(
    plan: Plan,
    domain: DomainPlan,
    tables: Mapping[str, RawTable],
    states: Mapping[str, DomainState],
    result: ShardResult,
    watch: Watcher | None,
) -> DomainState:
    blocks = []
    for source in domain.sources:
        made_from = None
        if source.from_domain:
            parent = states[source.from_domain]
            _check_parent(source, parent)
            made_from = (parent.table(), parent.origin)
        block = map_source(source, plan.study, tables, made_from, domain.is_findings, watch)
        result.findings += block.findings
        if block.account is not None:
            result.accounts.append(block.account)
        blocks.append(block)
    return stack_blocks(plan, domain, blocks)


def _check_parent(source: SourcePlan, parent: DomainState) -> None:
    """Refuse variables that the parent domain does not have, or has only later."""
    late = {v.name for s in parent.plan.sources for v in s.variables if v.stage > 0}
    wanted = {
        r.name: step.location
        for _, step in source.steps()
        for r in step.references.values()
        if r.kind == "raw"
    }
    wanted |= {name: source.location for condition in source.conditions() for name in condition.columns}
    there = set(parent.frame) - late
    problems = [
        Problem(
            "unknown-column",
            where,
            f"{parent.plan.name}.{name}, which {'waits for dates of DM' if name in late else 'is not mapped'}",
            f"a variable that {parent.plan.name} has from raw alone: {', '.join(sorted(there))}",
            suggest(name, there),
        )
        for name, where in wanted.items()
        if name not in there and "." not in name
    ]
    if problems:
        raise ProblemsFound(problems)


def stack_blocks(plan: Plan, domain: DomainPlan, blocks: list[Block]) -> DomainState:
    """The blocks of one domain one under the other; a variable a block lacks is missing there."""
    names = list(dict.fromkeys(name for block in blocks for name in block.scope.made))
    names += [
        v.name for b in blocks for v in b.plan.variables if v.name not in names
    ]  # late ones have their column from the start
    names = list(dict.fromkeys(names))
    frame = {
        name: _stacked(plan, domain, name, [block.scope.made for block in blocks], blocks) for name in names
    }
    supp_names = list(
        dict.fromkeys([n for b in blocks for n in b.supp] + [v.name for b in blocks for v in b.plan.supp])
    )
    supp = {
        name: stack([block.supp.get(name, constant(None, block.scope.index)) for block in blocks])
        for name in supp_names
    }
    ends = np.cumsum([0, *(block.size for block in blocks)]).tolist()
    visits = None
    if any(block.visit is not None for block in blocks):
        visits = stack(
            [
                block.visit if block.visit is not None else constant(None, block.scope.index)
                for block in blocks
            ]
        )
    positions = [block.scope.origin.position for block in blocks] or [np.empty(0, dtype=np.int32)]
    origin = Origin(
        stack([block.scope.origin.table for block in blocks]),
        np.concatenate(positions) if len(positions) > 1 else positions[0],
        stack([block.scope.origin.column for block in blocks]),
        _lines(blocks),
    )
    if len(blocks) == 1:
        frame = {name: column.set_axis(pd.RangeIndex(len(column))) for name, column in frame.items()}
    for block in blocks:
        _release(block)
    spans = list(pairwise(ends))
    state = DomainState(domain, frame, supp, origin, visits, blocks, spans, units=plan.study.units)
    _pair_test_names(plan, state)
    add_categories(plan, state)
    return state


def _lines(blocks: Sequence[Block]) -> np.ndarray | None:
    lines = [line for block in blocks if (line := block.scope.origin.line) is not None]
    return np.concatenate(lines) if lines and len(lines) == len(blocks) else None


def _release(block: Block) -> None:
    """The domain has the block's columns now."""
    block.scope.release()
    block.supp, block.visit = {}, None


def _stacked(
    plan: Plan, domain: DomainPlan, name: str, made: list[dict[str, pd.Series]], blocks: list[Block]
) -> pd.Series:
    definition = plan.guide.variable(domain.name, name, domain.class_name)
    kind = definition.type if definition is not None else "Char"
    columns = [
        columns[name] if name in columns else empty(kind, block.scope.index)
        for columns, block in zip(made, blocks, strict=True)
    ]
    if len(columns) == 1:
        return columns[0]
    if kind == "Char":
        return stack(columns)
    return pd.Series(np.concatenate([column.to_numpy() for column in columns]))


def _pair_test_names(plan: Plan, state: DomainState) -> None:
    """--TEST of --TESTCD where the spec maps only the code (CT: the terms share a code)."""
    code, name = f"{state.plan.name}TESTCD", f"{state.plan.name}TEST"
    if code not in state.frame or (name in state.frame and state.frame[name].notna().all()):
        return

    def paired(codes: list[str]) -> list[str | None]:
        return paired_test_names(plan, state.plan.name, codes)

    names = map_unique(state.frame[code], paired)
    state.frame[name] = coalesce(state.frame[name], names) if name in state.frame else names


def paired_test_names(plan: Plan, domain: str, codes: Sequence[str]) -> list[str | None]:
    """--TEST of each --TESTCD: what the study declares, else what CT pairs with it."""
    compiled = plan.domains[domain]
    definition = plan.guide.variable(domain, f"{domain}TESTCD", compiled.class_name)
    return [
        compiled.test_names.get(c) or (definition and published_name(definition, c, plan.terminology)) or None
        for c in codes
    ]


def _late(
    state: DomainState,
    stage: int,
    subjects: pd.DataFrame | None,
    result: ShardResult,
    tables: Mapping[str, RawTable],
    watch: Watcher | None,
) -> None:
    """Make the variables and qualifiers that had to wait for reference dates or study days."""
    needs = {"tables": {name: table.frame for name, table in tables.items()}, "units": state.units}
    for block, (start, stop) in zip(state.blocks, state.spans, strict=True):
        waiting = [v for v in block.plan.variables if v.stage == stage]
        waiting_supp = [v for v in block.plan.supp if v.stage == stage]
        if not waiting and not waiting_supp:
            continue
        scope = block.scope
        pending = {v.name for v in waiting}
        scope.made = {
            name: column.iloc[start:stop].set_axis(scope.index)
            for name, column in state.frame.items()
            if name not in pending
        }
        if subjects is not None:
            usubjid = scope.made["USUBJID"]
            table = subjects
            scope.subject = lambda name, u=usubjid, t=table: by_subject(u, t, name)
        scope.maker = _late_maker(state, scope, waiting, needs, result, watch)
        for variable in waiting:
            if variable.name not in scope.made:
                scope.maker(variable.name)
            _put(state.frame, variable.name, scope.made[variable.name], start, stop, state)
        for variable in waiting_supp:
            made = make(variable.name, "Char", variable.steps, scope, needs, f"SUPP{state.plan.name}", watch)
            result.findings += made.findings
            _put(state.supp, variable.name, made.column, start, stop, state)
        _release(block)


def _late_maker(
    state: DomainState,
    scope: BlockScope,
    waiting: Sequence[VariablePlan],
    needs: Mapping[str, Any],
    result: ShardResult,
    watch: Watcher | None,
) -> Callable[[str], pd.Series]:
    """Makes a late variable when it is asked for; one that finishing did not make has no values."""
    plans = {variable.name: variable for variable in waiting}

    def maker(name: str) -> pd.Series:
        if name not in plans:
            return constant(None, scope.index)
        variable = plans[name]
        made = make(name, variable.type, variable.steps, scope, needs, state.plan.name, watch)
        result.findings += made.findings
        scope.made[name] = made.column
        return made.column

    return maker


def _put(
    columns: dict[str, pd.Series], name: str, part: pd.Series, start: int, stop: int, state: DomainState
) -> None:
    whole = columns[name]
    if stop - start == len(whole):
        columns[name] = part.set_axis(whole.index)
    elif isinstance(part.dtype, pd.CategoricalDtype):
        columns[name] = stack([whole.iloc[:start], part, whole.iloc[stop:]])
    else:
        values = whole.to_numpy(copy=True)
        values[start:stop] = part.to_numpy()
        columns[name] = pd.Series(values)
