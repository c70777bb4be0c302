"""ISO 8601 texts. Expected values are worked out by hand from SDTMIG 3.4, 4.4.2 (its table of partial
dates) and the calendar."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specs.iso8601 import Moment, is_datetime, is_duration, is_interval, read_moment

GOOD_DATES = [
    "2003-12-15T13:14:17.123",
    "2003-12-15T13:14:17",
    "2003-12-15T13:14",
    "2003-12-15T13",
    "2003-12-15",
    "2003-12",
    "2003",
    "2003---15",
    "--12-15",
    "--12",
    "-----T07:15",
    "2003-12--T07:15",
    "2003-12-15T-:15",
    "2003-12-15T13:-:17",
    "2024-02-29",
    "--02-29",
    "2024-03-01T10:30Z",
    "2024-03-01T10:30+05:30",
]
BAD_DATES = [
    "",
    " 2024-03-01",
    "2024-03-01 ",
    "2024-03-01\n",
    "2024-3-1",
    "20240301",
    "2024-03-01 10:30",
    "2024-13-01",
    "2024-00-10",
    "2024-02-30",
    "2023-02-29",
    "2020-02-60",
    "2024-03-00",
    "2024-02--",
    "2003----",
    "2003---",
    "-",
    "--",
    "-----",
    "2024-03-01T",
    "2024-03-01T25:61",
    "2024-03-01T24:00",
    "2024-03-01T10:60",
    "2024-03-01T10:30:60",
    "2024-03-01T9:5",
    "2024-03-01T10:-",
    "2024-03T10:30",
    "T10:30",
    "2024-03-01T10:30+25:00",
    "2024-03-01T10:30+05:75",
    "0000-01-01",
    "UN/UNK/2024",
    "2024-UN-01",
    "\u0662\u0660\u0662\u0664-03-01",
]


@pytest.mark.parametrize("text", GOOD_DATES)
def test_a_whole_or_partial_date_is_one(text: str) -> None:
    assert is_datetime(text)


@pytest.mark.parametrize("text", BAD_DATES)
def test_what_is_no_date_is_refused(text: str) -> None:
    assert not is_datetime(text)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-02", "2024-02-01T00:00:00", "2024-02-29T23:59:59"),
        ("2024", "2024-01-01T00:00:00", "2024-12-31T23:59:59"),
        ("2024-03-05", "2024-03-05T00:00:00", "2024-03-05T23:59:59"),
        ("2024-03-05T10", "2024-03-05T10:00:00", "2024-03-05T10:59:59"),
        ("2024-03-05T10:30", "2024-03-05T10:30:00", "2024-03-05T10:30:59"),
        ("2024-03-05T10:30:07", "2024-03-05T10:30:07", "2024-03-05T10:30:07"),
        ("2024---31", "2024-01-31T00:00:00", "2024-12-31T23:59:59"),
        ("2023---30", "2023-01-30T00:00:00", "2023-12-30T23:59:59"),
        ("1969-12-31T23:59:59", "1969-12-31T23:59:59", "1969-12-31T23:59:59"),
    ],
)
def test_the_moments_that_a_text_may_mean(text: str, first: str, last: str) -> None:
    def seconds(iso: str) -> float:
        return (
            datetime.fromisoformat(iso).replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
        ) / timedelta(seconds=1)

    moment = read_moment(text)
    assert moment is not None
    assert moment.bounds() == (seconds(first), seconds(last))


def test_a_date_without_a_year_has_no_bounds() -> None:
    moment = read_moment("--12-15")
    assert moment is not None
    assert moment.bounds() is None


@pytest.mark.parametrize(
    ("text", "partial"),
    [
        ("2024-02", True),
        ("2024---15", True),
        ("2024-02-29", False),
        ("2024-02-29T10", False),
        ("2024-02-29T10:30", False),
        ("2024-02-29T-:30", True),
    ],
)
def test_a_date_is_partial_when_a_part_of_it_is_unknown(text: str, partial: bool) -> None:
    moment = read_moment(text)
    assert moment is not None
    assert moment.is_partial is partial


def test_the_offset_is_kept_apart() -> None:
    assert read_moment("2024-03-01T10:30+05:30") == Moment(2024, 3, 1, 10, 30, None, 19_800)
    assert read_moment("2024-03-01T10:30-01:00") == Moment(2024, 3, 1, 10, 30, None, -3_600)


@pytest.mark.parametrize(
    "text", ["P1D", "PT15M", "-PT15M", "P2W", "P1Y2M3DT4H5M6S", "PT1.5H", "PT0,25S", "P0D"]
)
def test_a_duration_is_one(text: str) -> None:
    assert is_duration(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "P1DT",
        "1D",
        "P1",
        "P1H",
        "PT1D",
        "P1W2D",
        "P1.5DT2H",
        "PT-0.083H",
        "P1D ",
        "p1d",
        "P2M1Y",
    ],
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    assert not is_duration(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2003-12-01/2003-12-10", True),
        ("2003-12-15T10:00/2003-12-15T10:30", True),
        ("2003-12-15T10:00/PT30M", True),
        ("PT30M/2003-12-15T10:00", True),
        ("2003-12-15", False),
        ("P1D/P2D", False),
        ("2003-12-01/", False),
        ("2003-12-01/2003-13-10", False),
        ("2003-12-01/2003-12-02/2003-12-03", False),
    ],
)
def test_an_interval_is_two_ends(text: str, expected: bool) -> None:
    assert is_interval(text) is expected


@given(
    st.datetimes(min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 31)),
    st.sampled_from([4, 7, 10, 13, 16, 19]),
)
def test_a_text_cut_from_the_right_may_mean_the_moment_it_was_cut_from(moment: datetime, length: int) -> None:
    moment = moment.replace(microsecond=0)
    read = read_moment(moment.isoformat()[:length])
    assert read is not None
    bounds = read.bounds()
    assert bounds is not None
    seconds = (moment - datetime(1970, 1, 1)) / timedelta(seconds=1)
    assert bounds[0] <= seconds <= bounds[1]


@given(st.text(alphabet=string.digits + "-:T./PYMDHS+Z", max_size=25))
def test_any_text_is_judged_without_an_error(text: str) -> None:
    assert isinstance(is_datetime(text) or is_duration(text) or is_interval(text), bool)
