"""Standard results of findings, by the conversions the study declares. SDTMIG 3.4, 4.5.1.1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

STUDY = """
    study: X1
    raw: {datasets: {vs: {file: vs.csv}, lb: {file: lb.csv}}}
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
    standard_units: {TEMP: C, WEIGHT: kg}
    units:
      - {test: TEMP, unit: F, to: C, offset: -32, factor: 5/9, digits: 1}
      - {test: WEIGHT, unit: LB, to: kg, factor: 0.45359237}
"""
VS = """
    domain: VS
    sources:
      - from: vs
        findings:
          TEMP: {result: TEMP, unit: {column: TEMPU}}
          WEIGHT: {result: WT, unit: LB, digits: 2}
          HEIGHT: {result: HT, unit: cm}
        map: {}
"""


def rows(made: Any, dataset: str, *names: str) -> list[tuple[Any, ...]]:
    frame = made.datasets[dataset].frame
    columns = [[v if v == v else None for v in frame[name].astype(object)] for name in names]
    return sorted(zip(*columns, strict=True), key=str)


def test_results_are_converted_exactly(convert_study: Callable[..., Any]) -> None:
    """98.6 F = 37 C; 150 lb = 68.0388555 kg, to 2 decimals 68.04; 0170.0 cm is the number 170."""
    raw = "PT,TEMP,TEMPU,WT,HT\n1,98.6,F,150,0170.0\n2,36.6,C,,\n3,97.0,,,\n"
    made = convert_study(
        STUDY, {"vs": VS.replace("        map: {}\n", "")}, {"vs.csv": raw, "lb.csv": "PT\n"}
    )
    found = rows(made, "VS", "VSTESTCD", "USUBJID", "VSORRES", "VSSTRESC", "VSSTRESN", "VSSTRESU")
    assert found == [
        ("HEIGHT", "X1-1", "0170.0", "170", 170.0, "cm"),
        ("TEMP", "X1-1", "98.6", "37", 37.0, "C"),
        ("TEMP", "X1-2", "36.6", "36.6", 36.6, "C"),
        ("TEMP", "X1-3", "97.0", None, None, None),
        ("WEIGHT", "X1-1", "150", "68.04", 68.04, "kg"),
    ]
    (finding,) = [f for f in made.findings if f.rule == "unit-not-converted"]
    assert "from no unit to C" in finding.found
    assert (finding.severity, finding.places[0].file, finding.places[0].row) == ("error", "vs.csv", 4)


def test_text_results_stay_text_and_have_no_number(convert_study: Callable[..., Any]) -> None:
    lb = "domain: LB\nsources: [{from: lb, map: {LBTESTCD: T, LBORRES: R, LBORRESU: U}}]\n"
    raw = "PT,T,R,U\n1,GLUC,NEGATIVE,\n1,HGB,12.50,g/dL\n1,K,,mmol/L\n"
    made = convert_study(STUDY, {"lb": lb}, {"vs.csv": "PT\n", "lb.csv": raw})
    assert rows(made, "LB", "LBTESTCD", "LBTEST", "LBSTRESC", "LBSTRESN", "LBSTRESU") == [
        ("GLUC", "Glucose", "NEGATIVE", None, None),
        ("HGB", "Hemoglobin", "12.5", 12.5, "g/dL"),
        ("K", "Potassium", None, None, None),
    ]


def test_a_mapped_standard_result_stays_as_mapped(convert_study: Callable[..., Any]) -> None:
    lb = "domain: LB\nsources: [{from: lb, map: {LBTESTCD: T, LBORRES: R, LBSTRESC: {value: MINE, codelist: none}}}]\n"
    made = convert_study(STUDY, {"lb": lb}, {"vs.csv": "PT\n", "lb.csv": "PT,T,R\n1,GLUC,5\n"})
    assert rows(made, "LB", "LBSTRESC", "LBSTRESN") == [("MINE", 5.0)]


def test_a_source_that_maps_the_standard_result_leaves_the_others_theirs(
    convert_study: Callable[..., Any],
) -> None:
    """The strips of the second source are told neither a unit nor a missing conversion; names of tests in all."""
    lb = """
        domain: LB
        sources:
          - {from: lb, map: {LBTESTCD: T, LBORRES: R, LBORRESU: U}}
          - from: vs
            findings: {GLUC: {result: STRIP}}
            map: {LBSTRESC: {column: LB.LBORRES, codelist: none, terms: {NEG: NEGATIVE}, others: keep}}
    """
    study = STUDY.replace("{TEMP: C,", "{GLUC: mmol/L, TEMP: C,")
    raw = {"lb.csv": "PT,T,R,U\n1,GLUC,5.10,mmol/L\n", "vs.csv": "PT,STRIP\n1,NEG\n2,2+\n"}
    made = convert_study(study, {"lb": lb}, raw)
    assert rows(made, "LB", "LBTEST", "LBORRES", "LBSTRESC", "LBSTRESN", "LBSTRESU") == [
        ("Glucose", "2+", "2+", None, None),
        ("Glucose", "5.10", "5.1", 5.1, "mmol/L"),
        ("Glucose", "NEG", "NEGATIVE", None, None),
    ]
    assert [f.rule for f in made.findings if f.dataset == "LB"] == []


def test_a_unit_that_is_declared_for_none_is_told(convert_study: Callable[..., Any]) -> None:
    study = STUDY.replace("    units:\n", "    units:\n      - {test: TEMP, unit: '', to: C}\n")
    raw = "PT,TEMP,TEMPU,WT,HT\n1,36.6,C,,\n2,36.7,,,\n"
    made = convert_study(
        study, {"vs": VS.replace("        map: {}\n", "")}, {"vs.csv": raw, "lb.csv": "PT\n"}
    )
    assert rows(made, "VS", "VSORRES", "VSSTRESN", "VSSTRESU") == [("36.6", 36.6, "C"), ("36.7", 36.7, "C")]
    (finding,) = [f for f in made.findings if f.rule == "unit-assumed"]
    assert "TEMP" in finding.found
    assert (finding.severity, finding.variable, finding.places[0].row) == ("warning", "VSORRESU", 3)


def test_a_decimal_comma_is_named_with_the_way_out(convert_study: Callable[..., Any]) -> None:
    """98,6 is no number of this toolkit's; the finding says how a spec makes it one."""
    raw = "PT;TEMP;TEMPU;WT;HT\n1;98,6;F;;\n"
    made = convert_study(
        STUDY, {"vs": VS.replace("        map: {}\n", "")}, {"vs.csv": raw, "lb.csv": "PT\n"}
    )
    (finding,) = [f for f in made.findings if f.rule == "unit-not-converted"]
    assert finding.found == "a decimal comma, so it cannot be converted from F to C"
    assert "replace(COLUMN, ',', '.')" in finding.do


