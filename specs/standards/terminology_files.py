"""Adds a terminology package to a folder from the file that NCI EVS publishes: Excel, text or ODM-XML."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from specs.location import Location
from specs.problems import Problem, ProblemsFound
from specs.standards.nci_odm import read_odm
from specs.standards.nci_rows import STANDARD_AND_DATE, NciRow, gather
from specs.standards.nci_tables import read_text, read_workbook
from specs.standards.package_file import write_package
from specs.standards.untrusted import refuse_large_file

DATE = r"\d{4}-\d{2}-\d{2}"
# CDISC_CT.SDTM.2025-09-26, or SDTM Terminology 2025-09-26, or CDISC SDTM Controlled Terminology, 2025-09-26.
NAMED_BY_ID = re.compile(rf"CDISC_CT\.(?P<package>.+)\.(?P<version>{DATE})")
NAMED_IN_WORDS = re.compile(
    rf"(?:CDISC )?(?P<package>\S.*?) (?:Controlled )?(?:Terminology|CT)(?:,? (?P<version>{DATE}))?",
    re.IGNORECASE,
)
PACKAGE = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
ENDINGS = (".odm.xml", ".xml", ".xlsx", ".txt")


@dataclass(frozen=True, slots=True)
class AddedTerminology:
    """What was added: package (``sdtm``), version, the file written, and how much is in it."""

    package: str
    version: str
    path: Path
    codelists: int
    terms: int


@dataclass(frozen=True, slots=True)
class Named:
    """A text that names package or version, and where it stands."""

    where: str
    text: str
    package: str
    version: str


def add_terminology(
    file: Path, folder: Path, version: str = "", package: str = "", encoding: str = ""
) -> AddedTerminology:
    """Read a published terminology file and write our compact form of it into ``folder``, or nothing.

    Package and version are what the file says (sheet name, column Standard and Date, ODM attributes), what
    its name says, or the arguments; these must not contradict each other, but that a package named in the
    file is not looked for in the name. ``encoding`` is that of a text file. The same package and version
    added again replaces what was there.

    Errors: ``ProblemsFound`` with every faulty row; nothing is written then.
    """
    asked = _asked(version, package)
    refuse_large_file(file)
    rows, titles = _read(file, encoding)
    codelists = gather(rows)
    if not codelists:
        found, expected = "no codelist", "a terminology package with its codelists"
        raise ProblemsFound(Problem("ct-file-empty", Location(str(file)), found, expected))
    inside = [_named(where, text) for where, text in titles]
    by_name = _named("file name", _bare_name(file))
    if any(name.package for name in inside):
        # People put words of their own before a file's name.
        by_name = replace(by_name, package="")
    known = [asked, *inside, by_name]
    package = _agreed(file, "package", known)
    version = _agreed(file, "version", known)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = write_package(folder, package, version, codelists)
    except OSError as error:
        problem = Problem(
            "ct-folder-not-writable",
            Location(str(folder)),
            error.strerror or str(error),
            "a folder that can be written to",
            "name another folder by --ct-folder or SDTM_CT_FOLDER",
        )
        raise ProblemsFound(problem) from None
    return AddedTerminology(package, version, path, len(codelists), sum(len(terms) for _, terms in codelists))


def _read(file: Path, encoding: str) -> tuple[list[NciRow], list[tuple[str, str]]]:
    """Rows, and (where, text) of what names the package, by what the file holds, not by its ending."""
    with file.open("rb") as source:
        start = source.read(64)
    if start.startswith(b"PK\x03\x04"):
        rows, title = read_workbook(file)
        return rows, [("sheet name", title), *_standards(rows)]
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        found, expected = "an .xls workbook (or one with a password)", "an .xlsx workbook, text or ODM-XML"
        do = "take the .xlsx, .txt or .odm.xml file that NCI EVS publishes beside it"
        raise ProblemsFound(Problem("ct-file-kind", Location(str(file)), found, expected, do))
    # UTF-8 and UTF-16, with their byte order marks and without.
    if start.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<"):
        rows, titles = read_odm(file)
        return rows, [("ODM attribute", title) for title in titles]
    rows = read_text(file, encoding)
    return rows, _standards(rows)


def _standards(rows: list[NciRow]) -> list[tuple[str, str]]:
    texts = dict.fromkeys(row[STANDARD_AND_DATE] for row in rows)
    return [(f"column {STANDARD_AND_DATE}", text) for text in texts if text]


def _bare_name(file: Path) -> str:
    ending = next((ending for ending in ENDINGS if file.name.lower().endswith(ending)), "")
    # A browser numbers a second download: SDTM Terminology 2025-09-26 (1).txt.
    return re.sub(r" ?\(\d+\)$", "", file.name[: len(file.name) - len(ending)].replace("_", " "))


def _named(where: str, text: str) -> Named:
    found = NAMED_BY_ID.fullmatch(text.strip()) or NAMED_IN_WORDS.fullmatch(text.strip())
    if not found:
        return Named(where, text, "", "")
    package = re.sub(r"[ _]+", "-", found["package"]).lower().strip("-")
    # Written Define-XML, DefineXML and Define XML.
    package = "define-xml" if package == "definexml" else package
    version = found["version"] or ""
    return Named(
        where, text, package if PACKAGE.fullmatch(package) else "", version if _is_date(version) else ""
    )


def _asked(version: str, package: str) -> Named:
    problems = []
    package = package.lower()
    if package and not PACKAGE.fullmatch(package):
        expected = "the name of a package, such as sdtm or adam"
        problems.append(Problem("ct-package-name", Location(key="package"), f'"{package}"', expected))
    if version and not _is_date(version):
        expected = "the date of a version, such as 2025-09-26"
        problems.append(Problem("ct-version-name", Location(key="version"), f'"{version}"', expected))
    if problems:
        raise ProblemsFound(problems)
    return Named("argument", " ".join(filter(None, (package, version))), package, version)


def _agreed(file: Path, what: str, named: list[Named]) -> str:
    """The one package or version that everything names."""
    values = dict.fromkeys(getattr(name, what) for name in named if getattr(name, what))
    if len(values) == 1:
        return next(iter(values))
    if values:
        found = "; ".join(f'{name.where} "{name.text}"' for name in named if getattr(name, what))
        expected, do = f"one {what}", "rename the file, or correct the argument"
    else:
        found = "nothing that names it: no sheet name, attribute or file name as NCI writes it"
        expected = f"the {what} of the terminology, as in a file named SDTM Terminology 2025-09-26.txt"
        do = f"say it with --{what}"
    raise ProblemsFound(Problem(f"ct-{what}-unclear", Location(str(file)), found, expected, do))


def _is_date(text: str) -> bool:
    try:
        return bool(re.fullmatch(DATE, text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False
