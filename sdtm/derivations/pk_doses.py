"""Dose records as sorted arrays, and the dose before or after a moment: for all samples at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sdtm import iso8601
from sdtm.derivations.notes import Notes
from specs.catalogue import Column, Params, Table

HOUR = 3600
# Hours between the doses of a record that covers an interval (codelist FREQ, C71113). A record with any
# other frequency is one dose, given at its start.
STEPS = {
    "QD": 24, "Q24H": 24, "BID": 12, "Q12H": 12, "TID": 8, "Q8H": 8, "QID": 6, "Q6H": 6, "Q4H": 4,
    "QOD": 48,
}  # fmt: skip
_GROUP, _SHIFT = 1 << 36, 1 << 34  # one number for (subject, second): seconds of any century fit


class DoseTable(Params):
    """Where the doses are: the dataset, and the names of its columns."""

    doses: Table = "EX"
    subject: Column = "USUBJID"
    treatment: Column = ""
    start: str = "EXSTDTC"
    end: str = "EXENDTC"
    amount: str = "EXDOSE"
    unit: str = "EXDOSU"
    frequency: str = "EXDOSFRQ"
    route: str = "EXROUTE"
    dose_treatment: str = "EXTRT"


@dataclass(frozen=True, slots=True, eq=False)
class Doses:
    """Valid doses, sorted by subject (and treatment) and start; times in seconds since 1970.

    ``timed``: the start has a time of day. ``last``: the latest moment of the last dose of a record that
    covers an interval with ``step`` hours between doses; NaN for one dose. ``row``: position in the table.
    """

    group: np.ndarray
    start: np.ndarray
    timed: np.ndarray
    last: np.ndarray
    last_timed: np.ndarray
    step: np.ndarray
    amount: np.ndarray
    hours: np.ndarray
    row: np.ndarray
    keys: np.ndarray

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """One dose a sample: its record (-1: none), its moment (NaN: not known to the time of day).

    ``counted``: the moment was counted on from the start of an interval record, not collected.
    """

    record: np.ndarray
    moment: np.ndarray
    counted: np.ndarray


def read_doses(
    records: pd.DataFrame, table: pd.DataFrame, params: DoseTable, notes: Notes
) -> tuple[np.ndarray, Doses]:
    """The subject number of each record, and the valid doses of the table.

    A valid dose has a date to the day and an amount above 0, or an amount of 0 of a placebo. Others are
    noted: an amount of 0 means a held dose and is no defect, a missing one is.
    """
    keys = [params.subject] + ([params.treatment] if params.treatment else [])
    dose_keys = [params.subject] + ([params.dose_treatment] if params.treatment else [])
    lacking = [name for name in [*dose_keys, params.start, params.amount] if name not in table]
    if lacking:
        raise KeyError(f"{params.doses}: no column {', '.join(lacking)}")
    group, dose_group = _numbered(records[keys], table[dose_keys].set_axis(keys, axis=1))
    low, high = _spans(table[params.start])
    whole_day = np.floor(low / iso8601.DAY) == np.floor(high / iso8601.DAY)
    amount = table[params.amount].to_numpy(dtype=float)
    placebo = _upper(table, params.dose_treatment).str.contains("PLACEBO", regex=False).to_numpy(dtype=bool)
    _note_bad_doses(table, params, notes, amount, placebo, whole_day)
    _note_treatments(table, params, notes)
    with np.errstate(invalid="ignore"):
        valid = whole_day & ((amount > 0) | ((amount == 0) & placebo))
    end_low, end_high = _spans(table[params.end]) if params.end in table else (low * np.nan, high * np.nan)
    step = _upper(table, params.frequency).map(STEPS).to_numpy(dtype=float)
    # A record of repeated doses without an end goes on: its doses are counted on from the start.
    end_high = np.where(np.isnan(end_high) & ~np.isnan(step), np.inf, end_high)
    spread = ~np.isnan(step) & (end_high > high)
    place = np.flatnonzero(valid)
    place = place[np.lexsort((amount[place], low[place], dose_group[place]))]
    timed, end_timed = is_timed(low, high), is_timed(end_low, end_high)
    hours = np.where(timed & end_timed & ~spread & (end_low >= low), (end_low - low) / HOUR, np.nan)
    doses = Doses(
        dose_group[place],
        low[place],
        timed[place],
        np.where(spread, np.where(end_timed, end_low, end_high), np.nan)[place],
        (spread & end_timed)[place],
        np.where(spread, step, np.nan)[place],
        amount[place],
        hours[place],
        place,
        dose_group[place] * _GROUP + low[place].astype(np.int64) + _SHIFT,
    )
    return group, doses


def _numbered(first: pd.DataFrame, second: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The same number for the same combination of values in both tables."""
    both = pd.concat([first, second], ignore_index=True)
    numbers = both.groupby(list(both.columns), sort=False, dropna=False).ngroup().to_numpy()
    return numbers[: len(first)], numbers[len(first) :]


