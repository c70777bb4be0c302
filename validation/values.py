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
    blank = [text for text in unique_texts(column) if not text.strip()]
    if blank:
        column = column.cat.remove_categories(blank)
    if wanted == "Num" and not len(unique_texts(column)):
        return pd.Series(np.full(len(column), np.nan), index=column.index)
    return column


def _all_text(values: Any) -> bool:
    if isinstance(values.dtype, pd.StringDtype):
        return True
    kind = pd.api.types.infer_dtype(values, skipna=True)
    return kind in ("string", "empty")


def _text_column(codes: np.ndarray, unique: Sequence[str], index: pd.Index) -> pd.Series:
    categories = pd.Index(pd.array(list(unique), dtype="str"))
    return pd.Series(pd.Categorical.from_codes(codes, categories, validate=False), index=index, copy=False)


def no_text(index: pd.Index) -> pd.Series:
    """A text column without any value."""
    return _text_column(np.full(len(index), -1, dtype=np.int8), [], index)


def codes_of(column: pd.Series) -> np.ndarray:
    """For each row of a category column the position of its text; -1 is missing."""
    return column.array.codes  # type: ignore[attr-defined]


def unique_texts(column: pd.Series) -> list[str]:
    """The texts that the codes of a category column point at; some may not occur."""
    return column.array.categories.tolist()  # type: ignore[attr-defined]


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
    is_coded = isinstance(column.dtype, pd.CategoricalDtype)
    mask = codes_of(column) < 0 if is_coded else column.isna().to_numpy()
    if is_text(column):
        mask = mask | rows_where(column, lambda texts: [not text or text.isspace() for text in texts])
    return mask


def filled(column: pd.Series) -> Mask:
    """Rows with a value."""
    return ~missing(column)


def is_any(column: pd.Series, *values: str) -> Mask:
    """Rows whose value is one of ``values``; a missing one is none of them."""
    wanted = frozenset(values)
    return rows_where(column, lambda texts: [text in wanted for text in texts])


def rows_where(column: pd.Series, judge: Judge) -> Mask:
    """Rows whose text ``judge`` says yes to; it is given each distinct text once. Missing is no."""
    codes: np.ndarray
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, texts = codes_of(column), unique_texts(column)
    else:
        codes, unique = pd.factorize(column)
        texts = unique.tolist()
    verdict = np.fromiter(judge(texts), dtype=bool, count=len(texts))
    if not verdict.any():
        return np.zeros(len(column), dtype=bool)
    return np.append(verdict, False)[codes]  # code -1, missing, takes the appended False


def map_texts(column: pd.Series, change: Callable[[str], str]) -> pd.Series:
    """A text column with each text changed; missing stays missing."""
    changed = [change(text) for text in unique_texts(column)]
    codes, unique = pd.factorize(np.asarray(changed, dtype=object))
    return _text_column(np.append(codes, -1)[codes_of(column)], list(unique), column.index)


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
        per_text = [known.setdefault(text, len(known)) for text in unique_texts(column)]
        coded.append(np.array([*per_text, -1], dtype=np.int64)[codes_of(column)])
    return coded


def group_numbers(frame: pd.DataFrame, columns: Sequence[str]) -> np.ndarray:
    """One integer for each row: equal where all ``columns`` are equal, missing being equal to missing."""
    groups = np.zeros(len(frame), dtype=np.int64)
    size = 1
    for name in columns:
        column = frame[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            codes, count = codes_of(column).astype(np.int64) + 1, len(unique_texts(column)) + 1
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
    found = table[first].get_indexer(pd.Index(unique_texts(keys), dtype=object))
    per_text = np.where(found >= 0, rows[found] if len(rows) else -1, -1)
    position = np.append(per_text, -1)[codes_of(keys)]
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes = np.append(codes_of(values).astype(np.int64), -1)[position]
        return _text_column(codes, unique_texts(values), keys.index)
    return pd.Series(np.append(values.to_numpy(dtype=float), np.nan)[position], index=keys.index)


def not_one_to_one(frame: pd.DataFrame, left: str, right: str) -> Mask:
    """Rows that break a one-to-one relation of two columns; see ``several_for_one``."""
    return several_for_one(frame, left, right) | several_for_one(frame, right, left)


def several_for_one(frame: pd.DataFrame, one: str, many: str) -> Mask:
    """Rows in which a value of ``one`` goes with another value of ``many`` than in most of its rows.

    The most frequent pair is taken as right and the rows of the others fail; if several are as frequent,
    all of them fail. Rows with a missing value in either column say nothing.
    """
    wrong = np.zeros(len(frame), dtype=bool)
    counted = filled(frame[one]) & filled(frame[many])
    if not counted.any():
        return wrong
    some = frame.loc[counted]
    _, first, pair, counts = np.unique(
        group_numbers(some, [one, many]), return_index=True, return_inverse=True, return_counts=True
    )
    _, owner = np.unique(group_numbers(some, [one])[first], return_inverse=True)
    most = np.zeros(owner.max() + 1, dtype=counts.dtype)
    np.maximum.at(most, owner, counts)
    is_most = counts == most[owner]
    ties = np.bincount(owner, weights=is_most)[owner] > 1
    wrong[counted] = (~is_most | ties)[pair]
    return wrong
