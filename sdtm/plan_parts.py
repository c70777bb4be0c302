"""The values that a plan consists of: domains, their sources, and the variables each source makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sdtm.mapping.sql import Expression
from sdtm.step import Step
from specs.location import NOWHERE, Location
from specs.model import Domain, Join, Source, Study
from specs.problems import Problem, ProblemsFound
from specs.standards import ImplementationGuide, Terminology


@dataclass(frozen=True, slots=True)
class VariablePlan:
    """One variable of one source: its steps are tried in order, the first that gives a value wins.

    ``stage``: 0 from raw alone; 1 needs reference dates, visits or standard results; 2 needs study days,
    epoch or baseline flags. ``row_level``: the same for all tests of a wide row.
    """

    name: str
    label: str
    type: str
    core: str
    steps: tuple[Step, ...]
    stage: int = 0
    row_level: bool = True
    origin: str = ""
    evaluator: str = ""
    idvar: str = ""  # of a supplemental qualifier, if not --SEQ
    location: Location = NOWHERE


@dataclass(frozen=True, slots=True)
class FindingsPlan:
    """One test of a wide form."""

    testcd: str
    test: str
    result: VariablePlan
    unit: VariablePlan | None
    status: VariablePlan | None
    reason: VariablePlan | None
    where: Expression | None
    extra: tuple[VariablePlan, ...]
    location: Location


@dataclass(frozen=True, slots=True)
class NotDonePlan:
    where: Expression
    reason: VariablePlan | None
    tests: tuple[str, ...]
    form: tuple[str, str] | None  # --TESTCD and --TEST of the one record
    location: Location


@dataclass(frozen=True, slots=True)
class SourcePlan:
    domain: str
    number: int
    table: str
    from_domain: str
    where: Expression | None
    because: str
    joins: tuple[tuple[Join, Expression | None, Location], ...]
    subject: tuple[VariablePlan, ...]
    visit: VariablePlan | None
    variables: tuple[VariablePlan, ...]
    tests: tuple[FindingsPlan, ...]
    not_done: tuple[NotDonePlan, ...]
    supp: tuple[VariablePlan, ...]
    location: Location
    definition: Source

    def steps(self) -> list[tuple[str, Step]]:
        """Every step with the variable it makes, for lineage."""
        plans = [*self.subject, *self.variables, *self.supp]
        plans += [plan for plan in (self.visit,) if plan]
        for test in self.tests:
            plans += [p for p in (test.result, test.unit, test.status, test.reason) if p]
            plans += test.extra
        plans += [nd.reason for nd in self.not_done if nd.reason]
        return [(plan.name, step) for plan in plans for step in plan.steps]

    def conditions(self) -> list[Expression]:
        found = [self.where] + [condition for _, condition, _ in self.joins]
        found += [test.where for test in self.tests] + [nd.where for nd in self.not_done]
        found += [step.where for _, step in self.steps()]
        return [condition for condition in found if condition is not None]


@dataclass(frozen=True, slots=True)
class DomainPlan:
    name: str
    label: str
    class_name: str
    structure: str
    keys: tuple[str, ...]
    definition: Domain
    sources: tuple[SourcePlan, ...]
    test_names: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_findings(self) -> bool:
        return self.class_name.startswith("Findings")


@dataclass(frozen=True, slots=True)
class Plan:
    study: Study
    guide: ImplementationGuide
    terminology: Terminology
    domains: Mapping[str, DomainPlan]
    cut_offs: SourcePlan | None = None  # the data cut-off date of each subject, as variable DCUTDTC

    def order(self) -> list[str]:
        """Domains so that one made from another comes after it."""
        done: list[str] = []
        waiting = list(self.domains)
        while waiting:
            ready = [
                name
                for name in waiting
                if all(
                    s.from_domain in (*done, "") or s.from_domain == name for s in self.domains[name].sources
                )
            ]
            if not ready:
                raise ProblemsFound(
                    Problem(
                        "domain-cycle",
                        self.study.where("sdtm", waiting[0]),
                        f"{' and '.join(waiting)} are made from each other",
                        "from_domain without a circle",
                    )
                )
            done += ready
            waiting = [name for name in waiting if name not in ready]
        return done
