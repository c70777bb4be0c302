"""lookup: a value out of a table of codes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sdtm.columns import from_codes
from sdtm.combinations import unique_rows
from sdtm.mapping.registry import algorithm
from specs.catalogue import Column, Params, Table
from specs.location import Location
from specs.problems import Problem, ProblemsFound


class Lookup(Params):
    lookup: Table
    by: dict[str, Column]
    take: str


@algorithm("lookup", Lookup, key="lookup", needs=("tables",), rule="not-in-lookup", origin="Assigned",
           expected=lambda params: f"a row of {params.lookup} with this {', '.join(params.by)}")  # fmt: skip
def lookup(block: pd.DataFrame, params: Lookup, tables: Mapping[str, pd.DataFrame]) -> pd.Series:
    """The column ``take`` of the one row of a lookup table whose ``by`` columns equal ours.

    ``by`` names the table's column and then ours: ``{LLT_CODE: AELLTCD}``.

    Shape:   n rows of keys in, n texts out, same index.
    Unit:    none.
    Missing: where a key is missing, or no row fits (reported).
    Errors:  a key twice in the table with different values stops the run.
    Source:  DESIGN §3.
    Example: by {CODE: X}, take NAME; table CODE 1, NAME A; X = 1 -> A.
    """
    table = tables[params.lookup]
    keys = list(params.by)
    known = table[[*keys, params.take]].drop_duplicates()
    known = known.loc[known[keys].notna().all(axis="columns")]
    twice = known.duplicated(keys, keep=False)
    if twice.any():
        rows = known.loc[twice, keys].astype(object).drop_duplicates().head(5).to_numpy().tolist()
        shown = "; ".join(", ".join(map(repr, row)) for row in rows)
        raise ProblemsFound(
            Problem(
                "lookup-not-unique",
                Location(),  # that of the mapping
                f"more than one {params.take} in {params.lookup} for {shown}",
                f"one row of {params.lookup} for each {', '.join(keys)}",
                "correct the table, or add the column that tells the rows apart to `by`",
            )
        )
    values = dict(
        zip(
            map(tuple, known[keys].astype(object).to_numpy().tolist()),
            known[params.take].astype(object),
            strict=True,
        )
    )
    inverse, rows = unique_rows([block[name] for name in params.by.values()])
    found = [values.get(row) for row in rows]
    found = [None if isinstance(value, float) else value for value in found]
    codes, unique = pd.factorize(np.array([*found, None], dtype=object)[:-1])
    return from_codes(codes[inverse] if len(rows) else inverse, list(unique), block.index)
