"""``manifest.json``: what a run read and wrote, with the SHA-256 of each file.

It holds nothing that may differ between two machines that do the same work: no clock, no absolute path, and
no versions of Python or of libraries. What decides the bytes of the output is in it: the inputs, the spec,
the toolkit's version, the standards.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, Protocol

from sdtm.stages import WrittenFile
from sdtm.submission.storage import written_file
from specs.location import Location
from specs.problems import Problem, ProblemsFound
from specs.storage import plain_refusals
from validation.findings import Finding, Place, fold

NAME = "manifest.json"
# Files of an output that people work in; a run reads them before it replaces them (sdtm.review_input).
EDITABLE = ("reports/findings.xlsx", "reports/queries.xlsx")
MADE_BY = "sdtm-toolkit"
FORMAT = 1
_LARGEST = 64 << 20  # bytes of a manifest that is read; an honest one has about 200 for each file
# What desktops leave in folders that they show; nobody's work.
DESKTOP_FILES = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


class HashedFile(Protocol):
    """A raw file or a written one."""

    @property
    def path(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def rows(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest says. Paths are relative: inputs to the raw folder, outputs to the output folder."""

    study: str
    toolkit: str
    spec_sha256: str
    created: str
    versions: dict[str, str]
    inputs: tuple[WrittenFile, ...]
    outputs: tuple[WrittenFile, ...]


def write_manifest(
    folder: Path,
    *,
    study: str,
    toolkit: str,
    spec_sha256: str,
    inputs: Iterable[HashedFile],
    outputs: Iterable[HashedFile] = (),
    versions: Mapping[str, str] | None = None,
    created: str = "",
    package: Mapping[str, object] | None = None,
    review: Iterable[HashedFile] = (),
) -> WrittenFile:
    """Write the manifest of a finished output folder.

    Args:
        outputs: files whose hash and row count are known; every other file of the folder is hashed here.
        versions: of the standards ("sdtmig": "3.4"), not of Python or libraries.
        created: the date and time that the spec gives; never the clock.
        review: what earlier findings and remarks on them were read from.
        package: of a package: how it was checked, and who decided about open errors, and why.

    Raises:
        ValueError: a path that is absolute or leaves its folder, or an output that is not there.
        ProblemsFound: the disk refuses.
    """
    known = {file.path: file for file in outputs}
    there = set(files_below(folder)) - {NAME}
    if missing := sorted(known.keys() - there):
        raise ValueError(f"outputs that are not in the folder: {missing}")
    written = [known[path] if path in known else written_file(folder / path, folder) for path in there]
    read = list(inputs)
    for file in read:
        if PurePosixPath(file.path).is_absolute() or PureWindowsPath(file.path).is_absolute():
            raise ValueError(f"the path {file.path!r} of an input is not relative to the raw folder")
    content = {
        "made_by": MADE_BY,
        "format": FORMAT,
        "study": study,
        "toolkit": toolkit,
        "spec_sha256": spec_sha256,
        "created": created,
        "versions": dict(versions or {}),
        "inputs": _entries(read),
        "outputs": _entries(written),
        **({"review": told} if (told := _entries(review)) else {}),
        **({"package": dict(package)} if package is not None else {}),
    }
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    path = folder / NAME
    with plain_refusals(path):
        # A file name that is no text in the system's encoding becomes a JSON escape.
        path.write_bytes(text.encode("utf-8", "backslashreplace"))
    return written_file(path, folder)


