"""Dates and flags of a subject out of other datasets; expected values worked by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from sdtm.derivations import any_record, first_occurrence, subject_date, treatment_dates
from sdtm.derivations.notes import Notes
from specs.problems import ProblemsFound


def text(*values: str | None) -> pd.Series:
    return pd.Series(list(values), dtype="str")


def exposure(*doses: tuple[str, float | None, str | None, str | None]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "USUBJID": text(*(d[0] for d in doses)),
            "EXTRT": text(*("DRUG" for _ in doses)),
            "EXDOSE": pd.Series([d[1] for d in doses], dtype="float64"),
            "EXSTDTC": text(*(d[2] for d in doses)),
            "EXENDTC": text(*(d[3] for d in doses)),
            "EXSEQ": pd.Series(range(1, len(doses) + 1), dtype="float64"),
        }
    )


def subjects(*names: str, **more: Any) -> pd.DataFrame:
    return pd.DataFrame({"USUBJID": text(*names), **more})


def dates_of(frame: pd.DataFrame, name: str) -> list[str | None]:
    return [None if pd.isna(value) else str(value) for value in frame[name]]


# The rule book's example: a dose of 0, 100, and 100 whose end is missing.
DOSES = exposure(
    ("S1", 0, "2022-01-08", "2022-01-08"),
    ("S1", 100, "2022-01-10", "2022-01-10"),
    ("S1", 100, "2022-01-31", None),
)


@pytest.mark.parametrize(
    ("missing_end", "expected"),
    [
        ("open", None),
        ("start", "2022-01-31 00:00:00"),
        ("nonmissing", "2022-01-10 00:00:00"),
        ("disposition", "2022-02-20 00:00:00"),
    ],
)
def test_the_last_dose_without_an_end(missing_end: str, expected: str | None) -> None:
    stopped = pd.Series([pd.Timestamp("2022-02-20")]).astype("datetime64[s]")
    made = treatment_dates(
        subjects("S1", EOTDT=stopped), tables={"EX": DOSES}, missing_end=missing_end, discontinued="EOTDT"
    )
    assert dates_of(made, "TRTSDT") == ["2022-01-10 00:00:00"]
    assert dates_of(made, "TRTEDT") == [expected]


def test_times_are_kept_and_missing_ones_flagged() -> None:
    doses = exposure(("S1", 5, "2022-01-10T08:24", "2022-01-12"), ("S2", 5, "2022-01-10", "2022-01-11T10:00"))
    made = treatment_dates(subjects("S1", "S2", "S3"), tables={"EX": doses})
    assert dates_of(made, "TRTSDTM") == ["2022-01-10 08:24:00", "2022-01-10 00:00:00", None]
    assert dates_of(made, "TRTSTMF") == [None, "H", None]
    assert dates_of(made, "TRTEDTM") == ["2022-01-12 23:59:59", "2022-01-11 10:00:59", None]
    assert dates_of(made, "TRTETMF") == ["H", None, None]


def test_a_placebo_of_zero_is_a_dose_and_a_held_dose_is_not() -> None:
    doses = exposure(("S1", 0, "2022-01-08", "2022-01-09"), ("S2", 0, "2022-01-08", "2022-01-09"))
    doses["EXTRT"] = text("Placebo tablets", "DRUG")
    made = treatment_dates(subjects("S1", "S2"), tables={"EX": doses})
    assert dates_of(made, "TRTSDT") == ["2022-01-08 00:00:00", None]


def test_partial_dates_missing_amounts_and_backward_doses() -> None:
    doses = exposure(
        ("S1", 5, "2022-01", "2022-01-12"), ("S1", 5, "2022-01-10", "2022-01-10"),
        ("S2", None, "2022-01-01", "2022-01-01"), ("S2", 5, "2022-02-10", "2022-02-01"),
    )  # fmt: skip
    notes = Notes()
    made = treatment_dates(subjects("S1", "S2"), tables={"EX": doses}, notes=notes)
    assert dates_of(made, "TRTSDT") == ["2022-01-10 00:00:00", "2022-02-10 00:00:00"]
    assert [(note.rule, note.rows) for note in notes] == [("dose-missing", (2,)), ("end-before-start", (3,))]


def test_last_known_alive_is_the_latest_date_not_after_death() -> None:
    adverse = pd.DataFrame(
        {"USUBJID": text("S1", "S2", "S2"), "AESTDTC": text("2022-02", "2022-03-05", None)}
    )
    lab = pd.DataFrame({"USUBJID": text("S1", "S2"), "LBDTC": text("2022-02-20T08:00", "2022-04-30")})
    death = pd.Series([pd.NaT, pd.Timestamp("2022-04-01"), pd.NaT]).astype("datetime64[s]")
    sources = [{"from": "AE", "date": "AESTDTC"}, {"from": "LB", "date": "LBDTC"}]
    made = subject_date(
        subjects("S1", "S2", "S3", DTHDT=death),
        tables={"AE": adverse, "LB": lab},
        to="LSTALVDT", sources=sources, highest="month", not_after="DTHDT", source_to="LSTALVSR", flag="LSTALVDF",
    )  # fmt: skip
    assert dates_of(made, "LSTALVDT") == ["2022-02-20 00:00:00", "2022-04-01 00:00:00", None]
    assert dates_of(made, "LSTALVSR") == ["LB.LBDTC", "LB.LBDTC", None]


def test_a_partial_date_counts_only_if_it_may_be_completed() -> None:
    adverse = pd.DataFrame({"USUBJID": text("S1"), "AESTDTC": text("2022-02")})
    given = {"tables": {"AE": adverse}, "to": "X", "sources": {"from": "AE", "date": "AESTDTC"}}
    assert dates_of(subject_date(subjects("S1"), **given), "X") == [None]
    made = subject_date(subjects("S1"), **given, highest="day", rule="last", flag="XF")
    assert (dates_of(made, "X"), dates_of(made, "XF")) == (["2022-02-28 00:00:00"], ["D"])


def test_any_record_is_yes_or_no() -> None:
    samples = pd.DataFrame({"USUBJID": text("S1", "S2"), "PCSTRESN": [1.5, None]})
    made = any_record(
        subjects("S1", "S2", "S3"),
        tables={"PC": samples},
        **{"to": "PKFL", "from": "PC", "where": "PCSTRESN > 0"},
    )
    assert made["PKFL"].tolist() == ["Y", "N", "N"]


def test_a_condition_on_an_unknown_column_is_refused_with_the_nearest_name() -> None:
    samples = pd.DataFrame({"USUBJID": text("S1"), "PCSTRESN": [1.5]})
    with pytest.raises(ProblemsFound, match="PCSTRESN"):
        any_record(
            subjects("S1"), tables={"PC": samples}, **{"to": "F", "from": "PC", "where": "PCSTRSN > 0"}
        )


def test_the_first_and_the_worst_occurrence() -> None:
    records = pd.DataFrame(
        {
            "USUBJID": text("S1", "S1", "S1", "S2"),
            "AEDECOD": text("NAUSEA", "NAUSEA", "FATIGUE", None),
            "ATOXGRN": [1.0, 3.0, 2.0, 1.0],
            "ASTDT": pd.to_datetime(["2022-01-01", "2022-01-05", "2021-12-31", "2022-01-01"]).astype("datetime64[s]"),
            "AESEQ": [1.0, 2.0, 3.0, 1.0],
        }
    ).set_axis([10, 11, 12, 13])  # fmt: skip

    def flagged(**params: Any) -> list[int]:
        made = first_occurrence(records, to="FL", order=["ASTDT", "AESEQ"], **params)
        return made.index[made["FL"].eq("Y")].tolist()

    assert flagged(within="USUBJID") == [12, 13]
    assert flagged(within=["USUBJID", "AEDECOD"]) == [10, 12]  # no term: in no group
    assert flagged(within="USUBJID", highest="ATOXGRN") == [11, 13]
    assert flagged(within=["USUBJID", "AEDECOD"], highest="ATOXGRN") == [11, 12]
    last = first_occurrence(records, to="FL", order=["-ASTDT", "AESEQ"], within="USUBJID")
    assert last.index[last["FL"].eq("Y")].tolist() == [11, 13]


def test_the_order_of_rows_never_matters() -> None:
    shuffled = DOSES.sample(frac=1, random_state=1)
    for option in ("open", "start", "nonmissing"):
        one = treatment_dates(subjects("S1"), tables={"EX": DOSES}, missing_end=option)
        other = treatment_dates(subjects("S1"), tables={"EX": shuffled}, missing_end=option)
        pd.testing.assert_frame_equal(one, other)


def test_a_subject_with_two_treatments_is_told_and_both_count() -> None:
    doses = exposure(
        ("S1", 5, "2022-01-10", "2022-01-10"),
        ("S1", 5, "2022-01-17", "2022-01-17"),
        ("S2", 5, "2022-02-01", "2022-02-01"),
    )
    doses["EXTRT"] = text("DRUG", "OTHER", "DRUG")
    notes = Notes()
    made = treatment_dates(subjects("S1", "S2"), tables={"EX": doses}, notes=notes)
    assert dates_of(made, "TRTEDT") == ["2022-01-17 00:00:00", "2022-02-01 00:00:00"]
    assert [(note.rule, note.rows, note.severity) for note in notes] == [
        ("several-treatments", (0, 1), "note")
    ]
    only = treatment_dates(subjects("S1", "S2"), tables={"EX": doses}, where="EXTRT = 'DRUG'", notes=Notes())
    assert dates_of(only, "TRTEDT") == ["2022-01-10 00:00:00", "2022-02-01 00:00:00"]
