"""Sums of diameters and target responses: sequences worked by hand from RECIST 1.1 (Eisenhauer 2009, 4.3.1).

A sequence is written as the sizes in mm of all target lesions at baseline and at each later visit, with `;` between
visits; `N9` is the short axis of a lymph node, `-` a lesion that was not measured. All subjects are invented.
"""

from __future__ import annotations

from random import Random
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdtm.derivations import best_percent_change, sum_of_diameters, target_response
from sdtm.derivations.notes import Notes

START = pd.Timestamp("2022-01-10")


def lesions(text: str, subject: str = "S1", first_day: int = -7) -> pd.DataFrame:
    """Sizes as ``lesion_value`` gives them: baseline a week before treatment, then every six weeks."""
    rows = []
    for visit, sizes in enumerate(text.split(";")):
        day = first_day if visit == 0 else 42 * visit
        for number, size in enumerate(sizes.split(), start=1):
            rows.append(
                {
                    "USUBJID": subject,
                    "TRLNKID": f"T{number:02}",
                    "VISITNUM": float(visit + 1),
                    "ADT": START + pd.Timedelta(days=day),
                    "AVAL": None if size == "-" else float(size.lstrip("N")),
                    "NODEFL": "Y" if size.startswith("N") else "N",
                }
            )
    return typed(pd.DataFrame(rows))


def typed(frame: pd.DataFrame) -> pd.DataFrame:
    texts = dict.fromkeys(("USUBJID", "TRLNKID", "NODEFL"), "str")
    return frame.assign(TRTSDT=pd.Series([START] * len(frame), dtype="datetime64[s]")).astype(
        {**texts, "ADT": "datetime64[s]", "AVAL": "float64"}
    )


def responses(records: pd.DataFrame, **values: Any) -> str:
    made = target_response(records, notes=Notes(), **values)
    return " ".join(made.sort_values("ADT")["AVALC"])


# The first two are the rule book's examples.
SEQUENCES = """
50; 46; 35; 34; 42             | SD PR PR PD
20; 10; 13; 15                 | PR PR PD
43; 30.1                       | PR
50; 35.1                       | SD
50; 60                         | PD
50; 59.9                       | SD
20; 24                         | SD
20; 25                         | PD
100; 104; 118; 125             | SD SD PD
50; 30; 36                     | PR PD
50; 30; 35.9                   | PR SD
50; 0; 0                       | CR CR
50; 0; 4                       | CR PD
50; 0; 6                       | CR PD
50; 0; 0; 2                    | CR CR PD
20 30; 10 -                    | NE
20 30; - -                     | NE
20 30; 10 15; - 32             | PR PD
20 30; 10 15; - 14             | PR NE
20 30; 10 -; 20 20; 22 25      | NE SD SD
20 N18; 0 N9                   | CR
20 N18; 0 N10                  | PR
20 N18; 0 N9; 0 N12            | CR PR
20 N18; 0 N9; 0 N15            | CR PD
20 N18; 0 N9; 1 N9             | CR PD
N20; N8; N13                   | CR PD
N20; N8; N12.9                 | CR PR
50; 55; 62                     | SD PD
50; 45; 40; 36; 43.2           | SD SD SD PD
50; 45; 40; 36; 43.1           | SD SD SD SD
50; 65; 40                     | PD SD
10; 7; 12                      | PR PD
10; 5; 9.9                     | PR SD
12; 5                          | PR
100; 70.001                    | SD
30 30 30; 30 0 30; 10 10 10    | PR PR
20 30; 0 0; 0 -                | CR NE
20 30; 0 0; 3 -                | CR PD
20 30; 14 21; 15 21            | PR SD
"""


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [[cell.strip() for cell in line.split("|")] for line in SEQUENCES.splitlines() if line],
)
def test_a_sequence_of_sizes_gives_the_responses_that_recist_gives(sizes, expected):
    assert responses(lesions(sizes)) == expected


def test_without_the_switch_a_lesion_that_comes_back_needs_five_millimetres():
    assert responses(lesions("50; 0; 4"), reappear=False) == "CR PR"
    assert responses(lesions("50; 0; 6"), reappear=False) == "CR PD"


def test_the_changes_of_the_rule_book():
    made = sum_of_diameters(lesions("50; 46; 35; 34; 42"))
    assert made["AVAL"].tolist() == [50, 46, 35, 34, 42]
    assert made["ABLFL"].fillna("").tolist() == ["Y", "", "", "", ""]
    assert made["BASE"].tolist() == [50.0] * 5
    assert made["CHG"].tolist()[1:] == [-4, -15, -16, -8]
    assert made["PCHG"].tolist()[1:] == [-8, -30, -32, -16]
    assert made["NADIR"].tolist()[1:] == [50, 46, 35, 34]
    assert made["CHGNAD"].tolist()[1:] == [-4, -11, -1, 8]
    assert made["PCHGNAD"].tolist()[4] == pytest.approx(23.529411764705882)
    assert made["CHG"].isna().tolist()[0]
    assert made["PARAMCD"].tolist() == ["SDIAM"] * 5


