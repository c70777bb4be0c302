"""Rules on the reference dates of DM."""

from __future__ import annotations

import pytest

CASES = [
    (
        "reference-period-reversed",
        {
            "DM": """USUBJID|RFSTDTC   |RFENDTC
                     S1     |2024-03-02|2024-03-01
                     S2     |2024-03-02|2024-03-02T10:00
                     S3     |2024-03-02|"""
        },
        {"DM.RFENDTC": [0]},
    ),
    (
        "consent-after-start",
        {
            "DM": """USUBJID|RFICDTC         |RFSTDTC         |RFXSTDTC
                     S1     |2024-03-02      |2024-03-01      |2024-03-05
                     S2     |2024-03-01T11:00|2024-03-01T10:00|2024-03-01T10:00
                     S3     |2024-03-01      |2024-03-01T10:00|"""
        },
        {"DM.RFSTDTC": [0, 1], "DM.RFXSTDTC": [1]},
    ),
    (
        "consent-after-collection",
        {"DM": "USUBJID|RFICDTC|DMDTC\nS1|2024-03-02|2024-03-01\nS2|2024-03-01|2024-03-01\nS3||2024-03-01"},
        {"DM.DMDTC": [0]},
    ),
    (
        "birth-after-start",
        {"DM": "USUBJID|BRTHDTC|RFSTDTC\nS1|2051-03-02|2024-03-01\nS2|1951|2024-03-01"},
        {"DM.RFSTDTC": [0]},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)
