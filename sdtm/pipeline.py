"""The run on one page: read, plan, convert shard by shard, assemble, judge, write."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from sdtm.assemble import assemble, dataset_order
from sdtm.convert_shard import ShardResult
from sdtm.data_cut_log import CutLog
from sdtm.distribute import convert_in_shards
from sdtm.mapping import sql
from sdtm.mapping.derive import derive_columns
from sdtm.mapping.registry import catalogue
from sdtm.mapping.source import duplicate_keys
from sdtm.memory import give_back, no_collecting
from sdtm.plan import Plan, make_plan
from sdtm.relationships import relationships
from sdtm.shards import merge
from sdtm.stages import Dataset, RawTable
from sdtm.trace.ledger import TableBooks, keep_books
from sdtm.trial_design import trial_design
from specs.drafts import drafts as drafts_of
from specs.drafts import refuse_drafts
from specs.location import Location
from specs.model import Study
from specs.problems import Problem, ProblemsFound
from specs.standards import implementation_guide
from validation.findings import Finding, fold
from validation.tables import Metadata

Progress = Callable[[str], None]


@dataclass(slots=True)
class Conversion:
    """What a conversion made: datasets, books, findings, and what it was made from."""

    study: Study
    plan: Plan
    tables: dict[str, RawTable]
    datasets: dict[str, Dataset]
    books: list[TableBooks]
    findings: list[Finding]
    seconds: dict[str, float] = field(default_factory=dict)
    cut: CutLog | None = None
    not_run: frozenset[tuple[str, str]] = frozenset()  # rules that could not judge a dataset


def read_tables(study: Study) -> tuple[dict[str, RawTable], list[Finding]]:
    """All raw datasets of a study. Problems of all files are raised together."""
    tables, findings, problems = try_read(study)
    if problems:
        raise ProblemsFound(problems)
    return tables, findings


def try_read(study: Study) -> tuple[dict[str, RawTable], list[Finding], list[Problem]]:
    """The raw datasets that can be read, and the problems of those that cannot."""
    from sdtm.extract import read_raw
    from sdtm.extract.needed import spec_text

    said = spec_text(study)
    folder = (study.folder / study.raw.folder).resolve()
    tables: dict[str, RawTable] = {}
    problems: list[Problem] = []
    findings: list[Finding] = []
    for name, dataset in study.raw.datasets.items():
        try:
            read = read_raw(name, dataset, study.raw, folder, said)
        except ProblemsFound as found:
            problems += found.problems
            continue
        try:
            table = derive_columns(read.table, dataset.derive, study.where("raw", "datasets", name, "derive"))
        except ProblemsFound as found:
            problems += found.problems
            continue
        missing = [column for column in dataset.key if column not in table.frame]
        if missing:
            problems += [_unknown_key(study, name, column, list(table.frame)) for column in missing]
            continue
        tables[name] = table
        give_back()
        findings += read.findings
        findings += duplicate_keys(name, table, dataset.key)
    return tables, findings, problems


def _unknown_key(study: Study, name: str, column: str, columns: list[str]) -> Problem:
    from specs.problems import suggest

    return Problem(
        "unknown-column",
        study.where("raw", "datasets", name, "key"),
        f"{column!r}",
        f"a column of {name}: {', '.join(columns)}",
        suggest(column, columns),
    )


@no_collecting()
def convert(
    study: Study,
    *,
    workers: int = 1,
    cluster: str = "",
    previous: Path | None = None,
    drafts: bool = False,
    progress: Progress | None = None,
) -> Conversion:
    """Raw extracts to SDTM datasets, in memory.

    ``workers`` processes share the subjects; the result does not depend on their number. ``previous``: an
    earlier output folder whose --SEQ numbers stay. ``drafts``: also what nobody has reviewed. Raises
    ``ProblemsFound`` for bad input or spec.
    """
    if not drafts:
        refuse_drafts(study)
    say = progress or (lambda _: None)
    clock = _Clock()
    say("reading raw files")
    with ThreadPoolExecutor(max_workers=1) as beside:
        beside.submit(_load_what_compiling_needs, study)  # reading leaves a processor idle
        tables, findings = read_tables(study)
    findings = [*findings, *draft_findings(study)]
    clock.stage("read")
    say("compiling the spec")
    plan = make_plan(study, catalogue(), {name: list(table.frame) for name, table in tables.items()})
    numbers = previous_records(previous, plan) if previous is not None else None
    clock.stage("plan")
    say("mapping and finishing")
    shards, results = convert_in_shards(plan, tables, numbers, workers, cluster)
    result = merge(plan, tables, shards, results)
    refuse_empty_joins(result)
    give_back()
    clock.stage("map and finish")
    datasets = assemble(plan, result.domains) | trial_design(plan)
    related, unrelated = relationships(plan, datasets, tables)
    datasets |= related
    datasets = {name: datasets[name] for name in sorted(datasets, key=dataset_order)}
    books, leftovers = keep_books(plan, tables, result.accounts)
    findings = fold([*findings, *result.findings, *unrelated, *leftovers])
    give_back()
    clock.stage("assemble")
    return Conversion(study, plan, tables, datasets, books, findings, clock.seconds, result.cut)


def _load_what_compiling_needs(study: Study) -> None:
    """Whatever is wrong with it, compiling will say."""
    sql.prepare()
    catalogue()
    implementation_guide(study.standards.sdtmig)


def draft_findings(study: Study) -> list[Finding]:
    """A warning for what was made by mappings that nobody has reviewed."""
    count = len(drafts_of(study))
    if not count:
        return []
    found, expected = f"made with {count} drafts", "a spec whose mappings a person has reviewed"
    return [Finding("drafts", "warning", found, expected, "review them; `sdtm lint` says where they are")]


def refuse_empty_joins(result: ShardResult) -> None:
    """``ProblemsFound`` for joins of which not one row met, over all shards."""
    totals: dict[Any, Any] = {}
    for account in result.accounts:
        for count in account.matches:
            key = (count.where, count.table)
            totals[key] = totals[key] + count if key in totals else count
    problems = [problem for count in totals.values() if (problem := count.problem()) is not None]
    if problems:
        raise ProblemsFound(problems)


def previous_records(folder: Path, plan: Plan) -> dict[str, pd.DataFrame]:
    """Identity and --SEQ of the records of an earlier output."""
    from sdtm.submission.manifest import read_manifest
    from sdtm.trace.store import read_trace

    study = read_manifest(folder).study
    if study != plan.study.study:
        where, found = Location(file=str(folder)), f"an output of study {study}"
        do = "name the folder that an earlier `sdtm run --out` wrote"
        expected = f"an earlier output of study {plan.study.study}, whose --SEQ stay"
        raise ProblemsFound(Problem("previous-of-another-study", where, found, expected, do))
    return {name: frame for name in plan.domains if (frame := read_trace(folder, name)) is not None}


def judge_conversion(
    conversion: Conversion,
    tabulations: Mapping[str, Dataset] | None = None,
    analyses: Mapping[str, Dataset] | None = None,
) -> list[Finding]:
    """The findings of the conversion together with those of the checks on the datasets.

    ``tabulations``: datasets of SDTM that were made of analyses (PP); they come of no raw row, as the
    ``analyses`` themselves, the datasets of ADaM.
    """
    from sdtm.trace.provenance import provenance_of
    from validation.judge import judge

    started = time.perf_counter()
    frames = {name: dataset.frame for name, dataset in conversion.datasets.items()}
    made = {**(tabulations or {}), **(analyses or {})}
    frames |= {name: dataset.frame for name, dataset in made.items()}
    converted = {name: dataset for name, dataset in conversion.datasets.items() if name not in made}
    sources = provenance_of(converted, conversion.tables)
    metadata = {name: metadata_of(dataset) for name, dataset in (analyses or {}).items()}
    judgement = judge(frames, conversion.study, sources, metadata=metadata, findings=conversion.findings)
    conversion.seconds["judge"] = time.perf_counter() - started
    conversion.not_run = frozenset((one.rule, one.dataset) for one in judgement.not_run)
    return list(judgement.findings)


def metadata_of(dataset: Dataset) -> Metadata:
    """What the file of a dataset will say of it: labels, lengths of texts, display formats of numbers."""
    return Metadata(
        dataset.label,
        {variable.name: variable.label for variable in dataset.variables},
        {variable.name: variable.length for variable in dataset.variables if variable.type == "Char"},
        {variable.name: variable.format for variable in dataset.variables if variable.type == "Num"},
    )


class _Clock:
    """Seconds of each stage; for the eye only, never in an output file."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def stage(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name] = now - self._last
        self._last = now
