"""``sdtm profile RAW``: what is in a folder of raw files, without any spec."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sdtm.columns import unique_texts
from sdtm.extract.arrow_columns import without
from sdtm.extract.files import every_file, shown_path
from sdtm.extract.profile_text import profile_text
from sdtm.extract.profile_units import unit_columns
from sdtm.extract.profile_values import (
    FileProfile,
    as_dict,
    candidate_keys,
    column_profile,
    counted_texts,
    repeated_rows,
    with_relations,
)
from sdtm.extract.registry import format_of, reader_for
from sdtm.extract.table import FileTable, Options, refuse
from specs.location import Location
from specs.problems import Problem, ProblemsFound

__all__ = ["FileProfile", "profile", "profile_json", "profile_text"]


def profile(folder: Path, encoding: str = "") -> list[FileProfile]:
    """One profile for each table below a folder (or in one file), in the order of the paths.

    ``encoding``: how text files are written that are not UTF-8; a file that is keeps it.
    A file that cannot be read has a profile with its problems. Only an empty text counts as missing, for
    nothing is declared yet. Raises ``ProblemsFound`` if there is neither folder nor file.
    """
    if folder.is_file():
        return [read.profile for read in profiled_file(folder, folder.name, encoding)]
    return with_relations([read.profile for read in profiled_tables(folder, encoding)])


def profiled_tables(folder: Path, encoding: str = "") -> list[ProfiledTable]:
    """Every table below a folder with its profile and its data; relations are not told yet."""
    if not folder.is_dir():
        raise refuse(
            "missing-folder", str(folder), "nothing of that name", "a folder of raw files, or a file"
        )
    return [
        read
        for path in every_file(folder)
        for read in profiled_file(path, shown_path(path, folder), encoding)
    ]


def profile_json(profiles: Sequence[FileProfile]) -> str:
    """The profiles as JSON text."""
    return json.dumps([as_dict(found) for found in profiles], ensure_ascii=False, indent=2)


@dataclass(frozen=True, slots=True)
class ProfiledTable:
    """One table: what is in it, how it was read, and its data; no data if it could not be read."""

    profile: FileProfile
    options: Options
    table: FileTable | None = None


def profiled_file(path: Path, shown: str, encoding: str = "") -> list[ProfiledTable]:
    """The profiles of all tables of one file; a text file that is not UTF-8 is read in ``encoding``, if given."""
    form = format_of(shown) or ""
    size = path.stat().st_size
    try:
        reader = reader_for(shown)
        parts = reader.parts(path, Options(shown))
    except (ProblemsFound, OSError) as error:
        unread = FileProfile(shown, format=form, size=size, problems=problems_of(error, shown))
        return [ProfiledTable(unread, Options(shown))]
    found = []
    for options in parts:
        part = options.sheet or options.item_group
        try:
            try:
                table = reader.read(path, options)
            except ProblemsFound as found_by_reader:
                if not encoding or all(p.id != "undecodable-byte" for p in found_by_reader.problems):
                    raise
                options = replace(options, encoding=encoding)
                table = reader.read(path, options)
        except (ProblemsFound, OSError) as error:
            unread = FileProfile(shown, part, form, size, problems=problems_of(error, shown))
            found.append(ProfiledTable(unread, options))
            continue
        found.append(ProfiledTable(table_profile(table, shown, part, form), options, table))
    return found


def table_profile(table: FileTable, shown: str, part: str, form: str) -> FileProfile:
    """The profile of one table."""
    columns = {name: without(column, [""]) for name, column in table.columns.items()}
    return FileProfile(
        file=shown,
        part=part,
        format=form,
        size=table.size,
        encoding=table.encoding,
        rows=len(table.rows),
        repeated_rows=repeated_rows(columns),
        columns=tuple(column_profile(name, table.labels.get(name, ""), c) for name, c in columns.items()),
        keys=candidate_keys({name: c for name, c in columns.items() if name not in table.decodes}),
        units=unit_columns({name: counted_texts(column) for name, column in columns.items()}, table.labels),
        notes=table.notes,
        findings=tuple(str(finding) for finding in table.findings),
        values={name: frozenset(unique_texts(column)) for name, column in columns.items()},
    )


def problems_of(error: Exception, shown: str) -> tuple[Problem, ...]:
    if isinstance(error, ProblemsFound):
        return tuple(error.problems)
    return (Problem("unreadable-file", Location(shown), str(error), "a file that can be read"),)
