"""A small invented study whose define.xml the tests read. All data are synthetic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

STUDY = """
    study: ST1
    title: A small invented study <b>& more</b>
    created: "2024-05-06T07:08:09"
    standards: {sdtmig: "3.4", ct: "2025-03-28"}
    raw:
      datasets:
        dm: {file: dm.csv, key: [SUBJ], not_submitted: {UNUSED: of no interest}}
        ae: {file: ae.csv, key: [SUBJ, N], not_submitted: {N: row number}}
        vs: {file: vs.csv, key: [SUBJ, DAT]}
    subject: {SITEID: SITE, SUBJID: SUBJ, USUBJID: "{STUDYID}-{SITEID}-{SUBJID}"}
    codelists:
      SEV: {codelist: AESEV, terms: {"1": MILD, "2": MODERATE, "3": SEVERE}}
      VSUNIT: {codelist: VSRESU, extend: {"furlong": A furlong}}
"""
DM = """
    domain: DM
    sources:
      - from: dm
        map:
          RFICDTC: {date: ICDAT, format: "yyyy-MM-dd"}
          SEX: SEX
          AGE: {expr: "CAST(AGE AS INTEGER)", comment: "Age at consent, as <the site> & subject say"}
          AGEU: {value: YEARS}
          ARMCD: {value: A}
          ARM: {value: ARM A}
          COUNTRY: {value: CHN}
    reference_dates:
      RFSTDTC: {earliest: DM.RFICDTC}
"""
AE = """
    domain: AE
    sources:
      - from: ae
        map:
          AETERM: TERM
          AEDECOD: TERM
          AESEV: {column: SEV, codelist: SEV, pages: "12 13"}
          AESTDTC: {date: STDAT, format: ["yyyy-MM-dd", "yyyy-MM", "yyyy"]}
        supp:
          AEWHY: {label: Why it happened, column: WHY}
          AEDLT: {label: Dose-Limiting Toxicity, column: DLT, codelist: NY}
"""
VS = """
    domain: VS
    sources:
      - from: vs
        findings:
          SYSBP: {result: SYS, unit: mmHg}
          TEMP: {result: TEMP, unit: C}
          HEIGHT: {result: HT, unit: furlong}
        map:
          VSDTC: {date: DAT, format: "yyyy-MM-dd"}
"""
RAW = {
    "dm.csv": "SUBJ,SITE,ICDAT,SEX,AGE,UNUSED\n01,1,2024-01-01,M,45,x\n02,1,2024-01-02,F,101,y\n",
    "ae.csv": (
        "SUBJ,SITE,N,TERM,SEV,STDAT,WHY,DLT\n"
        '01,1,1,HEADACHE,1,2024-01-05,"<script>alert(1)</script> & ]]>",Y\n'
        "01,1,2,NAUSEA,3,2024-02,,\n"
        "02,1,1,RASH,1,2024-03-01,=1+1,N\n"
    ),
    "vs.csv": "SUBJ,SITE,DAT,SYS,TEMP,HT\n01,1,2024-01-03,120,36.55,2\n02,1,2024-01-04,98,37,10\n",
}
ADSL = """
    dataset: ADSL
    class: ADSL
    from: DM
    derive:
      - impute_date: {from: RFSTDTC, to: TRTSDT}
      - expr: {OLD: "CASE WHEN AGE >= 65 THEN 'Y' ELSE 'N' END", TRT01P: ARM}
    keep: [STUDYID, USUBJID, SUBJID, SITEID, AGE, SEX, TRTSDT, OLD, TRT01P]
    variables:
      OLD: {label: Elderly Flag, codelist: NY}
      TRTSDT: {method: The day of consent.}
"""
ADVS = """
    dataset: ADVS
    class: BDS
    from: VS
    set: {AVAL: VSSTRESN, PARAMCD: VSTESTCD, PARAM: VSTEST}
    merge: [{from: ADSL, by: USUBJID, take: [AGE, TRTSDT]}]
    derive:
      - impute_date: {from: VSDTC, to: ADT, highest: month}
      - study_day: {date: ADT, to: ADY}
    keep: [STUDYID, USUBJID, AGE, TRTSDT, ADT, ADY, PARAMCD, PARAM, AVAL]
"""
TABLES = """
    tables:
      age:
        title: Age <i>& more</i>
        footnotes: [Of all subjects.]
        where: SEX IN ('F', 'M') AND AGE >= 18
        reason: SPECIFIED IN SAP
        purpose: PRIMARY OUTCOME MEASURE
        columns: {by: OLD}
        rows:
          - summary: {id: age, label: "Age, years", value: AGE}
          - counts: {id: sex, variable: SEX}
          - summary: {id: pressure, from: ADVS, where: PARAMCD = 'SYSBP', value: AVAL, statistics: [median_range]}
          - counts: {id: high, from: ADVS, conditions: {high: "AVAL > 120 OR ADY < 0"}, where: "AVAL > 1 OR ADY < 0"}
          - counts: {id: events, from: AE, variable: AESEV, among: OLD = 'N'}
"""


@dataclass(frozen=True)
class Made:
    """What the study becomes."""

    folder: Path
    conversion: Any
    analyses: Any
    defines: Any


def make(build_study: Callable[..., Path]) -> Made:
    """Convert, derive and describe the study."""
    from sdtm.adam.engine import derive_analyses
    from sdtm.adam.inputs import sdtm_inputs
    from sdtm.pipeline import convert
    from sdtm.submission.define import make_defines
    from specs import load_study

    folder = build_study(STUDY, {"DM": DM, "AE": AE, "VS": VS}, RAW)
    (folder / "adam").mkdir()
    for name, text in {"adsl": ADSL, "advs": ADVS}.items():
        (folder / "adam" / f"{name}.yaml").write_text(dedent(text), encoding="utf-8")
    (folder / "tables.yaml").write_text(dedent(TABLES), encoding="utf-8")
    conversion = convert(load_study(folder))
    frames = {name: dataset.frame for name, dataset in conversion.datasets.items()}
    analyses = derive_analyses(conversion.study, sdtm_inputs(frames))
    return Made(folder, conversion, analyses, make_defines(conversion.plan, conversion.datasets, analyses))
