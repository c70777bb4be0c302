"""Rules on study days; the days are counted on a calendar (2024 is a leap year)."""

from __future__ import annotations

import pytest

DM = "USUBJID|RFSTDTC\nS1|2024-03-01T09:00\nS2|\nS3|2024-03"

CASES = [
    (
        "study-day-zero",
        {"VS": "USUBJID|VSDY|VISITDY\nS1|0|1\nS1|1|0\nS1|-1|\nS1||-1"},
        {"VS.VSDY": [0], "VS.VISITDY": [1]},
    ),
    (
        "study-day-differs",
        {
            "DM": DM,
            "AE": """USUBJID|AESTDTC   |AESTDY|AEENDTC         |AEENDY
                     S1     |2024-03-01|1     |2024-03-02T07:00|2
                     S1     |2024-02-29|-1    |2024-03-02      |3
                     S1     |2024-02-29|0     |2024-02-29      |-2
                     S1     |2024-03-01|366   |                |
                     S1     |2024-03   |5     |                |
                     S2     |2024-03-01|1     |                |""",
        },
        {"AE.AESTDY": [3], "AE.AEENDY": [1, 2]},
    ),
    (
        "study-day-without-full-date",
        {
            "DM": DM,
            "VS": """USUBJID|VSDTC     |VSDY
                     S1     |2024-03   |1
                     S1     |          |1
                     S1     |2024-03-01|1
                     S2     |2024-03-01|1
                     S3     |2024-03-01|1
                     S1     |2024-03   |
                     S9     |2024-03-01|1""",
        },
        {"VS.VSDY": [0, 1, 3, 4]},
    ),
    (
        "study-day-missing",
        {"DM": DM, "VS": "USUBJID|VSDTC|VSDY\nS1|2024-03-05|\nS1|2024-03|\nS2|2024-03-05|\nS1|2024-03-05|5"},
        {"VS.VSDY": [0]},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)
