"""Output folders that cannot be written: refused, with the earlier output as it was. And bad --previous."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sdtm as toolkit


def contents(folder: Path) -> dict[str, bytes]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_an_output_folder_below_a_file(bench, sdtm, tmp_path):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    outcome = sdtm("convert", bench.write(), "--out", tmp_path / "file" / "out")
    assert outcome.code == 2 and outcome.is_told_plainly
    assert "error[not-writable]" in outcome.err and "file is a file" in outcome.err
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_an_output_folder_that_is_not_writable(bench, monkeypatch):
    """By the answer of the system, since whoever may do everything (root) is refused nothing."""
    may = os.access

    def access(path, mode):
        return may(path, mode) and not (mode & os.W_OK and os.fspath(path) == str(bench.out))

    monkeypatch.setattr(os, "access", access)
    told = bench.refused()
    assert f"error[not-writable] {bench.out}" in told and "choose another --out" in told


def test_an_unwritable_output_is_refused_before_the_work(bench, monkeypatch):
    monkeypatch.setattr("sdtm.run_study.convert", lambda *args, **options: pytest.fail("was converted"))
    bench.write()
    (bench.out / "mine.txt").write_text("mine", encoding="utf-8")
    told = bench.refused()
    assert "error[output-not-ours]" in told and "mine.txt" in told


@pytest.mark.parametrize("inside", ["study", "study/raw", "."])
def test_an_output_folder_with_inputs_in_it(bench, sdtm, inside):
    study = bench.write()
    before = sorted(path for path in study.rglob("*"))
    outcome = sdtm("convert", study, "--out", bench.folder / inside)
    assert outcome.code == 2 and "error[output-overlaps-input]" in outcome.err
    assert sorted(path for path in study.rglob("*")) == before


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_in_the_middle_of_writing(bench, monkeypatch, code):
    from sdtm import write_output

    written, write = [], write_output.write_xpt

    def fill(dataset, path, *args, **options):
        if dataset.name != "AE":  # files are written side by side, in no order
            raise OSError(code, os.strerror(code), str(path))
        written.append(dataset.name)
        return write(dataset, path, *args, **options)

    monkeypatch.setattr(write_output, "write_xpt", fill)
    told = bench.refused()
    assert "error[disk-full]" in told and "the previous output is as it was" in told
    assert written == ["AE"]


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are set otherwise there")
def test_a_disk_that_refuses_to_grow_a_file(bench):
    """The system itself refuses, at the first file above one kilobyte."""
    import resource

    bench.write()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        told = bench.refused()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "error[disk-full]" in told


def _limited(
    largest: int, *arguments: object, stdout: object = subprocess.PIPE
) -> subprocess.CompletedProcess[str]:
    """The command line as a process of its own, in which no file may grow above ``largest`` bytes."""

    def limit() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))

    return subprocess.run(
        [sys.executable, "-m", "sdtm.cli", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(Path(toolkit.__file__).parents[1])},
        preexec_fn=limit if largest else None,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are set otherwise there")
@pytest.mark.parametrize("largest", [100, 1_000, 2_500])
def test_the_command_line_on_a_disk_without_room(bench, largest):
    """From the first file to one of the last: refused once, in plain words, and the earlier output is whole."""
    study = bench.write()
    before = contents(bench.out)
    done = _limited(largest, "run", study, "--out", bench.out)
    assert done.returncode == 2 and done.stderr.count("error[disk-full]") == 1, done
    assert "a file grew above what this disk allows" in done.stderr
    assert "the previous output is as it was" in done.stderr and "Traceback" not in done.stderr
    assert contents(bench.out) == before
    assert sorted(path.name for path in bench.folder.iterdir()) == ["out", "study"]


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are set otherwise there")
def test_workbooks_and_yaml_on_a_disk_without_room(bench, sdtm, tmp_path_factory):
    study, place = bench.write(), tmp_path_factory.mktemp("place")
    assert sdtm("spec", "export", study, place / "a.xlsx").code == 0
    for command in (("export", study, place / "b.xlsx"), ("import", place / "a.xlsx", place / "yaml")):
        done = _limited(300, "spec", *command)
        assert done.returncode == 2 and done.stderr.count("error[disk-full]") == 1, done
        assert "Traceback" not in done.stderr
    assert [path.name for path in place.iterdir()] == ["a.xlsx"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_terminal_that_takes_no_more_is_told_plainly(bench):
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = _limited(0, "spec", "show", bench.write(), stdout=full)
    assert done.returncode == 2 and "no space is left on the disk" in done.stderr
    assert "Traceback" not in done.stderr and "internal error" not in done.stderr


def test_paths_with_spaces_and_other_letters(bench, sdtm, tmp_path):
    target = tmp_path / "a b" / "Müller 恶"
    outcome = sdtm("convert", bench.write().rename(tmp_path / "Studie ü"), "--out", target)
    assert outcome.code == 0 and outcome.is_told_plainly
    assert sorted(path.name for path in (target / "sdtm").iterdir()) == [
        "acrf.html",
        "ae.xpt",
        "define.html",
        "define.xml",
        "dm.xpt",
        "ex.xpt",
        "vs.xpt",
    ]


# --- --previous ------------------------------------------------------------------------------------------


def test_the_output_of_another_study_is_no_previous_one(bench, sdtm, tmp_path_factory):
    other = tmp_path_factory.mktemp("other") / "out"
    study, bench.study = bench.study, bench.study.replace("study: BAD", "study: OTHER")
    assert sdtm("convert", bench.write(), "--out", other).code == 0
    bench.study = study
    told = bench.refused("--previous", other)
    assert "error[previous-of-another-study]" in told and "OTHER" in told and "BAD" in told


def test_a_previous_output_that_is_none_or_broken(bench, tmp_path_factory):
    folder = tmp_path_factory.mktemp("previous")
    assert "error[manifest]" in bench.refused("--previous", folder)
    shutil.copytree(bench.earlier, folder, dirs_exist_ok=True)
    (folder / "trace" / "AE.parquet").write_bytes(b"junk")
    assert "AE.parquet" in bench.refused("--previous", folder)


def test_workers_that_the_system_stops_are_not_called_a_defect(bench, monkeypatch):
    from concurrent.futures.process import BrokenProcessPool

    def stopped(*args, **options):
        raise BrokenProcessPool

    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor.__init__", stopped)
    told = bench.refused("--workers", 2)
    assert "error[worker-stopped]" in told and "fewer --workers" in told


@pytest.mark.parametrize("workers", [1, 2])
def test_a_cluster_that_is_not_there(bench, monkeypatch, workers):
    monkeypatch.setattr("sdtm.distribute.CLUSTER_WAIT", "1s")
    told = bench.refused("--workers", workers, "--cluster", "tcp://127.0.0.1:1", command="run")
    assert "error[no-cluster]" in told
