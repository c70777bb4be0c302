"""What a dataset is, by its name and its records."""

from __future__ import annotations

import pandas as pd
import pytest

from specs.model import Study
from specs.standards import implementation_guide
from validation.tables import table_of

GUIDE = implementation_guide()


@pytest.mark.parametrize(
    ("name", "columns", "domain", "prefix", "class_name"),
    [
        ("AE", {"DOMAIN": "AE"}, "AE", "AE", "Events"),
        ("QSCG", {"DOMAIN": "QS"}, "QS", "QS", "Findings"),
        ("SUPPAE", {"RDOMAIN": "AE"}, "SUPPAE", "", "Relationship"),
        ("RELREC", {"RDOMAIN": "AE"}, "RELREC", "", "Relationship"),
        ("XB", {"XBTESTCD": "BIO"}, "XB", "XB", "Findings"),
        ("XT", {"XTTRT": "DRUG"}, "XT", "XT", "Interventions"),
        ("TU_ONCO", {"DOMAIN": "TU"}, "TU", "TU", "Findings"),
        ("SUPPTR_ONCO", {"RDOMAIN": "TR"}, "SUPPTR", "", "Relationship"),
        ("NOTES", {"TEXT": "a"}, "NOTES", "NO", ""),
        ("AE_OLD", {"DOMAIN": "CM"}, "AE_OLD", "AE", ""),
    ],
)
def test_a_dataset_is_known_by_its_name_or_its_records(name, columns, domain, prefix, class_name) -> None:
    table = table_of(name, pd.DataFrame({key: [value] for key, value in columns.items()}), GUIDE)
    assert (table.domain, table.prefix, table.class_name) == (domain, prefix, class_name)


def test_the_study_says_class_and_keys_of_its_own_domain() -> None:
    study = Study(
        study="X", sdtm={"XX": {"domain": "XX", "class": "Events", "keys": ["STUDYID", "USUBJID", "XXTERM"]}}
    )
    table = table_of("XX", pd.DataFrame({"XXDTC": ["2024"]}), GUIDE, study)
    assert table.class_name == "Events"
    assert table.keys == ("STUDYID", "USUBJID", "XXTERM")
    assert table.keys_declared
    assert table.variable_named("--DTC") == "XXDTC"
    assert table.type_of("XXSEQ") == "Num"
