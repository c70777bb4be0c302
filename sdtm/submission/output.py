"""The output folder: built beside its place and moved there, so that it is new as a whole or stays as it was.

While a run works, everything stands in one folder beside the output (``.NAME.sdtm-work``):
``new`` is what is being built, ``old`` the previous output during the two renames at the end, ``lock`` a file
that the running process holds locked. The system lets go of the lock when a process dies, however it dies;
so a work folder without a held lock is what a killed run left, and the next run clears it.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO

from sdtm.submission.manifest import NAME, files_below, read_manifest
from specs.location import Location
from specs.problems import Problem, ProblemsFound
from specs.storage import plain_refusals, storage_problem

_SHOWN = 5
_OPENED = ("~$", ".~lock.")  # what Excel and LibreOffice put beside a workbook while it is open


def refuse_overlap(out: Path, inputs: Iterable[Path]) -> None:
    """Refuse an output folder that is, or contains, one of the inputs (raw folder, study folder or workbook).

    An output folder inside an input folder is allowed.

    Raises:
        ProblemsFound: with the inputs that would be replaced.
    """
    place = out.resolve()
    problems = [
        Problem(
            "output-overlaps-input",
            Location(file=str(out)),
            f"the output folder {'is' if place == source.resolve() else 'contains'} the input {source}",
            "an output folder without inputs in it: it is replaced as a whole",
            "choose another --out",
        )
        for source in inputs
        if source.resolve().is_relative_to(place)
    ]
    if problems:
        raise ProblemsFound(problems)


def refuse_unwritable(out: Path) -> None:
    """Refuse an output folder that ``OutputFolder`` would refuse; nothing is made or locked.

    Raises:
        ProblemsFound: it is not replaceable, or no folder can be made beside it.
    """
    place = out.resolve()
    with plain_refusals(out):
        _refuse_special(out, place)
        _refuse_foreign(out, place)
        nearest = next(folder for folder in place.parents if folder.exists())
        if not os.access(nearest, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(nearest))


class OutputFolder:
    """``with OutputFolder(out) as folder:`` build everything in ``folder``; at the end it becomes ``out``.

    The body must write a manifest (``write_manifest``): by it the next run knows the folder as ours. When the
    body raises, ``out`` stays as it was and what was built is removed. ``out`` may be absent, empty, or an
    earlier output with nothing added to it; anything else is refused, so that nobody's files are deleted.
    Files of the earlier output are replaced, also when somebody edited them since.

    Raises:
        ProblemsFound: ``out`` is not replaceable, another run is writing it, or the disk refuses (also when
            the refusal comes up in the body).
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        self._place = out.resolve()
        self._work = self._place.parent / f".{self._place.name}.sdtm-work"
        self._new = self._work / "new"
        self._old = self._work / "old"
        self._lock: IO[bytes] | None = None
        self._made: list[Path] = []  # folders above the output that did not exist

    def __enter__(self) -> Path:
        with plain_refusals(self.out, making=True):
            _refuse_special(self.out, self._place)
            self._made = [folder for folder in self._place.parents if not folder.exists()]
            try:
                self._work.parent.mkdir(parents=True, exist_ok=True)
                self._lock = _locked(self._work, self.out)
                self._recover()
                _refuse_foreign(self.out, self._place)
                self._new.mkdir()
            except BaseException:
                self._clean()
                raise
        return self._new

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                with plain_refusals(self.out):
                    # Again: hours may have passed, and somebody may have put a file there.
                    _refuse_foreign(self.out, self._place)
                    self._swap()
        finally:
            self._clean(keep_made=error is None)
        if isinstance(error, OSError) and self._concerns_output(error):
            problem = storage_problem(error, self.out)
            if problem is not None:
                raise ProblemsFound(problem) from error

    def _swap(self) -> None:
        if not (self._new / NAME).is_file():
            raise RuntimeError(f"an output folder without {NAME} would not be known as ours")
        try:
            if self._place.exists():
                os.rename(self._place, self._old)
            os.rename(self._new, self._place)
        except BaseException:
            if self._old.exists() and not self._place.exists():
                os.rename(self._old, self._place)
            raise

    def _recover(self) -> None:
        """Put right what a killed run left. We hold the lock."""
        if self._old.exists() and not self._place.exists():
            os.rename(self._old, self._place)  # killed between the two renames
        for left in (self._old, self._new):
            if left.exists():
                shutil.rmtree(left)

    def _clean(self, keep_made: bool = False) -> None:
        """Remove the work folder; what cannot be removed now is cleared by the next run."""
        if self._lock is not None:
            if self._place.exists():
                shutil.rmtree(self._old, ignore_errors=True)
            shutil.rmtree(self._new, ignore_errors=True)
            _unlock(self._lock, self._work)
            self._lock = None
        if not keep_made:
            for folder in self._made:
                _remove_if_empty(folder)

    def _concerns_output(self, error: OSError) -> bool:
        """A refusal of the output's disk, and not of some other file that the body touched."""
        return not error.filename or self._work in Path(os.fsdecode(error.filename)).absolute().parents


