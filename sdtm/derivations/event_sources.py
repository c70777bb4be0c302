"""Where the start, the events and the censorings of a time to event come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from sdtm.derivations.condition import is_true
from sdtm.derivations.day_numbers import (
    DAYS_PER_MONTH,
    dates_of,
    day_numbers,
    first_of_groups,
    last_of_groups,
    taken,
    text_at,
    tie_breaker,
)
from sdtm.derivations.flags import named
from sdtm.derivations.notes import Notes
from sdtm.derivations.source_row import SOURCE_ROW
from sdtm.derivations.subject_table import require
from specs.catalogue import Params, Table

Unit = Literal["days", "weeks", "months", "years"]
_DAYS = {"days": 1.0, "weeks": 7.0, "months": DAYS_PER_MONTH, "years": 365.25}
RESULT = (
    "PARAMCD",
    "PARAM",
    "STARTDT",
    "ADT",
    "AVAL",
    "AVALU",
    "CNSR",
    "EVNTDESC",
    "CNSDTDSC",
    "SRCDOM",
    "SRCVAR",
    "SRCSEQ",
    SOURCE_ROW,
)


class DateSource(Params):
    """A date of each subject: the column ``date`` of a table, where a condition holds."""

    from_: Table = Field(alias="from")
    where: str = ""  # SQL over that table
    date: str
    subject: str = "USUBJID"
    sequence: str = ""  # default: ASEQ or --SEQ of that table, if it has one


FIRST_RESPONSE = DateSource.model_validate(
    {"from": "ADRS", "where": "PARAMCD = 'RSP' AND AVALC = 'Y'", "date": "ADT"}
)


class EventSource(DateSource):
    EVNTDESC: str


class CensorSource(EventSource):
    CNSR: int = Field(default=1, ge=1)
    CNSDTDSC: str = ""  # default: EVNTDESC


def as_source(value: Any) -> Any:
    """``ADSL.TRTSDT`` is ``{from: ADSL, date: TRTSDT}``."""
    if isinstance(value, str) and value.count(".") == 1:
        table, column = value.split(".")
        return {"from": table, "date": column}
    return value


@dataclass(frozen=True, slots=True)
class Chosen:
    """The record of a source that was chosen for each subject. ``position`` is -1 where there is none."""

    day: np.ndarray
    position: np.ndarray
    table: pd.DataFrame
    domain: str
    variable: str
    sequence: str


def choose(
    source: DateSource,
    tables: Mapping[str, pd.DataFrame],
    subjects: pd.Series,
    notes: Notes,
    *,
    last: bool = False,
    until: float = np.inf,
) -> Chosen:
    """The earliest record (or the last) of each subject that a source has, not after the day ``until``.

    ``subjects``: all different. A record that the condition chooses has to have a date; that it has none is
    noted.
    """
    table = tables[source.from_]
    require(table, source.from_, [source.subject, source.date, source.sequence])
    fits = is_true(table, source.where)
    day = day_numbers(table[source.date], f"{source.from_}.{source.date}")
    row = pd.Index(subjects).get_indexer(table[source.subject])
    if source.where:
        notes.add(
            "event-without-date",
            table.index[fits & (row >= 0) & np.isnan(day)],
            found=f"no {source.date} where {source.where}",
            expected="a complete date, or one imputed by a rule of the spec",
            do="query the date; the record is neither event nor censoring until then",
            table=source.from_,
            variable=source.date,
        )
    sequence = source.sequence or next((name for name in ("ASEQ", f"{source.from_}SEQ") if name in table), "")
    number = sequence_numbers(table, sequence)
    at = np.flatnonzero(fits & (row >= 0) & ~np.isnan(day) & (day <= until))
    at = at[np.lexsort((tie_breaker(table.index)[at], np.nan_to_num(number[at]), day[at], row[at]))]
    pick = last_of_groups if last else first_of_groups
    found = pick(row[at], len(subjects))
    position = np.where(found >= 0, np.r_[at, -1][found], -1)
    return Chosen(taken(day, position), position, table, source.from_, source.date, sequence)


def sequence_numbers(table: pd.DataFrame, column: str) -> np.ndarray:
    """The sequence numbers of a table; all missing without such a column."""
    if not column:
        return np.full(len(table), np.nan)
    return pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=float)


@dataclass(slots=True)
class Outcome:
    """How it ends for each subject: filled rule by rule, where nothing has been said yet.

    ``row``: the index label of the record that the date came from, in the table that ``domain`` names.
    """

    start: np.ndarray
    day: np.ndarray = field(init=False)
    censored: np.ndarray = field(init=False)
    described: np.ndarray = field(init=False)
    censor_described: np.ndarray = field(init=False)
    domain: np.ndarray = field(init=False)
    variable: np.ndarray = field(init=False)
    sequence: np.ndarray = field(init=False)
    row: pd.Series = field(init=False)

    def __post_init__(self) -> None:
        count = len(self.start)
        self.day, self.censored, self.sequence = (np.full(count, np.nan) for _ in range(3))
        self.described, self.censor_described, self.domain, self.variable = (
            np.full(count, None, dtype=object) for _ in range(4)
        )
        self.row = pd.Series(np.full(count, np.nan))

    @property
    def open(self) -> np.ndarray:
        """Subjects for whom nothing has been said."""
        return np.isnan(self.censored)

    def end(self, where: np.ndarray, CNSR: int, EVNTDESC: str, chosen: Chosen, CNSDTDSC: str = "") -> None:
        """Say how it ends for the subjects in ``where`` that are open."""
        where = where & self.open
        self.censored[where] = CNSR
        self.day[where] = chosen.day[where]
        self.described[where] = EVNTDESC
        if CNSR:
            self.censor_described[where] = CNSDTDSC or EVNTDESC
        self.domain[where] = chosen.domain or None
        self.variable[where] = chosen.variable or None
        self.sequence[where] = taken(sequence_numbers(chosen.table, chosen.sequence), chosen.position)[where]
        labels = text_at(pd.Series(chosen.table.index), np.where(where, chosen.position, -1))
        self.row = labels if self.row.isna().all() else self.row.where(~where, labels)

    def records(
        self, subjects: pd.Series, name: str, unit: Unit, parameter: str, label: str, notes: Notes, index: pd.Index
    ) -> pd.DataFrame:  # fmt: skip
        """One record for each subject; an end before the start is put on the start, and noted for an event."""
        early = self.day < self.start
        notes.add(
            "event-before-start",
            index[early & (self.censored == 0)],
            found="an event before the start of the time to event",
            expected="an event on or after the start",
            do="check both dates; the event counts on the day of the start",
        )
        notes.add(
            "no-end-of-time-to-event",
            index[self.open],
            found="neither an event nor a date to censor at",
            expected="a censoring that every subject has, such as the start itself",
            do="add one to `censor`; the time stays missing",
        )
        day = np.where(early, self.start, self.day)
        made: dict[str, Any] = {name: subjects.to_numpy()}
        made |= named(parameter, label, len(day))
        made |= {
            "STARTDT": dates_of(self.start),
            "ADT": dates_of(day),
            "AVAL": (day - self.start + 1) / _DAYS[unit],
            "AVALU": pd.array([unit.upper()] * len(day), dtype="str"),
            "CNSR": self.censored,
            "EVNTDESC": pd.array(self.described, dtype="str"),
            "CNSDTDSC": pd.array(self.censor_described, dtype="str"),
            "SRCDOM": pd.array(self.domain, dtype="str"),
            "SRCVAR": pd.array(self.variable, dtype="str"),
            "SRCSEQ": self.sequence,
            SOURCE_ROW: self.row.to_numpy(),
        }
        return pd.DataFrame(made)
