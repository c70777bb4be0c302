"""The steps of an analysis dataset on its records: expressions, merges, derivations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from sdtm.adam.plan import DerivationStep, ExpressionStep, MergeStep
from sdtm.derivations.condition import fulfils
from sdtm.derivations.notes import Note, Notes
from sdtm.derivations.registry import run, with_plain_types
from sdtm.mapping import sql
from specs.catalogue import TABLE
from specs.location import NOWHERE, Location
from specs.problems import Problem, ProblemsFound

Tables = Mapping[str, pd.DataFrame]


@dataclass(slots=True)
class State:
    """A dataset in the making.

    ``frame``: its records, rows numbered from 0. ``origin``: for each the ``dataset`` and ``row`` it comes from
    (missing and -1 where a derivation made it of many), and the ``step`` that made it (-1: it was there from
    the start). ``notes``: what was found, and in which dataset.
    """

    frame: pd.DataFrame
    origin: pd.DataFrame
    notes: list[tuple[Note, str]] = field(default_factory=list)


def origin_of(dataset: str | None, rows: np.ndarray) -> pd.DataFrame:
    """The origin of records that come from rows of one dataset."""
    names = pd.Series([dataset] * len(rows), dtype="str")
    return pd.DataFrame({"dataset": names, "row": np.asarray(rows, dtype=np.int64), "step": -1})


def mask_of(frame: pd.DataFrame, condition: sql.Expression | None) -> np.ndarray:
    """Which records fulfil a condition (unknown: not)."""
    if condition is None:
        return np.ones(len(frame), dtype=bool)
    if not len(frame):
        return np.zeros(0, dtype=bool)
    return fulfils(frame, condition)


def apply_expressions(frame: pd.DataFrame, step: ExpressionStep) -> pd.DataFrame:
    """Records with the variables of an expression step; outside its condition a value stays what it was."""
    rows = mask_of(frame, step.condition)
    for name, expression in step.expressions:
        (result,) = sql.evaluate([expression], frame.__getitem__, frame.index)
        frame = with_columns(frame, pd.DataFrame({name: plain_column(result, expression, frame.index)}), rows)
    return frame


def plain_column(result: object, expression: sql.Expression, index: pd.Index) -> pd.Series:
    """The result of an expression as derivations keep values: ``str``, float64 or ``datetime64[s]``."""
    import pyarrow as pa
    import pyarrow.compute as pc

    array: pa.Array = result
    kind = array.type
    if pa.types.is_date(kind) or (pa.types.is_timestamp(kind) and kind.tz is None):
        moments = pc.cast(pc.cast(array, pa.timestamp("us")), pa.timestamp("s"))
        return pd.Series(moments.to_numpy(zero_copy_only=False).astype("datetime64[s]"), index=index)
    column = sql.column_of(array, index, expression.text, expression.where)
    if pa.types.is_null(kind):
        return pd.Series(np.full(len(index), None), index=index, dtype="str")
    return column.astype("str") if isinstance(column.dtype, pd.CategoricalDtype) else column


def with_columns(frame: pd.DataFrame, made: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """Records with new values in some rows; in the others a variable keeps its value, or has none."""
    if rows.all():
        return frame.assign(**{name: made[name] for name in made})
    changed = {}
    for name in made:
        before = frame[name] if name in frame else made[name].mask(np.ones(len(frame), dtype=bool))
        changed[name] = made[name].where(rows, before)
    return frame.assign(**changed)


def apply_merge(frame: pd.DataFrame, step: MergeStep, tables: Tables) -> pd.DataFrame:
    """Records with columns of another dataset.

    Raises ``ProblemsFound`` when several rows of it meet one record and none is chosen, or none meets one
    that must have one (``expect: one``).
    """
    merge = step.merge
    other = tables[merge.from_]
    if step.condition:
        other = other[mask_of(other, step.condition)]
    theirs, ours = list(merge.by), list(merge.by.values())
    other = other[other[theirs].notna().all(axis="columns")]
    if merge.choose:
        names = [name.removeprefix("-") for name in merge.order]
        ascending = [not name.startswith("-") for name in merge.order]
        other = other.sort_values(names, ascending=ascending, kind="stable", na_position="first")
        other = other.drop_duplicates(theirs, keep="first" if merge.choose == "first" else "last")
    twice = other.duplicated(theirs, keep=False)
    keys = pd.MultiIndex.from_frame(frame[ours])
    if twice.any():
        met = pd.MultiIndex.from_frame(other.loc[twice, theirs].drop_duplicates()).isin(keys)
        shown = other.loc[twice, theirs].drop_duplicates()[met]
        if len(shown):
            raise ProblemsFound(_several_rows(merge.from_, shown, step.where))
        other = other[~twice]
    places = pd.MultiIndex.from_frame(other[theirs]).get_indexer(keys)
    if merge.expect == "one" and (places < 0).any():
        raise ProblemsFound(_no_row(merge.from_, frame.loc[places < 0, ours].drop_duplicates(), step.where))
    taken = other[list(merge.take.values())].take(np.maximum(places, 0)) if len(other) else None
    made = {}
    for new, name in merge.take.items():
        if taken is None:
            made[new] = pd.Series(pd.array([None] * len(frame), dtype=other[name].dtype), index=frame.index)
        else:
            made[new] = taken[name].set_axis(frame.index).mask(places < 0)
    return frame.assign(**made)


def apply_derivation(state: State, step: DerivationStep, tables: Tables) -> pd.DataFrame | None:
    """Run a derivation. Variables are set in ``state``; new records are returned."""
    derivation = step.derivation
    records = tables[step.source] if step.source else state.frame
    rows = mask_of(records, step.condition)
    read = records[rows] if not rows.all() else records
    needed = {name: tables.get(name, state.frame) for name in step.params.marked(TABLE)}
    notes = Notes()
    try:
        made = with_plain_types(run(derivation, read, step.params, notes, needed))
    except ProblemsFound as found:
        raise ProblemsFound([_placed(problem, step) for problem in found.problems]) from None
    state.notes += [(note, step.source if not note.table else note.table) for note in notes]
    if derivation.makes == "records":
        return made.reset_index(drop=True)
    if not rows.all():
        made = made.reindex(records.index)
    state.frame = with_columns(state.frame, made, rows)
    return None


def _placed(problem: Problem, step: DerivationStep) -> Problem:
    """A problem that a derivation told, with the place of its step and the parameter that names the column."""
    if problem.where != NOWHERE:
        return problem
    named = [
        key
        for key, value in step.params
        if isinstance(value, str) and value and problem.found.endswith(f" has no {value}")
    ]
    do = problem.do
    if named:
        do = f"make it there, or name another column with {named[0]}: in this step"
    return replace(problem, where=step.where, do=do)


def _several_rows(name: str, keys: pd.DataFrame, where: Location) -> Problem:
    return Problem(
        "merge-multiplies",
        where,
        f"several rows of {name} for {_shown(keys)}",
        "at most one row for each record, or `choose: first` or `last` with an `order`",
        "add a key to `by`, narrow it by `where`, or say which row counts",
    )


def _no_row(name: str, keys: pd.DataFrame, where: Location) -> Problem:
    return Problem(
        "merge-without-row",
        where,
        f"no row of {name} for {_shown(keys)}",
        "a row for each record (`expect: one`)",
        "look for what is missing there, or write `expect: optional`",
    )


def _shown(keys: pd.DataFrame, most: int = 5) -> str:
    rows = keys.head(most).astype(object).to_numpy().tolist()
    texts = [
        " ".join(f"{name}={value}" for name, value in zip(keys.columns, row, strict=True)) for row in rows
    ]
    return "; ".join(texts) + (f" and {len(keys) - most} more" if len(keys) > most else "")
