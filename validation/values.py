"""Columns as they are judged: text as categories, numbers as float64, and missing is one thing.

Rules and schemas work on the distinct texts of a column and go back to the rows by code. Any data frame
is brought into that form once (``prepared``); the toolkit's own frames already have it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

Mask = np.ndarray
Judge = Callable[[list[str]], Iterable[Any]]


def prepared(frame: pd.DataFrame, types: Mapping[str, str] | None = None) -> pd.DataFrame:
    """The same table with text as ``category``, blank text as missing, numbers as float64, rows from 0.

    ``types`` (variable -> Char or Num) settles what a column without any value is. A column that is
    neither text nor numbers (dates, objects of several kinds) stays as it is; so does a second column
    of one name, which is left out. Nothing is repaired.
    """
    columns: dict[str, pd.Series] = {}
    for position, label in enumerate(frame.columns):
        if str(label) not in columns:
            column = frame.iloc[:, position]
            columns[str(label)] = _prepared_column(column, (types or {}).get(str(label), ""))
    index = pd.RangeIndex(len(frame))
    return pd.DataFrame({name: column.set_axis(index) for name, column in columns.items()}, index=index)


def _prepared_column(column: pd.Series, wanted: str) -> pd.Series:
    if isinstance(column.dtype, pd.CategoricalDtype):
        categories = column.cat.categories
        if not _all_text(categories):
            return column
    elif pd.api.types.is_bool_dtype(column.dtype):
        return column
    elif pd.api.types.is_numeric_dtype(column.dtype):
        if wanted == "Char" and column.isna().all():
            return _text_column(np.full(len(column), -1), [], column.index)
        return column if column.dtype == np.float64 else column.astype("float64")
    elif isinstance(column.dtype, pd.StringDtype) or _all_text(column):
        codes, unique = pd.factorize(column)
        column = _text_column(codes, unique.tolist(), column.index)
    else:
        return column
    blank = [text for text in column.cat.categories.tolist() if not text.strip()]
    if blank:
        column = column.cat.remove_categories(blank)
    if wanted == "Num" and not len(column.cat.categories):
        return pd.Series(np.full(len(column), np.nan), index=column.index)
    return column


def _all_text(values: Any) -> bool:
    kind = pd.api.types.infer_dtype(values, skipna=True)
    return kind in ("string", "empty")


def _text_column(codes: np.ndarray, unique: Sequence[str], index: pd.Index) -> pd.Series:
    categories = pd.Index(pd.array(list(unique), dtype="str"))
    return pd.Series(pd.Categorical.from_codes(codes, categories, validate=False), index=index, copy=False)


def no_text(index: pd.Index) -> pd.Series:
    """A text column without any value."""
    return _text_column(np.full(len(index), -1, dtype=np.int8), [], index)


def is_text(column: pd.Series) -> bool:
    """Whether a column holds text (a plain ``str`` column counts too)."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return _all_text(column.cat.categories)
    return isinstance(column.dtype, pd.StringDtype) or (column.dtype == object and _all_text(column))


def is_number(column: pd.Series) -> bool:
    """Whether a column holds numbers; truth values are none."""
    numeric = pd.api.types.is_numeric_dtype(column.dtype)
    return bool(numeric and not pd.api.types.is_bool_dtype(column.dtype))


def missing(column: pd.Series) -> Mask:
    """Rows without a value; a blank text is none."""
    mask = column.isna().to_numpy()
    if is_text(column):
        mask = mask | rows_where(column, lambda texts: [not text.strip() for text in texts])
    return mask


def filled(column: pd.Series) -> Mask:
    """Rows with a value."""
    return ~missing(column)


def is_any(column: pd.Series, *values: str) -> Mask:
    """Rows whose value is one of ``values``; a missing one is none of them."""
    return column.isin(values).to_numpy()


def rows_where(column: pd.Series, judge: Judge) -> Mask:
    """Rows whose text ``judge`` says yes to; it is given each distinct text once. Missing is no."""
    codes: np.ndarray
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, texts = column.cat.codes.to_numpy(), column.cat.categories.tolist()
    else:
        codes, unique = pd.factorize(column)
        texts = unique.tolist()
    verdict = np.fromiter(judge(texts), dtype=bool, count=len(texts))
    if not verdict.any():
        return np.zeros(len(column), dtype=bool)
    return np.append(verdict, False)[codes]  # code -1, missing, takes the appended False


