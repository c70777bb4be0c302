"""Rules on what identifies subjects and records."""

from __future__ import annotations

import pytest

CASES = [
    (
        "orphan-subject",
        {"DM": "USUBJID\nS1\nS2", "AE": "USUBJID|AETERM\nS1|a\nS3|b\n|c"},
        {"AE.USUBJID": [1]},
    ),
    (
        "duplicate-record",
        {
            "AE": """USUBJID|AESEQ|AESPID|AETERM  |AESTDTC
                     S1     |1    |E01   |Headache|2024-03
                     S1     |2    |E02   |Headache|2024-03
                     S1     |3    |E03   |Headache|2024-04
                     S1     |4    |E04   |Headache|
                     S2     |1    |E01   |Headache|2024-03"""
        },
        {"AE": [0, 1]},
    ),
    (
        "duplicate-subject-identifier",
        {"DM": "STUDYID|USUBJID|SUBJID\nX|X-01-001|001\nX|X-02-001|001\nX|X-02-002|002\nY|Y-01-001|001"},
        {"DM.SUBJID": [0, 1]},
    ),
    (
        "domain-code-length",
        {
            "AE": "DOMAIN\nAE\nAEX\nAPMH\nA",
        },
        {"AE.DOMAIN": [1, 3]},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)
