"""The spec that made an output folder, and the key of a record as a person writes it."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from sdtm.submission.manifest import read_manifest
from specs import bundled_studies, load_study, spec_hash
from specs.location import Location
from specs.model import Study
from specs.problems import Problem, ProblemsFound

# One of these is in every workbook that says what a study makes.
_SPEC_SHEETS = frozenset({"Settings", "Define", "Study", "Datasets"})
_MOST_OF_A_LIST = 1 << 20  # bytes of the list of sheets


def find_study(out: Path) -> Study:
    """The spec with the hash that the manifest names: in a folder above OUT or beside it, in the working folder
    or right below it, or a bundled one. In each place a folder of YAML goes before workbooks."""
    wanted = read_manifest(out).spec_sha256
    above, here = list(out.resolve().parents), Path.cwd()
    beside = [folder for parent in dict.fromkeys([*above[:1], here]) for folder in _folders(parent)]
    near = list(dict.fromkeys([*above, here, *beside]))
    folders = [folder for folder in near if (folder / "study.yaml").is_file()]
    closest = dict.fromkeys([*above[:2], here, *beside])  # each workbook there is read as a whole
    workbooks = (book for folder in closest for book in _spec_workbooks(folder))
    places: Iterable[str | Path] = chain(folders, bundled_studies(), workbooks)
    copy: Study | None = None  # of the spec alone, from where the raw files are not to be seen
    for place in places:
        try:
            study = load_study(place)
        except ProblemsFound:
            continue  # some other study, with problems of its own
        if spec_hash(study) == wanted:
            if (study.folder / study.raw.folder).is_dir():
                return study
            copy = copy or study
    if copy is not None:
        return copy
    raise ProblemsFound(
        Problem(
            "spec-not-found",
            Location(file=str(out)),
            "no spec near the output folder is the one that made it",
            "the study of that run",
            "name it with --study STUDY",
        )
    )


def _spec_workbooks(folder: Path) -> Iterator[Path]:
    """The workbooks of a folder that have a sheet of a study spec; those with data are not opened as specs."""
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".xlsx" and path.is_file())
    except OSError:
        return
    for path in files:
        if not path.name.startswith(("~$", ".")) and _SPEC_SHEETS & _sheet_names(path):
            yield path


def _sheet_names(file: Path) -> set[str]:
    try:
        with zipfile.ZipFile(file) as members, members.open("xl/workbook.xml") as text:
            listed = text.read(_MOST_OF_A_LIST).decode("utf-8", "replace")
    except (OSError, KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError):
        return set()
    return set(re.findall(r"""<(?:\w+:)?sheet\s[^>]*?\bname=["']([^"'>]*)["']""", listed))


def _folders(parent: Path) -> list[Path]:
    try:
        return sorted(path for path in parent.iterdir() if path.is_dir())
    except OSError:
        return []


_NAME = r"[A-Z][A-Z0-9]{0,7}"
_PAIR = re.compile(rf"\s*({_NAME})=(?:'([^']*)'|\"([^\"]*)\"|(.*?))(?=\s+{_NAME}=|\s*$)", re.DOTALL)


def parse_key(text: str) -> dict[str, str]:
    """``USUBJID=LXI 001 AESEQ=3`` -> names and values; a value goes on to the next NAME=, or stands in quotes.

    Names in small letters count where none is in capitals: ``usubjid=LXI-001``.
    """
    pairs = _pairs(text, _PAIR) or _pairs(text, re.compile(_PAIR.pattern, _PAIR.flags | re.IGNORECASE))
    if not pairs:
        raise ProblemsFound(
            Problem(
                "bad-key",
                Location(),
                f"--key {text!r}",
                "NAME=value pairs separated by blanks",
                'write, for instance, --key "USUBJID=LXI-001 AESEQ=3"',
            )
        )
    return pairs


def _pairs(text: str, pattern: re.Pattern[str]) -> dict[str, str]:
    """The names and values of a key; none of them where a part of it is neither."""
    found: dict[str, str] = {}
    at = 0
    while text[at:].strip():
        pair = pattern.match(text, at)
        if pair is None or pair[1].upper() in found:
            return {}
        found[pair[1].upper()] = next(value for value in pair.groups()[1:] if value is not None)
        at = pair.end()
    return found
