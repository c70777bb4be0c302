"""LC: the laboratory results of LB in conventional units (FDA Technical Conformance Guide, 4.1.1.3); invented."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from specs import load_study
from specs.lint import lint

STUDY = """
    study: X1
    raw: {datasets: {lb: {file: lb.csv}}}
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
    standard_units: {GLUC: mmol/L}
    conventional_units: {GLUC: mg/dL}
    units:
      - {test: GLUC, unit: mg/dL, to: mmol/L, factor: 0.0555, digits: 2}
      - {test: GLUC, unit: mmol/L, to: mg/dL, factor: 18.02, digits: 0}
"""
LB = """
    domain: LB
    sources:
      - from: lb
        map:
          LBTESTCD: T
          LBORRES: R
          LBORRESU: U
          LBORNRLO: LO
          LBORNRHI: HI
          LBDTC: {date: D, format: yyyy-MM-dd}
        supp: {LBCLSIG: {column: S, label: Clinically Significant}}
"""
LC = """
domain: LC
class: Findings
label: Laboratory Results, Conventional Units
copy_of: LB
unit_system: conventional
"""
RAW = (
    "PT,T,R,U,LO,HI,D,S\n2,GLUC,5.0,mmol/L,3.9,6.1,2024-03-01,Y\n1,GLUC,90,mg/dL,70,110,2024-03-01,\n"
    "1,PROT,NEG,,,,2024-03-01,\n"
)
TAKEN = ("SEQ", "TESTCD", "ORRES", "STRESC", "STRESN", "STRESU", "STNRLO", "STNRHI", "NRIND")


def rows(made: Any, name: str) -> list[tuple[Any, ...]]:
    frame = made.datasets[name].frame[["USUBJID", *(f"{name}{suffix}" for suffix in TAKEN)]].astype(object)
    return [tuple(None if v != v else v for v in row) for row in frame.itertuples(index=False)]


def test_the_copy_has_the_same_records_in_its_own_units(convert_study: Callable[..., Any]) -> None:
    """90 mg/dL x 0.0555 = 4.995 -> 5 mmol/L (half up); 5.0 mmol/L x 18.02 = 90.1 -> 90 mg/dL; 3.9 -> 70; 6.1 -> 110."""
    made = convert_study(STUDY, {"lb": LB, "lc": LC}, {"lb.csv": RAW})
    assert rows(made, "LB") == [
        ("X1-1", 1.0, "GLUC", "90", "5", 5.0, "mmol/L", 3.89, 6.11, "NORMAL"),
        ("X1-1", 2.0, "PROT", "NEG", "NEG", None, None, None, None, None),
        ("X1-2", 1.0, "GLUC", "5.0", "5", 5.0, "mmol/L", 3.9, 6.1, "NORMAL"),
    ]
    assert rows(made, "LC") == [
        ("X1-1", 1.0, "GLUC", "90", "90", 90.0, "mg/dL", 70.0, 110.0, "NORMAL"),
        ("X1-1", 2.0, "PROT", "NEG", "NEG", None, None, None, None, None),
        ("X1-2", 1.0, "GLUC", "5.0", "90", 90.0, "mg/dL", 70.0, 110.0, "NORMAL"),
    ]
    assert made.datasets["LC"].label == "Laboratory Results, Conventional Units"
    assert set(made.datasets["LC"].frame["DOMAIN"]) == {"LC"}
    assert made.datasets["LC"].keys == tuple(k.replace("LB", "LC") for k in made.datasets["LB"].keys)
    labels = [
        {v.name.removeprefix(name): v.label for v in made.datasets[name].variables} for name in ("LB", "LC")
    ]
    assert labels[0] == labels[1]
    supp = made.datasets["SUPPLC"].frame.iloc[0]
    assert (supp["RDOMAIN"], supp["IDVAR"], supp["IDVARVAL"], supp["QNAM"]) == ("LC", "LCSEQ", "1", "LCCLSIG")
    assert [f for f in made.findings if f.severity == "error"] == []


def test_a_unit_without_a_factor_to_the_conventional_one_is_told(convert_study: Callable[..., Any]) -> None:
    study = STUDY.replace("      - {test: GLUC, unit: mmol/L, to: mg/dL, factor: 18.02, digits: 0}\n", "")
    made = convert_study(study, {"lb": LB, "lc": LC}, {"lb.csv": RAW})
    (finding,) = [f for f in made.findings if f.rule == "unit-not-converted"]
    assert (finding.dataset, finding.found, finding.count) == (
        "LC",
        "no conversion from mmol/L to mg/dL for GLUC",
        1,
    )
    assert [(place.file, place.row) for place in finding.places] == [("lb.csv", 2)]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (("copy_of: LB", "copy_of: LD"), "copy_of 'LD'"),
        (("copy_of: LB", "copy_of: LC"), "copy_of 'LC'"),
        (("copy_of: LB", "copy_of: LB\nsources: [{from: lb, map: {}}]"), "copy_of together with sources"),
    ],
)
def test_what_cannot_be_copied_is_refused(build_study: Callable[..., Any], change: Any, found: str) -> None:
    study = load_study(build_study(STUDY, {"lb": LB, "lc": LC.replace(*change)}, {"lb.csv": RAW}))
    assert found in [problem.found for problem in lint(study) if problem.severity == "error"]
