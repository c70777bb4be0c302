"""Explanations beside a copied domain, and of records that several relationships name. All data are invented."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sdtm.pipeline import convert
from sdtm.run_study import run
from sdtm.trace.explain import open_output
from sdtm.trace.relations import relation_step
from specs import load_study

STUDY = """
    study: X1
    raw: {datasets: {lb: {file: lb.csv, visit: V}, ae: {file: ae.csv}, ex: {file: ex.csv}}}
    subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
    visits: [{VISITNUM: 1, VISIT: SCREENING, raw: SCR}]
    unscheduled: {raw: UNS.*}
    links: [{records: {AE: AELNKID, EX: EXLNKID}, level: record, separator: ";"}]
"""
DOMAINS = {
    "lb": "domain: LB\nsources: [{from: lb, map: {LBTESTCD: T, LBORRES: R, LBDTC: {date: D, format: yyyy-MM-dd}}}]\n",
    "lc": "domain: LC\nclass: Findings\nlabel: Conventional\ncopy_of: LB\nunit_system: conventional\n",
    "ae": "domain: AE\nsources: [{from: ae, map: {AETERM: T, AELNKID: N}}]\n",
    "ex": "domain: EX\nsources: [{from: ex, map: {EXTRT: T, EXLNKID: N}}]\n",
}
RAW = {
    "lb.csv": "PT,V,T,R,D\n1,SCR,ALT,5,2024-01-01\n1,UNS 1,ALT,6,2024-01-03\n",
    "ae.csv": "PT,T,N\n1,Rash,1\n1,Cough,2\n",
    "ex.csv": "PT,T,N\n1,Drug,1;2\n",
}


def test_every_cell_follows_from_its_explanation(build_study: Callable[..., Any], tmp_path: Path) -> None:
    study = build_study(STUDY, DOMAINS, RAW)
    run(study, tmp_path / "out", judged=False, to="sdtm")
    explainer = open_output(tmp_path / "out", load_study(study), whole=True)
    for name in ("LB", "LC", "RELREC"):
        frame = explainer.dataset(name)
        for variable in frame:
            for row in range(len(frame)):
                told = explainer.cell(name, variable, row)
                assert all(
                    step.again is not None and step.again(step) == (step.gave, step.value)
                    for step in told.steps
                )
                assert ((told.steps[-1].value if told.steps else None) or "") == told.value, told.text()
    assert explainer.dataset("LB")["VISIT"].tolist() == ["SCREENING", "UNSCHEDULED 1.1"]
    assert explainer.dataset("RELREC")["RELID"].tolist() == ["AEEX1", "AEEX2", "AEEX1", "AEEX2"]


def test_a_relation_that_no_link_made_is_not_told_as_one(build_study: Callable[..., Any]) -> None:
    plan = convert(load_study(build_study(STUDY, DOMAINS, RAW))).plan
    record = {
        "STUDYID": "X1",
        "RDOMAIN": "PC",
        "USUBJID": "X1-1",
        "IDVAR": "PCGRPID",
        "IDVARVAL": "D1",
        "RELID": "1",
    }
    assert relation_step(plan, "RELREC", "RELID", record, _no_dataset) is None


def _no_dataset(name: str) -> Any:
    raise AssertionError(f"{name} is read for nothing")