def test_an_incomplete_sum_has_no_change_and_is_no_nadir():
    made = sum_of_diameters(lesions("20 30; 10 -; 20 20"))
    assert made["AVAL"].tolist() == [50, 10, 40]
    assert made["ANL01FL"].fillna("").tolist() == ["Y", "", "Y"]
    assert made["LSEXP"].tolist() == ["T01, T02"] * 3
    assert made["LSASS"].tolist() == ["T01, T02", "T01", "T01, T02"]
    assert made["NADIR"].tolist()[2] == 50
    assert made["PCHG"].isna().tolist() == [True, True, False]


def test_a_percent_change_from_a_nadir_of_zero_is_missing():
    made = sum_of_diameters(lesions("50; 0; 6"))
    assert made["CHGNAD"].tolist()[2] == 6
    assert made["PCHGNAD"].isna().tolist()[2]


def test_the_nadir_goes_by_the_date_of_the_scan_not_by_the_number_of_the_visit():
    records = lesions("50; 40; 30; 36")
    # The visit of 30 mm was unscheduled: number 99, between the others by its date.
    records["VISITNUM"] = [1.0, 2.0, 99.0, 3.0]
    made = sum_of_diameters(records)
    assert made["AVAL"].tolist() == [50, 40, 30, 36]
    assert made["NADIR"].tolist()[1:] == [50, 40, 30]
    assert responses(records) == "SD PR PD"


def test_the_baseline_is_the_last_complete_one_until_treatment():
    records = typed(
        pd.concat(
            [lesions("60 20", first_day=-20), lesions("50 10", first_day=0), lesions("40 -", first_day=-3)]
        )
    )
    records["VISITNUM"] = [1.0, 1.0, 3.0, 3.0, 2.0, 2.0]
    made = sum_of_diameters(records.reset_index(drop=True))
    assert made["AVAL"].tolist() == [80, 40, 60]
    assert made["ABLFL"].fillna("").tolist() == ["", "", "Y"]
    assert made["BASE"].isna().tolist() == [True, True, False]


def test_scans_of_one_visit_are_one_assessment_dated_by_the_first():
    records = lesions("20 30; 10 15")
    records.loc[3, "ADT"] += pd.Timedelta(days=3)
    made = sum_of_diameters(records)
    assert made["AVAL"].tolist() == [50, 25]
    assert (made["ADT"] - START).dt.days.tolist() == [-7, 42]
    late = sum_of_diameters(records, assessment_date="latest")
    assert (late["ADT"] - START).dt.days.tolist() == [-7, 45]


def test_a_split_lesion_is_added_up_and_a_merged_one_counts_once():
    split = pd.concat([lesions("30 20"), lesions("; 12 9 20")]).reset_index(drop=True)
    split["TRLNKID"] = ["T01", "T02", "T01.1", "T01.2", "T02"]
    made = sum_of_diameters(split)
    assert made["AVAL"].tolist() == [50, 41]
    assert made["ANL01FL"].tolist() == ["Y", "Y"]
    assert made["LSASS"].tolist() == ["T01, T02", "T01, T02"]
    merged = pd.concat([lesions("30 20"), lesions("; 35")]).reset_index(drop=True)
    merged["TRLNKID"] = ["T01", "T02", "T01/T02"]
    made = sum_of_diameters(merged)
    assert made["AVAL"].tolist() == [50, 35]
    assert made["ANL01FL"].tolist() == ["Y", "Y"]
    assert responses(merged) == "PR"


def test_a_part_of_a_split_lesion_that_was_not_measured_leaves_the_sum_incomplete():
    split = pd.concat([lesions("30 20"), lesions("; 12 - 20")]).reset_index(drop=True)
    split["TRLNKID"] = ["T01", "T02", "T01.1", "T01.2", "T02"]
    assert responses(split) == "NE"


def test_a_target_lesion_that_appears_after_baseline_is_noted_and_left_out():
    notes = Notes()
    records = lesions("20 -; 10 10")
    made = sum_of_diameters(records, notes=notes)
    assert made["AVAL"].tolist() == [20, 10]
    assert [(note.rule, note.rows) for note in notes] == [("target-lesion-after-baseline", (3,))]
    assert responses(records) == "PR"


def test_without_a_baseline_the_response_is_not_evaluable_and_a_note_says_why():
    records = lesions("50; 40; 20").iloc[1:]
    notes = Notes()
    made = target_response(records, notes=notes)
    assert made["AVALC"].tolist() == ["NE", "NE"]
    assert {note.rule: note.rows for note in notes} == {
        "target-lesion-after-baseline": (1, 2),
        "no-complete-baseline": (1, 2),
    }


