"""Rules on variables that do not belong into a dataset; which rows fail is read off the rows by hand."""

from __future__ import annotations

import pytest

CASES = [
    (
        "nonclinical-variable",
        {
            "LB": "LBTESTCD|LBUSCHFL|LBRESLOC\nALB|Y|A",
        },
        {"LB.LBUSCHFL": "all", "LB.LBRESLOC": "all"},
    ),
    (
        "variable-of-another-domain",
        {
            "LB": "LBTESTCD|LBBEATNO\nALB|1",
            "EG": "EGTESTCD|EGBEATNO\nQT|1",
        },
        {"LB.LBBEATNO": "all"},
    ),
    (
        "method-of-treatment",
        {
            "CM": "CMTRT|CMMETHOD\nA|B",
        },
        {"CM.CMMETHOD": "all"},
    ),
    (
        "adverse-event-asked-for",
        {
            "AE": "AETERM|AEOCCUR|AESTAT|AEREASND\nA|Y||",
        },
        {"AE.AEOCCUR": "all", "AE.AESTAT": "all", "AE.AEREASND": "all"},
    ),
    (
        "evaluator-of-instrument",
        {
            "QS": "QSTESTCD|QSEVAL\nA|B",
        },
        {"QS.QSEVAL": "all"},
    ),
    (
        "start-date-of-finding",
        {
            "VS": "VSTESTCD|VSSTDTC\nA|2024",
            "AE": "AETERM|AESTDTC\nA|2024",
        },
        {"VS.VSSTDTC": "all"},
    ),
    (
        "vehicle-amount-beside-collected",
        {
            "EX": "EXTRT|EXVAMT\nA|5",
            "EC": "ECTRT\nA",
        },
        {"EX.EXVAMT": "all"},
    ),
    (
        "vehicle-amount-beside-collected",
        {
            "EX": "EXTRT|EXVAMT\nA|5",
        },
        {},
    ),
    (
        "milestone-without-definition",
        {
            "VS": "VSTESTCD|MIDS\nA|CONSENT",
        },
        {"VS.MIDS": "all"},
    ),
    (
        "milestone-without-definition",
        {
            "VS": "VSTESTCD|MIDS\nA|CONSENT",
            "TM": "MIDSTYPE\nCONSENT",
        },
        {},
    ),
    (
        "reference-point-unused",
        {
            "PC": "PCTESTCD|PCTPTREF|PCTPT\nA|Dose|",
            "PP": "PPTESTCD|PPTPTREF|PPSTINT\nA|Dose|PT0H",
        },
        {"PC.PCTPTREF": "all"},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)
