"""concat: several columns joined to one text."""

from __future__ import annotations

import pandas as pd

from sdtm.combinations import map_rows
from sdtm.mapping.registry import algorithm
from specs.catalogue import Columns, Params


class Concat(Params):
    concat: Columns
    separator: str = " "


@algorithm("concat", Concat, key="concat")
def concat(block: pd.DataFrame, params: Concat) -> pd.Series:
    """Columns joined by ``separator``; the missing ones are left out.

    Shape:   n rows of texts in, n texts out, same index.
    Unit:    none.
    Missing: where all are missing.
    Errors:  none.
    Source:  SDTMIG 3.4, 4.1.1.
    Example: [A, B] on "LEFT", "ARM" -> "LEFT ARM"; on "LEFT" and missing -> "LEFT".
    """

    def join(rows: list[tuple[str | None, ...]]) -> list[str | None]:
        return [params.separator.join(part for part in row if part is not None) or None for row in rows]

    return map_rows([block[name] for name in params.concat], join)
