"""Columns of units, by controlled terminology (SDTM CT 2025-03-28) and by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from sdtm.extract.profile import profile, profile_text
from sdtm.extract.profile_units import is_unit, measured, unit_columns


@pytest.mark.parametrize(
    ("text", "told"),
    [("mg", True), ("mg/dL", True), ("MG", True), ("C", True), ("", False), ("12", False), ("wombat", False)],
)
def test_texts_that_are_units(text: str, told: bool) -> None:
    assert is_unit(text) is told


@pytest.mark.parametrize(
    ("unit", "columns", "of"),
    [
        ("TEMPU", ["TEMP"], "TEMP"),
        ("VSORRESU", ["VSORRES"], "VSORRES"),
        ("dose_unit", ["dose"], "dose"),
        ("EXDOSU", ["EXDOSE"], "EXDOSE"),
        ("UNIT", ["RESULT"], ""),
    ],
)
def test_what_a_unit_column_measures(unit: str, columns: list[str], of: str) -> None:
    assert measured(unit, [*columns, unit]) == of


def test_letters_that_are_units_too_are_none_without_a_name_for_it() -> None:
    """M and F are units (mol/L, Fahrenheit), and sexes."""
    found = unit_columns({"SEX": {"M": 3, "F": 4}, "TEMPU": {"C": 3, "F": 4}, "TEMP": {"36": 7}}, {})
    assert [(unit.column, unit.of) for unit in found] == [("TEMPU", "TEMP")]


def test_units_are_told_by_the_profile(tmp_path: Path) -> None:
    (tmp_path / "lb.csv").write_text("S,LBORRES,LBORRESU\n1,5,mmol/L\n2,90,mg/dL\n")  # synthetic
    [found] = profile(tmp_path)
    assert [(unit.column, unit.of, dict(unit.texts)) for unit in found.units] == [
        ("LBORRESU", "LBORRES", {"mmol/L": 1, "mg/dL": 1})
    ]
    assert "units     LBORRESU of LBORRES: mmol/L 1, mg/dL 1" in profile_text([found])
