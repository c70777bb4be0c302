"""PFS, TTP and duration of response with their censoring rules, worked by hand; and what always holds.

The rules are those of the FDA guidance "Clinical trial endpoints for the approval of cancer drugs" (2018), appendix 3,
as written in the docstring. Days are counted from the start, 2022-01-10; a value of 43 is day 42. Invented data.
"""

from __future__ import annotations

from random import Random
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdtm.derivations import (
    duration_of_response,
    objective_response,
    overall_survival,
    progression_free_survival,
    time_to_progression,
)
from sdtm.derivations.notes import Notes

START = pd.Timestamp("2022-01-10")


def day(number: int | None) -> pd.Timestamp:
    return pd.NaT if number is None else START + pd.Timedelta(days=number)


def tables(subjects: dict[str, tuple[str, int | None, int | None]]) -> dict[str, pd.DataFrame]:
    """Each subject: its responses, and the days of death and new therapy."""
    rows = [
        (subject, "OVR", response, day(int(number)), float(place))
        for subject, (text, _, _) in subjects.items()
        for place, (number, response) in enumerate((p.split() for p in text.split(", ") if p), start=1)
    ]
    records = pd.DataFrame(rows, columns=["USUBJID", "PARAMCD", "AVALC", "ADT", "ASEQ"]).astype(
        {**dict.fromkeys(("USUBJID", "PARAMCD", "AVALC"), "str"), "ADT": "datetime64[s]", "ASEQ": "float64"}
    )
    names = list(subjects)
    adsl = pd.DataFrame(
        {
            "USUBJID": pd.Series(names, dtype="str"),
            "TRTSDT": pd.Series([START] * len(names), dtype="datetime64[s]"),
            "DTHDT": pd.Series([day(subjects[name][1]) for name in names], dtype="datetime64[s]"),
            "NACTDT": pd.Series([day(subjects[name][2]) for name in names], dtype="datetime64[s]"),
        }
    )
    return {"ADRS": records, "ADSL": adsl}


def one(
    text: str, death: int | None = None, therapy: int | None = None, derivation: Any = progression_free_survival,
    **values: Any,
) -> str:  # fmt: skip
    """CNSR and AVAL."""
    others = tables({"S1": (text, death, therapy)})
    (row,) = derivation(others["ADSL"], tables=others, notes=Notes(), **values).to_dict("records")
    return f"{row['CNSR']:.0f} {row['AVAL']:.0f}"


BASELINE = {"from": "ADTR", "where": "ABLFL = 'Y'", "date": "ADT"}

