"""Reference ranges and --NRIND of invented results. Source of the rules: SDTMIG 3.4, 6.3.5.6 (LB)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

STUDY = """
    study: X1
    raw:
      datasets:
        dm: {file: dm.csv, key: [PT]}
        lab: {file: lab.csv}
        ranges: {file: ranges.csv, lookup: true}
        codes: {file: codes.csv, lookup: true}
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
    standard_units: {HGB: g/L, GLUC: mmol/L}
    conventional_units: {HGB: g/dL, GLUC: mg/dL}
    units:
      - {test: HGB, unit: g/dL, to: g/L, factor: 10, digits: 0}
      - {test: HGB, unit: g/L, to: g/dL, factor: 1/10, digits: 1}
      - {test: GLUC, unit: mg/dL, to: mmol/L, factor: 0.0555, digits: 2}
"""
DM = "domain: DM\nsources: [{from: dm, map: {SEX: SEX, AGE: AGE, AGEU: {value: YEARS}}}]\n"
SUBJECTS = "PT,SEX,AGE\n1,F,40\n2,M,40\n3,F,70\n"
RANGES = """LAB,TEST,SEX,FROM,TO,LOW,HIGH,UNIT
A,HGB,F,18,59,11.5,15.0,g/dL
A,HGB,F,60,120,11.0,15.0,g/dL
A,HGB,M,,,13.0,17.5,g/dL
B,HGB,,,,115,<160,g/L
B,GLUC,,,,70,99,
"""
RULE = "range: ranges, by: {LAB: LAB, TEST: LB.LBTESTCD, SEX: DM.SEX}, between: {DM.AGE: [FROM, TO]}"
LB = f"""
    domain: LB
    sources:
      - from: lab
        map:
          LBTESTCD: T
          LBNAM: LAB
          LBORRES: R
          LBORRESU: U
          LBORNRLO: {{{RULE}, unit: {{UNIT: LB.LBORRESU}}, take: LOW}}
          LBORNRHI: {{{RULE}, unit: {{UNIT: LB.LBORRESU}}, take: HIGH}}
"""
TAKEN = ("USUBJID", "LBORRES", "LBORNRLO", "LBORNRHI", "LBSTNRLO", "LBSTNRHI", "LBNRIND")


def converted(convert_study: Callable[..., Any], lab: str, lb: str = LB, **files: str) -> Any:
    raw = {"dm.csv": SUBJECTS, "lab.csv": lab, "ranges.csv": files.get("ranges", RANGES)}
    raw["codes.csv"] = files.get("codes", "LAB,NAME,CODE\n")
    return convert_study(files.get("study", STUDY), {"dm": DM, "lb": lb}, raw)


def rows(made: Any, *names: str, dataset: str = "LB") -> list[tuple[Any, ...]]:
    frame = made.datasets[dataset].frame.reindex(columns=list(names))
    columns = [[v if v == v else None for v in frame[name].astype(object)] for name in names]
    return sorted(zip(*columns, strict=True), key=str)


def told(made: Any, rule: str) -> list[Any]:
    return [finding for finding in made.findings if finding.rule == rule]


def test_ranges_by_laboratory_sex_and_age_in_both_units(convert_study) -> None:
    """11.5 g/dL = 115 g/L. 11.2 is low for a woman of 40, normal for one of 70; B says less than 160."""
    lab = "PT,LAB,T,R,U\n1,A,HGB,11.2,g/dL\n2,A,HGB,18.0,g/dL\n3,A,HGB,11.2,g/dL\n3,B,HGB,160,g/L\n"
    made = converted(convert_study, lab)
    assert rows(made, *TAKEN) == [
        ("X1-1", "11.2", "11.5", "15.0", 115.0, 150.0, "LOW"),
        ("X1-2", "18.0", "13.0", "17.5", 130.0, 175.0, "HIGH"),
        ("X1-3", "11.2", "11.0", "15.0", 110.0, 150.0, "NORMAL"),
        ("X1-3", "160", "115", "160", 115.0, 160.0, "HIGH"),
    ]
    assert not [f for f in made.findings if f.rule.startswith("range-")]
    assert {f.places[0].file for f in made.findings if f.rule.endswith("-unaccounted")} == {"codes.csv"}


def test_a_range_without_a_unit_is_told_and_not_used(convert_study) -> None:
    made = converted(convert_study, "PT,LAB,T,R,U\n1,B,GLUC,90,mg/dL\n")
    assert rows(made, *TAKEN) == [("X1-1", "90", None, None, None, None, None)]
    low, high = sorted(told(made, "range-without-unit"), key=lambda f: f.variable, reverse=True)
    assert (low.severity, low.variable, high.variable) == ("error", "LBORNRLO", "LBORNRHI")
    assert "LAB B, LB.LBTESTCD GLUC" in low.found and "result in mg/dL" in low.found
    assert (low.places[0].file, low.places[0].row) == ("lab.csv", 2)


def test_a_range_in_another_unit_is_told_and_not_used(convert_study) -> None:
    made = converted(convert_study, "PT,LAB,T,R,U\n1,A,HGB,115,g/L\n")
    assert rows(made, "LBORNRLO", "LBNRIND") == [(None, None)]
    assert "range in g/dL" in told(made, "range-unit-differs")[0].found


def test_no_row_of_the_table_is_a_warning(convert_study) -> None:
    made = converted(convert_study, "PT,LAB,T,R,U\n1,C,HGB,11.5,g/dL\n")
    finding = told(made, "range-not-found")[0]
    assert finding.severity == "warning" and "no range for LAB C, LB.LBTESTCD HGB, DM.SEX F" in finding.found


def test_two_rows_that_fit_equally_are_an_error(convert_study) -> None:
    ranges = RANGES + "A,HGB,M,40,50,12.0,17.5,g/dL\n"
    made = converted(convert_study, "PT,LAB,T,R,U\n2,A,HGB,12.5,g/dL\n", ranges=ranges)
    assert rows(made, "LBORNRLO", "LBORNRHI", "LBNRIND") == [(None, None, None)]
    assert {f.variable for f in told(made, "range-ambiguous")} == {"LBORNRLO", "LBORNRHI"}
    assert "ranges 12.0/17.5 and 13.0/17.5 for LAB A" in told(made, "range-ambiguous")[0].found


COLLECTED = """
    domain: LB
    sources:
      - from: lab
        map:
          LBTESTCD: T
          LBORRES: R
          LBORRESU: U
          LBORNRLO: {range_text: N, take: low}
          LBORNRHI: {range_text: N, take: high}
          LBSTNRC: {range_text: N, take: words}
        not_submitted: {LAB: not needed here}
