"""Decisions for the columns of a table. All data are synthetic."""

from __future__ import annotations

from collections.abc import Callable

from sdtm.drafting.columns import decide
from sdtm.drafting.context import Context
from sdtm.drafting.material import RawTableRead

Make = Callable[..., RawTableRead]


def drafted(context: Context, made: RawTableRead, domain: str) -> dict[str, str]:
    return {variable: c.column for variable, c in decide(context, made, domain, ()).drafts.items()}


def test_the_text_as_entered_goes_before_copies_of_the_system(context: Context, table: Make) -> None:
    made = table(
        "ae",
        {
            "AESTDAT_RAW": ["01 MAR 2024"],
            "AESTDAT_INT": ["2024-03-01T00:00:00"],
            "AESTDAT_YYYY": ["2024"],
            "AESTTIM": ["10:30"],
        },
    )
    decision = decide(context, made, "AE", ())
    assert {v: c.column for v, c in decision.drafts.items()} == {"AESTDTC": "AESTDAT_RAW"}
    assert {v: c.column for v, c in decision.times.items()} == {"AESTDTC": "AESTTIM"}


def test_of_code_and_decode_the_one_that_is_terminology(context: Context, table: Make) -> None:
    made = table(
        "ae",
        {
            "AESER": ["Yes", "No"],
            "AESER_STD": ["Y", "N"],
            "AEOUT_C": ["1", "2"],
            "AEOUT": ["Fatal", "Unknown"],
        },
    )
    assert drafted(context, made, "AE") == {"AESER": "AESER_STD", "AEOUT": "AEOUT"}


def test_codes_without_a_meaning_are_asked_about(context: Context, table: Make) -> None:
    decision = decide(context, table("dm", {"SEX": ["1", "2"]}), "DM", ())
    assert not decision.drafts and decision.open["SEX"][0].variable == "SEX"


def test_two_columns_for_one_variable_are_asked_about(context: Context, table: Make) -> None:
    made = table("ae", {"severity": ["Mild", "Severe"], "intensity": ["Mild", "Severe"]})
    decision = decide(context, made, "AE", ())
    assert not decision.drafts and set(decision.open) == {"severity", "intensity"}


def test_the_only_date_of_findings(context: Context, table: Make) -> None:
    made = table("vs", {"XQZ": ["01-MAR-2024", "02-MAR-2024"], "SYSBP": ["1", "2"]})
    assert drafted(context, made, "VS") == {"VSDTC": "XQZ"}


def test_a_date_beside_an_end_is_the_start(context: Context, table: Make) -> None:
    made = table("ex", {"EXDAT": ["01-MAR-2024"], "EXENDAT": ["02-MAR-2024"]})
    assert drafted(context, made, "EX") == {"EXSTDTC": "EXDAT", "EXENDTC": "EXENDAT"}
    alone = table("ex", {"EXDAT": ["01-MAR-2024"]})
    assert drafted(context, alone, "EX") == {}


def test_what_finishing_makes_is_never_drafted(context: Context, table: Make) -> None:
    made = table("ae", {"AESEQ": ["1"], "AESTDY": ["3"], "EPOCH": ["TREATMENT"], "VISITNUM": ["1"]})
    assert drafted(context, made, "AE") == {}


def test_the_reason_beside_a_column_goes_before_it(context: Context, table: Make) -> None:
    """EXADJ is labelled Reason for Dose Adjustment (SDTMIG 3.4, EX)."""
    made = table("ex", {"EXADJ": ["Reduced", "Delayed"], "EXADJREA": ["Toxicity", "Holiday"]})
    assert drafted(context, made, "EX") == {"EXADJ": "EXADJREA"}
    assert drafted(context, table("ex", {"EXADJ": ["Toxicity", "Holiday"]}), "EX") == {"EXADJ": "EXADJ"}
