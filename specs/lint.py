"""What is wrong or doubtful in a spec, as far as the spec and the standards tell: no data, no algorithms.

One rule is one function in ``specs.rules``, named in ``RULES``. Errors also stop a run; warnings and notes are
told by ``sdtm lint`` only. What a mapping may say is judged where it is compiled (``sdtm.plan``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from specs.model import Study
from specs.problems import Problem, ProblemsFound
from specs.rules import (
    arms,
    codelists,
    data_cut,
    dates,
    define,
    domains,
    drafts,
    links,
    raw,
    trial_design,
    trial_summary,
    units,
    visits,
)
from specs.rules.spec import Spec
from specs.standards import ct_folder, implementation_guide, terminology

Rule = Callable[[Spec], Iterator[Problem]]

RULES: tuple[Rule, ...] = (
    raw.unused_datasets,
    raw.reasons,
    raw.transliteration,
    codelists.codelist_names,
    codelists.codelist_terms,
    codelists.codelist_extensions,
    codelists.codelist_use,
    visits.visit_numbers,
    visits.visit_names,
    visits.visit_texts,
    visits.visit_windows,
    visits.overlapping_windows,
    visits.visits_missing,
    visits.unscheduled_pattern,
    visits.unscheduled_name,
    units.unit_conversions,
    units.unit_terms,
    units.unit_tests,
    units.unit_keys,
    units.unit_specimens,
    dates.date_sources,
    dates.reference_date_names,
    dates.elements_and_domain,
    dates.element_names,
    data_cut.cut_off_dates,
    data_cut.cut_domains,
    domains.variable_names,
    domains.collapse_rules,
    domains.finishing_choices,
    domains.dropped_variables,
    domains.labels,
    domains.keys,
    domains.sources,
    domains.copied_domains,
    arms.assigned_arms,
    links.links,
    links.specimens,
    define.yes_or_no,
    trial_summary.required_parameters,
    trial_summary.parameter_values,
    trial_summary.parameter_codes,
    drafts.drafts,
    drafts.statuses,
    drafts.open_questions,
)


# What a run finds itself in the trial design that the spec writes. It ends with these findings and is not stopped by
# them, so they are told by ``sdtm lint`` only.
DESIGN_RULES: tuple[Rule, ...] = (
    trial_design.required_texts,
    trial_design.ends_of_elements,
    trial_design.element_durations,
    trial_design.arm_codes,
    trial_design.criterion_codes,
)


def lint(study: Study, rules: Sequence[Rule] = RULES) -> list[Problem]:
    """All problems of a spec by some rules, by their places in it; none is raised."""
    problems: list[Problem] = []
    try:
        spec = Spec(
            study,
            implementation_guide(study.standards.sdtmig),
            terminology(study.standards.ct, folder=ct_folder()),
        )
    except ProblemsFound as found:  # without the standards nothing else can be judged
        problems = [_placed(problem, study) for problem in found.problems]
    else:
        problems = [problem for rule in rules for problem in rule(spec)]
    return ProblemsFound(problems).problems


def _placed(problem: Problem, study: Study) -> Problem:
    """A problem of the standards names the key only; the spec knows its file and line."""
    where = study.where(*problem.where.key.split(".")) if not problem.where.file else problem.where
    return replace(problem, where=where if where.file else problem.where)
