"""Which record an issue of another engine speaks of. The data are invented."""

import pandas as pd
import pytest

from specs.standards import implementation_guide
from validation.outside.issues import OutsideIssue
from validation.outside.records import WHOLE, Records
from validation.tables import table_of

AE = pd.DataFrame(
    {
        "DOMAIN": "AE",
        "USUBJID": ["S-01", "S-01", "S-02", "S-02"],
        "AESEQ": [1.0, 2.0, 1.0, 1.0],  # the last two are numbered alike
        "AETERM": ["Nausea", "Rash", "Cough", "Fever"],
    }
)
SUPPAE = pd.DataFrame(
    {"RDOMAIN": "AE", "USUBJID": ["S-01", "S-02"], "IDVAR": "AESEQ", "IDVARVAL": ["1", "1"], "QNAM": "X"}
)
LBCH = pd.DataFrame({"DOMAIN": "LB", "USUBJID": ["S-01", "S-02"], "LBSEQ": [1.0, 1.0], "LBTESTCD": "ALT"})
LBHE = pd.DataFrame({"DOMAIN": "LB", "USUBJID": ["S-01", "S-02"], "LBSEQ": [2.0, 2.0], "LBTESTCD": "WBC"})


@pytest.fixture(scope="module")
def records():
    frames = {"AE": AE, "SUPPAE": SUPPAE, "LBCH": LBCH, "LBHE": LBHE}
    guide = implementation_guide("3.4")
    return Records({name: table_of(name, frame, guide) for name, frame in frames.items()})


@pytest.mark.parametrize(
    ("dataset", "record", "subject", "sequence", "expected"),
    [
        ("AE", 2, "", "", ("AE", 1)),
        ("AE", None, "S-01", "2", ("AE", 1)),
        ("AE", 1, "S-01", "2", ("AE", 1)),  # the number is unique; the row is of another sorting
        ("AE", 3, "S-02", "1", ("AE", 2)),  # two records of one number: the row tells which
        ("AE", 4, "S-02", "1", ("AE", 3)),
        ("AE", None, "S-02", "1", ("AE", WHOLE)),
        ("AE", 1, "S-02", "1", ("AE", WHOLE)),
        ("AE", 1, "S-02", "", ("AE", WHOLE)),  # a record of another subject is never taken
        ("AE", 1, "S-01", "9", ("AE", WHOLE)),  # nor one of another number
        ("AE", 5, "", "", ("AE", WHOLE)),
        ("SUPPAE", 2, "S-02", "1", ("SUPPAE", 1)),  # it has no number of its own
        ("SUPPAE", None, "S-02", "1", ("SUPPAE", WHOLE)),
        ("LB", 1, "S-02", "2", ("LBHE", 1)),  # of a part, whose rows are numbered otherwise
        ("LB", 1, "", "", ("LB", WHOLE)),
        ("LBHE", 2, "S-02", "2", ("LBHE", 1)),
        ("XX", 1, "S-02", "2", ("XX", WHOLE)),
    ],
)
def test_a_record_is_found_or_the_dataset_is_meant(records, dataset, record, subject, sequence, expected):
    issue = OutsideIssue("R", dataset, "m", record=record, subject=subject, sequence=sequence)
    assert records.find(issue) == expected