# responses | death | new therapy | switches | CNSR and days
CASES = [
    # The rule book's examples.
    ("42 SD, 84 PD", None, 60, {}, "2 43"),
    ("42 SD, 84 PD", None, None, {}, "0 85"),
    ("42 SD", 300, None, {}, "0 301"),
    ("42 SD", 300, None, {"missed_days": 98}, "3 43"),
    # Event or last evaluable assessment.
    ("42 SD, 84 SD", None, None, {}, "1 85"),
    ("42 SD, 84 NE", None, None, {}, "1 43"),
    ("42 SD, 84 NE", None, None, {"lsta": "any"}, "1 85"),
    ("42 NE", None, None, {}, "5 1"),
    ("42 NE", None, None, {"lsta": "any"}, "1 43"),
    ("", None, None, {}, "5 1"),
    ("", 20, None, {}, "0 21"),
    ("-7 SD", None, None, {}, "5 1"),
    ("-7 PD, 42 SD", None, None, {}, "1 43"),
    ("42 PD, 84 SD", None, None, {}, "0 43"),
    ("42 SD, 84 PD, 126 PD", 90, None, {}, "0 85"),
    ("42 SD, 84 PD", 84, None, {}, "0 85"),
    ("42 SD, 84 PD", 60, None, {}, "0 61"),
    ("42 SD, 42 PD", None, None, {}, "0 43"),
    # New therapy.
    ("42 SD, 84 PD", None, 84, {}, "0 85"),  # on the day of progression
    ("42 SD, 84 PD", None, 90, {}, "0 85"),
    ("42 SD, 84 SD", None, 84, {}, "2 85"),  # the scan of that day counts
    ("42 SD, 84 SD", None, 84, {"new_therapy_rule": "before"}, "2 43"),
    ("42 SD, 84 SD", None, 90, {}, "2 85"),
    ("42 SD", 200, 60, {}, "2 43"),
    ("", None, 60, {}, "2 1"),
    ("", 200, 60, {}, "2 1"),
    ("84 PD", None, 60, {}, "2 1"),
    ("42 SD, 84 PD", None, 60, {"nact": "ignore"}, "0 85"),
    ("42 SD, 84 SD", None, 60, {"nact": "ignore"}, "1 85"),
    # Missed assessments: exactly the limit is no miss.
    ("42 SD, 140 PD", None, None, {"missed_days": 98}, "0 141"),
    ("42 SD, 141 PD", None, None, {"missed_days": 98}, "3 43"),
    ("42 SD, 84 NE, 141 PD", None, None, {"missed_days": 98}, "3 43"),  # NE is no adequate assessment
    ("99 PD", None, None, {"missed_days": 98}, "3 1"),
    ("98 PD", None, None, {"missed_days": 98}, "0 99"),
    ("42 SD, 84 PD", 300, None, {"missed_days": 98}, "0 85"),
    ("42 SD", None, None, {"missed_days": 98}, "1 43"),
    ("42 SD, 300 PD", None, 60, {"missed_days": 98}, "2 43"),  # new therapy goes first
    ("168 SD, 300 PD", None, None, {"missed_days": {0: 98, 168: 140}}, "0 301"),
    ("126 SD, 258 PD", None, None, {"missed_days": {0: 98, 168: 140}}, "3 127"),
    # Cut-off.
    ("42 SD, 84 PD", None, None, {"cut_off": "2022-03-01"}, "1 43"),
    ("42 SD", 200, None, {"cut_off": "2022-03-01"}, "1 43"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "death", "therapy", "values", "expected"), CASES)
def test_a_course_ends_as_the_rules_say(text, death, therapy, values, expected):
    assert one(text, death, therapy, **values) == expected


def test_the_rule_books_value_in_months():
    others = tables({"S1": ("42 SD, 84 PD", None, 60)})
    made = progression_free_survival(others["ADSL"], tables=others, unit="months")
    assert made["AVAL"].round(3).tolist() == [1.413]
    assert made["ADT"].tolist() == [pd.Timestamp("2022-02-21")]


@pytest.mark.parametrize(
    ("death", "values", "expected"),
    [
        (None, {"need_baseline": True}, "4 1"),
        (50, {"need_baseline": True}, "4 1"),
        (50, {"need_baseline": True, "baseline_death_days": 84}, "0 51"),
        (90, {"need_baseline": True, "baseline_death_days": 84}, "4 1"),
        (50, {}, "0 51"),
    ],
)
def test_without_a_baseline_assessment(death, values, expected):
    others = tables({"S1": ("42 SD" if death is None else "", death, None), "S2": ("42 SD", None, None)})
    baseline = pd.DataFrame({"USUBJID": ["S2"], "ABLFL": ["Y"], "ADT": [START - pd.Timedelta(days=7)]})
    others["ADTR"] = baseline.astype({"USUBJID": "str", "ABLFL": "str", "ADT": "datetime64[s]"})
    made = progression_free_survival(others["ADSL"], tables=others, baseline=BASELINE, **values)
    assert [f"{row.CNSR:.0f} {row.AVAL:.0f}" for row in made.itertuples()] == [expected, "1 43"]


