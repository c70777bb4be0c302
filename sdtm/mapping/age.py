"""age: whole years between two dates."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from sdtm import iso8601
from sdtm.columns import take, unique_texts
from sdtm.combinations import map_rows
from sdtm.mapping.registry import algorithm
from specs.catalogue import Column, Params

_FULL = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T.*)?")


class Age(Params):
    age: Column
    at: Column


def _no_date(inputs: Mapping[str, pd.Series], params: Age) -> np.ndarray:
    """Rows with a text that is no ISO 8601 date; that a partial date gives no age is no loss."""
    columns = [inputs[name] for name in params.columns()]
    bad = [take(~iso8601.is_datetime(unique_texts(c)), c, missing=False).astype(bool) for c in columns]
    return np.logical_or.reduce(bad)


@algorithm("age", Age, key="age", rule="date-not-read", collected=_no_date,
           expected=lambda p: f"ISO 8601 dates in {p.age} and {p.at}, such as DM.BRTHDTC and DM.RFICDTC")  # fmt: skip
def age(block: pd.DataFrame, params: Age) -> pd.Series:
    """Completed years from a birth date to a date, both ISO 8601 (``DM.BRTHDTC``, ``DM.RFICDTC``).

    Shape:   n pairs of ISO 8601 texts in, n whole numbers out as float64, same index.
    Unit:    years.
    Missing: where either date lacks a day part; nothing is completed. After death: not known here. A text
             that is no ISO 8601 date is reported.
    Errors:  none on data; a birth date after the reference date gives a negative age, for a check to find.
    Source:  SDTMIG 3.4, 5.2 (AGE); completed years by the calendar, 29 February counts from 1 March.
    Example: 1965-07-12 at 2024-02-19 -> 58; at 2024-07-12 -> 59.
    """

    def years(rows: list[tuple[str | None, ...]]) -> list[str | None]:
        out: list[str | None] = []
        texts = [text or "" for row in rows for text in row]
        real = iso8601.is_datetime(texts).tolist()
        dates = [
            _FULL.fullmatch(text) if is_real else None for text, is_real in zip(texts, real, strict=True)
        ]
        for born, then in zip(dates[::2], dates[1::2], strict=True):
            if not born or not then:
                out.append(None)
                continue
            (y1, m1, d1), (y2, m2, d2) = map(int, born.groups()), map(int, then.groups())
            out.append(str(y2 - y1 - ((m2, d2) < (m1, d1))))
        return out

    texts = map_rows([block[params.age], block[params.at]], years)
    return texts.astype("object").astype("float64")
