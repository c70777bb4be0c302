"""The run on one page: read, plan, convert shard by shard, assemble, judge, write."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from sdtm.assemble import assemble, dataset_order
from sdtm.convert_shard import ShardResult, convert_shard
from sdtm.data_cut_log import CutLog
from sdtm.mapping import sql
from sdtm.mapping.derive import derive_columns
from sdtm.mapping.registry import catalogue
from sdtm.mapping.source import duplicate_keys
from sdtm.memory import give_back, no_collecting
from sdtm.plan import Plan, make_plan
from sdtm.relationships import relationships
from sdtm.shards import Shard, merge, split_tables
from sdtm.stages import Dataset, RawTable
from sdtm.trace.ledger import TableBooks, keep_books
from sdtm.trial_design import trial_design
from specs.drafts import drafts as drafts_of
from specs.drafts import refuse_drafts
from specs.location import Location
from specs.model import Study
from specs.problems import Problem, ProblemsFound
from validation.findings import Finding, fold

Progress = Callable[[str], None]
CLUSTER_WAIT = "20s"


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
        beside.submit(sql.prepare)  # takes a while, and reading leaves a processor idle
        tables, findings = read_tables(study)
    findings = [*findings, *draft_findings(study)]
    clock.stage("read")
    say("compiling the spec")
    plan = make_plan(study, catalogue(), {name: list(table.frame) for name, table in tables.items()})
    numbers = previous_records(previous, plan) if previous is not None else None
    clock.stage("plan")
    say("mapping and finishing")
    shards = split_tables(plan, tables, workers)
    results = convert_shards(plan, shards, numbers, workers, cluster)
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


def draft_findings(study: Study) -> list[Finding]:
    """A warning for what was made by mappings that nobody has reviewed."""
    count = len(drafts_of(study))
    if not count:
        return []
    found, expected = f"made with {count} drafts", "a spec whose mappings a person has reviewed"
    return [Finding("drafts", "warning", found, expected, "review them; `sdtm lint` says where they are")]


def convert_shards(
    plan: Plan,
    shards: Sequence[Shard],
    previous: Mapping[str, pd.DataFrame] | None,
    workers: int,
    cluster: str,
) -> list[ShardResult]:
    """The same function on every shard: here, in processes of this machine, or on a Dask cluster."""
    if len(shards) == 1 and not cluster:
        return [convert_shard(plan, shards[0].tables, previous)]
    if cluster:
        with cluster_client(cluster) as client:
            futures = [
                client.submit(_convert_apart, plan.study, s.tables, previous, pure=False) for s in shards
            ]
            return list(client.gather(futures))
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    context = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(max_workers=min(workers, len(shards)), mp_context=context) as pool:
            waiting = [pool.submit(_convert_apart, plan.study, shard.tables, previous) for shard in shards]
            return [future.result() for future in waiting]
    except BrokenProcessPool:
        found, expected = "the system stopped a worker process", "memory for all of them at once"
        do = "run with fewer --workers, or look for what stopped it; nothing was lost"
        raise ProblemsFound(Problem("worker-stopped", Location(), found, expected, do)) from None


def cluster_client(address: str) -> Any:
    """The Dask scheduler at an address; ``ProblemsFound`` where there is none, or the extra is not installed."""
    where, do = Location(), "start it, correct the address, or leave --cluster out"
    try:
        from distributed import Client  # optional extra `cluster`

        return Client(address, timeout=CLUSTER_WAIT)
    except ImportError:
        found, do = "the package distributed is not installed", "pip install 'sdtm-toolkit[cluster]'"
    except (OSError, ValueError) as error:
        found = f"no answer from {address} ({type(error).__name__})"
    raise ProblemsFound(Problem("no-cluster", where, found, "a Dask scheduler", do))


def _convert_apart(
    study: Study, tables: Mapping[str, RawTable], previous: Mapping[str, pd.DataFrame] | None
) -> ShardResult:
    """One shard in another process; the plan is made again there, since code does not travel."""
    plan = make_plan(study, catalogue(), {name: list(table.frame) for name, table in tables.items()})
    return convert_shard(plan, tables, previous)


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
    conversion: Conversion, tabulations: Mapping[str, Dataset] | None = None
) -> list[Finding]:
    """The findings of the conversion together with those of the checks on the datasets.

    ``tabulations``: datasets of SDTM that were made of analyses (PP); they come of no raw row.
    """
    from sdtm.trace.provenance import provenance_of
    from validation.judge import judge

    started = time.perf_counter()
    frames = {name: dataset.frame for name, dataset in conversion.datasets.items()}
    made = tabulations or {}
    frames |= {name: dataset.frame for name, dataset in made.items()}
    converted = {name: dataset for name, dataset in conversion.datasets.items() if name not in made}
    sources = provenance_of(converted, conversion.tables)
    judgement = judge(frames, conversion.study, sources, findings=conversion.findings)
    conversion.seconds["judge"] = time.perf_counter() - started
    return list(judgement.findings)


class _Clock:
    """Seconds of each stage; for the eye only, never in an output file."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def stage(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name] = now - self._last
        self._last = now
