"""Names of SDTM, of CDASHIG 2.2 (AESTDAT, --TIM), suffixes of EDC exports, and words within names."""

from __future__ import annotations

import pytest

from sdtm.drafting.evidence import ASKED, SURE
from sdtm.drafting.names import by_label, by_name, form_prefix, parse_names, same_field
from specs.standards import implementation_guide

GUIDE = implementation_guide()


def surest(domain: str, column: str, *prefixes: str) -> tuple[str, str, bool]:
    """Variable, part, and whether the name alone is sure of it."""
    found = by_name(parse_names([column])[column], GUIDE, domain, prefixes)
    best = max(found, key=lambda c: (c.score, c.variable), default=None)
    return (best.variable, best.part, best.score >= SURE) if best else ("", "", False)


@pytest.mark.parametrize(
    ("domain", "column", "variable"),
    [
        ("AE", "AETERM", "AETERM"),
        ("AE", "IT.AETERM", "AETERM"),  # the item group of an ODM export
        ("AE", "AESTDAT", "AESTDTC"),  # CDASH
        ("AE", "AEENDT_RAW", "AEENDTC"),
        ("AE", "AEPT", "AEDECOD"),
        ("AE", "AEOUTCOME", "AEOUT"),
        ("AE", "OnsetDate", "AESTDTC"),
        ("DM", "BRTHDAT", "BRTHDTC"),
        ("DM", "gender", "SEX"),
        ("DM", "IC_DT", "RFICDTC"),
        ("DM", "PLANNED_ARM_CD", "ARMCD"),
        ("EX", "EXDOSEU", "EXDOSU"),
        ("EX", "DOSFRQ", "EXDOSFRQ"),
        ("CM", "medication_name", "CMTRT"),
        ("LB", "range_high", "LBORNRHI"),
        ("DV", "DVSTDAT", "DVSTDTC"),
    ],
)
def test_names_that_are_sure(domain: str, column: str, variable: str) -> None:
    assert surest(domain, column) == (variable, "", True)


def test_a_time_is_the_time_of_its_date() -> None:
    assert surest("AE", "AESTTIM") == ("AESTDTC", "time", True)
    assert surest("LB", "collection_time") == ("LBDTC", "time", True)


@pytest.mark.parametrize("column", ["AEXYZ", "Q17", "AECOM"])
def test_names_that_tell_nothing(column: str) -> None:
    assert not surest("AE", column)[2]


def test_the_date_of_an_intervention_may_be_of_its_start_or_of_its_collection() -> None:
    found = by_name(parse_names(["EXDAT"])["EXDAT"], GUIDE, "EX")
    assert {c.variable for c in found if ASKED <= c.score < SURE} >= {"EXSTDTC"}
    assert not any(c.score >= SURE for c in found)


def test_the_date_that_a_form_of_events_calls_by_its_own_name_is_that_of_the_event() -> None:
    assert surest("DS", "EOTDAT", "EOT") == ("DSSTDTC", "", True)


def test_a_suffix_counts_where_it_can_only_be_one() -> None:
    names = parse_names(["AESER", "AESER_C", "WBC", "VITAMIN_C"])
    assert [(n.stem, n.suffix) for n in names.values()] == [
        ("AESER", ""), ("AESER", "C"), ("WBC", ""), ("VITAMIN_C", ""),
    ]  # fmt: skip
    assert same_field(names, "AESER") == ["AESER", "AESER_C"]


def test_the_prefix_of_a_form() -> None:
    columns = parse_names(["PROJECT", "EOTDAT", "EOTREAS", "RECORDID"]).values()
    assert form_prefix(columns, "eot") == "EOT"
    assert form_prefix(columns, "other") == ""


def test_labels_and_questions() -> None:
    found = by_label("Q1", "What is the severity of the adverse event?", GUIDE, "AE")
    assert [(c.variable, c.score >= ASKED) for c in found if c.variable == "AESEV"] == [("AESEV", True)]
    assert by_label("Q1", "Date of Birth", GUIDE, "DM")[0].variable == "BRTHDTC"
    assert by_label("Q1", "", GUIDE, "DM") == []
