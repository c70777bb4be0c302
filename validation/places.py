"""From row positions to places that people can find: the keys of the record, its values, its raw cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import pandas as pd

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
    # Only DM has one record for each subject.
    if other is None or dataset != "DM" or "USUBJID" not in frame.columns:
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
