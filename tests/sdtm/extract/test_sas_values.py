"""SAS numbers under their formats. Epoch: 1960-01-01; 22646 = 62 x 365 + 16 leap days (1960 to 2020)."""

from __future__ import annotations

import pytest

from sdtm.extract.sas_values import date_text, datetime_text, kind_of_format, shows_less, time_text


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        *[
            (name, "date")
            for name in ("DATE9", "DDMMYY10", "YYMMDD10", "MONYY7", "MMYYS7", "YEAR4", "E8601DA")
        ],
        *[(name, "datetime") for name in ("DATETIME", "DATETIME19.2", "E8601DT19", "IS8601DT", "DTDATE9")],
        *[(name, "time") for name in ("TIME8", "TIME20.3", "HHMM5", "TOD8", "E8601TM8")],
        *[(name, "number") for name in ("", "BEST12", "8.2", "F8", "DOLLAR10.2", "$20", "DATEFMT", "MMYYX")],
    ],
)
def test_kind_of_format(form: str, expected: str) -> None:
    assert kind_of_format(form) == expected


def test_formats_that_show_less_than_is_stored() -> None:
    assert [shows_less(form) for form in ("MONYY7", "YEAR4", "HHMM5", "DATE9", "TIME8")] == [True] * 3 + [
        False
    ] * 2


def test_dates() -> None:
    assert date_text(0) == "1960-01-01"
    assert date_text(22646) == "2022-01-01"
    assert date_text(-137696) == "1583-01-01"  # data/sas/sample.csv
    assert date_text(10**9) is None


def test_times_keep_fractions_and_hours_above_24() -> None:
    assert time_text(36610) == "10:10:10"
    assert time_text(90000.5) == "25:00:00.5"
    assert time_text(-5.25) == "-00:00:05.25"


def test_datetimes() -> None:
    assert datetime_text(1841220610) == "2018-05-06T10:10:10"  # data/sas/sample.csv
    assert datetime_text(1841220610.123) == "2018-05-06T10:10:10.123"
    assert datetime_text(-1.5) == "1959-12-31T23:59:58.5"
    assert datetime_text(1e20) is None
