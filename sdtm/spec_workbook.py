"""Specs as workbooks for the command line, and what the compiled plan adds to them.

That is the algorithms' names in full, origins, and methods in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path as FilePath
from typing import Any

from sdtm.compile_rule import Step
from sdtm.finished_variables import finished_variables
from sdtm.mapping.registry import catalogue
from sdtm.plan import Plan, SourcePlan, VariablePlan, make_plan
from specs import load_study
from specs.location import Location
from specs.model import Path, Study
from specs.problems import Problem, ProblemsFound
from specs.workbook import Facts, Made, export_workbook, mark_problems
from specs.yaml_write import write_study

# Origins of what finishing makes, where it is not derived (`--` is the domain).
_ORIGINS = {
    "STUDYID": "Protocol",
    "DOMAIN": "Assigned",
    "VISIT": "Assigned",
    "VISITNUM": "Assigned",
    "VISITDY": "Protocol",
    "--TESTCD": "Assigned",
    "--TEST": "Assigned",
    "IECAT": "Assigned",
    "--ORRES": "Collected",
    "--ORRESU": "Collected",
    "--STAT": "Collected",
    "--REASND": "Collected",
}


def export_spec(study: str, file: FilePath, generation: str) -> str:
    """Write a spec as a workbook, and say so. A file that is there is replaced only by its own spec."""
    spec = load_study(study)
    if file.suffix.lower() != ".xlsx":
        raise ProblemsFound(
            Problem("bad-file-name", Location(str(file)), f"{file.name!r}", "a name that ends with .xlsx")
        )
    if file.exists() and not (FilePath(study).exists() and file.samefile(study)):
        do = "name a new file, or delete this one if nobody has worked in it"
        expected = "a file that is not there yet, or the workbook that the spec was read from"
        raise ProblemsFound(Problem("file-exists", Location(str(file)), "a file of this name", expected, do))
    export_workbook(spec, file, generation, made_of(spec))
    return "\n".join(
        [f"wrote {file}: {spec.study}, {len(spec.sdtm)} domains", *_raw_folder(spec, file.absolute().parent)]
    )


def import_spec(file: str, folder: FilePath) -> str:
    """Write the spec of a workbook as YAML, and say so."""
    spec = load_study(file)
    written = write_study(spec, folder)
    return "\n".join([*(f"wrote {path}" for path in written), *_raw_folder(spec, folder.absolute())])


def _raw_folder(study: Study, place: FilePath) -> Iterator[str]:
    """A relative raw.folder means another folder from another place."""
    if study.raw.datasets and not (place / study.raw.folder).exists():
        yield (
            f"note: raw.folder is {study.raw.folder}, seen from {place}; there is no such folder yet.\n"
            "      It runs in the folder of the spec that it was made of, or with another raw.folder (in Settings)"
        )


def mark_workbook(study: str, problems: Sequence[Problem], out: FilePath) -> str:
    """Write a copy of a workbook with its problems as comments, and say so."""
    if FilePath(study).suffix.lower() != ".xlsx" or not FilePath(study).is_file():
        do = "write the spec as a workbook first: sdtm spec export STUDY FILE.xlsx"
        raise ProblemsFound(
            Problem(
                "not-a-workbook",
                Location(study),
                "a spec that is no workbook",
                "an .xlsx file with --mark",
                do,
            )
        )
    marked = mark_problems(study, problems, out)
    return f"wrote {out}: {len(problems)} problems, {marked} cells with comments"


def made_of(study: Study) -> Made:
    """Facts of the plan; of a spec that does not compile, only which algorithms there are."""
    try:
        plan = make_plan(study, catalogue())
    except ProblemsFound:  # `sdtm lint` tells them; a workbook is a good place to repair them
        return Made(catalogue=catalogue())
    return made_of_plan(plan)


def made_of_plan(plan: Plan) -> Made:
    """Facts of a compiled plan."""
    return Made(dict(_variables(plan)), dict(_algorithms(plan)), catalogue())


def _variables(plan: Plan) -> Iterator[tuple[tuple[str, str], Facts]]:
    for name, domain in plan.domains.items():
        finished = finished_variables(plan.study, plan.guide, plan.domains, name)
        for variable, text in finished.items():
            origin = _ORIGINS.get(
                variable.replace(name, "--", 1) if variable not in _ORIGINS else variable, "Derived"
            )
            yield (name, variable), Facts(origin, text if origin == "Derived" else "")
        made: dict[tuple[str, str], list[VariablePlan]] = {}
        for source in domain.sources:
            tests = [planned for test in source.tests for planned in test.extra]
            subject = source.subject if name == "DM" else ()
            for planned in (*subject, *source.variables, *tests):
                made.setdefault((name, planned.name), []).append(planned)
            for planned in source.supp:
                made.setdefault((f"SUPP{name}", planned.name), []).append(planned)
        for key, variables in made.items():
            yield key, _facts(variables)
        for source in domain.sources:
            for _, step in source.steps():
                for qnam, label in step.qualifiers.items():
                    yield (f"SUPP{name}", qnam), Facts(step.origin, label=label)


def _facts(variables: list[VariablePlan]) -> Facts:
    origin = next((variable.origin for variable in variables if variable.origin), "")
    texts = dict.fromkeys(_method(step) for variable in variables for step in variable.steps)
    return Facts(origin, "; else ".join(texts) if origin.casefold() == "derived" else "")


def _method(step: Step) -> str:
    """How a value is made, for people who read define.xml: the expression, or what the algorithm says of itself."""
    parameters = step.params.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if list(parameters) == ["expr"]:
        text = str(parameters["expr"])
    else:
        about = (
            step.algorithm.doc.split("\n\n")[0]
            .split(". ")[0]
            .rstrip(".")
            .replace("\n", " ")
            .replace("``", "")
        )
        text = f"{about} ({', '.join(f'{key} {_said(value)}' for key, value in parameters.items())})"
    return f"{text}, where {step.where.text}" if step.where else text


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_said(item)}" for key, item in value.items())
    return ", ".join(map(_said, value)) if isinstance(value, list) else str(value)


def _algorithms(plan: Plan) -> Iterator[tuple[Path, str]]:
    """The place of each mapping, and its algorithm."""
    study = plan.study
    for name, domain in plan.domains.items():
        for source in domain.sources:
            start: Path = ("sdtm", name, "sources", source.number)
            yield from _of_subject(study, source)
            for variable in source.variables:
                rule = source.definition.map[variable.name]
                yield from _of_rule((*start, "map", variable.name), rule, variable)
            for test in source.tests:
                for variable in test.extra:
                    rule = source.definition.findings[test.testcd].map[variable.name]
                    yield from _of_rule(
                        (*start, "findings", test.testcd, "map", variable.name), rule, variable
                    )
            for variable in source.supp:
                yield from _of_rule((*start, "supp", variable.name), {}, variable)


def _of_subject(study: Study, source: SourcePlan) -> Iterator[tuple[Path, str]]:
    own = study.raw.datasets[source.table].subject if source.table else {}
    for variable in source.subject:
        if variable.name in own:
            start: Path = ("raw", "datasets", source.table, "subject")
            yield from _of_rule((*start, variable.name), own[variable.name], variable)
        elif variable.name in study.subject and source.table:
            yield from _of_rule(("subject", variable.name), study.subject[variable.name], variable)


def _of_rule(path: Path, rule: Any, variable: VariablePlan) -> Iterator[tuple[Path, str]]:
    if not isinstance(rule, list):
        yield from ((path, step.name) for step in variable.steps[:1])
    elif len(rule) == len(variable.steps):
        yield from (((*path, i), step.name) for i, step in enumerate(variable.steps))
