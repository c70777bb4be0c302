"""Rules on datasets that go together; which rows fail is read off the rows by hand."""

from __future__ import annotations

import pytest

CASES = [
    (
        "nonclinical-dataset",
        {
            "TT": "STUDYID\nA",
            "AE": "AETERM\nA",
        },
        {"TT": "all"},
    ),
    (
        "companion-absent",
        {
            "PP": "PPTESTCD\nA",
        },
        {"PP": "all"},
    ),
    (
        "companion-absent",
        {
            "PP": "PPTESTCD\nA",
            "PC": "PCTESTCD\nA",
        },
        {},
    ),
    (
        "supplement-of-another-domain",
        {
            "SUPPAE": "RDOMAIN|QNAM\nAE|A\nCM|A",
            "SUPPCM": "RDOMAIN|QNAM\nCM|A",
        },
        {"SUPPAE": "all"},
    ),
    (
        "findings-about-absent",
        {
            "FACM": "FATESTCD\nA",
            "AE": "AETERM\nA",
            "FAAE": "FATESTCD\nA",
        },
        {"FACM": "all"},
    ),
    (
        "subject-variable-absent",
        {
            "VS": "STUDYID|VSSEQ|VSTESTCD\nA|1|B",
            "LB": "USUBJID|LBTESTCD\nS1|A",
        },
        {"VS": "all"},
    ),
    (
        "timing-absent",
        {
            "VS": "USUBJID|VSTESTCD\nS1|B",
            "LB": "USUBJID|LBTESTCD|VISITNUM\nS1|A|1",
            "SC": "USUBJID|SCTESTCD\nS1|A",
        },
        {"VS": "all"},
    ),
    (
        "link-in-one-dataset",
        {
            "TR": "USUBJID|TRLNKID\nS1|T1",
            "AE": "USUBJID|AETERM\nS1|A",
        },
        {"TR": "all"},
    ),
    (
        "link-in-one-dataset",
        {
            "TR": "USUBJID|TRLNKID\nS1|T1",
            "TU": "USUBJID|TULNKID\nS1|T1",
        },
        {},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)
