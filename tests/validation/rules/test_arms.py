"""Rules on arms."""

from __future__ import annotations

import pytest

CASES = [
    (
        "arm-half-missing",
        {"DM": "USUBJID|ARMCD|ARM|ACTARMCD|ACTARM\nS1|A|||\nS2||Drug||\nS3|A|Drug||Drug\nS4||||"},
        {"DM.ARMCD": [0, 1], "DM.ACTARMCD": [2]},
    ),
    (
        "arm-without-reason",
        {"DM": "USUBJID|ARMCD|ACTARMCD|ARMNRS\nS1||A|\nS2|||SCREEN FAILURE\nS3|A||\nS4|A|A|"},
        {"DM.ARMCD": [0], "DM.ACTARMCD": [2]},
    ),
    (
        "reason-although-arms",
        {"DM": "USUBJID|ARMCD|ACTARMCD|ARMNRS\nS1|A|A|SCREEN FAILURE\nS2|A||ASSIGNED, NOT TREATED\nS3|A|A|"},
        {"DM.ARMNRS": [0]},
    ),
    (
        "no-arm-as-arm",
        {"DM": "USUBJID|ARM|ACTARM\nS1|Screen Failure|Not Treated\nS2|Drug|Drug\nS3||"},
        {"DM.ARM": [0], "DM.ACTARM": [0]},
    ),
    ("actual-arm-differs", {"DM": "USUBJID|ARMCD|ACTARMCD\nS1|A|B\nS2|A|A\nS3|A|"}, {"DM.ACTARMCD": [0]}),
    (
        "arm-without-exposure",
        {
            "DM": "USUBJID|ACTARMCD|ARMNRS\nS1|A|\nS2|A|\nS3||NOT TREATED\nS4|Scrnfail|",
            "EX": "USUBJID|EXTRT\nS1|DRUG",
        },
        {"DM.ACTARMCD": [1]},
    ),
    (
        "exposure-without-arm",
        {
            "DM": "USUBJID|ARMNRS\nS1|SCREEN FAILURE\nS2|UNPLANNED TREATMENT\nS3|\nS4|SCREEN FAILURE",
            "EX": "USUBJID|EXTRT\nS1|DRUG\nS2|DRUG\nS3|DRUG",
        },
        {"DM.ARMNRS": [0]},
    ),
    (
        "reference-start-without-arm",
        {"DM": "USUBJID|RFSTDTC|ARMNRS\nS1|2024-03-01|SCREEN FAILURE\nS2||SCREEN FAILURE\nS3|2024-03-01|"},
        {"DM.RFSTDTC": [0]},
    ),
    (
        "reason-contradicts-arms",
        {
            "DM": "USUBJID|ARMCD|ACTARMCD|ARMNRS\nS1|A||SCREEN FAILURE\nS2|||SCREEN FAILURE\nS3||A|NOT ASSIGNED\n"
            "S4|A||ASSIGNED, NOT TREATED\nS5|||ASSIGNED, NOT TREATED\nS6|A||UNPLANNED TREATMENT\n"
            "S7||A|UNPLANNED TREATMENT"
        },
        {"DM.ARMNRS": [0, 2, 4, 6]},
    ),
    (
        "unplanned-treatment-undescribed",
        {
            "DM": "USUBJID|ARMNRS|ACTARMUD\nS1|UNPLANNED TREATMENT|\nS2|UNPLANNED TREATMENT|Other dose\n"
            "S3||Other dose\nS4|NOT ASSIGNED|"
        },
        {"DM.ARMNRS": [0, 2]},
    ),
    (
        "arm-not-planned",
        {"DM": "USUBJID|ARMCD|ACTARMCD\nS1|A|B\nS2|C|A\nS3||", "TA": "ARMCD|ETCD\nA|TRT\nB|TRT"},
        {"DM.ARMCD": [1]},
    ),
    (
        "arm-name-not-planned",
        {
            "DM": "ARM|ACTARM\nLow|Low\nlow|High\n|",
            "TA": "ARM\nLow\nHigh",
        },
        {"DM.ARM": [1]},
    ),
    (
        "arm-not-planned",
        {
            "TV": "ARMCD|VISITNUM\nA|1\nX|1\n|2",
            "TA": "ARMCD\nA",
        },
        {"TV.ARMCD": [1]},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)
