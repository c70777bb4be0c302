"""Order and numbers of finished records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

STUDY = """
    study: X1
    raw: {datasets: {ae: {file: ae.csv}}}
    subject: {SUBJID: SUBJ, USUBJID: "{STUDYID}-{SUBJID}"}
"""
AE = """
    domain: AE
    sources:
      - from: ae
        map: {AETERM: TERM}
        supp: {AEHAND: {label: Hand, column: HAND}}
"""
ROWS = ["007,Rash,right", "007,Rash,left", "007,Itch,"]


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 1, 0)])
def test_records_that_only_a_supplemental_qualifier_tells_apart_have_one_order(
    convert_study: Callable[..., Any], order: tuple[int, ...]
) -> None:
    raw = "\n".join(["SUBJ,TERM,HAND", *(ROWS[i] for i in order)]) + "\n"
    made = convert_study(STUDY, {"ae": AE}, {"ae.csv": raw})
    events, supplement = made.datasets["AE"].frame, made.datasets["SUPPAE"].frame
    assert events["AETERM"].tolist() == ["Itch", "Rash", "Rash"]
    assert events["AESEQ"].tolist() == [1.0, 2.0, 3.0]
    assert supplement["IDVARVAL"].tolist() == ["2", "3"]
    assert supplement["QVAL"].tolist() == ["left", "right"]
