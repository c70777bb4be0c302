"""What is in a raw table: its columns, what could be its key, and what it has in common with others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from sdtm import columns
from sdtm.extract.profile_types import codes_of, type_of
from sdtm.extract.profile_units import Unit
from sdtm.extract.value_kinds import kind_of, kinds_of
from specs.problems import Problem

EXAMPLES = 3
EXAMPLE_LENGTH = 30
KEYS_SHOWN = 3
KEY_SIZES = (1, 2, 3)
TRIES = 2_000  # combinations of columns looked at for one size
SAMPLE = 5_000  # rows that refute most combinations


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column. ``kinds``: kind -> rows (``value_kinds``). Lengths are in characters.

    ``type``: one word (``profile_types``); ``codes``: text -> rows, where a column has few, repeated texts.
    """

    name: str
    label: str
    missing: int
    distinct: int
    shortest: int
    longest: int
    kinds: Mapping[str, int]
    examples: tuple[str, ...]
    type: str = ""
    codes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Relation:
    """How many distinct values of a column stand also in the column of that name of another table."""

    column: str
    table: str
    contained: int
    distinct: int
    outside: tuple[str, ...] = ()  # some that do not


@dataclass(frozen=True, slots=True)
class FileProfile:
    """One table of a folder: a file, or a sheet or item group of it (``part``).

    ``keys``: combinations of columns that are never missing and different in every row. ``problems`` says
    why a file could not be read; it then has no columns.
    """

    file: str
    part: str = ""
    format: str = ""
    size: int = 0
    encoding: str = ""
    rows: int = 0
    repeated_rows: int = 0
    columns: tuple[ColumnProfile, ...] = ()
    keys: tuple[tuple[str, ...], ...] = ()
    relations: tuple[Relation, ...] = ()
    units: tuple[Unit, ...] = ()
    notes: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    values: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def name(self) -> str:
        """How the table is called: the file, and the part in brackets."""
        return f"{self.file} [{self.part}]" if self.part else self.file


def column_profile(name: str, label: str, column: pd.Series) -> ColumnProfile:
    """The facts of one text column; blanks of any number count as text, an empty text as missing."""
    used = counted_texts(column)
    lengths = [len(text) for text in used] or [0]
    kinds = kinds_of(list(used), list(used.values()))
    return ColumnProfile(
        name=name,
        label=label,
        missing=len(column) - sum(used.values()),
        distinct=len(used),
        shortest=min(lengths),
        longest=max(lengths),
        kinds=kinds,
        examples=tuple(shortened(text) for text in list(used)[:EXAMPLES]),
        type=type_of(kinds),
        codes=codes_of(used, kinds),
    )


def counted_texts(column: pd.Series) -> dict[str, int]:
    """The distinct texts of a text column, as they come first, with their rows."""
    codes = column.cat.codes.to_numpy()
    texts = columns.unique_texts(column)
    counts = np.bincount(codes[codes >= 0], minlength=len(texts)) if len(texts) else np.empty(0, dtype=int)
    return {text: int(count) for text, count in zip(texts, counts, strict=True) if count}


def shortened(text: str) -> str:
    return text if len(text) <= EXAMPLE_LENGTH else text[:EXAMPLE_LENGTH] + "…"


def candidate_keys(table: Mapping[str, pd.Series]) -> tuple[tuple[str, ...], ...]:
    """The smallest combinations of columns that tell all rows apart, those that stand first first.

    Up to three columns are combined; a column with missing values, with one value only or with decimals
    is no part.
    """
    rows = len(next(iter(table.values()))) if table else 0
    if rows < 2:
        return ()
    codes, spans = {}, {}
    for name, column in table.items():
        values = column.cat.codes.to_numpy()
        distinct = len(np.unique(values))
        decimals = any("." in text and kind_of(text) == "decimal" for text in columns.unique_texts(column))
        if (values >= 0).all() and distinct > 1 and not decimals:
            codes[name], spans[name] = values.astype(np.int64), distinct
    places = {name: place for place, name in enumerate(codes)}
    for size in KEY_SIZES:
        tried, found = 0, []
        for names in combinations(codes, size):
            if np.prod([float(spans[name]) for name in names]) < rows:
                continue
            tried += 1
            if tried > TRIES:
                break
            parts = [codes[name] for name in names]
            if tells_apart([part[:SAMPLE] for part in parts]) and tells_apart(parts):
                found.append(names)
        if found:
            found.sort(key=lambda names: sum(places[name] for name in names))
            return tuple(found[:KEYS_SHOWN])
    return ()


def tells_apart(codes: Sequence[np.ndarray]) -> bool:
    """Whether the rows of some code columns are all different."""
    return not pd.DataFrame(dict(enumerate(codes)), copy=False).duplicated().any()


def repeated_rows(table: Mapping[str, pd.Series]) -> int:
    """How many rows are equal in every column to an earlier one."""
    if not table:
        return 0
    codes = {name: column.cat.codes.to_numpy() for name, column in table.items()}
    return int(pd.DataFrame(codes, copy=False).duplicated().sum())


def with_relations(profiles: Sequence[FileProfile]) -> list[FileProfile]:
    """The profiles with what their columns share with columns of the same name elsewhere.

    For each name one table is the home of its values: one where the column alone is a key, else the one
    with most distinct values; the first, if there are several. The others are compared with it.
    """
    homes: dict[str, FileProfile] = {}
    for profile in profiles:
        for name, values in profile.values.items():
            home = homes.get(name)
            if len(values) > 1 and (home is None or rank(profile, name) > rank(home, name)):
                homes[name] = profile
    related = []
    for profile in profiles:
        relations = []
        for name, values in profile.values.items():
            home = homes.get(name)
            if home is None or home is profile or not values:
                continue
            outside = sorted(values - home.values[name])
            if len(outside) < len(values):
                inside = len(values) - len(outside)
                relations.append(Relation(name, home.name, inside, len(values), tuple(outside[:EXAMPLES])))
        related.append(replace(profile, relations=tuple(relations)))
    return related


def rank(profile: FileProfile, name: str) -> tuple[bool, int]:
    return ((name,) in profile.keys, len(profile.values[name]))


def as_dict(profile: FileProfile) -> dict[str, Any]:
    """A profile in plain values, for JSON."""
    return {
        "file": profile.file,
        "part": profile.part,
        "format": profile.format,
        "size": profile.size,
        "encoding": profile.encoding,
        "rows": profile.rows,
        "repeated_rows": profile.repeated_rows,
        "columns": [
            {
                "name": column.name,
                "label": column.label,
                "type": column.type,
                "missing": column.missing,
                "distinct": column.distinct,
                "shortest": column.shortest,
                "longest": column.longest,
                "kinds": dict(column.kinds),
                "examples": list(column.examples),
                "codes": dict(column.codes),
            }
            for column in profile.columns
        ],
        "keys": [list(key) for key in profile.keys],
        "units": [{"column": u.column, "of": u.of, "texts": dict(u.texts)} for u in profile.units],
        "relations": [
            {
                "column": relation.column,
                "table": relation.table,
                "contained": relation.contained,
                "distinct": relation.distinct,
                "outside": list(relation.outside),
            }
            for relation in profile.relations
        ],
        "notes": list(profile.notes),
        "findings": list(profile.findings),
        "problems": [
            {"id": p.id, "where": str(p.where), "found": p.found, "expected": p.expected, "do": p.do}
            for p in profile.problems
        ],
    }
