"""Columns that a spec adds to a raw table (`derive:`): keys written in another way, parts of an identifier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from sdtm.columns import from_codes
from sdtm.mapping import sql
from sdtm.numbers import shortest
from sdtm.stages import RawTable
from specs.location import Location
from specs.problems import Problem, ProblemsFound, suggest


def derive_columns(table: RawTable, derive: Mapping[str, str], where: Location) -> RawTable:
    """The table with the derived columns behind its own; each is text, row by row.

    An expression may read columns of the file and columns derived before it. Raises ``ProblemsFound`` for
    an unknown column, a name that the file has, or SQL that fails.
    """
    if not derive:
        return table
    frame = table.frame.copy(deep=False)
    derived: dict[str, tuple[str, ...]] = {}
    for name, text in derive.items():
        parsed = sql.parse(text, (), where)
        unknown = [column for column in parsed.columns if column not in frame]
        if unknown or name in table.frame:
            found = unknown[0] if unknown else name
            raise ProblemsFound(
                Problem(
                    "unknown-column" if unknown else "column-exists",
                    where,
                    f"{found!r}",
                    f"a column of {table.name}: {', '.join(frame.columns)}"
                    if unknown
                    else "a name that the file does not have",
                    suggest(found, frame.columns) if unknown else "choose another name",
                )
            )
        array = sql.evaluate([parsed], frame.__getitem__, frame.index)[0]
        column = sql.column_of(array, frame.index, text, where)
        if not isinstance(column.dtype, pd.CategoricalDtype):
            codes, unique = pd.factorize(column.to_numpy())
            column = from_codes(codes, [shortest(value) for value in unique], frame.index)
        frame[name] = column
        derived[name] = tuple(
            dict.fromkeys(read for column in parsed.columns for read in derived.get(column, (column,)))
        )
    return replace(table, frame=frame, derived=derived)
