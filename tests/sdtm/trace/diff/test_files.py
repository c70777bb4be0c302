"""The workbook, the page, the text and the JSON of a comparison. Data are invented."""

from __future__ import annotations

import io
import json

import openpyxl
import pandas as pd
import pytest

from sdtm.trace.diff.compare import diff
from sdtm.trace.diff.facts import Facts
from sdtm.trace.diff.files import check_output, diff_json, diff_workbook, write_diff
from sdtm.trace.diff.listing import record_rows, shares, value_rows
from sdtm.trace.diff.page import diff_page
from sdtm.trace.diff.settings import settings_of
from sdtm.trace.diff.shown import value_text
from sdtm.trace.diff.tables import tables
from sdtm.trace.diff.text import diff_text
from specs.problems import ProblemsFound

HEAD = "USUBJID AESEQ# AETERM AESTDTC AESEV AESTDY#"
FINDING = {
    "severity": "error",
    "dataset": "AE",
    "variable": "AESEV",
    "rule": "odd",
    "found": "x",
    "expected": "y",
}
TEXT = """\
old  old: SYNTH, 3 datasets, 7 records
new  new: SYNTH, 3 datasets, 6 records

dataset  old  new  removed  added  changed  renumbered  key
AE         3    3        1      1        1           2  USUBJID AETERM (define.xml)
DM         2    2                        1              USUBJID (standard)
only in old: CM
only in new: VS

variables and labels
  added     AE.AEOUT

values that differ (records)
  AESEV     AE 1
  RFXSTDTC  DM 1
equal within the tolerance
  AE.AESTDY         1 value, largest difference 0.5

effects on the analysis
  population: DM.RFXSTDTC: 1 subject differs ((missing) 0 -> 1, treated 2 -> 1)
    S2: treated -> (missing)

findings: 1 new, 1 fixed, 1 open
  new    warning[odd] AE.AESEV: x
  fixed  error[odd] AE.AESEV: z

what the deliveries say of themselves
  CT SDTM: 2024-09-27 -> 2025-03-28
  the spec is another one
  raw files that differ: AE.csv

differences found"""


def facts(ct: str, sha: str, *findings: dict[str, str]) -> Facts:
    said = {
        "define.xml": {("CT", "SDTM"): ct},
        "manifest.json": {("spec", "SHA-256"): sha, ("raw file", "AE.csv"): sha},
    }
    return Facts("SYNTH", said, {"AE": ("USUBJID", "AETERM")}, findings)


@pytest.fixture
def found(deliver, make_frame):  # type: ignore[no-untyped-def]
    old = deliver(
        "old",
        facts("2024-09-27", "a" * 64, FINDING, {**FINDING, "found": "z"}),
        AE=make_frame(
            HEAD,
            "S1 1 =1+1 2024-01-02 MILD 2",
            "S1 2 <b>Rash</b> 2024-01-03 MILD 3",
            "S2 1 Cough 2024-01-03 MILD 3",
        ),
        DM=make_frame("USUBJID RFXSTDTC", "S1 2024-01-01", "S2 2024-01-01"),
        CM=make_frame("USUBJID CMTRT", "S1 x", "S1 y"),
    )
    new = deliver(
        "new",
        facts("2025-03-28", "b" * 64, FINDING, {**FINDING, "severity": "warning"}),
        AE=make_frame(
            HEAD + " AEOUT",
            "S1 1 Ache 2024-01-01 MILD 1 .",
            "S1 2 =1+1 2024-01-02 SEVERE 2 .",
            "S1 3 <b>Rash</b> 2024-01-03 MILD 3.5 .",
        ),
        DM=make_frame("USUBJID RFXSTDTC", "S1 2024-01-01", "S2 ."),
        VS=make_frame("USUBJID VSTESTCD", "S1 x"),
    )
    return diff(old, new, settings=settings_of(["AESTDY=0.5"]))


def test_the_text_says_what_differs_and_what_it_does(found):
    assert diff_text(found) == TEXT


def test_the_lists_of_the_workbook(found):
    lists = {table.name: table for table in tables(found)}
    names = ["Summary", "Datasets", "Variables", "Records", "Values", "Effects", "Findings", "Define"]
    assert list(lists) == names
    assert lists["Datasets"].rows == [
        ("AE", "differs", 3, 3, 1, 1, 1, 0, 2, 0, "USUBJID AETERM", "define.xml", "sdtm"),
        ("CM", "removed", 2, "", 2, "", "", "", "", "", "", "", "sdtm"),
        ("DM", "differs", 2, 2, 0, 0, 1, 0, 0, 0, "USUBJID", "standard", "sdtm"),
        ("VS", "added", "", 1, "", 1, "", "", "", "", "", "", "sdtm"),
    ]
    assert lists["Variables"].rows == [
        ("AE", "AEOUT", "added", "", "", ""),
        ("AE", "AESEV", "values", "", "", 1),
        ("AE", "AESTDY", "within tolerance", "", "largest difference 0.5", 1),
        ("AE", "AESEQ", "renumbered", "", "", 2),
        ("DM", "RFXSTDTC", "values", "", "", 1),
    ]
    assert lists["Records"].rows == [
        ("AE", "removed", "S2", "AETERM=Cough", "1", "", ""),
        ("AE", "added", "S1", "AETERM=Ache", "", "1", ""),
        ("AE", "renumbered", "S1", "AETERM=<b>Rash</b>", "2", "3", ""),
        ("AE", "changed; renumbered", "S1", "AETERM==1+1", "1", "2", "AESEV"),
        ("DM", "changed", "S2", "", "", "", "RFXSTDTC"),
    ]
    assert lists["Values"].rows == [
        ("AE", "AESEV", "S1", "AETERM==1+1", "MILD", "SEVERE"),
        ("DM", "RFXSTDTC", "S2", "", "2024-01-01", "(missing)"),
    ]
    assert lists["Effects"].rows == [("population", "DM.RFXSTDTC", "S2", "", "treated", "(missing)")]
    assert [row[0] for row in lists["Findings"].rows] == ["new", "fixed", "open"]
    assert ("Findings new", "", 1) in lists["Summary"].rows


