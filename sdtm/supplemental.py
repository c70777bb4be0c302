"""SUPP-- of a finished domain: declared qualifiers, check-all-that-apply boxes, rests of long texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sdtm.columns import byte_lengths, rank, stack, unique_texts
from sdtm.finishing.long_text import LIMIT, split_text, supplemental_names
from sdtm.finishing.supplemental import COLUMNS, Qualifier, build_supplemental
from sdtm.long_text import _nth
from sdtm.plan import Plan
from validation.findings import Finding

if TYPE_CHECKING:
    from sdtm.convert_shard import DomainState


def supplemental_dataset(
    plan: Plan, state: DomainState, parent: pd.DataFrame, qualifiers: dict[str, pd.Series]
) -> tuple[pd.DataFrame | None, list[Finding]]:
    """SUPP-- beside the sorted, numbered parent records, or None where nothing supplements them."""
    if not qualifiers:
        return None, []
    definitions = dict(_definitions(state))
    qualifiers = _split_values(qualifiers, definitions, set(parent))
    known = {name: column for name, column in qualifiers.items() if name in definitions}
    made = [
        build_supplemental(
            state.plan.name,
            parent,
            {name: column for name, column in known.items() if definitions[name].idvar == idvar},
            definitions,
            idvar,
        )
        for idvar in sorted({definitions[name].idvar for name in known})
    ]
    findings = [
        Finding(
            "supplemental-qualifier",
            "error",
            text,
            "a supplemental qualifier as SDTMIG 3.4, 8.4 has it",
            "correct it under supp: of the domain",
            f"SUPP{state.plan.name}",
            "QNAM",
        )
        for part in made
        for text in part.problems
    ]
    frames = [part.frame for part in made]
    if len(frames) < 2:
        return (frames[0] if frames else None), findings
    together = pd.DataFrame({name: stack([frame[name] for frame in frames]) for name in COLUMNS})
    together["parent"] = np.concatenate([frame["parent"].to_numpy() for frame in frames])
    by = [rank(together["QNAM"]), together["parent"], rank(together["IDVAR"]), rank(together["USUBJID"])]
    return together.iloc[np.lexsort(by)].reset_index(drop=True), findings


def _definitions(state: DomainState) -> dict[str, Qualifier]:
    found = dict(state.long_qualifiers)
    for source in state.plan.sources:
        for variable in (*source.variables, *(extra for test in source.tests for extra in test.extra)):
            for step in variable.steps:
                for qnam, label in step.qualifiers.items():
                    found[qnam] = Qualifier(label, step.origin)
        for variable in source.supp:
            found[variable.name] = Qualifier(
                variable.label, variable.origin, variable.evaluator, variable.idvar
            )
    return found


def _split_values(
    qualifiers: dict[str, pd.Series], definitions: dict[str, Qualifier], taken: set[str]
) -> dict[str, pd.Series]:
    """A QVAL above 200 bytes in parts, as QNAM, QNAM1, QNAM2 …"""
    out: dict[str, pd.Series] = {}
    for name, column in qualifiers.items():
        if not (byte_lengths(column) > LIMIT).any():
            out[name] = column
            continue
        parts = split_text(unique_texts(column), LIMIT)
        most = max((len(part) for part in parts), default=1)
        if most == 1:
            out[name] = column
            continue
        out[name] = _nth(parts, 0, column)
        for number, qnam in enumerate(supplemental_names(name, most - 1, {*taken, *qualifiers}), 1):
            out[qnam] = _nth(parts, number, column)
            definitions[qnam] = definitions[name]
    return out
