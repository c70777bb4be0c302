"""Rules on inclusion and exclusion criteria; which rows fail is read off the rows by hand."""

from __future__ import annotations

import pytest

CASES = [
    (
        "criterion-met-as-violation",
        {
            "IE": """USUBJID|IECAT|IEORRES
                     S1|INCLUSION|N
                     S1|INCLUSION|Y
                     S1|EXCLUSION|Y
                     S1|EXCLUSION|
                     S1||Y""",
        },
        {"IE.IEORRES": [1, 3]},
    ),
    (
        "criterion-answers-differ",
        {
            "IE": """USUBJID|IEORRES|IESTRESC
                     S1|N|N
                     S1|N|Y
                     S1|Y|""",
        },
        {"IE.IESTRESC": [1, 2]},
    ),
    (
        "criterion-not-planned",
        {
            "IE": """USUBJID|IETESTCD|IETEST
                     S1|IN01|Adult
                     S1|IN09|Adult
                     S1|IN01|Adults""",
            "TI": "IETESTCD|IETEST\nIN01|Adult",
        },
        {"IE.IETESTCD": [1], "IE.IETEST": [2]},
    ),
    (
        "criterion-not-planned",
        {
            "IE": "USUBJID|IETESTCD|IETEST\nS1|IN01|Adult",
        },
        {},
    ),
    (
        "criterion-differs",
        {
            "IE": """USUBJID|IETESTCD|IETEST|IECAT
                     S1|IN01|Adult|INCLUSION
                     S1|IN01|Pregnant|INCLUSION
                     S1|IN01|Adult|EXCLUSION
                     S1|IN02|Old text|INCLUSION
                     S1|IN02|New text|
                     S1|IN99|Adult|EXCLUSION
                     S1|EX01|Unknown|EXCLUSION""",
            "TI": """IETESTCD|IETEST|IECAT|TIVERS
                     IN01|Adult|INCLUSION|1
                     IN02|Old text|INCLUSION|1
                     IN02|New text|INCLUSION|2
                     EX01|Pregnant|EXCLUSION|1""",
        },
        {"IE.IETEST": [1], "IE.IECAT": [2]},
    ),
    ("criterion-differs", {"IE": "USUBJID|IETESTCD|IETEST\nS1|IN01|Adult"}, {}),
    (
        "criterion-repeated",
        {
            "TI": """IETESTCD|TIVERS
                     IN01|1
                     IN01|2
                     IN02|1
                     IN02|1""",
        },
        {"TI.IETESTCD": [2, 3]},
    ),
    (
        "criterion-subcategory-without-category",
        {
            "TI": """IETESTCD|IECAT|IESCAT
                     IN01|INCLUSION|Labs
                     IN02||Labs
                     IN03||""",
        },
        {"TI.IESCAT": [1]},
    ),
    (
        "criterion-subcategory-without-variable",
        {"TI": "IETESTCD|IESCAT\nIN01|Labs", "IE": "IETESTCD|IECAT|IESCAT\nIN01|INCLUSION|Labs"},
        {"TI.IESCAT": "all"},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)
