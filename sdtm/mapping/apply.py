"""Runs the steps of one variable on one block: the only place that knows the contract of an algorithm.

An algorithm sees just the columns it declares; its answer must have the block's index; every populated
input that came out missing is reported, unless the algorithm may lose values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pandas as pd

from sdtm.columns import blank, choose, empty, from_codes, has_value, numbers
from sdtm.combinations import unique_rows
from sdtm.compile_rule import Reference, Step
from sdtm.mapping import sql
from sdtm.mapping.terminology import map_terms
from sdtm.mapping.watch import Watcher
from sdtm.numbers import shortest
from specs.problems import Problem, ProblemsFound
from validation.findings import PLACES_SHOWN, Finding, Place


class Scope(Protocol):
    """A block as the steps see it."""

    index: pd.RangeIndex

    def column(self, reference: Reference) -> pd.Series:
        """A raw, made or subject column, aligned with ``index``."""
        ...

    def places(self, rows: np.ndarray, column: str) -> tuple[Place, ...]:
        """Raw file and row (and keys) of some rows of the block."""
        ...


@dataclass(slots=True)
class Made:
    """What the steps of one variable gave."""

    column: pd.Series
    findings: list[Finding] = field(default_factory=list)
    qualifiers: dict[str, pd.Series] = field(default_factory=dict)


def condition_masks(
    condition: sql.Expression, references: Mapping[str, Reference], scope: Scope
) -> tuple[np.ndarray, np.ndarray]:
    """True and unknown rows of a condition."""
    array = sql.evaluate([condition], lambda name: scope.column(references[name]), scope.index)[0]
    return sql.truth(array, condition.text, condition.where)


def make(
    name: str,
    kind: str,
    steps: Sequence[Step],
    scope: Scope,
    needs: Mapping[str, Any],
    dataset: str,
    watch: Watcher | None = None,
) -> Made:
    """One variable: steps in order, the first that gives a value wins.

    ``kind`` is Char or Num. Findings carry the raw place of each value that was lost.
    """
    result = empty(kind, scope.index)
    filled: np.ndarray | None = None
    made = Made(result)
    losses: list[tuple[Step, np.ndarray, str, str, list[pd.Series]]] = []
    for step in steps:
        inputs = {written: scope.column(step.references[written]) for written in step.reads()}
        if not step.algorithm.numbers:
            inputs = {written: _text(column, "Char") for written, column in inputs.items()}
        answer, qualifiers = _call(step, inputs, scope, needs)
        active = None
        if step.where is not None:
            active, _ = condition_masks(step.where, step.references, scope)
            answer = blank(answer, ~active)
            qualifiers = {qnam: blank(column, ~active) for qnam, column in qualifiers.items()}
        if step.algorithm.losses is not None:
            made.findings += _own_losses(step, inputs, active, scope, needs, dataset, name)
        columns = list(inputs.values())
        populated = _populated(step, inputs, scope.index) if columns else None
        raw_answer = answer
        if step.algorithm.loss == "reported" and populated is not None:
            lost = populated & ~has_value(answer)
            if active is not None:
                lost &= active
            if lost.any():
                losses.append((step, lost, step.algorithm.rule, "error", columns))
        if step.terms is not None:
            answer = _text(answer, kind)
            answer, lost, added = map_terms(answer, step.terms)
            if lost.any():
                losses.append((step, lost, "unmapped-term", "error", [raw_answer]))
            if added.any():
                made.findings += _tell(
                    step, added, "undeclared-term", "warning", [raw_answer], scope, dataset, name
                )
        if kind == "Num" and isinstance(answer.dtype, pd.CategoricalDtype):
            parsed = numbers(answer)
            lost = parsed.isna().to_numpy() & has_value(answer)
            if lost.any():
                losses.append((step, lost, "not-a-number", "error", [answer]))
            answer = parsed
        elif kind == "Char":
            answer = _text(answer, kind)
        if watch is not None:
            watch.step(dataset, step, scope, inputs, raw_answer, answer, needs)  # type: ignore[arg-type]
        made.qualifiers.update(qualifiers)
        if filled is None and len(steps) == 1:
            result = answer
            break
        have = has_value(answer)
        filled = np.zeros(len(scope.index), dtype=bool) if filled is None else filled
        result = choose(have & ~filled, answer, result)
        filled |= have
    for step, lost, rule, severity, columns in losses:
        lost = lost & ~has_value(result)
        if lost.any():
            made.findings += _tell(step, lost, rule, severity, columns, scope, dataset, name)
    made.column = result
    return made


def _call(
    step: Step, inputs: Mapping[str, pd.Series], scope: Scope, needs: Mapping[str, Any]
) -> tuple[pd.Series, dict[str, pd.Series]]:
    block = pd.DataFrame(dict(inputs), index=scope.index, copy=False)
    extra = {need: needs[need] for need in step.algorithm.needs}
    try:
        answer = step.algorithm.function(block, step.params, **extra)
    except ProblemsFound as found:
        raise ProblemsFound(
            [
                Problem(
                    p.id,
                    step.location if not p.where.file else p.where,
                    p.found,
                    p.expected,
                    p.do,
                    p.severity,
                )
                for p in found.problems
            ]
        ) from None
    qualifiers: dict[str, pd.Series] = {}
    if isinstance(answer, pd.DataFrame):
        qualifiers = dict(
            zip(step.qualifiers, (answer.iloc[:, i] for i in range(1, answer.shape[1])), strict=True)
        )
        answer = answer.iloc[:, 0]
    if not answer.index.equals(scope.index):
        raise RuntimeError(f"algorithm {step.algorithm.name} changed the index of its block")
    return answer, qualifiers


def _populated(step: Step, inputs: Mapping[str, pd.Series], index: pd.Index) -> np.ndarray:
    """Rows that ought to give a value."""
    if step.algorithm.collected is not None:
        return np.asarray(step.algorithm.collected(inputs, step.params), dtype=bool)
    mask = np.zeros(len(index), dtype=bool)
    for column in inputs.values():
        mask |= has_value(column)
    return mask


def _text(column: pd.Series, kind: str) -> pd.Series:
    """A number that goes into a Char variable, as its shortest exact text."""
    if kind != "Char" or isinstance(column.dtype, pd.CategoricalDtype):
        return column
    codes, unique = pd.factorize(column.to_numpy())
    return from_codes(codes, [shortest(value) for value in unique], column.index)


def _tell(
    step: Step,
    rows: np.ndarray,
    rule: str,
    severity: str,
    columns: Sequence[pd.Series],
    scope: Scope,
    dataset: str,
    variable: str,
) -> list[Finding]:
    """One finding for each distinct text that was lost (or added), with its places."""
    positions = np.flatnonzero(rows)
    texts = [_text(column, "Char").iloc[positions] for column in columns]
    inverse, distinct = unique_rows(texts)
    shown = [", ".join(value for value in row if value is not None) for row in distinct]
    reasons = [""] * len(distinct)
    expected, do = _expected(step, rule)
    if rule == step.algorithm.rule and step.algorithm.explain is not None:
        reasons = list(step.algorithm.explain(distinct, step.params))
    raw = [r.name for r in step.references.values() if r.kind == "raw"]
    order = np.argsort(inverse, kind="stable")
    starts = np.searchsorted(inverse[order], np.arange(len(distinct) + 1))
    findings = []
    for i, value in enumerate(shown):
        at = positions[order[starts[i] : starts[i + 1]]]
        reason = f" ({reasons[i]})" if reasons[i] else ""
        findings.append(
            Finding(
                rule,
                severity,
                f'"{value}"{reason}',
                expected,
                do,
                dataset,
                variable,
                scope.places(at[:PLACES_SHOWN], ", ".join(raw)),
                len(at),
            )
        )
    return findings


def _own_losses(
    step: Step,
    inputs: Mapping[str, pd.Series],
    active: np.ndarray | None,
    scope: Scope,
    needs: Mapping[str, Any],
    dataset: str,
    variable: str,
) -> list[Finding]:
    """What the algorithm itself says of rows without a value: one finding for each rule and reason."""
    assert step.algorithm.losses is not None
    block = pd.DataFrame(dict(inputs), index=scope.index, copy=False)
    raw = ", ".join(r.name for r in step.references.values() if r.kind == "raw")
    findings = []
    for loss in step.algorithm.losses(
        block, step.params, **{need: needs[need] for need in step.algorithm.needs}
    ):
        told = loss.reasons.notna().to_numpy()
        rows = np.flatnonzero(told if active is None else told & active)
        reasons = loss.reasons.iloc[rows].astype(object).to_numpy()
        for reason in sorted(set(reasons.tolist())):
            at = rows[reasons == reason]
            places = scope.places(at[:PLACES_SHOWN], raw)
            findings.append(
                Finding(
                    loss.rule,
                    loss.severity,
                    reason,
                    loss.expected,
                    loss.do,
                    dataset,
                    variable,
                    places,
                    len(at),
                )
            )
    return findings


def _expected(step: Step, rule: str) -> tuple[str, str]:
    line = f" ({step.location})" if step.location.file else ""
    if rule in ("unmapped-term", "undeclared-term") and step.terms is not None:
        if rule == "unmapped-term":
            return (
                step.terms.allowed(),
                f"query the site, or map it under terms{line}; the value stays missing",
            )
        return (
            step.terms.allowed(),
            f"correct it, or declare it as an extension under codelists: extend{line}; the text is kept",
        )
    if rule == "not-a-number":
        return "a number, with a point for decimals", f"query the site, or correct the mapping{line}"
    said = (
        step.algorithm.expected(step.params) if step.algorithm.expected else "a value that the mapping reads"
    )
    return said, f"query the site, or declare it in the mapping{line}; the value stays missing"
