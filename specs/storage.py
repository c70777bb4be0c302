"""What a disk says when it refuses to be written to, in plain words."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from specs.location import Location
from specs.problems import Problem, ProblemsFound

# Ids of what a disk says, whatever is written.
REFUSED = ("disk-full", "disk-error", "not-writable")
OUTPUT_KEPT = "the previous output is as it was"
# errno -> (id, found, expected, do)
_WORDS = {
    errno.ENOSPC: (
        "disk-full",
        "no space is left on the disk",
        "space for the whole output",
        "free space, or",
    ),
    errno.EDQUOT: ("disk-full", "the disk quota is used up", "space for the whole output", "free space, or"),
    errno.EFBIG: ("disk-full", "a file grew above what this disk allows", "a disk for large files", ""),
    errno.EACCES: (
        "not-writable",
        "no permission to write there",
        "a folder you may write to",
        "ask for it, or",
    ),
    errno.EPERM: (
        "not-writable",
        "no permission to write there",
        "a folder you may write to",
        "ask for it, or",
    ),
    errno.EROFS: ("not-writable", "the disk is read-only", "a folder you may write to", ""),
    errno.ENAMETOOLONG: ("not-writable", "the path is too long", "a path that this disk allows", ""),
    errno.EISDIR: ("not-writable", "a folder has this name", "a name that no folder has", ""),
    errno.ENOTDIR: ("not-writable", "a part of the path is a file", "folders all the way", ""),
    errno.EBUSY: ("not-writable", "the folder is in use by the system", "a folder that can be replaced", ""),
    errno.EXDEV: ("not-writable", "the folder is a disk of its own", "a folder that can be replaced", ""),
    errno.EIO: ("disk-error", "the disk reports an error", "a disk that works", "have it checked, or"),
}


# Where folders are made, and only there: elsewhere a path that is not there is a defect of ours.
_MAKING = {
    errno.ENOENT: ("not-writable", "the system makes no folder there", "a folder you may write to", ""),
    errno.EEXIST: ("not-writable", "a part of the path is a file", "folders all the way", ""),
}


def storage_problem(
    error: OSError, place: str | Path, making: bool = False, kept: str = OUTPUT_KEPT
) -> Problem | None:
    """The problem that an operating system's refusal to write stands for, or None for any other error.

    ``making``: it refused to make a folder. ``kept``: what is still as it was.
    """
    words = {**_WORDS, **_MAKING} if making else _WORDS
    if error.errno not in words:
        return None
    id, found, expected, do = words[error.errno]
    file = str(error.filename) if error.filename else str(place)
    advice = f"{do} choose another folder; {kept}".strip()
    return Problem(id, Location(file=file), found, expected, advice)


@contextmanager
def plain_refusals(place: str | Path, making: bool = False, kept: str = OUTPUT_KEPT) -> Iterator[None]:
    """Turn a disk's refusal inside the block into ``ProblemsFound``; other errors pass."""
    try:
        yield
    except OSError as error:
        problem = storage_problem(error, place, making, kept)
        if problem is None:
            raise
        raise ProblemsFound(problem) from error
