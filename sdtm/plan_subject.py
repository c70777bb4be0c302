"""How a source names its subjects: the rules for SITEID, SUBJID and USUBJID."""

from __future__ import annotations

from typing import Any

from sdtm.compile_names import Names
from sdtm.plan_context import Planning
from sdtm.plan_parts import VariablePlan
from specs.model import Source


def subject_variables(
    planning: Planning, source: Source, names: Names, path: tuple[Any, ...]
) -> tuple[VariablePlan, ...]:
    """The variables that name a subject, USUBJID last; a rule of the raw dataset goes before that of the study."""
    if source.from_domain:
        rules: dict[str, Any] = {"USUBJID": {"column": "USUBJID"}}
        places: dict[str, tuple[Any, ...]] = {"USUBJID": path}
    else:
        own = planning.study.raw.datasets[source.from_].subject
        rules = {**planning.study.subject, **own}
        places = {target: ("subject", target) for target in rules}
        places |= {target: ("raw", "datasets", source.from_, "subject", target) for target in own}
    if "USUBJID" not in rules:
        planning.refuse(
            "missing-key",
            planning.study.where("study"),
            "no rule for USUBJID",
            "subject: {USUBJID: ...}",
            'write, for instance, subject: {SUBJID: SUBJECT, USUBJID: "{STUDYID}-{SUBJID}"}',
        )
        return ()
    inner = Names(  # {USUBJID} within its own rule is a raw column
        planning.name,
        names.raw,
        frozenset({*rules, "STUDYID"} - {"USUBJID"}),
        names.table,
        own_first=not source.from_domain,
    )
    plans = []
    for target in sorted(rules, key=lambda name: name == "USUBJID"):  # USUBJID reads the others
        rule = rules[target]
        outside = Names(planning.name, names.raw, frozenset({"STUDYID"}), names.table)
        place = places[target]
        steps = planning.rules.compile(target, None, rule, inner if target == "USUBJID" else outside, place)
        plans.append(VariablePlan(target, "", "Char", "Req", steps, location=planning.study.where(*place)))
    return tuple(plans)
