"""Rules on TS. Sources: SDTMIG 3.4, 7.4; ISO 21090 null flavors; ISO 8601; SDTM CT 2025-03-28."""

from __future__ import annotations

import pytest

from specs.model import Study
from specs.rules import trial_summary
from specs.rules.spec import Spec
from specs.rules.trial_summary import REQUIRED
from specs.standards import ct_folder, implementation_guide, terminology

ARMS = [{"ARMCD": "A", "ARM": "Drug A", "elements": [{"ETCD": "TRT"}]}]


def told(*parameters: dict[str, str], **more: object) -> list[tuple[str, str, str]]:
    study = Study.model_validate({"study": "X", "parameters": [dict(p) for p in parameters], **more})
    rules = (trial_summary.required_parameters, trial_summary.parameter_values, trial_summary.parameter_codes)
    spec = Spec(study, implementation_guide(), terminology("2025-03-28", folder=ct_folder()))
    return [(p.id, p.severity, p.found) for rule in rules for p in rule(spec)]


def values(*parameters: dict[str, str]) -> list[tuple[str, str, str]]:
    return [each for each in told(*parameters) if each[0] != "parameter-missing"]


def test_a_study_without_parameters_is_asked_for_none() -> None:
    assert told() == []


def test_a_study_with_arms_is_asked_for_its_trial_summary() -> None:
    ((rule, severity, found),) = told(arms=ARMS)
    assert (rule, severity) == ("parameter-missing", "warning") and "TS" in found
    assert told(arms=ARMS, sdtm={"TS": {"domain": "TS"}}) == []  # made from a raw dataset


def test_what_is_missing_is_told_at_once() -> None:
    ((rule, severity, found),) = told({"TSPARMCD": "TITLE", "TSVAL": "A study"})
    assert (rule, severity) == ("parameter-missing", "warning")
    assert "SSTDTC" in found and "TITLE" not in found and "INTMODEL" not in found


def test_an_interventional_study_of_patients_tells_more() -> None:
    given = [{"TSPARMCD": name, "TSVALNF": "NI"} for name in REQUIRED if name not in ("STYPE", "HLTSUBJI")]
    given += [{"TSPARMCD": "STYPE", "TSVAL": "INTERVENTIONAL"}, {"TSPARMCD": "HLTSUBJI", "TSVAL": "N"}]
    ((_, _, found),) = told(*given)
    assert found == "no INDIC, INTMODEL, INTTYPE, PCLAS, TINDTP, TRT"


@pytest.mark.parametrize(
    ("parameter", "severity"),
    [
        ({"TSPARMCD": "AGEMIN", "TSVAL": "18"}, "error"),
        ({"TSPARMCD": "SSTDTC", "TSVAL": "09MAR2021"}, "error"),
        ({"TSPARMCD": "PLANSUB", "TSVAL": "about 30"}, "error"),
        ({"TSPARMCD": "RANDOM", "TSVAL": "NO"}, "error"),
        ({"TSPARMCD": "TPHASE", "TSVAL": "PHASE 1"}, "warning"),
        ({"TSPARMCD": "AGEMAX", "TSVALNF": "INF"}, "error"),
        ({"TSPARMCD": "AGEMAX", "TSVAL": "PINF"}, "warning"),
        ({"TSPARMCD": "RANDOM", "TSVAL": "N", "TSVALCD": "C49488", "TSVCDREF": "CDISC CT"}, "error"),
        ({"TSPARMCD": "INDIC", "TSVAL": "Cancer", "TSVALCD": "363346000"}, "warning"),
    ],
)
def test_a_value_that_cannot_be_is_told(parameter: dict[str, str], severity: str) -> None:
    assert [each[1] for each in values(parameter)] == [severity]


@pytest.mark.parametrize(
    "parameter",
    [
        {"TSPARMCD": "AGEMIN", "TSVAL": "P18Y"},
        {"TSPARMCD": "AGEMAX", "TSVALNF": "PINF"},
        {"TSPARMCD": "SSTDTC", "TSVAL": "2021-03"},
        {"TSPARMCD": "TPHASE", "TSVAL": "PHASE I TRIAL", "TSVALCD": "C15600", "TSVCDREF": "CDISC CT"},
        {"TSPARMCD": "RANDOM", "TSVAL": "N", "TSVALCD": "C49487", "TSVCDREF": "CDISC CT"},
    ],
)
def test_a_good_value_is_good(parameter: dict[str, str]) -> None:
    assert values(parameter) == []
