"""How each variable of a run is made, by the plan: ``trace/lineage.json``.

Nothing of a record is in it. With the raw row of each record (``trace/*.parquet``) it leads from a value to the
mappings that may have made it, each with its place in the spec and the columns it reads; ``sdtm explain`` tells
more: what each step read and gave for one value.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sdtm.finished_variables import FINISHED, finished_variables, mapped_variables
from sdtm.mapping.joins import taken
from sdtm.numbers import shortest
from sdtm.plan import Plan, SourcePlan, VariablePlan
from sdtm.plan_text import step_text
from sdtm.step import Step
from sdtm.trace.analysis_lineage import analysis_lineage
from sdtm.trace.design import DESIGN
from sdtm.trace.relations import RELATIONS
from sdtm.trace.told_steps import ToldSteps

if TYPE_CHECKING:
    from sdtm.adam.engine import Analyses

FORMAT = 1


def lineage_json(plan: Plan | None, datasets: Iterable[str], analyses: Analyses | None = None) -> str:
    """The lineage of a run as JSON: ``steps``, each once; ``derived`` columns of raw tables; ``visits`` of the
    schedule; and by dataset the numbers of the steps of each variable.

    ``datasets``: those that were made of raw tables or by the spec.
    """
    steps = ToldSteps()
    told: dict[str, Any] = {}
    if plan is not None:
        told = {name: entry for name in datasets if (entry := _dataset(plan, name, steps))}
    if analyses is not None:
        told |= analysis_lineage(analyses.plan, steps)
    by_dataset = ",\n".join(f"{_json(name)}:{_json(entry)}" for name, entry in told.items())
    parts = {
        "format": str(FORMAT),
        "steps": "[\n" + ",\n".join(map(_json, steps.listed)) + "\n]",
        "derived": _json(_derived(plan) if plan is not None else {}),
        "visits": _json(_visits(plan) if plan is not None else {}),
        "datasets": f"{{\n{by_dataset}\n}}",
    }
    return "{" + ",\n".join(f"{_json(key)}:{content}" for key, content in parts.items()) + "}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _dataset(plan: Plan, name: str, steps: ToldSteps) -> dict[str, Any]:
    if name in DESIGN:
        key, said = DESIGN[name]
        return {"said": said, "place": str(plan.study.where(key))}
    if name in RELATIONS:
        return {"said": "the links that the spec declares", "place": str(plan.study.where("links"))}
    if name not in plan.domains:
        return {}
    domain = plan.domains[name]
    return _filled(
        {
            "place": str(plan.study.where("sdtm", name)),
            "copy_of": domain.definition.copy_of,
            "collapsed": bool(domain.definition.collapse),
            "sources": [_source(source, steps) for source in domain.sources],
            "finished": _finished(plan, name, steps),
        }
    )


def _finished(plan: Plan, name: str, steps: ToldSteps) -> dict[str, int]:
    """Steps of finishing: what they read of the record, of DM, or of all records of the subject elsewhere."""
    found = {}
    domain = plan.domains[name]
    rules = domain.definition.reference_dates
    ways = {pattern.replace("--", name): said for pattern, (said, _) in FINISHED.items()}
    # What a mapping makes in the records of one source, finishing may make in those of another.
    ways = {variable: ways[variable] for variable in mapped_variables(domain) if variable in ways}
    ways |= finished_variables(plan.study, plan.guide, plan.domains, name)
    for variable, said in sorted(ways.items()):
        where, reads = plan.study.where("sdtm", name), []
        if variable in rules:
            where = plan.study.where("sdtm", name, "reference_dates", variable)
            dates = (each.partition(".") for each in (*rules[variable].earliest, *rules[variable].latest))
            reads = [[f"{dataset}.{date}", "each", date, dataset] for dataset, _, date in dates]
        else:
            made_from = FINISHED.get(variable) or FINISHED.get(f"--{variable.removeprefix(name)}")
            for pattern in made_from[1] if made_from is not None else ():
                read = pattern.replace("--", name)
                _, dot, of_subject = read.partition(".")
                reads.append([read, "subject", of_subject] if dot else [read, "own", read])
        found[variable] = steps.number(_filled({"rule": said, "place": str(where), "reads": reads}))
    return found


def _source(source: SourcePlan, steps: ToldSteps) -> dict[str, Any]:
    of_joins = {
        ours: (number, theirs)
        for number, (join, _, _) in enumerate(source.joins)
        for ours, theirs in taken(join).items()
    }

    def numbers(plans: Iterable[VariablePlan | None]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for plan in plans:
            for step in plan.steps if plan is not None else ():
                found.setdefault(plan.name, []).append(steps.number(_step(step, source, of_joins)))  # type: ignore[union-attr]
        return found

    tests = {
        test.testcd: numbers((test.result, test.unit, test.status, test.reason, *test.extra))
        for test in source.tests
    }
    for each in source.not_done:
        for code in (each.form[0],) if each.form else each.tests:
            before = tests.setdefault(code, {})
            for name, found in numbers((each.reason,)).items():
                before[name] = [*before.get(name, []), *found]
    return _filled(
        {
            "table": source.table,
            "domain": source.from_domain,
            "where": source.where.text if source.where else "",
            "because": source.because,
            "place": str(source.location),
            "joins": [
                _filled(
                    {
                        "table": join.table,
                        "by": dict(join.by),
                        "expect": join.expect,
                        "where": condition.text if condition else "",
                        "place": str(where),
                    }
                )
                for join, condition, where in source.joins
            ],
            "variables": numbers((*source.subject, *source.variables, *source.supp)),
            "visit": numbers((source.visit,)).get("VISIT", []),
            "tests": tests,
        }
    )


def _step(step: Step, source: SourcePlan, of_joins: Mapping[str, tuple[int, str]]) -> dict[str, Any]:
    """A mapping: what the spec says, where, and what it reads as [as written, kind, name, number of the join]."""
    reads: list[list[Any]] = []
    for written, reference in step.references.items():
        if reference.kind != "raw":
            reads.append([written, reference.kind, reference.name])
        elif source.from_domain:
            reads.append([written, source.from_domain, reference.name])
        elif reference.name in of_joins:
            number, theirs = of_joins[reference.name]
            reads.append([written, "join", theirs, number])
        else:
            reads.append([written, "raw", reference.name])
    return _filled(
        {
            "rule": step_text(step),
            "place": str(step.location),
            "terms": step.terms.title if step.terms is not None else "",
            "comment": step.comment,
            "reads": reads,
        }
    )


def _derived(plan: Plan) -> dict[str, dict[str, dict[str, str]]]:
    """The columns that `derive:` makes in raw tables."""
    study = plan.study
    return {
        name: {
            column: {"rule": text, "place": str(study.where("raw", "datasets", name, "derive", column))}
            for column, text in dataset.derive.items()
        }
        for name, dataset in study.raw.datasets.items()
        if dataset.derive
    }


def _visits(plan: Plan) -> dict[str, str]:
    """Where the visit schedule has each VISITNUM."""
    return {
        _as_shown(visit.VISITNUM): str(plan.study.where("visits", number))
        for number, visit in enumerate(plan.study.visits)
    }


def _as_shown(number: str) -> str:
    """A VISITNUM of the spec as datasets show it: 1.0 is 1."""
    try:
        return shortest(float(number))
    except ValueError:
        return number  # the schedule is refused where records have visits


def _filled(entry: dict[str, Any]) -> dict[str, Any]:
    """Without what says nothing."""
    return {key: value for key, value in entry.items() if value not in ("", [], {}, False)}
