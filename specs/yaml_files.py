"""A study folder of YAML -> ``Study``, or every problem that is in the way.

The folder holds study.yaml (all that concerns the whole study), sdtm/*.yaml (one domain each, whatever
the file is called), adam/*.yaml (one analysis dataset each), perhaps workbook.yaml (what a workbook held
beyond the spec) and what people put beside them, which is left alone. How libraries are inherited is told
in ``specs.inheritance``; workbooks are read by ``specs.workbook``.
"""

from __future__ import annotations

import functools
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from specs import inheritance
from specs.adam_model import AnalysisDataset
from specs.inheritance import Layer
from specs.location import Location
from specs.model import Domain, Override, Study
from specs.model import Path as KeyPath
from specs.model_errors import build, describe
from specs.problems import Problem, ProblemsFound, suggest
from specs.tables_model import TablesFile
from specs.values import DOMAIN_CODE
from specs.yaml_text import MAX_BYTES, Branch, locations, parse, plain

STUDIES = Path(__file__).parent / "studies"
STUDY_FILE = "study.yaml"
WORKBOOK_FILE = "workbook.yaml"
TABLES_FILE = "tables.yaml"


def bundled_studies() -> list[str]:
    """Names of the example studies that come with the toolkit, in order."""
    return sorted(item.parent.name for item in STUDIES.glob(f"*/{STUDY_FILE}"))


def load_study(path: str | Path) -> Study:
    """Read a study spec.

    ``path``: the folder of the study, its study.yaml, a workbook (.xlsx), or the name of a bundled study in
    any case (LXI15029). What exists in the file system goes before a bundled name.

    Raises ``ProblemsFound`` with all problems of all files, libraries too. The study knows the place of
    each value (``where``), its folder and the files it was made of (``folder``, ``sources``).
    """
    place = _study_place(path)
    reader = _READERS.get(place.suffix.lower()) if place.is_file() else _read_folder
    if reader is None:
        raise ProblemsFound(
            Problem(
                "no-such-study",
                Location(str(path)),
                found=f"a file called {place.name}",
                expected=f"the folder of a study, its {STUDY_FILE}, or an .xlsx workbook",
                do="name the folder instead",
            )
        )
    try:
        return reader(place)
    except OSError as error:
        raise ProblemsFound(_unreadable(str(place), error)) from None


def _study_place(path: str | Path) -> Path:
    place, name = Path(path), str(path)
    try:
        if name.strip() and "\0" not in name and place.exists():
            return place
    except OSError:  # a name that is too long for the file system
        pass
    bundled = {study.casefold(): study for study in bundled_studies()}
    if name.casefold() in bundled:
        return STUDIES / bundled[name.casefold()]
    names = ", ".join(bundled.values())
    raise ProblemsFound(
        Problem(
            "no-such-study",
            Location(name[:200].replace("\0", "?")),
            found="no folder or file of this name",
            expected=f"the folder of a study, its {STUDY_FILE}, or an .xlsx workbook"
            + (f", or a bundled study: {names}" if names else ""),
            do=suggest(name, bundled.values()) or "check the path, and the folder that you are in",
        )
    )


def _read_workbook(place: Path) -> Study:
    from specs.workbook import read_workbook

    return read_workbook(place)


def _read_other_workbook(place: Path) -> Study:
    raise ProblemsFound(
        Problem(
            "workbook-format",
            Location(str(place)),
            found=f"a workbook that ends with {place.suffix}",
            expected="an .xlsx workbook, which cannot hold macros",
            do="save it as an Excel workbook (.xlsx)",
        )
    )


def _read_study_file(place: Path) -> Study:
    if place.name == STUDY_FILE:
        return _read_folder(place.parent)
    raise ProblemsFound(
        Problem(
            "no-such-study",
            Location(str(place)),
            found=f"a file called {place.name}",
            expected=f"the folder of a study, its {STUDY_FILE}, or an .xlsx workbook",
            do="name the folder instead",
        )
    )


_READERS = {".yaml": _read_study_file, ".yml": _read_study_file, ".xlsx": _read_workbook}
_READERS |= dict.fromkeys((".xlsm", ".xls", ".xlsb", ".ods"), _read_other_workbook)


def _read_folder(folder: Path) -> Study:
    if not (folder / STUDY_FILE).is_file():
        found = sorted(item.name for item in folder.iterdir() if item.suffix.lower() in (".yaml", ".yml"))
        raise ProblemsFound(
            Problem(
                "no-such-study",
                Location(str(folder)),
                found=f"a folder without {STUDY_FILE}"
                + (f", but with {', '.join(found[:5])}" if found else ""),
                expected=f"the folder of a study, with its {STUDY_FILE}",
                do=f"name the folder that holds {STUDY_FILE}, or give the file that name",
            )
        )
    files = _Files(folder)
    top = files.layer(folder, ".")
    ordered = inheritance.layers(top, files.layer, files.problems)
    return _assembled(folder, top, ordered, files)


