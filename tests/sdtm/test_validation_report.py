"""``sdtm validate`` as table, JSON, workbook and page, with the comments of an edited workbook. Invented data."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

DM = "STUDYID,DOMAIN,USUBJID,SUBJID,SITEID,COUNTRY\nX1,DM,X1-1,1,10,CHN\n"
AE = "STUDYID,DOMAIN,USUBJID,AESEQ,AETERM,AEDECOD,AESTDTC,AEENDTC\nX1,AE,X1-1,1,Rash,Rash,2024-03-05,2024-03-01\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sdtm").mkdir()
    (tmp_path / "sdtm" / "dm.csv").write_text(DM, encoding="utf-8")
    (tmp_path / "sdtm" / "ae.csv").write_text(AE, encoding="utf-8")
    return tmp_path / "sdtm"


def test_the_workbook_and_its_comments(folder: Path, tmp_path: Path, sdtm: Callable[..., Any]) -> None:
    """Written, edited, read back and written over itself; the file of the dataset is turned around meanwhile."""
    book = tmp_path / "findings.xlsx"
    outcome = sdtm("validate", folder, "--format", "xlsx", "--out", book)
    assert outcome.code == 1 and outcome.out.startswith(f"wrote {book}: ")
    sheet = (opened := load_workbook(book))["Issues"]
    (row,) = (row for row in sheet.iter_rows(min_row=2) if row[5].value == "end-before-start")
    row[2].value, row[3].value = "explained", "as the source says"
    opened.save(book)
    more = "X1,AE,X1-1,1,Ache,Ache,2024-01-05,2024-01-06\n" + AE.splitlines()[1].replace("X1-1,1,", "X1-1,2,")
    (folder / "ae.csv").write_text(f"{AE.splitlines()[0]}\n{more}\n", encoding="utf-8")
    outcome = sdtm("validate", folder, "--format", "xlsx", "--out", book, "--review", book)
    assert outcome.code == 1 and " 0 fixed (records)" in outcome.out
    (again,) = (
        r for r in load_workbook(book)["Issues"].iter_rows(min_row=2) if r[5].value == "end-before-start"
    )
    assert [cell.value for cell in again[:5]] == [
        row[0].value,
        "error",
        "explained",
        "as the source says",
        "open",
    ]
    told = json.loads(sdtm("validate", folder, "--format", "json", "--review", book).out)
    (one,) = (each for each in told["findings"] if each["rule"] == "end-before-start")
    assert (one["status"], one["comment"], one["since"]) == ("explained", "as the source says", "open")
    assert {"counts", "records", "ran", "not_run", "review", "fixed", "kept"} < set(told)


def test_what_a_rule_could_not_look_at_is_not_called_fixed(
    folder: Path, tmp_path: Path, sdtm: Callable[..., Any]
) -> None:
    """The subject of an event is not in DM; then there is no DM to look in."""
    (folder / "ae.csv").write_text(AE.replace("X1-1,1,", "X1-9,1,"), encoding="utf-8")
    before = tmp_path / "before.json"
    sdtm("validate", folder, "--format", "json", "--out", before)
    assert "orphan-subject" in before.read_text(encoding="utf-8")
    (folder / "dm.csv").unlink()
    told = json.loads(sdtm("validate", folder, "--format", "json", "--review", before).out)
    assert "orphan-subject" not in {each["rule"] for each in (*told["findings"], *told["fixed"])}
    assert [each["why"] for each in told["kept"] if each["rule"] == "orphan-subject"] == ["not checked"]


def test_a_workbook_is_not_overwritten_unread(folder: Path, tmp_path: Path, sdtm: Callable[..., Any]) -> None:
    book = tmp_path / "findings.xlsx"
    book.write_bytes(b"mine")
    outcome = sdtm("validate", folder, "--format", "xlsx", "--out", book)
    assert outcome.code == 2 and "--review" in outcome.err and book.read_bytes() == b"mine"
    assert sdtm("validate", folder, "--format", "xlsx", "--out", book, "--review", "none").code == 1


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--format", "xlsx"), "no-file"),
        (("--format", "xlsx", "--out", "findings.json"), "bad-file-name"),
        (("--format", "json", "--out", "."), "bad-file-name"),
        (("--review", "nothing.xlsx"), "no-such-review"),
    ],
)
def test_what_cannot_be_written_or_read_is_refused(
    folder: Path, sdtm: Callable[..., Any], options: tuple[str, ...], expected: str
) -> None:
    outcome = sdtm("validate", folder, *options)
    assert outcome.code == 2 and f"error[{expected}]" in outcome.err and outcome.is_told_plainly


def test_a_page_and_a_table_go_to_a_file_or_are_printed(
    folder: Path, tmp_path: Path, sdtm: Callable[..., Any]
) -> None:
    page = tmp_path / "findings.html"
    printed = sdtm("validate", folder, "--format", "html").out
    assert sdtm("validate", folder, "--format", "html", "--out", page).code == 1
    assert page.read_text(encoding="utf-8").strip() == printed.strip() and printed.startswith(
        "<!DOCTYPE html>"
    )
    table = sdtm("validate", folder, "--out", tmp_path / "findings.txt")
    assert table.out.startswith("wrote ")
    text = (tmp_path / "findings.txt").read_text(encoding="utf-8")
    assert text.startswith("Judged 2 datasets") and "error     AE       end-before-start" in text


def _pinnacle21(path: Path, lines: list[list[object]]) -> Path:
    book = Workbook()
    book.active.title = "Details"
    header = ("Domain", "Record", "Count", "Variables", "Values", "Pinnacle 21 ID", "Message", "Severity")
    for line in (header, *lines):
        book.active.append(line)
    rules = book.create_sheet("Rules")
    for line in (["Pinnacle 21 ID"], ["SD8888"], ["SD9999"]):
        rules.append(line)
    book.save(path)
    return path


def test_findings_of_another_engine_keep_their_comments_and_are_fixed(
    folder: Path, tmp_path: Path, sdtm: Callable[..., Any]
) -> None:
    """Told in the workbook like ours, joined to record and spec; fixed only by a report that speaks of the rule."""
    line = ["AE", 1.0, 1, "USUBJID, AESEQ, AETERM", "X1-1, 1, Rash", "SD9999", "<b>Odd</b>", "Warning"]
    report = _pinnacle21(tmp_path / "a report.xlsx", [line])
    book = tmp_path / "my findings.xlsx"
    common = ("validate", folder, "--spec", "lxi15029")
    outcome = sdtm(*common, "--pinnacle21", report, "--format", "xlsx", "--out", book)
    assert "Pinnacle 21 beside our checks (records): 0 both, 1 only theirs" in outcome.out
    sheet = (opened := load_workbook(book))["Issues"]
    (row,) = (row for row in sheet.iter_rows(min_row=2) if row[5].value == "SD9999")
    assert [row[at].value for at in (6, 7, 8, 10)] == ["AE", "AETERM", "X1-1", "Pinnacle 21: <b>Odd</b>"]
    assert "ae.yaml" in row[18].value
    row[2].value, row[3].value = "explained", "as collected"
    opened.save(book)
    told = json.loads(sdtm(*common, "--pinnacle21", report, "--format", "json", "--review", book).out)
    (one,) = (each for each in told["findings"] if each["rule"] == "SD9999")
    assert (one["status"], one["comment"], one["since"]) == ("explained", "as collected", "open")
    assert told["engines"][0]["records"]["only theirs"] == 1
    page = tmp_path / "findings.html"
    sdtm(*common, "--pinnacle21", report, "--format", "html", "--out", page)
    assert "SD9999" in page.read_text("utf-8") and "<b>Odd</b>" not in page.read_text("utf-8")
    without = json.loads(sdtm(*common, "--format", "json", "--review", book).out)
    assert [known["rule"] for known in without["kept"]] == ["SD9999"]
    clean = _pinnacle21(tmp_path / "clean.xlsx", [["DM", 1, 1, "SITEID", "10", "SD8888", "m", "Notice"]])
    fixed = json.loads(sdtm(*common, "--pinnacle21", clean, "--format", "json", "--review", book).out)
    assert "SD9999" in [known["rule"] for known in fixed["fixed"]] and not fixed["kept"]