def _refuse_special(out: Path, place: Path) -> None:
    found = ""
    nearest = next(folder for folder in (place, *place.parents) if folder.exists())
    if not nearest.is_dir():
        found = "it is a file" if nearest == place else f"{nearest} is a file"
    elif os.path.ismount(place):
        found = "it is the top of a disk, which cannot be moved aside"
    elif place.is_dir() and not os.access(place, os.W_OK | os.X_OK):
        found = "no permission to replace it"
    if found:
        do = f"choose another --out, as {out / 'output'}" if place.is_dir() else "choose another --out"
        raise ProblemsFound(
            Problem("not-writable", Location(file=str(out)), found, "a folder that can be replaced", do)
        )


def _refuse_foreign(out: Path, place: Path) -> None:
    """Refuse a folder that holds anything but an earlier output of ours."""
    if not place.is_dir():
        return
    there = set(files_below(place))
    if not there:
        return  # empty, or empty folders only
    try:
        ours = {file.path for file in read_manifest(place).outputs} | {NAME}
        found, do = "files that the earlier run did not write", "move them elsewhere, or choose another --out"
    except ProblemsFound:
        ours = set()
        found, do = "files, and no output of an earlier run", "choose an empty or a new folder"
    foreign = sorted(there - ours)
    if foreign and all(name.rpartition("/")[2].startswith(_OPENED) for name in foreign):
        found, do = "a workbook that a spreadsheet program has open", "save it, close it there, and run again"
    if foreign:
        more = f" and {len(foreign) - _SHOWN} more" if len(foreign) > _SHOWN else ""
        raise ProblemsFound(
            Problem(
                "output-not-ours",
                Location(file=str(out)),
                f"{found}: {', '.join(foreign[:_SHOWN])}{more}",
                "a new or empty folder, or an output of this toolkit: it is replaced as a whole",
                do,
            )
        )


def _locked(work: Path, out: Path) -> IO[bytes]:
    """Make the work folder and lock it for this process.

    Raises:
        ProblemsFound: another process holds the lock.
    """
    path = work / "lock"
    while True:
        work.mkdir(exist_ok=True)
        try:
            file = path.open("ab")
        except FileNotFoundError:
            continue  # the run that held it finished and removed the folder in this moment
        try:
            _lock_file(file)
        except (BlockingIOError, PermissionError):
            file.close()
            raise ProblemsFound(
                Problem(
                    "output-in-use",
                    Location(file=str(out)),
                    "another run is writing this output folder",
                    "one run at a time",
                    "wait for it to end, or choose another --out",
                )
            ) from None
        except OSError:
            pass  # a disk that knows no locks; nobody can hold one there
        if _is_at(file, path):
            return file
        file.close()


def _is_at(file: IO[bytes], path: Path) -> bool:
    """The locked file is the one that stands there now, and not one that was removed meanwhile."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _lock_file(file: IO[bytes]) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _unlock(file: IO[bytes], work: Path) -> None:
    if sys.platform == "win32":  # an open file cannot be removed there
        file.close()
    with suppress(OSError):
        (work / "lock").unlink(missing_ok=True)
    file.close()
    _remove_if_empty(work)


def _remove_if_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()
