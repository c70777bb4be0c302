"""A study spec compiled to ordered steps, with everything the standards say already resolved.

What ``sdtm spec show`` prints is what ``sdtm run`` walks. The plan holds no data; it knows of the raw
files only their column names (where they are given), so that a wrong name fails here, together with
all other problems.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sdtm.plan_checks import plan_problems
from sdtm.plan_cut_off import cut_problems, plan_cut_offs
from sdtm.plan_domain import plan_domain
from sdtm.plan_parts import DomainPlan as DomainPlan
from sdtm.plan_parts import FindingsPlan as FindingsPlan
from sdtm.plan_parts import NotDonePlan as NotDonePlan
from sdtm.plan_parts import Plan as Plan
from sdtm.plan_parts import SourcePlan as SourcePlan
from sdtm.plan_parts import VariablePlan as VariablePlan
from specs.catalogue import Catalogue
from specs.lint import lint
from specs.model import Study
from specs.problems import ProblemsFound
from specs.standards import ct_folder, implementation_guide, terminology


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
    for name in study.sdtm:
        compiled = plan_domain(study, guide, words, catalogue, name, columns, problems)
        if compiled is not None:
            domains[name] = compiled
    problems += plan_problems(study, guide, domains, columns)
    problems += cut_problems(study, domains)
    cut_offs = plan_cut_offs(study, guide, words, catalogue, columns, problems)
    plan = Plan(study, guide, words, domains, cut_offs)
    if not problems:
        plan.order()
        return plan
    raise ProblemsFound(problems)
