"""SDTM to analysis datasets on one page: for each dataset its records, their steps, the finished dataset."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sdtm.adam.finish import finish
from sdtm.adam.inputs import Inputs
from sdtm.adam.known_columns import PARAMETER_TEXTS
from sdtm.adam.notes import findings_of
from sdtm.adam.plan import AnalysisPlan, DatasetPlan, DerivationStep, ExpressionStep, MergeStep, plan_analyses
from sdtm.adam.steps import (
    State,
    Tables,
    apply_derivation,
    apply_expressions,
    apply_merge,
    mask_of,
    origin_of,
)
from sdtm.derivations.registry import derivations
from sdtm.derivations.source_row import SOURCE_ROW
from sdtm.stages import Dataset
from specs.model import Study
from validation.findings import Finding, fold


@dataclass(slots=True)
class Analyses:
    """The analysis datasets of a study. ``tabulations``: datasets of SDTM made of them, such as PP;
    ``frames``: the values of all as derivations keep them; ``origins``: likewise where each record comes from
    (``sdtm.adam.steps.State``)."""

    plan: AnalysisPlan
    datasets: dict[str, Dataset]
    tabulations: dict[str, Dataset]
    frames: dict[str, pd.DataFrame]
    origins: dict[str, pd.DataFrame]
    findings: list[Finding]


def derive_analyses(study: Study, inputs: Inputs) -> Analyses:
    """All analysis datasets of a study from SDTM (``sdtm.adam.inputs``), in memory.

    Raises ``ProblemsFound`` for a spec that does not fit, or a merge that its data break.
    """
    plan = plan_analyses(study, derivations(), {name: list(frame) for name, frame in inputs.frames.items()})
    tables = dict(inputs.frames)
    labels = dict(inputs.labels)
    made: dict[str, Dataset] = {}
    frames: dict[str, pd.DataFrame] = {}
    origins: dict[str, pd.DataFrame] = {}
    findings: list[Finding] = []
    for dataset_plan in plan.datasets:
        state = _run(dataset_plan, tables)
        finished, told = finish(dataset_plan, study, state, labels)
        findings += [*findings_of(state, dataset_plan, tables), *told]
        made[dataset_plan.name] = finished.dataset
        origins[dataset_plan.name] = finished.origin
        labels[dataset_plan.name] = {v.name: v.label for v in finished.dataset.variables}
        frames[dataset_plan.name] = tables[dataset_plan.name] = finished.frame
    of_sdtm = [name for name in sorted(made) if study.adam[name].class_ == "SDTM"]
    others = [name for name in sorted(made, key=_adsl_first) if name not in of_sdtm]
    return Analyses(
        plan,
        {name: made[name] for name in others},
        {name: made[name] for name in of_sdtm},
        frames,
        origins,
        fold(findings),
    )


def _adsl_first(name: str) -> tuple[bool, str]:
    return (name != "ADSL", name)


def _run(plan: DatasetPlan, tables: Tables) -> State:
    state = _start(plan, tables)
    if plan.spec.from_:
        for merge in plan.merges:
            state.frame = apply_merge(state.frame, merge, tables)
    for number, step in enumerate(plan.steps):
        if isinstance(step, ExpressionStep):
            state.frame = apply_expressions(state.frame, step)
        elif isinstance(step, MergeStep):
            state.frame = apply_merge(state.frame, step, tables)
        else:
            _derive(state, step, number, plan, tables)
    return state


def _start(plan: DatasetPlan, tables: Tables) -> State:
    """The records a dataset starts from, each parameter's beside the other's."""
    spec = plan.spec
    if not spec.from_:
        return State(pd.DataFrame(index=pd.RangeIndex(0)), origin_of(None, np.empty(0)))
    frame = tables[spec.from_]
    rows = np.flatnonzero(mask_of(frame, plan.condition))
    frame = frame.take(rows).reset_index(drop=True)
    if plan.first:
        frame = apply_expressions(frame, plan.first)
    chosen = [item for item in plan.parameters if item[1] is not None]
    if not chosen:
        return State(_labelled(frame, plan), origin_of(spec.from_, rows))
    parts, origins = [], []
    for parameter, condition, setting in chosen:
        positions = np.flatnonzero(mask_of(frame, condition))
        part = (
            frame.take(positions)
            .reset_index(drop=True)
            .assign(PARAMCD=_text(parameter.PARAMCD, len(positions)))
        )
        parts.append(apply_expressions(part, setting) if setting else part)
        origins.append(rows[positions])
    return State(_labelled(_stacked(parts), plan), origin_of(spec.from_, np.concatenate(origins)))


def _derive(state: State, step: DerivationStep, number: int, plan: DatasetPlan, tables: Tables) -> None:
    made = apply_derivation(state, step, tables)
    if made is None:
        return
    for merge in plan.merges:
        if set(merge.merge.by.values()) <= set(made):
            made = apply_merge(made, merge, tables)
    origin = _origin_of_made(made, state, step, plan).assign(step=number)
    made = made.drop(columns=SOURCE_ROW, errors="ignore")
    state.frame = _stacked([state.frame, _labelled(made, plan)])
    state.origin = pd.concat([state.origin, origin], ignore_index=True)


def _origin_of_made(
    made: pd.DataFrame, state: State, step: DerivationStep, plan: DatasetPlan
) -> pd.DataFrame:
    """The record that a derived one rests on, where the derivation names it.

    A row of the records in the making stands for the row that they come from; another one is of SRCDOM.
    """
    if SOURCE_ROW not in made:
        return origin_of(None, np.full(len(made), -1))
    rows = made[SOURCE_ROW].fillna(-1).to_numpy(dtype=np.int64)
    if not step.source:
        own = state.origin.reindex(rows).reset_index(drop=True).drop(columns="step")
        return own.assign(row=own["row"].fillna(-1).astype(np.int64))
    named = made["SRCDOM"] if "SRCDOM" in made else pd.Series([None] * len(made), dtype="str")
    # Rows of a dataset that is being made are not numbered as they will be; SRCSEQ names them.
    known = (named.notna() & (named != plan.name)).to_numpy() & (rows >= 0)
    return pd.DataFrame({"dataset": named.where(known).to_numpy(), "row": np.where(known, rows, -1)})


def _labelled(frame: pd.DataFrame, plan: DatasetPlan) -> pd.DataFrame:
    """Records with what the spec says of their parameter: PARAM, PARAMN, PARCAT1 …"""
    if not plan.parameters or "PARAMCD" not in frame:
        return frame
    for name in PARAMETER_TEXTS[1:]:
        texts = {p.PARAMCD: getattr(p, name) for p, _, _ in plan.parameters if getattr(p, name)}
        if not texts:
            continue
        said = frame["PARAMCD"].map(texts)
        column = said.astype("float64") if name == "PARAMN" else said.astype("str")
        frame = frame.assign(**{name: column.where(column.notna(), frame[name]) if name in frame else column})
    return frame


def _text(value: str, count: int) -> pd.Series:
    return pd.Series([value] * count, dtype="str")


def _stacked(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Records under each other; a variable that one part lacks is missing there, of the other's type."""
    parts = [part for part in parts if len(part.columns)]
    columns = list(dict.fromkeys(name for part in parts for name in part))
    whole = {}
    for name in columns:
        kind = next(part[name].dtype for part in parts if name in part)
        pieces = [
            part[name]
            if name in part
            else pd.Series(pd.array([None] * len(part), dtype=kind), index=part.index)
            for part in parts
        ]
        whole[name] = pd.concat(pieces, ignore_index=True)
    return pd.DataFrame(whole, index=pd.RangeIndex(sum(map(len, parts))))
