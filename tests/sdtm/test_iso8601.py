"""ISO 8601 as SDTM writes it; expected values from SDTMIG 3.4, 4.4.2 and 4.4.3, and from the calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm import columns, iso8601

VALID = [
    # the examples of SDTMIG 3.4, 4.4.2
    "2003-12-15T13:14:17.123",
    "2003-12-15T13:14:17",
    "2003-12-15T13:14",
    "2003-12-15T13",
    "2003-12-15",
    "2003-12",
    "2003",
    "2003-12-15T10:00/2003-12-15T10:30",
    "2003-01-01/2003-02-15",
    "2003-12-15T-:15",
    "2003-12-15T13:-:17",
    "2003---15",
    "--12-15",
    "-----T07:15",
    # 4.4.3.2: an interval with a duration
    "2003-12-15T10:00/PT2H",
    "P1D/2003-12-15",
    # ours
    "2024-02-29",
    "--02-29",
    "2024-03--T10:30",
    "2024----T10:30",
    "2024-03-01T10:30+08:00",
    "2024-03-01T10:30:15.5Z",
    "2024---31",
    "--03",
    "----15",
]
INVALID = [
    "",
    "-",
    "T10:30",
    "2024-02-30",
    "2023-02-29",
    "2024-13-45",
    "2020-02-60",
    "2024-13-04",
    "2024-04-31",
    "2024-00-10",
    "2024-01-00",
    "0000-01-01",
    "--02-30",
    "2024---32",
    "2024-03-01T25:61",
    "2024-03-01T24:00",
    "2024-03-01T10:60",
    "2024-03-01T10:30:60",
    "2024-03-01T10:30+15:00",
    "2024-03-01T",
    "2024-03-01T10:",
    "2024-03-01T10:-",
    "2024-03-01T-",
    "2024-03--",
    "2024--",
    "2024-03T10:30",
    "2024-3-1",
    "20240301",
    "2024-03-01 10:30",
    "2024/03/01",
    "01-MAR-2024",
    "2024-03-01T9:05",
    "2024-03-01/",
    "2024-03-01/2024-02-30",
    "2024-01-01/2024-01-02/2024-01-03",
    "P1D/P1D",
    "٢٠٢٤-٠٣-٠١",
    "2024-03-01\n",
    " 2024-03-01",
]


def test_texts_of_the_guide_and_partial_dates_are_datetimes():
    assert [text for text, ok in zip(VALID, iso8601.is_datetime(VALID), strict=True) if not ok] == []


def test_what_no_calendar_has_or_the_guide_does_not_write_is_no_datetime():
    assert [text for text, ok in zip(INVALID, iso8601.is_datetime(INVALID), strict=True) if ok] == []


def test_each_text_is_judged_by_itself_whatever_stands_beside_it():
    both = VALID + INVALID
    alone = [bool(iso8601.is_datetime([text])[0]) for text in both]
    assert iso8601.is_datetime(both).tolist() == alone == [True] * len(VALID) + [False] * len(INVALID)


def test_durations():
    # The first eleven are the examples of SDTMIG 3.4, 4.4.3.1 and 4.4.10.
    good = [
        "P2Y", "P10W", "P3M14D", "P3D", "P6M17DT3H", "P14DT7H57M", "PT42M18S", "PT0.5H", "P5DT12.25H",
        "P4.5W", "-PT15M", "P1Y2M", "PT5M", "P0D",
    ]  # fmt: skip
    bad = [
        "",
        "P",
        "PT",
        "P1YT",
        "P1Y2W",
        "P0.5Y1M",
        "PT.5H",
        "5D",
        "P5",
        "P-5D",
        "PT5",
        "P1H",
        "P5M3Y",
        "p5d",
    ]
    assert iso8601.is_duration(good).all()
    assert not iso8601.is_duration(bad).any()


def test_days_only_of_complete_dates():
    column = columns.text(
        [
            "1970-01-01",
            "1970-01-02T23:59",
            "1969-12-31",
            "2024-03-01",
            "2024-03",
            "2024-02-30",
            None,
            "--03-01",
        ]
    )
    # 2024-03-01 is day 19783: 54 years of 365 days, 13 leap days before 2024, and 31 + 29 days.
    expected = [0, 1, -1, 54 * 365 + 13 + 60, np.nan, np.nan, np.nan, np.nan]
    np.testing.assert_array_equal(iso8601.days(column), expected)


def seconds(*parts: int) -> float:
    return datetime(*parts, tzinfo=UTC).timestamp()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("2024-03-01T10:30:15", (2024, 3, 1, 10, 30, 15), (2024, 3, 1, 10, 30, 15)),
        ("2024-03-01T10:30:15.75", (2024, 3, 1, 10, 30, 15), (2024, 3, 1, 10, 30, 15)),
        ("2024-03-01T10:30", (2024, 3, 1, 10, 30, 0), (2024, 3, 1, 10, 30, 59)),
        ("2024-03-01T10", (2024, 3, 1, 10, 0, 0), (2024, 3, 1, 10, 59, 59)),
        ("2024-03-01T-:30", (2024, 3, 1, 0, 30, 0), (2024, 3, 1, 23, 30, 59)),
        ("2024-03-01", (2024, 3, 1, 0, 0, 0), (2024, 3, 1, 23, 59, 59)),
        ("2024-02", (2024, 2, 1, 0, 0, 0), (2024, 2, 29, 23, 59, 59)),
        ("2023-02", (2023, 2, 1, 0, 0, 0), (2023, 2, 28, 23, 59, 59)),
        ("2024", (2024, 1, 1, 0, 0, 0), (2024, 12, 31, 23, 59, 59)),
        ("2024---15", (2024, 1, 15, 0, 0, 0), (2024, 12, 15, 23, 59, 59)),
        ("2024-03--T10:30", (2024, 3, 1, 10, 30, 0), (2024, 3, 31, 10, 30, 59)),
        ("2024-03-01T10:30+08:00", (2024, 3, 1, 10, 30, 0), (2024, 3, 1, 10, 30, 59)),
        ("2024-01-10/2024-02", (2024, 1, 10, 0, 0, 0), (2024, 2, 29, 23, 59, 59)),
    ],
)
def test_bounds_are_the_first_and_last_instant_a_text_may_mean(text, low, high):
    found = iso8601.bounds(columns.text([text, None]))
    np.testing.assert_array_equal(found[0], [seconds(*low), np.nan])
    np.testing.assert_array_equal(found[1], [seconds(*high), np.nan])


def test_texts_without_a_place_in_time_have_no_bounds():
    texts = ["--03-15", "-----T07:15", "2024-02-30", "UNK", "2024-02-01/2024-01-01", "2024-01-01/P1D"]
    low, high = iso8601.bounds(columns.text(texts))
    assert np.isnan(low).all() and np.isnan(high).all()


def test_has_time_and_date_part():
    column = columns.text(
        ["2024-03-01T10:30", "2024-03-01", "2024-03--T10:30", "-----T07:15", "2024-03-01T25:00", None,
         "2024-03-01T10:00/2024-03-01T11:00", "2024-03-01/2024-03-02", "2024-03-01T10:00/PT1H"]
    )  # fmt: skip
    assert iso8601.has_time(column).tolist() == [True, False, True, True, False, False, True, False, True]
    assert (
        iso8601.date_part(column).astype(object).where(column.notna(), None).tolist()[:2]
        == ["2024-03-01"] * 2
    )
    assert iso8601.date_part(column).astype(object).fillna("").tolist() == [
        "2024-03-01", "2024-03-01", "2024-03", "", "", "",
        "2024-03-01", "2024-03-01/2024-03-02", "2024-03-01",
    ]  # fmt: skip


def test_reach_compares_at_common_precision():
    def not_after(first: str, second: str) -> bool:
        _, start = iso8601.reach(*iso8601.spans([first]))
        end, _ = iso8601.reach(*iso8601.spans([second]))
        return bool(start[0] <= end[0])

    assert not_after("2024-03-01T08:00", "2024-03-01T10:00")
    assert not not_after("2024-03-01T12:00", "2024-03-01T10:00")
    assert not_after("2024-03-01T10:00:30", "2024-03-01T10:00")  # the same minute
    assert not_after("2024-03-01", "2024-03-01T10:00")
    assert not_after("2024-03-01T12:00", "2024-03-01")
    assert not not_after("2024-03-02", "2024-03-01T10:00")
    assert not_after("2024-02", "2024-03-01")
    assert not not_after("2024-03", "2024-03-15")
    assert not_after("2024-03", "2024-03-31")
    assert not not_after("2024-03-15", "2024-03")
    assert not_after("2024-03-01", "2024-03")


def test_empty_columns_and_columns_of_nothing():
    for column in (columns.text([]), columns.text([None, None])):
        assert np.isnan(iso8601.days(column)).all()
        assert len(iso8601.bounds(column)[0]) == len(column)
        assert not iso8601.has_time(column).any()
        assert iso8601.date_part(column).isna().all()
    assert iso8601.is_datetime([]).tolist() == []


@given(st.dates(), st.times(), st.integers(0, 3))
def test_what_is_composed_is_valid_and_placed_right(day: date, time, precision: int):
    parts = [f"{day.year:04}", f"{day.month:02}", f"{day.day:02}"]
    clock = [f"{time.hour:02}", f"{time.minute:02}", f"{time.second:02}"][:precision] + [""] * (3 - precision)
    text = iso8601.compose(iso8601.write_date(*parts), iso8601.write_time(*clock))
    assert iso8601.is_datetime([text])[0]
    column = columns.text([text])
    assert iso8601.days(column)[0] == (day - date(1970, 1, 1)).days
    low, high = iso8601.bounds(column)
    assert (
        low[0] <= (day - date(1970, 1, 1)).days * 86_400 + time.hour * 3600 + time.minute * 60 + time.second
    )
    assert high[0] - low[0] == [86_399, 3_599, 59, 0][precision]


@given(
    st.tuples(*[st.sampled_from(choices) for choices in
                (["", "2024"], ["", "03"], ["", "15"], ["", "10"], ["", "30"], ["", "59"])])
)  # fmt: skip
def test_any_set_of_known_parts_has_a_valid_text(parts):
    text = iso8601.compose(iso8601.write_date(*parts[:3]), iso8601.write_time(*parts[3:]))
    assert text == "" if not any(parts) else iso8601.is_datetime([text])[0], (parts, text)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 1, 1)), st.integers(-50_000, 50_000))
def test_days_count_like_the_calendar(day: date, shift: int):
    other = day + timedelta(days=shift)
    first, second = iso8601.days(columns.text([day.isoformat(), other.isoformat()]))
    assert second - first == shift


@given(st.text(alphabet="0129-T:./Z+ P", max_size=22))
def test_only_texts_that_a_calendar_library_agrees_with_are_complete(text: str):
    if iso8601.is_datetime([text])[0] and not np.isnan(iso8601.days(columns.text([text]))[0]):
        assert date.fromisoformat(text[:10])
