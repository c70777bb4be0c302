"""Several records to one: SV has one record per visit, however many forms the visit has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sdtm.columns import from_codes, pick
from sdtm.combinations import combinations
from sdtm.finishing.reference_dates import earliest_of, latest_of
from sdtm.finishing.sequence import sort_order
from sdtm.mapping.scope import by_subject
from sdtm.visit_assignment import places
from validation.findings import PLACES_SHOWN, Finding

if TYPE_CHECKING:
    from sdtm.convert_shard import DomainState


def collapse(state: DomainState) -> list[Finding]:
    """One record for each combination of the ``by`` variables.

    ``collapse: {by: [USUBJID, VISITNUM], SVSTDTC: earliest, SVENDTC: latest}``. A variable without a rule
    has to agree within a group; where it does not, the first in content order stays and a finding says so.
    Every contributing raw row stays known (``state.more``).
    """
    rules = dict(state.plan.definition.collapse)
    by = [rules.pop("by")] if isinstance(rules.get("by"), str) else list(rules.pop("by", []))
    frame = state.table()
    inverse, _ = combinations([_part(frame[name]) for name in by])
    order = sort_order(frame, by)
    count = int(inverse.max()) + 1 if len(inverse) else 0
    first = np.full(count, -1, dtype=np.int64)
    first[inverse[order][::-1]] = order[::-1]
    group = from_codes(inverse, [str(i) for i in range(count)], state.index)
    findings = []
    made: dict[str, pd.Series] = {}
    for name in frame:
        rule = rules.get(name, "")
        if rule in ("earliest", "latest"):
            function = earliest_of if rule == "earliest" else latest_of
            chosen = function(group, frame[name], np.ones(state.size, dtype=bool))
            groups = from_codes(np.arange(count), [str(i) for i in range(count)], pd.RangeIndex(count))
            made[name] = by_subject(groups, chosen, "date")
            continue
        made[name] = pick(frame[name], first)
        findings += _conflicts(state, name, frame[name], inverse, first)
    state.more = pd.DataFrame(
        {"record": inverse, "table": state.origin.table, "position": state.origin.position}, copy=False
    )
    state.frame = made
    state.supp = {name: pick(column, first) for name, column in state.supp.items()}
    state.visit = None if state.visit is None else pick(state.visit, first)
    state.origin = state.origin.at(first)
    state.blocks, state.spans = [], []
    return findings


def _part(column: pd.Series) -> pd.Series | np.ndarray:
    return column if isinstance(column.dtype, pd.CategoricalDtype) else column.to_numpy()


def _conflicts(
    state: DomainState, name: str, column: pd.Series, inverse: np.ndarray, first: np.ndarray
) -> list[Finding]:
    codes, _ = combinations([_part(column)])
    differs = codes != codes[first][inverse]
    if not differs.any():
        return []
    at = np.flatnonzero(differs)
    return [
        Finding(
            "collapse-conflict",
            "warning",
            f"{name} differs among records that become one",
            f"one value of {name} for each record that collapse: makes",
            f"give {name} a rule (earliest, latest), or add it to by:; the first value stays",
            state.plan.name,
            name,
            places(state, at[:PLACES_SHOWN], ""),
            len(at),
        )
    ]
