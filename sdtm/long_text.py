"""Text above 200 bytes: the first part stays in its variable, the rest goes to SUPP-- (SDTMIG 3.4, 4.5.3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sdtm.columns import byte_lengths, from_codes, take, unique_texts
from sdtm.finishing.long_text import LIMIT, split_text, supplemental_names
from sdtm.finishing.supplemental import Qualifier
from sdtm.plan import Plan
from sdtm.visit_assignment import places
from specs.standards.ig import CONTINUED
from validation.findings import PLACES_SHOWN, Finding

if TYPE_CHECKING:
    from sdtm.convert_shard import DomainState

# Never split: they name things.
NAMES = ("TESTCD", "TEST", "CAT", "SCAT", "DECOD", "PARMCD", "PARM")


def split_long_text(plan: Plan, state: DomainState) -> list[Finding]:
    """Split the long texts of a domain, where the standard and the spec let them be split.

    A variable with a codelist, a date, a name or ``long_text: refuse`` keeps its text; the transport writer
    then refuses it. QNAMs of the parts are the variable's name with 1, 2 …; a comment goes on in COVAL1, COVAL2 …
    (SDTMIG 3.4, 5.1), without a finding, since nothing leaves its dataset.
    """
    findings = []
    for name in list(state.frame):
        column = state.frame[name]
        if not isinstance(column.dtype, pd.CategoricalDtype):
            continue
        long = byte_lengths(column) > LIMIT
        used = take(long, column, missing=False).astype(bool) if long.any() else np.zeros(0, dtype=bool)
        if not used.any() or not _may_split(plan, state, name):
            continue
        parts = split_text(unique_texts(column), LIMIT)
        most = max(len(part) for part, is_long in zip(parts, long, strict=True) if is_long)
        if name == CONTINUED.get(state.plan.name):
            for number in range(1, most):
                state.frame[f"{name}{number}"] = _nth(parts, number, column)
            state.frame[name] = _nth(parts, 0, column)
            continue
        taken = {*state.frame, *state.supp}
        definition = plan.guide.variable(state.plan.name, name, state.plan.class_name)
        label = definition.label if definition else name
        for number, qnam in enumerate(supplemental_names(name, most - 1, taken), 1):
            state.supp[qnam] = _nth(parts, number, column)
            state.long_qualifiers[qnam] = Qualifier(label[:40].rstrip(), _origin(state, name))
        state.frame[name] = _nth(parts, 0, column)
        rows = np.flatnonzero(used)
        findings.append(
            Finding(
                "long-text-split",
                "note",
                f"texts of {name} have more than {LIMIT} bytes",
                f"at most {LIMIT} bytes in a transport file",
                f"nothing: the rest is in SUPP{state.plan.name}",
                state.plan.name,
                name,
                places(state, rows[:PLACES_SHOWN], ""),
                len(rows),
            )
        )
    return findings


def _may_split(plan: Plan, state: DomainState, name: str) -> bool:
    said = state.plan.definition.long_text.get(name)
    if said is not None:
        return said == "supp"
    definition = plan.guide.variable(state.plan.name, name, state.plan.class_name)
    if definition is None or definition.codelists or definition.value_domain.startswith("ISO"):
        return False
    return definition.role != "Identifier" and not name.endswith(NAMES) and name not in ("VISIT", "EPOCH")


def _nth(parts: list[list[str]], number: int, column: pd.Series) -> pd.Series:
    values = np.array(
        [part[number] if number < len(part) else None for part in parts] or [None], dtype=object
    )
    codes, unique = pd.factorize(values)
    return from_codes(take(codes, column), list(unique), column.index)


def _origin(state: DomainState, name: str) -> str:
    return next(
        (v.origin for source in state.plan.sources for v in source.variables if v.name == name and v.origin),
        "Collected",
    )
