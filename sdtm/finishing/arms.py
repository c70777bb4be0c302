"""Planned and actual arms of subjects, and why there is none."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from sdtm.columns import constant, from_codes
from sdtm.combinations import map_rows

SCREEN_FAILURE, NOT_ASSIGNED = "SCREEN FAILURE", "NOT ASSIGNED"
NOT_TREATED, UNPLANNED = "ASSIGNED, NOT TREATED", "UNPLANNED TREATMENT"


class SubjectArms(NamedTuple):
    """ACTARMCD and ARMNRS; ``unclear``: treated subjects of whom no arm and no other treatment is known."""

    actual: pd.Series
    reason: pd.Series
    unclear: np.ndarray


def subject_arms(
    planned: pd.Series, actual: pd.Series, reason: pd.Series, unplanned: pd.Series, treated: np.ndarray
) -> SubjectArms:
    """Actual arm and reason of each subject, from what is known of it.

    ``planned``, ``actual``, ``reason``: ARMCD, ACTARMCD, ARMNRS as far as they are mapped; ``unplanned``: ACTARMUD;
    ``treated``: whether the subject had a dose. What is mapped stays. Else: a treatment that no arm has is an
    unplanned one; an assigned subject who was treated has the planned arm, one who was not has none; a subject
    neither assigned nor treated was not assigned.

    Shape:   n texts and n truth values in, n texts out.
    Missing: ACTARMCD without treatment, and where it was unplanned; ARMNRS where both arms are there.
    Source:  SDTMIG 3.4, 5.2 (DM), assumptions on ARM, ACTARM and ARMNRS; codelist ARMNULRS (C142179).
    Example: D1, treated -> D1, no reason; D1, not treated -> ASSIGNED, NOT TREATED; neither -> NOT ASSIGNED.
    """
    dosed = from_codes(np.where(treated, 0, -1), ["Y"], planned.index)
    known = [planned, actual, reason, unplanned, dosed]

    def actual_of(rows: list[tuple[str | None, ...]]) -> list[str | None]:
        return [_judged(*row)[0] for row in rows]

    def reason_of(rows: list[tuple[str | None, ...]]) -> list[str | None]:
        return [_judged(*row)[1] for row in rows]

    if not len(planned):
        nothing = constant(None, planned.index)
        return SubjectArms(nothing, nothing, np.zeros(0, dtype=bool))
    made, why = map_rows(known, actual_of), map_rows(known, reason_of)
    return SubjectArms(made, why, treated & made.isna().to_numpy() & why.isna().to_numpy())


def _judged(
    planned: str | None, actual: str | None, reason: str | None, unplanned: str | None, dosed: str | None
) -> tuple[str | None, str | None]:
    """ACTARMCD and ARMNRS of one kind of subject."""
    if reason is not None or actual is not None:
        return actual, reason
    if unplanned is not None:
        return None, UNPLANNED
    if dosed is not None:
        return planned, None
    return None, NOT_ASSIGNED if planned is None else NOT_TREATED