@pytest.mark.parametrize(
    ("values", "cnsr", "aval", "event", "censored"),
    [
        (
            {},
            1,
            43,
            "Last evaluable tumour assessment",
            "Last evaluable tumour assessment; clinical progression",
        ),
        ({"pd_source": "clinical"}, 0, 61, "Clinical progression", None),
    ],
)
def test_clinical_progression_is_an_event_only_if_the_spec_says_so(values, cnsr, aval, event, censored):
    others = tables({"S1": ("42 SD", None, None)})
    others["DS"] = pd.DataFrame({"USUBJID": ["S1"], "DSSTDT": [day(60)]}).astype(
        {"USUBJID": "str", "DSSTDT": "datetime64[s]"}
    )
    made = progression_free_survival(others["ADSL"], tables=others, clinical="DS.DSSTDT", **values)
    (row,) = made.to_dict("records")
    assert (row["CNSR"], row["AVAL"], row["EVNTDESC"]) == (cnsr, aval, event)
    assert (None if pd.isna(row["CNSDTDSC"]) else row["CNSDTDSC"]) == censored


def test_a_switch_that_needs_a_source_is_refused_without_it():
    others = tables({"S1": ("42 SD", None, None)})
    for values in ({"need_baseline": True}, {"pd_source": "clinical"}):
        with pytest.raises(ValueError, match="name in"):
            progression_free_survival(others["ADSL"], tables=others, **values)


def test_descriptions_and_sources_belong_to_the_date():
    others = tables({"S1": ("42 SD, 84 PD", None, None), "S2": ("42 SD", 50, None), "S3": ("", None, None)})
    made = progression_free_survival(
        others["ADSL"], tables=others, parameter="PFS", label="PFS (days)", descriptions={5: "No scan"}
    )
    assert made["EVNTDESC"].tolist() == ["Disease progression", "Death", "No scan"]
    assert made["CNSDTDSC"].fillna("").tolist() == ["", "", "No scan"]
    source = made[["SRCDOM", "SRCVAR", "SRCSEQ"]].astype(object).fillna("-").to_numpy().tolist()
    assert source == [["ADRS", "ADT", 2.0], ["ADSL", "DTHDT", "-"], ["ADSL", "TRTSDT", "-"]]
    assert made["SRCROW"].tolist() == [1, 1, 2]
    assert made["PARAM"].tolist() == ["PFS (days)"] * 3


def test_a_death_is_no_event_in_time_to_progression():
    assert one("42 SD", 60, derivation=time_to_progression) == "1 43"
    assert one("42 SD, 84 PD", 90, derivation=time_to_progression) == "0 85"


def test_a_death_before_the_last_assessment_is_noted_and_counts_as_dated():
    others = tables({"S1": ("42 SD, 84 SD", 60, None)})
    notes = Notes()
    made = progression_free_survival(others["ADSL"], tables=others, notes=notes)
    assert made[["CNSR", "AVAL"]].to_numpy().tolist() == [[0.0, 61.0]]
    assert [(note.rule, note.rows) for note in notes] == [("death-before-last-assessment", (0,))]


def test_progression_and_death_on_one_day_are_progression_and_noted():
    others = tables({"S1": ("42 SD, 84 PD", 84, None)})
    notes = Notes()
    made = progression_free_survival(others["ADSL"], tables=others, notes=notes)
    assert made["EVNTDESC"].tolist() == ["Disease progression"]
    assert [(note.rule, note.severity, note.rows) for note in notes] == [
        ("several-events-on-one-day", "note", (0,))
    ]


def test_new_therapy_after_the_cut_off_is_not_known_yet():
    assert one("42 SD, 84 SD", None, 70, cut_off="2022-03-11") == "1 43"  # day 60
    assert one("42 SD, 84 SD", None, 50, cut_off="2022-03-11") == "2 43"


def test_what_is_said_of_the_assessments_names_their_dataset():
    others = tables({"S1": ("42 FINE, 84 SD", None, None)})
    notes = Notes()
    progression_free_survival(others["ADSL"], tables=others, notes=notes)
    assert [(note.rule, note.table, note.rows) for note in notes] == [
        ("response-outside-codelist", "ADRS", (0,))
    ]


