"""Shards on a Dask cluster: the same records, also when a worker dies in the middle. The data are invented.

Source: DESIGN 6 (the same function on Dask; output identical to one worker's). Whole studies in several processes:
tests/studies.
"""

import os
import signal

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

STUDY = """
    study: X1
    raw: {datasets: {ae: {file: ae.csv}, dm: {file: dm.csv}, llt: {file: llt.csv, lookup: true}}}
    subject: {SITEID: SITE, SUBJID: PT, USUBJID: "{STUDYID}-{SITEID}-{SUBJID}"}
"""
DOMAINS = {
    "ae": """
        domain: AE
        sources:
          - from: ae
            map:
              AETERM: TERM
              AESTDTC: {date: START, format: yyyy-MM-dd}
              AEDECOD: {lookup: llt, by: {CODE: TERM}, take: NAME}
            supp: {ORIGIN: {label: Origin, column: FROM}}
    """,
    "dm": "domain: DM\nsources: [{from: dm, map: {AGE: AGE}}]\n",
}
SUBJECTS = range(1, 25)
RAW = {
    "dm.csv": "SITE,PT,AGE\n" + "".join(f"{n % 3},{n:02d},{n + 20}\n" for n in SUBJECTS),
    "ae.csv": "SITE,PT,TERM,START,FROM\n"
    + "".join(
        f"{n % 3},{n:02d},{'xyz'[n % 3]},2024-0{n % 9 + 1}-1{n % 10},é{n}\n" for n in [*SUBJECTS, 3, 3]
    ),
    "llt.csv": "CODE,NAME\nx,Nausea\ny,Rash\n",  # z is not coded, which is told
}


@pytest.fixture(scope="module")
def cluster():
    """Two workers, each a process with one thread, which its nanny starts again."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as started:
        yield started


@pytest.fixture
def study(build_study):
    return load_study(build_study(STUDY, DOMAINS, RAW))


class KillOne(distributed.SchedulerPlugin):
    """Kills the worker that finishes the first shard: its result is lost, and what else it was given.

    The scheduler, which is in this process, calls it; so it does not depend on how fast anything is.
    """

    name = "kill-one"

    def __init__(self, scheduler):
        self.scheduler, self.killed, self.finished = scheduler, [], 0

    def transition(self, key, start, finish, *args, **more):
        if "_convert_apart" in str(key) and (start, finish) == ("processing", "memory"):
            self.finished += 1
            if not self.killed:
                (worker,) = self.scheduler.tasks[key].who_has
                self.killed.append(worker.pid)
                os.kill(worker.pid, signal.SIGKILL)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system cannot kill a process at once")
def test_a_worker_killed_during_the_run_changes_nothing(cluster, study):
    alone = convert(study)
    assert alone.findings and len(alone.datasets["AE"].frame) == 26
    plugin = KillOne(cluster.scheduler)
    cluster.scheduler.add_plugin(plugin)
    try:
        shared = convert(study, workers=4, cluster=cluster.scheduler_address)
    finally:
        cluster.scheduler.remove_plugin(plugin.name)
    assert len(plugin.killed) == 1 and plugin.finished > 4  # four shards, one of them twice
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
