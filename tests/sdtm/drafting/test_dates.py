"""Formats of dates where the values leave no doubt, and questions where they do."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdtm.columns import text
from sdtm.drafting.dates import date_formats, looks_like_date, looks_like_time, time_formats
from sdtm.drafting.material import RawColumn
from sdtm.extract.profile_types import type_of
from sdtm.extract.profile_values import counted_texts
from sdtm.extract.value_kinds import kinds_of


def made(values: list[str | None]) -> RawColumn:
    column = text(values)
    texts = counted_texts(column)
    kinds = kinds_of(list(texts), list(texts.values()))
    return RawColumn("D", "", texts, kinds, type_of(kinds), column)


@pytest.mark.parametrize(
    ("values", "formats"),
    [
        (["23 JUN 2017", "UN MAY 2018", "UN UNK 2019"], ("dd MMM yyyy",)),
        (["13/04/2024", "05/04/2024"], ("dd/MM/yyyy",)),
        (["04/13/2024", "05/04/2024", "2024"], ("MM/dd/yyyy", "yyyy")),
        (["2024-03-01", "2024-03"], ("yyyy-MM-dd", "yyyy-MM")),
        (["20240301", "20241231"], ("yyyyMMdd",)),
        (["5-MAR-2024", "15-MAR-2024"], ("d-MMM-yyyy",)),
        (["2024-03-01T10:30", "2024-03-02T11:00"], ("yyyy-MM-dd'T'HH:mm",)),
        (["2024-03-01T10:30", "2024-03-02T9:05"], ("yyyy-MM-dd'T'H:mm",)),
        (["25/04/2024 10:30", "05/04/2024 9:05"], ("dd/MM/yyyy H:mm",)),
    ],
)
def test_formats_that_the_values_tell(values: list[str | None], formats: tuple[str, ...]) -> None:
    found = date_formats(made(values))
    assert (found.formats, dict(found.unread)) == (formats, {})


@pytest.mark.parametrize(
    ("values", "candidates"),
    [
        (["05/04/2024", "01/02/2024"], {"dd/MM/yyyy", "MM/dd/yyyy"}),
        (["13/04/2024", "04/15/2024"], {"dd/MM/yyyy", "MM/dd/yyyy"}),  # both orders in one column
        (["13-APR-24", "14-APR-24"], {"dd-MMM-yy"}),  # which century?
        (["05/04/2024 10:30"], {"dd/MM/yyyy HH:mm", "MM/dd/yyyy HH:mm"}),
        (["05/04/24"], {"dd/MM/yy", "MM/dd/yy"}),
        (["5/4/24 9:30"], {"d/M/yy H:mm", "M/d/yy H:mm"}),
    ],
)
def test_what_leaves_a_doubt_is_asked(values: list[str | None], candidates: set[str]) -> None:
    found = date_formats(made(values))
    assert found.formats == () and set(found.candidates) == candidates


def test_impossible_dates_are_told_apart() -> None:
    found = date_formats(made([*(f"{day:02}/12/2023" for day in range(10, 31)), "31/02/2024"]))
    assert found.formats == ("dd/MM/yyyy",)
    assert dict(found.unread) == {"31/02/2024": 1}


@given(st.lists(st.dates(date(1950, 1, 1), date(2049, 12, 31)), min_size=1, max_size=20))
def test_a_numeric_order_is_never_taken_that_some_value_contradicts(days: list[date]) -> None:
    """Day-first texts never come out month first, whatever the days are."""
    found = date_formats(made([day.strftime("%d/%m/%Y") for day in days]))
    assert found.formats in ((), ("dd/MM/yyyy",))
    assert bool(found.formats) == any(day.day > 12 for day in days)


def test_times() -> None:
    assert time_formats(made(["08:15", "UNK", "09:30"])) == ()
    assert time_formats(made(["0840", "2359"])) == ("HHmm",)
    assert time_formats(made(["8h15"])) is None
    assert time_formats(made(["9:00", "10:11"])) == ("H:mm",)  # HH reads two digits only
    assert time_formats(made(["9:00", "10:11:12"])) == ("H:mm", "H:mm:ss")
    assert looks_like_time(made(["0840"])) and not looks_like_time(made(["9940"]))


def test_what_looks_like_a_date() -> None:
    today = date(2024, 3, 1)
    assert looks_like_date(made([(today + timedelta(n)).isoformat() for n in range(3)]))
    assert not looks_like_date(made(["12", "2024"])) and not looks_like_date(made([None]))