def texts_of(column: pd.Series) -> pd.Series:
    """Each value as the text people write: 3.0 is ``3``, missing is empty."""
    if not is_number(column):
        return column.astype(object).where(~column.isna(), "").astype(str)
    return pd.Series(
        [number_text(value) for value in column.to_numpy(dtype=float)], index=column.index, dtype=object
    )


def number_text(value: float) -> str:
    """The shortest text of a number, without a trailing ``.0``; missing is empty."""
    if value != value:
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(float(value))


def equal(left: pd.Series, right: pd.Series) -> Mask:
    """Rows where two text columns hold the same text; missing equals missing."""
    codes = shared_codes([left, right])
    return codes[0] == codes[1]


def shared_codes(columns: Sequence[pd.Series]) -> list[np.ndarray]:
    """Codes of several text columns over one common set of texts; -1 is missing."""
    known: dict[str, int] = {}
    coded = []
    for column in columns:
        per_text = [known.setdefault(text, len(known)) for text in column.cat.categories.tolist()]
        coded.append(np.array([*per_text, -1], dtype=np.int64)[column.cat.codes.to_numpy()])
    return coded


def group_numbers(frame: pd.DataFrame, columns: Sequence[str]) -> np.ndarray:
    """One integer for each row: equal where all ``columns`` are equal, missing being equal to missing."""
    groups = np.zeros(len(frame), dtype=np.int64)
    size = 1
    for name in columns:
        column = frame[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            codes, count = column.cat.codes.to_numpy().astype(np.int64) + 1, len(column.cat.categories) + 1
        else:
            codes, unique = pd.factorize(column, use_na_sentinel=False)
            count = len(unique)
        if size * count > 2**62:
            groups, distinct = pd.factorize(groups)
            size = len(distinct)
        groups = groups * count + codes
        size *= max(count, 1)
    return groups


def repeated(groups: np.ndarray) -> Mask:
    """Rows whose group occurs more than once."""
    return pd.Series(groups).duplicated(keep=False).to_numpy()


def looked_up(keys: pd.Series, table_keys: pd.Series, values: pd.Series) -> pd.Series:
    """For each key the value in the first row of another table that has this key; missing if none.

    All three are text columns, ``values`` may be numbers.
    """
    table = pd.Index(table_keys.astype(object))
    first = ~table.duplicated()
    rows = np.flatnonzero(first)
    found = table[first].get_indexer(pd.Index(keys.cat.categories.astype(object)))
    per_text = np.where(found >= 0, rows[found] if len(rows) else -1, -1)
    position = np.append(per_text, -1)[keys.cat.codes.to_numpy()]
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes = np.append(values.cat.codes.to_numpy().astype(np.int64), -1)[position]
        return _text_column(codes, values.cat.categories.tolist(), keys.index)
    return pd.Series(np.append(values.to_numpy(dtype=float), np.nan)[position], index=keys.index)


def not_one_to_one(frame: pd.DataFrame, left: str, right: str) -> Mask:
    """Rows that break a one-to-one relation of two columns.

    Where one value goes with several of the other, the most frequent pair is taken as right and the
    rows of the others fail; if several are as frequent, all of them fail. Rows with a missing value in
    either column say nothing.
    """
    counted = filled(frame[left]) & filled(frame[right])
    if not counted.any():
        return np.zeros(len(frame), dtype=bool)
    some = frame.loc[counted]
    pairs = pd.DataFrame({"a": group_numbers(some, [left]), "b": group_numbers(some, [right])})
    pairs["pair"] = group_numbers(some, [left, right])
    counts = pairs.groupby(["a", "b", "pair"], sort=False).size().rename("n").reset_index()
    wrong = np.zeros(len(counts), dtype=bool)
    for side in ("a", "b"):
        of_side = counts.groupby(side)["n"]
        most = of_side.transform("max")
        ties = counts["n"].eq(most).groupby(counts[side]).transform("sum") > 1
        wrong |= (counts["n"].lt(most) | ties).to_numpy()
    mask = np.zeros(len(frame), dtype=bool)
    mask[counted] = pairs["pair"].isin(counts.loc[wrong, "pair"]).to_numpy()
    return mask
