"""How each variable of the analysis datasets is made, by their plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sdtm.step import columns_read
from specs.catalogue import TABLE

if TYPE_CHECKING:
    from sdtm.adam.plan import AnalysisPlan, DatasetPlan, DerivationStep, ExpressionStep, MergeStep, Step
    from sdtm.trace.told_steps import ToldSteps

WITH_RECORDS, MERGED = -2, -1  # made with the first records; merged before the first step


def analysis_lineage(plan: AnalysisPlan, steps: ToldSteps) -> dict[str, Any]:
    """By dataset: ``variables``, each with [number of the step in the dataset, number in ``steps``], in order;
    ``records``: the steps that make records, by their number. What is made with the first records has -2, what is
    merged before the first step -1."""
    return {each.name: _dataset(each, steps) for each in plan.datasets}


def _dataset(plan: DatasetPlan, steps: ToldSteps) -> dict[str, Any]:
    from sdtm.adam.plan import DerivationStep

    variables: dict[str, list[list[int]]] = {}
    records: dict[str, int] = {}
    first = [plan.first, *(setting for _, _, setting in plan.parameters)]
    numbered: list[tuple[int, Step]] = [(WITH_RECORDS, step) for step in first if step is not None]
    numbered += [(MERGED, merge) for merge in plan.merges]
    numbered += list(enumerate(plan.steps))
    for number, step in numbered:
        if isinstance(step, DerivationStep) and step.derivation.makes == "records":
            records[str(number)] = steps.number(_derivation(step))
            continue
        for name in step.made:
            variables.setdefault(name, []).append([number, steps.number(_told(step, name))])
    told = {
        "from": plan.spec.from_,
        "where": plan.condition.text if plan.condition is not None else "",
        "place": str(plan.where),
        "variables": variables,
        "records": records,
    }
    return {key: value for key, value in told.items() if value not in ("", {})}


def _told(step: Step, name: str) -> dict[str, Any]:
    from sdtm.adam.plan import ExpressionStep, MergeStep

    if isinstance(step, ExpressionStep):
        return _expression(step, name)
    return _merge(step, name) if isinstance(step, MergeStep) else _derivation(step)


def _expression(step: ExpressionStep, name: str) -> dict[str, Any]:
    expression = dict(step.expressions)[name]
    return _filled(
        {
            "rule": expression.text,
            "where": step.condition.text if step.condition is not None else "",
            "place": str(expression.where),
            "reads": [[read, "own", read] for read in expression.columns],
        }
    )


def _merge(step: MergeStep, name: str) -> dict[str, Any]:
    merge = step.merge
    chosen = f"; the {merge.choose} by {', '.join(merge.order)}" if merge.choose else ""
    return _filled(
        {
            "rule": f"{merge.take[name]} of {merge.from_}{chosen}",
            "where": merge.where,
            "place": str(step.where),
            "merge": {"dataset": merge.from_, "variable": merge.take[name], "by": dict(merge.by)},
        }
    )


def _derivation(step: DerivationStep) -> dict[str, Any]:
    values = step.params.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    said = ", ".join(f"{key}: {_text(value)}" for key, value in values.items())
    others = dict.fromkeys([*([step.source] if step.source else []), *step.params.marked(TABLE)])
    own = "record" if step.derivation.makes == "records" else "own"
    return _filled(
        {
            "rule": f"{step.derivation.name}: {said}" if said else step.derivation.name,
            "where": step.condition.text if step.condition is not None else "",
            "place": str(step.where),
            "reads": [[read, own, read] for read in columns_read(step.params)],
            "datasets": list(others),
        }
    )


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_text(item) for item in value) + "]"
    return str(value)


def _filled(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if value not in ("", [], {})}
