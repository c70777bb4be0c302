"""Variables of the ADaM guide: names with places to fill, classes, order."""

from __future__ import annotations

import pytest

from specs.problems import ProblemsFound
from specs.standards.adam_ig import analysis_guide


@pytest.mark.parametrize(
    ("name", "class_name", "domain", "label", "type"),
    [
        # Labels as ADaMIG 1.3 (tables 3.2.1 to 3.3.9) and OCCDS 1.1 print them, places filled.
        ("TRT01P", "ADSL", "", "Planned Treatment for Period 01", "Char"),
        ("TR02SDTM", "ADSL", "", "Datetime of First Exposure in Period 02", "Num"),
        ("AGEGR1N", "ADSL", "", "Pooled Age Group 1 (N)", "Num"),
        ("TRTSDT", "ADSL", "", "Date of First Exposure to Treatment", "Num"),
        ("ANL01FL", "BDS", "", "Analysis Flag 01", "Char"),
        ("PARCAT2", "BDS", "", "Parameter Category 2", "Char"),
        ("CNSR", "TTE", "", "Censor", "Num"),
        ("ADT", "TTE", "", "Analysis Date", "Num"),
        ("TRTEMFL", "OCCDS", "AE", "Treatment Emergent Analysis Flag", "Char"),
        ("CQ01NAM", "OCCDS", "AE", "Customized Query 01 Name", "Char"),
        ("SAFFL", "OCCDS", "AE", "Safety Population Flag", "Char"),
    ],
)
def test_a_name_fills_the_places_of_its_entry(
    name: str, class_name: str, domain: str, label: str, type: str
) -> None:
    found = analysis_guide().variable(name, class_name, domain)
    assert found is not None and (found.label, found.type) == (label, type)


@pytest.mark.parametrize(
    ("name", "class_name", "domain"),
    [
        ("TRT1P", "ADSL", ""),
        ("AGEGR0", "ADSL", ""),
        ("ANL1FL", "BDS", ""),
        ("CMTERM", "OCCDS", "AE"),
        ("MYVAR", "BDS", ""),
    ],
)
def test_other_names_are_not_of_the_guide(name: str, class_name: str, domain: str) -> None:
    assert analysis_guide().variable(name, class_name, domain) is None


def test_variables_stand_in_the_order_of_the_guide() -> None:
    names = ["MYVAR", "AVAL", "TRTSDT", "PARAMCD", "USUBJID", "ADT", "STUDYID"]
    assert analysis_guide().order(names, "BDS") == [
        "STUDYID", "USUBJID", "TRTSDT", "ADT", "PARAMCD", "AVAL", "MYVAR",
    ]  # fmt: skip


def test_an_unknown_version_names_the_known_ones() -> None:
    with pytest.raises(ProblemsFound, match=r"1\.3"):
        analysis_guide("9.9")
