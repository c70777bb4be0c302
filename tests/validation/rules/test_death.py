"""Rules on death."""

from __future__ import annotations

import pytest

DM = "USUBJID|DTHFL|DTHDTC\nS1|Y|2024-05-10\nS2||\nS3|Y|2024-05"

CASES = [
    (
        "death-date-without-flag",
        {"DM": "USUBJID|DTHFL|DTHDTC\nS1||2024-05\nS2|Y|2024-05\nS3||"},
        {"DM.DTHDTC": [0]},
    ),
    ("death-flag-without-date", {"DM": "USUBJID|DTHFL|DTHDTC\nS1|Y|\nS2|Y|2024\nS3||"}, {"DM.DTHFL": [0]}),
    (
        "fatal-event-without-death",
        {"DM": DM, "AE": "USUBJID|AEOUT|AESDTH\nS1|FATAL|Y\nS2|FATAL|N\nS2||Y\nS2||N"},
        {"AE.AEOUT": [1], "AE.AESDTH": [2]},
    ),
    (
        "fatal-event-end-differs",
        {
            "DM": DM,
            "AE": """USUBJID|AEOUT|AEENDTC
                     S1     |FATAL|2024-05-09
                     S1     |FATAL|2024-05-10T12:00
                     S1     |FATAL|2024-05
                     S3     |FATAL|2024-05-31
                     S3     |FATAL|2024-06-01
                     S1     |     |2024-05-09""",
        },
        {"AE.AEOUT": [0, 4]},
    ),
    (
        "disposition-death-without-death",
        {"DM": DM, "DS": "USUBJID|DSDECOD\nS1|DEATH\nS2|DEATH\nS2|COMPLETED"},
        {"DS.DSDECOD": [1]},
    ),
    (
        "disposition-death-date-differs",
        {
            "DM": DM,
            "DS": "USUBJID|DSDECOD|DSSTDTC\nS1|DEATH|2024-05-11\nS1|DEATH|2024-05-10\nS1|OTHER|2024-05-11",
        },
        {"DS.DSDECOD": [0]},
    ),
    (
        "death-without-disposition",
        {"DM": DM, "DS": "USUBJID|DSDECOD\nS1|DEATH\nS2|COMPLETED\nS3|ADVERSE EVENT"},
        {"DM.DTHFL": [2]},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)
