"""The list of what finishing makes is what a run makes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sdtm.finished_variables import date_source_text, finished_variables, mapped_variables
from specs.model import DateSource

STUDY = """
    study: X1
    raw: {visit: FOLDER, datasets: {dm: {file: dm.csv}, ex: {file: ex.csv}, vs: {file: vs.csv}, ae: {file: ae.csv}}}
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
    visits: [{VISITNUM: 1, VISIT: SCREENING, VISITDY: -1}]
    elements:
      - {ETCD: TRT, ELEMENT: Treatment, EPOCH: TREATMENT, start: {earliest: EX.EXSTDTC}}
      - {ETCD: FU, ELEMENT: Follow-up, EPOCH: FOLLOW-UP, start: {latest: EX.EXSTDTC, days_after: 9}}
"""
DOMAINS = {
    "dm": """
        domain: DM
        sources: [{from: dm, map: {SEX: SEX}}]
        reference_dates: {RFSTDTC: {earliest: EX.EXSTDTC}, RFXSTDTC: {earliest: EX.EXSTDTC}}
    """,
    "ex": "domain: EX\nsources: [{from: ex, map: {EXTRT: TRT, EXSTDTC: {date: D, format: yyyy-MM-dd}}}]\n",
    "ae": """
        domain: AE
        drop: [AEENDY]
        sources:
          - from: ae
            map: {AETERM: TERM, AESTDTC: {date: D, format: yyyy-MM-dd}, AEENDTC: {date: D, format: yyyy-MM-dd}}
    """,
    "vs": """
        domain: VS
        sources:
          - from: vs
            findings: {SYSBP: {result: SYS, unit: mmHg}}
            not_done: {where: SYS IS NULL, reason: WHY}
            map: {VSDTC: {date: D, format: yyyy-MM-dd}, VSLOC: {value: ARM}}
    """,
    "se": "domain: SE\nelements: true\n",
}
RAW = {
    "dm.csv": "PT,SEX\n1,F\n2,M\n",
    "ex.csv": "PT,TRT,D,FOLDER\n1,A,2024-03-01,SCREENING\n",
    "ae.csv": "PT,TERM,D\n1,Rash,2024-03-02\n",
    "vs.csv": "PT,SYS,WHY,D,FOLDER\n1,120,,2024-02-29,SCREENING\n1,,refused,2024-03-03,SCREENING\n",
}


def test_mapped_and_finished_variables_are_those_of_the_run(convert_study: Callable[..., Any]) -> None:
    """Required and expected variables stand in a dataset anyway; all others only with a value."""
    made = convert_study(STUDY, DOMAINS, RAW)
    for name, dataset in made.datasets.items():
        domain = made.plan.domains[name]
        told = mapped_variables(domain) | set(
            finished_variables(made.plan.study, made.plan.guide, made.plan.domains, name)
        )
        filled = {variable for variable in dataset.frame if dataset.frame[variable].notna().any()}
        assert filled == told, name


def test_each_is_told_with_the_way_it_is_made(convert_study: Callable[..., Any]) -> None:
    plan = convert_study(STUDY, DOMAINS, RAW).plan
    ways = finished_variables(plan.study, plan.guide, plan.domains, "VS")
    assert all(ways.values())
    assert ways["VSLOBXFL"].startswith("last result at or before first exposure")
    assert (
        finished_variables(plan.study, plan.guide, plan.domains, "DM")["RFSTDTC"] == "earliest of EX.EXSTDTC"
    )
    assert "elements:" in finished_variables(plan.study, plan.guide, plan.domains, "SE")["SESTDTC"]


def test_a_date_rule_in_words() -> None:
    rule = DateSource(
        latest=("EX.EXENDTC", "DS.DSSTDTC"), where="EXDOSE > 0", days_after="30", precision="date"
    )
    assert (
        date_source_text(rule)
        == "latest of EX.EXENDTC, DS.DSSTDTC where EXDOSE > 0, 30 days later, date only"
    )
    rule = DateSource(earliest="EX.EXSTDTC", when="ARM <> 'Screen Failure'")
    assert date_source_text(rule) == "earliest of EX.EXSTDTC, for subjects with ARM <> 'Screen Failure'"
