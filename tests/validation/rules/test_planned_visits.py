"""Rules on planned visits and days; which rows fail is read off the rows by hand."""

from __future__ import annotations

import pytest

CASES = [
    (
        "planned-day-of-unplanned-visit",
        {
            "SV": "SVPRESP|VISITDY\nY|1\n|1\n|",
        },
        {"SV.VISITDY": [1]},
    ),
    (
        "planned-day-without-plan",
        {
            "VS": "VISITNUM|VISITDY\n2|1\n2.1|1\n2.1|",
            "TV": "VISITNUM|VISIT|VISITDY\n1|SCREENING|\n2|DAY 1|1",
        },
        {"VS.VISITDY": [1]},
    ),
    (
        "planned-day-differs",
        {
            "VS": "VISITNUM|VISITDY\n2|1\n2|2\n3|2\n2|",
            "TV": "VISITNUM|VISIT|VISITDY\n1|SCREENING|\n2|DAY 1|1",
        },
        {"VS.VISITDY": [1]},
    ),
    (
        "planned-visit-not-in-schedule",
        {
            "SV": "SVPRESP|VISITNUM|VISIT\nY|2|DAY 1\nY|2.1|DAY 2\n|2.1|DAY 2",
            "TV": "VISITNUM|VISIT|VISITDY\n1|SCREENING|\n2|DAY 1|1",
        },
        {"SV.VISITNUM": [1], "SV.VISIT": [1]},
    ),
    (
        "scheduled-visit-not-marked",
        {
            "SV": "SVPRESP|VISITNUM\nY|2\n|2\n|2.1",
            "TV": "VISITNUM|VISIT|VISITDY\n1|SCREENING|\n2|DAY 1|1",
        },
        {"SV.SVPRESP": [1]},
    ),
    (
        "visit-repeated",
        {
            "SV": """USUBJID|VISITNUM
                     S1|1
                     S1|1
                     S2|1
                     S1|1.1
                     S1|1.1""",
            "TV": "VISITNUM|VISIT|VISITDY\n1|SCREENING|\n2|DAY 1|1",
        },
        {"SV.VISITNUM": [0, 1]},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)
