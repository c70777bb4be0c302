"""Dates in three columns. All data are synthetic."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sdtm.drafting.draft import draft_study
from sdtm.drafting.material import RawTableRead
from sdtm.drafting.split_dates import with_whole_dates

Make = Callable[..., RawTableRead]


def test_three_columns_are_one_date(table: Make) -> None:
    made = table(
        "ae",
        {"aestdd": ["1", None, "31"], "aestmm": ["3", "MAR", "12"], "aestyy": ["2024", "2024", "2023"]},
    )
    found, parts = with_whole_dates(made)
    assert parts == {"aestdat": {"day": "aestdd", "month": "aestmm", "year": "aestyy"}}
    assert list(found.columns) == ["aestdat"]
    # The day of the second row is unknown.
    assert list(found.columns["aestdat"].values) == ["2024-03-01", "2024-03", "2023-12-31"]


def test_what_is_no_date_stays(table: Make) -> None:
    made = table("x", {"armd": ["1"], "armm": ["13"], "army": ["2024"], "dosed": ["1"], "dosey": ["2024"]})
    assert with_whole_dates(made) == (made, {})


def test_parts_that_an_export_makes_of_a_date_are_no_other_date(table: Make) -> None:
    made = table(
        "ae",
        {"AESTDAT": ["01 MAR 2024"], "AESTDAT_YYYY": ["2024"], "AESTDAT_MM": ["3"], "AESTDAT_DD": ["1"]},
    )
    assert with_whole_dates(made)[1] == {}


def test_the_drafted_date_names_its_columns(tmp_path: Path) -> None:
    (tmp_path / "demog.csv").write_text(
        "centre,patno,birthday,birthmonth,birthyear,gender\n11,01,1,3,1960,m\n11,02,30,12,1971,f\n"
    )
    (tmp_path / "adverse.csv").write_text(
        "centre,patno,event,aestdd,aestmm,aestyy,serious\n11,01,rash,1,3,2024,y\n11,02,pain,,4,2024,n\n"
    )
    study = draft_study(tmp_path)
    birth = study.sdtm["DM"].sources[0].map["BRTHDTC"]
    assert birth["date"] == {"year": "birthyear", "month": "birthmonth", "day": "birthday"}
    start = study.sdtm["AE"].sources[0].map["AESTDTC"]
    assert start["date"] == {"year": "aestyy", "month": "aestmm", "day": "aestdd"}
    assert "aestdd" in start["evidence"] and "aestdat" not in str([q.columns for q in study.questions])
    asked = {column for question in study.questions for column in question.columns}
    assert not {"adverse.aestdd", "adverse.aestmm", "adverse.aestyy"} & asked