def _assembled(folder: Path, top: Layer, ordered: list[Layer], files: _Files) -> Study:
    """The model of all layers; this is where problems are told, all of them."""
    problems, overridden = files.problems, list[Override]()
    wanted = _wanted(top, ordered, files, _DOMAINS)
    wanted_analyses = _wanted(top, ordered, files, _ANALYSES)
    study: Study | None = None
    places: dict[KeyPath, Location] = {}
    tree = inheritance.merged_study(ordered, overridden)
    # A layer that can't be read would make its keys look missing.
    if tree is not None and all(
        layer.study or not (layer.folder / STUDY_FILE).is_file() for layer in ordered
    ):
        tree = _without(tree, _LOADER_KEYS)
        study, found = build(
            Study, tree, loader_keys=_LOADER_KEYS, foreign_keys=("sdtm", "adam", "tables", "figures")
        )
        problems += found
        places |= locations(tree)
    domains: dict[str, Domain] = {}
    for name in wanted:
        branch = inheritance.merged_domain(name, ordered, overridden)
        assert branch is not None
        domain, found = build(Domain, branch)
        problems += found
        if domain is not None:
            domains[name] = domain
        places |= {("sdtm", name, *path): where for path, where in locations(branch).items()}
    for branch in (branch for layer in ordered for branch in layer.nameless):
        problems += build(Domain, branch)[1]
    analyses: dict[str, AnalysisDataset] = {}
    for name in wanted_analyses:
        branch = inheritance.merged_analysis(name, ordered, overridden)
        assert branch is not None
        analysis, found = build(AnalysisDataset, branch)
        problems += found
        if analysis is not None:
            analyses[name] = analysis
        places |= {("adam", name, *path): where for path, where in locations(branch).items()}
    for branch in (branch for layer in ordered for branch in layer.nameless_analyses):
        problems += build(AnalysisDataset, branch)[1]
    outputs = TablesFile()
    branch = files.tables(folder)
    if branch is not None and branch.value is not None:
        read, found = build(TablesFile, branch)
        problems += found
        outputs = read or outputs
        places |= locations(branch)
    if problems or study is None:
        raise ProblemsFound(problems)
    whole = study.model_copy(
        update={"sdtm": domains, "adam": analyses, "tables": outputs.tables, "figures": outputs.figures}
    )
    return whole.with_locations(places).with_origin(
        folder.absolute(), sorted(files.hashes.items()), overridden
    )


