"""Rules on age, race and country."""

from __future__ import annotations

import pytest

CASES = [
    ("age-without-unit", {"DM": "USUBJID|AGE|AGEU\nS1|63|\nS2|63|YEARS\nS3||"}, {"DM.AGE": [0]}),
    ("age-unit-without-age", {"DM": "USUBJID|AGE|AGEU\nS1||YEARS\nS2|0|YEARS\nS3||"}, {"DM.AGEU": [0]}),
    ("negative-age", {"DM": "USUBJID|AGE\nS1|-1\nS2|0\nS3|"}, {"DM.AGE": [0]}),
    (
        "multiple-races-not-listed",
        {
            "DM": "USUBJID|RACE\nS1|MULTIPLE\nS2|MULTIPLE\nS3|MULTIPLE\nS4|ASIAN",
            "SUPPDM": "RDOMAIN|USUBJID|QNAM|QVAL\nDM|S1|RACE1|ASIAN\nDM|S1|RACE2|WHITE\nDM|S2|RACE1|ASIAN",
        },
        {"DM.RACE": [1, 2]},
    ),
    ("multiple-races-not-listed", {"DM": "USUBJID|RACE\nS1|MULTIPLE\nS4|ASIAN"}, {"DM.RACE": [0]}),
    (
        "country-not-iso3166",
        {"DM": "USUBJID|COUNTRY\nS1|China\nS2|CHN\nS3|CN\nS4|chn\nS5|\nS6|XYZ"},
        {"DM.COUNTRY": [0, 2, 3, 5]},
    ),
    (
        "age-missing",
        {
            "DM": "AGE|ARMCD|ARMNRS\n50|A|\n|A|\n||\n|SCRNFAIL|",
        },
        {"DM.AGE": [1]},
    ),
    (
        "arm-without-reference-end",
        {
            "DM": "RFENDTC|ARM|ARMNRS\n2024|A|\n|A|\n|A|ASSIGNED, NOT TREATED\n||",
        },
        {"DM.RFENDTC": [1]},
    ),
    (
        "reference-end-without-arm",
        {
            "DM": "RFENDTC|ARMNRS\n|SCREEN FAILURE\n2024|SCREEN FAILURE\n2024|UNPLANNED TREATMENT\n2024|",
        },
        {"DM.RFENDTC": [1]},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[str(n) for n in range(len(CASES))])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)