def test_an_event_before_the_start_is_noted_and_counts_as_day_one():
    others = tables({"S1": ("", -5, None)})
    notes = Notes()
    made = progression_free_survival(others["ADSL"], tables=others, notes=notes)
    assert made[["CNSR", "AVAL"]].to_numpy().tolist() == [[0.0, 1.0]]
    assert [(note.rule, note.rows) for note in notes] == [("event-before-start", (0,))]


def with_responders(
    subjects: dict[str, tuple[str, int | None, int | None]], **values: Any
) -> dict[str, pd.DataFrame]:
    others = tables(subjects)
    overall = others["ADRS"].rename(columns={"ASEQ": "RSSEQ"})
    rsp = objective_response(overall, tables=others, notes=Notes(), parameter="RSP", **values)
    others["ADRS"] = pd.concat([others["ADRS"], rsp], ignore_index=True)
    return others


@pytest.mark.parametrize(
    ("text", "death", "therapy", "confirmed", "expected"),
    [
        ("42 PR, 84 PR, 126 PD", None, None, True, "0 85"),  # from the response, not its confirmation
        ("42 PR, 84 PR, 126 PD", None, None, False, "0 85"),
        ("42 SD, 84 PR, 126 SD", None, None, False, "1 43"),
        ("42 PR, 84 CR", 100, None, True, "0 59"),
        ("42 PR", None, None, False, "1 1"),
        ("42 PR, 84 PR, 126 PD", None, 100, True, "2 43"),
    ],
)
def test_duration_of_response(text, death, therapy, confirmed, expected):
    others = with_responders({"S1": (text, death, therapy)}, confirmed=confirmed)
    (row,) = duration_of_response(others["ADSL"], tables=others, notes=Notes()).to_dict("records")
    assert f"{row['CNSR']:.0f} {row['AVAL']:.0f}" == expected


def test_who_did_not_respond_has_no_duration():
    others = with_responders({"S1": ("42 SD", None, None), "S2": ("42 PR", None, None)})
    made = duration_of_response(others["ADSL"], tables=others, notes=Notes())
    assert made["USUBJID"].tolist() == ["S2"]


# ---- a second reading of the rules, slow and one subject at a time -------------------------------------------

WORST_FIRST = ["PD", "SD", "PR", "CR", "NE"]


def read_slowly(
    text: str, death: int | None, therapy: int | None, nact: str, missed: int | None
) -> tuple[int, int]:
    """CNSR and days, by the table of precedence; days after the start."""
    scans: dict[int, str] = {}
    for number, response in (part.split() for part in text.split(", ") if part):
        if int(number) >= 0:
            scans[int(number)] = min(scans.get(int(number), "NE"), response, key=WORST_FIRST.index)
    progressions = [number for number, response in scans.items() if response == "PD"]
    first = min(progressions, default=None)
    ends = [number for number in (first, death) if number is not None]
    event = min(ends, default=None)
    evaluable = [number for number, response in scans.items() if response != "NE"]
    until = [number for number in evaluable if first is None or number <= first]
    if nact == "censor" and therapy is not None:
        until = [number for number in until if number <= therapy]
        if event is None or event > therapy:
            return 2, max(until, default=0) + 1
    if missed is not None and event is not None:
        before = [n for n in evaluable if n <= event and scans[n] != "PD"]
        previous = max(before, default=0)
        if event - previous > missed:
            return 3, previous + 1
    if event is not None:
        return 0, event + 1
    return (1, max(until) + 1) if until else (5, 1)


@pytest.mark.parametrize("nact", ["censor", "ignore"])
@pytest.mark.parametrize("missed", [None, 98])
def test_it_agrees_with_a_slow_reading_of_the_rules_for_many_subjects(nact, missed):
    random = Random(20220110)
    courses = {}
    for number in range(800):
        scans = [
            f"{random.choice([-7, 0, *range(14, 400, 14)])} {random.choice(['CR', 'PR', 'SD', 'SD', 'SD', 'PD', 'NE'])}"
            for _ in range(random.randrange(7))
        ]
        death = random.randint(0, 500) if random.random() < 0.4 else None
        therapy = random.randint(0, 400) if random.random() < 0.4 else None
        courses[f"S{number:04}"] = (", ".join(scans), death, therapy)
    others = tables(courses)
    made = progression_free_survival(
        others["ADSL"], tables=others, notes=Notes(), nact=nact, missed_days=missed
    )
    found = [(int(row.CNSR), int(row.AVAL)) for row in made.itertuples()]
    assert found == [read_slowly(*course, nact, missed) for course in courses.values()]
    codes = {0, 1, 5} | ({2} if nact == "censor" else set()) | ({3} if missed else set())
    assert set(made["CNSR"]) == codes


