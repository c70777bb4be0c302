"""Every domain of a phase I oncology study from metadata alone: a small invented table becomes its records.

Each case is what a study writes into its spec; no code knows these domains by name. The expected records follow
from the mapping and from SDTMIG 3.4 and SDTM CT (2025-03-28), which give labels, test names and classes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest


class Case(NamedTuple):
    """``map``: what the source maps; ``raw``: header and rows; ``made``: variable -> value of each record."""

    map: str
    raw: str
    made: dict[str, list[Any]]
    beside: str = ""  # further keys of the source
    domain: str = ""  # further keys of the domain


STUDY = """
    study: X1
    raw: {{datasets: {{dm: {{file: dm.csv, key: [PT]}}, raw: {{file: raw.csv}}}}}}
    subject: {{SUBJID: PT, USUBJID: "{{STUDYID}}-{{SUBJID}}"}}
{more}
"""
DM = """
    domain: DM
    reference_dates: {RFSTDTC: {earliest: DM.RFICDTC}}
    sources:
      - from: dm
        map: {SEX: SEX, COUNTRY: {value: CHN}, RFICDTC: {date: IC, format: yyyy-MM-dd}}
"""
SUBJECT = "PT,SEX,IC\n01,F,2024-03-01\n"
DTC = "{date: D, format: yyyy-MM-dd}"

CASES: dict[str, Case] = {
    # Special purpose
    "DM": Case("ARMCD: A, ARM: {value: Dose 1}", "PT,A\n01,D1\n", {"ARMCD": ["D1"], "USUBJID": ["X1-01"]}),
    "CO": Case("COVAL: C", "PT,C\n01,Left early\n", {"COVAL": ["Left early"], "COSEQ": [1.0]}),
    "SV": Case(
        f"VISITNUM: N, VISIT: V, SVSTDTC: {DTC}",
        "PT,N,V,D\n01,1,SCREENING,2024-02-20\n",
        {"VISITNUM": [1.0], "SVSTDTC": ["2024-02-20"], "SVSTDY": [-10.0]},  # 2024 has a 29 February
    ),
    # Interventions
    "CM": Case(
        f"CMTRT: T, CMCAT: {{value: PRIOR ANTI-CANCER THERAPY}}, CMSTDTC: {DTC}",
        "PT,T,D\n01,Paclitaxel,2023-01-05\n",
        {"CMTRT": ["Paclitaxel"], "CMCAT": ["PRIOR ANTI-CANCER THERAPY"], "CMSEQ": [1.0]},
    ),
    "EC": Case(
        f"ECTRT: {{value: HE072}}, ECMOOD: {{value: PERFORMED}}, ECDOSE: M, ECDOSU: {{value: mg}}, "
        f"ECSTDTC: {DTC}",
        "PT,M,D\n01,90.5,2024-03-01\n",
        {"ECMOOD": ["PERFORMED"], "ECDOSE": [90.5], "ECSTDY": [1.0]},
    ),
    "EX": Case(
        f"EXTRT: {{value: HE072}}, EXDOSE: M, EXDOSU: {{value: mg/m2}}, EXSTDTC: {DTC}",
        "PT,M,D\n01,70,2024-03-15\n",
        {"EXDOSE": [70.0], "EXDOSU": ["mg/m2"], "EXSTDY": [15.0]},
    ),
    "PR": Case("PRTRT: T", "PT,T\n01,Mastectomy\n", {"PRTRT": ["Mastectomy"], "PRSEQ": [1.0]}),
    "SU": Case("SUTRT: {value: TOBACCO}, SUOCCUR: {column: O, terms: {no: N}}", "PT,O\n01,no\n", {"SUOCCUR": ["N"]}),
    # Events
    "AE": Case(
        f"AETERM: T, AETOXGR: G, AESTDTC: {DTC}",
        "PT,T,G,D\n01,Rash,2,2024-03-04\n01,Nausea,1,2024-03-03\n",
        {"AETERM": ["Nausea", "Rash"], "AESEQ": [1.0, 2.0], "AESTDY": [3.0, 4.0]},
    ),
    "CE": Case("CETERM: T", "PT,T\n01,Progression of lesion\n", {"CETERM": ["Progression of lesion"]}),
    "DS": Case(
        "DSTERM: T, DSDECOD: {column: T, terms: {Completed as planned: COMPLETED}}, "
        "DSCAT: {value: DISPOSITION EVENT}",
        "PT,T\n01,Completed as planned\n",
        {"DSDECOD": ["COMPLETED"], "DSCAT": ["DISPOSITION EVENT"]},
    ),
    "DV": Case("DVTERM: T", "PT,T\n01,Dose outside the window\n", {"DVTERM": ["Dose outside the window"]}),
    "MH": Case(
        "MHTERM: T, MHSTDTC: {date: D, format: yyyy-MM}", "PT,T,D\n01,Asthma,1999-05\n", {"MHSTDTC": ["1999-05"]}
    ),
    # Findings
    "EG": Case("", "PT,Q\n01,412\n", {"EGTEST": ["QTcF Interval, Aggregate"], "EGSTRESN": [412.0]},
               "findings: {QTCFAG: {result: Q, unit: ms}}"),
    "GF": Case(
        "GFTESTCD: {value: SNV}, GFSYM: {value: UGT1A1, codelist: none}, GFORRES: G, GFREFID: R",
        "PT,G,R\n01,*1/*28,S1\n",
        {"GFTEST": ["Single Nucleotide Variation"], "GFORRES": ["*1/*28"], "GFSTRESC": ["*1/*28"]},
    ),
    "IE": Case(
        "IETESTCD: C, IETEST: {value: Age of 18 years or more}, IECAT: {value: INCLUSION}, "
        "IEORRES: {value: N}, IESTRESC: {value: N}",
        "PT,C\n01,INCL01\n",
        {"IETESTCD": ["INCL01"], "IEORRES": ["N"]},
    ),
    "IS": Case("ISTESTCD: {value: ADA_BAB}, ISORRES: R", "PT,R\n01,NEGATIVE\n", {"ISSTRESC": ["NEGATIVE"]}),
    "LB": Case(
        "LBTESTCD: T, LBORRES: R, LBORRESU: U, LBORNRLO: {range_text: N, take: low}, "
        "LBORNRHI: {range_text: N, take: high}",
        "PT,T,R,U,N\n01,HGB,110,g/L,115 - 150\n",
        {"LBTEST": ["Hemoglobin"], "LBSTRESN": [110.0], "LBSTNRLO": [115.0], "LBNRIND": ["LOW"]},
    ),
    "MI": Case(
        "MITESTCD: {value: TOPO1, codelist: none}, "
        "MITEST: {value: Topoisomerase I, codelist: none}, MISPEC: {value: TISSUE}, "
        "MIMETHOD: {value: IHC}, MIORRES: R",
        "PT,R\n01,2+\n",
        {"MIMETHOD": ["IHC"], "MIORRES": ["2+"], "MISTRESC": ["2+"]},
    ),
    "PC": Case(
        "PCTESTCD: {value: SN38}, PCTEST: {value: SN-38}, PCORRES: R, PCORRESU: {value: ng/mL}, "
        "PCSPEC: {value: PLASMA}",
        "PT,R\n01,<0.5\n",
        {"PCORRES": ["<0.5"], "PCSTRESC": ["<0.5"], "PCSTRESN": [None], "PCSTRESU": ["ng/mL"]},
    ),
    "PE": Case(
        "PETESTCD: {value: SKIN}, PETEST: {value: Skin}, PEORRES: R", "PT,R\n01,NORMAL\n", {"PESTRESC": ["NORMAL"]}
    ),
    "PP": Case(
        "PPTESTCD: {value: CMAX}, PPORRES: R, PPORRESU: {value: ng/mL}, PPCAT: {value: SN-38}",
        "PT,R\n01,12.3\n",
        {"PPTEST": ["Max Conc"], "PPSTRESN": [12.3]},
    ),
    "QS": Case(
        "QSTESTCD: {value: Q01}, QSTEST: {value: Question 1}, QSCAT: {value: EQ-5D-5L}, QSORRES: R",
        "PT,R\n01,I have no problems\n",
        {"QSTESTCD": ["Q01"], "QSORRES": ["I have no problems"]},
    ),
    "RS": Case(
        "RSTESTCD: {value: OVRLRESP}, RSCAT: {value: RECIST 1.1}, RSORRES: R, "
        "RSEVAL: {value: INVESTIGATOR}, RSLNKGRP: V",
        "PT,R,V\n01,PR,A2\n",
        {"RSTEST": ["Overall Response"], "RSSTRESC": ["PR"], "RSLNKGRP": ["A2"]},
    ),
    "SC": Case("SCTESTCD: {value: EDULEVEL}, SCORRES: R", "PT,R\n01,College\n", {"SCORRES": ["College"]}),
    "SS": Case(
        f"SSTESTCD: {{value: SURVSTAT}}, SSORRES: R, SSSTRESC: R, SSDTC: {DTC}",
        "PT,R,D\n01,ALIVE,2024-09-01\n",
        {"SSTEST": ["Survival Status"], "SSSTRESC": ["ALIVE"], "SSDY": [185.0]},
    ),
    "TU": Case(
        "TUTESTCD: {value: TUMIDENT}, TUORRES: R, TULNKID: L, TULOC: {value: LIVER}",
        "PT,R,L\n01,TARGET,T01\n",
        {"TUTEST": ["Tumor Identification"], "TULNKID": ["T01"]},
    ),
    "TR": Case(
        "TRLNKID: L, TRGRPID: {value: TARGET}",
        "PT,L,M\n01,T01,21\n",
        {"TRTESTCD": ["LDIAM"], "TRTEST": ["Longest Diameter"], "TRSTRESN": [21.0], "TRLNKID": ["T01"]},
        "findings: {LDIAM: {result: M, unit: mm}}",
    ),
    "VS": Case(
        "",
        "PT,S,P,ND\n01,120,72,\n01,,,Y\n",
        {"VSTESTCD": ["DIABP", "DIABP", "SYSBP", "SYSBP"], "VSSTAT": ["NOT DONE", None, "NOT DONE", None]},
        "findings: {SYSBP: {result: S, unit: mmHg}, DIABP: {result: P, unit: mmHg}}\n"
        "        not_done: {where: ND = 'Y'}",
    ),
    "FA": Case(
        "FATESTCD: {value: OCCUR}, FAOBJ: {value: Alopecia}, FAORRES: R",
        "PT,R\n01,Y\n",
        {"FATEST": ["Occurrence Indicator"], "FAOBJ": ["Alopecia"], "FASTRESC": ["Y"]},
    ),
    # Domains of one's own, one of each general observation class
    "XI": Case("XITRT: T", "PT,T\n01,Ice cap\n", {"XITRT": ["Ice cap"], "XISEQ": [1.0]}, domain="class: Interventions"),
    "XE": Case("XETERM: T", "PT,T\n01,Fall\n", {"XETERM": ["Fall"], "DOMAIN": ["XE"]}, domain="class: Events"),
    "XF": Case(
        "XFTESTCD: {value: GRIP}, XFTEST: {value: Grip Strength}, XFORRES: R, XFORRESU: {value: kg}",
        "PT,R\n01,31.50\n",
        {"XFTESTCD": ["GRIP"], "XFORRES": ["31.50"], "XFSTRESN": [31.5]},
        domain="class: Findings",
    ),
    "RELREC": Case(
        "RDOMAIN: A, IDVAR: B, IDVARVAL: C, RELID: {value: R1}",
        "PT,A,B,C\n01,AE,AESEQ,1\n01,CM,CMSEQ,2\n",
        {"RDOMAIN": ["AE", "CM"], "IDVARVAL": ["1", "2"], "RELID": ["R1", "R1"]},
    ),
    "RELSPEC": Case(
        "REFID: A, PARENT: B, LEVEL: C",
        "PT,A,B,C\n01,B1,,1\n01,P1,B1,2\n",
        {"REFID": ["B1", "P1"], "PARENT": [None, "B1"], "LEVEL": [1.0, 2.0]},
    ),
}  # fmt: skip


def column(made: Any, dataset: str, name: str) -> list[Any]:
    return [None if value != value else value for value in made.datasets[dataset].frame[name].astype(object)]


def build(convert_study: Callable[..., Any], name: str, case: Case, more: str = "") -> Any:
    lines = [f"domain: {name}", case.domain, "sources:", "  - from: raw", f"    map: {{{case.map}}}"]
    text = "\n".join([line for line in lines if line]) + "\n"
    if case.beside:
        text += "    " + case.beside.replace("\n        ", "\n    ") + "\n"
    domains = {name: text} if name == "DM" else {"dm": DM, name: text}
    return convert_study(STUDY.format(more=more), domains, {"dm.csv": SUBJECT, "raw.csv": case.raw})


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_domain_is_made_from_metadata_alone(convert_study: Callable[..., Any], name: str) -> None:
    case = CASES[name]
    made = build(convert_study, name, case)
    assert {variable: column(made, name, variable) for variable in case.made} == case.made
    assert column(made, name, "STUDYID") == ["X1"] * len(made.datasets[name].frame)
    assert [f for f in made.findings if f.severity == "error"] == []


def test_supplemental_qualifiers_of_any_domain(convert_study: Callable[..., Any]) -> None:
    case = CASES["AE"]._replace(beside="supp: {AEDLT: {column: G, label: Grade as Collected}}")
    made = build(convert_study, "AE", case)
    assert column(made, "SUPPAE", "QNAM") == ["AEDLT", "AEDLT"]
    assert column(made, "SUPPAE", "IDVARVAL") == ["1", "2"]
    assert column(made, "SUPPAE", "QVAL") == ["1", "2"]


DESIGN = """
    elements:
      - {ETCD: SCRN, ELEMENT: Screening, EPOCH: SCREENING, TESTRL: Informed consent, start: {earliest: DM.RFICDTC}}
      - {ETCD: TRT, ELEMENT: Treatment, EPOCH: TREATMENT, TESTRL: First dose, TEDUR: P14D,
         start: {earliest: AE.AESTDTC}}
    arms: [{ARMCD: D1, ARM: Dose 1, elements: [SCRN, TRT]}]
    visits: [{VISITNUM: 1, VISIT: SCREENING, VISITDY: -7, TVSTRL: Up to 28 days before the first dose}]
    criteria: [{IETESTCD: INCL01, IETEST: Age of 18 years or more, IECAT: INCLUSION}]
    parameters:
      - {TSPARMCD: TITLE, TSVAL: A study}
      - {TSPARMCD: PLANSUB, TSVAL: "20"}
      - {TSPARMCD: TBLIND, TSVAL: DOUBLE BLIND}
