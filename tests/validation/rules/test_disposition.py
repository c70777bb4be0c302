"""Rules on disposition; which rows fail is read off the rows by hand."""

from __future__ import annotations

import pytest

CASES = [
    (
        "completed-otherwise-coded",
        {
            "DS": "DSTERM|DSDECOD\nCOMPLETED|COMPLETED\nCOMPLETED|DEATH\nDied|DEATH",
        },
        {"DS.DSDECOD": [1]},
    ),
    (
        "disposition-without-category",
        {
            "DS": "DSDECOD|DSCAT\nDEATH|DISPOSITION EVENT\nDEATH|",
        },
        {"DS.DSCAT": [1]},
    ),
    (
        "disposition-repeated",
        {
            "DS": """USUBJID|DSCAT|DSSCAT|EPOCH
                     S1|DISPOSITION EVENT|STUDY TREATMENT|TREATMENT
                     S1|DISPOSITION EVENT|STUDY PARTICIPATION|TREATMENT
                     S1|PROTOCOL MILESTONE||TREATMENT
                     S1|PROTOCOL MILESTONE||TREATMENT
                     S2|DISPOSITION EVENT|STUDY TREATMENT|TREATMENT
                     S2|DISPOSITION EVENT|STUDY TREATMENT|TREATMENT
                     S2|DISPOSITION EVENT|STUDY TREATMENT|FOLLOW-UP""",
        },
        {"DS.DSCAT": [4, 5]},
    ),
    (
        "consent-dates-differ",
        {
            "DM": """USUBJID|RFICDTC
                     S1|2024-01-01T10:00
                     S2|2024-01-02
                     S3|2024-01
                     S4|""",
            "DS": """USUBJID|DSDECOD|DSSTDTC
                     S1|INFORMED CONSENT OBTAINED|2024-03-01
                     S1|INFORMED CONSENT OBTAINED|2024-01-01
                     S2|INFORMED CONSENT OBTAINED|2024-01-01
                     S3|INFORMED CONSENT OBTAINED|2024-01-05
                     S4|INFORMED CONSENT OBTAINED|2024-01-05""",
        },
        {"DM.RFICDTC": [1]},
    ),
    (
        "arm-without-disposition",
        {
            "DM": "USUBJID|ACTARMCD\nS1|A\nS2|A\nS3|",
            "DS": "USUBJID\nS1",
        },
        {"DM.ACTARMCD": [1]},
    ),
    (
        "dose-after-discontinuation",
        {
            "EX": """USUBJID|EXTRT|EXDOSE|EXSTDTC
                     S1|A|10|2024-02-01
                     S1|A|10|2024-02-02
                     S1|A|0|2024-02-03
                     S2|A|10|2024-02
                     S3|A|10|2024-05-01
                     S4|A|10|2024-05-01""",
            "DS": """USUBJID|DSCAT|DSSCAT|DSDECOD|DSSTDTC
                     S1|DISPOSITION EVENT|STUDY TREATMENT|ADVERSE EVENT|2024-02-01
                     S2|DISPOSITION EVENT|STUDY TREATMENT|ADVERSE EVENT|2024-02-20
                     S3|DISPOSITION EVENT|STUDY TREATMENT|ADVERSE EVENT|2024-06-01
                     S3|DISPOSITION EVENT|STUDY PARTICIPATION|DEATH|2024-04-01
                     S4|OTHER EVENT|STUDY TREATMENT|OTHER|2024-02-01""",
        },
        {"EX.EXSTDTC": [1, 4]},
    ),
    (
        "dose-after-discontinuation",
        {
            "EX": """USUBJID|EXTRT|EXDOSE|EXSTDTC
                     S1|A|10|2024-02-01
                     S1|B|10|2024-03-01""",
            "DS": """USUBJID|DSCAT|DSSCAT|DSDECOD|DSSTDTC
                     S1|DISPOSITION EVENT|STUDY TREATMENT|ADVERSE EVENT|2024-02-01
                     S1|DISPOSITION EVENT|STUDY TREATMENT|COMPLETED|2024-03-01""",
        },
        {},
    ),
    (  # B goes on
        "dose-after-discontinuation",
        {
            "EX": "USUBJID|EXTRT|EXDOSE|EXSTDTC\nS1|A|10|2024-02-01\nS1|B|10|2024-03-01",
            "DS": "USUBJID|DSCAT|DSSCAT|DSSTDTC\nS1|DISPOSITION EVENT|STUDY TREATMENT|2024-02-01",
        },
        {},
    ),
    (
        "event-after-disposition",
        {
            "AE": """USUBJID|AESTDTC
                     S1|2024-02-01
                     S1|2024-02-02
                     S2|2024-02-02
                     S3|2024-02""",
            "DS": """USUBJID|DSCAT|DSSCAT|DSSTDTC
                     S1|DISPOSITION EVENT|STUDY PARTICIPATION|2024-02-01
                     S2|DISPOSITION EVENT|STUDY TREATMENT|2024-02-01
                     S3|DISPOSITION EVENT|STUDY PARTICIPATION|2024-02-20""",
        },
        {"AE.AESTDTC": [1]},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)
