"""Controlled terminology: codelists of a published package, opened one at a time."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType

from specs.location import Location
from specs.problems import Problem, ProblemsFound, suggest
from specs.standards.package_file import ENDING, CodelistEntry, Package, Term, package_file_name, read_package
from specs.standards.tables import FOLDER

BUNDLED = FOLDER / "ct"
FOLDER_VARIABLE = "SDTM_CT_FOLDER"

# How CDISC names the two codelists of a short name and its full name: VSTESTCD/VSTEST, ONCRTSCD/ONCRTS,
# and for questionnaires, tests and ADaM parameters TENMW1TC/TENMW1TN, APCH1PC/APCH1PN.
PAIRED_ENDINGS = (("CD", ""), ("TC", "TN"), ("PC", "PN"))


class Codelist:
    """One codelist: ``terms`` maps each submission value to its term, in published order."""

    def __init__(self, entry: CodelistEntry, terms: Mapping[str, Term]) -> None:
        self.code = entry.code
        self.name = entry.name
        self.title = entry.title
        self.extensible = entry.extensible
        self.terms: Mapping[str, Term] = MappingProxyType(dict(terms))

    def __repr__(self) -> str:
        return f"Codelist({self.code} {self.name}, {len(self.terms)} terms)"

    def by_code(self, code: str) -> str | None:
        """The submission value of the term with this c-code."""
        return self._values_by_code.get(code)

    def match_synonym(self, text: str) -> str | None:
        """The submission value that a synonym or an NCI preferred term names, or None.

        An exact match goes first, then one that ignores case; either only where it names one term. A
        submission value always means itself and blocks the synonyms of others that look like it.
        """
        if text in self.terms:
            return text
        exact = self._exact.get(text)
        if exact is not None:
            return exact or None
        folded = text.casefold()
        value = self._folded.get(folded)
        owner = self._folded_values.get(folded, value)
        return value if value and owner == value else None

    @cached_property
    def _values_by_code(self) -> dict[str, str]:
        return {term.code: value for value, term in self.terms.items()}

    @cached_property
    def _exact(self) -> dict[str, str]:
        """Synonym -> submission value; the empty text where two terms share it."""
        names: dict[str, str] = {}
        for value, term in self.terms.items():
            for name in {*term.synonyms, term.preferred} - {""}:
                names[name] = value if names.get(name, value) == value else ""
        return names

    @cached_property
    def _folded(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for name, value in self._exact.items():
            key = name.casefold()
            names[key] = value if names.get(key, value) == value else ""
        return names

    @cached_property
    def _folded_values(self) -> dict[str, str]:
        values: dict[str, str] = {}
        for value in self.terms:
            key = value.casefold()
            values[key] = "" if key in values else value
        return values


class Terminology:
    """One published package; a codelist is unpacked when it is first asked for."""

    def __init__(self, package: Package) -> None:
        self._file = package
        self.package = package.package
        self.version = package.version
        self._opened: dict[str, Codelist] = {}

    def __repr__(self) -> str:
        return f"Terminology({self.package} {self.version})"

    @cached_property
    def codelists(self) -> tuple[CodelistEntry, ...]:
        """What codelists there are, in published order, without unpacking any."""
        return tuple(packed.entry for packed in self._file.codelists.values())

    @cached_property
    def _codes_by_name(self) -> dict[str, tuple[str, ...]]:
        codes: dict[str, tuple[str, ...]] = {}
        for entry in self.codelists:
            codes[entry.name] = (*codes.get(entry.name, ()), entry.code)
        return codes

    def codelist(self, key: str) -> Codelist | None:
        """The codelist with this c-code (C66742) or short name (NY), or None.

        ``ProblemsFound`` when a short name stands for several codelists of an added package; in the bundled
        packages short names are unique.
        """
        code = key if key in self._file.codelists else self._code_of(key)
        if not code:
            return None
        if code not in self._opened:
            self._opened[code] = Codelist(self._file.codelists[code].entry, self._file.terms(code))
        return self._opened[code]

    def paired_codelist(self, key: str) -> Codelist | None:
        """The codelist of full names that belongs to a codelist of short names (VSTESTCD -> VSTEST)."""
        short = self.codelist(key)
        if short is None:
            return None
        for ending, other in PAIRED_ENDINGS:
            name = short.name.removesuffix(ending) + other
            if short.name.endswith(ending) and name in self._codes_by_name:
                return self.codelist(name)
        return None

    def paired_test_name(self, testcd_codelist: str, testcd: str) -> str | None:
        """The --TEST of a --TESTCD, by the c-code that both terms share; None when either is not published.

        ``testcd_codelist`` is a c-code or short name: ``paired_test_name("C66741", "SYSBP")`` is
        ``Systolic Blood Pressure``. Works alike for --PARMCD and --PARM.
        """
        short, long = self.codelist(testcd_codelist), self.paired_codelist(testcd_codelist)
        if short is None or long is None or testcd not in short.terms:
            return None
        return long.by_code(short.terms[testcd].code)

    def _code_of(self, name: str) -> str:
        codes = self._codes_by_name.get(name, ())
        if len(codes) > 1:
            problem = Problem(
                "ct-ambiguous-name",
                Location(str(self._file.path)),
                f'"{name}", the short name of {" and ".join(codes)}',
                "a codelist named by its c-code",
                f"write one of {', '.join(codes)} instead of {name}",
            )
            raise ProblemsFound(problem)
        return codes[0] if codes else ""


def terminology(
    version: str = "2025-03-28", package: str = "sdtm", folder: Path | None = None
) -> Terminology:
    """A terminology package: from ``folder`` (see ``ct_folder``) when it is there, else the bundled one.

    ``ProblemsFound`` when neither has this version; the problem names the versions that are known.
    """
    known = _known(folder)
    path = known.get((package, version))
    if path is None:
        raise ProblemsFound(_unknown(version, package, known))
    status = path.stat()
    return _open(path, status.st_mtime_ns, status.st_size)


def known_versions(package: str = "sdtm", folder: Path | None = None) -> tuple[str, ...]:
    """The versions of a package that can be opened, bundled or added, oldest first."""
    return tuple(sorted(version for name, version in _known(folder) if name == package))


def ct_folder(option: Path | str | None = None) -> Path | None:
    """The folder of added terminology: the option ``--ct-folder``, or else the variable SDTM_CT_FOLDER."""
    named = str(option) if option else os.environ.get(FOLDER_VARIABLE, "")
    return Path(named) if named else None


@lru_cache(maxsize=32)
def _open(path: Path, _modified: int, _size: int) -> Terminology:
    # Time and size are part of the key so that terminology added again is read again.
    return Terminology(read_package(path))


def _known(folder: Path | None) -> dict[tuple[str, str], Path]:
    """(package, version) -> file. Names are looked up here, never built into a path."""
    if folder is not None and not folder.is_dir():
        problem = Problem(
            "ct-folder-missing",
            Location(str(folder)),
            "no such folder",
            "the folder of added terminology",
            f"correct --ct-folder or {FOLDER_VARIABLE}, or make it with `sdtm ct add FILE`",
        )
        raise ProblemsFound(problem)
    found: dict[tuple[str, str], Path] = {}
    for place in (BUNDLED, folder):
        for path in sorted(place.glob(f"*{ENDING}")) if place else []:
            package, version = path.stem[:-11], path.stem[-10:]
            if path.name == package_file_name(package, version):
                found[package, version] = path
    return found


def _unknown(version: str, package: str, known: Mapping[tuple[str, str], Path]) -> Problem:
    packages = sorted({name for name, _ in known})
    versions = sorted(known_version for name, known_version in known if name == package)
    if versions:
        expected = f"a version of {package} terminology that is known: {', '.join(versions)}"
        do = f"add the published file with `sdtm ct add FILE`, and name its folder by {FOLDER_VARIABLE}"
    else:
        expected = f"a terminology package that is known: {', '.join(packages)}"
        do = suggest(package, packages) or "add the published file with `sdtm ct add FILE`"
    return Problem("unknown-ct-version", Location(key="standards.ct"), f'"{package} {version}"', expected, do)
