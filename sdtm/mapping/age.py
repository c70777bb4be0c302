"""age: whole years between two dates."""

from __future__ import annotations

import re

import pandas as pd

from sdtm.combinations import map_rows
from sdtm.mapping.registry import algorithm
from specs.catalogue import Column, Params

_FULL = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


class Age(Params):
    age: Column
    at: Column


@algorithm("age", Age, key="age", loss="allowed")
def age(block: pd.DataFrame, params: Age) -> pd.Series:
    """Completed years from a birth date to a date, both ISO 8601 (``DM.BRTHDTC``, ``DM.RFICDTC``).

    Shape:   n pairs of ISO 8601 texts in, n whole numbers out as float64, same index.
    Unit:    years.
    Missing: where either date lacks a day part; nothing is completed. After death: not known here.
    Errors:  none on data; a birth date after the reference date gives a negative age, for a check to find.
    Source:  SDTMIG 3.4, 5.2 (AGE); completed years by the calendar, 29 February counts from 1 March.
    Example: 1965-07-12 at 2024-02-19 -> 58; at 2024-07-12 -> 59.
    """

    def years(rows: list[tuple[str | None, ...]]) -> list[str | None]:
        out: list[str | None] = []
        for birth, at in rows:
            born, then = _FULL.match(birth or ""), _FULL.match(at or "")
            if not born or not then:
                out.append(None)
                continue
            (y1, m1, d1), (y2, m2, d2) = map(int, born.groups()), map(int, then.groups())
            out.append(str(y2 - y1 - ((m2, d2) < (m1, d1))))
        return out

    texts = map_rows([block[params.age], block[params.at]], years)
    return texts.astype("object").astype("float64")
