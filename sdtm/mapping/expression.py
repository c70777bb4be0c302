"""expr: a SQL expression over the columns of the source (DuckDB, sandboxed)."""

from __future__ import annotations

import pandas as pd

from sdtm.mapping.registry import algorithm
from specs.catalogue import Params, Sql


class SqlExpression(Params):
    expr: Sql


@algorithm("expr", SqlExpression, key="expr", loss="allowed", numbers=True)
def expression(block: pd.DataFrame, params: SqlExpression) -> pd.Series:
    """A SQL expression; unqualified names are raw columns, ``AE.AESTDTC`` and ``DM.RFSTDTC`` are made ones.

    Shape:   n records in, n texts or numbers out, same index.
    Unit:    as the expression says.
    Missing: where SQL gives NULL; that is the spec's word and not reported.
    Errors:  SQL that fails on the data stops the run and shows the clause.
    Source:  DESIGN §3.
    Example: upper(TERM) on "Nausea" -> "NAUSEA".
    """
    from sdtm.mapping import sql

    parsed = sql.parse(params.expr)
    result = sql.evaluate([parsed], block.__getitem__, block.index)[0]
    return sql.column_of(result, block.index, params.expr, sql.Location())
