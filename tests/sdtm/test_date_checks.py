"""Reference dates and elements ask for dates that are there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sdtm.mapping.registry import catalogue
from sdtm.plan import make_plan
from specs import load_study
from specs.problems import Problem, ProblemsFound

STUDY = """
    study: X1
    raw: {{datasets: {{dm: {{file: dm.csv}}, ex: {{file: ex.csv}}}}}}
    subject: {{SUBJID: PT, USUBJID: "{{STUDYID}}-{{SUBJID}}"}}
    elements: [{{ETCD: TRT, ELEMENT: Treatment, EPOCH: TREATMENT, start: {start}}}]
"""
DM = """domain: DM
sources: [{{from: dm, map: {{BRTHDTC: {{date: B, format: yyyy}}}}}}]
reference_dates:
  RFSTDTC: {rule}
"""
EX = """
    domain: EX
    sources:
      - from: ex
        map:
          EXTRT: TRT
          EXDOSE: DOSE
          EXSTDTC: {date: D, format: yyyy-MM-dd}
          EXENDTC: {expr: "coalesce(E, DM.RFSTDTC)"}
"""
COLUMNS = {"dm": ["PT", "B"], "ex": ["PT", "TRT", "DOSE", "D", "E"]}
GOOD = "{earliest: EX.EXSTDTC}"


def found(build_study: Callable[..., Path], rule: str = GOOD, start: str = GOOD) -> list[Problem]:
    domains = {"dm": DM.format(rule=rule), "ex": EX, "se": "domain: SE\nelements: true\n"}
    study = load_study(build_study(STUDY.format(start=start), domains, {}))
    try:
        make_plan(study, catalogue(), COLUMNS)
    except ProblemsFound as problems:
        return problems.problems
    return []


@pytest.mark.parametrize(
    "rule",
    [
        GOOD,
        "{latest: [EX.EXSTDTC, DM.BRTHDTC]}",
        "{earliest: EX.EXSTDTC, where: TRY_CAST(EXDOSE AS DOUBLE) > 0 AND EX.EXTRT = 'A'}",
        "{earliest: EX.EXSTDTC, when: BRTHDTC IS NOT NULL}",
    ],
)
def test_dates_that_a_mapping_makes_from_raw(build_study, rule):
    assert found(build_study, rule) == []


@pytest.mark.parametrize(
    ("rule", "id", "text"),
    [
        ("{earliest: EX.EXSTDTCC}", "unknown-variable", "'EX.EXSTDTCC'"),
        ("{earliest: EY.EXSTDTC}", "unknown-domain", "'EY.EXSTDTC'"),
        ("{earliest: EXSTDTC}", "unknown-domain", "'EXSTDTC'"),
        ("{earliest: EX.EXTRT}", "not-a-date", "'EX.EXTRT'"),
        ("{earliest: DM.RFICDTC}", "never-made", "'DM.RFICDTC'"),
        ("{latest: EX.EXENDTC}", "not-made-yet", "waits for dates of DM"),
        ("{earliest: EX.EXSTDTC, latest: EX.EXSTDTC}", "bad-value", "earliest and latest"),
        ("{days_after: 1}", "bad-value", "neither"),
        ("{earliest: EX.EXSTDTC, where: EXDOSEE > 0}", "unknown-column", "'EXDOSEE'"),
        ("{earliest: EX.EXSTDTC, where: EXDOSE >}", "sql-error", "EXDOSE >"),
        ("{earliest: EX.EXSTDTC, when: ARM = 'A'}", "unknown-column", "'ARM'"),
        ("{earliest: EX.EXSTDTC, where: current_date > EXSTDTC}", "sql-error", "clock"),
    ],
)
def test_dates_that_are_not_there(build_study, rule, id, text):
    for problems, place in (
        (found(build_study, rule=rule), ("sdtm/dm.yaml", 4)),
        (found(build_study, start=rule), ("study.yaml", 5)),
    ):
        told = [p for p in problems if p.id == id and text in p.found]
        assert told and (told[0].where.file, told[0].where.line) == place


def test_a_reference_date_may_follow_from_one_above_it(build_study):
    domains = {"dm": DM.format(rule=GOOD) + "  RFPENDTC: {latest: DM.RFSTDTC, days_after: 30}\n", "ex": EX}
    study = STUDY.format(start=GOOD)
    make_plan(load_study(build_study(study, domains, {})), catalogue(), COLUMNS)
    swapped = """domain: DM
sources: [{from: dm}]
reference_dates: {RFPENDTC: {latest: DM.RFSTDTC}, RFSTDTC: {earliest: EX.EXSTDTC}}
"""
    with pytest.raises(ProblemsFound, match=r"'DM\.RFSTDTC', which no mapping makes"):
        make_plan(load_study(build_study(study, {**domains, "dm": swapped}, {})), catalogue(), COLUMNS)
