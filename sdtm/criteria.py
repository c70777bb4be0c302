"""Eligibility criteria that the study declares (TI): the text and the category of their codes in IE."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from sdtm.columns import blank, coalesce, constant, map_unique
from specs.model import Study

if TYPE_CHECKING:
    from sdtm.convert_shard import DomainState
    from sdtm.plan import Plan, SourcePlan

DOMAIN, CODE, TEXT, CATEGORY = "IE", "IETESTCD", "IETEST", "IECAT"


def criterion_texts(study: Study, variable: Literal["IETEST", "IECAT"]) -> dict[str, str]:
    """IETESTCD -> IETEST or IECAT of ``criteria:``.

    Missing: a code with several, in versions of the protocol (TIVERS); which one counted, no record of IE says.
    Source:  SDTMIG 3.4, assumptions on IE: IETESTCD and IETEST are those of TI (CG0178, CG0179).
    """
    found: dict[str, set[str]] = {}
    for criterion in study.criteria:
        found.setdefault(criterion.IETESTCD, set()).add(getattr(criterion, variable))
    return {code: next(iter(texts)) for code, texts in found.items() if len(texts) == 1}


def categories_of(study: Study, codes: Sequence[str]) -> list[str | None]:
    """IECAT of each IETESTCD, by ``criteria:``."""
    known = criterion_texts(study, "IECAT")
    return [known.get(code) for code in codes]


def add_categories(plan: Plan, state: DomainState) -> None:
    """IECAT of the criterion, in records of sources that do not map it; IETEST is the name of its code."""
    if state.plan.name != DOMAIN or CODE not in state.frame or not plan.study.criteria:
        return
    is_mapped = np.zeros(state.size, dtype=bool)
    for block, (start, stop) in zip(state.blocks, state.spans, strict=True):
        is_mapped[start:stop] = maps_category(block.plan)
    if is_mapped.all():
        return
    made = map_unique(state.frame[CODE], lambda codes: categories_of(plan.study, codes))
    mapped = state.frame.get(CATEGORY, constant(None, state.index))
    state.frame[CATEGORY] = coalesce(mapped, blank(made, is_mapped))


def maps_category(source: SourcePlan) -> bool:
    """Whether a source says itself what IECAT is."""
    tests = [variable for test in source.tests for variable in test.extra]
    return any(variable.name == CATEGORY for variable in (*source.variables, *tests))
