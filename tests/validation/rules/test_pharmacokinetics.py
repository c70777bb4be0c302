"""Rules on pharmacokinetic parameters; which rows fail is read off the rows by hand."""

from __future__ import annotations

import pytest

CASES = [
    (
        "parameter-of-another-analyte",
        {
            "PP": """USUBJID|PPCAT|PPRFTDTC
                     S1|Drug|2024-01-01
                     S1|Other|2024-01-01
                     S1|Other|2024-05-01
                     S1||2024-01-01""",
            "PC": "USUBJID|PCTESTCD|PCTEST|PCRFTDTC\nS1|DRUG|Drug|2024-01-01",
        },
        {"PP.PPCAT": [1]},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)
