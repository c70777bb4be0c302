"""Concentrations and the limit of quantification; synthetic data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sdtm.derivations import pk_concentration
from sdtm.derivations.notes import Notes

RESULTS = pd.DataFrame(
    {
        "PCSTRESC": ["<0.1", "BLQ", "12.5", "0", "-3", ">500", "0.05", None, "blq"],
        "PCSTRESN": [0.0, np.nan, 12.5, 0, -3, 500, 0.05, np.nan, np.nan],
        "PCLLOQ": 0.1,
    }
)


def _made(**params: Any) -> tuple[pd.DataFrame, Notes]:
    notes = Notes()
    return pk_concentration(RESULTS, notes=notes, **params), notes


def test_a_text_below_the_limit_wins_over_a_number_beside_it() -> None:
    made, _ = _made()
    assert made["BLQFL"].fillna("").tolist() == ["Y", "Y", "", "Y", "", "", "", "", "Y"]
    assert made["AVAL"].fillna(-1).tolist() == [-1, -1, 12.5, -1, -1, -1, 0.05, -1, -1]
    assert made["ALLOQ"].tolist() == [0.1] * 9


def test_what_is_odd_is_noted_by_its_rule() -> None:
    _, notes = _made()
    assert {note.rule: note.rows for note in notes} == {
        "negative-concentration": (4,), "concentration-above-range": (5,), "concentration-below-limit": (6,)
    }  # fmt: skip


@pytest.mark.parametrize(("rule", "value"), [("zero", 0.0), ("half_limit", 0.05)])
def test_values_below_the_limit_by_rule(rule: str, value: float) -> None:
    made, _ = _made(below_as=rule)
    assert made.loc[made["BLQFL"] == "Y", "AVAL"].tolist() == [value] * 4


def test_a_zero_may_be_a_value() -> None:
    made, _ = _made(zero_is_below="false")
    assert made.loc[3, "AVAL"] == 0 and pd.isna(made.loc[3, "BLQFL"])
