"""Check-all-that-apply columns. SDTMIG 3.4, 4.2.8.3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from pydantic import ValidationError

from sdtm.columns import text
from sdtm.mapping.choices import Choices, split_checkbox

RACES = {"R1": "ASIAN", "R2": "WHITE", "R3": "OTHER"}


def picked(*boxes: tuple[str | None, str | None, str | None], **said: Any) -> list[list[str | None]]:
    block = pd.DataFrame({f"R{i + 1}": text([row[i] for row in boxes]) for i in range(3)})
    made = split_checkbox(block, Choices.model_validate({"choices": RACES, **said}))
    return [
        [v if isinstance(v, str) else None for v in row] for row in made.astype(object).to_numpy().tolist()
    ]


def test_one_box_is_its_value():
    assert picked(("1", None, "0")) == [["ASIAN", None, None, None]]


def test_several_boxes_are_multiple_and_each_in_the_order_of_the_form():
    assert picked(("0", "Y", "X"), ("1", "1", "1")) == [
        ["MULTIPLE", "WHITE", "OTHER", None],
        ["MULTIPLE", "ASIAN", "WHITE", "OTHER"],
    ]


def test_no_box_and_an_unknown_mark_give_nothing():
    assert picked(("0", "0", None), (None, None, None), ("maybe", "1", "0")) == [[None] * 4] * 3


def test_marks_may_be_declared():
    assert picked(("ja", "nein", None), checked="ja", unchecked=["nein"]) == [["ASIAN", None, None, None]]
    assert picked(("1", "1", None), several="SEVERAL")[0][0] == "SEVERAL"


@pytest.mark.parametrize(
    ("target", "names"),
    [("RACE", ["RACE1", "RACE2", "RACE3"]), ("AELOCXYZ", ["AELOCXY1", "AELOCXY2", "AELOCXY3"])],
)
def test_qualifiers_are_numbered_within_eight_characters(target, names):
    assert list(Choices(choices=RACES).qualifiers(target)) == names
    assert Choices(choices=RACES).qualifiers("RACE")["RACE2"] == "Race 2"


def test_ten_boxes_still_make_names_of_eight_characters():
    names = list(Choices(choices={f"B{i}": str(i) for i in range(12)}).qualifiers("AELOCXYZ"))
    assert names[8:] == ["AELOCXY9", "AELOCX10", "AELOCX11", "AELOCX12"]


def test_no_boxes_are_refused():
    with pytest.raises(ValidationError):
        Choices(choices={})


STUDY = """
    study: X1
    raw: {datasets: {dm: {file: dm.csv}}}
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
"""
DM = """
    domain: DM
    sources:
      - from: dm
        map: {RACE: {choices: {ASIAN: ASIAN, WHITE: WHITE}}}
"""


def test_a_whole_conversion_puts_each_checked_race_into_suppdm(convert_study: Callable[..., Any]) -> None:
    """MULTIPLE is in no codelist and no finding; an unread mark is a finding with file and row; no mark is none."""
    raw = "PT,ASIAN,WHITE\n001,1,0\n002,1,1\n003,?,0\n004,0,0\n005,,\n"
    made = convert_study(STUDY, {"dm": DM}, {"dm.csv": raw})
    demographics = made.datasets["DM"].frame
    races = demographics["RACE"].astype(object).where(demographics["RACE"].notna(), None)
    assert races.tolist() == ["ASIAN", "MULTIPLE", None, None, None]
    supp = made.datasets["SUPPDM"].frame.astype(object)
    assert supp[["USUBJID", "QNAM", "QLABEL", "QVAL", "QORIG"]].to_numpy().tolist() == [
        ["X1-002", "RACE1", "Race 1", "ASIAN", "Collected"],
        ["X1-002", "RACE2", "Race 2", "WHITE", "Collected"],
    ]
    (finding,) = [f for f in made.findings if f.variable == "RACE"]
    assert (finding.rule, finding.severity, finding.count) == ("checkbox-not-read", "error", 1)
    assert (finding.places[0].file, finding.places[0].row) == ("dm.csv", 4)
    assert '"?' in finding.found and "checked: 1, Y" in finding.expected


def test_a_box_for_what_the_codelist_does_not_have_is_refused(convert_study: Callable[..., Any]) -> None:
    with pytest.raises(Exception, match="not-in-codelist") as caught:
        convert_study(
            STUDY, {"dm": DM.replace("WHITE: WHITE", "WHITE: CAUCASIAN")}, {"dm.csv": "PT,ASIAN,WHITE\n"}
        )
    assert "CAUCASIAN" in str(caught.value)