"""
DESIGNED: dict[str, dict[str, list[Any]]] = {
    "TA": {"ETCD": ["SCRN", "TRT"], "TAETORD": [1.0, 2.0], "EPOCH": ["SCREENING", "TREATMENT"]},
    "TE": {"ETCD": ["SCRN", "TRT"], "TEDUR": [None, "P14D"]},
    "TI": {"IETESTCD": ["INCL01"], "IECAT": ["INCLUSION"]},
    "TS": {
        "TSPARMCD": ["PLANSUB", "TBLIND", "TITLE"],
        "TSPARM": ["Planned Number of Subjects", "Trial Blinding Schema", "Trial Title"],
        "TSVALCD": [None, "C15228", None],  # of DOUBLE BLIND in C66735, as NCI publishes it
        "TSVCDREF": [None, "CDISC CT", None],
    },
    "TV": {"VISITNUM": [1.0], "VISITDY": [-7.0]},
    "SE": {"ETCD": ["SCRN", "TRT"], "SESTDTC": ["2024-03-01", "2024-03-03"], "SEENDTC": ["2024-03-03", None]},
}


@pytest.mark.parametrize("name", sorted(DESIGNED))
def test_trial_design_and_subject_elements_from_the_study(
    convert_study: Callable[..., Any], name: str
) -> None:
    domains = {"dm": DM, "ae": f"domain: AE\nsources: [{{from: raw, map: {{{CASES['AE'].map}}}}}]\n"}
    domains["se"] = "domain: SE\nelements: true\n"
    made = convert_study(STUDY.format(more=DESIGN), domains, {"dm.csv": SUBJECT, "raw.csv": CASES["AE"].raw})
    assert {variable: column(made, name, variable) for variable in DESIGNED[name]} == DESIGNED[name]
