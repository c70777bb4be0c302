"""Rules on EPOCH against the elements of a subject; which rows fail is read off the rows by hand."""

from __future__ import annotations

import pytest

CASES = [
    (
        "epoch-not-of-date",
        {
            "AE": """USUBJID|EPOCH|AESTDTC
                     S1|SCREENING|2024-01-05
                     S1|TREATMENT|2024-01-05
                     S1|SCREENING|2024-01-10
                     S1|TREATMENT|2024-01-10T07:00
                     S1|SCREENING|2024-01
                     S1|FOLLOW-UP|2024-01
                     S1|FOLLOW-UP|2025-01-01
                     S1|TREATMENT|2023-01-01
                     S2|TREATMENT|2024-01-05
                     S1||2024-01-05""",
            "SE": """USUBJID|EPOCH|TAETORD|SESTDTC|SEENDTC
                     S1|SCREENING|1|2024-01-01T09:00|2024-01-10T08:00
                     S1|TREATMENT|2|2024-01-10T08:00|2024-02-01
                     S1|FOLLOW-UP|3|2024-02-01|""",
        },
        {"AE.EPOCH": [1, 5]},
    ),
    (
        "element-order-not-of-date",
        {
            "VS": "USUBJID|TAETORD|VSDTC\nS1|1|2024-01-05\nS1|2|2024-01-05\nS1|2|2024-01-10",
            "SE": """USUBJID|EPOCH|TAETORD|SESTDTC|SEENDTC
                     S1|SCREENING|1|2024-01-01T09:00|2024-01-10T08:00
                     S1|TREATMENT|2|2024-01-10T08:00|2024-02-01
                     S1|FOLLOW-UP|3|2024-02-01|""",
        },
        {"VS.TAETORD": [1]},
    ),
    (
        "epoch-missing",
        {
            "VS": """USUBJID|EPOCH|VSDTC
                     S1||2024-01-05
                     S1|SCREENING|2024-01-05
                     S1||2024-01-10
                     S1||2024-01
                     S1||2024-01-01T08:00
                     S1||2023-12-01
                     S2||2024-01-05""",
            "SE": """USUBJID|EPOCH|TAETORD|SESTDTC|SEENDTC
                     S1|SCREENING|1|2024-01-01T09:00|2024-01-10T08:00
                     S1|TREATMENT|2|2024-01-10T08:00|2024-02-01
                     S1|FOLLOW-UP|3|2024-02-01|""",
        },
        {"VS.VSDTC": [0]},
    ),
    (
        "epoch-missing",
        {
            "CM": "USUBJID|CMSTDTC|CMDTC\nS1|2024-01-05|2024-01-06\nS1|2023-01-05|2024-01-06",
            "SE": """USUBJID|EPOCH|TAETORD|SESTDTC|SEENDTC
                     S1|SCREENING|1|2024-01-01T09:00|2024-01-10T08:00
                     S1|TREATMENT|2|2024-01-10T08:00|2024-02-01
                     S1|FOLLOW-UP|3|2024-02-01|""",
        },
        {"CM.CMSTDTC": [0]},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)
