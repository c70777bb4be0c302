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
    code = np.broadcast_to(np.int8(-1 if value is None else 0), len(index))  # takes no memory
    return from_codes(code, [value] if value is not None else [], index)


def from_codes(codes: np.ndarray, unique: Sequence[str], index: pd.Index) -> pd.Series:
    """A text column out of codes (-1 is missing) and distinct texts."""
    return coded(codes, pd.Index(pd.array(list(unique), dtype="str")), index)


def coded(codes: np.ndarray, unique: pd.Index, index: pd.Index) -> pd.Series:
    """A text column out of codes (-1 is missing) and an index of distinct texts (``column.cat.categories``)."""
    # pandas would hash all texts once more to prove that they are distinct, which they are.
    trusted = getattr(pd.CategoricalDtype, "_from_fastpath", pd.CategoricalDtype)
    small = codes.astype(smallest(len(unique)), copy=False)
    values = pd.Categorical.from_codes(small, dtype=trusted(unique), validate=False)
    return pd.Series(values, index=index, copy=False)


def smallest(distinct: int) -> type[np.signedinteger]:
    """The integer type for codes over so many distinct texts."""
    return np.int8 if distinct < 127 else np.int16 if distinct < 32_767 else np.int32


def codes_of(column: pd.Series) -> np.ndarray:
    """The codes of a text column, -1 for missing; not a copy, so not to be written to."""
    return column.array.codes  # type: ignore[attr-defined]


def unique_texts(column: pd.Series) -> list[str]:
    """The distinct texts that the codes of a column point at (some may be unused)."""
    return column.cat.categories.tolist()


def byte_lengths(column: pd.Series) -> np.ndarray:
    """The length in bytes (UTF-8) of each distinct text of a column."""
    import pyarrow as pa
    import pyarrow.compute as arrow_compute

    texts = pa.array(column.cat.categories, type=pa.large_string())
    return arrow_compute.binary_length(texts).to_numpy(zero_copy_only=False)


def map_unique(column: pd.Series, function: Callable[[list[str]], Sequence[str | None]]) -> pd.Series:
    """Apply ``function`` to the list of distinct texts; missing stays missing.

    ``function`` gets each distinct text once and returns as many texts (or ``None``).
    """
    new = np.asarray(function(unique_texts(column)), dtype=object)
    codes, unique = pd.factorize(new)
    return from_codes(take(codes.astype(smallest(len(unique))), column), list(unique), column.index)


def take(per_unique: np.ndarray, column: pd.Series, missing: object = -1) -> np.ndarray:
    """One value for each row from one value for each distinct text."""
    codes = codes_of(column)
    if not len(per_unique):
        return np.full(len(codes), missing, dtype=np.asarray([missing]).dtype)
    per_unique = np.asarray(per_unique)
    widened = per_unique.dtype.kind in "iu" and isinstance(missing, float)
    table = np.empty(len(per_unique) + 1, dtype=float if widened else per_unique.dtype)
    table[:-1] = per_unique
    table[-1] = missing  # which is what code -1 picks
    return table[codes]


def rank(column: pd.Series) -> np.ndarray:
    """Integers that sort as the texts do (by code point), missing first; of the smallest type."""
    codes, texts = codes_of(column), column.cat.categories
    if len(texts) > len(codes):
        used = np.unique(codes[codes >= 0])
        ranks = np.empty(len(texts), dtype=smallest(len(used)))
        ranks[used[texts[used].array.argsort()]] = np.arange(len(used))
    else:
        ranks = np.empty(len(texts), dtype=smallest(len(texts)))
        ranks[texts.array.argsort()] = np.arange(len(texts))
    return take(ranks, column)


def stack(columns: Sequence[pd.Series]) -> pd.Series:
    """Text columns one under the other, over the union of their texts; index is renumbered."""
    if len(columns) == 1:
        return columns[0].set_axis(pd.RangeIndex(len(columns[0])))
    parts, unique = _united(columns)
    joined = np.concatenate(parts) if parts else np.empty(0, dtype=np.int8)
    return coded(joined, unique, pd.RangeIndex(len(joined)))


def _united(columns: Sequence[pd.Series]) -> tuple[list[np.ndarray], pd.Index]:
    """The codes of several text columns over the union of their texts."""
    distinct = {id(column.cat.categories): column.cat.categories for column in columns}
    if len(distinct) == 1:
        return [codes_of(column) for column in columns], columns[0].cat.categories
    places: dict[str, int] = {}
    tables: dict[int, np.ndarray] = {}
    for key, categories in distinct.items():
        new = (places.setdefault(value, len(places)) for value in categories.tolist())
        tables[key] = np.fromiter(new, dtype=np.int64, count=len(categories))
    small = smallest(len(places))
    parts = []
    for column in columns:
        table = tables[id(column.cat.categories)].astype(small)
        same = np.array_equal(table, np.arange(len(table)))
        parts.append(codes_of(column).astype(small) if same else take(table, column, missing=small(-1)))
    return parts, pd.Index(pd.array(list(places), dtype="str"))


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The same table with ordinary ``str`` columns, for people's own code."""
    return frame.astype({name: "str" for name in frame if isinstance(frame[name].dtype, pd.CategoricalDtype)})


def choose(mask: np.ndarray, first: pd.Series, second: pd.Series) -> pd.Series:
    """``first`` where the mask is true, else ``second``; both text or both numbers."""
    if not isinstance(first.dtype, pd.CategoricalDtype):
        return pd.Series(np.where(mask, first.to_numpy(), second.to_numpy()), index=first.index)
    (ours, theirs), unique = _united([first, second])
    return coded(np.where(mask, ours, theirs), unique, first.index)


def pick(column: pd.Series, rows: np.ndarray) -> pd.Series:
    """Rows of a column by position (-1: missing), with a fresh index."""
    index = pd.RangeIndex(len(rows))
    absent = rows.min(initial=0) < 0
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes = codes_of(column)
        chosen = codes.take(rows) if len(codes) else np.full(len(rows), -1, dtype=np.int8)
        if absent:
            chosen = np.where(rows >= 0, chosen, codes.dtype.type(-1))
        return coded(chosen, column.cat.categories, index)
    values = column.to_numpy()
    chosen = values.take(rows) if len(values) else np.full(len(rows), np.nan)
    return pd.Series(np.where(rows >= 0, chosen, np.nan) if absent else chosen, index, copy=False)


def coalesce(first: pd.Series, second: pd.Series) -> pd.Series:
    """``first`` where it has a value, else ``second``."""
    return choose(first.notna().to_numpy(), first, second)


def blank(column: pd.Series, mask: np.ndarray) -> pd.Series:
    """The column with the masked rows missing."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column.mask(mask)
    return coded(np.where(mask, np.int8(-1), codes_of(column)), column.cat.categories, column.index)


def empty(kind: str, index: pd.Index) -> pd.Series:
    """A column of missing values: ``Char`` or ``Num``."""
    if kind == "Char":
        return constant(None, index)
    return pd.Series(np.broadcast_to(np.nan, len(index)), index=index, copy=False)  # takes no memory


def numbers(column: pd.Series) -> pd.Series:
    """Texts as float64; NaN where a text is not a plain decimal number (``1,5``, ``0x1F``, ``nan``)."""
    texts = [number_text(value) for value in unique_texts(column)]
    parsed = np.array([np.nan if value is None else float(value) for value in texts], dtype="float64")
    return pd.Series(take(parsed, column, missing=np.nan), index=column.index)
