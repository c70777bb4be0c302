"""The line of a spec that a finding is about. The study is invented."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from specs import load_study
from validation.spec_places import spec_places

STUDY = """\
study: X1
raw:
  datasets:
    ae: {file: ae.csv}
    sae: {file: sae.csv}
subject: {SUBJID: SUBJ, USUBJID: "{STUDYID}-{SUBJID}"}
"""
AE = """\
domain: AE
sources:
  - from: ae
    map:
      AETERM: TERM
  - from: sae
    map:
      AETERM: EVENT
      AESER: {value: "Y"}
    supp:
      AENOTE: {label: Note, column: NOTE}
"""


@pytest.mark.parametrize(
    ("dataset", "variable", "form", "expected"),
    [
        ("AE", "AETERM", "ae", "sdtm/ae.yaml, line 5"),
        ("AE", "AETERM", "sae", "sdtm/ae.yaml, line 8"),
        ("AE", "AESER", "ae", "sdtm/ae.yaml, line 9"),  # only the other source makes it
        ("SUPPAE", "AENOTE", "sae", "sdtm/ae.yaml, line 11"),
        ("AE", "", "", "sdtm/ae.yaml, line 1"),
        ("", "", "sae", "study.yaml, line 5"),
        ("LB", "LBTEST", "", ""),
    ],
)
def test_the_place(
    build_study: Callable[..., Path], dataset: str, variable: str, form: str, expected: str
) -> None:
    place = spec_places(load_study(build_study(STUDY, {"AE": AE}, {})))
    assert place(dataset, variable, form) == expected


def test_without_a_spec_there_is_no_place() -> None:
    assert spec_places(None)("AE", "AETERM", "ae") == ""
