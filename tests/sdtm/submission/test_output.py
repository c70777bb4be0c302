"""The output folder: new as a whole, or as it was."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sdtm.submission import output
from sdtm.submission.manifest import NAME, write_manifest
from sdtm.submission.output import OutputFolder, refuse_overlap
from specs.problems import ProblemsFound

ROOT = Path(__file__).resolve().parents[3]


def fill(folder: Path, text: str) -> None:
    (folder / "sdtm").mkdir()
    (folder / "sdtm" / "ae.xpt").write_text(text)
    write_manifest(folder, study="S", toolkit="0", spec_sha256="", inputs=[])


def run(out: Path, text: str) -> None:
    with OutputFolder(out) as folder:
        fill(folder, text)


def content(out: Path) -> str:
    return (out / "sdtm" / "ae.xpt").read_text()


def refusal(out: Path) -> tuple[str, str]:
    with pytest.raises(ProblemsFound) as refused, OutputFolder(out):
        pytest.fail("the body must not run")
    return refused.value.problems[0].id, refused.value.problems[0].found


def test_a_new_folder_is_made_with_the_folders_above_it(tmp_path: Path) -> None:
    run(tmp_path / "a" / "b" / "out", "one")
    assert content(tmp_path / "a" / "b" / "out") == "one"
    assert os.listdir(tmp_path / "a" / "b") == ["out"]


def test_an_empty_folder_is_used(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    run(tmp_path / "out", "one")
    assert content(tmp_path / "out") == "one" and os.listdir(tmp_path) == ["out"]


def test_an_earlier_output_is_replaced_as_a_whole(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with OutputFolder(out) as folder:
        (folder / "only-in-the-first.txt").write_text("x")
        fill(folder, "one")
    run(out, "two")
    assert content(out) == "two" and sorted(os.listdir(out)) == [NAME, "sdtm"]
    assert os.listdir(tmp_path) == ["out"]


def test_the_earlier_output_stands_until_the_new_one_is_complete(tmp_path: Path) -> None:
    run(tmp_path / "out", "one")
    with OutputFolder(tmp_path / "out") as folder:
        fill(folder, "two")
        assert content(tmp_path / "out") == "one"
        assert folder.parent.parent == tmp_path, "built beside its place, on the same disk"
    assert content(tmp_path / "out") == "two"


@pytest.mark.parametrize("error", [ValueError("defect"), KeyboardInterrupt(), SystemExit(2)])
def test_an_interrupted_run_leaves_the_earlier_output(tmp_path: Path, error: BaseException) -> None:
    run(tmp_path / "out", "one")
    with pytest.raises(type(error)), OutputFolder(tmp_path / "out") as folder:
        fill(folder, "two")
        raise error
    assert content(tmp_path / "out") == "one" and os.listdir(tmp_path) == ["out"]


def test_an_interrupted_first_run_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError), OutputFolder(tmp_path / "a" / "b" / "out") as folder:
        fill(folder, "one")
        raise ValueError
    assert os.listdir(tmp_path) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from sdtm.submission import output
if sys.argv[2] == "between":
    rename = os.rename
    def killing(old, new):
        if Path(old).name == "new":
            os.kill(os.getpid(), signal.SIGKILL)
        rename(old, new)
    output.os.rename = killing
with output.OutputFolder(Path(sys.argv[1])) as folder:
    (folder / "half.txt").write_text("half")
    if sys.argv[2] == "body":
        os.kill(os.getpid(), signal.SIGKILL)
    from sdtm.submission.manifest import write_manifest
    write_manifest(folder, study="S", toolkit="0", spec_sha256="", inputs=[])
"""


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL there")
@pytest.mark.parametrize("moment", ["body", "between"])
def test_a_killed_run_is_cleared_by_the_next(tmp_path: Path, moment: str) -> None:
    out = tmp_path / "out"
    run(out, "one")
    killed = subprocess.run([sys.executable, "-c", KILLED, str(out), moment], cwd=ROOT)
    assert killed.returncode == -signal.SIGKILL
    assert ".out.sdtm-work" in os.listdir(tmp_path)
    if moment == "body":
        assert content(out) == "one"
    # The next run may fail as well: what was there before the killed run is there again.
    with pytest.raises(ValueError), OutputFolder(out):
        raise ValueError
    assert content(out) == "one" and os.listdir(tmp_path) == ["out"]
    run(out, "two")
    assert content(out) == "two" and os.listdir(tmp_path) == ["out"]


