"""first_occurrence: AOCCFL, AOCCPFL, AOCCIFL … and any other flag on one record of a group."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from specs.catalogue import Column, Columns, Made, Params
from specs.values import Words


class FirstOccurrence(Params):
    to: Made
    within: Columns
    order: Words
    highest: Column = ""
    value: str = "Y"

    def columns(self) -> tuple[str, ...]:
        ordered = [name.removeprefix("-") for name in self.order]
        return tuple(dict.fromkeys([*super().columns(), *ordered]))


@derivation("first_occurrence", FirstOccurrence)
def first_occurrence(records: pd.DataFrame, params: FirstOccurrence, notes: Notes) -> pd.DataFrame:
    """A flag on the first record of each group, by an order; or on the first of the highest value.

    Shape:   n records in; n flags (``value`` or missing) out, same index.
    Unit:    none. ``order``: columns, ``-X`` descending; a missing value comes first. ``highest`` names a
             column whose greatest value goes first (the worst grade), missing last.
    Missing: a record whose group has a missing part is never flagged: it belongs to no group.
    Errors:  none on data. Records that the order cannot tell apart: the first as they stand.
    Source:  ADaM OCCDS 1.1, occurrence flags; restrict it by ``where`` (TRTEMFL = 'Y').
    Example: NAUSEA grade 1, then grade 3: AOCCPFL on the first, AOCCPIFL (highest ATOXGRN) on the second.
    """
    keys: list[np.ndarray] = []
    for name in reversed(params.order):
        keys.append(_rank(records[name.removeprefix("-")], descending=name.startswith("-")))
    if params.highest:
        values = pd.to_numeric(records[params.highest], errors="coerce")
        keys.append((-values).fillna(np.inf).to_numpy())
    order = np.lexsort(keys)
    grouped = records[list(params.within)].iloc[order]
    first = ~grouped.duplicated().to_numpy() & grouped.notna().all(axis="columns").to_numpy()
    flagged = np.full(len(records), None, dtype=object)
    flagged[order[first]] = params.value
    return pd.DataFrame({params.to: pd.Series(flagged, index=records.index, dtype="str")})


def _rank(column: pd.Series, *, descending: bool) -> np.ndarray:
    codes, _ = pd.factorize(column, sort=True)
    return np.where(codes < 0, -1 if not descending else len(codes), -codes if descending else codes)
