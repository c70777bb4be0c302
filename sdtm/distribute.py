"""The same conversion on every shard of subjects: here, in processes of this machine, or on a Dask cluster.

Where a shard is converted decides nothing: any split gives the same records, and results are put together in
the order of the shards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from sdtm import __version__
from sdtm.convert_shard import ShardResult, convert_shard
from sdtm.mapping.registry import catalogue
from sdtm.plan import Plan, make_plan
from sdtm.shards import Shard, split_tables
from sdtm.stages import RawTable
from specs.location import Location
from specs.model import Study
from specs.problems import Problem, ProblemsFound

CLUSTER_WAIT = "20s"  # then a scheduler that does not answer is given up


def convert_in_shards(
    plan: Plan,
    tables: Mapping[str, RawTable],
    previous: Mapping[str, pd.DataFrame] | None,
    workers: int,
    cluster: str,
) -> tuple[list[Shard], list[ShardResult]]:
    """The shards of the raw tables, and what each became.

    ``workers`` shards in as many processes; on a cluster at least as many as its workers have threads, so that
    each gets one. Raises ``ProblemsFound``: no cluster, a worker without this version, a worker that was stopped.
    """
    if cluster:
        return _on_cluster(plan, tables, previous, workers, cluster)
    shards = split_tables(plan, tables, workers)
    if len(shards) == 1:
        return shards, [convert_shard(plan, shards[0].tables, previous)]
    return shards, _in_processes(plan, shards, previous, workers)


def _in_processes(
    plan: Plan, shards: Sequence[Shard], previous: Mapping[str, pd.DataFrame] | None, workers: int
) -> list[ShardResult]:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    context = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(max_workers=min(workers, len(shards)), mp_context=context) as pool:
            waiting = [pool.submit(_convert_apart, plan.study, shard.tables, previous) for shard in shards]
            return [future.result() for future in waiting]
    except BrokenProcessPool:
        do = "run with fewer --workers, or look for what stopped it; nothing was lost"
        raise _stopped("a worker process", do) from None


def _on_cluster(
    plan: Plan,
    tables: Mapping[str, RawTable],
    previous: Mapping[str, pd.DataFrame] | None,
    workers: int,
    address: str,
) -> tuple[list[Shard], list[ShardResult]]:
    """A worker that is lost does not matter: its shards are given to the others, up to Dask's limit of retries."""
    with cluster_client(address) as client:
        from distributed import KilledWorker

        _refuse_unfit_workers(client, address)
        shards = split_tables(plan, tables, max(workers, sum(client.nthreads().values())))
        futures = [client.submit(_convert_apart, plan.study, s.tables, previous, pure=False) for s in shards]
        try:
            return shards, list(client.gather(futures))
        except KilledWorker:
            do = "give the workers more memory, or more shards (--workers N), or look for what stopped them"
            raise _stopped("every worker that a shard was given to", do) from None


def cluster_client(address: str) -> Any:
    """The Dask scheduler at an address; ``ProblemsFound`` where there is none, or the extra is not installed."""
    try:
        from distributed import Client  # optional extra `cluster`

        return Client(address, timeout=CLUSTER_WAIT)
    except ImportError:
        found, do = "the package distributed is not installed", "pip install 'sdtm-toolkit[cluster]'"
    except (OSError, ValueError) as error:
        found = f"no answer from {address} ({type(error).__name__})"
        do = "start it, correct the address, or leave --cluster out"
    raise _no_cluster(found, do)


def _refuse_unfit_workers(client: Any, address: str) -> None:
    """Every worker must have this version of the toolkit: another one could make other records."""
    if not client.nthreads():
        do = f"start some: `dask worker {address}`"
        raise _no_cluster(f"the scheduler at {address} has no workers", do)
    versions = client.run(_version, on_error="return")
    other = {name: found for name, found in versions.items() if found != __version__}
    if other:
        name, found = sorted(other.items())[0]
        told = found if isinstance(found, str) else "none"
        do = "install the same version where the workers run: pip install sdtm-toolkit"
        raise _no_cluster(
            f"{len(other)} workers, such as {name}, have sdtm-toolkit {told}, not {__version__}", do
        )


def _version() -> str:
    return __version__


def _no_cluster(found: str, do: str) -> ProblemsFound:
    expected = f"a Dask scheduler whose workers have sdtm-toolkit {__version__}"
    return ProblemsFound(Problem("no-cluster", Location(), found, expected, do))


def _stopped(what: str, do: str) -> ProblemsFound:
    found, expected = f"the system stopped {what}", "memory for all of them at once"
    return ProblemsFound(Problem("worker-stopped", Location(), found, expected, do))


def _convert_apart(
    study: Study, tables: Mapping[str, RawTable], previous: Mapping[str, pd.DataFrame] | None
) -> ShardResult:
    """One shard in another process; the plan is made again there, since code does not travel."""
    plan = make_plan(study, catalogue(), {name: list(table.frame) for name, table in tables.items()})
    return convert_shard(plan, tables, previous)
