"""How each variable of an analysis dataset comes to be, read off the ordered steps of its plan."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sdtm.adam.inputs import Inputs
from sdtm.adam.known_columns import PARAMETER_TEXTS
from sdtm.adam.plan import DatasetPlan, DerivationStep, ExpressionStep, MergeStep
from sdtm.stages import Dataset
from sdtm.submission.define_words import about, step_words

_COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LITERAL = re.compile(r"'(?:[^']|'')*'|-?[0-9]+(?:\.[0-9]+)?")


# Dataset -> column that steps see -> where it stands: AE -> AEDLT -> SUPPAE.AEDLT.
Columns = Mapping[str, Mapping[str, str]]


def columns_of(datasets: Mapping[str, Dataset]) -> Columns:
    """The columns that steps see in each dataset: its own, and the qualifiers of its SUPP-- by their QNAM."""
    found: dict[str, dict[str, str]] = {}
    for name, dataset in datasets.items():
        supplemental = datasets.get(f"SUPP{name}")
        qualifiers: list[str] = []
        if supplemental is not None and "QNAM" in supplemental.frame:
            qualifiers = sorted(map(str, supplemental.frame["QNAM"].dropna().unique()))
        found[name] = {qnam: f"SUPP{name}.{qnam}" for qnam in qualifiers}
        found[name] |= {column: f"{name}.{column}" for column in dataset.frame}
    return found


def columns_of_inputs(inputs: Inputs) -> Columns:
    """The same of SDTM as derivations see it, with its qualifiers beside the records."""
    return {
        name: {
            str(column): f"{'SUPP' if column in inputs.qualifiers.get(name, ()) else ''}{name}.{column}"
            for column in frame
        }
        for name, frame in inputs.frames.items()
    }


@dataclass(frozen=True, slots=True)
class Way:
    """One way to a value.

    ``kind``: Predecessor (``text``: DATASET.VARIABLE), Assigned, or Derived (in words). ``brief``: the same words
    without parameters, of a step that makes whole records.
    """

    kind: str
    text: str
    expression: str = ""  # SQL
    brief: str = ""


@dataclass(slots=True)
class Ways:
    """Ways of one dataset. ``variables``: in the order of the steps; ``parameters``: PARAMCD -> variable -> ways."""

    variables: dict[str, list[Way]] = field(default_factory=dict)
    parameters: dict[str, dict[str, list[Way]]] = field(default_factory=dict)
    records: list[Way] = field(default_factory=list)  # steps that make whole records

    def add(self, name: str, way: Way, *, instead: bool = False) -> None:
        """Note a way; ``instead``: of all before it."""
        ways = self.variables.setdefault(name, [])
        if instead:
            ways.clear()
        if way not in ways:
            ways.append(way)


def ways_of(plan: DatasetPlan, columns: Columns) -> Ways:
    """The ways of all variables that the steps of a dataset make or take over."""
    ways = Ways()
    spec = plan.spec
    for name, place in columns.get(spec.from_, {}).items():
        ways.add(name, Way("Predecessor", place))
    if plan.first is not None:
        _expressions(ways, plan.first)
    for parameter, _, setting in plan.parameters:
        own = ways.parameters.setdefault(parameter.PARAMCD, {})
        for name in PARAMETER_TEXTS:
            if getattr(parameter, name):
                ways.add(name, Way("Assigned", ""), instead=not _is_made(ways, name))
        for name, expression in setting.expressions if setting is not None else ():
            way = _way(ways, name, expression.text, expression.columns)
            own[name] = [way]
            ways.add(name, way)
    for merge in plan.merges:
        _merge(ways, merge, columns)
    for step in plan.steps:
        if isinstance(step, ExpressionStep):
            _expressions(ways, step)
        elif isinstance(step, MergeStep):
            _merge(ways, step, columns)
        else:
            _derivation(ways, step)
    return ways


def _is_made(ways: Ways, name: str) -> bool:
    return any(way.kind == "Derived" for way in ways.variables.get(name, ()))


def _expressions(ways: Ways, step: ExpressionStep) -> None:
    for name, expression in step.expressions:
        way = _way(ways, name, expression.text, expression.columns)
        condition = step.condition.text.strip() if step.condition is not None else ""
        if condition:
            text = way.text if way.kind == "Derived" else f"{name} is {expression.text.strip()}."
            way = Way("Derived", f"{text} Only where {condition}.", way.expression)
        ways.add(name, way, instead=not condition and name not in expression.columns)


def _way(ways: Ways, name: str, text: str, columns: Collection[str]) -> Way:
    """A column alone is a predecessor, a constant is assigned, all else is derived."""
    shown = " ".join(text.split())
    if _COLUMN.fullmatch(shown):
        before = ways.variables.get(shown, [])
        if len(before) == 1 and before[0].kind == "Predecessor":
            return before[0]
        return Way("Derived", f"{name} is {shown}.")
    if _LITERAL.fullmatch(shown):
        return Way("Assigned", "")
    read = f" from {', '.join(columns)}" if columns else ""
    return Way("Derived", f"{name} is computed{read} as: {shown}", shown)


def _merge(ways: Ways, step: MergeStep, columns: Columns) -> None:
    merge = step.merge
    plain = not (merge.where or merge.order)
    for name, taken in merge.take.items():
        source = columns.get(merge.from_, {}).get(taken, f"{merge.from_}.{taken}")
        if plain:
            way = Way("Predecessor", source)
        else:
            rows = f" Of the records where {' '.join(merge.where.split())}." if merge.where else ""
            chosen = f" The {merge.choose} in the order of {', '.join(merge.order)}." if merge.choose else ""
            way = Way("Derived", f"{source} of the same {', '.join(merge.by)}.{rows}{chosen}")
        ways.add(name, way, instead=True)


def _derivation(ways: Ways, step: DerivationStep) -> None:
    parameter = str(getattr(step.params, "parameter", "") or "")
    makes_records = step.derivation.makes == "records"
    brief = f"{f'{parameter}: ' if parameter else ''}{about(step)}" if makes_records else ""
    way = Way("Derived", step_words(step), brief=brief)
    if step.derivation.makes == "records":
        ways.records.append(way)
        if parameter:
            own = ways.parameters.setdefault(parameter, {})
            for name in step.made:
                own.setdefault(name, []).append(way)
    for name in step.made:
        if (
            name in ("PARAMCD", "PARAM")
            and ways.variables.get(name, [Way("Derived", "")])[0].kind == "Assigned"
        ):
            continue
        ways.add(name, way, instead=step.derivation.makes == "variables" and step.condition is None)
