"""Our compact form of one terminology package: an index, then one compressed block for each codelist.

A study uses a few dozen of a package's thousand codelists, so each is packed by itself and only those asked
for are unpacked. Layout of a ``.ct`` file: the line ``MAGIC``, the length of the index (4 bytes, big-endian),
the index, the blocks. Index and blocks are zlib-compressed JSON; zlib's own checksum guards each.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from specs.location import Location
from specs.problems import Problem, ProblemsFound

MAGIC = b"sdtm-toolkit terminology 1\n"
ENDING = ".ct"


@dataclass(frozen=True, slots=True)
class Term:
    """One permitted value: its c-code, NCI preferred term and CDISC synonyms."""

    code: str
    preferred: str
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CodelistEntry:
    """What the index says of a codelist: c-code, short name (NY), title (No Yes Response), extensible."""

    code: str
    name: str
    title: str
    extensible: bool


@dataclass(frozen=True, slots=True)
class PackedCodelist:
    entry: CodelistEntry
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Package:
    """An opened package file; ``terms`` unpacks one codelist."""

    path: Path
    package: str
    version: str
    codelists: Mapping[str, PackedCodelist]
    data: bytes

    def terms(self, code: str) -> dict[str, Term]:
        """Submission value -> term of the codelist with this c-code, in published order."""
        packed = self.codelists[code]
        rows = _unpack(self.path, self.data[packed.offset : packed.offset + packed.length])
        return {value: Term(term, preferred, tuple(synonyms)) for value, term, preferred, *synonyms in rows}


def package_file_name(package: str, version: str) -> str:
    return f"{package}-{version}{ENDING}"


def write_package(
    folder: Path,
    package: str,
    version: str,
    codelists: Iterable[tuple[CodelistEntry, Mapping[str, Term]]],
) -> Path:
    """Write a package beside its place and move it there, so that no half file is ever read."""
    index: list[list[Any]] = []
    blocks: list[bytes] = []
    for entry, terms in codelists:
        rows = [[value, term.code, term.preferred, *term.synonyms] for value, term in terms.items()]
        blocks.append(_pack(rows))
        index.append([entry.code, entry.name, entry.title, int(entry.extensible), len(blocks[-1])])
    head = _pack({"package": package, "version": version, "codelists": index})
    # Only writing needs it, and it costs as much to import as all of the reading here.
    from tempfile import NamedTemporaryFile

    path = folder / package_file_name(package, version)
    with NamedTemporaryFile(dir=folder, prefix=".ct-", suffix=".part", delete=False) as file:
        try:
            file.write(MAGIC + len(head).to_bytes(4, "big") + head + b"".join(blocks))
            file.close()
            # A temporary file is private to its owner; a terminology folder is often shared.
            os.chmod(file.name, 0o644)
            os.replace(file.name, path)
        except BaseException:
            file.close()
            Path(file.name).unlink(missing_ok=True)
            raise
    return path


def read_package(path: Path) -> Package:
    """Open a package file; ``ProblemsFound`` when it is not one, or is damaged."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ProblemsFound(_damaged(path, error.strerror or "cannot be read")) from None
    start = len(MAGIC) + 4
    if not data.startswith(MAGIC) or len(data) < start:
        raise ProblemsFound(_damaged(path, "another kind of file"))
    offset = start + int.from_bytes(data[len(MAGIC) : start], "big")
    index = _unpack(path, data[start:offset])
    codelists = {}
    for code, name, title, extensible, length in index["codelists"]:
        codelists[code] = PackedCodelist(CodelistEntry(code, name, title, bool(extensible)), offset, length)
        offset += length
    if offset != len(data):
        raise ProblemsFound(_damaged(path, f"{len(data)} bytes where the index needs {offset}"))
    return Package(path, index["package"], index["version"], codelists, data)


def _pack(value: Any) -> bytes:
    return zlib.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8"), 9)


def _unpack(path: Path, data: bytes) -> Any:
    try:
        return json.loads(zlib.decompress(data))
    except (zlib.error, ValueError):
        raise ProblemsFound(_damaged(path, "a block that cannot be unpacked")) from None


def _damaged(path: Path, found: str) -> Problem:
    return Problem(
        "ct-package-damaged",
        Location(str(path)),
        found,
        "a terminology package as `sdtm ct add` writes it",
        "delete the file and add the published terminology again",
    )
