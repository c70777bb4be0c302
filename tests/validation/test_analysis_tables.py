"""Analysis datasets are recognised by their structure, whoever made them. All data are invented."""

from __future__ import annotations

import pandas as pd
import pandera.errors
import pytest

from specs.standards import implementation_guide
from specs.standards.adam_ig import analysis_guide
from validation import schema_for
from validation.analysis_tables import (
    analysis_class,
    analysis_table,
    definition_of,
    domain_of,
    is_analysis,
    type_by_name,
)

SDTM, ADAM = implementation_guide(), analysis_guide()


@pytest.mark.parametrize(
    ("name", "variables", "expected"),
    [
        ("ADSL", ["USUBJID"], True),
        ("ADXX", ["A"], True),
        ("LABS", ["USUBJID", "PARAMCD", "AVAL"], True),
        ("POP", ["USUBJID", "TRT01P"], True),
        ("AE", ["USUBJID", "AETERM"], False),
        ("ADAE", ["DOMAIN", "USUBJID", "AETERM"], False),  # a part of a domain AD of somebody's own
        ("SUPPAD", ["RDOMAIN", "QNAM"], False),
        ("AD", ["USUBJID"], False),
        ("QSCG", ["USUBJID", "QSTESTCD"], False),
        ("XY", ["USUBJID", "XYTERM"], False),
    ],
)
def test_what_is_an_analysis_dataset(name: str, variables: list[str], expected: bool) -> None:
    assert is_analysis(name, variables, SDTM) is expected


@pytest.mark.parametrize(
    ("name", "variables", "expected"),
    [
        ("ADSL", ["USUBJID"], "ADSL"),
        ("ADLB", ["USUBJID", "PARAMCD", "AVAL"], "BDS"),
        ("ADTTE", ["USUBJID", "PARAMCD", "AVAL", "CNSR"], "TTE"),
        ("ADAE", ["USUBJID", "AESEQ", "AETERM"], "OCCDS"),
        ("ADEVENT", ["USUBJID", "AESEQ", "AEDECOD"], "OCCDS"),
        ("ADDOSE", ["LEVEL"], "OTHER"),
    ],
)
def test_the_structure_of_an_analysis_dataset(name: str, variables: list[str], expected: str) -> None:
    assert analysis_class(name, variables) == expected


def test_the_domain_that_records_come_from() -> None:
    assert domain_of("ADAE", ["USUBJID", "AESEQ"]) == "AE"
    assert domain_of("ADEVENT", ["USUBJID", "AESEQ", "ASEQ"]) == "AE"
    assert domain_of("ADTTE", ["USUBJID", "RSSEQ", "AESEQ"]) == ""  # of several
    assert domain_of("ADSL", ["USUBJID"]) == ""


def test_a_copy_of_sdtm_keeps_the_label_of_its_domain() -> None:
    copied = definition_of("AETERM", "OCCDS", "AE", ADAM, SDTM)
    assert copied is not None and copied.label == "Reported Term for the Adverse Event"
    own = definition_of("ASTDT", "OCCDS", "AE", ADAM, SDTM)
    assert own is not None and (own.label, own.type) == ("Analysis Start Date", "Num")
    assert definition_of("MYVAR", "BDS", "LB", ADAM, SDTM) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("RESPDT", "Num"),
        ("RESPDTM", "Num"),
        ("RESPFL", "Char"),
        ("RESPFN", "Num"),
        ("RESPDTF", "Char"),
        ("X", ""),
    ],
)
def test_the_ending_of_a_name_says_its_type(name: str, expected: str) -> None:
    assert type_by_name(name) == expected


def test_a_variable_of_the_wrong_type_is_known() -> None:
    frame = pd.DataFrame({"USUBJID": ["S1"], "PARAMCD": ["A"], "AVAL": ["x"], "RESPFL": [1.0]})
    assert analysis_table("ADLB", frame, ADAM, SDTM).mistyped == {"AVAL": "numbers", "RESPFL": "text"}


def test_a_schema_of_an_analysis_dataset_for_any_pipeline() -> None:
    frame = pd.DataFrame(
        {
            "STUDYID": ["X1"],
            "USUBJID": ["S1"],
            "PARAM": ["Alpha"],
            "PARAMCD": ["A"],
            "AVAL": [1.0],
            "OWN": ["x"],
        }
    )
    schema = schema_for("ADLB", variables=list(frame.columns))
    assert schema.validate(frame, lazy=True) is not None
    with pytest.raises(pandera.errors.SchemaErrors) as caught:
        schema.validate(frame.drop(columns="PARAMCD").assign(AVAL=["x"]), lazy=True)
    failed = set(caught.value.failure_cases["check"].astype(str))
    assert "column_in_dataframe" in failed
    assert any(check.startswith("a text where the standard has a number") for check in failed)
