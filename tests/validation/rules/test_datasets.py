"""Rules on which datasets there are."""

from __future__ import annotations

import pytest

DM = "STUDYID|DOMAIN|USUBJID\nX1|DM|S1"
AE = "STUDYID|DOMAIN|USUBJID|AETERM\nX1|AE|S1|Headache"
EX = "STUDYID|DOMAIN|USUBJID|EXTRT\nX1|EX|S1|DRUG"
FINE = {"DM": DM, "AE": AE, "EX": EX}

CASES = [
    ("demographics-absent", {"AE": AE}, {"DM": "all"}),
    ("exposure-absent", {"DM": DM}, {"EX": "all"}),
    ("empty-dataset", {"DM": DM, "AE": "STUDYID|USUBJID|AETERM"}, {"AE": "all"}),
    ("dataset-name-differs", {"TU_MORE": "DOMAIN|USUBJID|TUTESTCD\nTU|S1|TUMIDENT"}, {"TU_MORE": "all"}),
    ("unknown-dataset", {"NOTES": "PAGE|TEXT\n1|a"}, {"NOTES": "all"}),
    (
        "invalid-dataset-name",
        {"TU_RECIST_1": "DOMAIN|USUBJID|TUTESTCD\nTU|S1|TUMIDENT"},
        {"TU_RECIST_1": "all"},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)


@pytest.mark.parametrize("rule", [case[0] for case in CASES])
def test_a_usual_study_passes(rule, check_rule) -> None:
    check_rule(rule, FINE, {})


def test_a_split_domain_and_a_domain_of_the_sponsor_are_known(check_rule) -> None:
    datasets = {
        "QSCG": "DOMAIN|USUBJID|QSTESTCD\nQS|S1|CGI01",
        "SUPPQSCG": "RDOMAIN|USUBJID|QNAM\nQS|S1|QSX",
        "XB": "DOMAIN|USUBJID|XBTESTCD\nXB|S1|BIO",
    }
    check_rule("unknown-dataset", datasets, {})
    check_rule("dataset-name-differs", datasets, {})


def test_records_of_another_study(check_rule) -> None:
    check_rule(
        "study-differs",
        {"DM": DM, "AE": "STUDYID|USUBJID|AETERM\nX1|S1|Headache\nX2|S1|Cough\n|S1|Pain"},
        {"AE.STUDYID": [1]},
    )
