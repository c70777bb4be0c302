"""worst_record: the flag on the highest or the lowest value of a group."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from sdtm.derivations.condition import is_true
from sdtm.derivations.flags import flags
from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from specs.catalogue import Column, Columns, Made, Params, Sql


class WorstRecord(Params):
    by: Columns
    to: Made
    value: Column = "AVAL"
    worst: Literal["highest", "lowest", "farthest_from_zero"] = "highest"
    order: Columns = ()
    among: Sql = ""


@derivation("worst_record", WorstRecord)
def worst_record(records: pd.DataFrame, params: WorstRecord, notes: Notes) -> pd.DataFrame:
    """The record with the worst value of its group, such as the worst grade on treatment.

    Shape:   n records in; n flags (Y or missing) out; at most one Y in each group of ``by``.
    Unit:    that of the value; a grade below 0 (ATOXGRN of a low value) counts with ``farthest_from_zero``.
    Missing: records without a value, outside ``among`` (a condition such as ONTRTFL = 'Y'), or of which a
             part of ``by`` is missing, are not flagged.
    Errors:  none. Equal values: the first by ``order`` (a date, a sequence number), then by its place.
    Source:  ADaMIG 1.3, 4.5.2 (choosing a record among several); the caller names the flag (ANL01FL).
    Example: grades 1, 3, 3 on days 8, 15, 22 -> day 15.
    """
    value = records[params.value].to_numpy(dtype=float)
    badness = {"highest": value, "lowest": -value, "farthest_from_zero": np.abs(value)}[params.worst]
    usable = is_true(records, params.among) & ~np.isnan(value)
    usable &= records[list(params.by)].notna().to_numpy().all(axis=1)
    columns = list(dict.fromkeys([*params.by, *params.order]))
    table = records[columns].assign(_worst=-badness)[usable]
    first = table.sort_values(["_worst", *params.order], kind="stable").drop_duplicates(list(params.by))
    return pd.DataFrame({params.to: pd.Series(flags(records.index.isin(first.index)), index=records.index)})
