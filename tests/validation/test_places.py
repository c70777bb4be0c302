"""How a record is named, and what is shown of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from specs.standards import implementation_guide
from validation.places import places_of, record_keys, value_texts
from validation.tables import Metadata, table_of

GUIDE = implementation_guide()


@pytest.mark.parametrize(
    ("name", "columns", "keys"),
    [
        ("AE", ["STUDYID", "USUBJID", "AESEQ", "AETERM"], ["USUBJID", "AESEQ"]),
        ("QSCG", ["USUBJID", "QSSEQ"], ["USUBJID", "QSSEQ"]),
        ("DM", ["STUDYID", "USUBJID"], ["USUBJID"]),
        (
            "SUPPAE",
            ["RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM"],
            ["USUBJID", "IDVAR", "IDVARVAL", "QNAM"],
        ),
        ("TA", ["STUDYID", "ARMCD", "TAETORD"], ["ARMCD", "TAETORD"]),
        ("TS", ["TSPARMCD", "TSSEQ"], ["TSPARMCD", "TSSEQ"]),
        ("SV", ["STUDYID", "USUBJID", "VISITNUM"], ["USUBJID", "VISITNUM"]),
        ("NOTES", ["TEXT"], []),
    ],
)
def test_the_keys_by_which_a_record_is_found(name: str, columns: list[str], keys: list[str]) -> None:
    frame = pd.DataFrame({column: ["1"] for column in columns})
    assert record_keys(table_of(name, frame, GUIDE)) == keys


def test_one_value_is_bare_and_several_are_named() -> None:
    frame = pd.DataFrame({"AESER": ["N"], "AESDTH": [None], "AESHOSP": ["Y"]})
    frame = table_of("AE", frame, GUIDE).frame
    assert value_texts(frame, "AESER", ["AESER"], {}) == ["N"]
    assert value_texts(frame, "AESER", ["AESER", "AESDTH", "AESHOSP"], {}) == ["AESER=N AESHOSP=Y"]
    assert value_texts(frame, "AESDTH", ["AESER", "AESDTH"], {}) == ["AESER=N AESDTH empty"]


def test_without_provenance_the_place_is_the_record_of_the_file() -> None:
    frame = pd.DataFrame({"USUBJID": ["S1", "S2"], "AESEQ": [1.0, 2.0]})
    table = table_of("AE", frame, GUIDE, None, Metadata(file="ae.csv", first_row=2))
    (place,) = places_of(table, np.array([1]), "AESEQ", ["AESEQ"], {})
    assert (place.file, place.row, place.value) == ("ae.csv", 3, "2")
    assert place.keys == (("USUBJID", "S2"), ("AESEQ", "2"))