def _spans(texts: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    return iso8601.bounds(texts.astype("str").astype("category"))


def is_timed(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Whether hour and minute are known; seconds are seldom collected and count as 0."""
    with np.errstate(invalid="ignore"):
        return high - low < 60


def _upper(table: pd.DataFrame, name: str) -> pd.Series:
    if name not in table:
        return pd.Series("", index=table.index, dtype="str")
    return table[name].astype("str").str.upper().fillna("")


def _note_bad_doses(
    table: pd.DataFrame,
    params: DoseTable,
    notes: Notes,
    amount: np.ndarray,
    placebo: np.ndarray,
    dated: np.ndarray,
) -> None:
    notes.add(
        "dose-amount-missing",
        table.index[np.isnan(amount)],
        found=f"a dose record without {params.amount}",
        expected="the amount of every dose",
        do="complete the amount; the record does not count as a dose",
        table=params.doses,
        variable=params.amount,
    )
    with np.errstate(invalid="ignore"):
        notes.add(
            "dose-amount-negative",
            table.index[amount < 0],
            found=f"{params.amount} below 0",
            expected="an amount above 0, or 0 for a dose that was held",
            do="correct the amount; the record does not count as a dose",
            table=params.doses,
            variable=params.amount,
        )
        notes.add(
            "dose-amount-zero",
            table.index[(amount == 0) & ~placebo],
            found=f"{params.amount} of 0",
            expected="an amount above 0 where a dose was given",
            do="nothing if the dose was held: it does not count as a dose",
            table=params.doses,
            variable=params.amount,
            severity="note",
        )
        notes.add(
            "dose-date-partial",
            table.index[(amount > 0) & ~dated],
            found=f"{params.start} without a complete date",
            expected="the date of every dose",
            do="complete the date; no time is counted from this dose",
            table=params.doses,
            variable=params.start,
        )


def _note_treatments(table: pd.DataFrame, params: DoseTable, notes: Notes) -> None:
    if params.treatment or params.dose_treatment not in table:
        return
    kinds = table.groupby(params.subject)[params.dose_treatment].transform("nunique")
    notes.add(
        "several-treatments",
        table.index[(kinds > 1).to_numpy(dtype=bool)],
        found=f"doses of more than one {params.dose_treatment} in one subject",
        expected="one treatment, or a variable that tells which one a concentration is of",
        do="name that variable as treatment; all doses were taken as doses of the analyte",
        table=params.doses,
        variable=params.dose_treatment,
    )


def dose_before(doses: Doses, group: np.ndarray, moment: np.ndarray) -> Given:
    """The last dose with a time strictly before each moment; none where the moment is NaN.

    Within an interval record between its first and its last collected time the doses are counted on from
    the start by the frequency.
    """
    known = ~np.isnan(moment)
    place = _place(doses, group, moment, known)
    record = place - 1
    found = known & (record >= 0)
    found[found] = doses.group[record[found]] == group[found]
    record = np.where(found, record, -1)
    return _moments(doses, record, moment)


def dose_after(doses: Doses, group: np.ndarray, moment: np.ndarray) -> Given:
    """The first dose at or after each moment, also one counted on within an interval record."""
    known = ~np.isnan(moment)
    place = _place(doses, group, moment, known)
    found = known & (place < len(doses))
    found[found] = doses.group[place[found]] == group[found]
    record = np.where(found, place, -1)
    when = np.where(found, _take(doses.start, record, np.nan), np.nan)
    when = np.where(found & _take(doses.timed, record, False), when, np.nan)
    running = dose_before(doses, group, moment).record
    start, last = _take(doses.start, running, np.nan), _take(doses.last, running, np.nan)
    with np.errstate(invalid="ignore"):
        number = np.ceil((moment - start) / (_take(doses.step, running, np.nan) * HOUR))
        within = (running >= 0) & (moment <= last) & _take(doses.timed, running, False)
    following = _dose_of_interval(doses, running, number)
    within &= following <= last
    collected = _take(doses.last_timed, running, False) & (following == last)
    return Given(np.where(within, running, record), np.where(within, following, when), within & ~collected)


def first_dose(doses: Doses, group: np.ndarray) -> Given:
    """The first valid dose of each subject (and treatment)."""
    place = np.searchsorted(doses.group, group, side="left")
    found = place < len(doses)
    found[found] = doses.group[place[found]] == group[found]
    record = np.where(found, place, -1)
    timed = found & _take(doses.timed, record, False)
    return Given(record, np.where(timed, _take(doses.start, record, np.nan), np.nan), np.zeros_like(found))


def _place(doses: Doses, group: np.ndarray, moment: np.ndarray, known: np.ndarray) -> np.ndarray:
    whole = np.where(known, moment, 0).astype(np.int64)
    return np.searchsorted(doses.keys, group * _GROUP + whole + _SHIFT, side="left")


def _moments(doses: Doses, record: np.ndarray, moment: np.ndarray) -> Given:
    start, step = _take(doses.start, record, np.nan), _take(doses.step, record, np.nan)
    last, last_timed = _take(doses.last, record, np.nan), _take(doses.last_timed, record, False)
    timed, one = _take(doses.timed, record, False), np.isnan(step)
    with np.errstate(invalid="ignore"):
        counted = _dose_of_interval(doses, record, np.ceil((moment - start) / (step * HOUR)) - 1)
        ended = last_timed & (last < moment)
        before_last = np.where(
            counted == last,
            _dose_of_interval(doses, record, np.maximum(_steps(doses, record) - 1, 0)),
            counted,
        )
        # After the last day of a record whose end has no time the moment of the last dose is not known.
        lost = ~one & ~last_timed & (moment > last)
    when = np.where(one, start, np.where(ended, last, np.where(last_timed, before_last, counted)))
    when = np.where(timed & ~lost, when, np.nan)
    return Given(record, when, ~one & ~ended & (when != start) & ~np.isnan(when))


def _steps(doses: Doses, record: np.ndarray) -> np.ndarray:
    """How many doses an interval record has after its first, by its first and last collected moment."""
    length = _take(doses.last, record, np.nan) - _take(doses.start, record, np.nan)
    return np.maximum(np.round(length / (_take(doses.step, record, np.nan) * HOUR)), 0)


def _dose_of_interval(doses: Doses, record: np.ndarray, number: np.ndarray) -> np.ndarray:
    """The moment of dose ``number`` (0: the first) of an interval record: counted on, the last as collected."""
    counted = _take(doses.start, record, np.nan) + number * _take(doses.step, record, np.nan) * HOUR
    final = _take(doses.last_timed, record, False) & (number >= _steps(doses, record)) & (number > 0)
    return np.where(final, _take(doses.last, record, np.nan), counted)


def _take(values: np.ndarray, record: np.ndarray, missing: float | bool) -> np.ndarray:
    if not len(values):
        return np.full(len(record), missing)
    return np.where(record >= 0, values[record], missing)


def value_of(values: np.ndarray, given: Given) -> np.ndarray:
    """A number of the dose records, one a sample."""
    return _take(values, given.record, np.nan)


def text_of(table: pd.DataFrame, name: str, doses: Doses, given: Given, index: pd.Index) -> pd.Series:
    """A text of the dose records, one a sample."""
    if name not in table or not len(doses):
        return pd.Series(np.full(len(index), None, dtype=object), index=index, dtype="str")
    texts = table[name].astype("str").to_numpy(dtype=object)
    rows = np.where(given.record >= 0, doses.row[given.record], -1)
    return pd.Series(np.where(rows >= 0, texts[rows], None), index=index, dtype="str")
