"""Rules on history, deviations, and days that follow each other; which rows fail is read off the rows by hand."""

from __future__ import annotations

import pytest

CASES = [
    (
        "end-day-before-start-day",
        {
            "AE": "AESTDY|AEENDY\n1|2\n3|2\n3|",
        },
        {"AE.AEENDY": [1]},
    ),
    (
        "end-day-before-collection-day",
        {
            "LB": "LBDY|LBENDY\n1|2\n3|2\n3|",
        },
        {"LB.LBENDY": [1]},
    ),
    (
        "end-without-start",
        {
            "CM": "CMSTDTC|CMENDTC|CMSTRTPT\n2024|2024|\n|2024|\n|2024|BEFORE\n||",
        },
        {"CM.CMENDTC": [1]},
    ),
    (
        "history-after-start",
        {
            "MH": "USUBJID|MHSTDTC|MHENDTC\nS1|2023|\nS1|2024-01-06|\nS1|2024|2025\nS1|2024-01-05|",
            "DM": "USUBJID|RFSTDTC\nS1|2024-01-05T10:00",
        },
        {"MH.MHSTDTC": [1], "MH.MHENDTC": [2]},
    ),
    (
        "deviation-before-consent",
        {
            "DV": "USUBJID|DVSTDTC\nS1|2024-01-05\nS1|2024-01-04\nS1|2024-01",
            "DM": "USUBJID|RFICDTC\nS1|2024-01-05T10:00",
        },
        {"DV.DVSTDTC": [1]},
    ),
    (
        "category-of-all-history",
        {
            "MH": "MHTERM|MHCAT\nA|CANCER\nB|CANCER",
        },
        {"MH.MHCAT": "all"},
    ),
    (
        "category-of-all-history",
        {
            "MH": "MHTERM|MHCAT\nA|CANCER\nB|OTHER",
        },
        {},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)
