"""Rules on planned and actual elements; which rows fail is read off the rows by hand."""

from __future__ import annotations

import pytest

CASES = [
    (
        "element-without-start",
        {
            "SE": "USUBJID|SESTDTC\nS1|2024\nS1|",
        },
        {"SE.SESTDTC": [1]},
    ),
    (
        "unplanned-element-described-as-planned",
        {
            "SE": """USUBJID|ETCD|ELEMENT|TAETORD
                     S1|UNPLAN||
                     S1|UNPLAN|Screening|
                     S1|UNPLAN||2
                     S1|SCRN|Screening|1""",
        },
        {"SE.ELEMENT": [1], "SE.TAETORD": [2]},
    ),
    (
        "unplanned-element-undescribed",
        {
            "SE": """USUBJID|ETCD|SEUPDES
                     S1|UNPLAN|Other drug
                     S1|UNPLAN|
                     S1|SCRN|Other drug
                     S1|SCRN|""",
        },
        {"SE.ETCD": [1, 2]},
    ),
    (
        "element-without-end-rule",
        {
            "TE": """ETCD|TEDUR|TEENRL
                     SCRN||First dose
                     TRT|P28D|
                     FU||""",
        },
        {"TE.ETCD": [2]},
    ),
    (
        "element-order-not-whole",
        {
            "TA": "ARMCD|TAETORD\nA|1\nA|1.5\nA|",
        },
        {"TA.TAETORD": [1]},
    ),
    (
        "element-order-repeated",
        {
            "TA": """ARMCD|TAETORD
                     A|1
                     A|2
                     A|2
                     B|1""",
        },
        {"TA.TAETORD": [1, 2]},
    ),
    (
        "element-not-defined",
        {
            "SE": """USUBJID|ETCD
                     S1|SCRN
                     S1|UNPLAN
                     S1|TRTX""",
            "TE": "ETCD\nSCRN",
        },
        {"SE.ETCD": [2]},
    ),
    (
        "element-defined-twice",
        {
            "TE": """ETCD|ELEMENT|TESTRL|TEENRL|TEDUR
                     SCRN|Screening|Consent|Dose|
                     SCRN|Screening 2|Consent|Dose|
                     TRT|Treatment|Dose|Last dose|
                     TRX|Treatment|Dose|Last dose|
                     FU|Follow-up|Last dose|Contact|""",
        },
        {"TE.ETCD": [0, 1, 2, 3]},
    ),
    (
        "element-without-end",
        {
            "SE": """USUBJID|SESEQ|SESTDTC|SEENDTC
                     S1|1|2024-01-01|
                     S1|2|2024-02-01|
                     S2|1|2024-01-01|2024-02-01
                     S2|2|2024-02-01|""",
        },
        {"SE.SEENDTC": [0]},
    ),
    (
        "element-gap",
        {
            "SE": """USUBJID|SESEQ|SESTDTC|SEENDTC
                     S1|1|2024-01-01|2024-01-20
                     S1|2|2024-02-01|2024-03
                     S1|3|2024-03-05|
                     S2|2|2024-02-01T10:00|
                     S2|1|2024-01-01|2024-02-01""",
        },
        {"SE.SEENDTC": [0]},
    ),
    (
        "sequence-not-by-start",
        {
            "SE": """USUBJID|SESEQ|SESTDTC
                     S1|1|2024-02-01
                     S1|2|2024-01-01
                     S2|1|2024-01-01
                     S2|2|2024-01""",
        },
        {"SE.SESEQ": [1]},
    ),
    (
        "milestone-repeated",
        {
            "SM": """USUBJID|MIDSTYPE
                     S1|CONSENT
                     S1|CONSENT
                     S1|CYCLE
                     S1|CYCLE
                     S2|CONSENT""",
            "TM": "MIDSTYPE|TMRPT\nCONSENT|N\nCYCLE|Y",
        },
        {"SM.MIDSTYPE": [0, 1]},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)
