"""Flags of overall responses and the yes-or-no parameters, worked by hand. All subjects are invented."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from sdtm.derivations import (
    best_response_among,
    clinical_benefit,
    first_progression,
    last_assessment,
    objective_response,
    response_differences,
    response_flags,
    subject_has_record,
)
from sdtm.derivations.notes import Notes

START = pd.Timestamp("2022-01-10")


def tables(text: str, new_therapy: int | None = None) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    parts = [part.split() for part in text.split(", ") if part]
    records = pd.DataFrame(
        {
            "USUBJID": pd.Series(["S1"] * len(parts), dtype="str"),
            "AVALC": pd.Series([response for _, response in parts], dtype="str"),
            "ADT": pd.Series(
                [START + pd.Timedelta(days=int(day)) for day, _ in parts], dtype="datetime64[s]"
            ),
            "RSSEQ": [float(number) for number in range(1, len(parts) + 1)],
            "VISIT": pd.Series([f"SCAN {day}" for day, _ in parts], dtype="str"),
        }
    )
    therapy = pd.NaT if new_therapy is None else START + pd.Timedelta(days=new_therapy)
    subjects = pd.DataFrame(
        {
            "USUBJID": pd.Series(["S1"], dtype="str"),
            "TRTSDT": pd.Series([START], dtype="datetime64[s]"),
            "NACTDT": pd.Series([therapy], dtype="datetime64[s]"),
        }
    )
    return records, {"ADSL": subjects}


def flagged(text: str, new_therapy: int | None = None, **values: Any) -> list[str]:
    """One text for each record: which of the three flags it has."""
    records, others = tables(text, new_therapy)
    made = response_flags(records, tables=others, notes=Notes(), **values)
    names = {"ANL01FL": "1", "ANL02FL": "2", "ANL03FL": "3"}
    return ["".join(sign for name, sign in names.items() if row[name] == "Y") for _, row in made.iterrows()]


def answer(derivation: Any, text: str, new_therapy: int | None = None, **values: Any) -> str:
    records, others = tables(text, new_therapy)
    made = derivation(records, tables=others, notes=Notes(), **values)
    if not len(made):
        return ""
    (row,) = made.to_dict("records")
    day = "" if pd.isna(row["ADT"]) else f" @{(row['ADT'] - START).days}"
    return f"{row['AVALC']}{day}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("42 SD, 84 PD, 126 SD", ["123", "123", "13"]),
        # A stray progression before treatment must not cut off what follows.
        ("-9 PD, 42 SD, 84 PR", ["", "123", "123"]),
        # Of one day the worst; not evaluable loses to every response.
        ("42 NE, 42 PR", ["", "123"]),
        ("42 SD, 42 NON-CR/NON-PD", ["", "123"]),
        ("42 SD, 42 SD", ["", "123"]),
        ("42 CR, 42 PR, 42 SD", ["", "", "123"]),
        ("0 SD", ["123"]),
        ("-1 SD", [""]),
    ],
)
def test_which_responses_count(text, expected):
    assert flagged(text) == expected


@pytest.mark.parametrize(
    ("text", "new_therapy", "values", "expected"),
    [
        ("42 SD, 60 SD, 84 SD", 60, {}, ["123", "123", "12"]),
        ("42 SD, 60 SD, 84 SD", 60, {"new_therapy_rule": "before"}, ["123", "12", "12"]),
        ("42 SD, 60 SD, 84 SD", 60, {"new_therapy_rule": "ignore"}, ["123", "123", "123"]),
        ("0 SD, 1 SD", None, {"on_reference": "baseline"}, ["", "123"]),
        ("42 SD, 84 SD", None, {"cut_off": "2022-02-21"}, ["123", ""]),  # day 42
    ],
)
def test_new_therapy_cut_off_and_the_scan_of_the_first_day(text, new_therapy, values, expected):
    assert flagged(text, new_therapy, **values) == expected


def test_several_responses_on_one_day_are_noted():
    records, others = tables("42 SD, 42 PR, 84 SD, 84 WHAT")
    notes = Notes()
    response_flags(records, tables=others, notes=notes)
    assert {note.rule: note.rows for note in notes} == {
        "response-outside-codelist": (3,),
        "several-responses-on-one-day": (1,),
    }


def test_responses_are_numbered_as_the_field_does():
    records, others = tables("1 CR, 2 PR, 3 SD, 4 NON-CR/NON-PD, 5 PD, 6 NE, 7 ND, 8 WHAT")
    made = response_flags(records, tables=others, notes=Notes())
    assert made["AVAL"].tolist()[:7] == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
    assert pd.isna(made["AVAL"].iloc[7])


@pytest.mark.parametrize(
    ("text", "new_therapy", "values", "expected"),
    [
        ("42 PR, 84 PR", None, {}, "Y @42"),
        ("42 PR, 84 PR", None, {"confirmed": True}, "Y @42"),  # the response, not its confirmation
        ("42 PR, 84 PD", None, {}, "Y @42"),
        ("42 PR, 84 PD", None, {"confirmed": True}, "N"),
        ("42 PR, 63 CR, 84 PR", None, {"confirmed": True}, "N"),
        ("42 SD, 84 CR", None, {}, "Y @84"),
        ("42 PD, 84 CR", None, {}, "N"),
        ("42 SD, 84 PR", 60, {}, "N"),
        ("28 CR", None, {}, "Y @28"),  # no minimum duration for a response
        ("", None, {}, "N"),
    ],
)
def test_objective_response(text, new_therapy, values, expected):
    assert answer(objective_response, text, new_therapy, **values) == expected


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("42 SD, 84 PD", {}, "Y @42"),
        ("41 SD, 84 PD", {}, "N"),
        ("42 SD, 84 PD", {"cb_days": 168}, "N"),
        ("42 SD, 168 SD", {"cb_days": 168}, "Y @168"),
        ("28 PR, 84 PD", {}, "Y @28"),
        ("28 PR, 84 PD", {"confirmed": True}, "N"),
        ("28 PR, 56 SD", {"confirmed": True}, "Y @56"),
        ("42 SD, 84 PR", {}, "Y @42"),  # the earlier of the two
        ("42 NON-CR/NON-PD", {}, "Y @42"),
        ("42 NE", {}, "N"),
    ],
)
def test_clinical_benefit(text, values, expected):
    assert answer(clinical_benefit, text, **values) == expected


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("42 PR, 84 PD", {}, "Y @42"),
        ("42 PR, 84 PD", {"confirmed": True}, "N"),
        ("42 SD", {}, "N"),
        ("42 SD", {"responses": ["CR", "PR", "SD", "NON-CR/NON-PD"]}, "Y @42"),
        ("42 PR, 84 PD", {"responses": ["CR", "PR", "SD", "NON-CR/NON-PD"], "confirmed": True}, "Y @42"),
        ("41 SD", {"responses": ["CR", "PR", "SD", "NON-CR/NON-PD"]}, "N"),
        ("", {"responses": ["CR", "PR", "SD", "NON-CR/NON-PD"]}, "N"),
    ],
)
def test_response_rate_and_disease_control(text, values, expected):
    assert answer(best_response_among, text, **values) == expected


@pytest.mark.parametrize(
    ("text", "new_therapy", "expected"),
    [
        ("-9 PD, 42 SD, 84 PD, 126 PD", None, "Y @84"),
        ("42 SD, 84 PD", 60, "Y @84"),  # new therapy is a matter of the time to event
        ("42 SD", None, "N"),
        ("42 CR, 42 PD", None, "Y @42"),
    ],
)
def test_first_progression(text, new_therapy, expected):
    assert answer(first_progression, text, new_therapy) == expected


@pytest.mark.parametrize(
    ("text", "new_therapy", "values", "expected"),
    [
        ("42 SD, 84 NE", None, {}, "NE @84"),
        ("42 SD, 84 NE", None, {"evaluable": True}, "SD @42"),
        ("42 SD, 84 PD, 126 SD", None, {}, "SD @126"),
        ("42 SD, 84 PD, 126 SD", None, {"evaluable": True}, "PD @84"),
        ("42 SD, 84 SD", 60, {"evaluable": True}, "SD @42"),
        ("42 SD, 84 SD", 60, {"evaluable": True, "new_therapy_rule": "ignore"}, "SD @84"),
        ("42 NE", None, {"evaluable": True}, ""),
        ("", None, {}, ""),
        ("-5 SD", None, {}, ""),
    ],
)
def test_last_assessment(text, new_therapy, values, expected):
    assert answer(last_assessment, text, new_therapy, **values) == expected


def test_columns_to_keep_come_from_the_chosen_record():
    records, others = tables("42 SD, 84 PR, 126 PD")
    made = objective_response(records, tables=others, keep=["VISIT", "RSSEQ"], parameter="RSP")
    assert made.loc[0, ["PARAMCD", "VISIT", "RSSEQ", "SRCSEQ", "SRCROW"]].tolist() == [
        "RSP",
        "SCAN 84",
        2.0,
        2.0,
        1.0,
    ]


def test_death_and_measurable_disease_are_yes_for_whoever_has_a_record():
    subjects = pd.DataFrame({"USUBJID": pd.Series(["S2", "S1"], dtype="str")})
    dead = pd.DataFrame(
        {
            "USUBJID": pd.Series(["S2", "S2"], dtype="str"),
            "DTHDT": pd.Series(["2022-05-02", "2022-05-01"], dtype="datetime64[s]"),
        }
    )
    made = subject_has_record(dead, parameter="DEATH", date="DTHDT", source="ADSL", tables={"ADSL": subjects})
    assert made["USUBJID"].tolist() == ["S1", "S2"]
    assert made["AVALC"].tolist() == ["N", "Y"]
    assert made["AVAL"].tolist() == [0.0, 1.0]
    assert made["ADT"].tolist()[1] == pd.Timestamp("2022-05-01")
    assert made["ADT"].isna().tolist() == [True, False]
    assert made["SRCVAR"].fillna("").tolist() == ["", "DTHDT"]
    assert made["SRCROW"].tolist()[1] == 1


def responses(rows: list[tuple[str, float, str | None]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["USUBJID", "VISITNUM", "AVALC"]).assign(
        ADT=pd.Series([START] * len(rows), dtype="datetime64[s]")
    )


def test_the_listing_of_differences_has_what_differs_and_what_one_side_lacks():
    collected = responses([("S1", 2, "SD"), ("S1", 3, "SD"), ("S2", 2, "PR"), ("S2", 4, "PD")])
    derived = responses([("S1", 2, "SD"), ("S1", 3, "PD"), ("S2", 2, "PR"), ("S2", 3, "NE")])
    made = response_differences(collected, other="DERIVED", tables={"DERIVED": derived})
    listed = made[["USUBJID", "VISITNUM", "COLLRESP", "DERIRESP"]].fillna("-").to_numpy().tolist()
    assert listed == [["S1", 3.0, "SD", "PD"], ["S2", 3.0, "-", "NE"], ["S2", 4.0, "PD", "-"]]
    assert made["DIFFFL"].tolist() == ["Y", "Y", "Y"]
    assert made["ADT"].notna().all()
    everything = response_differences(
        collected, other="DERIVED", only_differences=False, tables={"DERIVED": derived}
    )
    assert everything["DIFFFL"].fillna("").tolist() == ["", "Y", "", "Y", "Y"]


def test_two_responses_to_one_assessment_are_noted_not_multiplied():
    collected = responses([("S1", 2, "SD"), ("S1", 2, "PD")])
    derived = responses([("S1", 2, "PD")])
    notes = Notes()
    made = response_differences(collected, other="DERIVED", tables={"DERIVED": derived}, notes=notes)
    assert len(made) <= 1
    assert [(note.rule, note.rows) for note in notes] == [("several-responses-per-assessment", (0, 1))]
