"""Accumulation ratios; synthetic data, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sdtm.derivations import accumulation_ratios
from sdtm.derivations.notes import Notes


def _parameters(*rows: tuple[str, str, str, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["USUBJID", "VISIT", "PARAMCD", "AVAL"])
    texts = dict.fromkeys(("PARAM", "AVALU", "PPREASND", "NCAACCFL", "NCAACCRS"), "")
    return table.assign(**texts).astype({"AVAL": float})


def _ratios(table: pd.DataFrame, notes: Notes | None = None) -> pd.DataFrame:
    given = {"by": "USUBJID", "profile": "VISIT", "reference": "D1"}
    return accumulation_ratios(table, notes=notes if notes is not None else Notes(), **given)


def test_ratios_by_hand() -> None:
    found = _ratios(_parameters(("S1", "D1", "AUCTAU", 100), ("S1", "D28", "AUCTAU", 180), ("S1", "D1", "CMAX", 8),
                                ("S1", "D28", "CMAX", 10)))  # fmt: skip
    assert dict(zip(found["PARAMCD"], found["AVAL"], strict=True)) == {"ARAUC": 1.8, "ARCMAX": 1.25}
    assert found["PARAM"].tolist() == ["Accumulation Ratio AUCTAU", "Accumulation Ratio Cmax"]
    assert found["VISIT"].tolist() == ["D28", "D28"] and found["AVALU"].isna().all()


def test_without_a_reference_value_the_reason_says_so() -> None:
    found = _ratios(_parameters(("S1", "D28", "CMAX", 10), ("S2", "D1", "CMAX", 0), ("S2", "D28", "CMAX", 4),
                                ("S3", "D1", "CMAX", 2), ("S3", "D28", "CMAX", np.nan)))  # fmt: skip
    assert found["AVAL"].isna().all()
    assert found["PPREASND"].tolist() == [
        "no value in the reference profile", "value of the reference profile not above zero", "no value in this profile"
    ]  # fmt: skip


def test_two_records_of_one_parameter_are_noted() -> None:
    notes = Notes()
    found = _ratios(
        _parameters(("S1", "D1", "CMAX", 8), ("S1", "D28", "CMAX", 10), ("S1", "D28", "CMAX", 11)), notes
    )
    assert found.empty and [(note.rule, note.rows) for note in notes] == [("parameter-twice", (1, 2))]
