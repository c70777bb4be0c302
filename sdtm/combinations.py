"""Columns together: equal combinations of values, codes in another column's terms, ranks to sort by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sdtm import columns

_LARGEST = 2**62
_SMALL = 2**31 - 1
_AT_ONCE = 1 << 17  # rows; what is worked on then stays small


def combinations(parts: Sequence[pd.Series | np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Number the combinations of values that rows have; missing is a value like any other.

    Returns the number of each row, and for each number the first row that has it. Parts are text columns
    or arrays of numbers, all of one length; there is at least one.
    """
    packed = _packed(_codes(part) for part in parts)
    packed -= packed.min(initial=0)
    span = int(packed.max(initial=-1)) + 1
    if span > max(2 * len(packed), 1 << 16):
        numbers, unique = pd.factorize(packed)
        return numbers, first_rows(numbers, len(unique))
    # So few that each has a place in a table; quicker than to look them up by hash.
    first = first_rows(packed, span)
    found = np.flatnonzero(first >= 0)
    found = found[np.argsort(first[found])]
    place = np.empty(span, dtype=np.int32)
    place[found] = np.arange(len(found), dtype=np.int32)
    return columns.gather(place, packed), first[found]


def first_rows(numbers: np.ndarray, count: int) -> np.ndarray:
    """The first row of each number; -1 where no row has it."""
    first = np.full(count, -1, dtype=np.int32)
    first[numbers[::-1]] = np.arange(len(numbers) - 1, -1, -1, dtype=np.int32)
    return first


def unique_rows(parts: Sequence[pd.Series]) -> tuple[np.ndarray, list[tuple[str | None, ...]]]:
    """The distinct rows of several text columns: for each row its number, and the rows themselves.

    Shape: k columns of n texts in; n integers and a list of k-tuples (``None`` is missing) out.
    """
    numbers, first = combinations(parts)
    texts = [_texts_at(part, first) for part in parts]
    return numbers, list(zip(*texts, strict=True))


def map_rows(
    parts: Sequence[pd.Series],
    function: Callable[[list[tuple[str | None, ...]]], Sequence[str | None]],
) -> pd.Series:
    """Apply ``function`` to the distinct rows of several text columns; gives a text column."""
    numbers, rows = unique_rows(parts)
    new = np.empty(len(rows), dtype=object)
    new[:] = list(function(rows))
    codes, unique = pd.factorize(new)
    return columns.from_codes(codes[numbers] if len(rows) else numbers, list(unique), parts[0].index)


def codes_in(column: pd.Series, texts: Sequence[str]) -> np.ndarray:
    """Position in ``texts`` of the text of each row; -1 where it is missing or not among them."""
    positions = pd.Index(list(texts), dtype=object).get_indexer(
        pd.Index(columns.unique_texts(column), dtype=object)
    )
    return columns.take(positions.astype(np.int64), column)


def rank(part: pd.Series | np.ndarray) -> np.ndarray:
    """Integers that sort as the values do: texts by code point, numbers by size, missing first (-1)."""
    if isinstance(part, pd.Series) and isinstance(part.dtype, pd.CategoricalDtype):
        return columns.rank(part)
    codes, unique = pd.factorize(np.asarray(part))
    small = columns.smallest(len(unique))
    ranks = np.empty(len(unique), dtype=small)
    ranks[np.argsort(unique)] = np.arange(len(unique))
    return columns.take_by_code(ranks, codes.astype(small))


def order_by(ranks: Iterable[np.ndarray]) -> np.ndarray:
    """Positions that sort rows by the first ranks, then the second and so on; equal rows stay in order."""
    return sorted_by(ranks)[0]


def sorted_by(ranks: Iterable[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """As ``order_by``; and for each row but the last in that order whether the next one has equal ranks."""
    packed = _packed((each, int(each.max(initial=-1)) + 1) for each in ranks)
    packed = packed.astype(np.int64, copy=False)
    packed -= packed.min(initial=0)
    bits = len(packed).bit_length()
    if int(packed.max(initial=0)) < 1 << (62 - bits):
        return _sorted_in_place(packed, bits)
    order = np.argsort(packed, kind="stable").astype(np.int32)  # of half the size from here on
    tied = np.empty(max(len(order) - 1, 0), dtype=bool)
    for start in range(0, len(tied), _AT_ONCE):
        values = columns.gather(packed, order[start : start + _AT_ONCE + 1])
        tied[start : start + _AT_ONCE] = values[1:] == values[:-1]
    return order, tied


def _sorted_in_place(packed: np.ndarray, bits: int) -> tuple[np.ndarray, np.ndarray]:
    """``sorted_by`` of integers that leave so many bits free, by which each carries its row; half the memory."""
    packed <<= bits
    packed += np.arange(len(packed), dtype=np.int32)
    packed.sort(kind="stable")  # quicker where rows already stand in runs
    order = np.empty(len(packed), dtype=np.int32)
    np.bitwise_and(packed, (1 << bits) - 1, out=order, casting="unsafe")
    packed >>= bits
    return order, packed[1:] == packed[:-1]


def texts_at(column: pd.Series, positions: np.ndarray) -> Any:
    """The texts of some rows of a text column as an Arrow array; null where missing."""
    import pyarrow as pa

    codes = columns.codes_of(column)[positions]
    return columns.arrow_texts(column.cat.categories).take(pa.array(codes, mask=codes < 0))


def _texts_at(column: pd.Series, positions: np.ndarray) -> list[str | None]:
    unique: list[str | None] = [*columns.unique_texts(column), None]
    return [unique[code] for code in columns.codes_of(column)[positions].tolist()]


def _codes(part: pd.Series | np.ndarray) -> tuple[np.ndarray, int]:
    if isinstance(part, pd.Series) and isinstance(part.dtype, pd.CategoricalDtype):
        return columns.codes_of(part), len(part.cat.categories)
    codes, unique = pd.factorize(np.asarray(part))
    return codes, len(unique)


def _packed(coded: Iterable[tuple[np.ndarray, int]]) -> np.ndarray:
    """One integer for each row, ordered as the codes are, the first most significant.

    Codes begin at -1, so that ``count + 1`` of them are told apart and the integers may be below 0.
    """
    packed = np.zeros(0, dtype=np.int32)
    size = 0
    for codes, count in coded:
        if not size:
            packed, size = np.zeros(len(codes), dtype=np.int32), 1
        if columns.is_constant(codes):
            continue  # tells no rows apart
        if size > _LARGEST // (count + 1):
            numbers, unique = pd.factorize(packed, sort=True)
            packed, size = numbers.astype(np.int64), len(unique)
        if size * (count + 1) > _SMALL:
            packed = packed.astype(np.int64, copy=False)
        packed *= count + 1
        packed += codes
        size *= count + 1
    return packed