def add_output(folder: Path, file: WrittenFile) -> None:
    """Enter a file of the folder that was written after the manifest; an entry of the same path is replaced.

    Raises ``ProblemsFound`` as ``read_manifest``, or where the disk refuses.
    """
    read_manifest(folder)  # refuses what is no manifest of ours
    path = folder / NAME
    content = json.loads(path.read_bytes().decode("utf-8"))
    others = [WrittenFile(**entry) for entry in content["outputs"] if entry["path"] != file.path]
    content["outputs"] = _entries([*others, file])
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    beside = folder / f"{NAME}.new"
    with plain_refusals(path):
        beside.write_bytes(text.encode("utf-8", "backslashreplace"))
        os.replace(beside, path)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of an output folder.

    Raises:
        ProblemsFound: there is none, it is not ours, or it names a path outside the folder.
    """
    path = folder / NAME
    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError("too large")
        return _parsed(json.loads(path.read_bytes().decode("utf-8")))
    except FileNotFoundError:
        found = "no such file"
    except OSError as error:
        found = f"it cannot be read: {error.strerror}"
    except (ValueError, KeyError, TypeError, RecursionError):
        found = "not a manifest of this toolkit"
    raise ProblemsFound(
        Problem(
            "manifest",
            Location(file=str(path)),
            found,
            f"the {NAME} that a run writes into its output folder",
            "name the folder that was given as --out, or run again",
        )
    )


def check_manifest(folder: Path) -> list[Finding]:
    """Files of an output folder that are missing, changed, or not of the run.

    Raises:
        ProblemsFound: as ``read_manifest``.
    """
    listed = {file.path: file for file in read_manifest(folder).outputs}
    there = set(files_below(folder)) - {NAME}
    defects = (_defect(folder, path, listed.get(path), path in there) for path in listed.keys() | there)
    return fold(defect for defect in defects if defect is not None)


def files_below(folder: Path) -> Iterator[str]:
    """Relative paths, with "/", of all files and links in a folder, without what desktops leave there."""
    for parent, folders, files in os.walk(folder):
        links = [name for name in folders if os.path.islink(os.path.join(parent, name))]
        for name in (*files, *links):
            if name not in DESKTOP_FILES:
                yield Path(parent, name).relative_to(folder).as_posix()


def _entries(files: Iterable[HashedFile]) -> list[dict[str, object]]:
    """One entry a file, by path; a workbook that was read as two datasets has two, with their rows."""
    unique = {(f.path, f.sha256, f.size, f.rows) for f in files}
    ordered = sorted(unique, key=lambda f: (f[0], f[1], f[3] if f[3] is not None else -1))
    return [asdict(WrittenFile(*entry)) for entry in ordered]


def _parsed(content: Any) -> Manifest:
    if content["made_by"] != MADE_BY or content["format"] != FORMAT:
        raise ValueError("not ours")
    outputs = tuple(_entry(file) for file in content["outputs"])
    if not all(_is_relative(file.path) for file in outputs):
        raise ValueError("a path outside the folder")
    return Manifest(
        study=_checked(content["study"], str),
        toolkit=_checked(content["toolkit"], str),
        spec_sha256=_checked(content["spec_sha256"], str),
        created=_checked(content["created"], str),
        versions=dict(_checked(content["versions"], dict)),
        inputs=tuple(_entry(file) for file in content["inputs"]),
        outputs=outputs,
    )


def _entry(entry: Any) -> WrittenFile:
    path, sha256 = (_checked(entry[name], str) for name in ("path", "sha256"))
    rows = entry["rows"] if entry["rows"] is None else _checked(entry["rows"], int)
    return WrittenFile(path, sha256, _checked(entry["size"], int), rows)


def _checked(value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise TypeError(value)
    return value


def _is_relative(path: str) -> bool:
    """The path stays below its folder, on any system."""
    parts = PurePosixPath(path).parts
    return bool(parts) and ".." not in parts and "\\" not in path and not PureWindowsPath(path).anchor


def _defect(folder: Path, path: str, listed: WrittenFile | None, there: bool) -> Finding | None:
    """What is wrong with one file; None when it is as the run left it."""
    if listed is None:
        rule, severity, found = "output-foreign", "warning", "a file that the run did not write"
        expected, do = "only files of the run", "move it elsewhere"
    elif not there:
        rule, severity, found = "output-missing", "error", "a file of the run is missing"
        expected, do = "all files of the run", "restore it, or run again"
    elif not _is_same(folder / path, listed) and path in EDITABLE:
        rule, severity, found = "output-edited", "note", "a workbook that somebody worked in after the run"
        expected, do = "remarks on the findings of the run", "nothing; the next run reads them"
    elif not _is_same(folder / path, listed):
        rule, severity, found = "output-changed", "error", "a file changed after the run"
        expected, do = "the bytes that the run wrote", "restore it, or run again"
    else:
        return None
    return Finding(rule, severity, found, expected, do, places=(Place(file=path),))


def _is_same(path: Path, listed: WrittenFile) -> bool:
    if path.is_symlink() or path.stat().st_size != listed.size:
        return False
    return written_file(path, path.parent).sha256 == listed.sha256
