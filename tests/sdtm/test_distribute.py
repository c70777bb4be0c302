"""Shards on a Dask cluster: the same records, also when a worker dies in the middle.

Source: DESIGN 6 (the same function on Dask; output identical to one worker's).
"""

import os
import signal
import threading

import pandas as pd
import pytest

from sdtm.columns import plain
from sdtm.pipeline import convert
from specs import load_study
from specs.problems import ProblemsFound

distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
pytestmark = [
    pytest.mark.xdist_group("dask"),
    pytest.mark.filterwarnings("ignore"),  # Dask's sockets and threads may end after the test that used them
]


@pytest.fixture(scope="module")
def cluster():
    """Two workers, each a process with one thread, which its nanny starts again."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as started:
        yield started


@pytest.fixture(scope="module")
def study():
    return load_study("lxi15029")


def kill_one_at_work(cluster, killed, stop):
    """Kill, once, a worker that has a shard to convert."""
    while not stop.wait(0.01):
        for worker in list(cluster.scheduler.workers.values()):
            if any("_convert_apart" in state.key for state in list(worker.processing)):
                killed.append(worker.pid)
                os.kill(worker.pid, signal.SIGKILL)
                return


def test_a_worker_killed_during_the_run_changes_nothing(cluster, study):
    alone = convert(study)
    killed, stop = [], threading.Event()
    killer = threading.Thread(target=kill_one_at_work, args=(cluster, killed, stop))
    killer.start()
    try:
        shared = convert(study, workers=4, cluster=cluster.scheduler_address)
    finally:
        stop.set()
        killer.join()
    assert killed[0] not in [worker.pid for worker in cluster.scheduler.workers.values()]
    assert list(shared.datasets) == list(alone.datasets)
    for name, dataset in alone.datasets.items():
        pd.testing.assert_frame_equal(plain(shared.datasets[name].frame), plain(dataset.frame), obj=name)
    assert shared.findings == alone.findings
    assert [book.as_json() for book in shared.books] == [book.as_json() for book in alone.books]


def test_a_cluster_without_workers_is_refused(study):
    with (
        distributed.LocalCluster(
            n_workers=0, processes=True, dashboard_address=None, host="127.0.0.1"
        ) as empty,
        pytest.raises(ProblemsFound, match="has no workers"),
    ):
        convert(study, cluster=empty.scheduler_address)


def test_workers_with_another_version_are_refused(cluster, study, monkeypatch):
    monkeypatch.setattr("sdtm.distribute.__version__", "99.0")
    with pytest.raises(ProblemsFound) as refused:
        convert(study, cluster=cluster.scheduler_address)
    told = str(refused.value.problems[0])
    assert "error[no-cluster]" in told and "not 99.0" in told and "pip install sdtm-toolkit" in told
