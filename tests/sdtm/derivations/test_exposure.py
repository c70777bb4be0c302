"""Exposure parameters: the rule book's example and others worked by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm.derivations import exposure_parameters
from sdtm.derivations.notes import Notes

DAY_1 = pd.Timestamp("2022-01-01")


def doses(*rows: tuple[Any, ...], subject: str = "S1", **more: list[Any]) -> pd.DataFrame:
    """Rows of dose, first study day, last study day."""

    def day(number: float | None) -> pd.Timestamp:
        return pd.NaT if number is None else DAY_1 + pd.Timedelta(days=number - 1)

    return pd.DataFrame(
        {
            "USUBJID": pd.Series([subject] * len(rows), dtype="str"),
            "EXDOSE": pd.Series([row[0] for row in rows], dtype="float64"),
            "ASTDT": pd.Series([day(row[1]) for row in rows]).astype("datetime64[s]"),
            "AENDT": pd.Series([day(row[-1]) for row in rows]).astype("datetime64[s]"),
            **more,
        }
    )


def values(records: pd.DataFrame, **params: Any) -> dict[str, float]:
    made = exposure_parameters(records, **params)
    return dict(zip(made["PARAMCD"], made["AVAL"], strict=True))


def test_the_worked_example_of_infusions() -> None:
    records = doses((200, 1), (200, 22), (150, 50), DOSE01P=[200.0] * 3)
    made = values(records, dosing="infusion", planned="DOSE01P")
    assert made["TDURD"] == 70
    assert made["TDOSE"] == 550
    assert made["DI"] == pytest.approx(55)
    assert made["PDI"] == pytest.approx(200 / 3)
    assert made["RDI"] == pytest.approx(82.5)
    assert made["TPDOSE"] == pytest.approx(2000 / 3)
    assert (made["NDELAY"], made["NRED"], made["NCYC"], made["NDOSE"]) == (1, 1, 3, 3)


def test_the_last_cycle_counts_unless_switched_off_or_cut() -> None:
    records = doses((200, 1), (200, 22))
    assert values(records, dosing="infusion")["TDURD"] == 42
    assert values(records, dosing="infusion", last_cycle=False)["TDURD"] == 22
    records["DTHDT"] = pd.Series([DAY_1 + pd.Timedelta(days=29)] * 2).astype("datetime64[s]")
    assert values(records, dosing="infusion", until="DTHDT")["TDURD"] == 30


def test_tablets_count_doses_by_frequency_and_days() -> None:
    # 10 mg once on day 1, then 10 mg twice a day on days 3 to 7, nothing on 8 to 9, 5 mg once a day on 10 to 14.
    records = doses((10, 1, 1), (10, 3, 7), (0, 8, 9), (5, 10, 14), EXDOSFRQ=["ONCE", "BID", "BID", "QD"])
    made = values(records, dosing="interval", frequency="EXDOSFRQ")
    assert made["TDURD"] == 14
    assert made["NDOSE"] == 1 + 10 + 5
    assert made["TDOSE"] == 10 + 100 + 25
    assert made["AVDOSE"] == pytest.approx(135 / 16)
    assert made["NINT"] == 2  # day 2, and days 8 to 9
    assert made["NRED"] == 1


def test_a_zero_dose_and_the_gap_beside_it_are_one_interruption() -> None:
    made = values(doses((5, 1, 7), (0, 9, 10), (5, 12, 14)), dosing="interval")
    assert made["NINT"] == 1


def test_what_follows_the_last_dose_is_no_interruption() -> None:
    assert values(doses((5, 1, 7), (0, 8, 14)), dosing="interval")["NINT"] == 0


def test_a_technical_reason_is_no_reduction_and_re_escalation_undoes_none() -> None:
    records = doses((200, 1), (150, 22), (200, 43), (100, 64), EXADJ=[None, "PUMP FAILURE", None, "TOXICITY"])
    made = values(records, dosing="infusion", adjustment="EXADJ", technical="PUMP FAILURE")
    assert made["NRED"] == 1


def test_delays_are_of_cycles_not_of_doses() -> None:
    records = doses((50, 1), (50, 8), (50, 25), (50, 35), EXCYC=["C1", "C1", "C2", "C2"])
    made = values(records, dosing="infusion", cycle="EXCYC", cycle_days=21, delay_days=3)
    assert (made["NCYC"], made["NDELAY"]) == (2, 0)  # 24 days after, 3 more than planned: not more than 3
    late = doses((50, 1), (50, 8), (50, 26), EXCYC=["C1", "C1", "C2"])
    assert values(late, dosing="infusion", cycle="EXCYC")["NDELAY"] == 1


def test_an_interruption_resumed_on_the_same_day_counts_once() -> None:
    records = doses((50, 1), (50, 1), (50, 22), EXINTFL=["Y", "Y", None])
    assert values(records, dosing="infusion", interrupted="EXINTFL")["NINT"] == 1


def test_what_is_not_known_is_missing_with_its_reason() -> None:
    records = doses((10, 1, 7), (None, 8, 14), (10, 15, None), EXDOSFRQ=["WEEKLY", "QD", "QD"])
    notes = Notes()
    made = exposure_parameters(records, dosing="interval", frequency="EXDOSFRQ", notes=notes)
    found = dict(zip(made["PARAMCD"], made["AVAL"], strict=True))
    assert pd.isna(found["TDOSE"]) and pd.isna(found["DI"]) and found["TDURD"] == 7
    assert [(note.rule, note.rows) for note in notes] == [("dose-missing", (1,)), ("doses-not-known", (0, 2))]


def test_nothing_planned_and_something_given() -> None:
    notes = Notes()
    made = exposure_parameters(
        doses((10, 1), DOSE01P=[0.0]), dosing="infusion", planned="DOSE01P", notes=notes
    )
    assert dict(zip(made["PARAMCD"], made["AVAL"], strict=True))["RDI"] == 100
    assert [note.rule for note in notes] == ["dose-unplanned"]


def test_a_subject_without_a_dose_has_no_record() -> None:
    assert len(exposure_parameters(doses((0, 1), (0, 22)), dosing="infusion")) == 0


@pytest.fixture(scope="module")
def in_order() -> tuple[pd.DataFrame, dict[str, float]]:
    """Doses of one subject, and what is made of them as they stand."""
    records = doses((200, 1), (150, 22), (200, 50), (100, 71), DOSE01P=[200.0] * 4)
    return records, values(records, dosing="infusion", planned="DOSE01P")


@given(st.permutations(list(range(4))), st.integers(-400, 400))
def test_neither_order_nor_calendar_matters(
    in_order: tuple[pd.DataFrame, dict[str, float]], order: list[int], shift: int
) -> None:
    records, expected = in_order
    moved = records.iloc[order].assign(
        **{name: records[name].iloc[order] + pd.Timedelta(days=shift) for name in ("ASTDT", "AENDT")}
    )
    assert values(moved, dosing="infusion", planned="DOSE01P") == pytest.approx(expected)
