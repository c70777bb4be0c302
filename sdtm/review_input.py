"""What people wrote about the findings of an earlier run: found, read, and protected from being overwritten.

A run replaces its output folder, and with it the ``findings.xlsx`` in which somebody may have worked. So the one that
stands in the folder is read first; it is an input of the run, and the manifest names it. A workbook that was
edited and would be lost unread stops the run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sdtm.stages import WrittenFile
from sdtm.submission.manifest import EDITABLE, Manifest, read_manifest
from sdtm.submission.storage import written_file
from specs.location import Location
from specs.problems import Problem, ProblemsFound
from validation.review import Previous, Written

NONE = "none"
_JSON, _WORKBOOK, _QUERIES = "reports/findings.json", *EDITABLE


@dataclass(frozen=True, slots=True)
class ReviewInput:
    """``previous``: what the earlier run found. ``written``: what stands in an edited workbook.

    ``files``: what was read, for the manifest. ``watched``: files of the output folder as they were.
    """

    previous: Previous | None = None
    written: Mapping[str, Written] = field(default_factory=dict)
    files: tuple[WrittenFile, ...] = ()
    watched: Mapping[str, str] = field(default_factory=dict)


def read_review_input(out: Path, study: str, review: str = "", previous: Path | None = None) -> ReviewInput:
    """The remarks that a run starts with.

    Args:
        out: the output folder; an earlier output of the same study in it is read.
        review: an edited ``findings.xlsx``, or a ``findings.json``; ``none``: nothing is read, and what stands in
            the output folder may be lost.
        previous: the output folder of an earlier run, used where ``out`` holds none.

    Raises:
        ProblemsFound: a file that cannot be read or understood, or remarks that would be lost.
    """
    if review == NONE:
        return ReviewInput()
    earlier = _output_of(out, study)
    edited = _edited(out)
    lost = [
        name for name in edited if name != _WORKBOOK or (review and not _is_same(out / name, Path(review)))
    ]
    lost += [name for name in edited if name == _WORKBOOK and not review and earlier is None]
    if lost:
        raise ProblemsFound([_lost(out, name) for name in lost])
    folder = out if earlier is not None else previous
    if folder is not None and earlier is None:
        earlier = _output_of(folder, study)
    found = ReviewInput(watched=_watched(out))
    files: list[WrittenFile] = []
    before: Previous | None = None
    if folder is not None and earlier is not None and (folder / _JSON).is_file():
        from validation.review_json import read_previous

        before = read_previous(folder / _JSON, str(folder / _JSON))
        files.append(written_file(folder / _JSON, folder))
    book = Path(review) if review else out / _WORKBOOK
    if not review and _WORKBOOK not in edited:
        return ReviewInput(before, {}, tuple(files), found.watched)
    told, rows = _read(book)
    files.append(written_file(book, out if not review else book.parent))
    return ReviewInput(before or told, rows, tuple(files), found.watched)


def read_review_file(review: str) -> tuple[Previous | None, Mapping[str, Written]]:
    """An edited ``findings.xlsx`` or a ``findings.json`` by itself; nothing for an empty name or ``none``."""
    return _read(Path(review)) if review and review != NONE else (None, {})


def refuse_edited_since(found: ReviewInput, out: Path) -> None:
    """``ProblemsFound`` when somebody saved a workbook of the output folder while the run was working."""
    now = _watched(out)
    changed = [name for name, sha256 in found.watched.items() if now.get(name, sha256) != sha256]
    if changed:
        raise ProblemsFound([_lost(out, name, "it was saved while the run was working") for name in changed])


def _read(path: Path) -> tuple[Previous | None, Mapping[str, Written]]:
    if not path.is_file():
        found = "a folder" if path.is_dir() else "no such file"
        expected = f"an edited findings.xlsx, a findings.json, or {NONE}"
        raise ProblemsFound(Problem("no-such-review", Location(str(path)), found, expected))
    if path.suffix.lower() == ".json":
        from validation.review_json import read_previous

        return read_previous(path, str(path)), {}
    from validation.review_workbook import read_review

    book = read_review(path)
    return book.previous, book.rows


def _output_of(folder: Path, study: str) -> Manifest | None:
    """The manifest of a folder that an earlier run of the same study wrote."""
    try:
        manifest = read_manifest(folder)
    except ProblemsFound:
        return None  # whether such a folder may be replaced is decided elsewhere
    return manifest if manifest.study == study else None


def _edited(out: Path) -> list[str]:
    """Workbooks of an earlier output that are no longer as the run wrote them."""
    try:
        listed = {file.path: file.sha256 for file in read_manifest(out).outputs}
    except ProblemsFound:
        return []
    return [name for name, sha256 in _watched(out).items() if listed.get(name, sha256) != sha256]


def _watched(out: Path) -> dict[str, str]:
    paths = [(name, out / name) for name in EDITABLE]
    return {name: written_file(path, out).sha256 for name, path in paths if path.is_file()}


def _is_same(one: Path, other: Path) -> bool:
    return other.exists() and one.samefile(other)


def _lost(
    out: Path, name: str, found: str = "it was edited after the run, and this run would replace it"
) -> Problem:
    do = "copy it elsewhere and restore the one that the run wrote, or give it up: --review none"
    if name == _WORKBOOK:
        do = f"name it: --review {(out / name).as_posix()}, or move it elsewhere"
    return Problem("review-lost", Location(str(out / name)), found, "no work of people is lost", do)
