"""A source or a test that maps a variable answers for its own records; finishing makes it on the others. Invented."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

STUDY = """
    study: X1
    raw: {datasets: {dm: {file: dm.csv}, vs: {file: vs.csv, visit: V}, lb: {file: lb.csv}}}
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
    visits: [{VISITNUM: 1, VISIT: SCREENING, raw: SCR}]
    elements: [{ETCD: SCRN, ELEMENT: Screening, EPOCH: SCREENING, start: {earliest: DM.RFICDTC}}]
"""
DM = """
    domain: DM
    reference_dates: {RFSTDTC: {earliest: DM.RFICDTC}}
    sources: [{from: dm, map: {RFICDTC: {date: IC, format: yyyy-MM-dd}}}]
"""
SE = "domain: SE\nelements: true\n"
RAW = {
    "dm.csv": "PT,IC\n1,2024-01-01\n2,2024-01-01\n",
    "vs.csv": "PT,V,S,P,ARMB,LEGB,D\n1,SCR,120,60,1,1,2024-01-03\n2,SCR,121,61,,,2024-01-03\n",
    "lb.csv": "PT,T,R,U,LO,HI,F,LAB\n1,ALT,50,U/L,5,40,,A\n2,ALT,50,U/L,5,40,NORMAL,B\n",
}


def rows(made: Any, domain: str, *names: str) -> list[tuple[Any, ...]]:
    frame = made.datasets[domain].frame[list(names)].astype(object)
    return [tuple(None if v != v else v for v in row) for row in frame.itertuples(index=False)]


def convert(convert_study: Callable[..., Any], **domains: str) -> Any:
    return convert_study(STUDY, {"dm": DM, "se": SE, **domains}, RAW)


def test_what_a_test_says_of_a_variable_stays(convert_study: Callable[..., Any]) -> None:
    vs = """
        domain: VS
        sources:
          - from: vs
            map: {VSDTC: {date: D, format: yyyy-MM-dd}}
            findings:
              SYSBP:
                result: S
                map: {VSSTRESC: {column: S, terms: {"120": HIGH}, others: keep}, VISITNUM: {value: "7"}}
              PULSE: {result: P, unit: beats/min, map: {EPOCH: {value: TREATMENT}, VSDY: {value: "99"}}}
    """
    assert rows(convert(convert_study, vs=vs), "VS", "VSTESTCD", "VSSTRESC", "VISITNUM", "EPOCH", "VSDY") == [
        ("PULSE", "60", 1.0, "TREATMENT", 99.0),
        ("SYSBP", "HIGH", 7.0, "SCREENING", 3.0),
        ("PULSE", "61", 1.0, "TREATMENT", 99.0),
        ("SYSBP", "121", 7.0, "SCREENING", 3.0),
    ]


def test_boxes_of_a_test_go_to_supp(convert_study: Callable[..., Any]) -> None:
    """SDTMIG 3.4, 4.2.8.3: MULTIPLE in the variable, each box in SUPP--."""
    vs = """
        domain: VS
        sources:
          - from: vs
            findings: {SYSBP: {result: S, map: {VSLOC: {choices: {ARMB: ARM, LEGB: LEG}}}}, PULSE: {result: P}}
    """
    made = convert(convert_study, vs=vs)
    assert rows(made, "VS", "USUBJID", "VSTESTCD", "VSLOC")[:2] == [
        ("X1-1", "PULSE", None),
        ("X1-1", "SYSBP", "MULTIPLE"),
    ]
    assert rows(made, "SUPPVS", "USUBJID", "IDVARVAL", "QNAM", "QVAL") == [
        ("X1-1", "2", "VSLOC1", "ARM"),
        ("X1-1", "2", "VSLOC2", "LEG"),
    ]


def test_a_source_that_maps_a_variable_leaves_the_others_their_own(convert_study: Callable[..., Any]) -> None:
    """50 is above 40: HIGH, where the laboratory sent no indicator that counts."""
    vs = """
        domain: VS
        sources:
          - {from: vs, where: PT = '1', because: one, map: {VSTESTCD: {value: SYSBP}, VSORRES: S,
             VSDTC: {date: D, format: yyyy-MM-dd}, EPOCH: {value: TREATMENT}, VISITNUM: {value: "7"}}}
          - {from: vs, where: PT = '2', because: two, map: {VSTESTCD: {value: SYSBP}, VSORRES: S,
             VSDTC: {date: D, format: yyyy-MM-dd}}}
    """
    lb = """
        domain: LB
        sources:
          - {from: lb, where: LAB = 'A', because: A,
             map: {LBTESTCD: T, LBORRES: R, LBORRESU: U, LBORNRLO: LO, LBORNRHI: HI}}
          - {from: lb, where: LAB = 'B', because: B,
             map: {LBTESTCD: T, LBORRES: R, LBORRESU: U, LBORNRLO: LO, LBORNRHI: HI, LBNRIND: F,
                   LBSTNRHI: {value: "41"}}}
    """
    made = convert(convert_study, vs=vs, lb=lb)
    assert rows(made, "VS", "VISITNUM", "VISIT", "EPOCH", "VSDY") == [
        (7.0, "SCREENING", "TREATMENT", 3.0),
        (1.0, "SCREENING", "SCREENING", 3.0),
    ]
    assert rows(made, "LB", "LBNRIND", "LBSTNRLO", "LBSTNRHI") == [("HIGH", 5.0, 40.0), ("NORMAL", 5.0, 41.0)]


def test_a_domain_without_records_has_its_finished_variables(convert_study: Callable[..., Any]) -> None:
    vs = """
        domain: VS
        sources:
          - from: vs
            where: PT = '9'
            because: nobody
            map: {VSTESTCD: {value: SYSBP}, VSORRES: S, EPOCH: {value: TREATMENT}, VSDTC: {date: D, format: yyyy-MM-dd}}
            supp: {EARLY: {label: Early, expr: "CASE WHEN VS.VSDY < 3 THEN 'Y' END"}}
    """
    assert not convert(convert_study, vs=vs).books[1].unaccounted
