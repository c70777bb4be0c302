"""Rules on what stands beside a result; which rows fail is read off the rows by hand."""

from __future__ import annotations

import pytest

CASES = [
    (
        "original-range-reversed",
        {
            "LB": "LBORNRLO|LBORNRHI\n35|50\n50|35\n<50|35\n|35",
        },
        {"LB.LBORNRHI": [1]},
    ),
    (
        "range-of-words",
        {
            "LB": "LBORRES|LBORNRHI|LBSTNRHI\n5|50|50\nNEGATIVE|50|\n<0.5|50|50\n|50|50",
        },
        {"LB.LBORNRHI": [1]},
    ),
    (
        "detail-of-missing-result",
        {
            "VS": "VSSTRESC|VSSTRESU|VSSTAT\n5|mm|\n|mm|\n|mm|NOT DONE",
        },
        {"VS.VSSTRESU": [1]},
    ),
    (
        "standard-finding-without-original",
        {
            "PE": "PEORRES|PESTRESC\nNORMAL|NORMAL\n|NORMAL",
        },
        {"PE.PESTRESC": [1]},
    ),
    (
        "standard-reference-missing",
        {
            "LB": "LBORREF|LBSTREFC\n5|5\n5|\n|",
        },
        {"LB.LBSTREFC": [1]},
    ),
    (
        "numeric-reference-missing",
        {
            "LB": "LBSTREFC|LBSTREFN\n5|5\n5|\n<5|",
        },
        {"LB.LBSTREFN": [1]},
    ),
    (
        "unusable-flag-not-n",
        {
            "LB": "LBSPCUFL\nN\nY\n",
        },
        {"LB.LBSPCUFL": [1]},
    ),
    (
        "repeat-number-unclear",
        {
            "EG": """USUBJID|EGTESTCD|VISITNUM|EGDTC|EGREPNUM
                     S1|QT|1|2024|1
                     S1|QT|1|2024|2
                     S1|QT|2|2024|
                     S1|QT|3|2024|1
                     S1|QT|3|2024|
                     S1|QT|4|2024|1
                     S1|QT|4|2024|1""",
        },
        {"EG.EGREPNUM": [4, 5, 6]},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)
