"""Rules on what follow-up says of a death; which rows fail is read off the rows by hand."""

from __future__ import annotations

import pytest

CASES = [
    (
        "dead-in-follow-up-only",
        {
            "SS": "USUBJID|SSSTRESC\nS1|DEAD\nS2|DEAD\nS2|ALIVE",
            "DM": "USUBJID|DTHFL|DTHDTC\nS1|Y|2024-03-05\nS2||\nS3|Y|2024-03",
        },
        {"SS.SSSTRESC": [1]},
    ),
    (
        "death-details-of-the-living",
        {
            "DD": "USUBJID|DDTESTCD\nS1|PRCDTH\nS2|PRCDTH",
            "DM": "USUBJID|DTHFL|DTHDTC\nS1|Y|2024-03-05\nS2||\nS3|Y|2024-03",
        },
        {"DD.DDTESTCD": [1]},
    ),
    (
        "clinical-event-death-without-death",
        {
            "CE": "USUBJID|CETERM|CEDECOD\nS1|DEATH|DEATH\nS2|died|DEATH\nS2|fall|",
            "DM": "USUBJID|DTHFL|DTHDTC\nS1|Y|2024-03-05\nS2||\nS3|Y|2024-03",
        },
        {"CE.CEDECOD": [1]},
    ),
    (
        "dead-before-death",
        {
            "SS": """USUBJID|SSSTRESC|SSDTC
                     S1|DEAD|2024-03-05
                     S1|DEAD|2024-03-04
                     S3|DEAD|2024-03-01
                     S1|ALIVE|2024-03-01""",
            "DM": "USUBJID|DTHFL|DTHDTC\nS1|Y|2024-03-05\nS2||\nS3|Y|2024-03",
        },
        {"SS.SSSTRESC": [1]},
    ),
    (
        "contact-alive-after-death",
        {
            "SS": """USUBJID|SSSTRESC|SSDTC
                     S1|ALIVE|2024-03-05
                     S1|ALIVE|2024-03-06
                     S3|ALIVE|2024-03-31
                     S1|DEAD|2024-03-06""",
            "DM": "USUBJID|DTHFL|DTHDTC\nS1|Y|2024-03-05\nS2||\nS3|Y|2024-03",
        },
        {"SS.SSSTRESC": [1]},
    ),
    (
        "dead-without-disposition",
        {
            "SS": "USUBJID|SSSTRESC\nS1|DEAD\nS2|DEAD\nS2|ALIVE",
            "DS": "USUBJID|DSDECOD\nS1|DEATH\nS2|COMPLETED",
        },
        {"SS.SSSTRESC": [1]},
    ),
    (
        "dead-before-disposition",
        {
            "SS": "USUBJID|SSSTRESC|SSDTC\nS1|DEAD|2024-03-05\nS2|DEAD|2024-03-05\nS2|ALIVE|2024-03-01",
            "DS": "USUBJID|DSSTDTC\nS1|2024-01-01\nS1|2024-03-05\nS2|2024-03-06",
        },
        {"SS.SSSTRESC": [1]},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)
