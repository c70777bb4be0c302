"""What the page shows, read from the files of an output folder; a file that is not there is simply not shown."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sdtm.reports.page.coded_columns import damaged
from sdtm.reports.page.data_definitions import DatasetDefinition, Definitions, read_definitions
from sdtm.submission.manifest import Manifest
from sdtm.trace.write_lineage import LINEAGE

KINDS = {"sdtm": "SDTM", "adam": "ADaM"}
MOST_CELLS = 6_000_000  # of all datasets together; the smallest datasets are shown first
MOST_CELLS_OF_ONE = 2_000_000
_UNDESCRIBED = 30  # variables of a dataset that no define.xml describes, to tell its size


@dataclass(frozen=True, slots=True)
class DatasetFile:
    """One dataset of the folder. ``is_shown``: its records are small enough for the page."""

    name: str
    kind: str  # sdtm or adam
    path: str
    records: int
    definition: DatasetDefinition | None
    is_shown: bool = True


@dataclass(frozen=True, slots=True)
class OutputFiles:
    """The parts of an output folder. What a run did not write is empty."""

    folder: Path
    manifest: Manifest
    definitions: Mapping[str, Definitions]
    datasets: tuple[DatasetFile, ...]
    ledger: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[Mapping[str, Any], ...] = ()
    fixed: tuple[Mapping[str, Any], ...] = ()
    results: tuple[Mapping[str, str], ...] = ()
    comparison: tuple[Mapping[str, str], ...] = ()
    records: Mapping[str, Any] = field(default_factory=dict)
    lineage: Mapping[str, Any] = field(default_factory=dict)
    tables_html: str = ""

    @property
    def title(self) -> str:
        """The title of the study, from the define.xml."""
        return next((each.title for each in self.definitions.values() if each.title), "")


def read_output(folder: Path, manifest: Manifest) -> OutputFiles:
    """The files of an output folder that the page is made from.

    ``manifest``: what it says of inputs and datasets. Raises ``ProblemsFound`` for a damaged file.
    """
    definitions = {
        kind: read for kind in KINDS if (read := read_definitions(folder / kind / "define.xml")) is not None
    }
    found = _json(folder / "reports" / "findings.json")
    lineage = _json(folder / "trace" / LINEAGE)
    records = _json(folder / "reports" / "records.json")
    tables = folder / "reports" / "tables.html"
    return OutputFiles(
        folder,
        manifest,
        definitions,
        _datasets(manifest, definitions),
        _json(folder / "reports" / "ledger.json"),
        tuple(found.get("findings", ())),
        tuple(found.get("fixed", ())),
        _rows(folder / "reports" / "results.csv"),
        _rows(folder / "reports" / "comparison.csv"),
        records if records.get("format") == 1 else {},
        lineage if lineage.get("format") == 1 else {},
        _text(tables) if tables.is_file() else "",
    )


def _datasets(manifest: Manifest, definitions: Mapping[str, Definitions]) -> tuple[DatasetFile, ...]:
    """All datasets: ADaM after SDTM, each as define.xml orders them."""
    described = {
        (kind, each.name): (place, each)
        for kind, found in definitions.items()
        for place, each in enumerate(found.datasets)
    }
    files = []
    for file in manifest.outputs:
        kind, _, name = file.path.partition("/")
        if kind in KINDS and name.endswith(".xpt") and "/" not in name:
            name = name.removesuffix(".xpt").upper()
            _, definition = described.get((kind, name), (0, None))
            files.append(DatasetFile(name, kind, file.path, file.rows or 0, definition))
    files.sort(
        key=lambda file: (
            list(KINDS).index(file.kind),
            described.get((file.kind, file.name), (len(described), None))[0],
            file.name,
        )
    )
    shown = _shown(files)
    return tuple(
        DatasetFile(each.name, each.kind, each.path, each.records, each.definition, each.path in shown)
        for each in files
    )


def _shown(files: list[DatasetFile]) -> set[str]:
    """The paths of the datasets whose records the page holds."""
    total, shown = 0, set[str]()
    for file in sorted(files, key=lambda file: (_cells(file), file.path)):
        cells = _cells(file)
        total += cells
        if cells > MOST_CELLS_OF_ONE or total > MOST_CELLS:
            break
        shown.add(file.path)
    return shown


def _cells(file: DatasetFile) -> int:
    variables = len(file.definition.variables) if file.definition is not None else _UNDESCRIBED
    return file.records * variables


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        found = json.loads(_text(path))
    except (ValueError, RecursionError) as error:
        raise damaged(path, error) from None
    if not isinstance(found, dict):
        raise damaged(path, ValueError("it holds no object"))
    return found


def _rows(path: Path) -> tuple[Mapping[str, str], ...]:
    if not path.is_file():
        return ()
    return tuple(csv.DictReader(_text(path).splitlines(keepends=True)))


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise damaged(path, error) from None
