"""Levels of specimens. Source: SDTMIG 3.4, 8.8 (RELSPEC); ids are invented."""

from __future__ import annotations

import pandas as pd

from sdtm.finishing.specimens import SpecimenLevels, specimen_levels


def made(*rows: tuple[str | None, str | None, str | None, str | None]) -> SpecimenLevels:
    return specimen_levels(pd.DataFrame(rows, columns=["subject", "id", "kind", "parent"], dtype=object))


def test_levels_count_from_the_collected_specimen() -> None:
    found = made(
        ("S1", "T1", "TISSUE", None),
        ("S1", "D1", "DNA", "R1"),
        ("S1", "R1", "RNA", "T1"),
        ("S1", None, None, None),
    )
    assert [(s.id, s.parent, s.level) for s in found.specimens] == [
        ("D1", "R1", 3),
        ("R1", "T1", 2),
        ("T1", None, 1),
    ]
    assert found.conflicts == found.orphans == []


def test_a_parent_of_another_subject_is_none() -> None:
    found = made(("S1", "T1", None, None), ("S2", "D1", None, "T1"))
    assert [s.subject for s in found.specimens] == ["S1"]
    assert found.orphans == [
        ("S2", "D1", "specimen D1, which comes from T1: T1 is no specimen of the subject")
    ]


def test_specimens_in_a_circle_and_with_two_kinds_are_left_out() -> None:
    found = made(
        ("S1", "A", None, "B"), ("S1", "B", None, "A"), ("S1", "C", "X", None), ("S1", "C", "Y", None)
    )
    assert found.specimens == []
    assert [each[1] for each in found.orphans] == ["A", "B"]
    assert found.conflicts == [("S1", "C", "specimen C with X, nothing and Y, nothing")]
