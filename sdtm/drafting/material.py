"""What drafting works on: the raw tables of a folder, each column with its texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from sdtm.columns import text as text_column
from sdtm.extract.arrow_columns import without
from sdtm.extract.odm import COLUMNS
from sdtm.extract.profile import ProfiledTable, profiled_tables, table_profile
from sdtm.extract.profile_types import type_of
from sdtm.extract.profile_units import Unit
from sdtm.extract.profile_values import counted_texts
from sdtm.extract.registry import reader_for
from sdtm.extract.value_kinds import kinds_of
from specs.problems import Problem, ProblemsFound

DEEPEST_TITLE = 12  # rows that a title above the names of columns may take
MISSING = ("", ".")  # a lone point is how SAS writes nothing


@dataclass(frozen=True, slots=True)
class RawColumn:
    """One column. ``texts``: distinct text -> rows, without missing ones; ``kinds``, ``type``: as profiled.

    ``decodes``: text -> what a code-book says that it means; all texts of the column or none.
    """

    name: str
    label: str
    texts: Mapping[str, int]
    kinds: Mapping[str, int]
    type: str
    values: pd.Series = field(repr=False, compare=False)
    decodes: Mapping[str, str] = field(default_factory=dict)

    @property
    def filled(self) -> int:
        """Rows with a text."""
        return sum(self.texts.values())

    @property
    def constant(self) -> str:
        """The text of a column that has just one in all rows, else nothing."""
        return next(iter(self.texts)) if len(self.texts) == 1 and self.filled == len(self.values) else ""


@dataclass(frozen=True, slots=True)
class RawTableRead:
    """One raw table: ``name`` is what the drafted spec calls it, ``options`` how the spec says to read it.

    ``decodes``: column that the reader made of another one's codes -> the coded column. ``label``: what the
    file itself says that the table is (SAS datasets).
    """

    name: str
    file: str
    part: str
    options: Mapping[str, Any]
    columns: Mapping[str, RawColumn]
    rows: int
    units: tuple[Unit, ...] = ()
    decodes: Mapping[str, str] = field(default_factory=dict)
    label: str = ""

    @property
    def system_columns(self) -> frozenset[str]:
        """The columns that say where a record stands in an ODM file, which are no items of a form."""
        return frozenset(COLUMNS) if "item_group" in self.options else frozenset()

    @property
    def titles(self) -> tuple[str, ...]:
        """Texts that may say what the table is about: names of file and part, constants of the form."""
        constants = [column.constant for column in self.columns.values() if column.constant]
        return (stem_of(self.file), self.part, self.label, *constants)


@dataclass(frozen=True, slots=True)
class Material:
    """All tables of a folder, and the files that could not be read with their problems."""

    tables: Mapping[str, RawTableRead]
    unread: Mapping[str, tuple[Problem, ...]]
    missing: tuple[str, ...] = ("",)


def read_material(folder: Path, encoding: str = "") -> Material:
    """Read every table below a folder; text that is not UTF-8 in ``encoding``.

    Raises ``ProblemsFound`` where there is no such folder.
    """
    found = profiled_tables(folder, encoding)
    names: dict[str, int] = {}
    tables: dict[str, RawTableRead] = {}
    unread: dict[str, tuple[Problem, ...]] = {}
    points = False
    for read in found:
        read = below_title(folder, read)
        if read.table is None:
            if not all(problem.id == "unknown-format" for problem in read.profile.problems):
                unread[read.profile.name] = read.profile.problems
            continue
        points |= any("." in counted_texts(column) for column in read.table.columns.values())
        name = dataset_name(read)
        names[name] = names.get(name, 0) + 1
        name += str(names[name]) if names[name] > 1 else ""
        tables[name] = read_table(name, read)
    return Material(tables, unread, MISSING if points else MISSING[:1])


def below_title(folder: Path, read: ProfiledTable) -> ProfiledTable:
    """A sheet that has a title above the names of its columns, read from the first row that names them all."""
    problems = read.profile.problems
    if read.table is not None or not read.options.sheet or not problems:
        return read
    if any(problem.id not in ("empty-column-name", "duplicated-column") for problem in problems):
        return read
    reader = reader_for(read.profile.file)
    for row in range(2, DEEPEST_TITLE + 1):
        options = replace(read.options, header_row=row)
        try:
            table = reader.read(folder / read.profile.file, options)
        except (ProblemsFound, OSError):
            continue
        if len(table.columns) > 1 and len(table.rows):
            profile = table_profile(table, read.profile.file, read.profile.part, read.profile.format)
            return ProfiledTable(profile, options, table)
        break
    return read


def read_table(name: str, read: ProfiledTable) -> RawTableRead:
    assert read.table is not None
    columns = {}
    for column_name, cells in read.table.columns.items():
        values = text_column(without(cells, MISSING))
        # A header of several words says as much as a label does: "Date of birth".
        label = read.table.labels.get(column_name, "") or (column_name if " " in column_name.strip() else "")
        columns[column_name] = raw_column(column_name, label, values)
    profile, options = read.profile, read.options
    said: dict[str, Any] = {
        "sheet": options.sheet,
        "item_group": options.item_group,
        "encoding": options.encoding,
    }
    if options.header_row > 1:
        said["header_row"] = str(options.header_row)
    return RawTableRead(
        name,
        profile.file,
        profile.part,
        {key: value for key, value in said.items() if value},
        columns,
        profile.rows,
        profile.units,
        read.table.decodes,
        read.table.title,
    )


def raw_column(name: str, label: str, values: pd.Series) -> RawColumn:
    """A column of texts, with what they look like."""
    texts = counted_texts(values)
    kinds = kinds_of(list(texts), list(texts.values()))
    return RawColumn(name, label, texts, kinds, type_of(kinds), values)


def dataset_name(read: ProfiledTable) -> str:
    """The name under raw.datasets: of the file, or of its sheet or item group, in small letters."""
    source = read.profile.part.rpartition(".")[2] if read.profile.part else stem_of(read.profile.file)
    name = re.sub(r"[^a-z0-9]+", "_", source.lower()).strip("_")
    for noise in ("_raw", "raw_"):
        name = name.removesuffix(noise).removeprefix(noise)
    return name or "table"


def stem_of(file: str) -> str:
    """The name of a file without folder and endings."""
    return file.rpartition("/")[2].split(".")[0]
