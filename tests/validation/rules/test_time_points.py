"""Rules on time points and relative times; which rows fail is read off the rows by hand."""

from __future__ import annotations

import pytest

CASES = [
    (
        "reference-point-missing",
        {
            "PC": "PCTPTREF|PCELTM|PCRFTDTC\nDose|PT2H|2024\n|PT2H|\n||2024\n||",
        },
        {"PC.PCELTM": [1], "PC.PCRFTDTC": [2]},
    ),
    (
        "anchor-without-relation",
        {
            "MH": "MHENTPT|MHENRTPT\n2024|ONGOING\n2024|\n|",
        },
        {"MH.MHENTPT": [1]},
    ),
    (
        "relation-without-anchor",
        {
            "MH": "MHENTPT|MHENRTPT\n2024|ONGOING\n|ONGOING",
        },
        {"MH.MHENRTPT": [1]},
    ),
    (
        "start-relation-unfitting",
        {
            "MH": "MHSTRTPT\nBEFORE\nONGOING",
        },
        {"MH.MHSTRTPT": [1]},
    ),
    (
        "relative-time-of-nothing",
        {
            "CM": "CMOCCUR|CMSTRF\nY|BEFORE\nN|BEFORE\nN|",
        },
        {"CM.CMSTRF": [1]},
    ),
    (
        "relation-contradicts-anchor",
        {
            "MH": """MHENTPT|MHENRTPT|MHDTC
                     2024-03-01|ONGOING|2024-03-01
                     2024-03-01|AFTER|2024-03-01
                     2024-02-01|AFTER|2024-03-01
                     2024-03|AFTER|2024-03-01""",
        },
        {"MH.MHENRTPT": [1]},
    ),
    (
        "relative-time-without-reference",
        {
            "CM": """USUBJID|CMSTRF|CMENRF
                     S1|BEFORE|AFTER
                     S2|BEFORE|AFTER
                     S2||""",
            "DM": "USUBJID|RFSTDTC|RFENDTC\nS1|2024|2024\nS2||2024",
        },
        {"CM.CMSTRF": [1]},
    ),
    (
        "time-point-name-differs",
        {
            "PC": """VISITNUM|PCTPTREF|PCTPTNUM|PCTPT
                     1|Dose|1|1 h
                     1|Dose|1|1 h
                     1|Dose|1|1 hour
                     1|Dose|2|2 h
                     2|Dose|1|2 h
                     1|Other|1|2 h""",
        },
        {"PC.PCTPTNUM": [2]},
    ),
    (
        "elapsed-time-differs",
        {
            "PC": """VISITNUM|PCTPTREF|PCTPTNUM|PCELTM
                     1|Dose|1|PT1H
                     1|Dose|1|PT1H
                     1|Dose|1|PT2H
                     2|Dose|1|PT2H""",
        },
        {"PC.PCTPTNUM": [2]},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)
