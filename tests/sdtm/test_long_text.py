"""Text above 200 bytes: the first part stays, the rest goes to SUPP--. SDTMIG 3.4, 4.5.3.2; traps 11 and 18."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

STUDY = """
    study: X1
    raw: {datasets: {ae: {file: ae.csv}}}
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
"""
WORD = "nausea "
LONG = (WORD * 36).strip()  # 251 characters: 28 words (195) stay, 8 (55) go
VERY_LONG = (WORD * 70).strip()


def converted(convert_study: Callable[..., Any], text: str, mapping: str = "", more: str = "") -> Any:
    ae = f"domain: AE\n{more}sources: [{{from: ae, map: {{AETERM: TERM{mapping}}}}}]\n"
    return convert_study(STUDY, {"ae": ae}, {"ae.csv": f"PT,TERM\n1,Rash\n2,{text}\n"})


def test_the_rest_of_a_long_text_is_a_qualifier(convert_study):
    made = converted(convert_study, LONG)
    first = made.datasets["AE"].frame["AETERM"].tolist()[1]
    assert first == (WORD * 28).strip() and len(first) == 195
    supp = made.datasets["SUPPAE"].frame.astype(object)
    assert supp[["USUBJID", "IDVAR", "IDVARVAL", "QNAM", "QLABEL", "QVAL", "QORIG"]].to_numpy().tolist() == [
        [
            "X1-2",
            "AESEQ",
            "1",
            "AETERM1",
            "Reported Term for the Adverse Event",
            (WORD * 8).strip(),
            "Collected",
        ]
    ]
    assert first + " " + supp["QVAL"][0] == LONG
    (finding,) = [f for f in made.findings if f.rule == "long-text-split"]
    assert (finding.severity, finding.variable, finding.count, finding.places[0].row) == (
        "note",
        "AETERM",
        1,
        3,
    )


def test_as_many_parts_as_it_needs(convert_study):
    supp = converted(convert_study, VERY_LONG).datasets["SUPPAE"].frame
    assert supp["QNAM"].tolist() == ["AETERM1", "AETERM2"]
    assert all(len(value) <= 200 for value in supp["QVAL"])


def test_bytes_count_not_characters(convert_study):
    text = "é" * 150  # 300 bytes
    made = converted(convert_study, text)
    first = made.datasets["AE"].frame["AETERM"].tolist()[1]
    assert len(first.encode()) == 200
    assert first + made.datasets["SUPPAE"].frame["QVAL"][0] == text


def test_exactly_200_bytes_stay(convert_study):
    made = converted(convert_study, "x" * 200)
    assert "SUPPAE" not in made.datasets


@pytest.mark.parametrize(
    ("mapping", "more"),
    [("", "long_text: {AETERM: refuse}\n"), (", AEDECOD: TERM", "long_text: {AETERM: refuse}\n")],
)
def test_a_text_that_may_not_be_split_stays_whole_for_the_writer_to_refuse(convert_study, mapping, more):
    made = converted(convert_study, LONG, mapping, more)
    assert made.datasets["AE"].frame["AETERM"].tolist()[1] == LONG and "SUPPAE" not in made.datasets


def test_long_qualifiers_are_split_too(convert_study):
    ae = """
        domain: AE
        sources:
          - from: ae
            map: {AETERM: TERM}
            supp: {AENOTE: {label: Note, column: NOTE}}
    """
    made = convert_study(STUDY, {"ae": ae}, {"ae.csv": f"PT,TERM,NOTE\n1,Rash,{LONG}\n1,Itch,\n1,Pain,  \n"})
    supp = made.datasets["SUPPAE"].frame
    assert supp[["QNAM", "QLABEL"]].astype(object).to_numpy().tolist() == [
        ["AENOTE", "Note"],
        ["AENOTE1", "Note"],
    ]
    assert " ".join(supp["QVAL"]) == LONG
