"""The documents of a package: reviewer's guides, and every file that a define.xml links to.

A guide that people finished (``csdrg.pdf``, else ``csdrg.docx``) takes the place of its draft. No define.xml of a
package links to a file that is not in it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from sdtm.submission.define_documents import html_with, links_of, xml_with
from sdtm.submission.define_model import Leaf
from sdtm.submission.guides.files import read_guides, write_guide
from sdtm.submission.guides.issues import to_write_count
from sdtm.submission.guides.model import Guide
from sdtm.submission.manifest import DESKTOP_FILES
from specs.location import Location
from specs.problems import Problem, ProblemsFound

GUIDES = {"sdtm": "csdrg", "adam": "adrg"}
# Regulators take PDF; a document that can be edited comes second.
_FINISHED = (".pdf", ".docx")
_DO = "put it into a folder and name that with --documents, or take it out of sheet Documents of the spec"


@dataclass(frozen=True, slots=True)
class PackagedGuide:
    """A guide of a package. ``to_write``: places that a draft leaves open; of a finished one nobody has counted."""

    file: str
    is_draft: bool
    to_write: int | None = None


@dataclass(slots=True)
class Documents:
    """What is added below ``root``, the study's folder of a package. ``given``: name of a file -> its path."""

    root: Path
    given: Mapping[str, Path] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    guides: dict[str, PackagedGuide] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def add_documents(
    source: Path,
    root: Path,
    places: Mapping[str, str],
    given: Path | None = None,
    split: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, PackagedGuide]:
    """Add the guides of a run to a package that is being built, and link them; copy what else is linked to.

    Args:
        source: output folder of the run.
        root: the study's folder in the package; ``places``: sdtm or adam -> where its datasets stand there.
        given: folder of documents that people made.
        split: dataset -> files of its parts.

    Raises:
        ProblemsFound: a define.xml links to a file that nobody gave, or nothing links to a file that was given.
    """
    documents = Documents(root, _files_of(given) if given is not None else {})
    guides = {guide.name: guide for guide in read_guides(source, split)}
    for kind, place in places.items():
        if (root / place / "define.xml").is_file():
            _describe(documents, root / place, guides.get(GUIDES[kind]))
    documents.problems += _unused(documents, given)
    if documents.problems:
        raise ProblemsFound(documents.problems)
    return documents.guides


def _describe(documents: Documents, place: Path, guide: Guide | None) -> None:
    xml, html = place / "define.xml", place / "define.html"
    links = links_of(xml.read_bytes())
    if guide is not None:
        named = next((link for link in links if PurePosixPath(link).stem.casefold() == guide.name), "")
        leaf = _guide(documents, place, guide, named)
        if not named:
            xml.write_bytes(xml_with(xml.read_bytes(), [leaf]))
            if html.is_file():
                html.write_bytes(html_with(html.read_bytes(), [leaf]))
    for link in links:
        _provide(documents, place, link)


def _guide(documents: Documents, place: Path, guide: Guide, named: str) -> Leaf:
    """Put a guide beside its define.xml; ``named``: the link that the study's own documents have to it."""
    wanted = [PurePosixPath(named).name] if named else [guide.name + ending for ending in _FINISHED]
    finished = next((name for name in wanted if name.casefold() in documents.given), "")
    if finished:
        if not named:
            _copy(documents, finished, place / finished)
        documents.guides[guide.name] = PackagedGuide(finished, False)
        return Leaf(f"LF.{guide.name}", finished, guide.title)
    draft = f"{guide.name}.docx"
    if not named or named in (draft, f"{guide.name}.html"):
        write_guide(guide, place)
        documents.guides[guide.name] = PackagedGuide(named or draft, True, to_write_count(guide))
    return Leaf(f"LF.{guide.name}", draft, f"{guide.title} (draft)")


def _provide(documents: Documents, place: Path, link: str) -> None:
    """A file that a define.xml links to; an address of the web is none."""
    if link.startswith(("https://", "http://")):
        return
    where = Location(file=f"{place.relative_to(documents.root).as_posix()}/define.xml", key=link)
    target = Path(os.path.normpath(place / link))
    if ":" in link or "\\" in link or not target.is_relative_to(documents.root):
        expected = "a path in the study's folder of the package, relative to define.xml"
        documents.problems.append(Problem("document-path", where, f"a link to {link!r}", expected, _DO))
    elif not target.is_file():
        if target.name.casefold() in documents.given:
            target.parent.mkdir(parents=True, exist_ok=True)
            _copy(documents, target.name, target)
        else:
            found, expected = f"a link to {link!r}, which is no file", "only links to files of the package"
            documents.problems.append(Problem("document-missing", where, found, expected, _DO))


def _copy(documents: Documents, name: str, target: Path) -> None:
    shutil.copyfile(documents.given[name.casefold()], target)
    documents.used.add(name.casefold())


def _files_of(given: Path) -> dict[str, Path]:
    try:
        found = sorted(path for path in given.iterdir() if path.name not in DESKTOP_FILES)
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise ProblemsFound(
            Problem("no-documents", Location(file=str(given)), reason, "a folder of documents")
        ) from None
    return {path.name.casefold(): path for path in found if path.is_file()}


def _unused(documents: Documents, given: Path | None) -> Iterator[Problem]:
    for name, path in documents.given.items():
        if name not in documents.used:
            yield Problem(
                "document-unused",
                Location(file=str(path)),
                "a document that no define.xml links to",
                "one guide (csdrg.pdf, adrg.pdf or .docx), and documents of sheet Documents",
                f"take it out of {given}, or name it on sheet Documents of the spec",
            )
