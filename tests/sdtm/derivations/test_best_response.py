"""Best overall response: sequences worked by hand from the rules, a slow second reading of them, and invariants.

A sequence is written as days after the first dose and responses. What is expected was worked out from RECIST 1.1
(Eisenhauer 2009, 4.6 and Table 3) and the definitions of confirmation in the docstring, not from any output. All
subjects are invented.
"""

from __future__ import annotations

import warnings
from random import Random
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdtm.derivations import best_overall_response
from sdtm.derivations.notes import Notes

START = pd.Timestamp("2022-01-10")

Sequence = list[tuple[int, str]]


def read(text: str) -> Sequence:
    return [(int(day), response) for day, response in (part.split() for part in text.split(", ") if part)]


def tables(
    sequences: dict[str, Sequence], new_therapy: dict[str, int] | None = None
) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """RS with the overall responses, and ADSL with one row per subject."""
    rows = [
        (subject, response, START + pd.Timedelta(days=day), float(number))
        for subject, sequence in sequences.items()
        for number, (day, response) in enumerate(sequence, start=1)
    ]
    records = pd.DataFrame(rows, columns=["USUBJID", "AVALC", "ADT", "RSSEQ"]).astype(
        {"USUBJID": "str", "AVALC": "str", "ADT": "datetime64[s]", "RSSEQ": "float64"}
    )
    started = new_therapy or {}
    subjects = pd.DataFrame(
        {
            "USUBJID": pd.Series(list(sequences), dtype="str"),
            "TRTSDT": pd.Series([START] * len(sequences), dtype="datetime64[s]"),
            "NACTDT": pd.Series(
                [START + pd.Timedelta(days=started[s]) if s in started else pd.NaT for s in sequences],
                dtype="datetime64[s]",
            ),
        }
    )
    return records, {"ADSL": subjects}


def shown(made: pd.DataFrame) -> list[str]:
    """``PR @42``: response and day."""
    days = (made["ADT"] - START).dt.days
    return [
        response if pd.isna(day) else f"{response} @{int(day)}"
        for response, day in zip(made["AVALC"], days, strict=True)
    ]


def best(text: str, new_therapy: int | None = None, **values: Any) -> str:
    records, others = tables({"S1": read(text)}, {} if new_therapy is None else {"S1": new_therapy})
    return shown(best_overall_response(records, tables=others, notes=Notes(), **values))[0]


# The table of the rule book: it is the reference for confirmation.
RULE_BOOK = """
42 CR, 84 PD                         | CR @42 | SD @42
28 CR, 56 PD                         | CR @28 | PD @56
42 PR, 63 NE, 84 PR                  | PR @42 | PR @42
42 PR, 56 NE, 70 NE, 84 PR           | PR @42 | SD @42
42 PR, 63 SD, 84 PR                  | PR @42 | SD @42
42 PR, 69 PR                         | PR @42 | SD @42
42 PR, 70 PR                         | PR @42 | PR @42
42 PR, 84 CR                         | CR @84 | PR @42
42 PR, 63 CR, 84 PR                  | CR @63 | SD @42
42 CR, 84 PR, 126 CR                 | CR @42 | PR @84
42 PR, 42 PD                         | PD @42 | PD @42
41 SD                                | NE @41 | NE @41
"""

