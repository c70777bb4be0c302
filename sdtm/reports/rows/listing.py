"""Listings: records as they are."""

from __future__ import annotations

import pandas as pd
from pydantic import Field

from sdtm.reports.block import SUBJECT, Block
from sdtm.reports.compute import category_texts
from sdtm.reports.registry import BlockParams, rows
from sdtm.reports.results import Line, Result, Section
from sdtm.reports.row_sets import RowSet
from specs.catalogue import Column, Columns


class Listing(BlockParams):
    shown: dict[Column, str] = Field(alias="columns", description="variable -> heading, in order")
    order: Columns = Field(default=(SUBJECT,), description="variables that sort the records")


@rows("listing", Listing)
def listing(block: Block, params: Listing) -> Section:
    """The records of the population, one a line, in a stated order. Rows: ``ID.1``, ``ID.2``, …

    Listings ignore the columns of the table: every variable is a column of its own.
    """
    for name in (*params.shown, *params.order):
        block.column(block.records, name, "columns" if name in params.shown else "order")
    names = pd.Index([]).union(pd.concat([group.subjects[SUBJECT] for group in block.groups]).unique())
    records = block.records[block.records[SUBJECT].isin(names)]
    keys = list(dict.fromkeys([*params.order, *params.shown]))
    records = records.sort_values(keys, kind="stable", na_position="last")
    section = Section()
    texts = {name: _texts(records[name]).to_list() for name in params.shown}
    positions = records.index.to_numpy(dtype="int64")
    for index in range(len(records)):
        row = f"{block.id}.{index + 1}"
        section.lines.append(Line(row, str(index + 1), "{text}"))
        section.results += [
            Result(
                block.table,
                row,
                name,
                "text",
                values[index],
                "",
                1,
                len(names),
                block.source,
                block.condition,
                RowSet({block.source: positions[index : index + 1]}),
            )
            for name, values in texts.items()
        ]
    return section


def _texts(values: pd.Series) -> pd.Series:
    if pd.api.types.is_datetime64_dtype(values.dtype):
        return values.dt.strftime("%Y-%m-%d").fillna("")
    return category_texts(values).fillna("")
