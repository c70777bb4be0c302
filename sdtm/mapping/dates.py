"""Dates and times as collected -> ISO 8601, by declared formats; nothing is guessed, nothing rolled over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from sdtm import columns, iso8601
from sdtm.combinations import combinations, unique_rows
from sdtm.mapping.date_formats import DateFormat, Reading, compile_format
from sdtm.mapping.registry import algorithm
from sdtm.mapping.whole_dates import whole_dates
from specs.catalogue import Column, Params, Texts

UNKNOWN_WORDS = (
    "UN", "UNK", "UNKN", "UNKNOWN", "UK", "NK", "XX", "XXX", "XXXX", "-", "--", "---", "----",
)  # fmt: skip
_DATE_KINDS, _TIME_KINDS = {"year", "month", "day"}, {"hour", "minute", "second", "fraction", "zone", "half"}
# How the parts of a date are usually written when each has a column of its own; they cannot contradict.
_SPLIT_FORMATS = (("yyyy", "M", "d"), ("yyyy", "MMM", "d"), ("yyyy", "MMMM", "d"))


class SplitDate(Params):
    """A date with a column for each part; an empty cell or an absent column is an unknown part."""

    year: Column
    month: Column = ""
    day: Column = ""


class AssignDatetime(Params):
    """``date``: one column; several (the format has a part for each, between blanks); year, month, day."""

    date: SplitDate | tuple[Column, ...] | Column
    time: Column = ""
    format: Texts = ()
    time_format: Texts = ("HH:mm", "HH:mm:ss")
    unknown: Texts = UNKNOWN_WORDS
    century: int | None = Field(None, ge=0, le=99)

    @model_validator(mode="after")
    def _formats_make_sense(self) -> AssignDatetime:
        if not self.format and not isinstance(self.date, SplitDate):
            raise ValueError("declare the format of the date, such as format: dd MMM yyyy")
        if any(not word.strip() or word != word.strip() for word in self.unknown):
            raise ValueError("a word for unknown parts is empty or has blanks around it")
        for date_format in self.date_formats():
            kinds = set(date_format.kinds)
            if not kinds & _DATE_KINDS:
                raise ValueError(f"format {date_format.text!r} has no token for the year")
            if self.time and kinds & _TIME_KINDS:
                found = f"format {date_format.text!r} has a time in it"
                raise ValueError(f"{found}, and the time comes from column {self.time}")
        for time_format in self.time_formats():
            if set(time_format.kinds) & _DATE_KINDS:
                raise ValueError(f"time_format {time_format.text!r} has tokens of a date")
        return self

    def date_columns(self) -> tuple[str, ...]:
        if isinstance(self.date, SplitDate):
            return self.date.columns()
        return (self.date,) if isinstance(self.date, str) else self.date

    def date_formats(self) -> tuple[DateFormat, ...]:
        texts = self.format
        if isinstance(self.date, SplitDate):
            if self.date.day and not self.date.month:
                raise ValueError("date has a day but no month")
            count = len(self.date_columns())
            texts = texts or tuple(dict.fromkeys(" ".join(each[:count]) for each in _SPLIT_FORMATS))
            for text in texts:
                kinds = compile_format(text, self.unknown, self.century, count).kinds
                if kinds != ("year", "month", "day")[:count]:
                    raise ValueError(f"format {text!r} is not in the order year, month, day")
        count = len(self.date_columns())
        return tuple(compile_format(text, self.unknown, self.century, count) for text in texts)

    def time_formats(self) -> tuple[DateFormat, ...]:
        if not self.time:
            return ()
        return tuple(compile_format(text, self.unknown, self.century) for text in self.time_format)


_NO_DATE = Reading(iso8601.write_date("", "", ""), "")
_SHOWN = 24  # characters of a text in a reason
_ALL_UNKNOWN = "every part is unknown: there is no date to keep"


def _expected(params: AssignDatetime) -> str:
    formats = " or ".join(date_format.text for date_format in params.date_formats())
    times = " or ".join(time_format.text for time_format in params.time_formats())
    words = f" (unknown parts: {', '.join(params.unknown)})" if params.unknown else ""
    return f"a date in format {formats}" + (f" and a time in format {times}" if times else "") + words


def explain_loss(texts: Sequence[str | tuple[str | None, ...]], params: AssignDatetime) -> list[str]:
    """Why each text has no ISO 8601 form; empty where it has one or nothing was collected.

    A text is the cell of the one column, or a tuple of cells in the order of ``params.columns()``.
    """
    names = params.columns()
    cells = [(text,) if isinstance(text, str) else text for text in texts]
    padded = [cell + (None,) * (len(names) - len(cell)) for cell in cells]
    block = pd.DataFrame(
        {name: columns.text([cell[number] for cell in padded]) for number, name in enumerate(names)}
    )
    rows, _, reasons = _outcomes(block, params)
    return [reasons[row] for row in rows.tolist()]


@algorithm(
    "assign_datetime",
    AssignDatetime,
    key="date",
    expected=_expected,
    explain=explain_loss,
    rule="date-not-read",
    origin="Collected",
)
def assign_datetime(block: pd.DataFrame, params: AssignDatetime) -> pd.Series:
    """Collected dates and times as ISO 8601 texts, unknown parts left unknown.

    Shape:   n texts (in one or more columns) in, n texts out, same index.
    Unit:    none; the time is the one on the form, no zone is added or applied.
    Missing: where nothing was collected; and where a text cannot be read, which is a finding: it fits no
             declared format, two declared formats read it differently, no calendar or clock has it, or
             all its parts are unknown. A time that cannot be read takes its date with it, so that the loss is
             seen. A time beside an unknown date is kept (``-----T07:15``), so is one beside a partial date.
    Errors:  a format that makes no sense is refused when the spec is read.
    Source:  SDTMIG 3.4, sections 4.4.1 and 4.4.2.
    Example: (format dd MMM yyyy) 12 MAR 2018 -> 2018-03-12; UN MAR 2018 -> 2018-03; UN UNK 2018 -> 2018;
             12 UNK 2018 -> 2018---12; 31 APR 2018 -> missing.
    """
    rows, texts, _ = _outcomes(block, params)
    codes, unique = pd.factorize(texts)
    return columns.from_codes(codes[rows] if len(codes) else rows, list(unique), block.index)


def _outcomes(block: pd.DataFrame, params: AssignDatetime) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The number of each row's outcome; for each outcome its text (or ``None``) and its reason (or "")."""
    date_of, dates = _read([block[name] for name in params.date_columns()], params.date_formats())
    if not params.time:
        everything = np.arange(len(dates.date))
        return date_of, *_written(dates, everything, dates, everything)
    time_of, times = _read([block[params.time]], params.time_formats())
    pair_of, first = combinations([date_of, time_of])
    return pair_of, *_written(dates, date_of[first], times, time_of[first])


