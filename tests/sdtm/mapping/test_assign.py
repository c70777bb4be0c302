"""A raw column as it stands; terminology follows where the target has a codelist."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from sdtm.columns import text
from sdtm.mapping.assign import Assign, assign

STUDY = """
    study: X1
    raw: {missing: ["", "."], datasets: {ae: {file: ae.csv}}}
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
"""


def converted(convert_study: Callable[..., Any], mapping: str, raw: str) -> Any:
    domain = f"domain: AE\nsources:\n  - from: ae\n    map: {{AETERM: TERM, {mapping}}}\n"
    return convert_study(STUDY, {"ae": domain}, {"ae.csv": raw})


def column(made: Any, name: str) -> list[str | None]:
    return [
        value if isinstance(value, str) else None for value in made.datasets["AE"].frame[name].astype(object)
    ]


def test_the_very_column_is_handed_on():
    block = pd.DataFrame({"A": text(["x", None])})
    assert assign(block, Assign(column="A")).equals(block["A"])


@pytest.mark.parametrize("raw", ["007", "1.10", "1E3", "NA", "None", "1e5", "#102", "5.0", "nan", "-0"])
def test_text_is_kept_to_the_last_digit(convert_study, raw):
    """Traps 3, 5 and 13."""
    made = converted(convert_study, "AESPID: ID", f"PT,TERM,ID\n001,Rash,{raw}\n")
    assert column(made, "AESPID") == [raw]
    assert column(made, "USUBJID") == ["X1-001"]


def test_an_unmapped_term_of_a_closed_codelist_is_missing_and_told_with_file_and_row(convert_study):
    made = converted(
        convert_study, "AESEV: SEV", "PT,TERM,SEV\n1,Rash,MILD\n1,Itch,Moderat\n2,Cough,Moderat\n2,Pain,\n"
    )
    assert column(made, "AESEV") == [None, "MILD", None, None]  # Itch, Rash; Cough, Pain
    (finding,) = [f for f in made.findings if f.variable == "AESEV"]
    assert (finding.rule, finding.severity, finding.count, finding.dataset) == (
        "unmapped-term",
        "error",
        2,
        "AE",
    )
    assert '"Moderat"' in finding.found and "AESEV (C66769)" in finding.expected
    assert [(p.file, p.row, p.column) for p in finding.places] == [("ae.csv", 3, "SEV"), ("ae.csv", 4, "SEV")]
    assert finding.places[0].keys == (("USUBJID", "X1-1"),)


def test_an_undeclared_value_of_an_extensible_codelist_is_kept_and_told(convert_study):
    made = converted(convert_study, "AELOC: LOC", "PT,TERM,LOC\n1,Rash,LEFT PINKY\n1,Itch,ARM\n")
    assert column(made, "AELOC") == ["ARM", "LEFT PINKY"]
    (finding,) = [f for f in made.findings if f.variable == "AELOC"]
    assert (finding.rule, finding.severity, finding.places[0].row) == ("undeclared-term", "warning", 2)
    assert "extend" in finding.do


def test_no_ct_keeps_the_text_and_ct_needs_a_codelist(convert_study):
    raw = "PT,TERM,SEV\n1,Rash,Moderat\n"
    made = converted(convert_study, "AESEV: {algorithm: assign_no_ct, column: SEV}", raw)
    assert column(made, "AESEV") == ["Moderat"]
    made = converted(convert_study, "AESEV: {column: SEV, codelist: none}", raw)
    assert column(made, "AESEV") == ["Moderat"]
    with pytest.raises(Exception, match="no-codelist"):
        converted(convert_study, "AESPID: {algorithm: assign_ct, column: SEV}", raw)
    with pytest.raises(Exception, match="assign_no_ct with terms"):
        converted(
            convert_study, "AESEV: {algorithm: assign_no_ct, column: SEV, terms: {Moderat: MODERATE}}", raw
        )


def test_text_in_a_numeric_variable_is_missing_and_told(convert_study):
    domain = "domain: EX\nsources:\n  - from: ae\n    map: {EXTRT: TERM, EXDOSE: DOSE}\n"
    made = convert_study(
        STUDY, {"ex": domain}, {"ae.csv": 'PT,TERM,DOSE\n1,A,7.50\n1,B,"1,5"\n1,C,.\n1,D,1E2\n'}
    )
    doses = made.datasets["EX"].frame["EXDOSE"]
    assert doses.dropna().tolist() == [7.5, 100.0] and doses.isna().sum() == 2
    (finding,) = [f for f in made.findings if f.variable == "EXDOSE"]
    assert (finding.rule, finding.found, finding.places[0].row) == ("not-a-number", '"1,5"', 3)
