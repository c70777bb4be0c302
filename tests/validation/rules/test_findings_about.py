"""Rules on findings about events and treatments; which rows fail is read off the rows by hand."""

from __future__ import annotations

import pytest

EVENTS = """USUBJID|AESEQ|AETERM   |AEDECOD
            S1     |1    |nausea   |Nausea
            S1     |2    |bad taste|
            S2     |1    |nausea   |Nausea"""
RELATIONS = """USUBJID|RDOMAIN|IDVAR|IDVARVAL|RELID
               S1     |FA     |FASEQ|1       |R1
               S1     |AE     |AESEQ|1       |R1
               S1     |FA     |FASEQ|2       |R2
               S1     |AE     |AESEQ|1       |R2
               S1     |FA     |FASEQ|3       |R3
               S1     |AE     |AESEQ|2       |R3
               S2     |FA     |FASEQ|1       |R1
               S2     |AE     |AESEQ|1       |R1
               S2     |FA     |FASEQ|2       |R2
               S2     |AE     |AESEQ|9       |R2"""
FINDINGS = """USUBJID|FASEQ|FAOBJ
              S1     |1    |NAUSEA
              S1     |2    |Vomiting
              S1     |3    |Bad taste
              S2     |1    |nausea and more
              S2     |2    |anything
              S2     |3    |anything"""


@pytest.mark.parametrize(
    ("datasets", "expected"),
    [
        ({"FA": FINDINGS, "AE": EVENTS, "RELREC": RELATIONS}, {"FA.FAOBJ": [1, 3]}),
        ({"FA": FINDINGS, "AE": EVENTS}, {}),
        ({"FA": FINDINGS, "RELREC": RELATIONS}, {}),
    ],
)
def test_a_finding_is_about_the_record_it_is_related_to(datasets, expected, check_rule) -> None:
    check_rule("object-differs-from-parent", datasets, expected)
