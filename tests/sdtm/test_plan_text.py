"""`sdtm spec show`: the compiled plan as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sdtm.mapping.registry import catalogue
from sdtm.plan import Plan, make_plan
from sdtm.plan_text import WIDTH, plan_json, plan_text
from specs import load_study
from specs.problems import ProblemsFound

STUDY = """
study: X1
raw:
  datasets:
    ae: {file: ae.csv}
    vs: {file: vs.csv, visit: FOLDER}
    other: {file: other.csv}
subject: {SUBJID: PT, USUBJID: "{STUDYID}-{SUBJID}"}
codelists: {NY: {codelist: NY, terms: {"Yes": Y, "No": N}}}
visits: [{VISITNUM: 1, VISIT: SCREENING}]
standard_units: {SYSBP: mmHg}
elements: [{ETCD: TRT, ELEMENT: Treatment, EPOCH: TREATMENT, start: {earliest: AE.AESTDTC}}]
"""
AE = """
domain: AE
sequence: {by: [AETERM]}
sources:
  - from: ae
    where: AEYN = 'Y'
    because: no event
    join: [{with: other, by: {THEIRS: OURS}, take: {B: A}, expect: optional, where: X = '1'}]
    map:
      AESER: SER
      AETERM: [{column: TERM, where: "LANG = 'en'"}, {expr: upper(OTHER), comment: translated by hand}]
      AESTDTC: {date: D, format: [dd MMM yyyy, yyyy-MM-dd]}
    supp: {AEHAND: {label: Hand, column: HAND, origin: Collected, evaluator: INVESTIGATOR}}
    not_submitted: {NOISE: operational}
"""
VS = """
domain: VS
sources:
  - from: vs
    findings:
      SYSBP: {result: SYS, unit: mmHg, digits: 1, where: SYS <> '0', map: {VSPOS: {value: SITTING}}}
    not_done: {where: DONE = 'N', reason: WHY}
"""
TEXT = """\
AE  Adverse Events  (Events)
============================
    structure One record per adverse event per subject
    keys      STUDYID USUBJID AEDECOD AESTDTC
    sequence  AETERM

Source 1: raw dataset ae                                                                        sdtm/ae.yaml:5
    where     AEYN = 'Y'
    because   no event
    join      other (optional) by THEIRS = OURS; take A as B; where X = '1'                     sdtm/ae.yaml:8
    SUBJID    subject rule                                                                        study.yaml:8
              assign_no_ct PT
    USUBJID   subject rule                                                                        study.yaml:8
              template {STUDYID}-{SUBJID}
  Variables
    AETERM    Reported Term for the Adverse Event  [Char, Req, Collected]                      sdtm/ae.yaml:11
              1. assign_no_ct TERM; where LANG = 'en'
              2. expr upper(OTHER); reads OTHER
                comment: translated by hand
    AESER     Serious Event  [Char, Exp, Collected]                                            sdtm/ae.yaml:10
              assign_ct SER
                codelist NY (C66742) (closed): 'Yes' -> Y, 'No' -> N
    AESTDTC   Start Date/Time of Adverse Event  [Char, Exp, Collected]                         sdtm/ae.yaml:12
              assign_datetime D, format [dd MMM yyyy, yyyy-MM-dd]
  Qualifiers (SUPPAE)
    AEHAND    Hand  [Char, Collected, by INVESTIGATOR]                                         sdtm/ae.yaml:13
              assign_no_ct HAND
    left out  NOISE: operational

Made by finishing
    STUDYID   the study of the spec
    DOMAIN    the domain's code
    USUBJID   the rule under subject:
    AESEQ     number within the subject in key order
    EPOCH     the element of SE in which the date lies"""


@pytest.fixture
def plan(build_study: Callable[..., Path]) -> Plan:
    domains = {
        "ae": AE,
        "vs": VS,
        "se": "domain: SE\nelements: true\n",
        "dm": "domain: DM\nsources: [{from: other}]\n",
    }
    return make_plan(load_study(build_study(STUDY, domains, {})), catalogue())


def test_a_domain_as_text(plan):
    assert plan_text(plan, "AE") == TEXT


def test_tests_units_and_records_not_done(plan):
    shown = plan_text(plan, "VS")
    part = shown[shown.index("  Tests") : shown.index("Made by finishing")]
    assert [" ".join(line.split()) for line in part.strip().splitlines()] == [
        "Tests",
        "SYSBP Systolic Blood Pressure sdtm/vs.yaml:6",
        "result: assign_no_ct SYS",
        "unit: hardcode_ct mmHg",
        "codelist VSRESU (C66770) (extensible)",
        "VSPOS: hardcode_ct SITTING",
        "codelist POSITION (C71148) (extensible)",
        "standard unit: mmHg, 1 decimals",
        "where SYS <> '0'",
        "not done SYSBP where DONE = 'N'; reason assign_no_ct WHY sdtm/vs.yaml:7",
    ]
    assert "visit     collected visit: assign_no_ct FOLDER" in shown


def test_elements(plan):
    assert "TRT       Treatment (TREATMENT): starts earliest of AE.AESTDTC" in plan_text(plan, "SE")


def test_all_domains_in_the_width_of_a_terminal(plan):
    shown = plan_text(plan)
    titles = [
        line.split()[0]
        for line, below in zip(shown.splitlines(), shown.splitlines()[1:], strict=False)
        if below[:3] == "==="
    ]
    assert titles == ["AE", "DM", "SE", "VS"]
    assert max(map(len, shown.splitlines())) <= WIDTH
    assert shown == plan_text(plan)


def test_the_same_as_json(plan):
    shown = json.loads(plan_json(plan, "AE"))
    assert (shown["study"], shown["sdtmig"], shown["ct"]) == ("X1", "3.4", "2025-03-28")
    (domain,) = shown["domains"]
    (source,) = domain["sources"]
    assert source["joins"][0]["by"] == {"THEIRS": "OURS"} and source["joins"][0]["take"] == {"B": "A"}
    assert [variable["variable"] for variable in source["variables"]] == ["AETERM", "AESER", "AESTDTC"]
    serious = source["variables"][1]
    assert (serious["type"], serious["core"], serious["origin"]) == ("Char", "Exp", "Collected")
    assert serious["steps"][0]["algorithm"] == "assign_ct"
    assert serious["steps"][0]["terms"] == {"Yes": "Y", "No": "N"}
    assert serious["place"].startswith("sdtm/ae.yaml, line 10")
    assert domain["finished"]["EPOCH"] == "the element of SE in which the date lies"
    assert [d["domain"] for d in json.loads(plan_json(plan))["domains"]] == ["AE", "DM", "SE", "VS"]


@pytest.mark.parametrize(("wrong", "near"), [("VX", "VS"), ("AEE", "AE"), ("QQ", "")])
def test_an_unknown_domain_is_told_with_near_names(plan, wrong, near):
    for show in (plan_text, plan_json):
        with pytest.raises(ProblemsFound) as caught:
            show(plan, wrong)
        (problem,) = caught.value.problems
        assert problem.id == "unknown-domain" and problem.found == repr(wrong)
        assert (
            problem.do == (f"did you mean {near}?" if near else "") and "AE, DM, SE, VS" in problem.expected
        )
