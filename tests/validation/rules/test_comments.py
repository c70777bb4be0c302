"""Rules on comments, relations and supplemental qualifiers; which rows fail is read off the rows by hand."""

from __future__ import annotations

import pytest

CASES = [
    (
        "comment-key-without-domain",
        {
            "CO": "RDOMAIN|IDVAR|IDVARVAL\nAE|AESEQ|1\n|AESEQ|\n||1\n||",
        },
        {"CO.IDVAR": [1], "CO.IDVARVAL": [2]},
    ),
    (
        "comment-on-no-record",
        {
            "CO": "RDOMAIN|IDVAR\nAE|AESEQ\nAE|\nDM|\n|",
        },
        {"CO.RDOMAIN": [1]},
    ),
    (
        "comment-with-date-of-its-record",
        {
            "CO": "IDVAR|CODTC\nAESEQ|\nAESEQ|2024\n|2024",
        },
        {"CO.CODTC": [1]},
    ),
    (
        "relation-of-numbers",
        {
            "RELREC": """USUBJID|IDVAR|IDVARVAL|RELTYPE
                         S1|AESEQ|1|
                         S1|AESEQ|1|ONE
                         |AESEQ||
                         |TRLNKID||MANY""",
        },
        {"RELREC.IDVAR": [1, 2]},
    ),
    (
        "subject-and-pool",
        {
            "RELSUB": "USUBJID|POOLID|RSUBJID\nS1||S2\nS1|P1|S2\n||S2",
        },
        {"RELSUB.USUBJID": [1, 2]},
    ),
    (
        "related-to-itself",
        {
            "RELSUB": "USUBJID|POOLID|RSUBJID\nS1||S2\nS1||S1\n|P1|P1",
        },
        {"RELSUB.RSUBJID": [1, 2]},
    ),
    (
        "population-flag-as-qualifier",
        {
            "SUPPDM": "RDOMAIN|QNAM\nDM|RACE1\nDM|SAFETY\nDM|ITTFL",
            "SUPPAE": "RDOMAIN|QNAM\nAE|SAFETY",
        },
        {"SUPPDM.QNAM": [1, 2]},
    ),
    (
        "races-of-one-race",
        {
            "SUPPDM": "USUBJID|QNAM\nS1|RACE1\nS2|RACE1\nS2|RACEOTH",
            "DM": "USUBJID|RACE\nS1|MULTIPLE\nS2|ASIAN",
        },
        {"SUPPDM.QNAM": [1]},
    ),
    (
        "other-serious-without-criterion",
        {
            "SUPPAE": """USUBJID|IDVAR|IDVARVAL|QNAM
                         S1|AESEQ|1|AESOSP
                         S1|AESEQ|2|AESOSP
                         S1|AESEQ|2|AETRTEM""",
            "AE": "USUBJID|AESEQ|AESMIE\nS1|1|Y\nS1|2|N",
        },
        {"SUPPAE.QNAM": [1]},
    ),
    (
        "collected-race-differs",
        {
            "SUPPDM": """USUBJID|QNAM|QVAL
                         S1|CETHNIC|SPANISH ORIGIN
                         S2|CETHNIC|SPANISH ORIGIN
                         S2|CRACE|HAITIAN""",
            "DM": """USUBJID|ETHNIC|RACE
                     S1|HISPANIC OR LATINO|WHITE
                     S2|NOT HISPANIC OR LATINO|BLACK OR AFRICAN AMERICAN""",
        },
        {"SUPPDM.QVAL": [1]},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[case[0] for case in CASES])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)
