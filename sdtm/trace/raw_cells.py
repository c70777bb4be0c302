"""A raw cell as something that a step read; a column of `derive:` with the step that made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sdtm.columns import from_codes
from sdtm.mapping import sql
from sdtm.numbers import shortest
from sdtm.trace.explained import ExplainedStep, Read, column_of, text_at

if TYPE_CHECKING:
    from sdtm.trace.teller import Teller


def raw_read(teller: Teller, table: str, position: int, column: str, written: str, of: str = "") -> Read:
    """One cell of a raw table. ``column``: its name there; ``written``: as the spec writes it."""
    raw = teller.told.tables[table]
    file, row = raw.place(position)
    value = text_at(raw.frame[column], position)
    if column in raw.derived:
        derived_column(teller, table, position, column)
        of = "; ".join(part for part in (of, f"derived column of {table}") if part)
        return Read(written, value, "Char", file, row, "", of)
    if column in raw.decodes:
        of = "; ".join(part for part in (of, f"decode of {raw.decodes[column]}") if part)
    return Read(written, value, "Char", file, row, column, of)


def derived_column(teller: Teller, table: str, position: int, column: str) -> None:
    """Tell how a column of `derive:` was made in one row of a raw table."""
    study, raw = teller.plan.study, teller.told.tables[table]
    makes = f"{table}.{column} (row {raw.place(position)[1]})"
    if any(step.makes == makes for step in teller.steps):
        return
    where = study.where("raw", "datasets", table, "derive", column)
    expression = sql.parse(study.raw.datasets[table].derive[column], (), where)
    reads = tuple(raw_read(teller, table, position, name, name) for name in expression.columns)
    value = text_at(raw.frame[column], position)

    def again(told: ExplainedStep) -> tuple[str | None, str | None]:
        columns = {read.name: column_of([read.value], read.kind) for read in told.reads}
        index = pd.RangeIndex(1)
        array = sql.evaluate([expression], columns.__getitem__, index)[0]
        made = sql.column_of(array, index, expression.text, where)
        if not isinstance(made.dtype, pd.CategoricalDtype):
            codes, unique = pd.factorize(made.to_numpy())
            made = from_codes(codes, [shortest(number) for number in unique], index)
        return text_at(made, 0), text_at(made, 0)

    teller.steps.append(
        ExplainedStep(
            makes, "derive", expression.text, str(where), reads, gave=value, value=value, again=again
        )
    )