def _without(branch: Branch, keys: tuple[str, ...]) -> Branch:
    if not isinstance(branch.value, dict):
        return branch
    kept = {key: value for key, value in branch.value.items() if key not in keys}
    return Branch(kept, branch.file, branch.line)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What stands one to a file: its folder, the key that names it, and where study.yaml lists inherited ones."""

    folder: str
    key: str
    listed_as: str
    what: str
    example: str
    name: re.Pattern[str] = DOMAIN_CODE


_DOMAINS = _Kind("sdtm", "domain", "domains", "domain", "[AE, CM]")
_ANALYSES = _Kind("adam", "dataset", "analyses", "analysis dataset", "[ADSL, ADAE]")
_LOADER_KEYS = ("extends", "domains", "analyses")


def _wanted(top: Layer, ordered: list[Layer], files: _Files, kind: _Kind) -> list[str]:
    """The domains (or analyses) the study has a file for, and the inherited ones that it lists."""

    def of(layer: Layer) -> dict[str, Branch]:
        return layer.domains if kind is _DOMAINS else layer.analyses

    known = sorted({name for layer in ordered for name in of(layer)})
    wanted = set(of(top))
    study = top.study.value if top.study else None
    listed = study.get(kind.listed_as) if isinstance(study, dict) else None
    if listed is None or listed.value is None:
        return sorted(wanted)
    for index, item in enumerate(listed.value if isinstance(listed.value, list) else [listed]):
        key = f"{kind.listed_as}[{index + 1}]" if isinstance(listed.value, list) else kind.listed_as
        where = Location(item.file, item.line, key)
        if isinstance(item.value, str) and item.value in known:
            wanted.add(item.value)
        elif not isinstance(item.value, str) or not files.unread:
            # While a file can't be read, nobody knows what it would bring.
            problem = Problem(
                f"unknown-{kind.key}",
                where,
                found=describe(plain(item)),
                expected=f"{_article(kind.what)} of the study or its libraries: {', '.join(known) or 'there is none'}",
                do=f"write one of those, or describe {item.value} in {kind.folder}/{item.value.lower()}.yaml"
                if isinstance(item.value, str)
                else f"write {kind.listed_as}: {kind.example}",
            )
            files.problems.append(problem)
    return sorted(wanted)


def _article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


class _Files:
    """Reads the files of a study and its libraries; keeps their hashes and problems."""

    def __init__(self, study_folder: Path) -> None:
        self.study_folder = study_folder
        self.hashes: dict[str, str] = {}
        self.problems: list[Problem] = []
        self.unread: list[str] = []

    def layer(self, folder: Path, name: str) -> Layer:
        """One folder, read; ``name`` is its path relative to the study folder."""
        prefix = "" if name == "." else f"{name}/"
        study = self._study(folder, prefix)
        domains, nameless = self._described(folder, prefix, _DOMAINS)
        analyses, nameless_analyses = self._described(folder, prefix, _ANALYSES)
        shown = name if name != "." else folder.resolve().name
        return Layer(folder, shown, study, domains, nameless, analyses, nameless_analyses)

    def _described(
        self, folder: Path, prefix: str, kind: _Kind
    ) -> tuple[dict[str, Branch], tuple[Branch, ...]]:
        """What the files of one folder describe, by name, and those whose name is missing or wrong."""
        named: dict[str, Branch] = {}
        nameless: list[Branch] = []
        for file in self._files_of(folder / kind.folder, f"{prefix}{kind.folder}", kind):
            branch = self._read(file, f"{prefix}{kind.folder}/{file.name}")
            if branch is None:
                continue
            code = branch.value.get(kind.key) if isinstance(branch.value, dict) else None
            if code is None or not isinstance(code.value, str) or not kind.name.fullmatch(code.value):
                nameless.append(branch)
            elif code.value in named:
                self._told_twice(code, named[code.value], kind)
            else:
                named[code.value] = branch
        return named, tuple(nameless)

    def _study(self, folder: Path, prefix: str) -> Branch | None:
        """study.yaml with what workbook.yaml says under the key `workbook`; None without either."""
        study, beside = (
            self._read(folder / name, prefix + name) if (folder / name).is_file() else None
            for name in (STUDY_FILE, WORKBOOK_FILE)
        )
        if beside is None or beside.value is None:
            return study
        if study is None:
            return None if (folder / STUDY_FILE).is_file() else Branch({"workbook": beside}, beside.file, 1)
        if not isinstance(study.value, dict):
            return study
        if "workbook" in study.value:
            self.problems.append(
                Problem(
                    "duplicate-key",
                    study.value["workbook"].at(("workbook",)),
                    found=f"the key `workbook`, and beside it the file {WORKBOOK_FILE}",
                    expected="one of them",
                    do=f"move what stands here to {WORKBOOK_FILE}",
                )
            )
        return Branch({**study.value, "workbook": beside}, study.file, study.line)

    def tables(self, folder: Path) -> Branch | None:
        """tables.yaml of the study itself; None without one."""
        file = folder / TABLES_FILE
        return self._read(file, TABLES_FILE) if file.is_file() else None

    def _files_of(self, folder: Path, shown: str, kind: _Kind) -> list[Path]:
        try:
            names = sorted(folder.iterdir()) if folder.is_dir() else []
        except OSError as error:
            self.problems.append(_unreadable(shown, error))
            return []
        visible = [file for file in names if not file.name.startswith(".")]
        for file in visible:
            if file.suffix.lower() in (".yaml", ".yml") and file.suffix != ".yaml":
                self.problems.append(
                    Problem(
                        "bad-file-name",
                        Location(f"{shown}/{file.name}"),
                        found=f"the ending {file.suffix}",
                        expected=f"{kind.what} files that end with .yaml; others are not read",
                        do=f"rename it to {file.stem}.yaml",
                    )
                )
        return [file for file in visible if file.suffix == ".yaml"]

    def _told_twice(self, second: Branch, first: Branch, kind: _Kind) -> None:
        self.problems.append(
            Problem(
                f"duplicate-{kind.key}",
                Location(second.file, second.line, kind.key),
                found=f"the {kind.what} {second.value}, which {first.file} describes too",
                expected=f"one file for one {kind.what}",
                do=f"give one of the two its right {kind.key}, or put what it says into the other",
            )
        )

    def _read(self, file: Path, name: str) -> Branch | None:
        try:
            if not file.is_file():
                raise OSError(0, "not a regular file")
            with file.open("rb") as handle:
                content = handle.read(MAX_BYTES + 1)
            self.hashes[name] = hashlib.sha256(content).hexdigest()
            return _parsed(content, name)
        except OSError as error:
            self.problems.append(_unreadable(name, error))
        except ProblemsFound as error:
            self.problems += error.problems
        self.unread.append(name)
        return None


@functools.lru_cache(maxsize=128)
def _parsed(content: bytes, name: str) -> Branch:
    """A file that stands as it stood is not read again: a study is loaded several times in a program, and YAML takes
    most of that. Nothing changes a branch, so it may be shared; what raises is not kept."""
    return parse(content, name)


def _unreadable(name: str, error: OSError) -> Problem:
    return Problem(
        "unreadable-file",
        Location(name),
        found=(error.strerror or "a file that cannot be read").lower(),
        expected="a file or folder of the spec that this user may read",
        do="check that it is there, and its permissions",
    )