# Worked by hand.
WORKED = """
                                     | MISSING | MISSING
42 SD                                | SD @42 | SD @42
41 SD, 84 PD                         | PD @84 | PD @84
28 SD                                | NE @28 | NE @28
28 NE, 56 PD                         | PD @56 | PD @56
28 SD, 56 SD, 84 PD                  | SD @56 | SD @56
28 SD, 56 NE                         | NE @28 | NE @28
28 CR                                | CR @28 | NE @28
42 CR                                | CR @42 | SD @42
42 CR, 69 CR                         | CR @42 | SD @42
42 CR, 70 CR                         | CR @42 | CR @42
42 CR, 56 NE, 70 CR                  | CR @42 | CR @42
42 CR, 56 NE, 63 NE, 70 CR           | CR @42 | SD @42
42 CR, 56 SD, 84 CR                  | CR @42 | SD @42
42 PR, 56 CR, 84 CR                  | CR @56 | CR @56
42 PR, 63 CR, 84 CR                  | CR @63 | PR @42
42 PR, 69 CR, 97 CR                  | CR @69 | CR @69
42 SD, 84 PR, 126 PR, 168 PD         | PR @84 | PR @84
42 PR, 84 PD, 126 PR                 | PR @42 | SD @42
42 PD, 84 PR                         | PD @42 | PD @42
-10 PD, 42 PR, 84 PR                 | PR @42 | PR @42
-10 PR, 42 SD, 84 SD                 | SD @42 | SD @42
0 SD                                 | NE @0 | NE @0
0 SD, 42 SD                          | SD @42 | SD @42
42 NE                                | NE @42 | NE @42
42 ND                                | ND @42 | ND @42
42 ND, 84 NE                         | NE @84 | NE @84
42 ND, 84 PD                         | PD @84 | PD @84
42 NON-CR/NON-PD                     | NON-CR/NON-PD @42 | NON-CR/NON-PD @42
41 NON-CR/NON-PD                     | NE @41 | NE @41
20 NON-CR/NON-PD, 84 PD              | PD @84 | PD @84
42 NON-CR/NON-PD, 84 SD              | SD @84 | SD @84
42 SD, 84 NON-CR/NON-PD              | SD @42 | SD @42
42 NON-CR/NON-PD, 84 CR              | CR @84 | SD @84
42 NON-CR/NON-PD, 84 CR, 112 CR      | CR @84 | CR @84
42 PR, 42 NE                         | PR @42 | SD @42
42 NE, 42 PR, 70 PR                  | PR @42 | PR @42
42 SD, 42 PR                         | SD @42 | SD @42
42 CR, 42 NE                         | CR @42 | SD @42
42 NON-CR/NON-PD, 42 SD              | NON-CR/NON-PD @42 | NON-CR/NON-PD @42
42 CR, 42 PD                         | PD @42 | PD @42
42 NE, 42 ND                         | NE @42 | NE @42
42 PR, 84 PR, 84 PD                  | PR @42 | SD @42
42 PR, 70 NE, 98 PR                  | PR @42 | PR @42
42 PR, 70 PR, 84 PD                  | PR @42 | PR @42
28 PR, 56 PR                         | PR @28 | PR @28
28 PR, 42 SD                         | PR @28 | SD @42
28 PR, 56 PD                         | PR @28 | PD @56
28 PR, 41 SD                         | PR @28 | NE @28
41 PR, 69 PR                         | PR @41 | PR @41
42 CR, 84 PR                         | CR @42 | SD @42
42 CR, 84 PR, 126 PR                 | CR @42 | PR @84
42 PR, 56 CR, 70 PR, 98 PR           | CR @56 | PR @70
42 PR, 84 NE, 126 PD                 | PR @42 | SD @42
30 CR, 42 NE                         | CR @30 | NE @30
42 NE, 84 SD                         | SD @84 | SD @84
84 SD, 42 PR                         | PR @42 | SD @42
42 NED                               | MISSING | MISSING
42 SD, 84 SD, 126 CR, 168 CR, 210 PD | CR @126 | CR @126
"""

# (sequence, day of new therapy, switches, expected)
SWITCHES = [
    ("42 PR, 84 PR", 60, {}, "PR @42"),
    ("42 PR, 84 PR", 60, {"confirmed": True}, "SD @42"),  # rule book
    ("42 PR, 63 SD, 84 PR", None, {"confirmed": True, "accept_sd": True}, "PR @42"),  # rule book
    ("42 PR, 56 SD, 70 SD, 98 PR", None, {"confirmed": True, "accept_sd": True}, "SD @42"),
    ("42 CR, 63 SD, 84 CR", None, {"confirmed": True, "accept_sd": True}, "SD @42"),
    ("42 PR, 63 NE, 84 PR", None, {"confirmed": True, "max_nr_ne": 0}, "SD @42"),
    ("42 PR, 56 NE, 70 NE, 84 PR", None, {"confirmed": True, "max_nr_ne": 2}, "PR @42"),
    ("42 PR, 84 PR", None, {"confirmed": True, "ref_confirm": 56}, "SD @42"),
    ("42 PR, 98 PR", None, {"confirmed": True, "ref_confirm": 56}, "PR @42"),
    ("42 PR, 140 PR", None, {"confirmed": True, "max_gap": 97}, "SD @42"),
    ("42 PR, 140 PR", None, {"confirmed": True, "max_gap": 98}, "PR @42"),
    ("35 SD", None, {"sd_days": 35}, "SD @35"),
    ("42 SD", None, {"sd_days": 49}, "NE @42"),
    ("42 PR, 84 PD", None, {"sd_days": 56}, "PR @42"),
    ("42 PR, 84 PD", None, {"sd_days": 56, "confirmed": True}, "PD @84"),
    ("42 SD, 84 PR", 60, {}, "SD @42"),
    ("42 SD, 84 PR", 84, {}, "PR @84"),  # the scan of that day led to the switch
    ("42 SD, 84 PR", 84, {"new_therapy_rule": "before"}, "SD @42"),
    ("42 SD, 84 PR", 60, {"new_therapy_rule": "ignore"}, "PR @84"),
    ("42 SD, 84 PD", 60, {}, "SD @42"),
    ("42 SD, 84 PR", None, {"cut_off": "2022-03-11"}, "SD @42"),  # day 60
    ("42 SD, 84 PR", None, {"cut_off": "2022-04-04"}, "PR @84"),  # day 84
    ("0 PR", None, {"on_reference": "baseline"}, "MISSING"),
    ("", None, {"missing_as_ne": True}, "NE"),
]