"""


def test_ranges_in_one_text_beside_each_result(convert_study) -> None:
    """<0.5 of a range up to 1.23 is normal for certain; TRACE is a published result that is not NEGATIVE."""
    lab = """PT,LAB,T,R,U,N
1,B,HGB,11.0,g/dL,11.5 - 15.0
1,B,BILI,<0.5,mg/dL,<= 1.23
1,B,BILI,>100,mg/dL,<= 1.23
1,B,BILI,<2,mg/dL,<= 1.23
1,B,PROT,TRACE,,NEGATIVE
1,B,PROT,NEGATIVE,,NEGATIVE
1,B,PROT,NEG,,NEGATIVE
1,B,PROT,TRACE,,NEGATIVE to TRACE
"""
    made = converted(convert_study, lab, COLLECTED)
    assert rows(
        made, "LBTESTCD", "LBORRES", "LBSTRESC", "LBSTRESN", "LBORNRHI", "LBSTNRC", "LBNRIND"
    ) == sorted(
        [
            ("BILI", "<0.5", "<0.5", None, "1.23", None, "NORMAL"),
            ("BILI", ">100", ">100", None, "1.23", None, "HIGH"),
            ("BILI", "<2", "<2", None, "1.23", None, None),
            ("HGB", "11.0", "110", 110.0, "15.0", None, "LOW"),
            ("PROT", "NEG", "NEG", None, None, "NEGATIVE", None),
            ("PROT", "NEGATIVE", "NEGATIVE", None, None, "NEGATIVE", "NORMAL"),
            ("PROT", "TRACE", "TRACE", None, None, "NEGATIVE to TRACE", "NORMAL"),
            ("PROT", "TRACE", "TRACE", None, None, "NEGATIVE", "ABNORMAL"),
        ],
        key=str,
    )


def test_a_range_text_that_cannot_be_read_is_an_error(convert_study) -> None:
    made = converted(convert_study, "PT,LAB,T,R,U,N\n1,B,HGB,110,g/L,about 120\n", COLLECTED)
    assert rows(made, "LBORRES", "LBORNRLO", "LBNRIND") == [("110", None, None)]
    finding = told(made, "range-unreadable")[0]
    assert (finding.severity, finding.found) == ("error", '"about 120"')
    assert (finding.places[0].file, finding.places[0].row, finding.places[0].column) == ("lab.csv", 2, "N")


def test_limits_in_columns_of_their_own(convert_study) -> None:
    """A limit that is no number is told; one of a result without a unit has no standard unit to go to."""
    lb = COLLECTED.replace("{range_text: N, take: low}", "LO").replace("{range_text: N, take: high}", "HI")
    lb = lb.replace("          LBSTNRC: {range_text: N, take: words}\n", "")
    lab = (
        "PT,LAB,T,R,U,LO,HI\n1,B,HGB,11.0,g/dL,11.5,15?\n2,B,HGB,11.0,,11.5,15.0\n3,B,HGB,TRACE,,11.5,15.0\n"
    )
    made = converted(convert_study, lab, lb)
    assert rows(made, *TAKEN) == [
        ("X1-1", "11.0", "11.5", None, 115.0, None, None),
        ("X1-2", "11.0", "11.5", "15.0", None, None, "LOW"),
        ("X1-3", "TRACE", "11.5", "15.0", None, None, None),
    ]
    (unreadable,) = told(made, "range-unreadable")
    assert (unreadable.found, unreadable.variable, unreadable.places[0].row) == ('"15?"', "LBORNRHI", 2)
    without = told(made, "range-without-unit")
    assert sorted((f.variable, f.count, f.places[0].row) for f in without) == [
        ("LBORNRHI", 1, 3),
        ("LBORNRLO", 1, 3),
    ]


def test_conventional_units_by_a_switch_of_the_study(convert_study) -> None:
    """115 g/L = 11.5 g/dL."""
    made = converted(
        convert_study, "PT,LAB,T,R,U\n3,B,HGB,150,g/L\n", study=STUDY + "    unit_system: conventional\n"
    )
    assert rows(made, "LBSTRESC", "LBSTRESU", "LBSTNRLO", "LBSTNRHI") == [("15", "g/dL", 11.5, 16.0)]


def test_results_through_the_terms_of_the_study(convert_study) -> None:
    """NEG stays in --ORRES; --STRESC has what the study says it means, and a text without a term as it is."""
    study = STUDY + "    codelists: {RES: {codelist: LBSTRESC, terms: {NEG: NEGATIVE}}}\n"
    lab = "PT,LAB,T,R,U,N\n1,B,PROT,NEG,,NEGATIVE\n1,B,PROT,POS?,,NEGATIVE\n"
    made = converted(convert_study, lab, COLLECTED, study=study)
    assert rows(made, "LBORRES", "LBSTRESC", "LBSTRESN", "LBNRIND") == [
        ("NEG", "NEGATIVE", None, "NORMAL"),
        ("POS?", "POS?", None, None),
    ]


def test_tests_by_loinc_and_by_the_names_of_two_laboratories(convert_study) -> None:
    lb = """
        domain: LB
        sources:
          - from: lab
            map:
              LBTESTCD:
                - {lookup: codes, by: {CODE: LOINC}, take: TESTCD, where: LOINC IS NOT NULL}
                - {lookup: codes, by: {LAB: LAB, NAME: T}, take: TESTCD, where: LOINC IS NULL}
              LBLOINC: LOINC
              LBNAM: LAB
              LBORRES: R
              LBORRESU: U
    """
    codes = "CODE,LAB,NAME,TESTCD\n718-7,,,HGB\n,A,GLU,GLUC\n,B,BS,GLUC\n"
    lab = "PT,LAB,LOINC,T,R,U\n1,A,718-7,Haemoglobin,11,g/dL\n1,A,,GLU,90,mg/dL\n1,B,,BS,91,mg/dL\n1,B,,GLU,9,mg/dL\n"
    made = converted(convert_study, lab, lb, codes=codes)
    assert rows(made, "LBORRES", "LBTESTCD", "LBTEST", "LBSTRESN") == [
        ("11", "HGB", "Hemoglobin", 110.0),
        ("9", None, None, 9.0),
        ("90", "GLUC", "Glucose", 5.0),
        ("91", "GLUC", "Glucose", 5.05),
    ]
    finding = next(f for f in made.findings if f.rule == "not-in-lookup")
    assert finding.found == '"B, GLU"' and finding.places[0].row == 5


def test_a_wide_form_takes_ranges_by_test(convert_study) -> None:
    lb = f"""
        domain: LB
        sources:
          - from: lab
            findings:
              HGB: {{result: HB, unit: {{column: HB_U}}}}
              GLUC: {{result: GL, unit: mg/dL}}
            map:
              LBNAM: LAB
              LBORNRLO: {{{RULE}, unit: {{UNIT: LB.LBORRESU}}, take: LOW}}
              LBORNRHI: {{{RULE}, unit: {{UNIT: LB.LBORRESU}}, take: HIGH}}
    """
    ranges = RANGES.replace("70,99,", "70,99,mg/dL")
    made = converted(convert_study, "PT,LAB,HB,HB_U,GL\n1,B,120,g/L,120\n2,A,,,\n", lb, ranges=ranges)
    assert rows(made, "LBTESTCD", *TAKEN[1:]) == [
        ("GLUC", "120", "70", "99", 3.89, 5.49, "HIGH"),  # 70 x 0.0555 = 3.885, 99 x 0.0555 = 5.4945
        ("HGB", "120", "115", "160", 115.0, 160.0, "NORMAL"),
    ]


def test_a_unit_nobody_knows_and_one_without_a_factor_are_told(convert_study) -> None:
    lab = "PT,LAB,T,R,U,N\n1,B,HGB,6.8,mmol/L,7 - 9\n2,B,HGB,11,bananas,7 - 9\n"
    made = converted(convert_study, lab, COLLECTED)
    assert rows(made, "LBORRES", "LBORRESU", "LBSTRESC", "LBSTNRLO") == [
        ("11", "bananas", None, None),
        ("6.8", "mmol/L", None, None),
    ]
    assert [f.found for f in told(made, "unit-not-converted")] == [
        "no conversion from bananas to g/L for HGB",
        "no conversion from mmol/L to g/L for HGB",
    ]
    (unknown,) = told(made, "undeclared-term")
    assert (unknown.found, unknown.variable, unknown.places[0].row) == ('"bananas"', "LBORRESU", 3)
