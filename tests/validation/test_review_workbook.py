"""Edited workbooks read back: what people do to them in a spreadsheet, right and wrong. Invented findings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from specs.problems import Problem, ProblemsFound
from validation.findings import Finding, Place
from validation.findings_workbook import findings_workbook
from validation.review import Known, Previous, Remark, Review, review
from validation.review_workbook import read_review

FINDINGS = [
    Finding("a", "error", "wrong", "right", "do", "AE", "AETERM", (Place(value="1"), Place(value="2")), 2),
    Finding("b", "note", "odd", "even", "do", "DM"),
]
Edit = Callable[[Any], None]


def reviewed() -> Review:
    return review(
        FINDINGS, Previous({"I-GONE": Known("I-GONE", "c", "error", "LB", remark=Remark("explained", "old"))})
    )


@pytest.fixture
def edited(tmp_path: Path) -> Callable[[Edit], Path]:
    """The workbook of two findings, changed by a function and saved by openpyxl, as by a spreadsheet."""

    def make(edit: Edit = lambda book: None) -> Path:
        path = tmp_path / "findings.xlsx"
        path.write_bytes(findings_workbook(reviewed()))
        book = load_workbook(path)
        edit(book)
        book.save(path)
        return path

    return make


def problems_of(path: Path) -> list[Problem]:
    with pytest.raises(ProblemsFound) as refused:
        read_review(path)
    return refused.value.problems


def where(problem: Problem) -> tuple[str, str, int | None, str]:
    return problem.id, problem.where.sheet, problem.where.row, problem.where.column


def test_statuses_and_comments_come_back(edited: Callable[[Edit], Path]) -> None:
    def edit(book: Any) -> None:
        book["Issues"]["C2"], book["Issues"]["D2"] = (
            "Query sent",
            "asked on 2024-01-03: “wie bitte?”\nsecond line",
        )
        book["Issues"]["D4"] = " explained by PI "

    book = read_review(edited(edit))
    first, second, whole = (issue.id for issue in reviewed().issues)
    assert book.rows[first].remark == Remark("query sent", "asked on 2024-01-03: “wie bitte?”\nsecond line")
    assert book.rows[second].remark == Remark()
    assert book.rows[whole].remark == Remark("open", "explained by PI")
    assert book.rows["I-GONE"].remark == Remark("explained", "old")


def test_rows_may_be_sorted_and_deleted_and_columns_added_and_moved(edited: Callable[[Edit], Path]) -> None:
    def edit(book: Any) -> None:
        sheet = book["Issues"]
        sheet["D3"] = "kept"
        sheet.delete_rows(2)
        sheet.insert_cols(1, 2)
        sheet["A1"], sheet["B1"], sheet["A2"] = "My column", "status of mine", "=A1"

    book = read_review(edited(edit))
    first, second, _ = (issue.id for issue in reviewed().issues)
    assert first not in book.rows and book.rows[second].remark.comment == "kept"


def test_an_unedited_workbook_says_nothing_new(edited: Callable[[Edit], Path]) -> None:
    before = reviewed()
    book = read_review(edited())
    again = review(FINDINGS, book.previous, book.rows)
    assert [issue.remark for issue in again.issues] == [issue.remark for issue in before.issues]
    assert again.counts() == {"new": 0, "open": 3, "fixed": 0} and not again.warnings
    assert [(known.id, known.why, known.remark.comment) for known in again.kept] == [
        ("I-GONE", "fixed earlier", "old")
    ]


def test_the_workbook_alone_tells_what_is_new_and_fixed(edited: Callable[[Edit], Path]) -> None:
    book = read_review(edited())
    now = review([FINDINGS[1], Finding("new", "error", "x", "y", dataset="AE")], book.previous, book.rows)
    assert {issue.issue.finding.rule: issue.since for issue in now.issues} == {"b": "open", "new": "new"}
    assert {(known.rule, known.value) for known in now.fixed} == {("a", "1"), ("a", "2")}


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (
            lambda book: book["Issues"].__setitem__("C2", "opened"),
            ("review-status", "Issues", 2, "Status (C2)"),
        ),
        (lambda book: book["Issues"].__setitem__("D1", "Remarks"), ("review-header", "Issues", 1, "")),
        (lambda book: book["Issues"].__setitem__("A1", None), ("review-header", "Issues", 1, "")),
        (lambda book: book["Issues"].__setitem__("T1", "Status"), ("review-header", "Issues", 1, "")),
        (
            lambda book: book["Issues"].__setitem__("D3", "=A1"),
            ("review-not-text", "Issues", 3, "Comment (D3)"),
        ),
        (lambda book: book["Issues"].__setitem__("A3", None), ("review-no-id", "Issues", 3, "Issue (A3)")),
        (lambda book: book["Issues"].merge_cells("D2:D3"), ("review-merged", "Issues", 2, "Comment (D2)")),
        (lambda book: book["Kept"].__setitem__("C2", "gone"), ("review-status", "Kept", 2, "Status (C2)")),
        (lambda book: setattr(book["Issues"], "title", "Sheet1"), ("review-sheet", "", None, "")),
    ],
)
def test_what_could_be_misread_is_refused_at_its_place(
    edited: Callable[[Edit], Path], edit: Edit, expected: tuple[str, str, int | None, str]
) -> None:
    def and_kept(book: Any) -> None:
        kept = book.create_sheet("Kept")
        kept.append(["Issue", "Severity", "Status", "Comment", "Why"])
        kept.append(["I-OLD", "", "open", "", "fixed earlier"])
        edit(book)

    problems = problems_of(edited(and_kept))
    assert expected in list(map(where, problems))
    assert all(problem.where.file == "findings.xlsx" and problem.do for problem in problems)


def test_two_remarks_about_one_issue_are_refused_and_equal_ones_are_not(
    edited: Callable[[Edit], Path],
) -> None:
    def copied(comment: str) -> Edit:
        def edit(book: Any) -> None:
            sheet = book["Issues"]
            sheet["A9"], sheet["C9"], sheet["D9"] = sheet["A2"].value, "open", comment

        return edit

    assert read_review(edited(copied("")))
    (problem,) = problems_of(edited(copied("another")))
    assert where(problem) == ("review-id-twice", "Issues", 9, "Issue (A9)")
    assert "sheet Issues, row 2" in problem.found


def test_all_problems_are_told_at_once(edited: Callable[[Edit], Path]) -> None:
    def edit(book: Any) -> None:
        book["Issues"]["C2"], book["Issues"]["C3"] = "explaned", "done"

    first, second = problems_of(edited(edit))
    assert first.do == "did you mean explained?" and "one of: open, query sent" in second.expected


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x03\x04 broken"])
def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "findings.xlsx").write_bytes(content)
    (problem,) = problems_of(tmp_path / "findings.xlsx")
    assert problem.id == "workbook-refused"


def test_another_workbook_is_refused(tmp_path: Path) -> None:
    book = Workbook()
    book.save(tmp_path / "findings.xlsx")
    (problem,) = problems_of(tmp_path / "findings.xlsx")
    assert (problem.found, problem.expected) == ("the sheets Sheet", "a sheet Issues")


def test_a_comment_that_looks_like_a_formula_stays_what_it_is(edited: Callable[[Edit], Path]) -> None:
    def edit(book: Any) -> None:
        book["Issues"]["D2"] = "=1+1"
        book["Issues"]["D2"].data_type = "s"

    first = reviewed().issues[0].id
    book = read_review(edited(edit))
    assert book.rows[first].remark.comment == "=1+1"
    again = load_workbook(_saved(edited(edit).parent, review(FINDINGS, None, book.rows)))
    assert (again["Issues"]["D2"].value, again["Issues"]["D2"].data_type) == ("=1+1", "s")


def _saved(folder: Path, found: Review) -> Path:
    path = folder / "again.xlsx"
    path.write_bytes(findings_workbook(found))
    return path
