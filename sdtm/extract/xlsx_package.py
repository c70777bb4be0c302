"""The parts of an .xlsx or .xlsm file: its sheets, shared texts and number formats.

Source: ECMA-376 (Office Open XML), parts 1 and 2; transitional and strict namespaces. Nothing of a
workbook is ever run or fetched: macros, links and queries are only noticed.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sdtm.extract.number_formats import BUILT_IN
from sdtm.extract.table import refuse
from sdtm.extract.xml_files import XMLStream, elements, forget, local
from specs.problems import ProblemsFound

UNPACKED_LIMIT = 4 << 30  # bytes of all parts together
RATIO_LIMIT = 300  # unpacked to packed, looked at above RATIO_FROM
RATIO_FROM = 64 << 20
PARTS_LIMIT = 10_000
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"

# KeyError: no such part; NotImplementedError, RuntimeError: an unknown packing, a password.
UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, KeyError, EOFError, OSError),
    *(NotImplementedError, RuntimeError),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet: its name, its part of the package, and whether people see it."""

    name: str
    part: str
    hidden: bool = False


@dataclass
class Package:
    """An open workbook."""

    archive: zipfile.ZipFile
    shown: str
    sheets: list[Sheet] = field(default_factory=list)
    epoch_1904: bool = False
    texts_part: str = ""
    styles_part: str = ""
    notes: list[str] = field(default_factory=list)

    def open(self, part: str, *tags: str, starts: bool = False) -> Iterator[tuple[str, Any]]:
        """The elements of a part; see ``xml_files.elements``."""
        try:
            with self.archive.open(part) as stream:
                yield from elements(XMLStream(stream, self.shown, UNPACKED_LIMIT), *tags, starts=starts)
        except UNREADABLE as error:
            raise damaged(self.shown, f"part {part} cannot be read: {error}") from None

    def shared_texts(self) -> list[str]:
        """The texts that cells point at, formatting and reading aids left out."""
        texts: list[str] = []
        if self.texts_part:
            for _, element in self.open(self.texts_part, "{*}si"):
                texts.append(plain_text(element))
                forget(element)
        return texts

    def number_formats(self) -> list[str]:
        """The format code of each cell style."""
        codes: dict[int, str] = dict(BUILT_IN)
        styles: list[str] = []
        if self.styles_part:
            for _, element in self.open(self.styles_part, "{*}numFmts", "{*}cellXfs"):
                if local(element) == "numFmts":
                    codes |= {int(f.get("numFmtId")): f.get("formatCode", "General") for f in element}
                else:
                    styles = [codes.get(int(xf.get("numFmtId", "0")), "General") for xf in element]
        return styles


@contextmanager
def open_package(path: Path, shown: str) -> Iterator[Package]:
    """Open a workbook; refuse what is none, is protected, or unpacks to too much."""
    with path.open("rb") as file:
        start = file.read(8)
    if not start:
        raise refuse("empty-file", shown, "a file of 0 bytes", "a workbook", "export the file again")
    if start == bytes.fromhex("d0cf11e0a1b11ae1"):
        raise refuse(
            "damaged-file",
            shown,
            "a workbook that is protected by a password, or in the old .xls form",
            "an .xlsx file without password",
            "open it and save it as .xlsx without password",
        )
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise damaged(shown, f"the file is not a whole .xlsx file: {error}") from None
    with archive:
        check_sizes(archive, shown)
        yield read_package(archive, shown)


def check_sizes(archive: zipfile.ZipFile, shown: str) -> None:
    """Refuse an archive that would unpack to more than any real workbook."""
    parts = archive.infolist()
    unpacked, packed = sum(p.file_size for p in parts), sum(p.compress_size for p in parts)
    bomb = unpacked > RATIO_FROM and unpacked > RATIO_LIMIT * max(packed, 1)
    if unpacked > UNPACKED_LIMIT or bomb or len(parts) > PARTS_LIMIT:
        raise refuse(
            "file-too-large",
            shown,
            f"{len(parts)} parts that unpack from {packed:,} to {unpacked:,} bytes",
            f"at most {UNPACKED_LIMIT:,} bytes, and {RATIO_LIMIT} times the packed size",
            "save the data as CSV or in several workbooks",
        )


def read_package(archive: zipfile.ZipFile, shown: str) -> Package:
    """Find the sheets and the parts they need."""
    package = Package(archive, shown)
    roots = relations(package, "")
    main = next((target for kind, target in roots.values() if kind == "officeDocument"), "")
    if not main or not main.endswith(".xml"):
        kind = "a binary workbook (.xlsb)" if main.endswith(".bin") else "an archive without a workbook"
        raise damaged(shown, kind)
    targets = relations(package, main)
    for kind, target in targets.values():
        if kind == "sharedStrings":
            package.texts_part = target
        elif kind == "styles":
            package.styles_part = target
    for _, element in package.open(main, "{*}sheet", "{*}workbookPr"):
        if local(element) == "workbookPr":
            package.epoch_1904 = element.get("date1904", "0") in ("1", "true")
            continue
        kind, target = targets.get(element.get(RELATION) or element.get(STRICT_RELATION) or "", ("", ""))
        hidden = element.get("state", "visible") != "visible"
        if kind == "worksheet":
            package.sheets.append(Sheet(element.get("name", ""), target, hidden))
        else:
            package.notes.append(f"sheet {element.get('name', '')} is a chart or macro sheet and is not read")
    names = archive.namelist()
    if any(name.endswith("vbaProject.bin") for name in names):
        package.notes.append("the workbook has macros; they were not run")
    if any("/externalLinks/" in name for name in names):
        package.notes.append("the workbook has links to other files; the stored values were read")
    if any(posixpath.basename(name).lower().startswith(("comment", "threadedcomment")) for name in names):
        package.notes.append("the workbook has comments on cells; they were not read")
    return package


def relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """What a part refers to: id -> (last word of the kind, part)."""
    folder, name = posixpath.split(part)
    source = posixpath.join(folder, "_rels", f"{name}.rels")
    if source not in package.archive.namelist():
        raise damaged(package.shown, "an archive without a workbook")
    found = {}
    for _, element in package.open(source, "{*}Relationship"):
        target = element.get("Target", "")
        inside = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
        if element.get("TargetMode") != "External":
            kind = element.get("Type", "").rsplit("/", 1)[-1]
            found[element.get("Id", "")] = (kind, posixpath.normpath(inside))
    return found


def plain_text(element: Any) -> str:
    """The text of a shared or inline string: its runs, without phonetic guides."""
    runs = [t for t in element.iter("{*}t") if local(t.getparent()) != "rPh"]
    return "".join(run.text or "" for run in runs)


def damaged(shown: str, found: str) -> ProblemsFound:
    return refuse(
        "damaged-file",
        shown,
        found,
        "a whole .xlsx or .xlsm file",
        "open and save it in a spreadsheet program",
    )
