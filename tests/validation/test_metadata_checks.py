"""Labels and lengths of a file."""

from __future__ import annotations

import pandas as pd

from specs.standards import implementation_guide
from validation.metadata_checks import metadata_failures
from validation.tables import Metadata, table_of


def _found(name: str, metadata: Metadata, frame: pd.DataFrame | None = None) -> list[tuple[str, str, str]]:
    frame = pd.DataFrame({"USUBJID": ["S1"]}) if frame is None else frame
    table = table_of(name, frame, implementation_guide(), None, metadata)
    return [(f.defect.id, f.variable, f.found) for f in metadata_failures(table)]


def test_labels_of_the_standard_pass() -> None:
    labels = {"USUBJID": "Unique Subject Identifier", "AETERM": "Reported Term for the Adverse Event"}
    assert _found("AE", Metadata("Adverse Events", labels, {"AETERM": 200})) == []


def test_other_labels_are_found() -> None:
    labels = {"USUBJID": "Subject", "AETERM": "", "AEMINE": "x" * 41}
    assert _found("AE", Metadata("Side Effects", labels, {"AETERM": 201})) == [
        ("label-differs", "", '"Side Effects"'),
        ("label-differs", "USUBJID", '"Subject"'),
        ("label-missing", "AETERM", ""),
        ("label-too-long", "AEMINE", f'"{"x" * 41}"'),
        ("length-too-long", "AETERM", "a length of 201"),
    ]


def test_a_file_without_labels_is_not_blamed_for_them() -> None:
    assert _found("AE", Metadata("", {"USUBJID": "", "AETERM": ""})) == []


def test_a_part_of_a_domain_has_a_label_of_its_own() -> None:
    assert _found("LBCH", Metadata("Laboratory Test Results, Chemistry")) == []
    assert _found("SUPPAE", Metadata("Supplemental Qualifiers for AE")) == []


def test_columns_of_one_name() -> None:
    frame = pd.DataFrame([["a", "b"]], columns=["AETERM", "AETERM"])
    assert _found("AE", Metadata(), frame) == [("repeated-variable", "AETERM", "")]
