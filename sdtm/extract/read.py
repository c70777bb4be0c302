"""Raw files to one raw table: the front door of extraction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from sdtm import columns
from sdtm.extract.arrow_columns import without
from sdtm.extract.decodes import in_all_files
from sdtm.extract.files import find_files, one_file, shown_path
from sdtm.extract.registry import reader_for
from sdtm.extract.table import FileTable, Options, listed, places
from sdtm.stages import RawFile, RawTable
from specs.location import Location
from specs.model import Raw, RawDataset
from specs.problems import Problem, ProblemsFound, suggest
from validation.findings import Finding


@dataclass(frozen=True, slots=True)
class RawRead:
    """A raw table as it was read, and what was noticed in its files."""

    table: RawTable
    findings: tuple[Finding, ...] = ()


def read_raw(name: str, dataset: RawDataset, raw: Raw, folder: Path, spec_text: str | None = None) -> RawRead:
    """Read all files of one raw dataset, every cell as text.

    ``folder`` is the resolved raw folder; ``dataset.file`` a path or glob below it. Several files are
    stacked in the order of their paths; they must have the same columns, in any order.
    ``missing`` (of the dataset, else of the study) lists the texts that count as missing, compared
    exactly. ``spec_text``: what the spec says (``needed``), where the table is read for a run of it; columns
    that it cannot need may then stay plain texts. Raises ``ProblemsFound`` with the problems of all files for
    what cannot be read.
    """
    paths = find_files(dataset.file, folder)
    tables: list[FileTable] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            tables.append(read_file(path, dataset, raw, folder, spec_text))
        except ProblemsFound as found:
            problems += found.problems
    shown = [shown_path(path, folder) for path in paths]
    decodes = in_all_files(tables) if tables else {}
    tables = [_without_decodes(table, decodes) for table in tables]
    problems += [] if problems else differing_columns(shown, tables)
    if problems:
        raise ProblemsFound(problems)
    missing = raw.missing if dataset.missing is None else dataset.missing
    names = list(tables[0].columns)
    frame = pd.DataFrame(
        {name: without(stacked([table.columns[name] for table in tables]), missing) for name in names},
        index=pd.RangeIndex(sum(len(table.rows) for table in tables)),
        copy=False,
    )
    sizes = [len(table.rows) for table in tables]
    table = RawTable(
        name=name,
        frame=frame,
        files=tuple(
            RawFile(path, read.sha256, read.size, len(read.rows), read.encoding, read.notes)
            for path, read in zip(shown, tables, strict=True)
        ),
        rows=tables[0].rows if len(tables) == 1 else np.concatenate([table.rows for table in tables]),
        file_of=file_numbers(sizes),
        labels=merged_labels(tables),
        decodes=decodes,
    )
    findings = [finding for read in tables for finding in read.findings]
    return RawRead(table, (*findings, *empty_rows(table)))


def read_file(
    path: Path, dataset: RawDataset, raw: Raw, folder: Path, spec_text: str | None = None
) -> FileTable:
    """One file of a raw dataset."""
    shown = shown_path(path, folder)
    options = Options(
        shown=shown,
        sheet=dataset.sheet,
        header_row=dataset.header_row,
        encoding=dataset.encoding,
        study_encoding=raw.encoding,
        delimiter=dataset.delimiter,
        quote=dataset.quote,
        formats=one_file(dataset.formats, folder) if dataset.formats else None,
        item_group=dataset.item_group,
        spec_text=spec_text,
    )
    reader = reader_for(shown, dataset.format)
    try:
        return reader.read(path, options)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProblemsFound(
            Problem("unreadable-file", Location(shown), reason, "a readable file", "check its permissions")
        ) from None


def _without_decodes(table: FileTable, kept: Mapping[str, str]) -> FileTable:
    """A file without the decode columns that others of its raw table lack; its codes are all there."""
    gone = table.decodes.keys() - kept.keys()
    if not gone:
        return table
    left = {name: column for name, column in table.columns.items() if name not in gone}
    notes = (*table.notes, f"not decoded, since not every file decodes them: {listed(sorted(gone))}")
    labels = {name: label for name, label in table.labels.items() if name not in gone}
    return replace(table, columns=left, labels=labels, notes=notes)


def file_numbers(sizes: list[int]) -> np.ndarray:
    """The position of the file of each row."""
    if len(sizes) == 1:
        return np.broadcast_to(np.int32(0), sizes[0])  # takes no memory
    return np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)


def stacked(parts: list[pd.Series]) -> pd.Series:
    return parts[0] if len(parts) == 1 else columns.stack([columns.encoded(part) for part in parts])


def differing_columns(shown: list[str], tables: list[FileTable]) -> list[Problem]:
    """One problem for each file whose columns are not those of the first file."""
    problems = []
    first = list(tables[0].columns) if tables else []
    for path, table in zip(shown[1:], tables[1:], strict=True):
        missing = [name for name in first if name not in table.columns]
        extra = [name for name in table.columns if name not in first]
        if not missing and not extra:
            continue
        found = "; ".join(
            part
            for part in (
                f"without {listed(missing, 10)}" if missing else "",
                f"with {listed(extra, 10)}, which {shown[0]} does not have" if extra else "",
            )
            if part
        )
        near = [f"{name}: {suggest(name, extra)}" for name in missing if suggest(name, extra)]
        problems.append(
            Problem(
                "differing-columns",
                Location(path, column=(missing or extra)[0]),
                found,
                f"the columns of {shown[0]}, because both make one raw table",
                "; ".join(near) or "make the columns agree, or declare the files as two datasets",
            )
        )
    return problems


def merged_labels(tables: list[FileTable]) -> dict[str, str]:
    """The first label that a file gives to a column."""
    labels: dict[str, str] = {}
    for table in tables:
        for name, label in table.labels.items():
            labels.setdefault(name, label)
    return labels


def empty_rows(table: RawTable) -> list[Finding]:
    """A warning for each file that has rows in which every cell is missing; the rows stay."""
    empty = np.ones(len(table.frame), dtype=bool)
    for name in table.frame:
        if not empty.any():
            return []
        empty &= table.frame[name].isna().to_numpy()
    found = []
    for number, file in enumerate(table.files):
        rows = table.rows[empty & (table.file_of == number)]
        if len(rows):
            finding = Finding(
                "empty-row",
                "warning",
                "a row in which every cell is empty or missing; it is kept as a row",
                "a value in every row",
                "check whether its values were lost, or exclude it by a condition",
                places=places(file.path, rows),
            )
            found.append(replace(finding, count=len(rows)))
    return found
