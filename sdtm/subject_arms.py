"""ARM, ACTARM, ACTARMCD and ARMNRS of DM by rule, where the spec asks for it and does not map them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sdtm.columns import coalesce, constant, map_unique
from sdtm.finishing.arms import subject_arms
from sdtm.plan import Plan
from sdtm.visit_assignment import places
from validation.findings import PLACES_SHOWN, Finding

if TYPE_CHECKING:
    from sdtm.convert_shard import DomainState


def add_subject_arms(plan: Plan, state: DomainState) -> list[Finding]:
    """Arms of all subjects, with ``assign_arms: true`` in DM; treated is who has a RFXSTDTC.

    Source: SDTMIG 3.4, 5.2.
    """
    if not state.plan.definition.assign_arms:
        return []
    frame = state.frame
    nothing = constant(None, state.index)
    planned, actual, reason, unplanned = (
        frame.get(name, nothing) for name in ("ARMCD", "ACTARMCD", "ARMNRS", "ACTARMUD")
    )
    treated = frame.get("RFXSTDTC", nothing).notna().to_numpy()
    made = subject_arms(planned, actual, reason, unplanned, treated)
    frame["ACTARMCD"], frame["ARMNRS"] = made.actual, made.reason
    names = {arm.ARMCD: arm.ARM for arm in plan.study.arms}
    for code, name in (("ARMCD", "ARM"), ("ACTARMCD", "ACTARM")):
        if code in frame:
            decoded = map_unique(frame[code], lambda texts: [names.get(text) for text in texts])
            frame[name] = coalesce(frame.get(name, nothing), decoded)
    rows = np.flatnonzero(made.unclear)
    if not len(rows):
        return []
    return [
        Finding(
            "arm-unclear",
            "error",
            "subjects with a dose, without an arm",
            "ARMCD or ACTARMCD; or ACTARMUD, what the subject was treated with instead",
            "query the site; the arms and ARMNRS stay missing",
            "DM",
            "ACTARMCD",
            places(state, rows[:PLACES_SHOWN], ""),
            len(rows),
        )
    ]
