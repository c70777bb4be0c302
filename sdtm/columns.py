"""Text columns as codes over their unique values.

Inside the toolkit every text column is a pandas ``category`` of ``str``: a raw file of a million rows has
few different dates, terms and units, so everything is worked out once for each unique text and taken back
by code. The order of the categories means nothing; ``rank`` gives an order to sort by.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from sdtm.numbers import number_text


def text(values: Sequence[str | None] | pd.Series, index: pd.Index | None = None) -> pd.Series:
    """Any texts (``None`` is missing) as a text column."""
    if isinstance(values, pd.Series):
        if isinstance(values.dtype, pd.CategoricalDtype):
            return values
        index = values.index
    codes, unique = pd.factorize(np.asarray(values, dtype=object))
    return from_codes(codes, list(unique), index if index is not None else pd.RangeIndex(len(codes)))


def constant(value: str | None, index: pd.Index) -> pd.Series:
    """A text column with one value, or with none at all."""
    codes = np.zeros(len(index), dtype=np.int8) if value is not None else np.full(len(index), -1, np.int8)
    return from_codes(codes, [value] if value is not None else [], index)


def from_codes(codes: np.ndarray, unique: Sequence[str], index: pd.Index) -> pd.Series:
    """A text column out of codes (-1 is missing) and distinct texts."""
    small = np.int8 if len(unique) < 127 else np.int16 if len(unique) < 32_767 else np.int32
    categories = pd.Index(pd.array(list(unique), dtype="str"))
    values = pd.Categorical.from_codes(codes.astype(small, copy=False), categories, validate=False)
    return pd.Series(values, index=index, copy=False)


def unique_texts(column: pd.Series) -> list[str]:
    """The distinct texts that the codes of a column point at (some may be unused)."""
    return column.cat.categories.tolist()


def map_unique(column: pd.Series, function: Callable[[list[str]], Sequence[str | None]]) -> pd.Series:
    """Apply ``function`` to the list of distinct texts; missing stays missing.

    ``function`` gets each distinct text once and returns as many texts (or ``None``).
    """
    new = np.asarray(function(unique_texts(column)), dtype=object)
    codes, unique = pd.factorize(new)
    return from_codes(take(codes, column), list(unique), column.index)


def take(per_unique: np.ndarray, column: pd.Series, missing: object = -1) -> np.ndarray:
    """One value for each row from one value for each distinct text."""
    codes = column.cat.codes.to_numpy()
    if not len(per_unique):
        return np.full(len(codes), missing, dtype=np.asarray([missing]).dtype)
    out = np.asarray(per_unique)[codes]
    if (codes < 0).any():
        if out.dtype.kind in "iu" and isinstance(missing, float):
            out = out.astype(float)
        out[codes < 0] = missing
    return out


def rank(column: pd.Series) -> np.ndarray:
    """Integers that sort as the texts do (by code point), missing first."""
    order = np.argsort(np.asarray(column.cat.categories, dtype=object), kind="stable")
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(len(order))
    return take(ranks, column)


def stack(columns: Sequence[pd.Series]) -> pd.Series:
    """Text columns one under the other, over the union of their texts; index is renumbered."""
    unique: dict[str, int] = {}
    parts = []
    for column in columns:
        codes = np.fromiter(
            (unique.setdefault(value, len(unique)) for value in unique_texts(column)), dtype=np.int64
        )
        parts.append(take(codes, column))
    joined = np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)
    return from_codes(joined, list(unique), pd.RangeIndex(len(joined)))


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The same table with ordinary ``str`` columns, for people's own code."""
    return frame.astype({name: "str" for name in frame if isinstance(frame[name].dtype, pd.CategoricalDtype)})


def choose(mask: np.ndarray, first: pd.Series, second: pd.Series) -> pd.Series:
    """``first`` where the mask is true, else ``second``; both text or both numbers."""
    if not isinstance(first.dtype, pd.CategoricalDtype):
        return pd.Series(np.where(mask, first.to_numpy(), second.to_numpy()), index=first.index)
    unique: dict[str, int] = {}
    both = []
    for column in (first, second):
        codes = np.fromiter(
            (unique.setdefault(value, len(unique)) for value in unique_texts(column)), dtype=np.int64
        )
        both.append(take(codes, column))
    return from_codes(np.where(mask, both[0], both[1]), list(unique), first.index)


def blank(column: pd.Series, mask: np.ndarray) -> pd.Series:
    """The column with the masked rows missing."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column.mask(mask)
    codes = np.where(mask, np.int8(-1), column.cat.codes.to_numpy())
    values = pd.Categorical.from_codes(codes, column.cat.categories, validate=False)
    return pd.Series(values, index=column.index, copy=False)


def empty(kind: str, index: pd.Index) -> pd.Series:
    """A column of missing values: ``Char`` or ``Num``."""
    return constant(None, index) if kind == "Char" else pd.Series(np.full(len(index), np.nan), index=index)


def numbers(column: pd.Series) -> pd.Series:
    """Texts as float64; NaN where a text is not a plain decimal number (``1,5``, ``0x1F``, ``nan``)."""
    texts = [number_text(value) for value in unique_texts(column)]
    parsed = np.array([np.nan if value is None else float(value) for value in texts], dtype="float64")
    return pd.Series(take(parsed, column, missing=np.nan), index=column.index)
