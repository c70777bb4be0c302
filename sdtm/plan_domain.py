"""One domain, compiled: what the standard says of it, and its sources."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from sdtm.compile_rule import RuleCompiler
from sdtm.compile_tests import DomainTests
from sdtm.plan_context import Planning
from sdtm.plan_parts import DomainPlan
from sdtm.plan_source import source_plan
from specs.catalogue import Catalogue
from specs.model import Domain, Study
from specs.problems import Problem, ProblemsFound, suggest
from specs.standards import ImplementationGuide, Terminology


def plan_domain(
    study: Study,
    guide: ImplementationGuide,
    words: Terminology,
    catalogue: Catalogue,
    name: str,
    columns: Mapping[str, Collection[str]] | None,
    problems: list[Problem],
) -> DomainPlan | None:
    """Compile one domain of a study; its problems are added to the list."""
    definition = study.sdtm[name]
    class_name = _class_name(guide, name, definition)
    rules = RuleCompiler(study, guide, words, catalogue, name, class_name, problems)
    tests = DomainTests(study, guide, words, name, class_name, problems)
    planning = Planning(study, guide, name, definition, columns, rules, tests, problems)
    if not _may_be(planning, class_name):
        return None
    known = guide.datasets.get(name)
    for i, variable in enumerate(definition.keys):
        rules.definition(variable, ("sdtm", name, "keys", i))
    sources = [source_plan(planning, i, source) for i, source in enumerate(definition.sources)]
    return DomainPlan(
        name=name,
        label=definition.label or (known.label if known else name),
        class_name=class_name,
        structure=definition.structure or (known.structure if known else ""),
        keys=definition.keys or _standard_keys(planning),
        definition=definition,
        sources=tuple(source for source in sources if source is not None),
        test_names=tests.names(),
    )


def _standard_keys(planning: Planning) -> tuple[str, ...]:
    """The keys of the standard; a copy of another domain has those of that domain."""
    parent, name = planning.definition.copy_of, planning.name
    copied = planning.study.sdtm.get(parent)
    known = planning.guide.datasets.get(parent or name)
    keys = copied.keys if copied is not None and copied.keys else known.keys if known else ()
    renamed = (name + key.removeprefix(parent) if parent and key.startswith(parent) else key for key in keys)
    return tuple(renamed) or ("STUDYID", "USUBJID")


def _class_name(guide: ImplementationGuide, name: str, definition: Domain) -> str:
    """The class as the guide writes it; as the spec has it where it is no class."""
    try:
        known = guide.dataset(name, definition.class_)
    except ProblemsFound:
        return definition.class_
    return known.class_name if known is not None else ""


def _may_be(planning: Planning, class_name: str) -> bool:
    """Whether the standard has such a domain, or lets a study have it; told if not."""
    known = planning.guide.datasets.get(planning.name)
    if known is None and not planning.definition.class_:
        planning.refuse(
            "unknown-domain",
            planning.study.where("sdtm", planning.name),
            f"domain {planning.name!r}",
            f"a domain of SDTMIG {planning.study.standards.sdtmig}, or a custom one with `class:`",
            suggest(planning.name, planning.guide.datasets)
            or "write class: Events, Interventions or Findings for a domain of your own",
        )
        return False
    if known is None and len(planning.name) != 2:  # SDTMIG 3.4, 2.6: custom domains have two characters
        where, rule = planning.study.where("sdtm", planning.name, "domain"), "two characters, a letter first"
        planning.refuse("bad-name", where, f"domain {planning.name!r}", rule, f"write {planning.name[:2]}")
        return False
    try:
        planning.guide.variables(planning.name, class_name)
    except ProblemsFound as found:  # the class is no class
        where = planning.study.where("sdtm", planning.name, "class")
        planning.problems.extend(replace(problem, where=where) for problem in found.problems)
        return False
    return True
