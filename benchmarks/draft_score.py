"""A drafted spec against the reviewed one of the same raw files: what is drafted, what of it is right.

One *unit* is one mapping of the reviewed spec: a variable of a source, the result or unit of a test, a rule for the
subject. Its verdict:

right     the draft gives the same text in every row of the raw table
near      it reads the same fields, or some of them (code and decode are one field), and some text differs: another
          case, a term left to a question, a condition that only people know
wrong     it reads other columns, or gives other texts
question  nothing is drafted, and a question of the draft names the column, or asks for the variable
silent    nothing is drafted and nothing is asked
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sdtm.columns import constant
from sdtm.drafting.draft import draft_study
from sdtm.drafting.names import parse_names
from sdtm.mapping.apply import make
from sdtm.mapping.registry import catalogue
from sdtm.mapping.scope import BlockScope, Origin
from sdtm.pipeline import try_read
from sdtm.plan import Plan, make_plan
from sdtm.stages import RawTable
from specs.model import Study

VERDICTS = ("right", "near", "wrong", "question", "silent")
File = tuple[str, str, str]  # file, sheet, item group: what a raw dataset is in both specs


@dataclass(frozen=True)
class Unit:
    """One mapping: where it stands, and the plan of it."""

    domain: str
    file: File
    name: str  # AETERM, SYSBP result, subject USUBJID
    plan: Any


@dataclass(frozen=True)
class Verdict:
    unit: Unit
    verdict: str


@dataclass(frozen=True)
class Compiled:
    """A study with its plan and its raw tables."""

    study: Study
    plan: Plan
    tables: Mapping[str, RawTable]

    def file(self, name: str) -> File:
        dataset = self.study.raw.datasets[name]
        return (dataset.file, dataset.sheet, dataset.item_group)


def draft_like(reviewed: Study, folder: Path) -> Study:
    """A spec drafted from the files of a reviewed one, copied to ``folder``, and from nothing else."""
    source = (reviewed.folder / reviewed.raw.folder).resolve()
    for file in sorted({dataset.file for dataset in reviewed.raw.datasets.values()}):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / file, folder / file)
    return draft_study(folder.resolve(), str(folder.resolve()))


def compile_study(study: Study) -> Compiled:
    """Read the raw files of a study and compile it."""
    tables, _, _ = try_read(study)
    plan = make_plan(study, catalogue(), {name: list(table.frame) for name, table in tables.items()})
    return Compiled(study, plan, tables)


def units(compiled: Compiled) -> list[Unit]:
    """All mappings of the sources that come from raw tables, and the rules for the subject once."""
    found: list[Unit] = []
    subjects: set[str] = set()
    for name, domain in compiled.plan.domains.items():
        for source in domain.sources:
            if not source.table:
                continue
            file = compiled.file(source.table)
            found += [Unit(name, file, variable.name, variable) for variable in source.variables]
            found += [Unit(name, file, f"SUPP {variable.name}", variable) for variable in source.supp]
            for test in source.tests:
                parts = {
                    "result": test.result,
                    "unit": test.unit,
                    "status": test.status,
                    "reason": test.reason,
                }
                found += [
                    Unit(name, file, f"{test.testcd} {key}", part) for key, part in parts.items() if part
                ]
                found += [Unit(name, file, f"{test.testcd} {part.name}", part) for part in test.extra]
            for rule in source.subject:
                if rule.name not in subjects:
                    subjects.add(rule.name)
                    found.append(Unit("subject", file, rule.name, rule))
    return found


def compare(reviewed: Compiled, drafted: Compiled) -> tuple[list[Verdict], list[Unit]]:
    """The verdict on each mapping of the reviewed spec, and the drafts that it does not have."""
    made: dict[tuple[str, File, str], list[Unit]] = {}
    for unit in units(drafted):
        made.setdefault(
            (unit.domain, unit.file if unit.domain != "subject" else ("", "", ""), unit.name), []
        ).append(unit)
    verdicts = []
    met: set[int] = set()
    for unit in units(reviewed):
        key = (unit.domain, unit.file if unit.domain != "subject" else ("", "", ""), unit.name)
        drafts = made.get(key, [])
        met |= {id(draft) for draft in drafts}
        if drafts:
            found = [_judged(reviewed, unit, drafted, draft) for draft in drafts]
            verdicts.append(Verdict(unit, min(found, key=VERDICTS.index)))
        else:
            asked = _is_asked(reviewed, unit, drafted)
            verdicts.append(Verdict(unit, "question" if asked else "silent"))
    return verdicts, [unit for group in made.values() for unit in group if id(unit) not in met]


def _columns(unit: Unit) -> set[str]:
    """The raw columns that a mapping reads."""
    found: set[str] = set()
    for step in unit.plan.steps:
        found |= {reference.name for reference in step.references.values() if reference.kind == "raw"}
    return found


def _judged(reviewed: Compiled, unit: Unit, drafted: Compiled, draft: Unit) -> str:
    one, two = _texts(reviewed, unit), _texts(drafted, draft)
    if one is not None and two is not None and len(one) == len(two) and (one == two).all():
        return "right"
    mine, theirs = _fields(drafted, draft), _fields(reviewed, unit)
    return "near" if mine and mine <= theirs else "wrong"


def _fields(compiled: Compiled, unit: Unit) -> set[str]:
    """The fields of the form that a mapping reads: code and decode of one field count as one."""
    names = parse_names(sorted(_own_columns(compiled, unit)))
    return {names[column].stem if column in names else column for column in _columns(unit)}


def _texts(compiled: Compiled, unit: Unit) -> np.ndarray | None:
    """What a mapping gives for each row of its raw table; None where it reads more than that table."""
    table = next((t for n, t in compiled.tables.items() if compiled.file(n) == unit.file), None)
    if table is None:
        return None
    scope = _scope(compiled, table)
    own = [rule for rule in _subject_rules(compiled, unit) if rule.name != unit.plan.name]
    needs = {"tables": {n: t.frame for n, t in compiled.tables.items()}, "units": compiled.study.units}
    try:
        for rule in own if unit.name == "USUBJID" else []:
            scope.made[rule.name] = make(rule.name, "Char", rule.steps, scope, needs, "").column
        column = make(unit.plan.name, "Char", unit.plan.steps, scope, needs, unit.domain).column
    except (KeyError, RuntimeError):  # a column of a join, a variable made elsewhere
        return None
    values = pd.Series(column).astype(object)
    return values.where(values.notna(), "").astype(str).to_numpy()


def _scope(compiled: Compiled, table: RawTable) -> BlockScope:
    index = pd.RangeIndex(len(table.frame))
    nowhere = constant(None, index)
    origin = Origin(constant(table.name, index), np.arange(len(index), dtype=np.int32), nowhere)
    scope = BlockScope(
        {name: table.frame[name] for name in table.frame}, None, index, origin, compiled.tables
    )
    scope.made["STUDYID"] = constant(compiled.study.study, index)
    return scope


def _subject_rules(compiled: Compiled, unit: Unit) -> list[Any]:
    for domain in compiled.plan.domains.values():
        for source in domain.sources:
            if source.table and compiled.file(source.table) == unit.file:
                return sorted(source.subject, key=lambda rule: rule.name == "USUBJID")
    return []


def _is_asked(reviewed: Compiled, unit: Unit, drafted: Compiled) -> bool:
    """Whether a question is about the columns of a mapping, its variable, or the whole table."""
    names = {name for name in drafted.study.raw.datasets if drafted.file(name) == unit.file}
    about = {f"{name}.{column}" for name in names for column in _columns(unit)} | names
    for question in drafted.study.questions:
        of_table = not question.columns or any(c.partition(".")[0] in names for c in question.columns)
        told = [question.ask, *question.candidates]
        joined = _columns(unit) - _own_columns(reviewed, unit)
        if about & set(question.columns) or joined & {c.partition(".")[2] for c in question.columns}:
            return True
        if of_table and any(unit.plan.name in _words(text) for text in told):
            return True
        if question.id.endswith("-units") and unit.name.endswith(" unit") and of_table:
            return True
        if not names and unit.file[0].lower().split(".")[0] in question.id.replace("-", "_"):
            return True
    return False


def _own_columns(compiled: Compiled, unit: Unit) -> set[str]:
    return {c for n, t in compiled.tables.items() if compiled.file(n) == unit.file for c in t.frame}


def _words(text: str) -> set[str]:
    return {word.strip(",.:;(){}[]?'\"").rpartition(".")[2] for word in text.split()}


def table_of(verdicts: list[Verdict]) -> Iterator[tuple[str, Counter[str]]]:
    """Domain -> how many mappings have which verdict; the sum comes last."""
    total: Counter[str] = Counter()
    for domain in sorted({verdict.unit.domain for verdict in verdicts}):
        counts = Counter(v.verdict for v in verdicts if v.unit.domain == domain)
        total += counts
        yield domain, counts
    yield "all", total
