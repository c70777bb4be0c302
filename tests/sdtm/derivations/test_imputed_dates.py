"""Imputed dates: worked by hand from the rules that the docstrings state."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sdtm.derivations import impute_date, impute_datetime
from sdtm.derivations.notes import Notes


def frame(**columns: list[str | None]) -> pd.DataFrame:
    made = {}
    for name, values in columns.items():
        is_date = name.endswith(("DT", "DTM"))
        made[name] = (
            pd.Series(pd.to_datetime(pd.Series(values), format="ISO8601")).astype("datetime64[s]")
            if is_date
            else pd.Series(values, dtype="str")
        )
    return pd.DataFrame(made)


def one(text: str | None, **params: object) -> tuple[str | None, str | None]:
    bounds = {k: [v] for k, v in params.items() if k.isupper()}
    rest = {k: v for k, v in params.items() if not k.isupper()}
    made = impute_date(
        frame(AESTDTC=[text], **bounds), **{"from": "AESTDTC", "to": "ASTDT", "flag": "ASTDTF", **rest}
    )
    value, flag = made["ASTDT"].iloc[0], made["ASTDTF"].iloc[0]
    return (None if pd.isna(value) else str(value.date()), None if pd.isna(flag) else flag)


@pytest.mark.parametrize(
    ("text", "params", "expected"),
    [
        ("2022-01-10", {}, ("2022-01-10", None)),
        ("2022-01-10T08:15", {}, ("2022-01-10", None)),
        ("2022-01", {}, (None, None)),
        ("2022-01", {"highest": "day"}, ("2022-01-01", "D")),
        ("2022", {"highest": "day"}, (None, None)),
        ("2022", {"highest": "month"}, ("2022-01-01", "M")),
        ("2022", {"highest": "month", "rule": "last"}, ("2022-12-31", "M")),
        ("2024-02", {"highest": "month", "rule": "last"}, ("2024-02-29", "D")),
        ("2023-02", {"highest": "month", "rule": "last"}, ("2023-02-28", "D")),
        ("2022-03", {"highest": "month", "rule": "mid"}, ("2022-03-15", "D")),
        ("2022", {"highest": "month", "rule": "mid"}, ("2022-06-30", "M")),
        ("2022", {"highest": "month", "rule": "04-17"}, ("2022-04-17", "M")),
        ("2022-02", {"highest": "month", "rule": "04-31"}, ("2022-02-28", "D")),
        # After the first unknown part the finer ones are unknown, unless they are to be preserved.
        ("2022---15", {"highest": "month"}, ("2022-01-01", "M")),
        ("2022---15", {"highest": "month", "preserve": True}, ("2022-01-15", "M")),
        ("2022---15", {"highest": "month", "preserve": True, "rule": "mid"}, ("2022-06-15", "M")),
        # The rule book's example: the bound lies in the range, or does not.
        ("2022-01", {"highest": "month", "TRTSDT": "2022-01-10", "not_before": "TRTSDT"}, ("2022-01-10", "D")),
        ("2022-01", {"highest": "month", "TRTSDT": "2022-02-03", "not_before": "TRTSDT"}, ("2022-01-01", "D")),
        ("2022-01-05", {"TRTSDT": "2022-01-10", "not_before": "TRTSDT"}, ("2022-01-05", None)),
        (
            "2022-01",
            {"highest": "month", "rule": "last", "DTHDT": "2022-01-20", "not_after": "DTHDT"},
            ("2022-01-20", "D"),
        ),
        (
            "2022-01",
            {"highest": "month", "rule": "last", "DTHDT": "2022-03-20", "not_after": "DTHDT"},
            ("2022-01-31", "D"),
        ),
        (None, {"highest": "month"}, (None, None)),
        (None, {"highest": "year", "TRTSDT": "2022-01-10", "not_before": "TRTSDT"}, ("2022-01-10", "Y")),
        (None, {"highest": "year", "TRTSDT": None, "not_before": "TRTSDT"}, (None, None)),
        (
            None,
            {"highest": "year", "rule": "last", "DTHDT": "2022-03-20", "not_after": "DTHDT"},
            ("2022-03-20", "Y"),
        ),
        (None, {"highest": "year", "rule": "last", "TRTSDT": "2022-01-10", "not_before": "TRTSDT"}, (None, None)),
    ],
)  # fmt: skip
def test_a_date_is_completed_by_its_rule(
    text: str | None, params: dict[str, object], expected: tuple[str | None, str | None]
) -> None:
    assert one(text, **params) == expected


@pytest.mark.parametrize("text", ["2022-13", "2022-02-30", "UNK", "10JAN2022"])
def test_what_is_no_date_gives_none_and_a_note(text: str) -> None:
    notes = Notes()
    records = frame(AESTDTC=[text, "2022-01-01"]).set_axis([7, 8])
    made = impute_date(records, **{"from": "AESTDTC", "to": "ASTDT", "highest": "month"}, notes=notes)
    assert made["ASTDT"].isna().tolist() == [True, False]
    assert [(note.rule, note.rows) for note in notes] == [("date-not-read", (7,))]


def test_without_notes_a_problem_is_a_warning() -> None:
    with pytest.warns(UserWarning, match="date-not-read"):
        impute_date(frame(AESTDTC=["UNK"]), **{"from": "AESTDTC", "to": "ASTDT"})


@pytest.mark.parametrize(
    ("text", "params", "expected"),
    [
        ("2022-01-10T09:30:15", {}, ("2022-01-10 09:30:15", None, None)),
        ("2022-01-10T09:30", {}, ("2022-01-10 09:30:00", None, None)),
        ("2022-01-10T09:30", {"flag_seconds": True}, ("2022-01-10 09:30:00", None, "S")),
        ("2022-01-10T09", {}, ("2022-01-10 09:00:00", None, "M")),
        ("2022-01-10", {}, ("2022-01-10 00:00:00", None, "H")),
        ("2022-01-10", {"time_rule": "last"}, ("2022-01-10 23:59:59", None, "H")),
        ("2022-01-10", {"time_rule": "12:30:00"}, ("2022-01-10 12:30:00", None, "H")),
        ("2022-01-10", {"highest": "minute"}, (None, None, None)),
        ("2022-01", {}, (None, None, None)),
        ("2022-01", {"highest": "day"}, ("2022-01-01 00:00:00", "D", "H")),
    ],
)
def test_a_time_is_completed_by_its_rule(
    text: str, params: dict[str, object], expected: tuple[str | None, ...]
) -> None:
    named = {"from": "EXSTDTC", "to": "ASTDTM", "flag": "ASTDTF", "time_flag": "ASTTMF"}
    made = impute_datetime(frame(EXSTDTC=[text]), **{**named, **params}).iloc[0]
    assert tuple(None if pd.isna(value) else str(value) for value in made) == expected


def test_a_bound_that_is_a_date_means_its_last_second() -> None:
    records = frame(X=["2022-01"], DTHDT=["2022-01-20"], DTHDTM=["2022-01-20T10:00:00"])
    named = {"from": "X", "to": "XDTM", "highest": "day", "rule": "last", "time_rule": "last"}
    by_date = impute_datetime(records, **named, not_after="DTHDT")["XDTM"].iloc[0]
    by_time = impute_datetime(records, **named, not_after="DTHDTM")["XDTM"].iloc[0]
    assert (str(by_date), str(by_time)) == ("2022-01-20 23:59:59", "2022-01-20 10:00:00")


@pytest.mark.parametrize(
    "wrong", [{"rule": "middle"}, {"rule": "13-01"}, {"highest": "week"}, {"higest": "day"}, {"from": ""}]
)
def test_a_parameter_that_is_not_known_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        impute_date(frame(X=["2022"]), **{"from": "X", "to": "XDT", **wrong})


@given(
    st.dates(min_value=pd.Timestamp("1990-01-01").date(), max_value=pd.Timestamp("2060-12-31").date()),
    st.sampled_from([4, 7, 10]),
    st.sampled_from(["first", "mid", "last", "06-15"]),
)
def test_the_result_keeps_every_collected_part(day: object, length: int, rule: str) -> None:
    text = str(day)[:length]
    value, flag = one(text, highest="month", rule=rule)
    assert value is not None and value.startswith(text)
    assert flag == {4: "M", 7: "D", 10: None}[length]
