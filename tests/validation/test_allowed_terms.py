"""What a variable may hold, by codelists and by the study."""

from __future__ import annotations

from dataclasses import replace

from specs.model import Study
from specs.standards import implementation_guide, terminology
from validation.allowed_terms import allowed_terms

GUIDE = implementation_guide()
TERMS = terminology()


def _variable(dataset: str, name: str):
    variable = GUIDE.variable(dataset, name)
    assert variable is not None
    return variable


def test_a_closed_codelist() -> None:
    allowed = allowed_terms(_variable("AE", "AESEV"), {}, None, TERMS)
    assert allowed is not None
    assert allowed.values == {"MILD", "MODERATE", "SEVERE"}
    assert not allowed.extensible
    assert allowed.hint("mild ") == 'the published term is "MILD"; map the value to it'
    assert allowed.hint("TERRIBLE") == ""


def test_a_hint_by_synonym() -> None:
    allowed = allowed_terms(_variable("VS", "VSORRESU"), {}, None, TERMS)
    assert allowed is not None
    assert allowed.hint("Degree Celsius") == 'the published term is "C"; map the value to it'


def test_several_codelists_are_taken_together() -> None:
    allowed = allowed_terms(_variable("DS", "DSDECOD"), {}, None, TERMS)
    assert allowed is not None
    assert {"COMPLETED", "RANDOMIZED"} <= allowed.values


def test_several_races_are_multiple() -> None:
    allowed = allowed_terms(_variable("DM", "RACE"), {}, None, TERMS)
    assert allowed is not None
    assert "MULTIPLE" in allowed.values
    assert "MANY" not in allowed.values


def test_a_variable_without_a_codelist() -> None:
    assert allowed_terms(_variable("AE", "AETERM"), {}, None, TERMS) is None


def test_a_codelist_that_the_package_lacks_is_not_judged() -> None:
    variable = replace(_variable("AE", "AESEV"), codelists=("C66769", "C00000"))
    assert allowed_terms(variable, {}, None, TERMS) is None


def test_extensions_by_code_or_short_name() -> None:
    for key in ("C66769", "AESEV"):
        study = Study(study="X", codelists={"OURS": {"codelist": key, "extend": {"TERRIBLE": ""}}})
        allowed = allowed_terms(_variable("AE", "AESEV"), {}, study, TERMS)
        assert allowed is not None
        assert "TERRIBLE" in allowed.values