def test_the_workbook_holds_texts_as_texts_and_is_the_same_each_time(found, tmp_path):
    write_diff(found, tmp_path / "changes.xlsx")
    content = (tmp_path / "changes.xlsx").read_bytes()
    assert content == diff_workbook(found)
    book = openpyxl.load_workbook(io.BytesIO(content))
    for table in tables(found):
        rows = [
            [cell.value if cell.value is not None else "" for cell in row] for row in book[table.name].rows
        ]
        assert rows == [list(table.head), *(list(row) for row in table.rows)], table.name
        assert all(cell.data_type != "f" for row in book[table.name].rows for cell in row), table.name


def test_a_text_like_a_formula_stays_a_text(deliver, make_frame):
    sides = [deliver(XX=make_frame("A B", f"x {text}")) for text in ("=cmd|1", "+2")]
    book = openpyxl.load_workbook(io.BytesIO(diff_workbook(diff(*sides, settings=settings_of(key=["XX=A"])))))
    cells = [cell for row in book["Values"].iter_rows(min_row=2, min_col=5) for cell in row]
    assert [(cell.value, cell.data_type, cell.quotePrefix) for cell in cells] == [
        ("=cmd|1", "s", True),
        ("+2", "s", True),
    ]


def test_the_page_escapes_everything_and_loads_nothing(found, tmp_path):
    write_diff(found, tmp_path / "changes.html")
    page = (tmp_path / "changes.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;Rash" in page and "<b>" not in page and "<script" not in page
    assert "default-src 'none'" in page and "http" not in page.replace("http-equiv", "")
    order = [
        page.index(f'<h2 id="{name}">') for name in ("Summary", "Effects", "Datasets", "Values", "Findings")
    ]
    assert order == sorted(order)


def test_json_has_values_as_they_are(found):
    told = json.loads(diff_json(found))
    assert (told["equal"], told["added"], told["removed"]) == (False, ["VS"], ["CM"])
    assert told["datasets"]["AE"]["within_tolerance"] == {"AESTDY": {"values": 1, "largest": 0.5}}
    assert [(v["variable"], v["old"], v["new"]) for v in told["values"]] == [
        ("AESEV", "MILD", "SEVERE"),
        ("RFXSTDTC", "2024-01-01", None),
    ]
    assert told["listed"] == {"records": [5, 5], "values": [2, 2]}


def test_lists_that_are_cut_say_so_and_show_a_share_of_everything(deliver):
    # 60 values of AVAL and 3 of AVALC differ, and there is room for 10.
    old = pd.DataFrame({"USUBJID": [f"S{n:02}" for n in range(60)], "AVAL": 1.0, "AVALC": "a"})
    new = old.assign(AVAL=2.0)
    new.loc[:2, "AVALC"] = "b"
    found = diff(deliver(ADXX=old), deliver(ADXX=new), settings=settings_of(key=["ADXX=USUBJID"]))
    assert [(v.variable, v.subject) for v in value_rows(found, 10)] == [
        *(("AVAL", f"S{n:02}") for n in range(7)),
        *(("AVALC", f"S{n:02}") for n in range(3)),
    ]
    assert len(record_rows(found, 10)) == 10
    values = {table.name: table for table in tables(found, 10)}["Values"]
    assert (values.total, values.note) == (63, "10 of 63 listed, a share of each dataset and variable")
    assert "10 of 63 listed" in diff_page(found, 10)
    assert any(row[0] == "Listed" and row[1] == "Values" for row in tables(found, 10)[0].rows)


def test_shares_fill_small_groups_first():
    assert shares([2, 50, 1000], 100) == [2, 49, 49]
    assert shares([1000, 50, 2], 100) == [49, 49, 2]
    assert shares([], 5) == [] and shares([3], 0) == [0]


@pytest.mark.parametrize(
    "value, unit, text",
    [
        (None, "", "(missing)"),
        (0.0, "", "0"),
        (0.1 + 0.2, "", "0.30000000000000004"),
        (23378.0, "D", "2024-01-03"),  # SAS counts days from 1960-01-01
        (23378 * 86400.0 + 60, "s", "2024-01-03T00:01:00"),
        (23378.5, "D", "23378.5"),
        (1e300, "D", "1" + "0" * 300),
        (" a", "", '" a"'),
        ("  ", "", '"  "'),
        ("(missing)", "", '"(missing)"'),
    ],
)
def test_values_as_people_read_them(value, unit, text):
    assert value_text(value, unit) == text


@pytest.mark.parametrize("name", ["changes", "changes.csv", "changes.xls"])
def test_another_ending_is_refused(tmp_path, name):
    with pytest.raises(ProblemsFound) as refused:
        check_output(tmp_path / name)
    assert [problem.where.key for problem in refused.value.problems] == ["--out"]