RESPONSE = st.sampled_from(["CR", "PR", "SD", "PD", "NE"])
SCANS = st.lists(st.tuples(st.integers(-10, 300), RESPONSE), max_size=7).map(
    lambda scans: ", ".join(f"{number} {response}" for number, response in scans)
)
COURSE = st.tuples(SCANS, st.none() | st.integers(0, 400), st.none() | st.integers(0, 300))
COURSES = st.lists(COURSE, min_size=1, max_size=6).map(
    lambda courses: {f"S{number}": course for number, course in enumerate(courses)}
)
SWITCHES = st.fixed_dictionaries(
    {
        "nact": st.sampled_from(["censor", "ignore"]),
        "missed_days": st.sampled_from([None, 98]),
        "lsta": st.sampled_from(["evaluable", "any"]),
    }
)


def last_alive(others: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Whoever was scanned was alive; who died, until then."""
    scans = others["ADRS"].groupby("USUBJID")["ADT"].max()
    adsl = others["ADSL"]
    alive = scans.reindex(adsl["USUBJID"]).reset_index(drop=True).fillna(adsl["TRTSDT"])
    return adsl.assign(LSTALVDT=alive.where(adsl["DTHDT"].isna(), adsl["DTHDT"]))


@settings(max_examples=30)
@given(COURSES, SWITCHES)
def test_progression_free_survival_is_never_longer_than_survival_nor_negative(courses, switches):
    # A scan after death is an error of the data, not a course.
    courses = {
        name: (
            ", ".join(p for p in text.split(", ") if p and (death is None or int(p.split()[0]) <= death)),
            death,
            therapy,
        )
        for name, (text, death, therapy) in courses.items()
    }
    others = tables(courses)
    pfs = progression_free_survival(others["ADSL"], tables=others, notes=Notes(), **switches)
    os = overall_survival(last_alive(others), tables={}, notes=Notes())
    assert pfs["USUBJID"].tolist() == os["USUBJID"].tolist()
    assert (pfs["AVAL"] >= 1).all()
    assert (pfs["AVAL"] <= os["AVAL"]).all()


@settings(max_examples=20)
@given(COURSES, SWITCHES, st.integers(-3000, 3000))
def test_shifting_all_dates_changes_nothing_but_dates(courses, switches, days):
    others = tables(courses)
    made = progression_free_survival(others["ADSL"], tables=others, notes=Notes(), **switches)
    shift = pd.Timedelta(days=days).as_unit("s")
    moved = {
        name: table.assign(**{column: table[column] + shift for column in table.select_dtypes("datetime")})
        for name, table in others.items()
    }
    later = progression_free_survival(moved["ADSL"], tables=moved, notes=Notes(), **switches)
    back = {column: later[column] - shift for column in ("STARTDT", "ADT")}
    pd.testing.assert_frame_equal(later.assign(**back), made)


@settings(max_examples=20)
@given(COURSES, SWITCHES, st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(courses, switches, random):
    others = tables(courses)
    made = progression_free_survival(others["ADSL"], tables=others, notes=Notes(), **switches)
    mixed = {}
    for name, table in others.items():
        rows = list(table.index)
        random.shuffle(rows)
        mixed[name] = table.loc[rows]
    shuffled = progression_free_survival(mixed["ADSL"], tables=mixed, notes=Notes(), **switches)
    pd.testing.assert_frame_equal(shuffled, made)
