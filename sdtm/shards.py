"""Raw tables split by subject, so that shards can be converted apart and put together again.

Shards hold consecutive subjects in the order of USUBJID; the records of one shard after the other are
therefore in the order they would have had in one piece.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sdtm.columns import codes_of, constant, empty, pick, stack, take, unique_texts
from sdtm.compile_rule import Step
from sdtm.convert_shard import FinishedDomain, ShardResult
from sdtm.data_cut_log import merge_logs
from sdtm.mapping.apply import make
from sdtm.mapping.scope import BlockScope, Origin
from sdtm.mapping.source import RowAccount, join_tables
from sdtm.plan import Plan, SourcePlan
from sdtm.stages import RawTable
from specs.catalogue import TABLE


@dataclass(frozen=True, slots=True)
class Shard:
    """Part of the raw tables. ``positions``: table -> rows of the whole table, where it was split."""

    tables: Mapping[str, RawTable]
    positions: Mapping[str, np.ndarray]


def subjects_of(source: SourcePlan, study: str, table: RawTable) -> pd.Series | None:
    """USUBJID of every row of a raw table, or None where the rule needs joined columns."""
    return _subjects(source, study, {name: table.frame[name] for name in table.frame}, table)


def row_subjects(plan: Plan, tables: Mapping[str, RawTable]) -> dict[str, pd.Series] | None:
    """USUBJID of every row of each table that makes records, so that equal ones stand for all that a row needs.

    None where a row may need those of another subject: tables of subjects that are looked up, joins that bring
    rows of different subjects together. What the rules do not say for certain is looked up in the data.
    """
    sources = [source for domain in plan.domains.values() for source in domain.sources if source.table]
    first = {source.table: source for source in reversed(sources)}
    if _looks_up(sources, first):
        return None
    subjects: dict[str, pd.Series] = {}
    for source in sources:
        if source.table not in subjects:
            table = tables[source.table]
            found = subjects_of(source, plan.study.study, table)
            if found is None:
                found = _subjects_after_joins(source, plan.study.study, tables)
            if found is None:
                return None
            subjects[source.table] = found
    if all(_joins_own_rows(source, first, subjects, tables) for source in sources):
        return subjects
    return None


def _subjects(
    source: SourcePlan, study: str, columns: Mapping[str, pd.Series], table: RawTable
) -> pd.Series | None:
    index = pd.RangeIndex(len(table.frame))
    origin = Origin(constant(source.table, index), np.arange(len(index)), constant(None, index))
    scope = BlockScope(dict(columns), None, index, origin, {source.table: table})
    scope.made["STUDYID"] = constant(study, index)
    for variable in source.subject:
        for step in variable.steps:
            if any(r.kind == "raw" and r.name not in columns for r in step.references.values()):
                return None
        made = make(variable.name, "Char", variable.steps, scope, {"tables": {}}, source.domain)
        scope.made[variable.name] = made.column
    return scope.made["USUBJID"]


def _subjects_after_joins(source: SourcePlan, study: str, tables: Mapping[str, RawTable]) -> pd.Series | None:
    """As ``subjects_of``, where joins bring the subject; None if they also repeat rows."""
    columns, rows, *_ = join_tables(source, tables[source.table], tables)
    return None if rows is not None else _subjects(source, study, columns, tables[source.table])


def _joins_own_rows(
    source: SourcePlan,
    first: Mapping[str, SourcePlan],
    subjects: Mapping[str, pd.Series],
    tables: Mapping[str, RawTable],
) -> bool:
    """Whether the joins of a source bring rows of one subject together, by their rules or in the data."""
    certain = [
        join.table not in first or _joins_subject(source, first[join.table], join.by)
        for join, _, _ in source.joins
    ]
    if all(certain):
        return True
    # Of rows that count once, those of other subjects may be among the equal ones.
    if any(join.distinct for sure, (join, _, _) in zip(certain, source.joins, strict=True) if not sure):
        return False
    _, rows, _, _, picked = join_tables(source, tables[source.table], tables)
    ours = subjects[source.table]
    ours = ours if rows is None else pick(ours, rows)
    for is_certain, (join, _, _), theirs in zip(certain, source.joins, picked, strict=True):
        if is_certain:
            continue
        met = theirs >= 0
        both = codes_of(stack([pick(ours, np.flatnonzero(met)), pick(subjects[join.table], theirs[met])]))
        if (both[: met.sum()] != both[met.sum() :]).any():
            return False
    return True


def split_tables(plan: Plan, tables: Mapping[str, RawTable], count: int) -> list[Shard]:
    """At most ``count`` shards of about as many rows each; one, where a row may need those of another subject."""
    subjects = row_subjects(plan, tables) if count > 1 else None
    if subjects is None:
        return [Shard(tables, {})]
    weights: dict[str, int] = {}
    for column in subjects.values():
        counts = np.bincount(column.cat.codes.to_numpy() + 1, minlength=len(column.cat.categories) + 1)
        for text, number in zip(unique_texts(column), counts[1:].tolist(), strict=True):
            weights[text] = weights.get(text, 0) + number
    shard_of = _balance(weights, count)
    number_of_shards = max(shard_of.values(), default=0) + 1
    split = {
        name: take(np.array([shard_of[t] for t in unique_texts(column)] or [0]), column, missing=0)
        for name, column in subjects.items()
    }
    shards = []
    for number in range(number_of_shards):
        parts: dict[str, RawTable] = {}
        positions: dict[str, np.ndarray] = {}
        for name, table in tables.items():
            if name not in split:
                parts[name] = table
                continue
            rows = np.flatnonzero(split[name] == number)
            positions[name] = rows
            frame = table.frame.iloc[rows].reset_index(drop=True)
            parts[name] = replace(table, frame=frame, rows=table.rows[rows], file_of=table.file_of[rows])
        shards.append(Shard(parts, positions))
    return shards


def _looks_up(sources: Sequence[SourcePlan], tables: Container[str]) -> bool:
    """Whether a mapping looks something up in one of the tables."""
    return any(
        table in tables
        for source in sources
        for _, step in source.steps()
        for table in step.params.marked(TABLE)
    )


def _joins_subject(ours: SourcePlan, theirs: SourcePlan, by: Mapping[str, str]) -> bool:
    """Whether rows that a join brings together are certain to have one USUBJID.

    Certain is: both make it in the same way, of columns that the join compares with each other. ``by`` names
    their column and then ours.
    """
    our_rules = {variable.name: variable for variable in ours.subject}
    their_rules = {variable.name: variable for variable in theirs.subject}
    waiting, seen = ["USUBJID"], {"STUDYID"}
    while waiting:
        target = waiting.pop()
        seen.add(target)
        pair = our_rules.get(target), their_rules.get(target)
        if pair[0] is None or pair[1] is None or len(pair[0].steps) != len(pair[1].steps):
            return False
        for our, their in zip(pair[0].steps, pair[1].steps, strict=True):
            if not _same_step(our, their, by):
                return False
            waiting += [r.name for r in our.references.values() if r.kind == "own" and r.name not in seen]
    return True


def _same_step(ours: Step, theirs: Step, by: Mapping[str, str]) -> bool:
    raw = [
        (a.name, b.name)
        for a, b in zip(ours.references.values(), theirs.references.values(), strict=False)
        if a.kind == "raw" or b.kind == "raw"
    ]
    if len(ours.references) != len(theirs.references) or any(by.get(their) != our for our, their in raw):
        return False
    renamed = any(our != their for our, their in raw)
    simple = ours.algorithm.name == theirs.algorithm.name == "assign" and ours.where is theirs.where is None
    terms = [(step.terms.terms, step.terms.others) if step.terms else None for step in (ours, theirs)]
    if terms[0] != terms[1]:
        return False
    return simple if renamed else (ours.params, ours.where) == (theirs.params, theirs.where) or simple


def _balance(weights: Mapping[str, int], count: int) -> dict[str, int]:
    """Consecutive subjects to shards of about the same weight."""
    total = sum(weights.values()) or 1
    out: dict[str, int] = {}
    before = 0
    for subject in sorted(weights):
        out[subject] = min(before * count // total, count - 1)
        before += weights[subject]
    used = {number: i for i, number in enumerate(sorted(set(out.values())))}
    return {subject: used[number] for subject, number in out.items()}


def merge(
    plan: Plan, tables: Mapping[str, RawTable], shards: Sequence[Shard], results: Sequence[ShardResult]
) -> ShardResult:
    """Results of all shards as if there had been one."""
    if len(results) == 1:
        return results[0]
    merged = ShardResult(findings=[finding for result in results for finding in result.findings])
    for shard, result in zip(shards, results, strict=True):
        merged.accounts += [_whole_account(account, shard, tables) for account in result.accounts]
    logs = [result.cut for result in results if result.cut is not None]
    if logs:
        merged.cut = merge_logs(logs, [shard.positions for shard in shards])
    for name in plan.domains:
        parts = [
            _whole_positions(result.domains[name], shard)
            for shard, result in zip(shards, results, strict=True)
        ]
        merged.domains[name] = _concatenate(parts)
    return merged


def _whole_positions(domain: FinishedDomain, shard: Shard) -> FinishedDomain:
    source = _map_positions(domain.source, shard)
    more = None if domain.more is None else _map_positions(domain.more, shard)
    return replace(domain, source=source, more=more)


def _map_positions(source: pd.DataFrame, shard: Shard) -> pd.DataFrame:
    positions = source["position"].to_numpy(copy=True)
    codes = source["table"].cat.codes.to_numpy()
    for code, name in enumerate(unique_texts(source["table"])):
        if name in shard.positions:
            mask = (codes == code) & (positions >= 0)
            positions[mask] = shard.positions[name][positions[mask]]
    return source.assign(position=positions)


def _whole_account(account: RowAccount, shard: Shard, tables: Mapping[str, RawTable]) -> RowAccount:
    def whole(name: str, mask: np.ndarray) -> np.ndarray:
        if name not in shard.positions:
            return mask
        out = np.zeros(len(tables[name].frame), dtype=bool)
        out[shard.positions[name]] = mask
        return out

    return RowAccount(
        account.table,
        whole(account.table, account.made),
        {reason: whole(account.table, mask) for reason, mask in account.excluded.items()},
        {name: whole(name, mask) for name, mask in account.joined.items()},
        account.matches,
    )


def _concatenate(parts: Sequence[FinishedDomain]) -> FinishedDomain:
    offsets = np.cumsum([0, *(len(part.frame) for part in parts)])
    more = [
        part.more.assign(record=part.more["record"] + offset)
        for part, offset in zip(parts, offsets, strict=False)
        if part.more is not None
    ]
    supps = [
        part.supp.assign(parent=part.supp["parent"] + offset)
        for part, offset in zip(parts, offsets, strict=False)
        if part.supp is not None
    ]
    return FinishedDomain(
        parts[0].name,
        _stack_frames([part.frame for part in parts]),
        _stack_frames([part.source for part in parts]),
        _stack_frames(supps) if supps else None,
        _stack_frames(more) if more else None,
        parts[0].record_key,
    )


def _stack_frames(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Frames one under the other; a variable that one of them could not make is missing there."""
    columns = {}
    for name in dict.fromkeys(name for frame in frames for name in frame):
        known = next(frame[name] for frame in frames if name in frame)
        kind = "Char" if isinstance(known.dtype, pd.CategoricalDtype) else "Num"
        parts = [frame[name] if name in frame else empty(kind, frame.index) for frame in frames]
        if kind == "Char":
            columns[name] = stack(parts)
        else:
            columns[name] = pd.Series(np.concatenate([part.to_numpy() for part in parts]))
    return pd.DataFrame(columns, copy=False)
