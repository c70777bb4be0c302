"""The earliest or the latest date of each subject: RFSTDTC, RFXSTDTC, RFENDTC, RFPENDTC and their kind."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sdtm import columns, iso8601


def earliest_of(subject: pd.Series, dates: pd.Series, mask: np.ndarray | None = None) -> pd.DataFrame:
    """The date that is reached first, for each subject, in the text it was given in.

    Dates of different precision: the one that is over first counts, that is the one whose latest possible
    instant is the earliest. So 2024-03-01T10:30 wins over 2024-03-01 (by half past ten it had happened,
    whatever the time of the other), 2024-03-20 over 2024-03 (which may be later), but 2024-02 over
    2024-03-20, because all of February is before it. A date without a year wins only if it is the only one.

    Shape:   n subjects and n ISO 8601 texts in, at most one row for each subject out: ``USUBJID``, ``date``,
             ``uncertain``. Only rows where ``mask`` is true take part.
    Missing: a subject without a date has no row; ``date`` is missing where there are only several dates
             that cannot be placed.
    Errors:  none on data. ``uncertain``: another date of the subject may be on an earlier day.
    Source:  SDTMIG 3.4, 5.2 (RFSTDTC, RFXSTDTC) and 4.4.2.
    Example: 2024-03-02, 2024-03-01, 2024-03-01T10:30 -> 2024-03-01T10:30.
    """
    low, high = iso8601.text_spans(dates)
    return _best(subject, dates, mask, high, -low, np.floor(low / iso8601.DAY))


def latest_of(subject: pd.Series, dates: pd.Series, mask: np.ndarray | None = None) -> pd.DataFrame:
    """The date that begins last, for each subject, in the text it was given in.

    The mirror image of ``earliest_of``: the date whose earliest possible instant is the latest.

    Shape:   as ``earliest_of``.
    Missing: as ``earliest_of``.
    Errors:  none on data. ``uncertain``: another date of the subject may be on a later day.
    Source:  SDTMIG 3.4, 5.2 (RFENDTC, RFXENDTC, RFPENDTC) and 4.4.2.
    Example: 2024-03-01, 2024-03, 2024-03-01T10:30 -> 2024-03-01T10:30.
    """
    low, high = iso8601.text_spans(dates)
    return _best(subject, dates, mask, -low, high, -np.floor(high / iso8601.DAY))


def _best(
    subject: pd.Series,
    dates: pd.Series,
    mask: np.ndarray | None,
    first: np.ndarray,
    then: np.ndarray,
    day: np.ndarray,
) -> pd.DataFrame:
    """The text with the least ``first``, then ``then``, then in text order; NaN comes after all.

    ``day`` of another text below that of the chosen one makes the choice uncertain.
    """
    texts = dates.cat.categories
    order = np.lexsort([columns.text_ranks(texts), then, first])  # NaN sorts last
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))

    who, what = columns.codes_of(subject), columns.codes_of(dates)
    rows = (who >= 0) & (what >= 0)
    if mask is not None:
        rows &= mask
    who, what = who[rows].astype(np.int64), what[rows].astype(np.int64)
    best = np.full(len(subject.cat.categories), len(texts), dtype=np.int64)
    np.minimum.at(best, who, place[what])
    entered = np.flatnonzero(best < len(texts))
    chosen = np.full(len(best), -1, dtype=np.int64)
    chosen[entered] = order[best[entered]]

    other = what != chosen[who]
    unplaced = np.isnan(day)
    uncertain = np.zeros(len(best), dtype=bool)
    np.logical_or.at(uncertain, who, other & ((day[what] < day[chosen[who]]) | unplaced[what]))
    nowhere = uncertain & np.append(unplaced, False)[chosen]
    chosen[nowhere] = -1
    index = pd.RangeIndex(len(entered))
    return pd.DataFrame(
        {
            "USUBJID": columns.coded(entered, subject.cat.categories, index),
            "date": columns.coded(chosen[entered], texts, index),
            "uncertain": uncertain[entered],
        },
        copy=False,
    )


def add_days(dates: pd.Series, count: int) -> pd.Series:
    """Dates ``count`` days later, without a time.

    Shape:   n ISO 8601 texts in, n out, same index.
    Missing: where the day is not known.
    Errors:  none on data.
    Source:  the Gregorian calendar, as ISO 8601.
    Example: (30 days) 2024-02-01T10:30 -> 2024-03-02; 2024-02 -> missing.
    """
    texts = columns.unique_texts(dates)
    numbers = iso8601.days(columns.text(texts))
    known = ~np.isnan(numbers)
    later = np.full(len(texts), None, dtype=object)
    later[known] = np.datetime_as_string((numbers[known].astype(np.int64) + count).astype("M8[D]"))
    return columns.map_unique(dates, lambda _: later.tolist())
