"""From row positions to places that people can find: the keys of the record, its values, its raw cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from validation.finding_ids import is_number_of_record
from validation.findings import PLACES_SHOWN, Place
from validation.tables import Table
from validation.values import is_text, looked_up, texts_of

_SUPPLEMENTAL_KEYS = ("USUBJID", "IDVAR", "IDVARVAL", "QNAM")
_OWNERS = ("USUBJID", "POOLID", "APID")


class Provenance(Protocol):
    """Knows which raw cell a record was made from."""

    def place(self, dataset: str, position: int, variable: str) -> tuple[str, int | None, str]:
        """Raw file, row and column of one record and variable; empty where there is none."""


def places_of(
    table: Table,
    positions: np.ndarray,
    variable: str,
    shows: Sequence[str],
    tables: Mapping[str, Table],
    sources: Provenance | None = None,
) -> tuple[Place, ...]:
    """The first ``PLACES_SHOWN`` of some records, in the order of the dataset."""
    shown = positions[:PLACES_SHOWN]
    frame = table.frame.iloc[shown]
    keys = [(name, texts_of(frame[name]).tolist()) for name in record_keys(table)]
    values = value_texts(frame, variable, shows, tables)
    identities = record_identities(table, frame, tables)
    places = []
    for number, position in enumerate(shown.tolist()):
        file, row, column = _raw_place(table, position, variable, sources)
        places.append(
            Place(
                keys=tuple((name, texts[number]) for name, texts in keys if texts[number]),
                value=values[number],
                file=file,
                row=row,
                column=column,
                identity=identities[number],
            )
        )
    return tuple(places)


def record_keys(table: Table) -> list[str]:
    """The variables by which a person finds a record: subject and sequence number, else its keys."""
    there = set(table.frame.columns)
    if table.is_supplemental:
        return [name for name in _SUPPLEMENTAL_KEYS if name in there]
    owners = [name for name in _OWNERS if name in there]
    sequence = f"{table.prefix}SEQ"
    if sequence in there:
        return [*owners, sequence] if table.name != "TS" else ["TSPARMCD", sequence]
    keys = [name for name in table.keys if name in there and name != "STUDYID"]
    return keys or owners


def record_identities(
    table: Table, frame: pd.DataFrame, tables: Mapping[str, Table]
) -> list[tuple[tuple[str, str], ...]]:
    """What tells each of some records apart whatever its number: its natural keys with their values.

    ``frame``: records of ``table``. A record that points at another by --SEQ has the natural keys of that one.
    """
    names = [name for name in natural_keys(table) if name in frame.columns]
    columns = [texts_of(frame[name]).tolist() for name in names]
    parents = _parent_identities(frame, tables)
    return [
        (
            *((name, texts[number]) for name, texts in zip(names, columns, strict=True) if texts[number]),
            *parents[number],
        )
        for number in range(len(frame))
    ]


def natural_keys(table: Table) -> list[str]:
    """The keys of a dataset (the study's, else the standard's) without those that only number records."""
    keys = [*table.keys, *(("QNAM",) if table.is_supplemental else ())]
    return [name for name in dict.fromkeys(keys) if name != "STUDYID" and not is_number_of_record(name)]


def _parent_identities(frame: pd.DataFrame, tables: Mapping[str, Table]) -> list[tuple[tuple[str, str], ...]]:
    """Natural keys of the records that RDOMAIN, IDVAR and IDVARVAL point at; none where they point at none."""
    pointers = ("RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL")
    if not all(name in frame.columns for name in pointers):
        return [()] * len(frame)
    told = list(zip(*(texts_of(frame[name]).tolist() for name in pointers), strict=True))
    found: dict[tuple[str, ...], tuple[tuple[str, str], ...]] = {}
    for domain, variable in sorted({(domain, variable) for domain, _, variable, _ in told}):
        parent = tables.get(domain)
        if parent is None or not {"USUBJID", variable} <= set(parent.frame.columns):
            continue
        subjects = {subject for d, subject, v, _ in told if (d, v) == (domain, variable)}
        records = parent.frame.loc[parent.frame["USUBJID"].isin(subjects)]
        keys = [name for name in natural_keys(parent) if name in records.columns]
        columns = [texts_of(records[name]).tolist() for name in keys]
        owners = texts_of(records["USUBJID"]).tolist()
        values = texts_of(records[variable]).tolist()
        for number, (owner, value) in enumerate(zip(owners, values, strict=True)):
            pairs = zip(keys, (texts[number] for texts in columns), strict=True)
            found[domain, owner, variable, value] = tuple(
                (f"{domain}.{name}", text) for name, text in pairs if text
            )
    return [found.get(pointer, ()) for pointer in told]


def value_texts(
    frame: pd.DataFrame, variable: str, shows: Sequence[str], tables: Mapping[str, Table]
) -> list[str]:
    """What each record has: the bare value of one variable, or ``NAME=value`` of several that are filled."""
    columns = {name: _shown_column(frame, name, tables) for name in shows}
    told = {name: texts_of(column).tolist() for name, column in columns.items() if column is not None}
    if len(told) == 1:
        return next(iter(told.values()))
    texts = []
    for number in range(len(frame)):
        parts = [
            f"{name}={values[number]}" if values[number] else f"{name} empty"
            for name, values in told.items()
            if values[number] or name == variable
        ]
        texts.append(" ".join(parts))
    return texts


def _shown_column(frame: pd.DataFrame, name: str, tables: Mapping[str, Table]) -> pd.Series | None:
    """A column of the records, or of another dataset by subject: ``DM.RFSTDTC``."""
    dataset, dot, variable = name.partition(".")
    if not dot:
        return frame[name] if name in frame.columns else None
    other = tables.get(dataset)
    # Only these have one record for each subject.
    if other is None or dataset not in ("DM", "ADSL") or "USUBJID" not in frame.columns:
        return None
    columns = other.frame.columns
    if variable not in columns or "USUBJID" not in columns or not is_text(other.frame["USUBJID"]):
        return None
    return looked_up(frame["USUBJID"], other.frame["USUBJID"], other.frame[variable])


def _raw_place(
    table: Table, position: int, variable: str, sources: Provenance | None
) -> tuple[str, int | None, str]:
    if sources is not None:
        return sources.place(table.name, position, variable)
    if table.metadata.file:
        return table.metadata.file, position + table.metadata.first_row, ""
    return "", None, ""
