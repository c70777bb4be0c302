"""Times of samples since the first and the reference dose; all data synthetic, expected values by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdtm.derivations import pk_times
from sdtm.derivations.notes import Notes


def samples(*rows: tuple[Any, ...], subject: str = "S1") -> pd.DataFrame:
    """Rows of collection time, visit day, planned time point."""
    return pd.DataFrame(
        {
            "USUBJID": pd.Series([subject] * len(rows), dtype="str"),
            "PCDTC": pd.Series([row[0] for row in rows], dtype="str"),
            "VISITDY": pd.Series([row[1] for row in rows], dtype="float64"),
            "PCTPTNUM": pd.Series([row[2] for row in rows], dtype="float64"),
        }
    )


def doses(*rows: tuple[Any, ...], subject: str = "S1", **more: list[Any]) -> pd.DataFrame:
    """Rows of start, end, amount, frequency, visit day."""
    columns = ["EXSTDTC", "EXENDTC", "EXDOSE", "EXDOSFRQ", "VISITDY"]
    table = pd.DataFrame([[*row, *([None] * (5 - len(row)))] for row in rows], columns=columns)
    table = table.astype(
        {"EXSTDTC": "str", "EXENDTC": "str", "EXDOSE": "float64", "EXDOSFRQ": "str", "VISITDY": float}
    )
    return table.assign(USUBJID=subject, EXTRT="DRUG A", EXDOSU="mg", EXROUTE="ORAL", **more)


TWO_DAYS = doses(
    ("2024-03-01T08:00", "2024-03-01T08:00", 10, "ONCE", 1),
    ("2024-03-02T08:00", "2024-03-02T08:00", 10, "ONCE", 2),
)


def times(pc: pd.DataFrame, ex: pd.DataFrame, notes: Notes | None = None, **params: Any) -> pd.DataFrame:
    return pk_times(pc, tables={"EX": ex}, notes=notes if notes is not None else Notes(), **params)


def rules(notes: Notes) -> set[str]:
    return {note.rule for note in notes}


def test_the_sample_before_the_second_dose_belongs_to_the_first() -> None:
    found = times(samples(("2024-03-02T07:50", 2, 0), ("2024-03-02T09:00", 2, 1)), TWO_DAYS)
    assert found["NFRLT"].tolist() == [24, 25]
    assert found["AFRLT"].round(4).tolist() == [23.8333, 25] and found["ARRLT"].round(4).tolist() == [
        23.8333,
        1,
    ]
    assert found["NRRLT"].tolist() == [24, 1] and found["MRRLT"].round(4).tolist() == [23.8333, 1]
    assert found["ATPTREF"].tolist() == ["DOSE OF DAY 1 08:00", "DOSE OF DAY 2 08:00"]


def test_before_the_first_dose_the_next_one_is_the_reference() -> None:
    found = times(samples(("2024-03-01T07:45", 1, -0.25), ("2024-03-01T08:00", 1, 0)), TWO_DAYS)
    assert found["ARRLT"].tolist() == [-0.25, 0] and found["MRRLT"].tolist() == [0, 0]
    assert found["NFRLT"].tolist() == [0, 0] and found["NRRLT"].tolist() == [0, 0]


def test_a_sample_at_the_minute_of_a_dose_is_before_it() -> None:
    assert times(samples(("2024-03-02T08:00", 2, 0)), TWO_DAYS)["ARRLT"].tolist() == [24]


@pytest.mark.parametrize(
    ("day", "timepoint", "predose", "hours"),
    [
        (1, 4, "zero", 4),
        (2, 0, "zero", 24),
        (-1, -0.5, "zero", -24),
        (1, -0.5, "coded", -0.5),
        (-1, 2, "zero", -22),
    ],
)
def test_nominal_hours_by_hand(day: float, timepoint: float, predose: str, hours: float) -> None:
    assert times(samples(("2024-03-02T09:00", day, timepoint)), TWO_DAYS, predose=predose)[
        "NFRLT"
    ].tolist() == [hours]


@pytest.mark.parametrize(("at", "hours"), [("start", 4), ("middle", 8), ("end", 12)])
def test_a_range_stands_at_its_start_middle_or_end(at: str, hours: float) -> None:
    pc = samples(("2024-03-01T20:00", 1, None)).assign(PCTPT="4-12 H")
    assert times(pc, TWO_DAYS, range="PCTPT", range_at=at)["NFRLT"].tolist() == [hours]


def test_nothing_without_a_time_of_day_is_put_to_midnight() -> None:
    notes = Notes()
    found = times(samples(("2024-03-01", 1, 1), ("2024-03-01T10", 1, 2)), TWO_DAYS, notes)
    assert found[["ADTM", "AFRLT", "ARRLT", "MRRLT"]].isna().all().all() and found["NFRLT"].tolist() == [1, 2]
    (note,) = notes
    assert (note.rule, note.rows) == ("sample-without-time", (0, 1))


def test_a_dose_without_a_time_gives_no_time_since_it() -> None:
    notes = Notes()
    ex = doses(("2024-03-01T08:00", "2024-03-01T08:00", 10, "ONCE"), ("2024-03-02", "2024-03-02", 10, "ONCE"))
    found = times(samples(("2024-03-03T08:00", 3, 0)), ex, notes)
    assert found["ARRLT"].isna().all() and found["AFRLT"].tolist() == [48] and found["DOSEA"].tolist() == [10]
    assert rules(notes) == {"reference-dose-without-time"}


def test_a_sample_without_any_dose_record_is_noted() -> None:
    notes = Notes()
    found = times(samples(("2024-03-01T09:00", 1, 1), subject="S9"), TWO_DAYS, notes)
    assert found[["ARRLT", "DOSEA", "DOSEU"]].isna().all().all() and found["NFRLT"].tolist() == [1]
    assert rules(notes) == {"sample-without-dose"}


def test_doses_that_are_none_are_noted_and_not_counted() -> None:
    notes = Notes()
    ex = doses(
        ("2024-02-28T08:00", "2024-02-28T08:00", 0, "ONCE"), ("2024-02-29T08:00", "2024-02-29T08:00", None, "ONCE"),
        ("2024-03-01T08:00", "2024-03-01T08:00", 10, "ONCE"), ("2024-03", "2024-03", 10, "ONCE"),
        ("2024-02-27T08:00", "2024-02-27T08:00", -5, "ONCE"),
    )  # fmt: skip
    found = times(samples(("2024-03-01T09:00", 1, 1)), ex, notes)
    assert found["AFRLT"].tolist() == [1]
    assert {note.rule: note.rows for note in notes} == {
        "dose-amount-zero": (0,), "dose-amount-missing": (1,), "dose-date-partial": (3,), "dose-amount-negative": (4,)
    }  # fmt: skip
    assert all(note.table == "EX" for note in notes)


def test_a_dose_of_zero_of_a_placebo_is_a_dose() -> None:
    ex = doses(("2024-03-01T08:00", "2024-03-01T08:00", 0, "ONCE")).assign(EXTRT="PLACEBO A")
    assert times(samples(("2024-03-01T09:00", 1, 1)), ex)["ARRLT"].tolist() == [1]


def test_an_interval_record_holds_its_first_and_last_collected_dose() -> None:
    # Twice a day from 1 March 08:00; the last dose of the record was taken at 20:24 of 3 March.
    ex = doses(("2024-03-01T08:00", "2024-03-03T20:24", 10, "BID"))
    notes = Notes()
    found = times(
        samples(("2024-03-03T20:01", 3, 12), ("2024-03-03T21:24", 3, 1), ("2024-03-01T09:00", 1, 1)),
        ex,
        notes,
    )
    # 20:01 lies before the last dose, so its reference is the morning dose, counted on to 08:00.
    assert found["ARRLT"].round(4).tolist() == [12.0167, 1, 1]
    assert {note.rule: note.rows for note in notes} == {"reference-dose-counted": (0,)}


def test_after_an_interval_record_without_an_end_time_the_last_dose_is_not_known() -> None:
    notes = Notes()
    found = times(
        samples(("2024-03-05T08:00", 5, 0)), doses(("2024-03-01T08:00", "2024-03-03", 10, "BID")), notes
    )
    assert found["ARRLT"].isna().all() and rules(notes) == {"reference-dose-without-time"}


def test_a_record_of_repeated_doses_without_an_end_goes_on() -> None:
    notes = Notes()
    found = times(samples(("2024-03-09T07:00", 9, 0)), doses(("2024-03-01T08:00", None, 10, "QD")), notes)
    # The dose of 8 March 08:00, counted on by one a day.
    assert found["ARRLT"].tolist() == [23] and rules(notes) == {"reference-dose-counted"}
    assert found["ADOSEDUR"].isna().all()


def test_an_infusion_has_a_duration_and_a_repeated_dose_none() -> None:
    ex = doses(
        ("2024-03-01T08:00", "2024-03-01T09:30", 10, "ONCE"),
        ("2024-03-08T08:00", "2024-03-10T08:00", 10, "QD"),
    )
    found = times(samples(("2024-03-01T10:00", 1, 2), ("2024-03-10T10:00", 10, 2)), ex)
    assert found["ADOSEDUR"].tolist()[0] == 1.5 and found["ADOSEDUR"].isna().tolist() == [False, True]
    assert found["DOSEROUT"].tolist() == ["ORAL", "ORAL"] and found["DOSEU"].tolist() == ["mg", "mg"]


def test_with_a_treatment_only_doses_of_that_drug_count() -> None:
    ex = pd.concat([TWO_DAYS, TWO_DAYS.assign(EXTRT="DRUG B", EXSTDTC="2024-03-01T10:00")], ignore_index=True)
    pc = samples(("2024-03-01T12:00", 1, 4), ("2024-03-01T12:00", 1, 2)).assign(DRUG=["DRUG A", "DRUG B"])
    assert times(pc, ex, treatment="DRUG")["ARRLT"].tolist() == [4, 2]
    notes = Notes()
    assert times(pc, ex, notes)["ARRLT"].tolist() == [2, 2]
    assert [(note.rule, note.rows, note.table) for note in notes if note.rule != "dose-twice"] == [
        ("several-treatments", (0, 1, 2, 3), "EX")
    ]


def test_two_doses_at_one_time_give_no_amount() -> None:
    notes = Notes()
    found = times(
        samples(("2024-03-01T09:00", 1, 1)),
        pd.concat([TWO_DAYS, TWO_DAYS.iloc[[0]]], ignore_index=True),
        notes,
    )
    assert found["ARRLT"].tolist() == [1] and found["DOSEA"].isna().all()
    assert {note.rule: note.rows for note in notes} == {"dose-twice": (0, 2)}


def test_without_samples_or_doses_there_is_nothing_to_say_but_that() -> None:
    assert times(samples(), TWO_DAYS).empty
    assert times(samples(("2024-03-01T09:00", 1, 1)), TWO_DAYS.iloc[:0])["ARRLT"].isna().all()


def test_a_dose_table_without_its_columns_is_refused() -> None:
    with pytest.raises(KeyError, match="EXDOSE"):
        times(samples(("2024-03-01T09:00", 1, 1)), TWO_DAYS.drop(columns="EXDOSE"))


MINUTES = st.lists(st.integers(-600, 6000), min_size=1, max_size=6, unique=True)


def _moment(minutes: int, shift: int = 0) -> str:
    return (pd.Timestamp("2024-03-01T08:00") + pd.Timedelta(minutes=minutes + shift)).strftime(
        "%Y-%m-%dT%H:%M"
    )


@settings(max_examples=20)
@given(MINUTES, MINUTES, st.integers(-(10**6), 10**6))
def test_shifting_all_times_changes_no_relative_time(
    dosed: list[int], sampled: list[int], shift: int
) -> None:
    def found(by: int) -> pd.DataFrame:
        ex = doses(*((_moment(m, by), _moment(m, by), 10, "ONCE") for m in sorted(dosed)))
        pc = samples(*((_moment(m, by), 1, 0) for m in sorted(sampled)))
        return times(pc, ex)[["AFRLT", "ARRLT", "MRRLT"]]

    pd.testing.assert_frame_equal(found(0), found(shift))


@settings(max_examples=20)
@given(MINUTES, MINUTES, st.randoms())
def test_order_of_rows_never_matters(dosed: list[int], sampled: list[int], random: Any) -> None:
    ex = doses(*((_moment(m), _moment(m), 10, "ONCE") for m in dosed))
    pc = samples(*((_moment(m), 1, 0) for m in sampled))
    one = times(pc, ex)
    mixed = times(
        pc.sample(frac=1, random_state=random.randrange(999)),
        ex.sample(frac=1, random_state=random.randrange(999)),
    )
    pd.testing.assert_frame_equal(one, mixed.sort_index())
    # By definition: the last dose strictly before, else the first one after.
    for minute, actual in zip(sampled, one["ARRLT"], strict=True):
        before = [m for m in dosed if m < minute]
        assert actual == pytest.approx((minute - (max(before) if before else min(dosed))) / 60)