def lines(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.splitlines() if "|" in line]


@pytest.mark.parametrize(
    ("sequence", "unconfirmed", "confirmed"), [*lines(RULE_BOOK), *lines(WORKED)], ids=lambda cell: cell
)
def test_a_sequence_gives_the_best_response_that_the_rules_give(sequence, unconfirmed, confirmed):
    assert best(sequence) == unconfirmed
    assert best(sequence, confirmed=True) == confirmed


@pytest.mark.parametrize(("sequence", "new_therapy", "values", "expected"), SWITCHES)
def test_a_switch_does_what_its_name_says(sequence, new_therapy, values, expected):
    assert best(sequence, new_therapy, **values) == expected


def test_there_are_at_least_sixty_sequences():
    assert len(lines(RULE_BOOK)) + len(lines(WORKED)) >= 60


def test_the_record_that_was_chosen_can_be_found_again():
    records, others = tables({"S1": read("42 SD, 42 SD, 84 SD"), "S2": []})
    records.index = pd.Index([70, 80, 90])
    made = best_overall_response(records, tables=others, parameter="BOR", label="Best response")
    assert made.loc[0, ["SRCDOM", "SRCVAR", "SRCSEQ", "SRCROW"]].tolist() == ["RS", "RSSTRESC", 2.0, 80.0]
    assert made.loc[1, ["SRCDOM", "SRCVAR", "SRCSEQ", "SRCROW"]].isna().all()
    assert made["PARAMCD"].tolist() == ["BOR", "BOR"]
    assert made["AVAL"].tolist() == [3.0, 7.0]


def test_every_subject_of_the_population_has_a_record_and_no_other():
    records, others = tables({"S1": read("42 SD"), "S2": [], "S3": read("42 PR")})
    others["ADSL"]["RESPFL"] = pd.Series(["Y", "Y", "N"], dtype="str")
    notes = Notes()
    made = best_overall_response(records, tables=others, notes=notes, population="RESPFL = 'Y'")
    assert dict(zip(made["USUBJID"], shown(made), strict=True)) == {"S1": "SD @42", "S2": "MISSING"}
    assert not list(notes)


def test_a_response_outside_the_codelist_is_noted_and_does_not_count():
    records, others = tables({"S1": read("42 CHECK, 84 SD")})
    notes = Notes()
    assert shown(best_overall_response(records, tables=others, notes=notes)) == ["SD @84"]
    (note,) = notes
    assert (note.rule, note.rows, note.found) == ("response-outside-codelist", (0,), "'CHECK'")


def test_case_and_blanks_of_a_response_do_not_matter():
    records, others = tables({"S1": read("42 pr")})
    records["AVALC"] = records["AVALC"] + " "
    assert shown(best_overall_response(records, tables=others)) == ["PR @42"]


def test_what_cannot_be_used_is_noted_and_loses_nobody():
    records, others = tables({"S1": read("42 SD, 84 PR"), "S2": read("-5 SD"), "S3": read("42 PR")})
    records.loc[1, "ADT"] = pd.NaT
    others["ADSL"].loc[2, "TRTSDT"] = pd.NaT
    others["ADSL"] = others["ADSL"].assign(USUBJID=["S1", "S2", "S3"])
    records = pd.concat([records, records.iloc[[0]].assign(USUBJID="S9")], ignore_index=True)
    notes = Notes()
    made = best_overall_response(records, tables=others, notes=notes)
    assert shown(made) == ["SD @42", "MISSING", "MISSING"]
    assert {note.rule: note.rows for note in notes} == {
        "unknown-subject": (4,),
        "assessment-without-date": (1,),
        "assessment-without-reference-date": (3,),
        "assessment-before-reference-date": (2,),
    }


