"""Arrow arrays of text, many for each column, into one text column (``sdtm.columns``)."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

DENSE = 0.5  # share of distinct texts in a block above which encoding each block on its own does not pay


def prefer_plain(array: pa.Array) -> bool:
    """Whether the texts of a column repeat so little that it is quicker to encode it once at the end."""
    return isinstance(array, pa.DictionaryArray) and len(array.dictionary) > DENSE * len(array)


def text_column(arrays: list[pa.Array]) -> pd.Series:
    """One text column out of string arrays or arrays encoded as codes over distinct strings.

    The distinct texts stand in order of first appearance, however the column was cut into arrays. Nulls
    become missing. ``arrays`` is emptied, so that a large table is not held twice.
    """
    kinds = {pa.types.is_dictionary(array.type) for array in arrays}
    if kinds == {True, False}:
        arrays[:] = [a.dictionary_decode() if pa.types.is_dictionary(a.type) else a for a in arrays]
    chunked = pa.chunked_array(arrays) if arrays else pa.chunked_array([], pa.string())
    arrays.clear()
    coded_already = pa.types.is_dictionary(chunked.type)
    chunked = chunked.unify_dictionaries() if coded_already else chunked.dictionary_encode()
    unique = chunked.chunk(0).dictionary if chunked.num_chunks else pa.array([], pa.string())
    codes = np.empty(len(chunked), dtype=smallest(len(unique)))
    start = 0
    for chunk in chunked.chunks:
        indices = chunk.indices.fill_null(-1) if chunk.indices.null_count else chunk.indices
        codes[start : start + len(chunk)] = indices.to_numpy(zero_copy_only=False)
        start += len(chunk)
    return coded(codes, pd.Index(pd.array(unique, dtype="str")))


def plain_column(arrays: list[pa.Array]) -> pd.Series:
    """One column of texts as they are, without codes; ``arrays`` is emptied.

    Cheaper where hardly a text repeats; ``columns.encoded`` makes a text column of it, should one be asked for.
    """
    arrays[:] = [a.dictionary_decode() if pa.types.is_dictionary(a.type) else a for a in arrays]
    texts = pd.Series(pd.array(pa.chunked_array(arrays, pa.string()), dtype="str"), copy=False)
    arrays.clear()
    return texts


def coded(codes: np.ndarray, unique: pd.Index) -> pd.Series:
    """A text column out of codes of the smallest fitting type and an index of distinct texts."""
    # pandas would hash all texts once more to prove that they are distinct, which they are.
    trusted = getattr(pd.CategoricalDtype, "_from_fastpath", pd.CategoricalDtype)
    return pd.Series(pd.Categorical.from_codes(codes, dtype=trusted(unique), validate=False), copy=False)


def smallest(distinct: int) -> type[np.signedinteger]:
    """The integer type for codes over so many distinct texts, as in ``sdtm.columns``."""
    return np.int8 if distinct < 127 else np.int16 if distinct < 32_767 else np.int32


def without(column: pd.Series, missing: Collection[str]) -> pd.Series:
    """The column with the texts of ``missing`` made missing and taken out of its distinct texts."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        drop = column.isin(list(missing))
        return column.mask(drop) if drop.any() else column
    unique = column.cat.categories
    # Each distinct text stands there once, and looking through them is quicker than to hash them all.
    texts = pa.array(unique, type=pa.large_string())
    dropped = [
        at for text in set(missing) if (at := pc.index(texts, pa.scalar(text, texts.type)).as_py()) >= 0
    ]
    if not dropped:
        return column
    drop = np.zeros(len(unique), dtype=bool)
    drop[dropped] = True
    new = np.full(len(unique) + 1, -1, dtype=smallest(len(unique)))  # the last stays -1, for code -1
    new[:-1][~drop] = np.arange(int((~drop).sum()))
    kept = unique[~drop]
    return coded(new[column.array.codes].astype(smallest(len(kept)), copy=False), kept)
