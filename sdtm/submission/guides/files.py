"""Guides as files: their content in the output of a run, the documents for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sdtm.submission.guides.issues import completed, to_write_count
from sdtm.submission.guides.model import Guide, as_json, from_json
from specs.location import Location
from specs.problems import Problem, ProblemsFound
from specs.storage import plain_refusals

CONTENT = "reports/guides.json"
FINDINGS = "reports/findings.json"
FOLDERS = {"csdrg": "sdtm", "adrg": "adam"}  # guide -> folder of its datasets in an output


@dataclass(frozen=True, slots=True)
class Written:
    """One guide: its files, and how many places of it a person has to fill."""

    name: str
    files: tuple[Path, ...]
    to_write: int


def guides_json(guides: Sequence[Guide]) -> str:
    """The content of guides, in a fixed order."""
    return json.dumps({"guides": [as_json(guide) for guide in guides]}, indent=1, ensure_ascii=False) + "\n"


def read_guides(out: Path, split: Mapping[str, Sequence[str]] | None = None) -> list[Guide]:
    """The guides of an output folder with its findings in place. ``split``: dataset -> files of its parts.

    Raises ``ProblemsFound`` where the run has left none, or files that are not ours.
    """
    path = out / CONTENT
    content = _read(path, "guides", "name the output folder of a run; of an older one, run again")
    try:
        guides = [from_json(each) for each in content]
    except (ValueError, KeyError, TypeError):
        raise ProblemsFound(_foreign(path)) from None
    findings = _read(out / FINDINGS, "findings", "run the study again, with its checks")
    if not all(isinstance(each, dict) for each in findings):
        raise ProblemsFound(_foreign(out / FINDINGS))
    analyses = frozenset(name for guide in guides if guide.name == "adrg" for name in guide.datasets)
    return [completed(guide, findings, analyses, split) for guide in guides]


def write_guides(out: Path, folder: Path) -> list[Written]:
    """Write the guides of an output folder into another one: NAME.docx and NAME.html of each.

    Raises ``ProblemsFound`` where that would replace a file that is not such a draft: somebody worked in it.
    """
    made = [(guide, _contents(guide)) for guide in read_guides(out)]
    taken = [
        folder / name
        for _, contents in made
        for name, content in contents.items()
        if (folder / name).exists() and not _holds(folder / name, content)
    ]
    if taken:
        expected, do = "a folder without guides that people changed", "choose another --out"
        found = "a guide that is not this draft"
        raise ProblemsFound(
            [Problem("guide-exists", Location(file=str(path)), found, expected, do) for path in taken]
        )
    with plain_refusals(folder, making=True):
        folder.mkdir(parents=True, exist_ok=True)
        return [_written(guide, contents, folder) for guide, contents in made]


def write_guide(guide: Guide, folder: Path) -> Written:
    """Write NAME.docx and NAME.html, whatever is there."""
    return _written(guide, _contents(guide), folder)


def _contents(guide: Guide) -> dict[str, bytes]:
    from sdtm.submission.guides.html import guide_html
    from sdtm.submission.guides.word import guide_docx

    return {f"{guide.name}.docx": guide_docx(guide), f"{guide.name}.html": guide_html(guide)}


def _written(guide: Guide, contents: Mapping[str, bytes], folder: Path) -> Written:
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return Written(guide.name, tuple(folder / name for name in contents), to_write_count(guide))


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def _read(path: Path, key: str, do: str) -> list[Any]:
    try:
        found = json.loads(path.read_bytes().decode("utf-8"))[key]
    except FileNotFoundError:
        name = path.name
        raise ProblemsFound(
            Problem("no-guides", Location(file=str(path)), "no such file", f"the {name} of a run", do)
        ) from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ProblemsFound(_foreign(path)) from None
    if not isinstance(found, list):
        raise ProblemsFound(_foreign(path))
    return found


def _foreign(path: Path) -> Problem:
    expected = f"the {path.name} that a run writes"
    return Problem("no-guides", Location(file=str(path)), "not a file of this toolkit", expected, "run again")