SPECIMENS = """
    study: X1
    raw: {datasets: {lb: {file: lb.csv}}}
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
    standard_units: {GLUC: mmol/L, GLUC/URINE: g/L, CREAT: umol/L, CREAT/URINE: mmol/L}
    conventional_units: {GLUC: mg/dL}
    units:
      - {test: GLUC, unit: mg/dL, to: mmol/L, factor: 0.0555, digits: 2}
      - {test: GLUC, specimen: URINE, unit: mg/dL, to: g/L, factor: 0.01}
      - {test: CREAT, unit: mg/dL, to: umol/L, factor: 88.4, digits: 0}
      - {test: CREAT, unit: mg/dL, to: mmol/L, factor: 0.0884, digits: 1}
      - {test: CREAT, specimen: URINE, unit: mg/dL, to: mmol/L, factor: 0.0884, digits: 2}
"""
LB_OF_SPECIMENS = """
    domain: LB
    sources:
      - {from: lb, map: {LBTESTCD: T, LBSPEC: S, LBORRES: R, LBORRESU: U, LBORNRLO: LO, LBORNRHI: HI}}
"""
IN_SPECIMENS = """PT,T,S,R,U,LO,HI
1,GLUC,SERUM,90,mg/dL,70,99
1,GLUC,URINE,90,mg/dL,0,15
1,GLUC,,90,mg/dL,,
1,GLUC,URINE,2,mmol/L,,
1,GLUC,URINE,NEG,,,
1,CREAT,SERUM,1.0,mg/dL,,
1,CREAT,URINE,100,mg/dL,,
"""
STANDARD = ("LBTESTCD", "LBSPEC", "LBORRES", "LBSTRESC", "LBSTRESU", "LBSTNRLO", "LBSTNRHI")


