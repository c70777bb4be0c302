"""Values and records as people read them: dates as dates, a missing value apart from a blank one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sdtm import columns
from sdtm.combinations import order_by, rank
from sdtm.numbers import shortest
from sdtm.trace.diff.aligned import Part, Stacked, picked
from sdtm.trace.diff.deliveries import Delivery

MISSING = "(missing)"
ABSENT = "(no record)"
_DAYS = ("DATE", "E8601DA", "YYMMDD", "DDMMYY", "MMDDYY", "IS8601DA", "B8601DA")
_SECONDS = ("DATETIME", "E8601DT", "IS8601DT", "B8601DT")
_EPOCH = np.datetime64("1960-01-01T00:00:00")
_FURTHEST = 10**12  # seconds; about 30,000 years, beyond any date


def date_units(dataset: str, deliveries: Sequence[Delivery]) -> dict[str, str]:
    """Numeric variables that are dates by their display format: what they count, D(ays) or s(econds)."""
    units = {}
    for delivery in deliveries:
        for name, form in delivery.datasets[dataset].metadata.formats.items():
            word = (form or "").upper().rstrip("0123456789.")
            if word in _SECONDS:
                units[name] = "s"
            elif word in _DAYS:
                units[name] = "D"
    return units


def value_text(value: str | float | None, unit: str = "") -> str:
    """A value for people; a text with blanks at its ends in quotes, so that they are seen.

    Example: None -> (missing); 21915.0 of days -> 2020-01-01; 3.0 -> 3.
    """
    if value is None:
        return MISSING
    if isinstance(value, str):
        return value if value.strip() == value and value not in (MISSING, ABSENT) else f'"{value}"'
    seconds = value * 86_400 if unit == "D" else value
    if unit and value.is_integer() and abs(seconds) < _FURTHEST:
        moment = str(_EPOCH + np.timedelta64(int(seconds), "s"))
        return moment.removesuffix("T00:00:00") if unit == "D" else moment
    return shortest(value)


def texts_at(part: Part, rows: np.ndarray, unit: str = "", missing: str = MISSING) -> np.ndarray:
    """The values of some rows as texts for people, each distinct one worked out once."""
    chosen = picked(part, rows)
    if isinstance(chosen, np.ndarray):
        codes, unique = pd.factorize(chosen)
        values: list[str | float] = [float(value) for value in unique]
    else:
        codes, used = np.unique(columns.codes_of(chosen), return_inverse=True)[::-1]
        values = [str(text) for text in chosen.cat.categories[used[used >= 0]]]
        codes = codes - int(len(used) > len(values))
    texts = np.array([*(value_text(value, unit) for value in values), missing], dtype=object)
    return texts[codes]


def values_at(part: Part, rows: np.ndarray) -> list[str | float | None]:
    """The values of some rows as they are; None where missing."""
    chosen = picked(part, rows)
    if isinstance(chosen, np.ndarray):
        return [None if np.isnan(value) else value for value in chosen.tolist()]
    return [None if isinstance(value, float) else value for value in chosen.astype(object).tolist()]


def record_texts(
    table: Stacked, names: Sequence[str], rows: np.ndarray, units: Mapping[str, str]
) -> list[str]:
    """``AEDECOD=Nausea AESTDTC=2020-01-02``: what tells a record from the others of its subject."""
    parts = [
        [f"{name}={text}" for text in texts_at(table.parts[name], rows, units.get(name, "")).tolist()]
        for name in names
    ]
    return [" ".join(told) for told in zip(*parts, strict=True)] if parts else [""] * len(rows)


def in_order(table: Stacked, names: Sequence[str], rows: np.ndarray) -> np.ndarray:
    """Positions that sort rows by these variables, then by all others: the same for any order of the files."""
    if not len(rows):
        return rows
    every = [*names, *(name for name in table.names if name not in names)]
    return order_by(rank(part) for part in table.rows(every, rows))