def test_two_runs_at_once_do_not_share_an_output_folder(tmp_path: Path) -> None:
    with OutputFolder(tmp_path / "out") as folder:
        id, found = refusal(tmp_path / "out")
        assert id == "output-in-use" and "another run" in found
        fill(folder, "one")
    assert content(tmp_path / "out") == "one"


def test_somebodys_folder_is_refused_and_not_touched(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.txt").write_text("mine")
    id, found = refusal(tmp_path / "thesis")
    assert id == "output-not-ours" and "chapter1.txt" in found
    assert (tmp_path / "thesis" / "chapter1.txt").read_text() == "mine"
    assert os.listdir(tmp_path) == ["thesis"]


def test_somebody_elses_manifest_does_not_make_a_folder_ours(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / NAME).write_text('{"name": "web app"}')
    assert refusal(tmp_path / "app")[0] == "output-not-ours"
    assert os.listdir(tmp_path / "app") == [NAME]


@pytest.mark.parametrize("place", ["notes.txt", "sdtm/notes.txt", "deep/er/notes.txt"])
def test_a_file_put_into_our_output_is_not_deleted(tmp_path: Path, place: str) -> None:
    run(tmp_path / "out", "one")
    (tmp_path / "out" / place).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / "out" / place).write_text("mine")
    id, found = refusal(tmp_path / "out")
    assert id == "output-not-ours" and place in found
    assert (tmp_path / "out" / place).read_text() == "mine" and content(tmp_path / "out") == "one"


def test_a_file_put_there_during_the_run_is_not_deleted(tmp_path: Path) -> None:
    run(tmp_path / "out", "one")
    with pytest.raises(ProblemsFound, match="output-not-ours"), OutputFolder(tmp_path / "out") as folder:
        fill(folder, "two")
        (tmp_path / "out" / "notes.txt").write_text("mine")
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine" and content(tmp_path / "out") == "one"


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    assert refusal(tmp_path / "out") == ("not-writable", "it is a file")
    (tmp_path / "part").write_text("a file")
    id, found = refusal(tmp_path / "part" / "out")
    assert id == "not-writable" and found.endswith("part is a file")
    assert (tmp_path / "out").read_text() == "a file"


def test_the_top_of_a_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "disk").mkdir()
    monkeypatch.setattr(output.os.path, "ismount", lambda path: path == tmp_path / "disk")
    id, found = refusal(tmp_path / "disk")
    assert id == "not-writable" and "top of a disk" in found


def test_a_link_to_an_output_folder_stays_a_link(tmp_path: Path) -> None:
    run(tmp_path / "data" / "out", "one")
    (tmp_path / "link").symlink_to(tmp_path / "data" / "out")
    run(tmp_path / "link", "two")
    assert (tmp_path / "link").is_symlink() and content(tmp_path / "data" / "out") == "two"


@pytest.mark.parametrize(("code", "id"), [(errno.EACCES, "not-writable"), (errno.EROFS, "not-writable")])
def test_a_folder_that_may_not_be_written_is_told_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, id: str
) -> None:
    run(tmp_path / "out", "one")

    def refuse(path: Path, *_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code), str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert refusal(tmp_path / "out")[0] == id
    assert content(tmp_path / "out") == "one" and os.listdir(tmp_path) == ["out"]


def test_an_output_that_may_not_be_replaced_is_told_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tmp_path / "out", "one")
    monkeypatch.setattr(output.os, "access", lambda *_: False)
    assert refusal(tmp_path / "out") == ("not-writable", "no permission to replace it")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_inside_the_work_is_told_in_plain_words(tmp_path: Path, code: int) -> None:
    run(tmp_path / "out", "one")
    with pytest.raises(ProblemsFound) as refused, OutputFolder(tmp_path / "out") as folder:
        fill(folder, "two")
        raise OSError(code, os.strerror(code))
    (problem,) = refused.value.problems
    assert problem.id == "disk-full" and str(tmp_path / "out") in problem.where.file
    assert "the previous output is as it was" in problem.do
    assert content(tmp_path / "out") == "one" and os.listdir(tmp_path) == ["out"]


