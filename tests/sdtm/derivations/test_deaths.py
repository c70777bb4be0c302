"""Deaths from several datasets; worked by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sdtm.derivations import death
from sdtm.derivations.notes import Notes

SOURCES = [
    {"from": "DM", "where": "DTHFL = 'Y'", "date": "DTHDTC"},
    {"from": "AE", "where": "AESDTH = 'Y'", "date": "AEENDTC", "cause": "AEDECOD"},
    {"from": "DS", "where": "DSDECOD = 'DEATH'", "date": "DSSTDTC", "cause_text": "OTHER"},
]


def table(**columns: list[Any]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(values, dtype="str") for name, values in columns.items()})


def made(dm: list[tuple[str, str | None, str | None]], **others: pd.DataFrame) -> tuple[pd.DataFrame, Notes]:
    empty = {
        "AE": table(USUBJID=[], AESDTH=[], AEENDTC=[], AEDECOD=[]),
        "DS": table(USUBJID=[], DSDECOD=[], DSSTDTC=[]),
    }
    subjects = table(
        USUBJID=[row[0] for row in dm], DTHFL=[row[1] for row in dm], DTHDTC=[row[2] for row in dm]
    )
    notes = Notes()
    records = table(USUBJID=[row[0] for row in dm])
    return death(records, sources=SOURCES, tables={"DM": subjects, **empty, **others}, notes=notes), notes


def row_of(frame: pd.DataFrame, place: int = 0) -> dict[str, str | None]:
    found = frame.iloc[place]
    return {k: None if pd.isna(v) else str(v.date()) if k == "DTHDT" else v for k, v in found.items()}


def test_the_first_source_gives_the_date_and_the_first_that_has_one_the_cause() -> None:
    events = table(USUBJID=["S1"], AESDTH=["Y"], AEENDTC=["2022-03-05"], AEDECOD=["Sepsis"])
    frame, notes = made([("S1", "Y", "2022-03-05"), ("S2", None, None)], AE=events)
    assert row_of(frame) == {
        "DTHFL": "Y", "DTHDT": "2022-03-05", "DTHDTF": None, "DTHDOM": "DM", "DTHCAUS": "Sepsis"
    }  # fmt: skip
    assert row_of(frame, 1) == dict.fromkeys(("DTHFL", "DTHDT", "DTHDTF", "DTHDOM", "DTHCAUS"))
    assert not len(notes)


def test_without_a_date_in_the_first_the_earliest_of_the_others_counts() -> None:
    events = table(USUBJID=["S1"], AESDTH=["Y"], AEENDTC=["2022-03-07"], AEDECOD=["Sepsis"])
    ends = table(USUBJID=["S1"], DSDECOD=["DEATH"], DSSTDTC=["2022-03-05"])
    frame, notes = made([("S1", "Y", None)], AE=events, DS=ends)
    assert (row_of(frame)["DTHDT"], row_of(frame)["DTHDOM"], row_of(frame)["DTHCAUS"]) == (
        "2022-03-05",
        "DS",
        "Sepsis",
    )
    assert [(note.rule, note.rows) for note in notes] == [("death-dates-differ", (0,))]


def test_dates_that_may_be_the_same_day_do_not_differ() -> None:
    ends = table(USUBJID=["S1"], DSDECOD=["DEATH"], DSSTDTC=["2022-03"])
    frame, notes = made([("S1", "Y", "2022-03-05")], DS=ends)
    assert row_of(frame)["DTHDT"] == "2022-03-05" and not len(notes)


def test_a_partial_date_is_completed_and_bounded() -> None:
    dm = table(USUBJID=["S1"], DTHFL=["Y"], DTHDTC=["2022-03"])
    records = table(USUBJID=["S1"]).assign(ALIVE=pd.to_datetime(["2022-03-10"]).astype("datetime64[s]"))
    for bound, expected in (((), "2022-03-01"), (("ALIVE",), "2022-03-10")):
        frame = death(records, sources=SOURCES[:1], tables={"DM": dm}, not_before=bound)
        assert (row_of(frame)["DTHDT"], row_of(frame)["DTHDTF"]) == (expected, "D")


def test_a_death_without_a_date_is_a_death_and_a_note() -> None:
    frame, notes = made([("S1", "Y", None)])
    assert (row_of(frame)["DTHFL"], row_of(frame)["DTHDT"]) == ("Y", None)
    assert [note.rule for note in notes] == ["death-without-date"]


def test_a_dose_after_the_death_is_a_note() -> None:
    dm = table(USUBJID=["S1", "S2", "S3"], DTHFL=["Y"] * 3, DTHDTC=["2022-03-05", "2022-03", "2022-03-05"])
    doses = pd.to_datetime(["2022-03-06", "2022-03-06", None]).astype("datetime64[s]")
    notes = Notes()
    death(table(USUBJID=["S1", "S2", "S3"]).assign(TRTEDT=doses), sources=SOURCES[:1], tables={"DM": dm},
          last_dose="TRTEDT", notes=notes)  # fmt: skip
    # In March 2022 the second subject may have died after the sixth.
    assert [(note.rule, note.rows) for note in notes] == [("dose-after-death", (0,))]
