"""Rules on results, units and NOT DONE."""

from __future__ import annotations

import pytest

CASES = [
    (
        "result-although-not-done",
        {
            "VS": """USUBJID|VSORRES|VSSTRESC|VSSTAT
                     S1     |120    |        |NOT DONE
                     S1     |       |120     |NOT DONE
                     S1     |       |        |NOT DONE
                     S1     |120    |120     |"""
        },
        {"VS.VSSTAT": [0, 1]},
    ),
    (
        "result-missing",
        {"VS": "USUBJID|VSORRES|VSSTAT|VSDRVFL\nS1|||\nS1||NOT DONE|\nS1|||Y\nS1|0||"},
        {"VS.VSORRES": [0]},
    ),
    (
        "standard-result-missing",
        {"VS": "USUBJID|VSORRES|VSSTRESC|VSDRVFL\nS1|120||\nS1|||Y\nS1|120|120|\nS1|||"},
        {"VS.VSSTRESC": [0, 1]},
    ),
    (
        "numeric-result-differs",
        {
            "VS": """USUBJID|VSSTRESC|VSSTRESN
                     S1     |70      |71
                     S1     |70      |70
                     S1     |11.7    |11.700000000000001
                     S1     |<5      |4
                     S1     |70      |
                     S1     |0       |0"""
        },
        {"VS.VSSTRESN": [0]},
    ),
    (
        "numeric-result-missing",
        {"VS": "USUBJID|VSSTRESC|VSSTRESN\nS1|70|\nS1|<5|\nS1||\nS1|70|70"},
        {"VS.VSSTRESN": [0]},
    ),
    (
        "number-for-text-result",
        {"LB": "USUBJID|LBSTRESC|LBSTRESN\nS1|<0.5|0.5\nS1|070|70\nS1|0.5|0.5\nS1|NEGATIVE|"},
        {"LB.LBSTRESN": [0, 1]},
    ),
    (  # a decimal comma, a letter O; 0-2 and <5 are no numbers, and nothing else of COLOR is one
        "number-misspelt",
        {
            "VS": """USUBJID|VSTESTCD|VSSTRESC|VSSTRESN
                     S1     |TEMP    |36,6    |
                     S1     |TEMP    |36.6    |36.6
                     S2     |TEMP    |3O      |
                     S2     |TEMP    |0-2     |
                     S2     |TEMP    |<5      |
                     S2     |COLOR   |1O      |
                     S2     |TEMP    |        |"""
        },
        {"VS.VSSTRESC": [0, 2]},
    ),
    (
        "unit-missing",
        {
            "LB": """USUBJID|LBTESTCD|LBSTRESN|LBSTRESU
                     S1     |GLUC    |5       |
                     S2     |GLUC    |5       |mmol/L
                     S1     |PH      |7       |
                     S3     |GLUC    |        |"""
        },
        {"LB.LBSTRESN": [0]},
    ),
    (
        "units-differ",
        {
            "LB": """USUBJID|LBTESTCD|LBSPEC|LBSTRESU
                     S1     |GLUC    |SERUM |mmol/L
                     S2     |GLUC    |SERUM |mmol/L
                     S3     |GLUC    |SERUM |mg/dL
                     S1     |GLUC    |URINE |mg/dL
                     S1     |ALT     |SERUM |U/L
                     S2     |ALT     |SERUM |IU/L
                     S3     |GLUC    |SERUM |"""
        },
        {"LB.LBSTRESU": [2, 4, 5]},
    ),
    (
        "reason-although-done",
        {"VS": "USUBJID|VSSTAT|VSREASND\nS1||ill\nS1|NOT DONE|ill\nS1||", "AE": "USUBJID|AEREASND\nS1|x"},
        {"VS.VSREASND": [0]},
    ),
    (
        "not-done-without-reason",
        {"VS": "USUBJID|VSSTAT|VSREASND\nS1|NOT DONE|\nS1|NOT DONE|ill\nS1||"},
        {"VS.VSSTAT": [0]},
    ),
    (
        "subcategory-without-category",
        {"LB": "USUBJID|LBCAT|LBSCAT\nS1||LIPIDS\nS1|CHEMISTRY|LIPIDS\nS1|CHEMISTRY|"},
        {"LB.LBSCAT": [0]},
    ),
    (
        "reference-range-reversed",
        {"LB": "USUBJID|LBSTNRLO|LBSTNRHI\nS1|5|4\nS1|5|5\nS1|4|5\nS1||5"},
        {"LB.LBSTNRHI": [0, 1]},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)
