"""Rules on doses and on the exposure dates of DM."""

from __future__ import annotations

import pytest

EX = """USUBJID|EXSTDTC         |EXENDTC
        S1     |2024-03-01T10:00|2024-03-20
        S1     |2024-04-01      |2024-04-20
        S2     |2024-03-01      |
        S3     |2024-03         |2024-04
        S4     |                |"""

CASES = [
    (
        "negative-dose",
        {"EX": "USUBJID|EXDOSE|EXVAMT\nS1|-1|\nS1|0|-2\nS1||"},
        {"EX.EXDOSE": [0], "EX.EXVAMT": [1]},
    ),
    (
        "dose-without-unit",
        {"EX": "USUBJID|EXDOSE|EXDOSTXT|EXDOSU\nS1|5||\nS1||1-2|\nS1|5||mg\nS1|||"},
        {"EX.EXDOSE": [0], "EX.EXDOSTXT": [1]},
    ),
    (
        "dose-and-dose-text",
        {"CM": "USUBJID|CMDOSE|CMDOSTXT\nS1|5|5-10\nS1|5|\nS1||5-10"},
        {"CM.CMDOSTXT": [0]},
    ),
    ("number-in-dose-text", {"CM": "USUBJID|CMDOSTXT\nS1|5\nS1|2.5\nS1|5-10\nS1|"}, {"CM.CMDOSTXT": [0, 1]}),
    (
        "placebo-with-dose",
        {"EX": "USUBJID|EXTRT|EXDOSE\nS1|PLACEBO|5\nS1|PLACEBO|0\nS1|DRUG|5\nS1|PLACEBO|"},
        {"EX.EXTRT": [0]},
    ),
    ("exposure-without-start", {"EX": EX}, {"EX.EXSTDTC": [4]}),
    ("exposure-without-end", {"EX": EX}, {"EX.EXENDTC": [2, 4]}),
    (
        "first-exposure-differs",
        {
            "EX": EX,
            "DM": """USUBJID|RFXSTDTC
                     S1     |2024-03-01T10:00
                     S1     |2024-03-01
                     S1     |2024-04-01
                     S1     |2024-03-01T09:00
                     S2     |
                     S3     |2024-03-15
                     S4     |2024-01-01
                     S5     |""",
        },
        {"DM.RFXSTDTC": [2, 3, 4]},
    ),
    (
        "last-exposure-differs",
        {
            "EX": EX,
            "DM": """USUBJID|RFXENDTC
                     S1     |2024-04-20
                     S1     |2024-04-01
                     S1     |2024-03-20
                     S2     |2024-03-01
                     S2     |
                     S3     |2024-04-11
                     S5     |""",
        },
        {"DM.RFXENDTC": [2, 4]},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)
