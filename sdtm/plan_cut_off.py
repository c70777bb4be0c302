"""The cut-off date of each subject, compiled like a source: `data_cut: {subjects: {from: …, date: …}}`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sdtm.compile_names import compile_condition
from sdtm.compile_rule import RuleCompiler
from sdtm.compile_tests import DomainTests
from sdtm.plan_context import Planning
from sdtm.plan_names import source_names
from sdtm.plan_parts import DomainPlan, SourcePlan, VariablePlan
from sdtm.plan_subject import subject_variables
from specs.catalogue import Catalogue
from specs.data_cut import BY_SUBJECT, NOT_CUT, DataCut, domain_cut
from specs.model import Domain, Source, Study
from specs.problems import Problem
from specs.standards import ImplementationGuide, Terminology

CUT_OFF = "DCUTDTC"
PATH = ("data_cut", "subjects")


def plan_cut_offs(
    study: Study,
    guide: ImplementationGuide,
    words: Terminology,
    catalogue: Catalogue,
    columns: Mapping[str, Collection[str]] | None,
    problems: list[Problem],
) -> SourcePlan | None:
    """The steps that give each subject its cut-off; None where it is one date or a variable of DM."""
    cut = study.data_cut
    if cut is None or cut.subjects is None or cut.subjects.from_ not in study.raw.datasets:
        return None
    source = Source.model_validate({"from": cut.subjects.from_, "where": cut.subjects.where})
    planning = _planning(study, guide, words, catalogue, columns, problems)
    names = source_names(planning, source, PATH)
    if names is None:
        return None
    where = study.where(*PATH)
    place = (*PATH, "date")
    steps = planning.rules.compile(CUT_OFF, None, cut.subjects.date, names, place)
    variable = VariablePlan(CUT_OFF, "", "Char", "", steps, location=study.where(*place))
    condition = compile_condition(
        source.where, names, study.where(*PATH, "where"), planning.problems, raw_only=True
    )
    return SourcePlan(
        domain="DM",
        number=0,
        table=source.from_,
        from_domain="",
        where=condition,
        because="not a row with a cut-off date",
        joins=(),
        subject=subject_variables(planning, source, names, PATH),
        visit=None,
        variables=(variable,),
        tests=(),
        not_done=(),
        supp=(),
        location=where,
        definition=source,
    )


def _planning(
    study: Study,
    guide: ImplementationGuide,
    words: Terminology,
    catalogue: Catalogue,
    columns: Mapping[str, Collection[str]] | None,
    problems: list[Problem],
) -> Planning:
    arguments: tuple[Any, ...] = ("DM", "Special Purpose", problems)
    rules = RuleCompiler(study, guide, words, catalogue, *arguments)
    tests = DomainTests(study, guide, words, *arguments)
    definition = study.sdtm.get("DM") or Domain(domain="DM")
    return Planning(study, guide, "DM", definition, columns, rules, tests, problems)


def cut_problems(study: Study, domains: Mapping[str, DomainPlan]) -> list[Problem]:
    """Dates that a domain is cut by are made from raw data alone, so that they are there in time."""
    cut = study.data_cut
    if cut is None:
        return []
    problems = []
    for name, domain in domains.items():
        late = {v.name for s in domain.sources for v in s.variables if v.stage}
        made = {
            v.name for s in domain.sources for v in (*s.variables, *(e for t in s.tests for e in t.extra))
        }
        references = set(domain.definition.reference_dates)
        for variable, path in _dates(cut, name, made):
            why = "waits for dates of DM, visits or study days" if variable in late else "is not mapped"
            if domain.sources and variable not in references and (variable in late or variable not in made):
                problems.append(
                    Problem(
                        "not-made-yet",
                        study.where(*path),
                        f"{variable}, which {why}",
                        f"a date that {name} has from raw data alone",
                        f"name another date, or map it from raw columns; or write {name}: subject, or none",
                    )
                )
    return problems


def _dates(cut: DataCut, name: str, made: set[str]) -> list[tuple[str, tuple[str, ...]]]:
    """The dates that the cut of a domain reads, with their places; the usual one where none is named."""
    rule, place = domain_cut(cut, name), ("data_cut", "domains", name)
    found: list[tuple[str, tuple[str, ...]]] = []
    if rule.by not in (BY_SUBJECT, NOT_CUT):
        usual = next((v for v in (f"{name}STDTC", f"{name}DTC") if v in made), "")
        found += [(rule.by or usual, (*place, "by"))] if rule.by or usual else []
    found += [(v, (*place, "later", v)) for v in (cut.domains[name].later if name in cut.domains else ())]
    if name == "DM":
        given = cut.subjects.date if cut.subjects is not None and not cut.subjects.from_ else ""
        for text, key in ((cut.entered, ("entered",)), (given, ("subjects", "date"))):
            if text and isinstance(text, str):
                found.append((text.removeprefix("DM."), ("data_cut", *key)))
    return found
