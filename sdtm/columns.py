"""Text columns as codes over their unique values.

Inside the toolkit every text column is a pandas ``category`` of ``str``: a raw file of a million rows has
few different dates, terms and units, so everything is worked out once for each unique text and taken back
by code. The order of the categories means nothing; ``rank`` gives an order to sort by.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sdtm.numbers import number_text

_MANY = 1 << 14  # rows from which Arrow's way to pick values pays


def text(values: Sequence[str | None] | pd.Series, index: pd.Index | None = None) -> pd.Series:
    """Any texts (``None`` is missing) as a text column."""
    if isinstance(values, pd.Series):
        if isinstance(values.dtype, pd.CategoricalDtype):
            return values
        index = values.index
        if isinstance(values.dtype, pd.StringDtype):
            return encoded(values)
    codes, unique = pd.factorize(np.asarray(values, dtype=object))
    return from_codes(codes, list(unique), index if index is not None else pd.RangeIndex(len(codes)))


def encoded(column: pd.Series) -> pd.Series:
    """A text column out of plain texts (``str``); any other column as it is."""
    if not isinstance(column.dtype, pd.StringDtype):
        return column
    distinct = arrow_texts(column.array).dictionary_encode()
    codes = distinct.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return coded(codes, pd.Index(pd.array(distinct.dictionary, dtype="str")), column.index)


def arrow_texts(texts: Any, kind: str = "large_string") -> Any:
    """Texts (the categories of a column, say) as one Arrow array, however pandas keeps them in pieces."""
    import pyarrow as pa

    array = pa.array(texts, type=getattr(pa, kind)())
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def constant(value: str | None, index: pd.Index) -> pd.Series:
    """A text column with one value, or with none at all."""
    code = np.broadcast_to(np.int8(-1 if value is None else 0), len(index))  # takes no memory
    return coded(code, _only(value), index)


@functools.lru_cache(maxsize=256)
def _only(value: str | None) -> pd.Index:
    """The distinct texts of a constant column, which are asked for again and again."""
    return pd.Index(pd.array([] if value is None else [value], dtype="str"))


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


def has_value(column: pd.Series) -> np.ndarray:
    """Whether each row of a text or number column has a value."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return codes_of(column) >= 0
    return column.notna().to_numpy()


def is_constant(values: np.ndarray) -> bool:
    """Whether all rows stand in one place of memory, as the codes of ``constant`` do; they are equal then."""
    return bool(len(values)) and values.strides == (0,)


def unique_texts(column: pd.Series) -> list[str]:
    """The distinct texts that the codes of a column point at (some may be unused)."""
    return column.cat.categories.tolist()


def byte_lengths(column: pd.Series) -> np.ndarray:
    """The length in bytes (UTF-8) of each distinct text of a column; of each text of a plain one."""
    import pyarrow as pa
    import pyarrow.compute as arrow_compute

    coded_texts = isinstance(column.dtype, pd.CategoricalDtype)
    texts = pa.array(column.cat.categories if coded_texts else column.array, type=pa.large_string())
    return arrow_compute.fill_null(arrow_compute.binary_length(texts), 0).to_numpy(zero_copy_only=False)


def map_unique(column: pd.Series, function: Callable[[list[str]], Sequence[str | None]]) -> pd.Series:
    """Apply ``function`` to the list of distinct texts; missing stays missing.

    ``function`` gets each distinct text once and returns as many texts (or ``None``).
    """
    new = np.asarray(function(unique_texts(column)), dtype=object)
    codes, unique = pd.factorize(new)
    codes = take_by_code(codes.astype(smallest(len(unique))), codes_of(column))
    return from_codes(codes, list(unique), column.index)


def take(per_unique: np.ndarray, column: pd.Series, missing: object = -1) -> np.ndarray:
    """One value for each row from one value for each distinct text; not to be written to."""
    return take_by_code(per_unique, codes_of(column), missing)


def take_by_code(per_unique: np.ndarray, codes: np.ndarray, missing: object = -1) -> np.ndarray:
    """``take`` by the codes of a column; constant codes give a constant array."""
    if not len(per_unique):
        return np.full(len(codes), missing, dtype=np.asarray([missing]).dtype)
    per_unique = np.asarray(per_unique)
    kind = float if per_unique.dtype.kind in "iu" and isinstance(missing, float) else per_unique.dtype
    if is_constant(codes):
        value = missing if codes[0] < 0 else per_unique[codes[0]]
        return np.broadcast_to(np.full(1, value, dtype=kind)[0], len(codes))
    # Seen without its sign, code -1 is the last place of a table as long as the codes have values.
    places = 1 << (8 * codes.itemsize)
    if places <= max(256, len(codes)):
        table = np.empty(places, dtype=kind)
        table[: len(per_unique)] = per_unique
        table[-1] = missing
        return gather(table, codes.view(f"u{codes.itemsize}"))
    if codes.min(initial=0) >= 0:
        return gather(per_unique.astype(kind, copy=False), codes)
    table = np.empty(len(per_unique) + 1, dtype=kind)
    table[1:] = per_unique
    table[0] = missing
    return gather(table, codes + codes.dtype.type(1))


def gather(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """``values[rows]``, several times faster where rows are many; ``rows`` are at least 0. Not to be written to."""
    if len(rows) < _MANY or values.dtype.kind not in "biuf":
        chosen = values.take(rows)
    else:
        import pyarrow as pa
        import pyarrow.compute as pc

        logical = values.dtype.kind == "b"
        source = pa.array(np.ascontiguousarray(values.view(np.uint8) if logical else values))
        indices = pa.array(np.ascontiguousarray(rows))
        chosen = pc.take(source, indices, memory_pool=pa.system_memory_pool()).to_numpy()
        chosen = chosen.view(bool) if logical else chosen
    chosen.flags.writeable = False
    return chosen


def rank(column: pd.Series) -> np.ndarray:
    """Integers that sort as the texts do (by code point), missing first; of the smallest type."""
    codes, texts = codes_of(column), column.cat.categories
    if len(texts) > len(codes):
        used = np.unique(codes[codes >= 0])
        ranks = np.empty(len(texts), dtype=smallest(len(used)))
        ranks[used[texts[used].array.argsort()]] = np.arange(len(used))
    else:
        ranks = text_ranks(texts)
    return take_by_code(ranks, codes)


def text_ranks(texts: pd.Index) -> np.ndarray:
    """``rank`` of the distinct texts of a column (``column.cat.categories``)."""
    ranks = np.empty(len(texts), dtype=smallest(len(texts)))
    ranks[texts.array.argsort()] = np.arange(len(texts))
    return ranks


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
        if is_constant(codes) and not (absent and codes[0] >= 0):
            return coded(np.broadcast_to(codes[0], len(rows)), column.cat.categories, index)
        if absent:
            chosen = codes.take(rows) if len(codes) else np.full(len(rows), -1, dtype=np.int8)
            chosen = np.where(rows >= 0, chosen, chosen.dtype.type(-1))
        else:
            chosen = gather(codes, rows)
        return coded(chosen, column.cat.categories, index)
    values = column.to_numpy()
    if is_constant(values) and not (absent and not np.isnan(values[0])):
        return pd.Series(np.broadcast_to(values[0], len(rows)), index, copy=False)
    if not absent:
        return pd.Series(gather(values, rows), index, copy=False)
    chosen = values.take(rows) if len(values) else np.full(len(rows), np.nan)
    return pd.Series(np.where(rows >= 0, chosen, np.nan), index, copy=False)


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
