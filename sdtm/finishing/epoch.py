"""EPOCH from the elements that the subject really passed, never from planned days."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sdtm import columns, iso8601
from sdtm.combinations import codes_in

_SPAN = 1 << 40  # more seconds than there are between the years 1 and 9999
_SHIFT = 1 << 37


def compute_epoch(subject: pd.Series, dates: pd.Series, elements: pd.DataFrame) -> pd.Series:
    """The epoch of the element that a date falls in.

    An element holds the dates from its start up to the start of the next; the end of the last one belongs to
    it, and a last one without an end stays open. Dates are compared at the precision that both have: a
    date without a time on the day an element starts belongs to that element, the later one. A partial date
    (or one near a partial boundary) gets an epoch only if all it may mean lies in that one epoch.

    Shape:   n subjects and n ISO 8601 texts in, n texts out, same index. ``elements``: USUBJID, EPOCH,
             SESTDTC, SEENDTC, in any order.
    Missing: before the first start, after the last end, between an end and a later start, and where it
             cannot be told.
    Errors:  none on data.
    Source:  SDTMIG 3.4, 4.1.3.1 (EPOCH) and 5.3 (SE).
    Example: TREATMENT 2024-01-01 to 2024-01-20, FOLLOW-UP from 2024-01-20: 2024-01-19 -> TREATMENT;
             2024-01-20 -> FOLLOW-UP; 2024-02 -> FOLLOW-UP; 2024-01 -> missing.
    """
    elements = _sorted(elements, subject)
    if not len(elements):
        return columns.constant(None, subject.index)
    who = elements["who"].to_numpy()
    low, last_start = elements["low"].to_numpy(), elements["last_start"].to_numpy()
    epochs = columns.codes_of(elements["EPOCH"])
    # Neighbouring elements of one epoch are one stretch: a partial date may lie anywhere in it.
    changes = (epochs[1:] != epochs[:-1]) | (who[1:] != who[:-1])
    stretch = np.concatenate([[0], np.cumsum(changes)])

    date_low, date_high = iso8601.bounds(dates)
    person = columns.codes_of(subject).astype(np.int64)
    usable = (person >= 0) & ~np.isnan(date_low)
    person, date_low, date_high = person[usable], date_low[usable], date_high[usable]
    first_end, latest = iso8601.reach(date_low, date_high)
    by_latest = np.argsort(_key(who, last_start), kind="stable")
    soonest = _entered(by_latest, who, last_start, person, first_end)
    furthest = _entered(np.arange(len(who)), who, low, person, date_high)

    inside = latest <= np.append(elements["end"].to_numpy(), -np.inf)[furthest]
    stretch = np.append(stretch, -1)
    sure = inside & (soonest >= 0) & (stretch[soonest] == stretch[furthest])
    found = np.full(len(subject), -1, dtype=epochs.dtype)
    found[usable] = np.where(sure, epochs[furthest], -1)
    return columns.coded(found, elements["EPOCH"].cat.categories, subject.index)


def _sorted(elements: pd.DataFrame, subject: pd.Series) -> pd.DataFrame:
    """Elements with a start, by subject, start and end."""
    low, high = iso8601.bounds(elements["SESTDTC"])
    end_low, end_high = iso8601.bounds(elements["SEENDTC"])
    end = np.where(np.isnan(end_low), np.inf, iso8601.reach(end_low, end_high)[0])
    who = codes_in(elements["USUBJID"], columns.unique_texts(subject))
    made = pd.DataFrame(
        {
            "who": who,
            "low": low,
            "last_start": iso8601.reach(low, high)[1],
            "end": end,
            "EPOCH": elements["EPOCH"].array,
        }
    )
    made = made[(who >= 0) & ~np.isnan(low)]
    return made.sort_values(["who", "low", "end"], kind="stable", ignore_index=True)


def _key(who: np.ndarray, seconds: np.ndarray) -> np.ndarray:
    return who * _SPAN + seconds.astype(np.int64) + _SHIFT


def _entered(
    order: np.ndarray, who: np.ndarray, starts: np.ndarray, person: np.ndarray, until: np.ndarray
) -> np.ndarray:
    """Position of the last element (by start) that each person entered until then; -1 if none."""
    at = np.searchsorted(_key(who, starts)[order], _key(person, until), side="right") - 1
    position = order[np.maximum(at, 0)]
    return np.where((at >= 0) & (who[position] == person), position, -1)
