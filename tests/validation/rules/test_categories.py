"""Rules on topics and categories; which rows fail is read off the rows by hand."""

from __future__ import annotations

import pytest

CASES = [
    (
        "topic-without-content",
        {
            "CM": "CMTRT\nASPIRIN\nOTHER\nMULTIPLE\nOTHER DRUG",
        },
        {"CM.CMTRT": [1, 2]},
    ),
    (
        "subcategory-repeats-category",
        {
            "LB": "LBCAT|LBSCAT\nCHEMISTRY|LIVER\nCHEMISTRY|CHEMISTRY\n|",
        },
        {"LB.LBSCAT": [1]},
    ),
    (
        "category-repeats-term",
        {
            "AE": "AECAT|AEDECOD\nINFUSION|Nausea\nNAUSEA|Nausea\n|",
        },
        {"AE.AECAT": [1]},
    ),
    (
        "category-repeats-body-system",
        {
            "AE": "AESCAT|AEBODSYS\nA|Eye disorders\nEYE DISORDERS|Eye disorders",
        },
        {"AE.AESCAT": [1]},
    ),
    (
        "category-repeats-domain",
        {
            "MH": "MHCAT\nCANCER\nMedical History\nMEDICAL HISTORY",
        },
        {"MH.MHCAT": [1, 2]},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)
