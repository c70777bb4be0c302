"""Rules on dates that contradict each other; partial dates by SDTMIG 3.4, 4.4.2."""

from __future__ import annotations

import pytest

DM = "USUBJID|DTHDTC|RFPENDTC\nS1|2024-05-10T08:00|2024-06-01\nS2||2024-06\nS3|2024-05|"

CASES = [
    (
        "end-before-start",
        {
            "AE": """USUBJID|AESTDTC         |AEENDTC
                     S1     |2024-03-02      |2024-03-01
                     S1     |2024-03-02      |2024-03-02
                     S1     |2024-03         |2024-03-01
                     S1     |2024-03         |2024-02-29
                     S1     |2024-03-02T10:00|2024-03-02
                     S1     |2024-03-02T10:00|2024-03-02T09:59
                     S1     |2024-03-02T10:00+02:00|2024-03-02T09:00+01:00
                     S1     |2024-03-02T10:00+02:00|2024-03-02T08:59+01:00
                     S1     |2024            |2023-12-31
                     S1     |                |2023-12-31
                     S1     |2024-03-02      |
                     S1     |02/03/2024      |2023-12-31"""
        },
        {"AE.AEENDTC": [0, 3, 5, 7, 8]},
    ),
    (
        "end-before-collection",
        {"LB": "USUBJID|LBDTC|LBENDTC\nS1|2024-03-02|2024-03-01\nS1|2024-03-02|2024-03-03"},
        {"LB.LBENDTC": [0]},
    ),
    (
        "start-after-death",
        {
            "DM": DM,
            "AE": """USUBJID|AESTDTC
                     S1     |2024-05-11
                     S1     |2024-05-10T23:00
                     S2     |2030-01-01
                     S3     |2024-05-31
                     S3     |2024-06
                     S4     |2030-01-01""",
            "DS": "USUBJID|DSSTDTC\nS1|2024-07-01",
        },
        {"AE.AESTDTC": [0, 4]},
    ),
    (
        "result-after-death",
        {"DM": DM, "VS": "USUBJID|VSDTC\nS1|2024-05-11\nS1|2024-05-10", "SS": "USUBJID|SSDTC\nS1|2024-07-01"},
        {"VS.VSDTC": [0]},
    ),
    (
        "date-after-participation",
        {"DM": DM, "VS": "USUBJID|VSDTC\nS1|2024-06-02\nS1|2024-06-01T23:59\nS2|2024-06-30\nS2|2024-07-01"},
        {"VS.VSDTC": [0, 3]},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)
