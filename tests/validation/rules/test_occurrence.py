"""Rules on what was asked for, and on collected doses; which rows fail is read off the rows by hand."""

from __future__ import annotations

import pytest

CASES = [
    (
        "prespecified-not-y",
        {
            "CM": "CMPRESP\nY\nN\n",
        },
        {"CM.CMPRESP": [1]},
    ),
    (
        "occurrence-not-prespecified",
        {
            "CM": "CMPRESP|CMOCCUR\nY|N\n|N\n|",
        },
        {"CM.CMOCCUR": [1]},
    ),
    (
        "prespecified-without-answer",
        {
            "CM": "CMPRESP|CMOCCUR|CMSTAT\nY|Y|\nY||\nY||NOT DONE\n||",
        },
        {"CM.CMPRESP": [1]},
    ),
    (
        "dose-of-nothing-given",
        {
            "EC": "ECOCCUR|ECDOSE\nY|10\nN|10\nN|",
        },
        {"EC.ECDOSE": [1]},
    ),
    (
        "given-dose-not-positive",
        {
            "EC": "ECOCCUR|ECDOSE|ECSTAT\nY|10|\nY|0|\nN|0|\n|0|NOT DONE",
        },
        {"EC.ECDOSE": [1]},
    ),
    (
        "given-dose-without-amount",
        {
            "EC": "ECOCCUR|ECDOSE|ECDOSTXT\nY|10|\nY||\nY||10-20\nN||",
        },
        {"EC.ECDOSE": [1]},
    ),
    (
        "vehicle-amount-without-vehicle",
        {
            "EC": "ECTRTV|ECVAMT|ECVAMTU\nSALINE|100|mL\n|100|mL\n||",
        },
        {"EC.ECVAMT": [1], "EC.ECVAMTU": [1]},
    ),
    (
        "negative-duration",
        {
            "AE": "AEDUR\nP2D\n-P2D\n",
        },
        {"AE.AEDUR": [1]},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)
