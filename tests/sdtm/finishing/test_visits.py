"""Planned and unscheduled visits (SDTMIG 3.4, 4.4.5)."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm import columns
from sdtm.finishing.visits import assign_visits
from specs.model import Unscheduled, Visit
from specs.problems import ProblemsFound

PLAN = (
    Visit(VISITNUM="1", VISIT="SCREENING", VISITDY="-7", raw=("SCR", "Screening")),
    Visit(VISITNUM="2", VISIT="BASELINE", VISITDY="1", raw=("C1D1",)),
    Visit(VISITNUM="3", VISIT="WEEK 2", VISITDY="14"),
    Visit(VISITNUM="3.5", VISIT="AMBUL ECG"),
    Visit(VISITNUM="4", VISIT="WEEK 4", VISITDY="28"),
)
BY_DATE = Unscheduled(raw="Unsch.*")
BY_NUMBER = Unscheduled(raw=r"Unscheduled ?(.*)")


def assigned(rows, unscheduled=BY_DATE, plan=PLAN):
    made = assign_visits(
        columns.text([row[1] for row in rows]),
        columns.text([row[0] for row in rows]),
        columns.text([row[2] for row in rows]),
        plan,
        unscheduled,
    )
    frame = made.frame.astype({"VISIT": object})
    return [
        tuple(None if value != value else value for value in row)
        for row in frame[["VISITNUM", "VISIT", "VISITDY"]].itertuples(index=False)
    ], made.unmatched.astype(object).where(made.unmatched.notna(), None).tolist()


def test_planned_visits_by_their_texts():
    rows = [("S1", text, None) for text in ("SCR", "Screening", "SCREENING", "C1D1", "AMBUL ECG", None)]
    made, reasons = assigned(rows)
    screening = (1.0, "SCREENING", -7.0)
    assert made == [screening] * 3 + [(2.0, "BASELINE", 1.0), (3.5, "AMBUL ECG", None), (None, None, None)]
    assert reasons == [None] * 6


def test_a_text_that_is_near_a_visit_is_not_that_visit():
    made, reasons = assigned([("S1", "screening", None), ("S1", "WEEK 22", "2024-01-01")])
    assert made == [(None, None, None)] * 2
    assert reasons == ["no visit of the schedule has this text"] * 2


SUBJECT = [
    ("S1", "C1D1", "2024-03-01T09:00"),
    ("S1", "WEEK 2", "2024-03-14"),
    ("S1", "WEEK 2", "2024-03-15"),
    ("S1", "WEEK 4", "2024-03-29"),
]


def test_unscheduled_visits_are_numbered_by_date_after_the_last_planned_visit():
    rows = [
        ("S1", "Unscheduled", "2024-03-20"),
        ("S1", "Unscheduled", "2024-03-17T10:00"),
        ("S1", "Unscheduled", "2024-03-17"),  # the same visit, another form
        ("S1", "Unscheduled", "2024-03-05"),
        ("S1", "Unscheduled", "2024-02-20"),  # before any planned visit
        ("S1", "Unscheduled", "2024-03-29"),  # on the day of WEEK 4
        ("S2", "Unscheduled", "2024-03-20"),
        *SUBJECT,
    ]
    made, reasons = assigned(rows)
    numbers = [3.2, 3.1, 3.1, 2.1, 0.1, 4.1, 0.1]
    assert [row[0] for row in made[:7]] == numbers
    assert [row[1] for row in made[:7]] == [f"UNSCHEDULED {number}" for number in numbers]
    assert [row[2] for row in made[:7]] == [None] * 7  # VISITDY is of planned visits only
    assert reasons == [None] * len(rows)


def test_dates_before_1970_and_several_subjects_are_kept_apart():
    rows = [
        ("S1", "C1D1", "1969-12-20"),
        ("S1", "Unscheduled", "1969-12-25"),
        ("S1", "WEEK 2", "1970-01-02"),
        ("S2", "Unscheduled", "1901-01-01"),  # the planned visits of S1 are not those of S2
        ("S2", "WEEK 4", "1901-01-02"),
        ("S2", "WEEK 2", "1901-01-02"),  # of two on one day the one with the higher number counts
        ("S2", "Unscheduled", "1901-01-02"),
    ]
    made, _ = assigned(rows)
    assert [made[row][0] for row in (1, 3, 6)] == [2.1, 0.1, 4.1]


def test_more_than_nine_are_numbered_in_hundredths():
    rows = [("S1", "Unscheduled", f"2024-03-{day:02}") for day in range(2, 12)] + [
        ("S1", "C1D1", "2024-03-01")
    ]
    assert [row[0] for row in assigned(rows)[0][:10]] == [round(2 + n / 100, 2) for n in range(1, 11)]
    assert [row[0] for row in assigned(rows[:9] + rows[-1:])[0][:9]] == [
        round(2 + n / 10, 1) for n in range(1, 10)
    ]


def test_a_planned_number_is_never_used_nor_passed():
    # WEEK 2 is 3, the next planned number is 3.5: five visits in tenths would reach it.
    rows = [("S1", "Unscheduled", f"2024-03-{day}") for day in range(16, 21)] + SUBJECT
    assert [row[0] for row in assigned(rows)[0][:5]] == [
        3.01,
        3.02,
        3.03,
        3.04,
        3.05,
    ]
    assert [row[0] for row in assigned(rows[1:])[0][:4]] == [3.1, 3.2, 3.3, 3.4]


def test_different_texts_of_one_day_are_different_visits():
    rows = [("S1", "Unscheduled (2)", "2024-03-17"), ("S1", "Unscheduled (1)", "2024-03-17"), *SUBJECT]
    assert [row[0] for row in assigned(rows)[0][:2]] == [3.2, 3.1]


def test_without_a_complete_date_there_is_no_number():
    made, reasons = assigned([("S1", "Unscheduled", "2024-03"), ("S1", "Unscheduled", None), *SUBJECT])
    assert made[:2] == [(None, None, None)] * 2
    assert reasons[:2] == ["an unscheduled visit needs a subject and a complete date to be numbered"] * 2


def test_by_its_text_a_visit_is_one_whatever_the_dates_of_its_forms():
    """CT on the 20th, bone scan on the 23rd, a form without a date; UNS 2 and that of S2 are others."""
    by_text = Unscheduled(raw="UNS [0-9]+", one_visit="text")
    rows = [
        ("S1", "BASELINE", "2024-03-01"),
        ("S1", "UNS 1", "2024-03-23"),
        ("S1", "UNS 1", "2024-03-20"),
        ("S1", "UNS 1", None),
        ("S1", "UNS 2", "2024-03-21"),
        ("S2", "UNS 1", None),
    ]
    made, reasons = assigned(rows, by_text)
    assert [row[0] for row in made] == [2.0, 2.1, 2.1, 2.1, 2.2, None]
    assert reasons[5] == "an unscheduled visit needs a subject and a complete date to be numbered"


def test_the_number_may_stand_in_the_text():
    rows = [
        ("S1", text, None)
        for text in ("Unscheduled 1.1", "Unscheduled 13.10", "Unscheduled", "Unscheduled 3.5")
    ]
    made, reasons = assigned(rows, BY_NUMBER)
    assert made == [
        (1.1, "UNSCHEDULED 1.1", None),
        (13.1, "UNSCHEDULED 13.1", None),
        (None,) * 3,
        (None,) * 3,
    ]
    assert reasons == [
        None,
        None,
        "the text has no visit number where the declared pattern expects one",
        "the number in the text is that of a planned visit",
    ]


def test_no_rows_and_no_pattern():
    assert assigned([]) == ([], [])
    assert assigned([("S1", "Unscheduled", "2024-01-01")], None)[1] == [
        "no visit of the schedule has this text"
    ]


@pytest.mark.parametrize(
    ("plan", "unscheduled", "told"),
    [
        (
            (*PLAN, Visit(VISITNUM="9", VISIT="OTHER", raw=("SCR",))),
            None,
            "'SCR' also names visit 1 SCREENING",
        ),
        ((Visit(VISITNUM="one", VISIT="X"),), None, "VISITNUM and VISITDY as numbers"),
        (PLAN, Unscheduled(raw="Unsch("), "a regular expression such as"),
    ],
)
def test_a_schedule_that_makes_no_sense_is_a_problem(plan, unscheduled, told):
    with pytest.raises(ProblemsFound, match="(?s).*" + told):
        assigned([("S1", "SCR", None)], unscheduled, plan)


def test_a_visit_may_be_listed_for_each_arm():
    plan = (*PLAN, Visit(VISITNUM="1", VISIT="SCREENING", VISITDY="-7", raw=("SCR",), ARMCD="B"))
    assert assigned([("S1", "SCR", None)], None, plan)[0] == [(1.0, "SCREENING", -7.0)]


def test_the_published_visits_of_real_data(shared):
    """DS of the public data: planned by name, unscheduled by the number in the name."""
    folder = shared / "data" / "pharmaverseraw"
    with (folder / "visits.csv").open(encoding="utf-8", newline="") as file:
        plan = tuple(
            Visit(**row) for row in csv.DictReader(file) if not row["VISIT"].startswith("UNSCHEDULED")
        )
    with (folder / "target" / "ds.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["VISIT"]]
    made, reasons = assigned(
        [(row["USUBJID"], row["VISIT"], None) for row in rows], Unscheduled(raw="UNSCHEDULED (.*)"), plan
    )
    assert len(rows) > 500 and not any(reasons)
    assert [row[:2] for row in made] == [(float(row["VISITNUM"]), row["VISIT"]) for row in rows]


row = st.tuples(
    st.sampled_from(["S1", "S2"]),
    st.sampled_from(["C1D1", "WEEK 2", "WEEK 4", "Unscheduled", "Unsch 2", "Phone"]),
    st.sampled_from([f"2024-03-{day:02}" for day in range(1, 12)] + ["2024-03", None]),
)


@given(st.lists(row, max_size=25), st.randoms())
def test_the_order_of_rows_does_not_matter_and_numbers_sort_by_date(rows, random):
    made, reasons = assigned(rows)
    shuffled = list(range(len(rows)))
    random.shuffle(shuffled)
    other, others = assigned([rows[i] for i in shuffled])
    assert other == [made[i] for i in shuffled] and others == [reasons[i] for i in shuffled]
    alone = [i for i, row in enumerate(rows) if row[0] == "S1"]
    assert assigned([rows[i] for i in alone])[0] == [made[i] for i in alone]  # whatever other subjects did
    for subject in ("S1", "S2"):
        loose = sorted(
            {
                (r[2], m[0])
                for r, m in zip(rows, made, strict=True)
                if r[0] == subject and r[1] == "Unscheduled" and m[0]
            }
        )
        planned = [m[0] for r, m in zip(rows, made, strict=True) if r[1] in ("C1D1", "WEEK 2", "WEEK 4")]
        within = [number for _, number in loose if np.floor(number) == 2]
        assert within == sorted(within) and not set(planned) & {number for _, number in loose}
