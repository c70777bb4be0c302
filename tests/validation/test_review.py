"""What is new, open and fixed, and what happens to statuses and comments. All findings are invented."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specs.location import Location
from specs.problems import ProblemsFound
from validation.findings import Finding, Place
from validation.review import STATUSES, Known, Previous, Remark, Review, Written, review
from validation.review_json import read_previous, review_dict, review_json


def finding(rule: str, *values: str, count: int = 0, dataset: str = "AE") -> Finding:
    places = tuple(
        Place((("USUBJID", "S1"),), value, "ae.csv", number) for number, value in enumerate(values, 2)
    )
    return Finding(
        rule, "error", "wrong", "right", "query", dataset, "AETERM", places, count or max(len(values), 1)
    )


def after(before: Review, tmp_path: Path) -> Previous:
    """What the next run reads of it."""
    path = tmp_path / "findings.json"
    path.write_text(review_json(before, "X1"), encoding="utf-8")
    found = read_previous(path)
    assert found is not None
    return found


def said(before: Review, value: str, status: str, comment: str = "") -> dict[str, Written]:
    """A row of an edited workbook about the issue with a value."""
    (issue,) = (i for i in before.issues if i.issue.place is not None and i.issue.place.value == value)
    known = Known(id=issue.id, remark=Remark(status, comment))
    return {issue.id: Written(known.remark, Location("findings.xlsx", sheet="Issues", row=2), known)}


def since(found: Review) -> dict[str, str]:
    return {i.issue.place.value if i.issue.place else "": i.since for i in found.issues}


def test_without_an_earlier_run_all_is_new_and_open() -> None:
    first = review([finding("a", "1", "2"), finding("b")])
    assert first.counts() == {"new": 3, "open": 0, "fixed": 0} and not first.compared
    assert {issue.remark for issue in first.issues} == {Remark("open", "")}


def test_new_open_and_fixed(tmp_path: Path) -> None:
    before = after(review([finding("a", "1", "2"), finding("b")]), tmp_path)
    now = review([finding("a", "2", "3")], before)
    assert since(now) == {"2": "open", "3": "new"} and now.compared
    assert [(known.rule, known.value, known.keys) for known in now.fixed] == [
        ("a", "1", (("USUBJID", "S1"),)),
        ("b", "", ()),
    ]
    assert now.counts() == {"new": 1, "open": 1, "fixed": 2}


def test_status_and_comment_stay_over_any_number_of_runs(tmp_path: Path) -> None:
    first = review([finding("a", "1", "2")])
    second = review([finding("a", "1", "2")], after(first, tmp_path), said(first, "1", "query sent", "asked"))
    third = review([finding("a", "1", "2")], after(second, tmp_path))
    for each in (second, third):
        assert [issue.remark for issue in each.issues] == [Remark("query sent", "asked"), Remark()]
    assert review_dict(third)["findings"] == review_dict(second)["findings"] != review_dict(first)["findings"]


def test_an_emptied_cell_takes_a_remark_back_and_a_deleted_row_does_not(tmp_path: Path) -> None:
    first = review([finding("a", "1", "2")])
    rows = said(first, "1", "explained", "x") | said(first, "2", "explained", "y")
    second = review([finding("a", "1", "2")], after(first, tmp_path), rows)
    third = review([finding("a", "1", "2")], after(second, tmp_path), said(second, "1", "open"))
    assert [issue.remark for issue in third.issues] == [Remark(), Remark("explained", "y")]


def test_the_remark_of_a_fixed_issue_comes_back_with_it(tmp_path: Path) -> None:
    first = review([finding("a", "1")])
    second = review([], after(first, tmp_path), said(first, "1", "resolved", "corrected in EDC"))
    assert [known.remark.comment for known in second.fixed] == ["corrected in EDC"] and not second.kept
    third = review([], after(second, tmp_path))
    assert not third.fixed and [(known.why, known.value) for known in third.kept] == [("fixed earlier", "1")]
    fourth = review([finding("a", "1")], after(third, tmp_path))
    assert [(issue.since, issue.remark.comment) for issue in fourth.issues] == [("new", "corrected in EDC")]


def test_records_that_are_not_listed_are_neither_new_nor_fixed(tmp_path: Path) -> None:
    """Seven records, of which two are named: which two they are means nothing."""
    first = review([finding("a", "1", "2", count=7)])
    rows = said(first, "1", "explained", "known")
    second = review([finding("a", "3", "4", count=7)], after(first, tmp_path), rows)
    assert set(since(second).values()) == {"open"} and not second.fixed
    assert [(known.why, known.value) for known in second.kept] == [("not listed", "1")]
    third = review([finding("a", "2")], after(second, tmp_path))
    assert since(third) == {"2": "open"}  # the run before it did not list all
    assert {known.value for known in third.fixed} >= {"1", "3", "4"}


def test_what_a_run_could_not_find_is_not_called_fixed(tmp_path: Path) -> None:
    first = review([finding("a", "1", dataset="ADAE"), finding("b", "2")])
    second = review([], after(first, tmp_path), was_judged=lambda rule, dataset: dataset != "ADAE")
    assert [known.rule for known in second.fixed] == ["b"]
    assert [(known.rule, known.why) for known in second.kept] == [("a", "not checked")]
    third = review([finding("a", "1", dataset="ADAE")], after(second, tmp_path))
    assert since(third) == {"1": "open"}
    assert [known.rule for known in review([], after(second, tmp_path)).fixed] == ["a"]


def test_a_finding_has_the_least_settled_status_and_all_comments() -> None:
    first = review([finding("a", "1", "2", "3")])
    rows = (
        said(first, "1", "resolved", "x")
        | said(first, "2", "query sent", "y")
        | said(first, "3", "explained", "x")
    )
    (told,) = review([finding("a", "1", "2", "3")], None, rows).findings
    assert told.remark == Remark("query sent", "x; y") and told.since == "new"


def test_an_unknown_id_is_told_and_what_it_says_is_kept(tmp_path: Path) -> None:
    where = Location("findings.xlsx", sheet="Issues", row=9, column="Issue (A9)")
    known = Known(id="I-0", rule="a", remark=Remark("explained", "mine"))
    found = review([], Previous(), {"I-0": Written(known.remark, where, known)})
    (warning,) = found.warnings
    assert (warning.id, warning.severity, warning.where.row) == ("review-unknown-id", "warning", 9)
    assert [(each.id, each.why, each.remark.comment) for each in found.kept] == [
        ("I-0", "unknown id", "mine")
    ]
    again = review([], after(found, tmp_path), {"I-0": Written(known.remark, where, known)})
    assert not again.warnings and [each.id for each in again.kept] == ["I-0"]


def test_many_unknown_ids_are_one_warning() -> None:
    rows = {
        f"I-{n}": Written(Remark(), Location("f.xlsx", sheet="Issues", row=n + 2), Known(id=f"I-{n}"))
        for n in range(40)
    }
    (warning,) = review([], Previous(), rows).warnings
    assert warning.found == "40 of 40 ids that no run knows, the first in row 2"


def test_an_issue_that_is_called_resolved_and_found_again_is_told(tmp_path: Path) -> None:
    first = review([finding("a", "1")])
    second = review([finding("a", "1")], after(first, tmp_path), said(first, "1", "resolved"))
    assert [warning.id for warning in second.warnings] == ["review-found-again"]
    assert second.issues[0].remark.status == "resolved"  # nobody's word is changed


def test_the_shape_of_the_json(tmp_path: Path) -> None:
    first = review([finding("a", "1", count=3)])
    told = review_dict(
        review([finding("a", "1", count=3)], after(first, tmp_path), said(first, "1", "explained", "c")), "X1"
    )
    assert list(told) == ["study", "review", "findings", "fixed", "kept"] and told["study"] == "X1"
    assert told["review"] == {"new": 0, "open": 2, "fixed": 0, "compared": True, "warnings": []}
    (one,) = told["findings"]
    assert list(one)[:4] == ["id", "status", "comment", "since"]
    assert (one["status"], one["comment"], one["since"], one["count"]) == ("open", "c", "open", 3)
    (place,) = one["places"]
    assert (place["status"], place["comment"], place["since"]) == ("explained", "c", "open")
    assert one["unlisted"] == {"count": 2, "status": "open", "comment": ""}


def test_a_json_without_ids_is_of_an_earlier_version(tmp_path: Path) -> None:
    (tmp_path / "f.json").write_text('{"findings": [{"rule": "a"}]}', encoding="utf-8")
    assert read_previous(tmp_path / "f.json") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"findings": 3}',
        '{"findings": [{"id": 4}]}',
        "\ud800".encode("utf-8", "surrogatepass"),
    ],
)
def test_a_damaged_json_is_refused(tmp_path: Path, text: str | bytes) -> None:
    path = tmp_path / "findings.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    with pytest.raises(ProblemsFound) as refused:
        read_previous(path)
    (problem,) = refused.value.problems
    assert (problem.id, problem.where.file) == ("review-refused", "findings.json")


def test_an_unknown_status_is_refused(tmp_path: Path) -> None:
    text = review_json(review([finding("a", "1")])).replace('"status": "open"', '"status": "opened"', 1)
    (tmp_path / "findings.json").write_text(text, encoding="utf-8")
    # Of the finding as a whole nothing is read, as it follows from its issues.
    assert read_previous(tmp_path / "findings.json") is not None
    with pytest.raises(ValueError, match="opened"):
        Remark("opened")


@given(
    st.dictionaries(
        st.sampled_from("123456"), st.tuples(st.sampled_from(STATUSES), st.text(max_size=5)), max_size=6
    ),
    st.sets(st.sampled_from("123456"), min_size=1),
)
def test_no_remark_is_ever_lost(remarks: dict[str, tuple[str, str]], left: set[str]) -> None:
    """Whatever is fixed meanwhile, each remark is with its issue, with what is fixed, or kept."""
    first = review([finding("a", *"123456")])
    rows: dict[str, Written] = {}
    for value, (status, comment) in remarks.items():
        rows |= said(first, value, status, comment)
    previous = Previous(
        {i.id: Known(id=i.id, rule="a", dataset="AE", variable="AETERM") for i in first.issues}
    )
    second = review([finding("a", *sorted(left))], previous, rows)
    held = {issue.id: issue.remark for issue in second.issues}
    held |= {known.id: known.remark for known in (*second.fixed, *second.kept)}
    assert all(held[id] == row.remark for id, row in rows.items())
    assert second.counts()["fixed"] == 6 - len(left)


def test_the_order_of_findings_changes_no_remark(tmp_path: Path) -> None:
    first = review([finding("a", "1"), finding("b", "1", "2")])
    turned = review([finding("b", "2", "1"), finding("a", "1")], after(first, tmp_path))
    assert {i.id for i in turned.issues} == {i.id for i in first.issues}
    assert replace(turned, findings=()).counts() == {"new": 0, "open": 0, "fixed": 0}
