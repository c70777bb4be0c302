"""Which files a raw dataset means: a path or glob below the raw folder, and nothing outside it."""

from __future__ import annotations

import fnmatch
import os
from pathlib import Path, PurePosixPath, PureWindowsPath

from sdtm.extract.table import listed, refuse
from specs.problems import nearest

GLOB = "*?["


def find_files(pattern: str, folder: Path) -> list[Path]:
    """The files that ``pattern`` names, sorted by their path below ``folder`` written with ``/``.

    ``folder`` is resolved. ``*`` and ``?`` stay within one folder name, ``**`` goes through any number.
    Raises ``ProblemsFound`` for a path that leaves the folder (``..``, absolute, a symbolic link) and for
    a pattern that matches no file.
    """
    parts = safe_parts(pattern)
    if not folder.is_dir():
        raise refuse(
            "missing-folder",
            str(folder),
            "no such folder",
            "the folder of the raw files",
            "correct raw.folder, which is seen from the folder that study.yaml or the workbook lies in",
        )
    if any(mark in pattern for mark in GLOB):
        found = [path for path in every_file(folder) if matches(shown_path(path, folder), parts)]
    else:
        path = folder.joinpath(*parts)
        found = [path] if path.is_file() else []
    if not found:
        raise missing_file(pattern, folder)
    for path in found:
        below_folder(path, folder, pattern)
    return sorted(found, key=lambda path: shown_path(path, folder))


def one_file(pattern: str, folder: Path) -> Path:
    """The one file that a path (not a glob) names, with the same checks."""
    paths = find_files(pattern, folder)
    if len(paths) > 1:
        names = [shown_path(path, folder) for path in paths]
        raise refuse(
            "several-files", pattern, f"{len(paths)} files: {listed(names)}", "one file", "name the file"
        )
    return paths[0]


def shown_path(path: Path, folder: Path) -> str:
    """A path below the folder, with ``/`` on every system."""
    return path.relative_to(folder).as_posix()


def every_file(folder: Path) -> list[Path]:
    """All files below a folder, sorted; hidden ones and lock files of office programs are left out.

    Linked folders are not entered, so that a link in a circle ends; a pattern cannot name what they hold.
    """
    found = []
    for root, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(root, name) for name in names if not name.startswith((".", "~$"))]
    return sorted(found, key=lambda path: shown_path(path, folder))


def safe_parts(pattern: str) -> tuple[str, ...]:
    """The parts of a relative path; refuses one that is absolute, goes up, or is empty."""
    parts = PurePosixPath(pattern.replace("\\", "/")).parts
    absolute = PurePosixPath(pattern).is_absolute() or PureWindowsPath(pattern).anchor
    if not parts or absolute or ".." in parts or "\0" in pattern:
        raise refuse(
            "path-outside-folder",
            pattern or "(no file)",
            f"{pattern!r}",
            "a path or glob below the raw folder, without '..'",
            "move the file into the raw folder, or point raw.folder at the folder that holds it",
        )
    return parts


def below_folder(path: Path, folder: Path, pattern: str) -> None:
    """Refuse a file that a symbolic link takes out of the folder."""
    if not path.resolve().is_relative_to(folder.resolve()):
        raise refuse(
            "path-outside-folder",
            shown_path(path, folder),
            f"{pattern!r} leads through a symbolic link out of the raw folder",
            "a file that lies in the raw folder",
            "copy the file into the raw folder",
        )


def matches(shown: str, parts: tuple[str, ...]) -> bool:
    """Whether a path with ``/`` fits the parts of a glob; upper and lower case differ everywhere."""
    return fits(tuple(shown.split("/")), parts)


def fits(names: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    if not parts:
        return not names
    if parts[0] == "**":
        return any(fits(names[start:], parts[1:]) for start in range(len(names) + 1))
    return bool(names) and fnmatch.fnmatchcase(names[0], parts[0]) and fits(names[1:], parts[1:])


def missing_file(pattern: str, folder: Path) -> Exception:
    """The problem of a pattern without files, with the names that look like it."""
    names = [shown_path(path, folder) for path in every_file(folder)]
    near = nearest(pattern, names) or nearest(PurePosixPath(pattern).name, names)
    if near:
        do = f"did you mean {' or '.join(near)}?"
    elif names:
        do = f"the raw folder holds {', '.join(names[:10])}{' and more' if len(names) > 10 else ''}"
    else:
        do = "the raw folder holds no files"
    what = "no file fits" if any(mark in pattern for mark in GLOB) else "no such file"
    return refuse("missing-file", pattern, what, "a file of the raw folder", do)
