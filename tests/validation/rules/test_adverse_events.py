"""Rules on adverse events; which rows fail is read off the rows by hand."""

from __future__ import annotations

import pytest

CASES = [
    (
        "toxicity-grade-unknown",
        {
            "AE": """USUBJID|AETOXGR
                     S1     |3
                     S1     |GRADE 3
                     S1     |6
                     S2     |
                     S2     |0"""
        },
        {"AE.AETOXGR": [1, 2]},
    ),
    (
        "non-serious-with-criterion",
        {
            "AE": """USUBJID|AESER|AESHOSP|AESDTH
                     S1     |N    |Y      |
                     S1     |     |       |Y
                     S1     |Y    |Y      |
                     S2     |N    |N      |"""
        },
        {"AE.AESER": [0, 1]},
    ),
    (
        "serious-without-criterion",
        {
            "AE": """USUBJID|AESER|AESHOSP|AESLIFE
                     S1     |Y    |N      |
                     S1     |Y    |       |Y
                     S2     |N    |       |"""
        },
        {"AE.AESER": [0]},
    ),
    (
        "not-recovered-with-end-date",
        {
            "AE": """USUBJID|AEOUT                     |AEENDTC
                     S1     |NOT RECOVERED/NOT RESOLVED|2024-03
                     S1     |NOT RECOVERED/NOT RESOLVED|
                     S2     |RECOVERED/RESOLVED        |2024-03-02"""
        },
        {"AE.AEOUT": [0]},
    ),
    (
        "recovered-without-end-date",
        {
            "AE": """USUBJID|AEOUT                     |AEENDTC
                     S1     |RECOVERED/RESOLVED        |
                     S1     |RECOVERED/RESOLVED        |2024
                     S2     |NOT RECOVERED/NOT RESOLVED|"""
        },
        {"AE.AEOUT": [0]},
    ),
    (
        "fatal-without-death-criterion",
        {
            "AE": """USUBJID|AEOUT|AESDTH
                     S1     |FATAL|N
                     S1     |FATAL|Y
                     S2     |     |"""
        },
        {"AE.AEOUT": [0]},
    ),
    (
        "seriousness-neither-yes-nor-no",
        {
            "AE": "AESER|AESHOSP\nY|Y\nU|N\nN|NA",
        },
        {"AE.AESER": [1], "AE.AESHOSP": [2]},
    ),
    (
        "toxicity-without-grade-value",
        {
            "AE": "AETOX|AETOXGR\nNausea|2\nNausea|\n|",
        },
        {"AE.AETOX": [1]},
    ),
    (
        "term-code-without-term",
        {
            "AE": "AEPTCD|AEDECOD\n1|Nausea\n1|\n|",
        },
        {"AE.AEPTCD": [1]},
    ),
    (
        "body-system-without-code",
        {
            "AE": "AEBODSYS|AEBDSYCD\nEye|1\nEye|\n|",
        },
        {"AE.AEBODSYS": [1]},
    ),
    (
        "body-system-without-code",
        {
            "AE": "AEBODSYS|AEBDSYCD\nEye|\nEar|",
        },
        {},
    ),
    (
        "body-system-differs",
        {
            "AE": "AEBODSYS|AESOC\nEye|Eye\nEye|Ear\nEye|",
        },
        {"AE.AEBODSYS": [1]},
    ),
    (
        "body-system-code-differs",
        {
            "AE": "AEBDSYCD|AESOCCD\n1|1\n1|2\n1|",
        },
        {"AE.AEBDSYCD": [1]},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)
