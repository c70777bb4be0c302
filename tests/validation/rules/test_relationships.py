"""Rules on SUPP--, CO and RELREC."""

from __future__ import annotations

import pytest

AE = "USUBJID|AESEQ|AESPID|AETERM\nS1|1|E1|a\nS1|2|E2|b\nS2|1|E1|c"
DM = "USUBJID\nS1\nS2"

CASES = [
    (
        "parent-record-missing",
        {
            "AE": AE,
            "SUPPAE": """RDOMAIN|USUBJID|IDVAR |IDVARVAL|QNAM
                         AE     |S1     |AESEQ |1       |Q
                         AE     |S1     |AESEQ |3       |Q
                         AE     |S2     |AESEQ |2       |Q
                         AE     |S2     |AESEQ |1.0     |Q
                         AE     |S1     |AESPID|E2      |Q
                         AE     |S2     |AESPID|E2      |Q
                         AE     |S3     |AESEQ |1       |Q
                         AE     |S1     |AESEQ |        |Q
                         ZZ     |S1     |ZZSEQ |9       |Q""",
        },
        {"SUPPAE.IDVARVAL": [1, 2, 5, 6]},
    ),
    (
        "parent-record-missing",
        {"DM": DM, "SUPPDM": "RDOMAIN|USUBJID|IDVAR|IDVARVAL|QNAM\nDM|S1|||Q\nDM|S3|||Q"},
        {"SUPPDM.IDVARVAL": [1]},
    ),
    (
        "parent-record-missing",
        {
            "AE": AE,
            "RELREC": """RDOMAIN|USUBJID|IDVAR|IDVARVAL|RELID
                         AE     |S1     |AESEQ|2       |R1
                         AE     |S1     |AESEQ|7       |R1
                         AE     |       |AESPID|       |R2""",
        },
        {"RELREC.IDVARVAL": [1]},
    ),
    (
        "parent-record-missing",
        {
            "LBCH": "DOMAIN|USUBJID|LBSEQ\nLB|S1|1",
            "LBHE": "DOMAIN|USUBJID|LBSEQ\nLB|S1|2",
            "SUPPLB": "RDOMAIN|USUBJID|IDVAR|IDVARVAL|QNAM\nLB|S1|LBSEQ|2|Q\nLB|S1|LBSEQ|3|Q",
        },
        {"SUPPLB.IDVARVAL": [1]},
    ),
    (
        "related-domain-absent",
        {"AE": AE, "RELREC": "RDOMAIN|USUBJID|IDVAR|IDVARVAL|RELID\nAE|S1|AESEQ|1|R1\nCM|S1|CMSEQ|1|R1"},
        {"RELREC.RDOMAIN": [1]},
    ),
    (
        "parent-variable-unknown",
        {"AE": AE, "SUPPAE": "RDOMAIN|USUBJID|IDVAR|IDVARVAL\nAE|S1|AESEQ|1\nAE|S1|AENUM|1\nAE|S1||"},
        {"SUPPAE.IDVAR": [1]},
    ),
    (
        "qualifier-without-parent-key",
        {"SUPPAE": "RDOMAIN|USUBJID|IDVAR\nAE|S1|AESEQ\nAE|S1|", "SUPPDM": "RDOMAIN|USUBJID|IDVAR\nDM|S1|"},
        {"SUPPAE.IDVAR": [1]},
    ),
    (
        "parent-key-without-value",
        {"SUPPAE": "RDOMAIN|IDVAR|IDVARVAL\nAE|AESEQ|\nAE|AESEQ|1\nAE||"},
        {"SUPPAE.IDVARVAL": [0]},
    ),
    (
        "parent-value-without-key",
        {"SUPPAE": "RDOMAIN|IDVAR|IDVARVAL\nAE||1\nAE|AESEQ|1\nAE||"},
        {"SUPPAE.IDVARVAL": [0]},
    ),
    (
        "duplicate-qualifier",
        {
            "SUPPAE": """RDOMAIN|USUBJID|IDVAR|IDVARVAL|QNAM
                         AE     |S1     |AESEQ|1       |Q
                         AE     |S1     |AESEQ|1       |Q
                         AE     |S1     |AESEQ|1       |P
                         AE     |S1     |AESEQ|2       |Q
                         AE     |S2     |AESEQ|1       |Q"""
        },
        {"SUPPAE.QNAM": [0, 1]},
    ),
    (
        "qualifier-is-a-variable",
        {"AE": AE, "SUPPAE": "RDOMAIN|QNAM\nAE|AETRTEM\nAE|AESEV\nAE|VISITDY"},
        {"SUPPAE.QNAM": [1, 2]},
    ),
    (
        "relation-of-one",
        {"RELREC": "RDOMAIN|USUBJID|RELID\nAE|S1|R1\nCM|S1|R1\nAE|S2|R1\nTU||R9\nTR||R9"},
        {"RELREC.RELID": [2]},
    ),
]


@pytest.mark.parametrize(("rule", "datasets", "expected"), CASES, ids=[str(n) for n in range(len(CASES))])
def test_rule(rule, datasets, expected, check_rule) -> None:
    check_rule(rule, datasets, expected)
