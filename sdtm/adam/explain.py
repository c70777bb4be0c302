"""Where a value of an analysis dataset comes from: through its steps to SDTM, and on to the raw cell.

The analyses are made again from the SDTM of the output folder by the plan that the run walked; what a step read
is told with its values, and each of these is followed in its turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sdtm.adam.engine import Analyses, derive_analyses
from sdtm.adam.inputs import Inputs, read_sdtm, without_made
from sdtm.adam.notes import value_text
from sdtm.adam.plan import DatasetPlan, DerivationStep, ExpressionStep, MergeStep, Step
from sdtm.adam.sdtm_columns import with_planned_columns
from sdtm.adam.steps import mask_of
from sdtm.step import columns_read
from sdtm.trace.explain import Explainer, open_output
from sdtm.trace.explained import Explanation
from sdtm.trace.record_keys import near_records, tell_apart
from specs.catalogue import TABLE
from specs.location import Location
from specs.model import Study
from specs.problems import Problem, ProblemsFound, suggest

RECORDS_SHOWN = 6
IDENTIFIERS = ("STUDYID", "USUBJID", "DOMAIN")


@dataclass(slots=True)
class ToldStep:
    """One step: what it says, what it read in this record, and which records of other datasets."""

    rule: str
    where: str
    said: str = ""
    reads: dict[str, str] = field(default_factory=dict)
    records: dict[str, list[str]] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        yield f"{self.rule}  ({self.where})"
        if self.said:
            yield f"  rule   {self.said}"
        for name, value in self.reads.items():
            yield f"  read   {name} = {value!r}"
        for dataset, records in self.records.items():
            for record in records:
                yield f"  {dataset:<6} {record}"


@dataclass(slots=True)
class ToldValue:
    """One value of an analysis dataset with its steps, in order; ``sdtm`` where it is a value of SDTM."""

    dataset: str
    variable: str
    record: str
    value: str
    steps: list[ToldStep] = field(default_factory=list)
    sdtm: Explanation | None = None

    def lines(self) -> Iterator[str]:
        yield f"{self.dataset}.{self.variable} = {self.value!r}"
        yield f"  record  {self.record}"
        for number, step in enumerate(self.steps, 1):
            first, *rest = step.lines()
            yield f"  {number}. {first}"
            yield from (f"     {line}" for line in rest)


@dataclass(slots=True)
class AnalysisExplanation:
    """The value that was asked for, then each value it rests on, the nearest first."""

    values: list[ToldValue]

    def text(self) -> str:
        parts = []
        for told in self.values:
            parts.append(told.sdtm.text() if told.sdtm is not None else "\n".join(told.lines()))
        return "\n\n".join(parts)

    def as_json(self) -> dict[str, Any]:
        return {
            "values": [
                told.sdtm.as_json()
                if told.sdtm is not None
                else {
                    "dataset": told.dataset,
                    "variable": told.variable,
                    "record": told.record,
                    "value": told.value,
                    "steps": [
                        {
                            "rule": step.rule,
                            "where": step.where,
                            "said": step.said,
                            "read": step.reads,
                            "records": step.records,
                        }
                        for step in told.steps
                    ],
                }
                for told in self.values
            ]
        }


def explain_analysis(
    out: Path, dataset: str, variable: str, keys: Mapping[str, str], study: Study
) -> AnalysisExplanation:
    """Explain one value of an analysis dataset of an output folder.

    Raises ``ProblemsFound`` when the spec or a raw file has changed since, or the key does not name one record.
    """
    opened = open_analyses(out, study)
    frame = opened.analyses.frames[dataset]
    if variable not in frame:
        expected = f"a variable of {dataset}: {', '.join(frame)}"
        where = Location(str(out))
        raise ProblemsFound(
            Problem("no-such-variable", where, repr(variable), expected, suggest(variable, frame))
        )
    return opened.follow(dataset, variable, _row(frame, dataset, keys, out))


def open_analyses(out: Path, study: Study, whole: bool = False) -> AnalysisExplainer:
    """The analyses of an output folder, made again; ``whole``: many values will be asked for."""
    explainer = open_output(out, study, whole)
    inputs = with_planned_columns(read_sdtm(out / "sdtm", _without_made(study)), explainer.plan)
    analyses = derive_analyses(study, without_made(inputs, study))
    return AnalysisExplainer(explainer, analyses, inputs)


def _without_made(study: Study) -> Study:
    """The study without analyses, so that datasets made of them are read like any other."""
    return study.model_copy(update={"adam": {}})


def _row(frame: pd.DataFrame, dataset: str, keys: Mapping[str, str], out: Path) -> int:
    """The one record that the keys name."""
    masks: dict[str, np.ndarray] = {}
    for name, wanted in keys.items():
        if name not in frame:
            expected = f"variables of {dataset}: {', '.join(frame)}"
            raise ProblemsFound(
                Problem("no-such-variable", Location(str(out)), repr(name), expected, suggest(name, frame))
            )
        masks[name] = np.array([value_text(cell) == wanted for cell in frame[name]], dtype=bool)
    rows = np.flatnonzero(np.logical_and.reduce(list(masks.values())))
    if len(rows) == 1:
        return int(rows[0])
    said = " ".join(f"{name}={value}" for name, value in keys.items())
    raise ProblemsFound(
        Problem(
            "no-such-record" if not len(rows) else "several-records",
            Location(str(out)),
            f"{len(rows)} records of {dataset} with {said}",
            "exactly one record",
            tell_apart(frame, dataset, rows, value_text)
            if len(rows)
            else near_records(frame, dataset, keys, masks, value_text),
        )
    )


class AnalysisExplainer:
    """Follows values of analysis datasets back, each value once."""

    def __init__(self, explainer: Explainer, analyses: Analyses, inputs: Inputs) -> None:
        self.explainer, self.analyses, self.inputs = explainer, analyses, inputs
        self.plans = {plan.name: plan for plan in analyses.plan.datasets}
        self.waiting: list[tuple[str, str, int]] = []
        self.seen: set[tuple[str, str, int]] = set()

    def follow(self, dataset: str, variable: str, row: int) -> AnalysisExplanation:
        """Explain the value of one record of ``analyses.frames[dataset]``, by its position."""
        self.waiting, self.seen = [], set()
        self._next(dataset, variable, row)
        values = []
        while self.waiting:
            values.append(self._told(*self.waiting.pop(0)))
        return AnalysisExplanation(values)

    def _next(self, dataset: str, variable: str, row: int) -> None:
        cell = (dataset, variable, row)
        if variable not in IDENTIFIERS and row >= 0 and cell not in self.seen:
            self.seen.add(cell)
            self.waiting.append(cell)

    def _told(self, dataset: str, variable: str, row: int) -> ToldValue:
        if dataset not in self.plans:
            return self._of_sdtm(dataset, variable, row)
        frame, plan = self.analyses.frames[dataset], self.plans[dataset]
        record = frame.iloc[row]
        told = ToldValue(dataset, variable, _record_text(record, dataset), value_text(record.get(variable)))
        origin = self.analyses.origins[dataset].iloc[row]
        for number, step in self._steps(plan, variable, int(origin["step"])):
            told.steps.append(self._step(plan, step, variable, record, number == int(origin["step"])))
        source, position = origin["dataset"], int(origin["row"])
        if not told.steps and isinstance(source, str):
            # Nothing made it, so it is a copy of the record that this one comes from.
            self._next(source, variable, position)
            told.steps.append(ToldStep(f"copied from {source}", str(plan.where)))
        elif int(origin["step"]) >= 0 and isinstance(source, str) and position >= 0:
            name = record.get("SRCVAR") if isinstance(record.get("SRCVAR"), str) else ""
            self._next(source, name or variable, position)
        return told

    def _of_sdtm(self, dataset: str, variable: str, row: int) -> ToldValue:
        frame = self.inputs.frames[dataset]
        record = frame.iloc[row]
        told = ToldValue(dataset, variable, _record_text(record, dataset), value_text(record.get(variable)))
        written = self.explainer.dataset(dataset)
        if variable in written:
            told.sdtm = self.explainer.cell(dataset, variable, row)
            told.sdtm.keys = {
                name: value_text(record[name]) for name in ("USUBJID", f"{dataset}SEQ") if name in record
            }
            return told
        qualifiers = self.inputs.frames.get(dataset, frame)
        kind = "a qualifier of SUPP" + dataset if variable in qualifiers else "a variable without any value"
        told.steps.append(ToldStep(f"{kind}, read beside its record", f"sdtm explain OUT SUPP{dataset} QVAL"))
        return told

    def _steps(self, plan: DatasetPlan, variable: str, made_by: int) -> Iterator[tuple[int, Step]]:
        """The steps that may have set a variable of a record, in order; ``made_by``: the step that made it."""
        if made_by < 0:
            before = [step for step in (plan.first,) if step is not None]
            before += [setting for _, _, setting in plan.parameters if setting is not None]
            yield from ((-1, step) for step in before if variable in step.made)
        yield from ((-1, merge) for merge in plan.merges if variable in merge.made)
        for number, step in enumerate(plan.steps):
            makes_records = isinstance(step, DerivationStep) and step.derivation.makes == "records"
            if number < made_by or (makes_records and number != made_by):
                continue
            if number == made_by or variable in step.made:
                yield number, step

    def _step(
        self, plan: DatasetPlan, step: Step, variable: str, record: pd.Series, made_record: bool
    ) -> ToldStep:
        if isinstance(step, ExpressionStep):
            return self._expression(plan, step, variable, record)
        if isinstance(step, MergeStep):
            return self._merge(step, variable, record)
        told = ToldStep(step.derivation.name, str(step.where), _params_text(step))
        value = value_text(record.get(variable))
        if made_record:
            told.rule += " made this record"
        else:
            self._read(plan, told, columns_read(step.params), record)
            told.records |= self._of_group(plan.name, step, record, told.reads, value)
        others = [*step.params.marked(TABLE), *([step.source] if step.source else [])]
        own = [plan.name] if made_record and not step.source else []
        for other in dict.fromkeys([*own, *others]):
            told.records[other] = self._of_subject(other, record, step, value)
        return told

    def _expression(
        self, plan: DatasetPlan, step: ExpressionStep, variable: str, record: pd.Series
    ) -> ToldStep:
        """The expression of the variable; what it reads is followed, also within the same step."""
        expression = dict(step.expressions)[variable]
        told = ToldStep("expr", f"{expression.where}", expression.text)
        self._read(plan, told, [name for name in expression.columns if name != variable], record)
        if step.condition:
            told.said += f"  where {step.condition.text}"
        return told

    def _merge(self, step: MergeStep, variable: str, record: pd.Series) -> ToldStep:
        merge = step.merge
        theirs = merge.take[variable]
        told = ToldStep(f"{theirs} of {merge.from_}", str(step.where))
        other = self._table(merge.from_)
        rows = mask_of(other, step.condition)
        for key, ours in merge.by.items():
            told.reads[ours] = value_text(record.get(ours))
            rows &= (other[key] == record.get(ours)).fillna(False).to_numpy(dtype=bool)
        met = np.flatnonzero(rows)
        shown = [theirs, *(name.removeprefix("-") for name in merge.order)]
        told.records[merge.from_] = [
            _pairs({name: value_text(other[name].iloc[row]) for name in dict.fromkeys(shown)})
            for row in met[:RECORDS_SHOWN]
        ]
        if len(met) == 1:
            self._next(merge.from_, theirs, int(met[0]))
        said = [f"where {merge.where}"] if merge.where else []
        if merge.choose:
            said.append(f"the {merge.choose} by {', '.join(merge.order)}")
        told.said = "; ".join(said)
        return told

    def _read(self, plan: DatasetPlan, told: ToldStep, names: Any, record: pd.Series) -> None:
        for name in names:
            if name not in record.index:
                self._not_kept(plan, told, name, int(record.name))  # type: ignore[call-overload]
                continue
            told.reads[name] = value_text(record[name])
            self._next(plan.name, name, int(record.name))  # type: ignore[call-overload]

    def _not_kept(self, plan: DatasetPlan, told: ToldStep, name: str, row: int) -> None:
        """A variable used on the way: that of the record this one comes from, or made in between."""
        origin = self.analyses.origins[plan.name].iloc[row]
        source, position = origin["dataset"], int(origin["row"])
        frame = self._table(source) if isinstance(source, str) else pd.DataFrame()
        if name in frame and position >= 0:
            told.reads[name] = value_text(frame[name].iloc[position])
            self._next(source, name, position)
        else:
            told.reads[name] = "(made on the way, not in the dataset)"

    def _of_group(
        self, dataset: str, step: DerivationStep, record: pd.Series, reads: Mapping[str, str], value: str
    ) -> dict[str, list[str]]:
        """The other records that a step by groups (``by``, ``within``) saw beside this one, such as the baseline."""
        frame = self._table(dataset)
        by = getattr(step.params, "by", ()) or getattr(step.params, "within", ())
        if not isinstance(by, tuple) or not by or not set(by) <= set(frame):
            return {}
        same = np.ones(len(frame), dtype=bool)
        for name in by:
            same &= (frame[name].eq(record[name]) | (frame[name].isna() & pd.isna(record[name]))).to_numpy()
        same[int(record.name)] = False  # type: ignore[call-overload]
        own = [name for name in (f"{dataset[2:4]}SEQ", "ADT", "ASEQ") if name in frame]
        names = [name for name in dict.fromkeys([*own, *reads]) if name in frame and name not in by]
        return {dataset: _some_records(frame.loc[same, names], value)} if same.any() and names else {}

    def _of_subject(self, dataset: str, record: pd.Series, step: DerivationStep, value: str) -> list[str]:
        frame = self._table(dataset)
        subject = record.get("USUBJID")
        if "USUBJID" not in frame or not isinstance(subject, str):
            return [f"{len(frame)} records"]
        rows = frame[frame["USUBJID"] == subject]
        named = _texts_in(step.params.model_dump())
        own = [name for name in (f"{dataset}SEQ", "PARAMCD", "ASEQ") if name in frame]
        read = [name for name in frame if name in named and name not in IDENTIFIERS]
        names = list(dict.fromkeys([*own, *read]))
        return _some_records(rows[names], value) or ["no record"]

    def _table(self, dataset: str) -> pd.DataFrame:
        return self.analyses.frames.get(dataset, self.inputs.frames.get(dataset, pd.DataFrame()))


def _record_text(record: pd.Series, dataset: str) -> str:
    names = ["USUBJID", f"{dataset[:2]}SEQ", f"{dataset[2:4]}SEQ", "PARAMCD", "ADT", "ASEQ"]
    names += ["RDOMAIN", "IDVAR", "IDVARVAL"]  # of RELREC
    return " ".join(f"{n}={value_text(record[n])}" for n in dict.fromkeys(names) if n in record.index)


def _some_records(rows: pd.DataFrame, value: str) -> list[str]:
    """The first records, those after them that hold the value, and how many more there are."""
    texts = {name: [value_text(cell) for cell in rows[name]] for name in rows}
    told = [{name: column[at] for name, column in texts.items()} for at in range(len(rows))]
    holding = [at for at in range(RECORDS_SHOWN, len(told)) if _holds(told[at], value)][:RECORDS_SHOWN]
    shown = [_pairs(each) for each in (*told[:RECORDS_SHOWN], *(told[at] for at in holding))]
    hidden = len(told) - len(shown)
    return [*shown, *([f"… and {hidden} more records"] if hidden > 0 else [])]


def _holds(record: Mapping[str, str], value: str) -> bool:
    """Whether a value stands in a record, also a date in a date with a time."""
    return bool(value) and any(
        text == value or text.split("T")[0] == value for text in record.values() if text
    )


def _pairs(values: Mapping[str, str]) -> str:
    return ", ".join(f"{name} = {value!r}" for name, value in values.items() if value)


def _params_text(step: DerivationStep) -> str:
    values = step.params.model_dump(by_alias=True, exclude_defaults=True)
    said = ", ".join(f"{name}: {value}" for name, value in values.items())
    return said + (f"  where {step.condition.text}" if step.condition else "")


def _texts_in(value: Any) -> set[str]:
    if isinstance(value, Mapping):
        return {text for item in value.values() for text in _texts_in(item)}
    if isinstance(value, list | tuple):
        return {text for item in value for text in _texts_in(item)}
    return {value} if isinstance(value, str) else set()
