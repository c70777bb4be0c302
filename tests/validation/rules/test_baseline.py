"""Rules on flags and baselines."""

from __future__ import annotations

import pytest

CASES = [
    ("flag-not-y", {"VS": "USUBJID|VSLOBXFL\nS1|N\nS1|Y\nS1|"}, {"VS.VSLOBXFL": [0]}),
    ("flag-not-y", {"DM": "USUBJID|DTHFL\nS1|N\nS1|Y\nS1|"}, {"DM.DTHFL": [0]}),
    (
        "baseline-without-result",
        {
            "VS": """USUBJID|VSLOBXFL|VSSTRESC|VSSTAT
                     S1     |Y       |        |
                     S1     |Y       |120     |NOT DONE
                     S1     |Y       |120     |
                     S1     |        |        |NOT DONE"""
        },
        {"VS.VSLOBXFL": [0, 1]},
    ),
    (
        # The case of a dose at 10:00 and results at 08:00 two days before and at 12:00 of the day.
        "baseline-after-exposure",
        {
            "DM": "USUBJID|RFXSTDTC\nS1|2024-03-03T10:00\nS2|2024-03-03",
            "VS": """USUBJID|VSLOBXFL|VSDTC
                     S1     |Y       |2024-03-01T08:00
                     S1     |Y       |2024-03-03T12:00
                     S1     |        |2024-03-03T12:00
                     S1     |Y       |2024-03-03
                     S2     |Y       |2024-03-03T12:00
                     S2     |Y       |2024-03-04""",
        },
        {"VS.VSLOBXFL": [1, 5]},
    ),
    (
        "baseline-repeated",
        {
            "LB": """USUBJID|LBTESTCD|LBSPEC|LBDTC     |LBLOBXFL
                     S1     |GLUC    |SERUM |2024-03-01|Y
                     S1     |GLUC    |SERUM |2024-03-01|Y
                     S1     |GLUC    |URINE |2024-02-28|Y
                     S1     |GLUC    |SERUM |2024-02-28|
                     S2     |GLUC    |SERUM |2024-03-01|Y"""
        },
        {"LB.LBLOBXFL": [0, 1]},
    ),
    (
        "baseline-repeated",
        {
            "VS": "USUBJID|VSTESTCD|VSTPT|VSBLFL\nS1|PULSE|Rest|Y\nS1|PULSE|Stand|Y\nS2|PULSE|Rest|Y\nS2|PULSE|Rest|Y",
        },
        {"VS.VSBLFL": [2, 3]},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[str(n) for n in range(len(CASES))])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)
