"""Subject elements."""

from __future__ import annotations

from sdtm import columns
from sdtm.finishing.elements import subject_elements

NAMES = ["USUBJID", "ETCD", "TAETORD", "SESTDTC", "SEENDTC"]


def rows(made):
    frame = made.frame.astype(object)
    return [tuple(v if isinstance(v, (str, float)) and v == v else None for v in row)
            for row in frame[NAMES].itertuples(index=False)]  # fmt: skip


def test_each_element_ends_where_the_next_entered_one_starts():
    made = subject_elements(
        columns.text(["S1", "S2", "S3"]),
        {
            "SCRN": columns.text(["2024-01-05", "2024-01-06", "2024-01-07"]),
            "TRT": columns.text(["2024-01-20T10:00", None, "2024-01-21"]),
            "FUP": columns.text(["2024-03-01", None, None]),
        },
        {
            "FUP": columns.text(["2024-04-01", "2024-04-02", None]),
            "SCRN": columns.text([None, "2024-01-10", None]),
        },
    )
    assert rows(made) == [
        ("S1", "SCRN", 1.0, "2024-01-05", "2024-01-20T10:00"),
        ("S1", "TRT", 2.0, "2024-01-20T10:00", "2024-03-01"),
        ("S1", "FUP", 3.0, "2024-03-01", "2024-04-01"),
        ("S2", "SCRN", 1.0, "2024-01-06", "2024-01-10"),
        ("S3", "SCRN", 1.0, "2024-01-07", "2024-01-21"),
        ("S3", "TRT", 2.0, "2024-01-21", None),
    ]
    assert made.disorder == []


def test_an_element_that_was_skipped_leaves_no_hole():
    made = subject_elements(
        columns.text(["S1"]),
        {"A": columns.text(["2024-01-01"]), "B": columns.text([None]), "C": columns.text(["2024-02-01"])},
        {},
    )
    assert rows(made) == [("S1", "A", 1.0, "2024-01-01", "2024-02-01"), ("S1", "C", 3.0, "2024-02-01", None)]


def test_starts_out_of_order_are_told_and_kept():
    made = subject_elements(
        columns.text(["S1", "S2"]),
        {
            "A": columns.text(["2024-03-01", "2024-03-01"]),
            "B": columns.text(["2024-02-28", "2024-03-01T08:00"]),
        },
        {},
    )
    assert made.disorder == [("S1", "A starts 2024-03-01 and ends 2024-02-28")]
    assert rows(made)[0] == ("S1", "A", 1.0, "2024-03-01", "2024-02-28")


def test_nobody_and_nothing():
    assert len(subject_elements(columns.text([]), {"A": columns.text([])}, {}).frame) == 0
    assert len(subject_elements(columns.text(["S1"]), {"A": columns.text([None])}, {}).frame) == 0