def test_specimens_of_a_test_have_their_own_units(convert_study: Callable[..., Any]) -> None:
    """Factors of the AMA Manual of Style (SI conversion): glucose 0.0555, creatinine 88.4; mg/dL to g/L is exact.

    90 x 0.0555 = 4.995 -> 5; 70 -> 3.885 -> 3.89; 99 -> 5.4945 -> 5.49. In urine 90 mg/dL = 0.9 g/L, 15 = 0.15 g/L.
    Of the two conversions of creatinine to mmol/L that of the specimen counts: 100 x 0.0884 = 8.84, not 8.8.
    """
    made = convert_study(SPECIMENS, {"lb": LB_OF_SPECIMENS}, {"lb.csv": IN_SPECIMENS})
    assert rows(made, "LB", *STANDARD) == [
        ("CREAT", "SERUM", "1.0", "88", "umol/L", None, None),
        ("CREAT", "URINE", "100", "8.84", "mmol/L", None, None),
        ("GLUC", "SERUM", "90", "5", "mmol/L", 3.89, 5.49),
        ("GLUC", "URINE", "2", None, None, None, None),
        ("GLUC", "URINE", "90", "0.9", "g/L", 0.0, 0.15),
        ("GLUC", "URINE", "NEG", "NEG", None, None, None),
        ("GLUC", None, "90", "5", "mmol/L", None, None),
    ]
    (lost,) = [f for f in made.findings if f.rule == "unit-not-converted"]
    assert lost.found == "no conversion from mmol/L to g/L for GLUC in URINE"
    assert [(place.file, place.row) for place in lost.places] == [("lb.csv", 5)]


def test_the_other_set_of_units_goes_before_the_specimens_of_the_first(
    convert_study: Callable[..., Any],
) -> None:
    """conventional_units names GLUC, for all specimens; CREAT keeps what standard_units says of it."""
    lb = LB_OF_SPECIMENS + "    unit_system: conventional\n"
    made = convert_study(
        SPECIMENS, {"lb": lb}, {"lb.csv": IN_SPECIMENS.replace("1,GLUC,URINE,2,mmol/L,,\n", "")}
    )
    assert {row[:2] + row[4:5] for row in rows(made, "LB", *STANDARD) if row[2] != "NEG"} == {
        ("CREAT", "SERUM", "umol/L"),
        ("CREAT", "URINE", "mmol/L"),
        ("GLUC", "SERUM", "mg/dL"),
        ("GLUC", "URINE", "mg/dL"),
        ("GLUC", None, "mg/dL"),
    }


def test_a_specimen_of_a_wide_form_goes_before_the_unit_of_its_test(
    convert_study: Callable[..., Any],
) -> None:
    lb = """
        domain: LB
        sources:
          - from: lb
            findings: {GLUC: {result: A, unit: mg/dL, standard_unit: mmol/L, map: {LBSPEC: {value: SERUM}}}}
          - from: lb
            findings: {GLUC: {result: B, unit: mg/dL, map: {LBSPEC: {value: URINE}}}}
    """
    made = convert_study(SPECIMENS, {"lb": lb}, {"lb.csv": "PT,A,B\n1,90,90\n"})
    assert rows(made, "LB", "LBSPEC", "LBSTRESN", "LBSTRESU") == [
        ("SERUM", 5.0, "mmol/L"),
        ("URINE", 0.9, "g/L"),
    ]
