"""From a number to its records, on the invented study of conftest.py; rows are counted from 1."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sdtm.reports.record_pages import record_pages
from sdtm.reports.records import records_json
from specs.model import Study

HEAD = """\
tables:
  t:
    title: "A </script> table"
    where: SAFFL = 'Y'
    columns: {by: ARM, total: Total}
    rows:
"""
STUDY = Study(study="ST", title="SYNTHETIC")


def said(report: Any, block: str, more: str = "") -> tuple[Any, dict[str, Any]]:
    made = report(f"{HEAD}      - {block}\n{more}")
    return made, json.loads(records_json(made, STUDY, {}))


def rows_of(made: Any, content: dict[str, Any], row: str, column: str, statistic: str = "count") -> list[Any]:
    """The rows of a number and those of its denominator."""
    (result,) = [r for r in made.results if (r.row, r.column, r.statistic) == (row, column, statistic)]
    found = content["results"][result.id]
    return [content["sets"].get(found.get(name, ""), {}) for name in ("records", "among")]


@pytest.mark.parametrize(
    ("block", "row", "column", "records", "among"),
    [
        (
            "counts: {id: sex, variable: SEX, values: {F: F, M: M}}",
            "sex.F",
            "A",
            {"ADSL": "1-2"},
            {"ADSL": "1-4"},
        ),
        # S4 has no value: the row of the population shows it.
        (
            "counts: {id: sex, variable: SEX, values: {F: F, M: M}, missing: None}",
            "sex.missing",
            "total",
            {"ADSL": "4"},
            {"ADSL": "1-8"},
        ),
        # Nausea: records 1, 2 (S1), 4 (S2) and 6 (S5); of those, S1 at grade 3 by record 2 alone.
        (
            "events_by_term: {id: ae, terms: AEDECOD}",
            "ae.Nausea",
            "total",
            {"ADAE": "1-2 4 6"},
            {"ADSL": "1-8"},
        ),
        (
            "events_by_term: {id: ae, terms: AEDECOD, grade: ATOXGRN}",
            "ae.Nausea.grade3",
            "A",
            {"ADAE": "2"},
            {"ADSL": "1-4"},
        ),
        # S2 alone of arm A has a DLT; S4 was not evaluable.
        ("dose_limiting: {id: d}", "d.dlt", "A", {"ADSL": "2"}, {"ADSL": "1-3"}),
        # S8 has no response: it counts as NE by its row of the population.
        ("response: {id: b, absent: NE}", "b.NE", "B", {"ADSL": "8"}, {"ADSL": "5-8"}),
        ("response: {id: b}", "b.ORR", "total", {"ADRS": "1 5-6"}, {"ADSL": "1-8"}),
        (
            "time_to_event: {id: p, where: PARAMCD = 'PFS'}",
            "p.events",
            "A",
            {"ADTTE": "1-2 4"},
            {"ADTTE": "1-4"},
        ),
        (
            "subgroup_response: {id: s, subgroups: {w: SEX = 'F'}}",
            "s.w",
            "A",
            {"ADRS": "1"},
            {"ADSL": "1-2"},
        ),
        (
            "contingency: {id: x, from: ADAE, split: {a: ARM = 'A', b: ARM = 'B'}, outcome: ATOXGRN > 2, "
            "among: AEDECOD = 'Nausea', compare: [[a, b]]}",
            "x.a",
            "total",
            {"ADAE": "2"},
            {"ADAE": "1-2 4"},
        ),
        (
            "shift: {id: s, from: ADLB, baseline: BASEGR, after: WORSTGR, categories: {0: '0', 1: '1', 2: '2'}}",
            "s.0.2",
            "total",
            {"ADLB": "2"},
            {"ADSL": "1-8"},
        ),
    ],
)
def test_the_rows_of_a_count(
    report: Any, block: str, row: str, column: str, records: dict[str, str], among: dict[str, str]
) -> None:
    made, content = said(report, block)
    assert rows_of(made, content, row, column) == [records, among]


@pytest.mark.parametrize(
    ("block", "row", "column", "statistic", "records"),
    [
        # B: S8 has no age.
        ("summary: {id: age, value: AGE}", "age", "B", "mean", {"ADSL": "5-7"}),
        ("summary: {id: n, from: ADAE, per_subject: records}", "n", "A", "median", {"ADAE": "1-5"}),
        ("pk_parameters: {id: pk, parameters: {TMAX: {}}}", "pk.TMAX", "A", "median", {"ADPP": "4-6"}),
        ("concentrations: {id: c, rule: missing}", "c.0", "A", "mean", {"ADPC": "4"}),
        ("concentrations: {id: c, rule: missing}", "c.0", "A", "below", {"ADPC": "1-3"}),
        ("event_overview: {id: o}", "o.serious", "total", "events", {"ADAE": "4 6"}),
        (
            "counts: {id: e, from: ADAE, conditions: {e: ATOXGRN > 2}, records: true}",
            "e",
            "A",
            "count",
            {"ADAE": "2"},
        ),
        ("time_to_event: {id: p, where: PARAMCD = 'PFS'}", "p.median", "B", "value", {"ADTTE": "5-8"}),
        (
            "contingency: {id: x, from: ADAE, split: {a: ARM = 'A', b: ARM = 'B'}, outcome: ATOXGRN > 2, "
            "compare: [[a, b]]}",
            "x.a-b",
            "total",
            "p",
            {"ADAE": "2 6"},
        ),
    ],
)
def test_the_rows_of_another_number(
    report: Any, block: str, row: str, column: str, statistic: str, records: dict[str, str]
) -> None:
    made, content = said(report, block)
    assert rows_of(made, content, row, column, statistic)[0] == records


def test_every_number_has_rows_and_equal_sets_are_kept_once(report: Any) -> None:
    made, content = said(report, "event_overview: {id: o}\n      - summary: {id: age, value: AGE}")
    ids = {result.id for result in made.results}
    assert set(content["results"]) == ids and len(ids) == len(made.results)
    for result in made.results:
        assert bool(content["results"][result.id]["records"]) == bool(result.n)
    kept = list(map(str, content["sets"].values()))
    assert len(kept) == len(set(kept)) < len(ids)


def test_a_listing_leads_to_its_record(report: Any) -> None:
    made = report("""\
        tables:
          t:
            title: T
            where: SAFFL = 'Y'
            columns: {total: Total}
            rows: [{listing: {id: l, from: ADAE, where: AESER = 'Y', columns: {USUBJID: Subject}}}]
    """)
    content = json.loads(records_json(made, STUDY, {}))
    assert [content["sets"][content["results"][r.id]["records"]] for r in made.results] == [
        {"ADAE": "4"},
        {"ADAE": "6"},
    ]
    assert content["datasets"]["ADAE"]["records"] == {"4": ["S2"], "6": ["S5"]}


def test_figures_name_the_rows_of_their_groups(report: Any) -> None:
    made = report("""\
        figures:
          km:
            title: T
            where: SAFFL = 'Y'
            groups: {a: {where: ARM = 'A'}, b: {where: ARM = 'B'}}
            draw: {kaplan_meier: {where: PARAMCD = 'PFS'}}
    """)
    content = json.loads(records_json(made, STUDY, {}))
    drawn = {group: content["sets"][number] for group, number in content["figures"]["km"].items()}
    assert drawn == {"a": {"ADTTE": "1-4"}, "b": {"ADTTE": "5-8"}}


def test_an_id_stays_whatever_the_data(report: Any, frames: Any) -> None:
    """Computed with sha256sum of the four names, parted by the unit separator."""
    first = {
        r.id: (r.row, r.column, r.statistic)
        for r in report(f"{HEAD}      - dose_limiting: {{id: d}}").results
    }
    frames["ADSL"]["DLTFL"] = "Y"
    assert {r.id for r in report(f"{HEAD}      - dose_limiting: {{id: d}}").results} == set(first)
    assert first["R5490143a34a5"] == ("d.dlt", "A", "count")


def test_a_page_holds_the_records_of_its_table_and_no_markup_of_data(report: Any, frames: Any) -> None:
    frames["ADAE"]["AEDECOD"] = frames["ADAE"]["AEDECOD"].replace({"Rash": "</script><b>"})
    made = report(f"{HEAD}      - events_by_term: {{id: ae, terms: AEDECOD}}\n")
    ((name, page),) = record_pages(made, STUDY, {}).items()
    assert name == "records/t.html"
    assert page.count("</script>") == 2 and "<b>" not in page and "&lt;/script&gt; table" in page
    text = page.partition('id="data">')[2].partition("</script>")[0]
    data = json.loads(text)
    assert data["datasets"]["ADAE"]["rows"]["3"][0] == "S1"
    assert "</script><b>" in data["datasets"]["ADAE"]["rows"]["3"]
    assert {"AEDECOD", "TRTEMFL"} <= set(data["datasets"]["ADAE"]["columns"])
    assert {"SAFFL", "ARM"} <= set(data["datasets"]["ADSL"]["columns"])
    assert set(data["results"]) == {result.id for result in made.results}


def test_of_too_many_records_the_rows_alone_are_told(report: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight treated subjects, and seven events of theirs."""
    monkeypatch.setattr("sdtm.reports.records.MOST_ROWS", 7)
    made, content = said(report, "event_overview: {id: o}")
    assert content["datasets"]["ADSL"]["records"] == {} and len(content["datasets"]["ADAE"]["records"]) == 7
    assert rows_of(made, content, "o.any", "total") == [{"ADAE": "1-7"}, {"ADSL": "1-8"}]
    ((_, page),) = record_pages(made, STUDY, {}).items()
    data = json.loads(page.partition('id="data">')[2].partition("</script>")[0])
    assert data["datasets"]["ADSL"]["rows"] == {} and "too many to list" in page


CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium to open the page with")
def test_a_browser_shows_the_records_of_the_number_in_the_address(report: Any, tmp_path: Path) -> None:
    """Nausea in both arms: four records of S1, S2 and S5, among the eight treated subjects."""
    made = report(f"{HEAD}      - events_by_term: {{id: ae, terms: AEDECOD}}\n")
    ((_, page),) = record_pages(made, STUDY, {}).items()
    path = tmp_path / "t.html"
    path.write_text(page, encoding="utf-8")
    (chosen,) = [r for r in made.results if (r.row, r.column, r.statistic) == ("ae.Nausea", "total", "count")]
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path / 'profile'}",
        "--dump-dom",
    ]
    address = f"{path.as_uri()}#{chosen.id}"
    done = subprocess.run([str(CHROMIUM), *options, address], capture_output=True, timeout=120, check=True)
    shown = done.stdout.decode("utf-8").partition('id="shown"')[2].partition("<script")[0]
    assert "Computed from: 4 records of ADAE, 3 subjects" in shown
    assert "Among: 8 records of ADSL, 8 subjects" in shown
    assert re.findall(r'href="../index.html#record=(ADAE/\d+)"', shown) == [
        "ADAE/1",
        "ADAE/2",
        "ADAE/4",
        "ADAE/6",
    ]
