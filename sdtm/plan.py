"""A study spec compiled to ordered steps, with everything the standards say already resolved.

What ``sdtm spec show`` prints is what ``sdtm run`` walks. The plan holds no data; it knows of the raw
files only their column names (where they are given), so that a wrong name fails here, together with
all other problems.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sdtm.compile_rule import Names, RuleCompiler, Step, compile_condition
from sdtm.mapping.sql import Expression
from sdtm.plan_checks import plan_problems
from specs.catalogue import Catalogue
from specs.lint import lint
from specs.location import NOWHERE, Location
from specs.model import Domain, Join, NotDone, Source, Study
from specs.problems import Problem, ProblemsFound, suggest
from specs.standards import (
    ImplementationGuide,
    Terminology,
    VariableDefinition,
    ct_folder,
    implementation_guide,
    terminology,
)

# Made by the finishing steps, not by a mapping, unless the spec maps them.
AFTER_DATES = ("VISIT", "VISITNUM", "VISITDY", "--STRESC", "--STRESN", "--STRESU")
AFTER_DAYS = ("EPOCH", "--DY", "--STDY", "--ENDY", "--LOBXFL")
REFERENCE_DATES = (
    "RFSTDTC",
    "RFENDTC",
    "RFXSTDTC",
    "RFXENDTC",
    "RFICDTC",
    "RFPENDTC",
    "DTHDTC",
    "RFCSTDTC",
    "RFCENDTC",
)


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


def make_plan(
    study: Study, catalogue: Catalogue, columns: Mapping[str, Collection[str]] | None = None
) -> Plan:
    """Compile a study.

    ``columns``: the column names of each raw dataset, where the files have been read; unknown columns
    are then problems. Raises ``ProblemsFound`` with everything that is wrong.
    """
    problems = [problem for problem in lint(study) if problem.severity == "error"]
    try:
        guide = implementation_guide(study.standards.sdtmig)
        words = terminology(study.standards.ct, folder=ct_folder())
    except ProblemsFound:  # lint has told it, with file and line
        raise ProblemsFound(problems) from None
    domains: dict[str, DomainPlan] = {}
    for name, definition in study.sdtm.items():
        planner = _DomainPlanner(study, guide, words, catalogue, name, definition, columns, problems)
        compiled = planner.plan()
        if compiled is not None:
            domains[name] = compiled
    problems += plan_problems(study, guide, domains, columns)
    plan = Plan(study, guide, words, domains)
    if not problems:
        plan.order()
        return plan
    raise ProblemsFound(problems)


def _class_name(guide: ImplementationGuide, name: str, definition: Domain) -> str:
    """The class as the guide writes it; as the spec has it where it is no class."""
    try:
        known = guide.dataset(name, definition.class_)
    except ProblemsFound:
        return definition.class_
    return known.class_name if known is not None else ""


class _DomainPlanner:
    """Compiles one domain; problems go to the shared list, so that all are told at once."""

    def __init__(
        self,
        study: Study,
        guide: ImplementationGuide,
        words: Terminology,
        catalogue: Catalogue,
        name: str,
        definition: Domain,
        columns: Mapping[str, Collection[str]] | None,
        problems: list[Problem],
    ) -> None:
        self.study, self.guide, self.words = study, guide, words
        self.catalogue, self.name, self.definition = catalogue, name, definition
        self.columns, self.problems = columns, problems
        self.class_name = _class_name(guide, name, definition)
        self.rules = RuleCompiler(study, guide, words, catalogue, name, self.class_name, problems)

    def plan(self) -> DomainPlan | None:
        known = self.guide.datasets.get(self.name)
        if known is None and not self.definition.class_:
            self.problems.append(
                Problem(
                    "unknown-domain",
                    self.study.where("sdtm", self.name),
                    f"domain {self.name!r}",
                    f"a domain of SDTMIG {self.study.standards.sdtmig}, or a custom one with `class:`",
                    suggest(self.name, self.guide.datasets)
                    or "write class: Events, Interventions or Findings for a domain of your own",
                )
            )
            return None
        if known is None and len(self.name) != 2:  # SDTMIG 3.4, 2.6: custom domains have two characters
            where, rule = self.study.where("sdtm", self.name, "domain"), "two characters, a letter first"
            self.problems.append(
                Problem("bad-name", where, f"domain {self.name!r}", rule, f"write {self.name[:2]}")
            )
            return None
        try:
            self.guide.variables(self.name, self.class_name)
        except ProblemsFound as found:  # the class is no class
            where = self.study.where("sdtm", self.name, "class")
            self.problems += [replace(problem, where=where) for problem in found.problems]
            return None
        keys = self.definition.keys or (known.keys if known else ("STUDYID", "USUBJID"))
        for i, variable in enumerate(self.definition.keys):
            self.rules.definition(variable, ("sdtm", self.name, "keys", i))
        sources = [self._source(i, source) for i, source in enumerate(self.definition.sources)]
        return DomainPlan(
            name=self.name,
            label=self.definition.label or (known.label if known else self.name),
            class_name=self.class_name,
            structure=self.definition.structure or (known.structure if known else ""),
            keys=tuple(keys),
            definition=self.definition,
            sources=tuple(source for source in sources if source is not None),
            test_names=self.rules.test_names(),
        )

    def _source(self, number: int, source: Source) -> SourcePlan | None:
        path = ("sdtm", self.name, "sources", number)
        where = self.study.where(*path)
        names = self._names(source, path)
        if names is None:
            return None
        rules = self.rules
        condition = compile_condition(
            source.where, names, self.study.where(*path, "where"), self.problems, raw_only=True
        )
        joins = []
        for i, join in enumerate(source.join):
            place = self.study.where(*path, "join", i)
            inner = Names("raw", raw=self._columns_of(join.table, place), own=frozenset(), table=join.table)
            joins.append(
                (join, compile_condition(join.where, inner, place, self.problems, raw_only=True), place)
            )
        tests = tuple(
            plan
            for code, test in source.findings.items()
            if (plan := self._test(code, test, source, names, (*path, "findings", code))) is not None
        )
        variables = []
        for target, rule in source.map.items():
            key = (*path, "map", target)
            definition = self._target(target, source, key)
            if definition is not None:
                steps = rules.compile(target, definition, rule, names, key)
                variables.append(self._variable(target, definition, steps, key))
        supp = [
            qualifier
            for qnam, rule in source.supp.items()
            if (qualifier := self._qualifier(qnam, rule, names, (*path, "supp", qnam))) is not None
        ]
        visit = None
        if source.visit is not None or names.visit:
            rule = source.visit if source.visit is not None else names.visit
            steps = rules.compile("VISIT", None, rule, names, (*path, "visit"))
            visit = VariablePlan("VISIT", "", "Char", "", steps, location=self.study.where(*path, "visit"))
        staged = _staged([*variables, *supp], self.name, bool(tests), self.problems)
        return SourcePlan(
            domain=self.name,
            number=number,
            table=source.from_,
            from_domain=source.from_domain,
            where=condition,
            because=source.because,
            joins=tuple(joins),
            subject=self._subject(source, names, path),
            visit=visit,
            variables=tuple(staged[: len(variables)]),
            tests=tests,
            not_done=self._not_done(source, names, path),
            supp=tuple(staged[len(variables) :]),
            location=where,
            definition=source,
        )

    def _columns_of(self, table: str, where: Location) -> frozenset[str] | None:
        if table not in self.study.raw.datasets:
            self.problems.append(
                Problem(
                    "unknown-dataset",
                    where,
                    f"raw dataset {table!r}",
                    f"one of raw.datasets: {', '.join(self.study.raw.datasets) or 'none is declared'}",
                    suggest(table, self.study.raw.datasets),
                )
            )
            return None
        if self.columns is None or table not in self.columns:
            return None
        return frozenset(self.columns[table])

    def _names(self, source: Source, path: tuple[Any, ...]) -> Names | None:
        where = self.study.where(*path)
        if bool(source.from_) == bool(source.from_domain):
            self.problems.append(
                Problem(
                    "source-without-table",
                    where,
                    "both `from` and `from_domain`" if source.from_ else "neither `from` nor `from_domain`",
                    "one of them",
                    "write from: and the name of a raw dataset",
                )
            )
            return None
        own = self._own(source)
        if source.from_domain:
            if source.from_domain not in self.study.sdtm:
                self.problems.append(
                    Problem(
                        "unknown-domain",
                        where,
                        f"from_domain {source.from_domain!r}",
                        f"a domain of this study: {', '.join(self.study.sdtm)}",
                        suggest(source.from_domain, self.study.sdtm),
                    )
                )
                return None
            made = frozenset(v.name for v in self.guide.variables(source.from_domain))
            return Names(self.name, raw=made, own=own, table=source.from_domain)
        before = len(self.problems)
        raw = self._columns_of(source.from_, where)
        if len(self.problems) > before:
            return None
        joined: set[str] = set()
        for join in source.join:
            joined |= set(join.take)
        visit = self.study.raw.datasets[source.from_].visit or self.study.raw.visit
        if visit and raw is not None and visit not in raw:
            visit = ""
        return Names(
            self.name,
            raw=None if raw is None else raw | joined,
            own=own,
            table=source.from_,
            visit=visit,
        )

    def _own(self, source: Source) -> frozenset[str]:
        """Variables of this domain that another mapping of the source may read."""
        made = {
            "STUDYID",
            "DOMAIN",
            "USUBJID",
            "SITEID",
            "SUBJID",
            *source.map,
            *self.definition.reference_dates,
        }
        made |= {pattern.replace("--", self.name) for pattern in (*AFTER_DATES, *AFTER_DAYS)}
        if self.name == "DM":
            made |= set(REFERENCE_DATES)
        if source.findings or source.not_done:
            made |= {f"{self.name}{part}" for part in ("TESTCD", "TEST", "ORRES", "ORRESU", "STAT", "REASND")}
            for test in source.findings.values():
                made |= set(test.map)
        return frozenset(made)

    def _variable(
        self, target: str, definition: Any, steps: Sequence[Step], path: tuple[Any, ...]
    ) -> VariablePlan:
        return VariablePlan(
            target,
            definition.label,
            definition.type,
            definition.core,
            tuple(steps),
            origin=next((step.origin for step in steps if step.origin), ""),
            location=self.study.where(*path),
        )

    def _qualifier(self, qnam: str, rule: Any, names: Names, path: tuple[Any, ...]) -> VariablePlan | None:
        where = self.study.where(*path)
        if not isinstance(rule, dict) or not rule.get("label"):
            self.problems.append(
                Problem(
                    "missing-key", where, f"{qnam} without a label", "label: text of at most 40 characters"
                )
            )
            return None
        rest = {key: value for key, value in rule.items() if key not in ("label", "evaluator")}
        if len(qnam) > 8 or not qnam.isalnum() or not qnam[:1].isalpha() or qnam != qnam.upper():
            self.problems.append(
                Problem(
                    "bad-name", where, f"QNAM {qnam!r}", "1 to 8 capital letters and digits, a letter first"
                )
            )
        if len(str(rule["label"]).encode()) > 40:
            self.problems.append(
                Problem("label-too-long", where, f"{rule['label']!r}", "a label of at most 40 characters")
            )
        steps = self.rules.compile(qnam, None, rest, names, path)
        origin = str(rule.get("origin") or next((s.origin for s in steps if s.origin), ""))
        return VariablePlan(
            qnam,
            str(rule["label"]),
            "Char",
            "",
            steps,
            origin=origin,
            evaluator=str(rule.get("evaluator", "")),
            location=where,
        )

    def _subject(self, source: Source, names: Names, path: tuple[Any, ...]) -> tuple[VariablePlan, ...]:
        if source.from_domain:
            rules: dict[str, Any] = {"USUBJID": {"column": "USUBJID"}}
            places: dict[str, tuple[Any, ...]] = {"USUBJID": path}
        else:
            own = self.study.raw.datasets[source.from_].subject
            rules = {**self.study.subject, **own}
            places = {target: ("subject", target) for target in rules}
            places |= {target: ("raw", "datasets", source.from_, "subject", target) for target in own}
        if "USUBJID" not in rules:
            self.problems.append(
                Problem(
                    "missing-key",
                    self.study.where("study"),
                    "no rule for USUBJID",
                    "subject: {USUBJID: ...}",
                    'write, for instance, subject: {SUBJID: SUBJECT, USUBJID: "{STUDYID}-{SUBJID}"}',
                )
            )
            return ()
        inner = Names(  # {USUBJID} within its own rule is a raw column
            self.name,
            names.raw,
            frozenset({*rules, "STUDYID"} - {"USUBJID"}),
            names.table,
            own_first=not source.from_domain,
        )
        plans = []
        for target in sorted(rules, key=lambda name: name == "USUBJID"):  # USUBJID reads the others
            rule = rules[target]
            outside = Names(self.name, names.raw, frozenset({"STUDYID"}), names.table)
            place = places[target]
            steps = self.rules.compile(target, None, rule, inner if target == "USUBJID" else outside, place)
            plans.append(VariablePlan(target, "", "Char", "Req", steps, location=self.study.where(*place)))
        return tuple(plans)

    def _target(self, target: str, source: Source, path: tuple[Any, ...]) -> VariableDefinition | None:
        """What the standard says of a variable that a mapping makes; None and a problem if none may make it."""
        made = {"STUDYID": "study:", "DOMAIN": "domain:", f"{self.name}SEQ": "sequence:"}
        raw = self.study.raw.datasets.get(source.from_)
        made |= dict.fromkeys(["USUBJID", *self.study.subject, *(raw.subject if raw else ())], "subject:")
        if target in made:
            found, key = f"a mapping of {target}", made[target]
            expected = f"variables that `{key}` does not make"
            where = self.study.where(*path)
            self.problems.append(Problem("made-elsewhere", where, found, expected, f"say it under {key}"))
            return None
        return self.rules.definition(target, path)

    def _test(
        self, code: str, test: Any, source: Source, names: Names, path: tuple[Any, ...]
    ) -> FindingsPlan | None:
        where, domain = self.study.where(*path), self.name
        title = self.rules.test_name(code, path)
        if title is None:
            return None

        def part(suffix: str, rule: Any, key: str) -> VariablePlan | None:
            if rule is None:
                return None
            definition = self.rules.definition(f"{domain}{suffix}", (*path, key))
            if definition is None:
                return None
            # The unit is text that stands in the spec, unless it is a mapping.
            rule = {"value": rule} if key == "unit" and isinstance(rule, str) else rule
            steps = self.rules.compile(f"{domain}{suffix}", definition, rule, names, (*path, key))
            return self._variable(f"{domain}{suffix}", definition, steps, (*path, key))

        result = part("ORRES", test.result, "result")
        extra = []
        for target, rule in test.map.items():
            definition = self._target(target, source, (*path, "map", target))
            if definition is not None:
                steps = self.rules.compile(target, definition, rule, names, (*path, "map", target))
                extra.append(self._variable(target, definition, steps, (*path, "map", target)))
        if result is None:
            return None
        return FindingsPlan(
            code,
            title,
            result,
            part("ORRESU", test.unit, "unit"),
            part("STAT", test.status, "status"),
            part("REASND", test.reason, "reason"),
            compile_condition(test.where, names, where, self.problems, raw_only=True),
            tuple(extra),
            where,
        )

    def _not_done(self, source: Source, names: Names, path: tuple[Any, ...]) -> tuple[NotDonePlan, ...]:
        given = source.not_done
        several: tuple[NotDone, ...] = (
            () if given is None else given if isinstance(given, tuple) else (given,)
        )
        plans = []
        for i, item in enumerate(several):
            place = (*path, "not_done", i) if isinstance(given, tuple) else (*path, "not_done")
            where = self.study.where(*place)
            condition = compile_condition(item.where, names, where, self.problems, raw_only=True)
            unknown = [code for code in item.tests if code not in source.findings]
            if unknown:
                self.problems.append(
                    Problem(
                        "unknown-test",
                        where,
                        f"tests {', '.join(unknown)}",
                        f"tests of this source: {', '.join(source.findings)}",
                    )
                )
            reason = None
            if item.reason is not None:
                definition = self.rules.definition(f"{self.name}REASND", place)
                if definition is not None:
                    steps = self.rules.compile(
                        f"{self.name}REASND", definition, item.reason, names, (*place, "reason")
                    )
                    reason = self._variable(f"{self.name}REASND", definition, steps, (*place, "reason"))
            form = None
            if item.form:
                form = (item.form, self.rules.test_name(item.form, place) or item.form)
            if condition is not None:
                tests = item.tests or tuple(source.findings)
                plans.append(NotDonePlan(condition, reason, () if form else tests, form, where))
        return tuple(plans)


def _staged(
    variables: Sequence[VariablePlan], domain: str, wide: bool, problems: list[Problem]
) -> list[VariablePlan]:
    """Give each variable its stage and level from what it reads."""
    by_name = {variable.name: variable for variable in variables}
    after_dates = {pattern.replace("--", domain) for pattern in AFTER_DATES} | (
        set(REFERENCE_DATES) if domain == "DM" else set()
    )
    after_days = {pattern.replace("--", domain) for pattern in AFTER_DAYS}
    known: dict[str, tuple[int, bool]] = {}

    def visit(name: str, path: tuple[str, ...]) -> tuple[int, bool]:
        if name in known:
            return known[name]
        if name in path:
            problems.append(
                Problem(
                    "mapping-cycle",
                    by_name[name].location,
                    " -> ".join([*path[path.index(name) :], name]),
                    "variables that do not wait for each other",
                    "make one of them from raw columns",
                )
            )
            return (0, True)
        stage, row_level = 0, True
        for step in by_name[name].steps:
            for reference in step.references.values():
                if reference.kind == "raw":
                    continue
                if reference.kind == "subject":
                    stage = max(stage, 1)
                elif reference.name in by_name:
                    inner, level = visit(reference.name, (*path, name))
                    stage, row_level = max(stage, inner), row_level and level
                elif reference.name in after_days:
                    stage, row_level = 2, False
                elif reference.name in after_dates:
                    stage, row_level = max(stage, 1), False
                elif reference.name not in ("STUDYID", "DOMAIN", "USUBJID", "SITEID", "SUBJID"):
                    row_level = False
        known[name] = (stage, row_level or not wide)
        return known[name]

    out = []
    for variable in variables:
        stage, row_level = visit(variable.name, ())
        out.append(replace(variable, stage=stage, row_level=row_level))
    return out