class _Readings(NamedTuple):
    """What distinct texts (or texts side by side) were read as; an object array of each part of a ``Reading``, and
    whether anything was collected."""

    date: np.ndarray
    time: np.ndarray
    problem: np.ndarray
    collected: np.ndarray


def _written(
    dates: _Readings, date_at: np.ndarray, times: _Readings, time_at: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Texts and reasons of pairs of a date and a time, given by their positions."""
    short = np.array([iso8601.compose(date, "") for date in dates.date.tolist()], dtype=object)[date_at]
    clock, problem = times.time[time_at], dates.problem[date_at]
    reasons = np.where(problem != "", problem, times.problem[time_at])
    texts = np.where(clock != "", dates.date[date_at] + clock, short)
    texts[(reasons != "") | (texts == "")] = None
    collected = dates.collected[date_at] | times.collected[time_at]
    reasons[collected & (reasons == "") & (texts == None)] = _ALL_UNKNOWN  # noqa: E711 (element by element)
    return texts, reasons


def _read(cells: Sequence[pd.Series], formats: Sequence[DateFormat]) -> tuple[np.ndarray, _Readings]:
    """The number of each row's cells, and each distinct text (or texts) read."""
    numbers, rows = unique_rows(cells)
    texts = [tuple([cell if cell is None else cell.strip() for cell in row]) for row in rows]
    count = len(texts)
    if len(cells) == 1 and len(formats) == 1:
        date, time = whole_dates([text or "" for (text,) in texts], formats[0])
    else:
        date, time = np.full(count, None, dtype=object), np.full(count, None, dtype=object)
    problem, collected = np.full(count, "", dtype=object), np.ones(count, dtype=bool)
    for at in np.flatnonzero(date == None).tolist():  # noqa: E711 (element by element)
        reading = _read_one(texts[at], formats)
        collected[at] = reading is not None
        date[at], time[at], problem[at] = reading or _NO_DATE
    return numbers, _Readings(date, time, problem, collected)


def _read_one(texts: tuple[str | None, ...], formats: Sequence[DateFormat]) -> Reading | None:
    """What declared formats make of texts side by side; ``None``: nothing was collected."""
    if texts.count(None) == len(texts):
        return None
    if len(formats) == 1 and (only := formats[0].read(texts)) is not None:
        return only
    readings = [reading for each in formats if (reading := each.read(texts)) is not None]
    if len(readings) == 1:
        return readings[0]
    possible = list(dict.fromkeys(reading for reading in readings if not reading.problem))
    if len(possible) == 1:
        return possible[0]
    if possible:
        values = " and ".join(iso8601.compose(each.date, each.time) for each in possible)
        return Reading("", "", f"{_counted(len(possible))} declared formats read this differently: {values}")
    return readings[0] if readings else Reading("", "", _nearest_difference(texts, formats))


def _counted(number: int) -> str:
    return {2: "two", 3: "three", 4: "four"}.get(number, str(number))


def _nearest_difference(texts: tuple[str | None, ...], formats: Sequence[DateFormat]) -> str:
    """Where the format that gets furthest stops to fit."""
    furthest, column, token, name = max(
        ((*each.fits_until(texts), each.text) for each in formats), key=lambda found: found[0]
    )
    at = furthest - sum(len(text or "") for text in texts[:column])
    rest = (texts[column] or "")[at:]
    found = repr(rest if len(rest) <= _SHOWN else rest[:_SHOWN] + "…") if rest else "the end"
    wanted = f"{token!r} of format {name!r}" if token else f"the end of format {name!r}"
    return f"no declared format fits; first difference at character {at + 1}: {found} against {wanted}"
