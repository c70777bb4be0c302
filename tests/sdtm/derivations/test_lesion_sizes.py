"""What one measurement of a lesion counts for (RECIST 1.1: Eisenhauer 2009, 3.1, 3.2, 4.2.1). Invented data."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from sdtm.derivations import lesion_parameter, lesion_value
from sdtm.derivations.notes import Notes

TEXTS = ("USUBJID", "TRLNKID", "TRTESTCD", "TRSTRESC", "TRSTRESU", "TRSTAT", "TRMETHOD")


def measurement(**values: Any) -> dict[str, Any]:
    """LDIAM of lesion T01 in the liver, unless said otherwise; the number is that of the text."""
    row = {
        "USUBJID": "S1",
        "TRLNKID": "T01",
        "TRTESTCD": "LDIAM",
        "TRSTRESC": None,
        "TRSTRESU": "mm",
        "TRSTAT": None,
        "TRMETHOD": "CT SCAN",
        **values,
    }
    number = pd.to_numeric(pd.Series([row["TRSTRESC"]], dtype="str"), errors="coerce")[0]
    return {"TRSTRESN": number, **row}


def tr(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(list(rows)).astype({**dict.fromkeys(TEXTS, "str"), "TRSTRESN": "float64"})


LESIONS = [("T01", "LIVER"), ("T02", "AXILLARY LYMPH NODE"), ("T03", "LUNG")]


def tu(lesions: list[tuple[str, str | None]] = LESIONS) -> pd.DataFrame:
    rows = [("S1", lesion, place, "TARGET") for lesion, place in lesions]
    return pd.DataFrame(rows, columns=["USUBJID", "TULNKID", "TULOC", "TUSTRESC"]).astype("str")


def derive(records: pd.DataFrame, notes: Notes | None = None, **values: Any) -> pd.DataFrame:
    return lesion_value(records, tables={"TU": tu()}, notes=notes if notes is not None else Notes(), **values)


@pytest.mark.parametrize(
    ("row", "value", "reason"),
    [
        ({"TRSTRESC": "21"}, 21.0, ""),
        ({"TRSTRESC": "2.1", "TRSTRESU": "cm"}, 21.0, ""),
        ({"TRSTRESC": "0"}, 0.0, ""),
        ({"TRSTRESC": "0", "TRSTRESU": None}, 0.0, ""),
        ({"TRSTRESC": "TOO SMALL TO MEASURE", "TRSTRESU": None}, 5.0, "TOO SMALL"),
        ({"TRSTRESC": "ABSENT", "TRSTRESU": None}, 0.0, "ABSENT"),
        ({"TRSTRESC": "NOT EVALUABLE", "TRSTRESU": None}, None, "NOT EVALUABLE"),
        ({"TRSTRESC": None, "TRSTRESU": None}, None, "NOT EVALUABLE"),
        ({"TRSTRESC": None, "TRSTAT": "NOT DONE"}, None, "NOT DONE"),
        ({"TRSTRESC": "21", "TRSTRESU": None}, None, "UNIT"),
        ({"TRSTRESC": "21", "TRSTRESU": "in"}, None, "UNIT"),
        ({"TRSTRESC": "-3"}, None, "NEGATIVE"),
        ({"TRSTRESC": "large"}, None, "NOT A NUMBER"),
        ({"TRLNKID": "T02", "TRTESTCD": "LPERP", "TRSTRESC": "12"}, 12.0, ""),
        ({"TRTESTCD": "TUMSTATE", "TRSTRESC": "PRESENT"}, None, "OTHER TEST"),
    ],
)
def test_a_measurement_counts_for_its_size_in_mm(row, value, reason):
    made = derive(tr(measurement(**row)))
    assert made["AVAL"].fillna(-1).tolist() == [-1 if value is None else value]
    assert made["VALREAS"].fillna("").tolist() == [reason]


def test_the_size_of_a_node_is_its_short_axis_and_of_others_the_longest_diameter():
    axes = [("T01", "LDIAM", "30"), ("T01", "LPERP", "20"), ("T02", "LDIAM", "25"), ("T02", "LPERP", "15")]
    rows = [measurement(TRLNKID=lesion, TRTESTCD=test, TRSTRESC=size) for lesion, test, size in axes]
    made = derive(tr(*rows))
    assert made["AVAL"].fillna(-1).tolist() == [30, -1, -1, 15]
    assert made["VALREAS"].fillna("").tolist() == ["", "OTHER AXIS", "OTHER AXIS", ""]
    assert made["NODEFL"].tolist() == ["N", "N", "Y", "Y"]


def test_a_reported_number_beside_too_small_can_be_used_instead_of_five():
    row = measurement(TRSTRESC="TOO SMALL TO MEASURE", TRSTRESN=3.0)
    assert derive(tr(row))["AVAL"].tolist() == [5]
    assert derive(tr(row), too_small_value="reported")["AVAL"].tolist() == [3]
    assert derive(tr(row), too_small_value=4)["AVAL"].tolist() == [4]


def test_a_lesion_without_a_location_goes_by_its_test():
    records = tr(measurement(TRLNKID="T07", TRTESTCD="LPERP", TRSTRESC="16"))
    notes = Notes()
    made = lesion_value(records, tables={"TU": tu([("T07", None)])}, notes=notes)
    assert made[["AVAL", "NODEFL"]].to_numpy().tolist() == [[16.0, "Y"]]
    assert not list(notes)


@pytest.mark.parametrize(
    ("rows", "rule", "labels"),
    [
        ([{"TRSTRESC": "21"}, {"TRSTRESC": "2", "TRSTRESU": "cm"}], "lesion-with-two-units", (0, 1)),
        ([{"TRSTRESC": "21"}, {"TRSTRESC": "20", "TRMETHOD": "MRI"}], "lesion-with-two-methods", (0, 1)),
        ([{"TRSTRESC": "21", "TRSTRESU": None}], "lesion-unit-unknown", (0,)),
        ([{"TRSTRESC": "21"}, {"TRSTRESC": "-3"}], "negative-lesion-value", (1,)),
        ([{"TRSTRESC": "big"}], "lesion-value-not-a-number", (0,)),
        ([{"TRSTRESC": "21", "TRLNKID": "T09"}], "lesion-not-identified", (0,)),
        ([{"TRSTRESC": "21", "TRLNKID": "T02"}], "node-without-short-axis", (0,)),
        ([{"TRSTRESC": "21", "TRTESTCD": "LPERP"}], "lesion-without-longest-diameter", (0,)),
    ],
)
def test_what_is_wrong_with_a_measurement_is_noted_with_its_record(rows, rule, labels):
    notes = Notes()
    derive(tr(*[measurement(**row) for row in rows]), notes, method="TRMETHOD")
    assert {note.rule: note.rows for note in notes} == {rule: labels}


def test_the_limits_of_five_lesions_and_two_of_an_organ_are_noted_on_their_identification():
    places = ["LIVER", "LIVER", "LIVER", "LUNG", "BONE", "SKIN"]
    identified = tu([(f"T0{number}", place) for number, place in enumerate(places, start=1)])
    notes = Notes()
    lesion_value(tr(measurement(TRSTRESC="21")), tables={"TU": identified}, notes=notes)
    assert [(note.rule, note.table, note.rows) for note in notes] == [
        ("too-many-target-lesions", "TU", (0, 1, 2, 3, 4, 5)),
        ("too-many-target-lesions", "TU", (0, 1, 2)),
    ]


def test_one_lesion_in_two_places_is_noted():
    notes = Notes()
    identified = tu([("T01", "LIVER"), ("T01", "LUNG")])
    lesion_value(tr(measurement(TRSTRESC="21")), tables={"TU": identified}, notes=notes)
    assert [(note.rule, note.rows) for note in notes] == [("lesion-with-two-locations", (0, 1))]


def test_readers_have_their_own_lesions():
    identified = pd.concat([tu([("T01", "LIVER")]), tu([("T01", "LYMPH NODE")])], ignore_index=True)
    identified["TUEVALID"] = pd.Series(["R1", "R2"], dtype="str")
    records = tr(*[measurement(TRSTRESC="21", TRTESTCD=test) for test in ("LDIAM", "LPERP")])
    records["TREVALID"] = pd.Series(["R1", "R2"], dtype="str")
    by = {"USUBJID": "USUBJID", "TUEVALID": "TREVALID", "TULNKID": "TRLNKID"}
    made = lesion_value(records, tables={"TU": identified}, by=by)
    assert made["AVAL"].tolist() == [21, 21]
    assert made["NODEFL"].tolist() == ["N", "Y"]


def test_every_target_lesion_is_a_parameter():
    records = pd.DataFrame(
        {
            "USUBJID": ["S1", "S1", "S1", "S2", "S1"],
            "TRLNKID": ["T02", "T01", "T10", "T05", None],
            "NODEFL": ["Y", "N", "N", "N", "N"],
        }
    ).astype("str")
    made = lesion_parameter(records)
    assert made["PARAMCD"].fillna("").tolist() == ["NLDIAM2", "LDIAM1", "LDIAM3", "LDIAM1", ""]
    assert made["PARAM"].tolist()[0] == "Target Lesion 2 Short Axis (mm)"