def test_a_lesion_measured_twice_counts_with_the_larger_size_and_is_noted():
    records = pd.concat([lesions("20 30; 10 15"), lesions("; 12")]).reset_index(drop=True)
    records.loc[4, "VISITNUM"] = 2.0
    notes = Notes()
    made = sum_of_diameters(records, notes=notes)
    assert made["AVAL"].tolist() == [50, 27]
    assert [(note.rule, note.rows) for note in notes] == [("lesion-measured-twice", (2, 4))]


def test_of_two_scans_at_one_visit_the_worst_response_counts_and_both_sums_are_kept():
    records = pd.concat([lesions("20 30; 10 15"), lesions("; 40 30"), lesions(";; 30 30")]).reset_index(
        drop=True
    )
    # The second scan of visit 2 is three days after the first; visit 3 comes later.
    again = records.index[4:6]
    records.loc[again, "ADT"] += pd.Timedelta(days=3)
    notes = Notes()
    made = sum_of_diameters(records, notes=notes)
    assert made["AVAL"].tolist() == [50, 25, 70, 60]
    assert (made["ADT"] - START).dt.days.tolist() == [-7, 42, 45, 84]
    assert [(note.rule, note.rows) for note in notes] == [("several-scans-at-one-visit", (2, 3, 4, 5))]
    answers = target_response(records, notes=Notes())
    assert answers["AVALC"].tolist() == ["PD", "PD"]
    assert (answers["ADT"] - START).dt.days.tolist() == [45, 84]
    answers = target_response(records, scans_of_a_visit="all", notes=Notes())
    assert answers["AVALC"].tolist() == ["PR", "PD", "PD"]


def test_the_same_size_twice_is_a_duplicate_and_counts_once():
    records = pd.concat([lesions("20; 10"), lesions("20; 10")]).reset_index(drop=True)
    notes = Notes()
    assert sum_of_diameters(records, notes=notes)["AVAL"].tolist() == [20, 10]
    assert [(note.rule, note.severity) for note in notes] == [("duplicate-measurement", "note")]


def test_an_assessment_without_a_date_is_noted():
    records = lesions("20; 10; 9")
    records.loc[1, "ADT"] = pd.NaT
    notes = Notes()
    assert sum_of_diameters(records, notes=notes)["AVAL"].tolist() == [20, 9]
    assert [(note.rule, note.rows) for note in notes] == [("assessment-without-date", (1,))]


def test_small_lesions_at_baseline_are_noted_and_counted():
    notes = Notes()
    made = sum_of_diameters(lesions("9 N14 10 N15"), notes=notes)
    assert made["AVAL"].tolist() == [48]
    assert [(note.rule, note.rows) for note in notes] == [("small-target-lesion", (0, 1))]


def test_the_largest_growth_of_one_lesion_is_counted_from_the_nadir():
    made = sum_of_diameters(lesions("20 30; 10 20; 16 21"))
    assert made["LSGROW"].tolist()[1:] == [-10, 6]


def test_readers_are_kept_apart():
    records = pd.concat([lesions("50; 30").assign(TREVALID="R1"), lesions("50; 60").assign(TREVALID="R2")])
    made = target_response(records.reset_index(drop=True), by=["TREVALID"])
    assert dict(zip(made["TREVALID"], made["AVALC"], strict=True)) == {"R1": "PR", "R2": "PD"}


def test_no_lesions_give_no_assessments():
    made = sum_of_diameters(lesions("20; 10").iloc[:0])
    assert len(made) == 0
    assert len(target_response(lesions("20; 10").iloc[:0])) == 0


def change_rows(text: str, **dates: int) -> pd.DataFrame:
    made = sum_of_diameters(lesions(text))
    for name, day in dates.items():
        made[name] = pd.Series([START + pd.Timedelta(days=day)] * len(made), dtype="datetime64[s]")
    return made


@pytest.mark.parametrize(
    ("dates", "values", "expected"),
    [
        ({}, {}, -40.0),
        ({"PDDT": 126}, {"progression": "PDDT"}, -32.0),
        ({"PDDT": 126}, {"progression": "PDDT", "progression_visit": False}, -30.0),
        ({"NACTDT": 100}, {"new_therapy": "NACTDT"}, -30.0),
        ({"NACTDT": 84}, {"new_therapy": "NACTDT"}, -30.0),
        ({"NACTDT": 83}, {"new_therapy": "NACTDT"}, -8.0),
    ],
)
def test_the_best_change_stops_at_progression_and_new_therapy(dates, values, expected):
    made = best_percent_change(change_rows("50; 46; 35; 34; 30", **dates), **values)
    assert made["AVAL"].tolist() == [expected]


