"""Blanks at the end of a text: no transport file can hold them, so they go, and a note says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sdtm.columns import map_unique, take
from sdtm.visit_assignment import places
from validation.findings import PLACES_SHOWN, Finding

if TYPE_CHECKING:
    from sdtm.convert_shard import DomainState


def remove_trailing_blanks(state: DomainState) -> list[Finding]:
    """Texts of all variables and qualifiers without blanks at their end; a text of blanks only is missing.

    Leading blanks stay: they can be held, and a check reports them. Source: SAS transport version 5 pads
    every text with blanks.
    """
    findings = []
    for columns in (state.frame, state.supp):
        for name, column in columns.items():
            if not isinstance(column.dtype, pd.CategoricalDtype):
                continue
            ends = np.asarray(column.cat.categories.str.endswith(" "), dtype=bool)
            if not ends.any():
                continue
            rows = np.flatnonzero(take(ends, column, missing=False))
            columns[name] = map_unique(column, lambda texts: [text.rstrip(" ") or None for text in texts])
            if len(rows):
                findings.append(
                    Finding(
                        "trailing-blanks-removed",
                        "note",
                        f"texts of {name} that end with blanks",
                        "text without blanks at its end, which a transport file cannot hold",
                        "nothing: the blanks are removed; the raw text is in the trace",
                        state.plan.name,
                        name,
                        places(state, rows[:PLACES_SHOWN], ""),
                        len(rows),
                    )
                )
    return findings
