"""``findings.xlsx`` as people open it, read by openpyxl. The study is invented."""

from __future__ import annotations

import io
from typing import Any

from openpyxl import load_workbook

from validation.finding_ids import finding_ids, issues
from validation.findings import Finding, Origin, Place
from validation.findings_workbook import GONE_HEADERS, ISSUE_HEADERS, findings_workbook
from validation.review import STATUSES, Known, Previous, Remark, Review, review

PLACE = Place(
    (("USUBJID", "X1-001"), ("AESEQ", "2")),
    "AEENDTC=2024-03-01 AESTDTC=2024-03-05",
    "ae.csv",
    7,
    "",
    (("USUBJID", "X1-001"), ("AETERM", "Rash")),
    Origin("ae", (("SUBJ", "001"),), (("ENDAT", "End", "01-MAR-2024"), ("STDAT", "Start", "")), "X1-001"),
)
END = Finding(
    "end-before-start",
    "error",
    "AEENDTC is before AESTDTC",
    "an end that is not before the start",
    "query the dates",
    "AE",
    "AEENDTC",
    (PLACE,),
)
ABSENT = Finding("exposure-absent", "warning", "there is no EX", "EX", "add it", "EX")


def opened(found: Review, **more: Any) -> Any:
    return load_workbook(io.BytesIO(findings_workbook(found, **more)))


def rows(sheet: Any) -> list[dict[str, Any]]:
    head, *body = [[cell.value for cell in row] for row in sheet.iter_rows()]
    return [dict(zip(head, values, strict=True)) for values in body]


def test_an_issue_is_a_row_with_all_that_is_known() -> None:
    book = opened(review([END, ABSENT]))
    assert book.sheetnames == ["Summary", "Issues", "Rules"]
    first, second = rows(book["Issues"])
    ((issue,), _) = issues([END, ABSENT])
    assert first == {
        "Issue": issue.id,
        "Severity": "error",
        "Status": "open",
        "Comment": None,
        "Since": "new",
        "Rule": "end-before-start",
        "Dataset": "AE",
        "Variable": "AEENDTC",
        "USUBJID": "X1-001",
        "Record": "AESEQ=2; AETERM=Rash",
        "Found": "AEENDTC is before AESTDTC",
        "Value": "AEENDTC=2024-03-01 AESTDTC=2024-03-05",
        "Expected": "an end that is not before the start",
        "What to do": "query the dates",
        "Raw file": "ae.csv",
        "Raw row": 7,
        "Raw column": None,
        "Entered": "ENDAT: 01-MAR-2024; STDAT: (empty)",
        "Spec": None,
    }
    assert tuple(first) == ISSUE_HEADERS
    assert (second["Issue"], second["Record"], second["Raw row"]) == (
        finding_ids([END, ABSENT])[1],
        None,
        None,
    )


def test_statuses_are_chosen_from_a_list() -> None:
    (rule,) = opened(review([END]))["Issues"].data_validations.dataValidation
    assert rule.formula1 == f'"{",".join(STATUSES)}"' and str(rule.sqref) == "C2"


def test_the_summary_counts_by_dataset_and_rule() -> None:
    known = Known("I-1", "end-before-start", "error", "AE", "AEENDTC", remark=Remark("resolved", "x"))
    book = opened(review([END, ABSENT], Previous({"I-1": known})))
    sheet = book["Summary"]
    table = [[cell.value for cell in row] for row in sheet.iter_rows()]
    at = next(number for number, row in enumerate(table) if row[1] == "Dataset")
    assert [row[:3] + row[4:] for row in table[at + 1 :]] == [
        ["error", "AE", "end-before-start", 1, 1, 1, 0, 1],
        ["warning", "EX", "exposure-absent", 1, 1, 1, 0, 0],
    ]
    assert sheet.auto_filter.ref == f"A{at + 1}:I{at + 3}"
    counts = {row[0]: row[1] for row in table[:at] if isinstance(row[1], int)}
    assert counts == {"error": 1, "warning": 1, "note": 0, "new": 2, "fixed": 1} | {
        status: 2 if status == "open" else 0 for status in STATUSES
    }


def test_what_is_fixed_and_what_is_kept_have_sheets_of_their_own() -> None:
    fixed = Known("I-1", "a", "error", "AE", "AETERM", "wrong", (("USUBJID", "S1"),), "v", "ae.csv", 3)
    kept = Known("I-2", "b", remark=Remark("explained", "=why"), why="fixed earlier")
    book = opened(review([], Previous({"I-1": fixed}, {"I-2": kept})))
    assert book.sheetnames == ["Summary", "Issues", "Fixed", "Kept", "Rules"]
    (one,), (two,) = rows(book["Fixed"]), rows(book["Kept"])
    assert tuple(one) == GONE_HEADERS
    assert (one["Issue"], one["Why"], one["Record"], one["Raw row"]) == ("I-1", "fixed", "USUBJID=S1", 3)
    assert (two["Comment"], two["Status"], two["Why"]) == ("=why", "explained", "fixed earlier")


def test_records_that_are_not_listed_have_a_row_that_counts_them() -> None:
    many = Finding("a", "error", "wrong", "right", "", "AE", "AETERM", (PLACE,), 1_235)
    (first, rest) = rows(opened(review([many]))["Issues"])
    assert rest["Record"] == "1,234 more records, not listed" and rest["Issue"] == finding_ids([many])[0]
    assert first["Issue"].startswith("I-")


def test_what_has_no_room_is_told_and_no_finding_is_crowded_out() -> None:
    """Of 30 + 3 issues 10 have room: 7 and 3, and a row for the 23 others."""
    places = tuple(Place((("USUBJID", f"S{n:02}"),)) for n in range(30))
    big = Finding("a", "error", "wrong", "right", "", "AE", "", places, 30)
    small = Finding("b", "note", "odd", "even", "", "AE", "", places[:3], 3)
    book = opened(review([big, small]), most=10)
    told = rows(book["Issues"])
    assert [row["Rule"] for row in told].count("a") == 7 + 1 and [row["Rule"] for row in told].count("b") == 3
    (cut,) = (row for row in told if row["Issue"] is None)
    assert cut["Record"] == "23 more records, in findings.json only"
    summary = [row[0].value for row in book["Summary"].iter_rows()]
    assert any(str(line).startswith("23 further records are not in this workbook") for line in summary)


def test_findings_that_share_one_are_told_in_the_summary() -> None:
    rest = Finding("a", "error", "99 others of this kind", "x", "", "AE", "", (PLACE,), 500, stands_for=99)
    summary = [str(row[0].value) for row in opened(review([rest]))["Summary"].iter_rows()]
    assert any(line.startswith("98 further findings are told together") for line in summary)
    assert any(line.startswith("499 further records are counted but not listed") for line in summary)


def test_the_rules_sheet_says_why_and_whether_a_site_can_answer() -> None:
    told = {row["Rule"]: row for row in rows(opened(review([END, ABSENT]))["Rules"])}
    assert told["end-before-start"]["A site can answer"] == "yes"
    assert told["exposure-absent"]["A site can answer"] == "no"
    assert "CG0407" in told["exposure-absent"]["Published rules"]


def test_no_findings_make_a_workbook_that_says_so() -> None:
    book = opened(review([]))
    assert book["Issues"].max_row == 1 and book["Issues"].auto_filter.ref == "A1:S1"


def test_the_same_review_gives_the_same_bytes() -> None:
    assert findings_workbook(review([END, ABSENT])) == findings_workbook(review([END, ABSENT]))