def test_no_records_at_all_leave_everybody_missing():
    records, others = tables({"S1": [], "S2": []})
    made = best_overall_response(records, tables=others, confirmed=True)
    assert made["AVALC"].tolist() == ["MISSING", "MISSING"]
    assert made["ADT"].isna().all()


def test_two_rows_of_a_subject_in_the_subject_table_are_refused():
    from specs.problems import ProblemsFound

    records, others = tables({"S1": read("42 SD")})
    twice = {"ADSL": pd.concat([others["ADSL"]] * 2, ignore_index=True)}
    with pytest.raises(ProblemsFound, match="several-rows-per-subject"):
        best_overall_response(records, tables=twice)


def test_a_missing_column_of_the_subject_table_is_named():
    from specs.problems import ProblemsFound

    records, others = tables({"S1": read("42 SD")})
    without = {"ADSL": others["ADSL"].drop(columns="NACTDT")}
    with pytest.raises(ProblemsFound, match="ADSL has no NACTDT"):
        best_overall_response(records, tables=without)
    made = best_overall_response(records, tables=without, new_therapy_rule="ignore")
    assert shown(made) == ["SD @42"]


# ---- a second reading of the rules, slow and one subject at a time -------------------------------------------

WORST_FIRST = ["PD", "NON-CR/NON-PD", "SD", "PR", "CR", "NE", "ND"]


def read_slowly(sequence: Sequence, new_therapy: int | None, confirmed: bool, accept_sd: bool) -> str:
    """The rules word for word: days are days after the reference date."""
    days: dict[int, str] = {}
    for day, response in sequence:
        if day >= 0 and response in WORST_FIRST:
            days[day] = min(days.get(day, "ND"), response, key=WORST_FIRST.index)
    kept: Sequence = []
    for day in sorted(days):
        if not any(response == "PD" for _, response in kept):
            kept.append((day, days[day]))
    kept = [(day, response) for day, response in kept if new_therapy is None or day <= new_therapy]

    def is_confirmed(i: int) -> bool:
        day, response = kept[i]
        for j in range(i + 1, len(kept)):
            between = [other for _, other in kept[i + 1 : j]]
            later = [other for _, other in kept[i + 1 : j + 1]]
            if kept[j][0] - day < 28 or between.count("NE") > 1:
                continue
            if response == "CR" and kept[j][1] == "CR" and set(between) <= {"CR", "NE"}:
                return True
            pr_after_cr = any(a == "CR" and "PR" in later[place + 1 :] for place, a in enumerate(later))
            allowed = {"CR", "PR", "NE"} | ({"SD"} if accept_sd else set())
            if (
                response == "PR"
                and kept[j][1] in ("CR", "PR")
                and set(between) <= allowed
                and between.count("SD") <= 1
                and not pr_after_cr
            ):
                return True
        return False

    for wanted in ("CR", "PR"):
        for i, (day, response) in enumerate(kept):
            if response == wanted and (not confirmed or is_confirmed(i)):
                return f"{wanted} @{day}"
    for wanted, among in (("SD", ("CR", "PR", "SD")), ("NON-CR/NON-PD", ("NON-CR/NON-PD",))):
        for day, response in kept:
            if response in among and day >= 42:
                return f"{wanted} @{day}"
    for day, response in kept:
        if response == "PD":
            return f"PD @{day}"
    for day, response in kept:
        if response == "NE" or (response not in ("PD", "ND") and day < 42):
            return f"NE @{day}"
    return f"ND @{kept[0][0]}" if kept else "MISSING"


