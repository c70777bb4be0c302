"""Which records of a domain have a variable from a mapping; finishing makes it on the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sdtm.columns import blank, choose, take, unique_texts

if TYPE_CHECKING:
    from sdtm.convert_shard import DomainState


def mapped_rows(state: DomainState, variable: str) -> np.ndarray:
    """Records of the sources and tests that map a variable themselves, whether or not that gave a value.

    Shape:   n records in, n booleans out.
    Missing: never. Where records of several sources have become one (`collapse:`), all or none.
    Errors:  none on data.
    """
    sources = state.plan.sources
    whole = [any(plan.name == variable for plan in source.variables) for source in sources]
    tests = [
        {test.testcd for test in source.tests if any(plan.name == variable for plan in test.extra)}
        for source in sources
    ]
    if not state.spans:
        return np.full(state.size, any(whole) or any(tests))
    rows = np.zeros(state.size, dtype=bool)
    codes = state.frame.get(f"{state.plan.name}TESTCD")
    for (start, stop), mapped, own in zip(state.spans, whole, tests, strict=True):
        rows[start:stop] = mapped
        if own and not mapped and codes is not None:
            part = codes.iloc[start:stop]
            known = np.array([text in own for text in unique_texts(part)], dtype=bool)
            rows[start:stop] = take(known, part, False).astype(bool)
    return rows


def put_where_not_mapped(state: DomainState, variable: str, made: pd.Series) -> None:
    """Put a variable that finishing made into the records whose source does not map it."""
    mapped = mapped_rows(state, variable)
    if mapped.any():
        # A record that is explained comes with what was read alone.
        theirs = state.frame.get(variable)
        made = blank(made, mapped) if theirs is None else choose(mapped, theirs, made)
    state.frame[variable] = made