def test_a_refusal_of_another_file_is_not_taken_for_the_outputs(tmp_path: Path) -> None:
    with pytest.raises(PermissionError), OutputFolder(tmp_path / "out"):
        raise PermissionError(errno.EACCES, "no", str(tmp_path / "raw" / "ae.csv"))


@pytest.mark.parametrize("failing", [1, 2])
def test_a_refusal_of_either_rename_leaves_the_earlier_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    run(tmp_path / "out", "one")
    rename, calls = os.rename, []

    def refuse(old: Path, new: Path) -> None:
        calls.append(old)
        if len(calls) == failing:
            raise OSError(errno.EACCES, "no", str(old))
        rename(old, new)

    monkeypatch.setattr(output.os, "rename", refuse)
    with pytest.raises(ProblemsFound, match="not-writable"):
        run(tmp_path / "out", "two")
    assert content(tmp_path / "out") == "one" and os.listdir(tmp_path) == ["out"]


def test_a_run_without_manifest_is_our_own_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=NAME), OutputFolder(tmp_path / "out") as folder:
        (folder / "x").write_text("x")
    assert os.listdir(tmp_path) == []


SMALL_DISK = """
set -e
mount -t tmpfs -o size=300k none "$1"
cd "$2"
"$3" - "$1" <<'PYTHON'
import os, sys
from pathlib import Path
import pandas as pd
from sdtm import columns
from sdtm.stages import Dataset, Variable
from sdtm.submission.manifest import check_manifest, write_manifest
from sdtm.submission.output import OutputFolder
from sdtm.submission.xpt import write_xpt
from specs.problems import ProblemsFound

out = Path(sys.argv[1]) / "out"

def run(rows):
    frame = pd.DataFrame({"A": columns.text(["x" * 200] * rows)})
    dataset = Dataset("AE", "", (Variable("A", "", "Char"),), frame, pd.DataFrame())
    with OutputFolder(out) as folder:
        written = write_xpt(dataset, folder / "ae.xpt", "2025-03-28", folder=folder)
        write_manifest(folder, study="S", toolkit="0", spec_sha256="", inputs=[], outputs=[written])

run(300)
before = (out / "ae.xpt").read_bytes()
try:
    run(3000)
except ProblemsFound as refused:
    assert [p.id for p in refused.problems] == ["disk-full"], refused
    assert (out / "ae.xpt").read_bytes() == before and check_manifest(out) == []
    assert os.listdir(out.parent) == ["out"]
    print("refused in plain words")
PYTHON
"""


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs user namespaces for a small disk")
def test_a_disk_that_is_really_full_keeps_the_earlier_output(tmp_path: Path) -> None:
    inside = ["unshare", "--user", "--map-root-user", "--mount"]
    (tmp_path / "disk").mkdir()
    script = ["sh", "-c", SMALL_DISK, "sh", str(tmp_path / "disk"), str(ROOT), sys.executable]
    if subprocess.run([*inside, "true"], capture_output=True).returncode:
        pytest.skip("user namespaces are not allowed here")
    done = subprocess.run([*inside, *script], capture_output=True, text=True)
    if "mount" in done.stderr and "denied" in done.stderr:
        pytest.skip("a small disk may not be mounted here")
    assert done.stdout.strip() == "refused in plain words", done.stderr


def test_an_output_folder_with_inputs_in_it_is_refused(tmp_path: Path) -> None:
    study, raw = tmp_path / "study", tmp_path / "study" / "raw"
    raw.mkdir(parents=True)
    refuse_overlap(study / "out", [study, raw])  # inside an input: allowed
    for out, inputs, word in [
        (raw, [raw], " is "),
        (study, [raw], "contains"),
        (tmp_path, [study], "contains"),
    ]:
        with pytest.raises(ProblemsFound) as refused:
            refuse_overlap(out, inputs)
        (problem,) = refused.value.problems
        assert problem.id == "output-overlaps-input" and word in problem.found
        assert str(inputs[0]) in problem.found


def test_an_overlap_through_a_link_or_dots_is_seen(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "raw")
    for out in (tmp_path / "link", tmp_path / "raw" / ".." / "raw"):
        with pytest.raises(ProblemsFound):
            refuse_overlap(out, [tmp_path / "raw"])