def test_a_subject_without_a_complete_later_sum_has_no_bar():
    assert len(best_percent_change(change_rows("50 20; 46 -"))) == 0


# ---- a second reading of the rules, slow and one subject at a time -------------------------------------------


def read_slowly(text: str) -> list[str]:
    """The rules word for word. Sizes are whole millimetres, so that nothing is lost in binary."""
    visits = [visit.split() for visit in text.split(";")]
    is_node = ["N" in size for size in visits[0]]
    sizes = [[None if size == "-" else int(size.lstrip("N")) for size in visit] for visit in visits]
    expected = [place for place, size in enumerate(sizes[0]) if size is not None]
    base = sum(size for size in sizes[0] if size is not None)
    complete_sums, answers = [base], []
    for visit in sizes[1:]:
        here = {place: visit[place] for place in expected}
        known = {place: size for place, size in here.items() if size is not None}
        total, nadir = sum(known.values()), min(complete_sums)
        came_back = "CR" in answers and any(size > 0 for place, size in known.items() if not is_node[place])
        if known and ((total - nadir >= 5 and 10 * total >= 12 * nadir) or came_back):
            answer = "PD"
        elif len(known) < len(here):
            answer = "NE"
        elif all(size < 10 if is_node[place] else size == 0 for place, size in here.items()):
            answer = "CR"
        elif 10 * total <= 7 * base:
            answer = "PR"
        else:
            answer = "SD"
        answers.append(answer)
        if len(known) == len(here):
            complete_sums.append(total)
    return answers


def test_it_agrees_with_a_slow_reading_of_the_rules_for_many_subjects():
    random = Random(20220110)
    texts = {}
    for number in range(800):
        nodes = [random.random() < 0.3 for _ in range(random.randint(1, 4))]
        shrinking = random.random() < 0.5
        visits = [" ".join(f"{'N' if node else ''}{random.randint(15, 30)}" for node in nodes)]
        for _ in range(random.randint(1, 6)):
            most = 12 if shrinking else 32
            drawn = [
                None if random.random() < 0.06 else random.choice([0, random.randint(0, most)]) for _ in nodes
            ]
            pairs = zip(nodes, drawn, strict=True)
            visits.append(
                " ".join("-" if size is None else f"{'N' if node else ''}{size}" for node, size in pairs)
            )
        texts[f"S{number:04}"] = "; ".join(visits)
    records = pd.concat([lesions(text, subject) for subject, text in texts.items()], ignore_index=True)
    # Whether a lesion is a node is known of the lesion, also where it was not measured.
    nodes = records.groupby(["USUBJID", "TRLNKID"])["NODEFL"].transform("max")
    made = target_response(records.assign(NODEFL=nodes), notes=Notes()).sort_values(["USUBJID", "ADT"])
    found = made.groupby("USUBJID")["AVALC"].agg(list)
    expected = {subject: read_slowly(text) for subject, text in texts.items()}
    assert found.to_dict() == expected
    counts = made["AVALC"].value_counts()
    assert set(counts.index) == {"CR", "PR", "SD", "PD", "NE"} and counts.min() > 50


SIZE = st.integers(0, 60).map(float)


@settings(max_examples=25)
@given(st.lists(st.tuples(SIZE, SIZE), min_size=1, max_size=5), st.integers(0, 59))
def test_a_larger_lesion_never_gives_a_better_response(visits, more):
    order = ["CR", "PR", "SD", "PD"]
    *earlier, (first, second) = visits
    found = []
    for last in (first, first + more):
        sizes = [(30.0, 30.0), *earlier, (last, second)]
        text = "; ".join(f"{one} {other}" for one, other in sizes)
        found.append(responses(lesions(text)).split()[-1])
    assert order.index(found[1]) >= order.index(found[0])


@settings(max_examples=20)
@given(st.lists(st.tuples(SIZE, SIZE), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(visits, random):
    records = lesions("30 N30; " + "; ".join(f"{first} N{second}" for first, second in visits))
    rows = list(records.index)
    random.shuffle(rows)
    pd.testing.assert_frame_equal(sum_of_diameters(records.loc[rows]), sum_of_diameters(records))


@settings(max_examples=20)
@given(st.lists(st.tuples(SIZE, SIZE), min_size=1, max_size=5), st.integers(-3000, 3000))
def test_shifting_all_dates_changes_nothing_but_dates(visits, days):
    records = lesions("30 30; " + "; ".join(f"{first} {second}" for first, second in visits))
    shift = pd.Timedelta(days=days).as_unit("s")
    moved = records.assign(ADT=records["ADT"] + shift, TRTSDT=records["TRTSDT"] + shift)
    made, later = sum_of_diameters(records), sum_of_diameters(moved)
    pd.testing.assert_frame_equal(later.assign(ADT=later["ADT"] - shift), made)
