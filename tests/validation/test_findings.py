"""A finding in words: where it is, where else, and no more of a value than people can read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validation.findings import Finding, Place, capped, fold, severity_counts


def finding(*places: Place, found: str = "found", count: int = 0) -> Finding:
    return Finding("a-rule", "error", found, "expected", places=places, count=count or len(places) or 1)


def first_line(*places: Place) -> str:
    return str(finding(*places)).splitlines()[0]


def test_other_rows_of_the_same_file_are_numbers():
    places = [Place(file="ae.csv", row=row) for row in (2, 5, 9)]
    assert first_line(*places) == "error[a-rule] ae.csv, row 2 (3 in all; also rows 5, 9)"


def test_rows_of_other_files_stand_with_their_file():
    places = [Place(file="a.csv", row=2), Place(file="a.csv", row=3), Place(file="b.csv", row=4)]
    assert first_line(*places) == "error[a-rule] a.csv, row 2 (3 in all; also rows 3, b.csv row 4)"


def test_files_without_rows_are_named():
    assert (
        first_line(Place(file="a.csv"), Place(file="b.csv")) == "error[a-rule] a.csv (2 in all; also b.csv)"
    )


def test_another_column_of_the_same_row_is_no_other_row():
    places = [Place(file="a.csv", row=2, column="X"), Place(file="a.csv", row=2, column="Y")]
    assert first_line(*places) == "error[a-rule] a.csv, row 2, column X (2 in all)"


def test_a_long_value_is_shortened_in_words_only():
    long = finding(found="x" * 5_000)
    assert len(str(long)) < 600 and long.found == "x" * 5_000


def test_equal_findings_become_one_with_all_places_in_order():
    (one,) = fold(
        [finding(Place(file="b.csv", row=1)), finding(Place(file="a.csv", row=7), Place(file="a.csv", row=2))]
    )
    assert one.count == 3 and [(p.file, p.row) for p in one.places] == [
        ("a.csv", 2),
        ("a.csv", 7),
        ("b.csv", 1),
    ]


def test_what_is_left_out_is_counted():
    """Of four different findings the two at most places stay; the others share one."""
    four = [finding(found=name, count=count) for name, count in (("a", 1), ("b", 5), ("c", 2), ("d", 7))]
    kept = capped(four, shown=2)
    assert [(f.found, f.count, f.stands_for) for f in kept] == [
        ("2 others of this kind, such as a, c", 3, 2),
        ("b", 5, 1),
        ("d", 7, 1),
    ]
    assert severity_counts(kept) == {"error": 4, "warning": 0, "note": 0}


@pytest.mark.parametrize("count", [1, 2, 3])
def test_one_more_than_shown_is_shown_as_well(count):
    several = [finding(found=str(i)) for i in range(count)]
    assert capped(several, shown=2) == several


@given(
    st.lists(
        st.tuples(st.sampled_from("abcdef"), st.sampled_from(["r", "s"]), st.integers(1, 9)), max_size=30
    ),
    st.integers(1, 4),
)
def test_capping_keeps_all_counts_and_does_not_depend_on_order(parts, shown):
    findings = fold(Finding(rule, "error", text, "expected", count=count) for text, rule, count in parts)
    kept = capped(findings, shown)
    assert sum(f.count for f in kept) == sum(f.count for f in findings)
    assert severity_counts(kept) == severity_counts(findings)
    assert max((sum(f.rule == rule for f in kept) for rule in "rs"), default=0) <= shown + 1
    assert capped(fold(reversed(findings)), shown) == kept
