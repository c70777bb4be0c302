"""Records of an explanation as the state of a domain, so that the functions of a run can be applied to them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sdtm.columns import constant
from sdtm.convert_shard import DomainState
from sdtm.mapping.scope import Origin
from sdtm.plan import Plan, SourcePlan
from sdtm.trace.explained import Read, column_of

SUBJECT = "USUBJID"


def columns_of(reads: tuple[Read, ...]) -> dict[str, pd.Series]:
    """The values of one record, a column of one row for each."""
    return {read.name: column_of([read.value], read.kind) for read in reads}


def state_of(
    plan: Plan,
    domain: str,
    columns: Mapping[str, pd.Series],
    source: SourcePlan | None = None,
    visit: pd.Series | None = None,
    supp: Mapping[str, pd.Series] | None = None,
) -> DomainState:
    """A domain with just these records; ``source``: the one that all of them come from."""
    size = len(next(iter(columns.values()))) if columns else 0
    index = pd.RangeIndex(size)
    origin = Origin(constant(None, index), np.arange(size), constant(None, index))
    sources = plan.domains[domain].sources
    spans, start = [], 0
    for each in sources:
        mine = source is not None and each.number == source.number
        spans.append((start, start + size if mine else start))
        start = spans[-1][1]
    return DomainState(
        plan=plan.domains[domain],
        frame=dict(columns),
        supp=dict(supp or {}),
        origin=origin,
        visit=visit,
        blocks=[],
        spans=spans if source is not None else [],
        units=plan.study.units,
    )
