"""Overall response at a time point: every row of Tables 1 and 2 of RECIST 1.1 (Eisenhauer 2009). Invented data."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from sdtm.derivations import overall_response
from sdtm.derivations.notes import Notes

# target, non-target, new lesion -> overall. NA: there was no such disease at baseline; -: nothing said.
TABLE = """
PD | CR            | N         | PD
PD | -             | N         | PD
PD | NE            | Y         | PD
CR | PD            | N         | PD
NE | PD            | N         | PD
SD | CR            | Y         | PD
NE | NE            | Y         | PD
CR | CR            | Y         | PD
CR | CR            | N         | CR
CR | NA            | N         | CR
CR | NON-CR/NON-PD | N         | PR
CR | NE            | N         | PR
CR | -             | N         | PR
PR | CR            | N         | PR
PR | NON-CR/NON-PD | N         | PR
PR | NE            | N         | PR
PR | NA            | N         | PR
SD | NON-CR/NON-PD | N         | SD
SD | NE            | N         | SD
SD | CR            | N         | SD
NE | CR            | N         | NE
NE | NON-CR/NON-PD | N         | NE
NE | NA            | N         | NE
-  | CR            | N         | NE
SD | CR            | EQUIVOCAL | SD
PR | NE            | UNEQUIVOCAL | PD
NA | CR            | N         | CR
NA | NON-CR/NON-PD | N         | NON-CR/NON-PD
NA | NE            | N         | NE
NA | -             | N         | NE
NA | PD            | N         | PD
NA | CR            | Y         | PD
NA | NON-CR/NON-PD | Y         | PD
NA | NA            | N         | NED
NA | NA            | Y         | PD
"""


def time_point(target: str, non_target: str, new: str | None, **values: Any) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "USUBJID": ["S1"],
            "TRGRESP": [None if target == "-" else target],
            "NTRGRESP": [None if non_target == "-" else non_target],
            "NEWLIND": [new],
            "TARGETFL": ["N" if target == "NA" else "Y"],
            "NONTARFL": ["N" if non_target == "NA" else "Y"],
        }
    ).astype("str")
    return overall_response(
        frame, target_disease="TARGETFL", non_target_disease="NONTARFL", notes=Notes(), **values
    )


@pytest.mark.parametrize(
    ("target", "non_target", "new", "expected"),
    [[cell.strip() for cell in line.split("|")] for line in TABLE.splitlines() if line],
)
def test_a_row_of_the_table(target, non_target, new, expected):
    assert time_point(target, non_target, new)["AVALC"].tolist() == [expected]


def test_disease_at_baseline_is_known_from_what_is_said_at_other_visits():
    frame = pd.DataFrame(
        {
            "USUBJID": ["S1", "S1", "S2", "S2"],
            "TRGRESP": ["CR", "CR", "CR", "CR"],
            "NTRGRESP": ["NON-CR/NON-PD", None, "NOT APPLICABLE", None],
            "NEWLIND": ["N", "N", "N", "N"],
        }
    ).astype("str")
    made = overall_response(frame)
    assert made["AVALC"].tolist() == ["PR", "PR", "CR", "CR"]
    assert made["AVAL"].tolist() == [2.0, 2.0, 1.0, 1.0]


def test_new_lesions_that_were_not_assessed_count_as_none_and_are_noted():
    frame = pd.DataFrame(
        {"USUBJID": ["S1"], "TRGRESP": ["SD"], "NTRGRESP": ["CR"], "NEWLIND": [None]}, index=[9]
    ).astype("str")
    notes = Notes()
    assert overall_response(frame, notes=notes)["AVALC"].tolist() == ["SD"]
    assert [(note.rule, note.rows) for note in notes] == [("new-lesions-not-assessed", (9,))]


def test_a_component_outside_the_codelist_is_noted_and_not_evaluable():
    frame = pd.DataFrame(
        {"USUBJID": ["S1"], "TRGRESP": ["SHRINKING"], "NTRGRESP": ["CR"], "NEWLIND": ["N"]}
    ).astype("str")
    notes = Notes()
    assert overall_response(frame, notes=notes)["AVALC"].tolist() == ["NE"]
    assert [note.rule for note in notes] == ["response-outside-codelist"]


def test_a_column_without_any_text_may_be_of_any_type():
    frame = pd.DataFrame(
        {"USUBJID": ["S1"], "TRGRESP": ["sd "], "NTRGRESP": [float("nan")], "NEWLIND": ["n"]}
    )
    assert overall_response(frame)["AVALC"].tolist() == ["SD"]
