"""Analysis datasets of a spec -> ordered steps with known columns; everything that is wrong is told at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from sdtm.mapping import sql
from sdtm.parameter_problems import keys_of, parameter_problems
from specs.adam_model import AnalysisDataset, AnalysisParameter, Merge
from specs.catalogue import SQL, TABLE, Derivation, Params
from specs.location import Location
from specs.model import Study
from specs.problems import Problem, ProblemsFound, suggest
from specs.standards.adam_ig import analysis_guide

Model = TypeVar("Model", bound=BaseModel)

# What a step may say beside the parameters of its derivation.
COMMON = ("from", "where")


@dataclass(frozen=True, slots=True)
class ExpressionStep:
    """Variables made by SQL over the record, in order; each sees those before it."""

    expressions: tuple[tuple[str, sql.Expression], ...]
    where: Location
    condition: sql.Expression | None = None

    @property
    def made(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.expressions)


@dataclass(frozen=True, slots=True)
class MergeStep:
    """Columns of another dataset."""

    merge: Merge
    where: Location
    condition: sql.Expression | None = None

    @property
    def made(self) -> tuple[str, ...]:
        return tuple(self.merge.take)


@dataclass(frozen=True, slots=True)
class DerivationStep:
    """A registered derivation with its parameters; ``source``: the dataset it reads instead of the records."""

    derivation: Derivation
    params: Params
    where: Location
    source: str = ""
    condition: sql.Expression | None = None

    @property
    def made(self) -> tuple[str, ...]:
        return self.derivation.made(self.params)


Step = ExpressionStep | MergeStep | DerivationStep


@dataclass(frozen=True, slots=True)
class DatasetPlan:
    """One analysis dataset: its records, then its steps in order."""

    spec: AnalysisDataset
    where: Location
    reads: tuple[str, ...]  # datasets, SDTM and ADaM
    condition: sql.Expression | None
    first: ExpressionStep | None
    parameters: tuple[tuple[AnalysisParameter, sql.Expression | None, ExpressionStep | None], ...]
    merges: tuple[MergeStep, ...]
    steps: tuple[Step, ...]

    @property
    def name(self) -> str:
        return self.spec.dataset

    @property
    def domain(self) -> str:
        """The two letters that ``--`` stands for."""
        if self.spec.class_ == "SDTM":
            return self.name[:2]
        return self.spec.from_[:2] if len(self.spec.from_) == 2 else self.name[2:4]


@dataclass(slots=True)
class AnalysisPlan:
    """All analysis datasets, each after those it reads."""

    study: Study
    datasets: list[DatasetPlan] = field(default_factory=list)


def plan_analyses(
    study: Study, derivations: Mapping[str, Derivation], columns: Mapping[str, Collection[str]] | None = None
) -> AnalysisPlan:
    """Compile every analysis dataset of a study.

    ``columns``: SDTM dataset -> its variables; with them unknown columns are told of. Raises
    ``ProblemsFound`` with everything that is wrong.
    """
    problems: list[Problem] = []
    analysis_guide(study.standards.adamig)
    compiled = [_Compiler(study, name, derivations, problems).dataset() for name in study.adam]
    ordered = _ordered(compiled, problems)
    if columns is not None and not problems:
        from sdtm.adam.known_columns import check_columns

        problems += check_columns(study, ordered, columns)
    if problems:
        raise ProblemsFound(problems)
    return AnalysisPlan(study, ordered)


class _Compiler:
    """Compiles one dataset of a spec; problems are collected."""

    def __init__(
        self,
        study: Study,
        name: str,
        derivations: Mapping[str, Derivation],
        problems: list[Problem],
    ) -> None:
        self.study, self.name, self.spec = study, name, study.adam[name]
        self.derivations, self.problems = derivations, problems
        self.reads: list[str] = []

    def dataset(self) -> DatasetPlan:
        spec = self.spec
        if spec.from_:
            self.reads.append(spec.from_)
        condition = self._condition(spec.where, "where")
        first = self._expressions(spec.set, ("set",))
        parameters = tuple(
            (
                parameter,
                self._condition(parameter.where, "parameters", place, "where"),
                self._expressions(parameter.set, ("parameters", place, "set")),
            )
            for place, parameter in enumerate(spec.parameters)
        )
        merges = tuple(self._merge(merge, "merge", place) for place, merge in enumerate(spec.merge))
        steps = []
        for place, item in enumerate(spec.derive):
            ((name, values),) = item.items()
            step = self._step(name, values, ("derive", place, name))
            if step is not None:
                steps.append(step)
        reads = tuple(dict.fromkeys(name for name in self.reads if name != self.name))
        return DatasetPlan(
            spec, self._where("dataset"), reads, condition, first, parameters, merges, tuple(steps)
        )

    def _where(self, *path: str | int) -> Location:
        return self.study.where("adam", self.name, *path)

    def _refuse(self, id: str, where: Location, found: str, expected: str, do: str = "") -> None:
        self.problems.append(Problem(id, where, found, expected, do))

    def _condition(self, text: str, *path: str | int) -> sql.Expression | None:
        return self._parsed(text, path) if text.strip() else None

    def _parsed(self, text: str, path: tuple[str | int, ...]) -> sql.Expression | None:
        try:
            return sql.parse(text, where=self._where(*path))
        except ProblemsFound as found:
            self.problems += found.problems
            return None

    def _expressions(self, texts: Mapping[str, Any], path: tuple[str | int, ...]) -> ExpressionStep | None:
        parsed = [(name, self._parsed(str(text), (*path, name))) for name, text in texts.items()]
        kept = tuple((name, expression) for name, expression in parsed if expression is not None)
        return ExpressionStep(kept, self._where(*path)) if kept else None

    def _merge(self, merge: Merge, *path: str | int) -> MergeStep:
        self.reads.append(merge.from_)
        condition = self._condition(merge.where, *path, "where")
        if merge.choose and not merge.order:
            self._refuse(
                "missing-key",
                self._where(*path),
                f"choose: {merge.choose} without order",
                "the columns that sort the rows",
            )
        return MergeStep(merge, self._where(*path), condition)

    def _step(self, name: str, values: dict[str, Any], path: tuple[str | int, ...]) -> Step | None:
        if name == "expr":
            return self._expression_step(values, path)
        if name == "merge":
            return self._merge_step(values, path)
        derivation = self.derivations.get(name)
        if derivation is None:
            known = [*self.derivations, "expr", "merge"]
            self._refuse(
                "unknown-derivation",
                self._where(*path),
                f"the derivation {name!r}",
                f"one of {', '.join(sorted(known))}",
                suggest(name, known),
            )
            return None
        source = str(values.get("from") or "")
        own_from = any((f.alias or n) == "from" for n, f in derivation.params.model_fields.items())
        own_where = any((f.alias or n) == "where" for n, f in derivation.params.model_fields.items())
        taken = {key for key, own in (("from", own_from), ("where", own_where)) if not own}
        condition = None if own_where else self._condition(str(values.get("where") or ""), *path, "where")
        params = self._validated(
            derivation.params, name, {k: v for k, v in values.items() if k not in taken}, path
        )
        if params is None:
            return None
        if own_from:
            source = ""
        if source and derivation.makes == "variables":
            self._refuse(
                "bad-value",
                self._where(*path, "from"),
                f"from: {source}",
                f"no `from` in {name}, which makes variables of the records of this dataset",
                "take it out",
            )
            return None
        self.reads += [*params.marked(TABLE), *([source] if source else [])]
        for text in params.marked(SQL):
            self._parsed(text, path)
        return DerivationStep(derivation, params, self._where(*path), source, condition)

    def _expression_step(self, values: dict[str, Any], path: tuple[str | int, ...]) -> Step | None:
        texts = {name: text for name, text in values.items() if name != "where"}
        step = self._expressions(texts, path)
        if step is None:
            if not texts:
                self._refuse("bad-value", self._where(*path), "expr without a variable", "variable: SQL")
            return None
        condition = self._condition(str(values.get("where") or ""), *path, "where")
        return ExpressionStep(step.expressions, step.where, condition)

    def _merge_step(self, values: dict[str, Any], path: tuple[str | int, ...]) -> Step | None:
        merge = self._validated(Merge, "merge", values, path)
        return self._merge(merge, *path) if merge is not None else None

    def _validated(
        self, model: type[Model], what: str, values: Mapping[str, Any], path: tuple[str | int, ...]
    ) -> Model | None:
        """The parameters of a step, or None and every problem that they have."""
        try:
            return model.model_validate(dict(values))
        except ValidationError as error:
            allowed = [*keys_of(model), *COMMON]
            self.problems += parameter_problems(
                error, what, values, allowed, lambda *key: self._where(*path, *key)
            )
            return None


def _ordered(plans: list[DatasetPlan], problems: list[Problem]) -> list[DatasetPlan]:
    """Each dataset after those it reads; a circle is shown as its path."""
    by_name = {plan.name: plan for plan in plans}
    done: list[DatasetPlan] = []
    way: list[str] = []

    def visit(name: str) -> None:
        plan = by_name[name]
        if plan in done:
            return
        if name in way:
            circle = " -> ".join([*way[way.index(name) :], name])
            problems.append(
                Problem(
                    "dataset-cycle",
                    plan.where,
                    circle,
                    "analysis datasets that read each other in one direction only",
                    "move what one needs of the other into a dataset before both",
                )
            )
            return
        way.append(name)
        for other in plan.reads:
            if other in by_name:
                visit(other)
        way.pop()
        if plan not in done:
            done.append(plan)

    for name in sorted(by_name, key=lambda name: (name != "ADSL", name)):
        visit(name)
    return done
