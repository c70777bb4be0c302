"""Rules on codes and their names: the rarer pair is the one that fails, and of equal ones both."""

from __future__ import annotations

import pytest

CASES = [
    (
        "code-name-differs",
        {
            "VS": """USUBJID|VSTESTCD|VSTEST
                     S1     |PULSE   |Pulse Rate
                     S2     |PULSE   |Pulse Rate
                     S3     |PULSE   |Heart Rate
                     S1     |TEMP    |Temperature
                     S2     |TEMP    |Temperature
                     S2     |TMP     |Temperature
                     S3     |        |Temperature"""
        },
        {"VS.VSTESTCD": [2, 5]},
    ),
    (
        "code-name-differs",
        {"DM": "USUBJID|ARMCD|ARM\nS1|A|Drug\nS2|A|Placebo\nS3|B|Other\nS4||"},
        {"DM.ARMCD": [0, 1]},
    ),
    (
        "qualifier-label-differs",
        {
            "SUPPAE": """USUBJID|QNAM  |QLABEL
                         S1     |AECOM |Comment
                         S1     |AECOM1|Comment
                         S1     |AECOM2|Comment
                         S1     |RACE1 |Race 1
                         S1     |RACE2 |Race 2
                         S1     |AETRT |Treatment
                         S2     |AETRT |Treatment
                         S3     |AETRT |Other treatment
                         S1     |AEXX  |Treatment"""
        },
        {"SUPPAE.QNAM": [7, 8]},
    ),
    (
        "dictionary-code-differs",
        {
            "AE": """USUBJID|AEDECOD|AEPTCD
                     S1     |Nausea |10028813
                     S2     |Nausea |10028813
                     S3     |Nausea |10047700
                     S4     |Cough  |"""
        },
        {"AE.AEDECOD": [2]},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[str(n) for n in range(len(CASES))])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)
