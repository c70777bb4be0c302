"""Wide and long forms of findings. All data are synthetic; codes are those of SDTM CT 2025-03-28."""

from __future__ import annotations

from collections.abc import Callable

from sdtm.drafting.context import Context
from sdtm.drafting.findings import find_layout
from sdtm.drafting.findings_tests import match_test, match_test_column
from sdtm.drafting.material import RawTableRead

Make = Callable[..., RawTableRead]


def test_texts_and_columns_that_are_tests(context: Context) -> None:
    codes = {
        t: (m.code if (m := match_test(context, "LB", t)) else "") for t in ("ALT", "glucose", "HbA1c", "Zzz")
    }
    assert codes == {"ALT": "ALT", "glucose": "GLUC", "HbA1c": "HBA1C", "Zzz": ""}
    for stem, label, code in (
        ("SYS_BP", "", "SYSBP"),
        ("VSWEIGHT", "", "WEIGHT"),
        ("DIASTOLIC_BP", "", "DIABP"),
        ("Q3", "Temperature (C)", "TEMP"),
    ):
        match = match_test_column(context, "VS", stem, label)
        assert match is not None and match.code == code
    assert match_test_column(context, "VS", "BP", "") is None


def test_a_wide_form(context: Context, table: Make) -> None:
    made = table(
        "vs",
        {
            "VSYN": ["Y", "N"],
            "VSREASND": [None, "ill"],
            "SYSBP": ["120", None],
            "SYSBPU": ["mmHg", "mmHg"],
            "VSORRES_WEIGHT": ["70", None],
            "TEMP": ["36.5", None],
            "TEMP_ND": [None, "1"],
            "TEMP_LOC": ["EAR", None],
            "temperature_c": ["36.5", None],
        },
    )
    found = find_layout(context, made, "VS", ())
    assert found.kind == "wide" and set(found.tests) == {"SYSBP", "WEIGHT", "TEMP"}
    assert found.tests["SYSBP"]["unit"]["column"] == "SYSBPU"
    assert found.tests["TEMP"]["status"]["terms"] == {"1": "NOT DONE"}
    assert found.tests["TEMP"]["map"]["VSLOC"]["column"] == "TEMP_LOC"
    assert found.not_done is not None
    assert (found.not_done["where"], found.not_done["reason"]) == ("VSYN = 'N'", {"column": "VSREASND"})
    [units] = [question for question in context.questions if question.id == "vs-units"]
    assert set(units.columns) == {"vs.VSORRES_WEIGHT", "vs.TEMP"}


def test_a_unit_in_a_name_or_in_a_label(context: Context, table: Make) -> None:
    made = table("vs", {"weight_kg": ["70"], "Q2": ["120"]}, Q2="Systolic Blood Pressure (mmHg)")
    found = find_layout(context, made, "VS", ())
    assert {code: test["unit"]["value"] for code, test in found.tests.items()} == {
        "WEIGHT": "kg",
        "SYSBP": "mmHg",
    }


def test_a_long_form(context: Context, table: Make) -> None:
    made = table("lb", {"LBTEST": ["Glucose", "ALT", "Zzz"], "RESULT": ["5", "20", "1"]})
    found = find_layout(context, made, "LB", ())
    assert found.kind == "long"
    assert found.map["LBTESTCD"]["terms"] == {"Glucose": "GLUC"}
    assert context.questions[0].candidates == {"Zzz": "1 rows"}


def test_a_form_without_results_has_no_layout(context: Context, table: Make) -> None:
    assert find_layout(context, table("pc", {"PCTPT": ["Predose", "1 h"]}), "PC", ()).kind == ""


def test_values_of_an_ecg_are_aggregates_and_asked_about(context: Context, table: Make) -> None:
    made = table("ecg", {"QT": ["400", "410"], "QTCF": ["420", "421"], "HR": ["60", "61"]})
    assert set(find_layout(context, made, "EG", ()).tests) == {"QTAG", "QTCFAG", "EGHRMN"}
    [question] = [q for q in context.questions if q.id == "ecg-beats"]
    assert set(question.columns) == {"ecg.QT", "ecg.QTCF", "ecg.HR"}


def test_tests_as_laboratories_write_them(context: Context) -> None:
    # SDTM CT 2025-03-28, LBTESTCD and VSTESTCD
    told = {
        text: match_test(context, "LB", text) for text in ("ALAT", "Haemoglobin", "Leucocytes", "Nonsense")
    }
    assert {text: found.code if found else "" for text, found in told.items()} == {
        "ALAT": "ALT", "Haemoglobin": "HGB", "Leucocytes": "WBC", "Nonsense": "",
    }  # fmt: skip
    found = match_test(context, "VS", "Systolic BP")
    assert found is not None and found.code == "SYSBP"
