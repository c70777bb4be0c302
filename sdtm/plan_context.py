"""What the planning of one domain knows, and the list its problems go to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sdtm.compile_rule import RuleCompiler
from sdtm.compile_tests import DomainTests
from sdtm.plan_parts import VariablePlan
from sdtm.step import Step
from specs.location import Location
from specs.model import Domain, Source, Study
from specs.problems import Problem
from specs.standards import ImplementationGuide, VariableDefinition


@dataclass(frozen=True, slots=True)
class Planning:
    """One domain while it is compiled. ``problems`` is shared by all domains, so that all are told at once."""

    study: Study
    guide: ImplementationGuide
    name: str
    definition: Domain
    columns: Mapping[str, Collection[str]] | None
    rules: RuleCompiler
    tests: DomainTests
    problems: list[Problem]

    def refuse(self, id: str, where: Location, found: str, expected: str, do: str = "") -> None:
        self.problems.append(Problem(id, where, found, expected, do))

    def variable(
        self, target: str, definition: VariableDefinition, steps: Sequence[Step], path: tuple[Any, ...]
    ) -> VariablePlan:
        """A variable of the standard with the steps that make it."""
        return VariablePlan(
            target,
            definition.label,
            definition.type,
            definition.core,
            tuple(steps),
            origin=next((step.origin for step in steps if step.origin), ""),
            location=self.study.where(*path),
        )

    def target(self, target: str, source: Source, path: tuple[Any, ...]) -> VariableDefinition | None:
        """What the standard says of a variable that a mapping makes; None and a problem if none may make it."""
        made = {"STUDYID": "study:", "DOMAIN": "domain:", f"{self.name}SEQ": "sequence:"}
        raw = self.study.raw.datasets.get(source.from_)
        made |= dict.fromkeys(["USUBJID", *self.study.subject, *(raw.subject if raw else ())], "subject:")
        if target in made:
            found, key = f"a mapping of {target}", made[target]
            expected = f"variables that `{key}` does not make"
            where = self.study.where(*path)
            self.refuse("made-elsewhere", where, found, expected, f"say it under {key}")
            return None
        return self.rules.definition(target, path)
