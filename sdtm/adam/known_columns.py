"""Which variables each analysis dataset has after each step; a name that is not among them is told of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sdtm.adam.finish import NUMBERED, SEQUENCE
from sdtm.adam.plan import DatasetPlan, DerivationStep, ExpressionStep, MergeStep, Step
from sdtm.derivations.source_row import SOURCE_ROW
from sdtm.mapping import sql
from specs.catalogue import TABLE
from specs.location import Location
from specs.model import Study
from specs.problems import Problem, suggest

PARAMETER_TEXTS = ("PARAMCD", "PARAM", "PARAMN", "PARCAT1", "PARCAT2", "PARCAT3")


def check_columns(
    study: Study, plans: Sequence[DatasetPlan], columns: Mapping[str, Collection[str]]
) -> list[Problem]:
    """Unknown datasets and variables of all analyses; ``columns``: SDTM dataset -> its variables."""
    known: dict[str, list[str]] = {name: list(names) for name, names in columns.items()}
    problems: list[Problem] = []
    for plan in plans:
        problems += _Checker(plan, known).problems()
    return problems


class _Checker:
    def __init__(self, plan: DatasetPlan, known: dict[str, list[str]]) -> None:
        self.plan, self.known = plan, known
        self.found: list[Problem] = []
        self.columns: dict[str, None] = {}

    def problems(self) -> list[Problem]:
        """Walk the steps; afterwards ``known`` holds what this dataset offers to others."""
        plan, spec = self.plan, self.plan.spec
        for name in plan.reads:
            if name not in self.known:
                self._unknown("unknown-dataset", name, self.known, plan.where, "dataset")
        self.columns = dict.fromkeys(self.known.get(spec.from_, ()))
        if not spec.from_:  # records come of derivations, which make the keys of the merges, too
            self.columns = dict.fromkeys(name for step in plan.merges for name in step.merge.by.values())
        complete = all(name in self.known for name in plan.reads)
        if complete:
            self._condition(plan.condition)
            self._step(plan.first)
            for parameter, condition, setting in plan.parameters:
                self._condition(condition)
                self._step(setting)
                texts = parameter.model_dump(include=set(PARAMETER_TEXTS))
                self.columns.update(dict.fromkeys(name for name, text in texts.items() if text))
            for step in (*plan.merges, *plan.steps):
                self._step(step)
            for key in ("keep", "drop", "keys"):
                self._all(getattr(spec, key), plan.where)
        numbered = (SEQUENCE,) if spec.class_ in NUMBERED else ()
        offered = dict.fromkeys([*(spec.keep or self.columns), *numbered])
        self.known[plan.name] = [name for name in offered if name not in spec.drop]
        return self.found

    def _step(self, step: Step | None) -> None:
        if isinstance(step, ExpressionStep):
            self._condition(step.condition)
            for name, expression in step.expressions:
                self._all(expression.columns, expression.where)
                self.columns[name] = None
        elif isinstance(step, MergeStep):
            merge = step.merge
            self._all(merge.by.values(), step.where)
            other = self.known.get(merge.from_, [])
            read = step.condition.columns if step.condition else ()
            for name in (*merge.by, *merge.take.values(), *(n.removeprefix("-") for n in merge.order), *read):
                if name not in other:
                    self._unknown("unknown-column", name, other, step.where, f"variable of {merge.from_}")
            self.columns.update(dict.fromkeys(merge.take))
        elif isinstance(step, DerivationStep):
            self._derivation(step)

    def _derivation(self, step: DerivationStep) -> None:
        read = self.known.get(step.source, []) if step.source else list(self.columns)
        names = step.params.columns()
        if step.condition:
            names += step.condition.columns
        for name in names:
            if name not in read:
                of = step.source or self.plan.name
                self._unknown("unknown-column", name, read, step.where, f"variable of {of}")
        for table in step.params.marked(TABLE):
            if table not in self.known and table != self.plan.name:
                self._unknown("unknown-dataset", table, self.known, step.where, "dataset")
        self.columns.update(dict.fromkeys(name for name in step.made if name != SOURCE_ROW))

    def _condition(self, condition: sql.Expression | None) -> None:
        if condition:
            self._all(condition.columns, condition.where)

    def _all(self, names: Collection[str], where: Location) -> None:
        for name in names:
            if name not in self.columns:
                of = f"variable that {self.plan.name} has at this step"
                self._unknown("unknown-column", name, self.columns, where, of)

    def _unknown(self, id: str, name: str, known: Collection[str], where: Location, what: str) -> None:
        shown = ", ".join(sorted(known)[:40])
        self.found.append(Problem(id, where, repr(name), f"a {what}: {shown}", suggest(name, known)))
