"""Tables and figures of nobody: every kind says so, none fails."""

from __future__ import annotations

from typing import Any

import pytest

from sdtm.reports.emf import emf_of
from sdtm.reports.rendering import report_html, report_text

ROWS = """\
tables:
  t:
    title: Nobody
    where: SAFFL = 'Z'
    columns: {groups: {a: {where: ARM = 'A'}}, total: Total}
    rows:
      - summary: {id: summary, value: AGE, statistics: [n, mean_sd, median_range, quartiles, geometric]}
      - counts: {id: counts, variable: SEX, values: {F: Female}, missing: Missing}
      - event_overview: {id: overview}
      - events_by_term: {id: events, grade: ATOXGRN}
      - dose_limiting: {id: dlt}
      - response: {id: response}
      - subgroup_response: {id: subgroups, subgroups: {women: SEX = 'F'}}
      - time_to_event: {id: pfs, where: PARAMCD = 'PFS', landmarks: [6], quartiles: true, follow_up: true}
      - pk_parameters: {id: pk, parameters: {CMAX: {}}}
      - concentrations: {id: c}
      - contingency: {id: x, from: ADAE, split: {a: ARM = 'A', b: ARM = 'B'}, outcome: ATOXGRN > 2, compare: [[a, b]]}
      - shift: {id: s, from: ADLB, baseline: BASEGR, after: WORSTGR, categories: {0: '0', 1: '1', 2: '2'}}
  l:
    title: Listing of nobody
    where: SAFFL = 'Z'
    columns: {total: Total}
    rows: [{listing: {id: l, from: ADAE, columns: {USUBJID: Subject}}}]
"""
KINDS = {
    "kaplan_meier": "{where: PARAMCD = 'PFS'}",
    "waterfall": "{}",
    "spider": "{}",
    "swimmer": "{marks: {Event: {from: ADAE, day: ASTDY}}}",
    "concentration_time": "{}",
    "concentration_profiles": "{}",
    "event_heat_map": "{}",
    "flow": "{boxes: {all: {label: All, sets: {Young: AGE < 40}}, each: {label: Each, each: true, "
    "where: SEX = 'F', left: {label: Others, reasons: {by: SEX}}}}}",
}


def test_tables_of_nobody(report: Any) -> None:
    made = report(ROWS)
    text = report_text(made)
    assert "Total (N=0)" in text and "nan" not in text and "NaN" not in text
    assert {result.value for result in made.results if result.statistic == "count"} == {0}
    assert {result.N for result in made.results} == {0}


@pytest.mark.parametrize("kind", KINDS)
def test_figures_of_nobody(report: Any, kind: str) -> None:
    text = f"figures:\n  f:\n    title: Nobody\n    where: SAFFL = 'Z'\n    draw: {{{kind}: {KINDS[kind]}}}\n"
    made = report(text)
    page = report_html(made, "ST")
    assert "<svg" in page and "nan" not in page
    assert emf_of(made.figures[0].svg)[40:44] == b" EMF"