RESPONSE = st.sampled_from(["CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "ND", "CR", "PR", "NE"])
SEQUENCE = st.lists(
    st.tuples(st.sampled_from([-14, 0, 14, 28, 41, 42, 56, 69, 70, 84, 98, 126]), RESPONSE), max_size=9
)
SUBJECTS = st.lists(SEQUENCE, min_size=1, max_size=6)
THERAPY = st.dictionaries(st.sampled_from(["S0", "S1", "S2"]), st.sampled_from([10, 42, 56, 84]))


@pytest.mark.parametrize("confirmed", [False, True])
@pytest.mark.parametrize("accept_sd", [False, True])
def test_it_agrees_with_a_slow_reading_of_the_rules_for_many_subjects(confirmed, accept_sd):
    random = Random(20220110)
    answers = ["CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "ND", "CR", "PR", "PR", "NE", "SD"]
    subjects = {
        f"S{number:04}": [
            (random.choice([-7, 0, 28, 41, 42, 56, 63, 69, 70, 84, 98, 112]), random.choice(answers))
            for _ in range(random.randrange(10))
        ]
        for number in range(1500)
    }
    therapy = {name: random.choice([20, 42, 60, 90]) for name in subjects if random.random() < 0.2}
    made = quietly(*tables(subjects, therapy), confirmed=confirmed, accept_sd=accept_sd)
    expected = [
        read_slowly(sequence, therapy.get(name), confirmed, accept_sd) for name, sequence in subjects.items()
    ]
    assert shown(made) == expected
    assert len(set(made["AVALC"])) == 8  # every answer was there


def named(sequences: list[Sequence]) -> dict[str, Sequence]:
    return {f"S{number}": sequence for number, sequence in enumerate(sequences)}


def quietly(records: pd.DataFrame, others: dict[str, pd.DataFrame], **values: Any) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return best_overall_response(records, tables=others, notes=Notes(), **values)


@settings(max_examples=25)
@given(SUBJECTS, THERAPY, st.booleans(), st.booleans())
def test_it_agrees_with_a_slow_reading_of_the_rules(sequences, therapy, confirmed, accept_sd):
    subjects = named(sequences)
    therapy = {name: day for name, day in therapy.items() if name in subjects}
    records, others = tables(subjects, therapy)
    made = quietly(records, others, confirmed=confirmed, accept_sd=accept_sd)
    expected = [
        read_slowly(sequence, therapy.get(name), confirmed, accept_sd) for name, sequence in subjects.items()
    ]
    assert shown(made) == expected


@settings(max_examples=25)
@given(SUBJECTS, st.booleans(), st.data())
def test_an_assessment_after_progression_never_changes_it(sequences, confirmed, data):
    subjects = named(sequences)
    first = quietly(*tables(subjects), confirmed=confirmed)
    more = {}
    for name, sequence in subjects.items():
        progressed = [day for day, response in sequence if response == "PD" and day >= 0]
        more[name] = list(sequence)
        if progressed:
            later = min(progressed) + data.draw(st.integers(1, 200))
            more[name].append((later, data.draw(RESPONSE)))
    assert shown(quietly(*tables(more), confirmed=confirmed)) == shown(first)


@settings(max_examples=25)
@given(SUBJECTS)
def test_a_confirmed_response_is_never_better_than_the_unconfirmed_one(sequences):
    records, others = tables(named(sequences))
    unconfirmed, confirmed = quietly(records, others), quietly(records, others, confirmed=True)
    assert (confirmed["AVAL"] >= unconfirmed["AVAL"]).all()


@settings(max_examples=25)
@given(SUBJECTS, st.integers(-4000, 4000), st.booleans())
def test_shifting_all_dates_shifts_the_result_and_nothing_else(sequences, days, confirmed):
    records, others = tables(named(sequences))
    made = quietly(records, others, confirmed=confirmed)
    shift = pd.Timedelta(days=days).as_unit("s")
    later = {"ADSL": others["ADSL"].assign(TRTSDT=others["ADSL"]["TRTSDT"] + shift)}
    moved = quietly(records.assign(ADT=records["ADT"] + shift), later, confirmed=confirmed)
    assert moved["AVALC"].tolist() == made["AVALC"].tolist()
    pd.testing.assert_series_equal(moved["ADT"], made["ADT"] + shift)


@settings(max_examples=25)
@given(SUBJECTS, st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(sequences, confirmed, random):
    records, others = tables(named(sequences))
    made = quietly(records, others, confirmed=confirmed)
    rows, people = list(records.index), list(others["ADSL"].index)
    random.shuffle(rows)
    random.shuffle(people)
    shuffled = quietly(records.loc[rows], {"ADSL": others["ADSL"].loc[people]}, confirmed=confirmed)
    pd.testing.assert_frame_equal(shuffled, made)
