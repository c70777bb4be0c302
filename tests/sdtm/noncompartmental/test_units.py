"""Units of parameters and factors of clearance."""

from __future__ import annotations

import pytest

from sdtm.noncompartmental.codes import CODES, UnitKind, parameter_name
from sdtm.noncompartmental.units import clearance_factor, read_amount, read_concentration, unit_of
from specs.standards.terminology import terminology


@pytest.mark.parametrize(
    ("dose", "concentration", "factor"),
    [
        ("mg", "ng/mL", 1000.0),  # 1 mg / (1 h*ng/mL) = 1e6 ng / (h*ng/mL) = 1e6 mL/h = 1000 L/h
        ("mg", "ug/mL", 1.0),
        ("mg", "mg/L", 1.0),
        ("ug", "pg/mL", 1000.0),
        ("g", "ng/mL", 1e6),
        ("mg/kg", "ug/L", 1000.0),
        ("umol", "nmol/L", 1000.0),
        ("umol", "ng/mL", None),  # needs a molar mass
        ("mg", "%", None),
        ("", "ng/mL", None),
    ],
)
def test_factors_by_hand(dose: str, concentration: str, factor: float | None) -> None:
    assert clearance_factor(dose, concentration) == factor


@pytest.mark.parametrize(
    ("kind", "dose", "unit"),
    [("concentration", "mg", "ng/mL"), ("time", "mg", "h"), ("area", "mg", "h*ng/mL"), ("moment", "mg", "h2*ng/mL"),
     ("rate", "mg", "/h"), ("clearance", "mg", "L/h"), ("clearance", "mg/m2", "(L/h)/m2"), ("volume", "mg/kg", "L/kg"),
     ("percent", "mg", "%"), ("number", "mg", ""), ("volume", "IU", "")],
)  # fmt: skip
def test_units_are_spelled_as_in_controlled_terminology(kind: UnitKind, dose: str, unit: str) -> None:
    assert unit_of(kind, "h", "ng/mL", dose) == unit
    codelist = terminology().codelist("C85494")
    assert codelist is not None and (not unit or unit in codelist.terms)


def test_another_unit_of_time_is_refused() -> None:
    with pytest.raises(ValueError):
        unit_of("time", "hours", "ng/mL", "mg")


def test_every_code_is_a_term_of_controlled_terminology() -> None:
    assert parameter_name("AUCLST") == "AUC to Last Nonzero Conc"
    assert all(parameter_name(code.code) for code in CODES) and parameter_name("AUCINT")
    with pytest.raises(KeyError):
        parameter_name("AUCX")


def test_no_code_stands_twice_for_one_route_and_dosing() -> None:
    seen = [(code.code, route) for code in CODES for route in code.routes]
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize("text", ["", "mg/day", "IU", "mgg", "mg/m3"])
def test_what_is_no_amount_is_none(text: str) -> None:
    assert read_amount(text) is None and read_concentration(text) is None
