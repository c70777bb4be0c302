"""Numbers as the shortest text that gives the same number back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

import numpy as np
import pandas as pd

from sdtm.extract.arrow_columns import coded, smallest

PLAIN = 21  # digits before or after the point above which a power of ten is written


def number_text(value: float) -> str:
    """The shortest decimal text that reads back as the same double.

    Example: 81.0 -> "81"; 0.1 -> "0.1"; -0.0 -> "0"; 1e16 -> "10000000000000000"; 1e-07 -> "0.0000001";
    1e300 -> "1E+300".
    """
    if value == 0:
        return "0"
    shortest = Decimal(repr(float(value)))
    if not shortest.is_finite():
        return str(value)
    if abs(shortest.adjusted()) >= PLAIN:
        return str(shortest.normalize())
    text = format(shortest, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def number_column(values: np.ndarray, text: Callable[[float], str] = number_text) -> pd.Series:
    """Doubles as a text column, each distinct number written once; NaN is missing."""
    codes, unique = pd.factorize(np.asarray(values, dtype="float64"))
    return distinct([text(value) for value in unique.tolist()], codes)


def distinct(texts: Sequence[str | None], codes: np.ndarray) -> pd.Series:
    """A text column out of codes over texts of which some may be equal, or ``None`` for missing."""
    again, unique = pd.factorize(np.asarray(texts, dtype=object))
    small = smallest(len(unique))
    new = np.append(again, -1).astype(small)[codes]  # code -1 takes the last
    return coded(new, pd.Index(pd.array(list(unique), dtype="str")))


def text_column_of(values: list[str | None]) -> pd.Series:
    """Texts as a text column; ``None`` is missing."""
    codes, unique = pd.factorize(np.asarray(values, dtype=object))
    return distinct(list(unique), codes)
