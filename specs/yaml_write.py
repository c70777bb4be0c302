"""``Study`` -> a study folder of YAML that ``load_study`` reads back as an equal study."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from specs.location import Location
from specs.model import Study
from specs.problems import Problem, ProblemsFound
from specs.storage import plain_refusals
from specs.yaml_files import STUDY_FILE, TABLES_FILE, WORKBOOK_FILE
from specs.yaml_out import document
from specs.yaml_text import MAX_BYTES

# Key of the study -> the folder with a file for each of what stands under it.
FOLDERS = {"sdtm": "sdtm", "adam": "adam"}


def study_tree(study: Study) -> dict[str, Any]:
    """What a study says as keys and values, lists and texts: what YAML files would hold, defaults left out."""
    return _texts(study.model_dump(by_alias=True, exclude_defaults=True))


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _texts(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_texts(item) for item in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if value is None else str(value)


def write_study(study: Study, folder: str | Path) -> list[Path]:
    """Write study.yaml, sdtm/*.yaml, adam/*.yaml and, where needed, tables.yaml and workbook.yaml.

    ``folder`` may exist, a spec in it may not. Paths such as raw.folder are written as they are. Gives the
    files written. Raises ``ProblemsFound``; then nothing is written.
    """
    place = Path(folder)
    texts = _files(study)
    _refuse(place, texts)
    with plain_refusals(place, making=True, kept="the folder is as it was"):
        _write(place, texts)
    return [place / name for name in texts]


def _write(place: Path, texts: dict[str, str]) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".sdtm-spec-", dir=place.parent) as beside:
        for name, text in texts.items():
            file = Path(beside, name)
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
        place.mkdir(exist_ok=True)
        # study.yaml is what makes a folder a study, so it comes last.
        for name in sorted(os.listdir(beside), key=lambda name: name == STUDY_FILE):
            shutil.move(str(Path(beside, name)), str(place / name))


def _files(study: Study) -> dict[str, str]:
    tree = study_tree(study)
    described = {folder: tree.pop(key, {}) for key, folder in FOLDERS.items()}
    beyond = tree.pop("workbook", {})
    outputs = {key: tree.pop(key) for key in ("tables", "figures") if tree.get(key)}
    texts = {STUDY_FILE: document(tree)}
    for folder, named in described.items():
        texts |= {f"{folder}/{name.lower()}.yaml": document(one) for name, one in named.items()}
    if outputs:
        texts[TABLES_FILE] = document(outputs)
    if beyond:
        texts[WORKBOOK_FILE] = document(beyond)
    return texts


def _refuse(place: Path, texts: dict[str, str]) -> None:
    problems = []
    if place.exists() and not place.is_dir():
        do = "name a folder that does not exist yet"
        problems.append(Problem("folder-exists", Location(str(place)), "a file", "a new folder", do))
    taken = [
        name
        for name in (STUDY_FILE, WORKBOOK_FILE, TABLES_FILE, *FOLDERS.values())
        if (place / name).exists()
    ]
    if taken:
        problems.append(
            Problem(
                "folder-exists",
                Location(str(place)),
                f"a folder with {', '.join(taken)}",
                "a folder without a spec; what people have written is not replaced",
                "name a new folder, and compare the two",
            )
        )
    for name, text in texts.items():
        if len(text.encode()) > MAX_BYTES:
            found = f"{len(text.encode()):,} bytes in {name}"
            problems.append(
                Problem("yaml-too-large", Location(str(place)), found, f"at most {MAX_BYTES:,} bytes")
            )
    if problems:
        raise ProblemsFound(problems)
