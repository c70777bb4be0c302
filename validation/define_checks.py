"""Compares a define.xml with the datasets that it describes: both ways, down to the level of values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

import numpy as np
import pandas as pd

from validation import define_defects as defects
from validation.dataset_forms import repeated_keys
from validation.defects import Defect, Failure
from validation.define_reader import Condition, DefinedCodelist, DefinedItem, DefineFile
from validation.tables import Table
from validation.text_forms import is_number_text
from validation.values import Mask, filled, is_number, is_text, missing, rows_where

NUMBERS = ("integer", "float")
_COMPARE: Mapping[str, Callable[[np.ndarray, float], np.ndarray]] = {
    "LT": np.less,
    "LE": np.less_equal,
    "GT": np.greater,
    "GE": np.greater_equal,
}
_ROUNDED = 12  # digits of a number that are looked at for decimals


def define_failures(define: DefineFile, tables: Mapping[str, Table]) -> Iterator[Failure]:
    """What differs between a define.xml and the datasets beside it."""
    for name, described in define.datasets.items():
        table = tables.get(name)
        if table is None:
            if not described.has_no_data:
                yield Failure(defects.DATASET_ABSENT, name, found=f"{define.file} describes {name}")
            continue
        yield from _of_dataset(define, table, described.label, described.file)
        yield from _of_names(table, described.items)
        for item in described.items:
            if item.name in table.frame.columns:
                yield from _of_variable(table, item, define.codelists)
    for name in tables:
        if name not in define.datasets:
            yield Failure(defects.DATASET_UNDESCRIBED, name, found=f"{define.file} says nothing of {name}")


def _of_dataset(define: DefineFile, table: Table, label: str, file: str) -> Iterator[Failure]:
    told = table.metadata.label
    if told and label and told != label:
        yield _differs(defects.LABEL_DIFFERS, table, "", told, label)
    there, named = PurePosixPath(table.metadata.file).name, PurePosixPath(file.replace("\\", "/")).name
    if there.endswith(".xpt") and named and there.lower() != named.lower():
        yield _differs(defects.FILE_DIFFERS, table, "", there, named)


def _of_names(table: Table, items: Sequence[DefinedItem]) -> Iterator[Failure]:
    described = {item.name for item in items}
    columns = [name for name in table.frame.columns if name]
    for item in items:
        if item.name not in columns:
            yield Failure(defects.VARIABLE_ABSENT, table.name, item.name)
    for name in columns:
        if name not in described:
            yield Failure(defects.VARIABLE_UNDESCRIBED, table.name, name)
    ordered = sorted(items, key=lambda item: (item.order is None, item.order or 0))
    wanted = [item.name for item in ordered if item.name in columns]
    there = [name for name in columns if name in described]
    for name, expected in zip(there, wanted, strict=False):
        if name != expected:
            yield Failure(
                defects.ORDER_DIFFERS, table.name, name, found=f"{name} stands where {expected} belongs"
            )
            break
    keys = [item.name for item in sorted(items, key=lambda item: item.key or 0) if item.key is not None]
    if keys and all(key in columns for key in keys):
        wrong = repeated_keys(table.frame, keys)
        if wrong.any():
            yield Failure(
                defects.KEYS_REPEATED,
                table.name,
                "",
                np.flatnonzero(wrong),
                tuple(keys),
                expected=f"one record for each {', '.join(keys)}",
            )


def _of_variable(
    table: Table, item: DefinedItem, codelists: Mapping[str, DefinedCodelist]
) -> Iterator[Failure]:
    name, column = item.name, table.frame[item.name]
    label = table.metadata.labels.get(name, "")
    if label and item.label and label != item.label:
        yield _differs(defects.LABEL_DIFFERS, table, name, label, item.label)
    kept = table.metadata.lengths.get(name)
    if kept is not None and item.length and item.type not in NUMBERS and kept != item.length:
        yield _differs(defects.LENGTH_DIFFERS, table, name, str(kept), str(item.length))
    is_numeric = item.type in NUMBERS
    if filled(column).any() and (is_numeric != is_number(column)) and item.type:
        kind = "numbers" if is_number(column) else "text"
        yield _differs(defects.TYPE_DIFFERS, table, name, kind, item.type)
    if item.mandatory:
        yield from _where(defects.MANDATORY_MISSING, table, name, missing(column))
    everywhere = np.ones(len(table.frame), dtype=bool)
    yield from _of_values(table, item, codelists, everywhere, "")
    for value in item.values:
        rows = _rows_of(value.where, table.frame)
        if rows is not None and rows.any():
            shown = _words(value.where)
            if value.mandatory:
                yield from _where(defects.MANDATORY_MISSING, table, name, missing(column) & rows, shown)
            yield from _of_values(table, value, codelists, rows, shown, name)


def _of_values(
    table: Table,
    item: DefinedItem,
    codelists: Mapping[str, DefinedCodelist],
    rows: Mask,
    where: str,
    name: str = "",
) -> Iterator[Failure]:
    """The values of a variable, or those of some records (``where`` says which)."""
    name = name or item.name
    column = table.frame[name]
    if is_text(column):
        if item.type in NUMBERS:
            wrong = rows_where(column, lambda texts: [not _is_of_type(text, item.type) for text in texts])
            expected = f"{item.type} in the DataType"
            yield from _where(defects.NOT_OF_TYPE, table, name, wrong & rows, where, expected)
        elif item.length:
            wrong = rows_where(column, lambda texts: [_bytes(text) > item.length for text in texts])
            expected = f"at most {item.length} bytes"
            yield from _where(defects.LENGTH_EXCEEDED, table, name, wrong & rows, where, expected)
    elif is_number(column):
        yield from _of_numbers(table, item, column.to_numpy(dtype=float), rows, where, name)
    listed = codelists.get(item.codelist)
    if listed is not None and listed.values is not None:
        wrong = _unlisted(column, listed.values)
        expected = f"a value of codelist {listed.name or item.codelist}"
        yield from _where(defects.VALUE_UNLISTED, table, name, wrong & rows, where, expected)


def _of_numbers(
    table: Table, item: DefinedItem, values: np.ndarray, rows: Mask, where: str, name: str
) -> Iterator[Failure]:
    known = np.isfinite(values) & rows
    if item.type == "integer":
        wrong = known & (values != np.floor(values))
        yield from _where(defects.NOT_OF_TYPE, table, name, wrong, where, "integer in the DataType")
    elif item.type == "float" and item.digits is not None:
        scaled = np.where(known, values, 0.0)
        wrong = known & ~np.isclose(scaled, np.round(scaled, item.digits), rtol=10.0**-_ROUNDED, atol=0)
        expected = f"at most {item.digits} decimals"
        yield from _where(defects.DIGITS_EXCEEDED, table, name, wrong, where, expected)


def _where(
    defect: Defect, table: Table, name: str, wrong: Mask, where: str = "", expected: str = ""
) -> Iterator[Failure]:
    if not wrong.any():
        return
    words = f"{expected or defect.expected}{f', where {where}' if where else ''}"
    yield Failure(defect, table.name, name, np.flatnonzero(wrong), (name,), expected=words)


def _differs(defect: Defect, table: Table, name: str, found: str, expected: str) -> Failure:
    return Failure(
        defect,
        table.name,
        name,
        found=f'"{found}" in the data',
        expected=f'"{expected}", as the define.xml has it',
    )


def _rows_of(where: Sequence[Sequence[Condition]], frame: pd.DataFrame) -> Mask | None:
    """The records that a where clause means; None where it cannot be told from this dataset alone."""
    found = np.zeros(len(frame), dtype=bool)
    for conditions in where:
        rows = np.ones(len(frame), dtype=bool)
        for condition in conditions:
            if condition.variable not in frame.columns:
                return None
            fits = _fits(frame[condition.variable], condition)
            if fits is None:
                return None
            rows &= fits
        found |= rows
    return found if where else None


def _fits(column: pd.Series, condition: Condition) -> Mask | None:
    values, comparator = condition.values, condition.comparator
    if comparator in ("EQ", "IN", "NE", "NOTIN"):
        if is_number(column):
            wanted = [float(value) for value in values if is_number_text(value)]
            same = np.isin(column.to_numpy(dtype=float), wanted)
        elif is_text(column):
            known = frozenset(values)
            same = rows_where(column, lambda texts: [text in known for text in texts])
        else:
            return None
        return same if comparator in ("EQ", "IN") else ~same
    compare = _COMPARE.get(comparator)
    if compare is None or len(values) != 1 or not is_number_text(values[0]) or not is_number(column):
        return None
    with np.errstate(invalid="ignore"):
        return compare(column.to_numpy(dtype=float), float(values[0]))


def _words(where: Sequence[Sequence[Condition]]) -> str:
    return " or ".join(
        " and ".join(f"{c.variable} {c.comparator} {', '.join(c.values[:5])}" for c in conditions)
        for conditions in where
    )


def _unlisted(column: pd.Series, values: frozenset[str]) -> Mask:
    if is_text(column):
        return rows_where(column, lambda texts: [bool(text.strip()) and text not in values for text in texts])
    if not is_number(column):
        return np.zeros(len(column), dtype=bool)
    numbers = column.to_numpy(dtype=float)
    known = [float(value) for value in values if is_number_text(value)]
    return ~np.isnan(numbers) & ~np.isin(numbers, known)


def _is_of_type(text: str, kind: str) -> bool:
    """Whether a text reads as a number of the DataType; a blank one is missing."""
    text = text.strip()
    if not text:
        return True
    return is_number_text(text) and (kind == "float" or float(text).is_integer())


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8"))
