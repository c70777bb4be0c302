"""Baseline flag and values; synthetic data, by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdtm.derivations import baseline_flag, baseline_values
from sdtm.derivations.notes import Notes
from specs.problems import ProblemsFound


def records(
    *rows: tuple[str | None, float | None], first: str = "2024-03-01T10:00", **more: Any
) -> pd.DataFrame:
    """Rows of date (and time) and value of one subject and parameter."""
    moments = pd.Series([row[0] for row in rows], dtype="str")
    timed = moments.str.contains("T", regex=False).fillna(False)
    table = pd.DataFrame({"USUBJID": ["S1"] * len(rows), "PARAMCD": "ALT"})
    table["ADT"] = pd.to_datetime(moments.str[:10], format="%Y-%m-%d").astype("datetime64[s]")
    table["ADTM"] = pd.to_datetime(moments.where(timed), format="%Y-%m-%dT%H:%M").astype("datetime64[s]")
    table["AVAL"] = pd.Series([row[1] for row in rows], dtype=float)
    table["TRTSDT"] = pd.Timestamp(first[:10]).as_unit("s")
    table["TRTSDTM"] = pd.Timestamp(first).as_unit("s")
    return table.assign(**more)


TIMES = {"time": "ADTM", "reference_time": "TRTSDTM"}


def flagged(table: pd.DataFrame, notes: Notes | None = None, **params: Any) -> list[int]:
    made = baseline_flag(
        table, by=["USUBJID", "PARAMCD"], notes=notes if notes is not None else Notes(), **params
    )
    return table.index[(made["ABLFL"] == "Y").to_numpy(dtype=bool)].tolist()


def test_a_result_two_hours_after_the_dose_is_no_baseline() -> None:
    # Trap 1 of the project: dose 10:00; results day -2 08:00 and day 1 12:00.
    table = records(("2024-02-28T08:00", 1), ("2024-03-01T12:00", 2))
    assert flagged(table, **TIMES) == [0]
    assert flagged(table) == [1]  # by date alone the day of the dose counts


def test_the_minute_of_the_dose_is_before_it() -> None:
    assert flagged(records(("2024-02-28T08:00", 1), ("2024-03-01T10:00", 2)), **TIMES) == [1]


def test_a_result_without_time_on_the_day_of_the_dose() -> None:
    table = records(("2024-02-28T08:00", 1), ("2024-03-01", 2))
    assert flagged(table, **TIMES) == [1] and flagged(table, same_day="false", **TIMES) == [0]


def test_a_result_without_a_value_or_a_date_is_none() -> None:
    assert flagged(records(("2024-02-27", 1), ("2024-02-28", None), (None, 3))) == [0]


def test_records_that_cannot_be_told_apart_are_noted_and_not_flagged() -> None:
    table = records(("2024-02-28", 1), ("2024-02-28", 2), ("2024-02-20", 3)).assign(LBSEQ=[2.0, 1, 3])
    notes = Notes()
    assert flagged(table, notes) == [] and [(note.rule, note.rows) for note in notes] == [
        ("baseline-tie", (0, 1))
    ]
    assert flagged(table, order="LBSEQ") == [0]


def test_every_group_has_its_own_baseline() -> None:
    table = pd.concat(
        [records(("2024-02-28", 1)), records(("2024-02-28", 2)).assign(PARAMCD="AST")], ignore_index=True
    )
    assert flagged(table) == [0, 1]


def test_a_text_date_is_refused() -> None:
    with pytest.raises(ProblemsFound):
        flagged(records(("2024-02-28", 1)).assign(ADT="2024-02-28"))


def test_baseline_values_go_to_every_record_of_the_group() -> None:
    table = records(("2024-02-28", 5), ("2024-03-08", 7), ("2024-03-15", None)).assign(
        ABLFL=pd.Series(["Y", None, None], dtype="str"),
        ANRIND=pd.Series(["LOW", "NORMAL", None], dtype="str"),
    )
    made = baseline_values(
        table, by=["USUBJID", "PARAMCD"], values={"AVAL": "BASE", "ANRIND": "BNRIND"}, notes=Notes()
    )
    assert made["BASE"].tolist() == [5, 5, 5] and made["BNRIND"].tolist() == ["LOW"] * 3


def test_two_baselines_are_noted_and_none_is_taken() -> None:
    notes = Notes()
    table = records(("2024-02-28", 5), ("2024-02-29", 7)).assign(ABLFL="Y")
    made = baseline_values(table, by=["USUBJID", "PARAMCD"], notes=notes)
    assert made["BASE"].isna().all() and [(note.rule, note.rows) for note in notes] == [
        ("baseline-twice", (0, 1))
    ]


ROWS = st.lists(
    st.tuples(st.integers(0, 20), st.one_of(st.none(), st.integers(0, 9))),
    min_size=1,
    max_size=8,
    unique_by=lambda row: row[0],
)


@settings(max_examples=25)
@given(ROWS, st.integers(1, 10000), st.randoms())
def test_order_of_rows_and_a_common_shift_never_matter(rows: Any, shift: int, random: Any) -> None:
    def day(number: int, by: int = 0) -> str:
        return (pd.Timestamp("2020-01-01") + pd.Timedelta(days=number + by)).strftime("%Y-%m-%d")

    table = records(*((day(n), v) for n, v in rows), first=day(10))
    moved = records(*((day(n, shift), v) for n, v in rows), first=day(10, shift))
    mixed = table.sample(frac=1, random_state=random.randrange(99))
    assert flagged(table) == flagged(moved) == sorted(flagged(mixed))
    before = [n for n, v in rows if n <= 10 and v is not None]
    assert [rows[row][0] for row in flagged(table)] == ([max(before)] if before else [])
