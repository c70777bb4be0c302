"""Rules on visits and epochs."""

from __future__ import annotations

import pytest

VS = """USUBJID|VISITNUM|VISIT
        S1     |1       |SCREENING
        S2     |1       |SCREENING
        S3     |1       |Screening 1
        S1     |2       |BASELINE
        S2     |2       |BASELINE
        S2     |3       |BASELINE
        S1     |2.1     |UNSCHEDULED
        S1     |3.1     |UNSCHEDULED
        S1     |        |BASELINE"""

CASES = [
    ("visit-name-differs", {"VS": VS}, {"VS.VISITNUM": [2, 5]}),
    (
        "visit-name-differs",
        {"VS": VS, "TV": "VISITNUM|VISIT\n1|SCREENING\n2|BASELINE"},
        {"VS.VISITNUM": [2, 5]},
    ),
    (  # visit 1.1 of S2 is not in SV; that of S1 is; one that was not done need not be; 2 is planned
        "unscheduled-visit-without-record",
        {
            "LB": """USUBJID|LBSTAT  |VISITNUM
                     S1     |        |1.1
                     S2     |        |1.1
                     S2     |NOT DONE|1.1
                     S2     |        |2
                     S2     |        |""",
            "SV": "USUBJID|VISITNUM\nS1|1\nS1|1.1\nS2|1",
            "TV": "VISITNUM|VISIT\n1|SCREENING\n2|BASELINE",
        },
        {"LB.VISITNUM": [1]},
    ),
    (  # without a schedule or without SV nothing can be said
        "unscheduled-visit-without-record",
        {"LB": "USUBJID|VISITNUM\nS1|1.1", "SV": "USUBJID|VISITNUM\nS1|1"},
        {},
    ),
    (
        "epoch-not-planned",
        {
            "TA": "ARMCD|EPOCH\nA|SCREENING\nA|TREATMENT",
            "AE": "USUBJID|EPOCH\nS1|TREATMENT\nS1|FOLLOW-UP\nS1|",
        },
        {"AE.EPOCH": [1]},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[str(n) for n in range(len(CASES))])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)
