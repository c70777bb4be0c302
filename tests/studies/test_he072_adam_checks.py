"""The checks of analysis datasets on HE072: what they find follows from the messes that its README lists."""

from __future__ import annotations

from typing import Any

import pytest

from validation.rules.registry import ADAM, rules

pytestmark = pytest.mark.xdist_group("he072")


def test_only_what_follows_from_the_declared_messes_is_found(he072_run: Any) -> None:
    ids = {rule.id for rule in rules() if rule.model == ADAM}
    found = {
        (finding.dataset, finding.rule, dict(place.keys)["USUBJID"][-6:])
        for finding in he072_run.findings
        if finding.rule in ids and finding.severity != "note"
        for place in finding.places
    }
    assert found == {
        ("ADAE", "analysis-end-before-start", "21-003"),  # AE.csv: start after end
        ("ADAE", "subject-not-in-adsl", "99-001"),  # AE.csv: a subject that DM does not have
        ("ADLB", "subject-not-in-adsl", "34-001"),  # LAB_CHEM_A.csv: likewise
        ("ADLB", "parameter-not-one-to-one", "01-009"),  # creatinine without unit
        ("ADLB", "parameter-not-one-to-one", "29-004"),  # haemoglobin without unit
    }


def test_urine_and_blood_have_baselines_of_their_own(he072_run: Any) -> None:
    """Baselines by hand are not needed: the two are measured in different units and never mix."""
    frame = he072_run.analyses.datasets["ADLB"].frame
    pairs = frame[["PARAMCD", "PARCAT1"]].astype(str).drop_duplicates()
    both = pairs.groupby("PARAMCD")["PARCAT1"].nunique()
    assert {"GLUC", "GLUCU", "PROT", "PROTU", "WBC", "WBCU"} <= set(both.index)
    assert (both == 1).all()
