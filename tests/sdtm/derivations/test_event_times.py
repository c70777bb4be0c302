"""Times to event from declared events and censorings, overall survival and time to response, worked by hand.

Months are days / 30.4375, and day 1 is the start (ADaM time to event 1.0). All subjects are invented.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from sdtm.derivations import overall_survival, time_to_event, time_to_response
from sdtm.derivations.notes import Notes
from specs.problems import ProblemsFound

EVENTS = [
    {"from": "ADRS", "where": "PARAMCD = 'PD' AND AVALC = 'Y'", "date": "ADT", "EVNTDESC": "Disease progression"},
    {"from": "ADSL", "where": "DTHFL = 'Y'", "date": "DTHDT", "EVNTDESC": "Death"},
]  # fmt: skip
CENSOR = [
    {"from": "ADRS", "where": "PARAMCD = 'LASTTA'", "date": "ADT", "CNSR": 1, "EVNTDESC": "Last tumour assessment"},
    {"from": "ADSL", "date": "TRTSDT", "CNSR": 2, "EVNTDESC": "No post-baseline assessment"},
]  # fmt: skip


def date(text: str | None) -> pd.Timestamp:
    return pd.Timestamp(text) if text else pd.NaT


def adsl(
    rows: list[tuple[str, str | None, str | None]], alive: list[str | None] | None = None
) -> pd.DataFrame:
    """Subject, start, death."""
    return pd.DataFrame(
        {
            "USUBJID": pd.Series([row[0] for row in rows], dtype="str"),
            "TRTSDT": pd.Series([date(row[1]) for row in rows], dtype="datetime64[s]"),
            "DTHDT": pd.Series([date(row[2]) for row in rows], dtype="datetime64[s]"),
            "DTHFL": pd.Series(["Y" if row[2] else None for row in rows], dtype="str"),
            "LSTALVDT": pd.Series(
                [date(text) for text in alive or [None] * len(rows)], dtype="datetime64[s]"
            ),
        }
    )


def adrs(rows: list[tuple[str, str, str, str | None]]) -> pd.DataFrame:
    """Subject, parameter, value, date; ASEQ counts from 11."""
    frame = pd.DataFrame(
        {
            "USUBJID": pd.Series([row[0] for row in rows], dtype="str"),
            "PARAMCD": pd.Series([row[1] for row in rows], dtype="str"),
            "AVALC": pd.Series([row[2] for row in rows], dtype="str"),
            "ADT": pd.Series([date(row[3]) for row in rows], dtype="datetime64[s]"),
            "ASEQ": [11.0 + number for number in range(len(rows))],
        }
    )
    return frame.set_axis([100 + number for number in range(len(rows))])


def derive(
    subjects: pd.DataFrame, records: pd.DataFrame, notes: Notes | None = None, **values: Any
) -> pd.DataFrame:
    values = {"start": "ADSL.TRTSDT", "events": EVENTS, "censor": CENSOR, **values}
    tables = {"ADSL": subjects, "ADRS": records}
    return time_to_event(subjects, tables=tables, notes=notes if notes is not None else Notes(), **values)


def shown(made: pd.DataFrame) -> list[str]:
    return [f"{row.CNSR:.0f} {row.AVAL:.0f} {row.EVNTDESC}" for row in made.itertuples()]


LAST = ("S1", "LASTTA", "SD", "2022-02-21")


@pytest.mark.parametrize(
    ("death", "rows", "expected"),
    [
        (None, [("S1", "PD", "Y", "2022-04-04"), LAST], "0 85 Disease progression"),
        ("2022-03-01", [("S1", "PD", "Y", "2022-04-04")], "0 51 Death"),
        # Both on one day: the one that the spec names first.
        ("2022-04-04", [("S1", "PD", "Y", "2022-04-04")], "0 85 Disease progression"),
        (None, [("S1", "PD", "N", None), LAST], "1 43 Last tumour assessment"),
        (None, [("S1", "LASTTA", "SD", "2022-01-31"), LAST], "1 43 Last tumour assessment"),
        # The latest censoring date, so the start is used only where there is nothing later …
        (None, [], "2 1 No post-baseline assessment"),
        # … and on one day the one named first.
        (None, [("S1", "LASTTA", "SD", "2022-01-10")], "1 1 Last tumour assessment"),
        (
            None,
            [("S1", "PD", "Y", "2022-06-01"), ("S1", "PD", "Y", "2022-04-04")],
            "0 85 Disease progression",
        ),
    ],
)
def test_the_earliest_event_or_else_the_latest_censoring(death, rows, expected):
    assert shown(derive(adsl([("S1", "2022-01-10", death)]), adrs(rows))) == [expected]


@pytest.mark.parametrize(
    ("unit", "expected"),
    [("days", 85.0), ("weeks", 85 / 7), ("months", 85 / 30.4375), ("years", 85 / 365.25)],
)
def test_the_value_is_in_the_unit_that_it_says(unit, expected):
    made = derive(adsl([("S1", "2022-01-10", None)]), adrs([("S1", "PD", "Y", "2022-04-04")]), unit=unit)
    assert made["AVAL"].tolist() == [pytest.approx(expected, abs=1e-12)]
    assert made["AVALU"].tolist() == [unit.upper()]


def test_the_record_behind_the_date_can_be_found_again():
    subjects = adsl(
        [("S1", "2022-01-10", None), ("S2", "2022-01-10", "2022-03-01"), ("S3", "2022-01-10", None)]
    )
    made = derive(subjects, adrs([LAST, ("S1", "PD", "Y", "2022-04-04")]))
    source = made[["SRCDOM", "SRCVAR", "SRCSEQ", "SRCROW"]].astype(object).fillna("-").to_numpy().tolist()
    assert source == [["ADRS", "ADT", 12.0, 101.0], ["ADSL", "DTHDT", "-", 1.0], ["ADSL", "TRTSDT", "-", 2.0]]
    assert made["CNSDTDSC"].fillna("").tolist() == ["", "", "No post-baseline assessment"]
    assert made["STARTDT"].tolist() == [pd.Timestamp("2022-01-10")] * 3


def test_what_is_said_of_the_censoring_date_can_differ_from_the_event():
    censor = [{**CENSOR[1], "CNSDTDSC": "First dose"}]
    made = derive(adsl([("S1", "2022-01-10", None)]), adrs([]), censor=censor)
    assert made[["EVNTDESC", "CNSDTDSC"]].to_numpy().tolist() == [
        ["No post-baseline assessment", "First dose"]
    ]


def test_an_event_before_the_start_is_noted_and_never_a_negative_time():
    notes = Notes()
    made = derive(adsl([("S1", "2022-01-10", "2022-01-01")]), adrs([]), notes)
    assert shown(made) == ["0 1 Death"]
    assert made["ADT"].tolist() == [pd.Timestamp("2022-01-10")]
    assert [(note.rule, note.rows) for note in notes] == [("event-before-start", (0,))]


def test_two_events_on_the_day_that_counts_are_noted():
    notes = Notes()
    subjects = adsl([("S1", "2022-01-10", "2022-04-04"), ("S2", "2022-01-10", "2022-04-05")])
    records = adrs([("S1", "PD", "Y", "2022-04-04"), ("S2", "PD", "Y", "2022-04-04")])
    derive(subjects, records, notes)
    assert [(note.rule, note.severity, note.rows) for note in notes] == [
        ("several-events-on-one-day", "note", (0,))
    ]


def test_an_event_without_a_date_is_noted_with_its_record():
    notes = Notes()
    made = derive(adsl([("S1", "2022-01-10", None)]), adrs([("S1", "PD", "Y", None)]), notes)
    assert shown(made) == ["2 1 No post-baseline assessment"]
    assert [(note.rule, note.table, note.rows) for note in notes] == [("event-without-date", "ADRS", (100,))]


def test_a_subject_without_any_end_keeps_its_record_and_is_noted():
    notes = Notes()
    made = derive(adsl([("S1", "2022-01-10", None)]), adrs([]), notes, censor=[])
    assert made[["AVAL", "CNSR", "ADT"]].isna().all(axis=None)
    assert [(note.rule, note.rows) for note in notes] == [("no-end-of-time-to-event", (0,))]


def test_a_subject_without_a_start_has_no_record():
    made = derive(adsl([("S1", None, "2022-03-01"), ("S2", "2022-01-10", None)]), adrs([]))
    assert made["USUBJID"].tolist() == ["S2"]


def test_after_the_cut_off_there_is_no_event_and_no_later_censoring():
    subjects = adsl([("S1", "2022-01-10", "2022-05-01")])
    made = derive(subjects, adrs([("S1", "LASTTA", "SD", "2022-04-30")]), cut_off="2022-03-31")
    assert shown(made) == ["1 81 Last tumour assessment"]
    assert made["ADT"].tolist() == [pd.Timestamp("2022-03-31")]


def test_a_start_can_be_a_record_of_another_dataset():
    start = {"from": "ADRS", "where": "PARAMCD = 'RSP' AND AVALC = 'Y'", "date": "ADT"}
    records = adrs(
        [("S1", "RSP", "Y", "2022-02-21"), ("S1", "PD", "Y", "2022-04-04"), ("S2", "RSP", "N", None)]
    )
    subjects = adsl([("S1", "2022-01-10", None), ("S2", "2022-01-10", None)])
    assert shown(derive(subjects, records, start=start)) == ["0 43 Disease progression"]


def test_a_wrong_column_is_a_problem_in_the_users_words():
    with pytest.raises(ProblemsFound, match="ADSL has no DTHDAT"):
        derive(adsl([("S1", "2022-01-10", None)]), adrs([]), events=[{**EVENTS[1], "date": "DTHDAT"}])
    with pytest.raises(ProblemsFound, match="not-a-date"):
        derive(adsl([("S1", "2022-01-10", "2022-03-01")]), adrs([]), events=[{**EVENTS[1], "date": "DTHFL"}])
    with pytest.raises(ProblemsFound, match="2022-13-01"):
        derive(adsl([("S1", "2022-01-10", None)]), adrs([]), cut_off="2022-13-01")


@pytest.mark.parametrize(
    ("death", "alive", "cut_off", "expected"),
    [
        ("2022-03-01", "2022-02-20", "", "0 51 Death"),
        (None, "2022-02-20", "", "1 42 Last known alive"),
        (None, None, "", "1 1 Start, no later contact"),
        # A death after the cut-off proves life at the cut-off.
        ("2022-05-01", "2022-02-20", "2022-03-31", "1 81 Alive at data cut-off"),
        (None, "2022-05-01", "2022-03-31", "1 81 Last known alive"),
        ("2022-03-31", "2022-02-20", "2022-03-31", "0 81 Death"),
    ],
)
def test_overall_survival(death, alive, cut_off, expected):
    subjects = adsl([("S1", "2022-01-10", death)], [alive])
    made = overall_survival(subjects, tables={}, notes=Notes(), cut_off=cut_off)
    assert shown(made) == [expected]


def test_a_death_before_the_last_contact_is_noted():
    notes = Notes()
    subjects = adsl([("S1", "2022-01-10", "2022-03-01")], ["2022-03-05"])
    assert shown(overall_survival(subjects, tables={}, notes=notes)) == ["0 51 Death"]
    assert [(note.rule, note.rows) for note in notes] == [("death-before-last-contact", (0,))]


def test_time_to_response_is_that_of_responders_or_of_all():
    subjects = adsl([("S1", "2022-01-10", None), ("S2", "2022-01-10", None), ("S3", "2022-01-10", None)])
    records = adrs(
        [("S1", "RSP", "Y", "2022-02-21"), ("S2", "RSP", "N", None), ("S2", "LSTAC", "SD", "2022-04-04")]
    )
    tables = {"ADRS": records}
    assert shown(time_to_response(subjects, tables=tables)) == ["0 43 Response"]
    last = {"from": "ADRS", "where": "PARAMCD = 'LSTAC'", "date": "ADT"}
    made = time_to_response(subjects, tables=tables, subjects="all", last_assessment=last)
    assert shown(made) == ["0 43 Response", "1 85 Last assessment, no response", "1 1 No assessment"]
    made = time_to_response(subjects, tables=tables, subjects="longest", last_assessment=last)
    longest = "1 85 Longest follow-up, no response"
    assert shown(made) == ["0 43 Response", longest, longest]
    assert made["SRCDOM"].isna().tolist() == [False, True, True]
    with pytest.raises(ValueError, match="last_assessment"):
        time_to_response(subjects, tables=tables, subjects="longest")


def test_the_order_of_rows_does_not_matter():
    subjects = adsl(
        [("S1", "2022-01-10", None), ("S2", "2022-01-10", "2022-03-01"), ("S3", "2022-01-10", None)]
    )
    records = adrs([LAST, ("S1", "PD", "Y", "2022-04-04"), ("S3", "LASTTA", "SD", "2022-04-04")])
    made = derive(subjects, records)
    pd.testing.assert_frame_equal(derive(subjects.iloc[::-1], records.iloc[::-1]), made)
