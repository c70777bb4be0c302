"""Whole dates read by the column: the same as text by text, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm.mapping.date_formats import compile_format
from sdtm.mapping.dates import UNKNOWN_WORDS
from sdtm.mapping.whole_dates import whole_dates

FORMATS = (
    "dd MMM yyyy", "d/M/yyyy", "MM/dd/yyyy", "yyyy-MM-dd", "yyyyMMdd", "MMMM d, yyyy", "ddMMMyyyy",
    "yyyy-MM-dd HH:mm", "yyyy-MM-ddTHH:mm:ss", "d.M.yyyy H:m",
)  # fmt: skip


def read(texts, text, unknown=UNKNOWN_WORDS, century=None):
    dates, times = whole_dates(texts, compile_format(text, unknown, century))
    return list(zip(dates.tolist(), times.tolist(), strict=True))


@pytest.mark.parametrize(
    ("date_format", "text", "date", "time"),
    [
        ("dd MMM yyyy", "12 MAR 2018", "2018-03-12", ""),
        ("dd MMM yyyy", "29 feb 2024", "2024-02-29", ""),  # 2024 is a leap year
        ("d/M/yyyy", "3/2/2024", "2024-02-03", ""),
        ("MM/dd/yyyy", "02/03/2024", "2024-02-03", ""),
        ("MMMM d, yyyy", "September 5, 0999", "0999-09-05", ""),
        ("yyyy-MM-ddTHH:mm:ss", "2024-03-01T23:59:59", "2024-03-01", "T23:59:59"),
        ("d.M.yyyy H:m", "1.3.2024 7:5", "2024-03-01", "T07:05"),
    ],
)
def test_whole_dates_are_read(date_format, text, date, time):
    assert read([text], date_format) == [(date, time)]


@pytest.mark.parametrize(
    ("date_format", "text"),
    [
        ("dd MMM yyyy", "UN MAR 2018"),  # partial
        ("dd MMM yyyy", "12 UNK 2018"),
        ("dd MMM yyyy", "30 FEB 2024"),  # in no calendar
        ("dd MMM yyyy", "29 FEB 2023"),
        ("dd MMM yyyy", "12 MAR 0000"),
        ("d/M/yyyy", "0/2/2024"),
        ("d/M/yyyy", "1/13/2024"),
        ("dd MMM yyyy", "12-MAR-2018"),  # does not fit
        ("dd MMM yyyy", "١٢ MAR 2018"),  # digits of another script
        ("dd MMM yyyy", ""),
        ("dd MMM yyyy", "12 MAR\n2018"),
        ("yyyy-MM-dd HH:mm", "2024-03-01 24:00"),
    ],
)
def test_what_has_to_be_told_is_left_to_the_reading_text_by_text(date_format, text):
    assert read([text, "x"], date_format) == [(None, None)] * 2


@pytest.mark.parametrize(
    ("date_format", "text", "unknown", "century"),
    [
        ("dd/MM/yyyy", "99/03/2024", ("99",), None),  # a number that means unknown
        ("dd/MM/yyyy", "12/03/2024", ("99",), None),
        ("dd/MM/yy", "12/03/24", (), 68),  # the century is declared
        ("yyyy-MM-dd hh:mm a", "2024-03-01 07:15 PM", (), None),
        ("'day 5:' dd/MM/yyyy", "day 6: 12/03/2024", (), None),  # a digit that stands for itself
        ("MMM yyyy", "MAR 2018", (), None),
    ],
)
def test_formats_in_which_digits_do_not_tell_all_are_left_alone(date_format, text, unknown, century):
    assert read([text], date_format, unknown, century) == [(None, None)]


TEXTS = st.one_of(
    st.text(alphabet="0123456789/-.,: TUNKMARapril", max_size=18),
    st.datetimes().flatmap(
        lambda at: st.sampled_from(
            [
                at.strftime(code)
                for code in ("%d %b %Y", "%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d", "%Y%m%d", "%B %d, %Y", "%d%b%Y")
            ]
            + [at.strftime(code) for code in ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M")]
        )
    ),
)


@given(st.lists(TEXTS, max_size=12), st.sampled_from(FORMATS))
def test_it_says_what_the_reading_text_by_text_says(texts, text):
    date_format = compile_format(text, UNKNOWN_WORDS, None)
    for made, raw in zip(read(texts, text), texts, strict=True):
        reading = date_format.read((raw,))
        if made != (None, None):
            assert reading == (*made, "")
        elif reading is not None:  # not whole, or impossible
            assert reading.problem or "--" in reading.date or "-" in reading.time or len(reading.date) < 10


def test_no_texts():
    dates, times = whole_dates([], compile_format("dd MMM yyyy", (), None))
    assert isinstance(dates, np.ndarray) and not len(dates) and not len(times)
