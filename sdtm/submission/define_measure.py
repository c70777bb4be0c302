"""Type, length and digits of variables as their data have them, worked out over distinct values.

Length of text is its bytes as the transport file holds them; of a number its digits, without sign and point,
and ``digits`` those behind the point (ODM 1.3.2, ItemDef). Dates and durations have no length.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sdtm.columns import codes_of
from sdtm.numbers import shortest

_NUMBER = re.compile(r"-?([0-9]+)(?:\.([0-9]+))?")
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_ZONE = r"(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
# From the narrowest to the widest form; the first that all texts have is the type (ODM 1.3.2, 2.14).
_FORMS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("date", _DAY),
        ("datetime", rf"{_DAY}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(?:\.[0-9]+)?{_ZONE}"),
        ("partialDate", r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?"),
        (
            "partialDatetime",
            rf"[0-9]{{4}}(?:-[0-9]{{2}}(?:-[0-9]{{2}}(?:T[0-9]{{2}}(?::[0-9]{{2}}(?::[0-9]{{2}}(?:\.[0-9]+)?)?)?{_ZONE})?)?)?",
        ),
        ("intervalDatetime", r"[^/]+/[^/]+"),
        ("incompleteDatetime", rf"[0-9T:.\-]+{_ZONE}"),
    )
)


@dataclass(frozen=True, slots=True)
class Measure:
    """``data_type`` in the words of ODM; ``is_empty``: no record has a value; ``has_numbers``: some texts are
    numbers."""

    data_type: str
    length: int | None = None
    digits: int | None = None
    is_empty: bool = False
    has_numbers: bool = False


@dataclass(frozen=True, slots=True)
class Measures:
    """A column: all of it, and its values for each code of another column (only codes that have a value)."""

    whole: Measure
    by_code: Mapping[int, Measure]


def measure(
    column: pd.Series,
    kind: str = "",
    replacements: Mapping[int, str] | None = None,
    groups: np.ndarray | None = None,
) -> Measures:
    """The measure of a column, and of its values by ``groups`` (codes of each row, -1 for none)."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return _measure_text(column, kind, replacements or {}, groups)
    return _measure_numbers(column.to_numpy(dtype=np.float64), groups)


def used_codes(column: pd.Series) -> np.ndarray:
    """The codes that rows of a text column have, ascending, without that of missing."""
    codes = codes_of(column)
    counts = np.bincount(codes.astype(np.intp) + 1, minlength=1)
    return np.flatnonzero(counts[1:])


def _measure_text(
    column: pd.Series, kind: str, replacements: Mapping[int, str], groups: np.ndarray | None
) -> Measures:
    used = used_codes(column)
    texts = column.cat.categories.take(used).tolist()
    if kind:
        return Measures(Measure(_date_type(texts, kind), is_empty=not texts), {})
    if replacements:
        texts = [text if text.isascii() else text.translate(replacements) for text in texts]
    lengths = np.fromiter((len(text) for text in texts), dtype=np.int64, count=len(texts))
    longest = Measure("text", max(1, int(lengths.max(initial=0))), is_empty=not texts)
    if groups is None or not texts:
        return Measures(longest, {})
    size = len(column.cat.categories)
    widths, whole, decimals = (np.full(size, -1, np.int64) for _ in range(3))
    widths[used] = lengths
    for code, text in zip(used.tolist(), texts, strict=True):
        match = _NUMBER.fullmatch(text)
        if match is not None:
            whole[code], decimals[code] = len(match[1]), len(match[2] or "")
    codes = codes_of(column)
    rows = (codes >= 0) & (groups >= 0)
    at = codes[rows]
    return Measures(longest, _grouped(groups[rows], widths[at], whole[at], decimals[at]))


def _measure_numbers(numbers: np.ndarray, groups: np.ndarray | None) -> Measures:
    codes, unique = pd.factorize(numbers)  # missing: -1
    if not len(unique):
        # Digits of a float would be made up; 8 bytes are what the transport file keeps for it.
        return Measures(Measure("integer", 8, is_empty=True), {})
    whole = np.empty(len(unique), dtype=np.int64)
    decimals = np.empty(len(unique), dtype=np.int64)
    for place, number in enumerate(unique.tolist()):
        text = repr(number)
        if "e" in text:
            text = shortest(number)
        before, _, after = text.lstrip("-").partition(".")
        whole[place], decimals[place] = len(before), 0 if after == "0" else len(after)
    numeric = _numeric(whole, decimals)
    if groups is None:
        return Measures(numeric, {})
    rows = (groups >= 0) & (codes >= 0)
    at = codes[rows]
    return Measures(numeric, _grouped(groups[rows], None, whole[at], decimals[at]))


def _grouped(
    groups: np.ndarray, widths: np.ndarray | None, whole: np.ndarray, decimals: np.ndarray
) -> dict[int, Measure]:
    """A measure for each code. ``widths`` is None for numbers; texts are numbers where all of them are."""
    if not len(groups):
        return {}
    size = int(groups.max()) + 1
    longest, most_whole, most_decimals, least = (np.full(size, -1, dtype=np.int64) for _ in range(4))
    least[:] = np.iinfo(np.int64).max
    np.maximum.at(most_whole, groups, whole)
    np.maximum.at(most_decimals, groups, decimals)
    np.minimum.at(least, groups, whole)
    if widths is not None:
        np.maximum.at(longest, groups, widths)
    found = {}
    for code in np.unique(groups).tolist():
        if least[code] < 0:
            found[code] = Measure("text", max(1, int(longest[code])), has_numbers=bool(most_whole[code] >= 0))
        else:
            found[code] = _number(int(most_whole[code]), int(most_decimals[code]))
    return found


def _numeric(whole: np.ndarray, decimals: np.ndarray) -> Measure:
    return _number(int(whole.max()), int(decimals.max()))


def _number(whole: int, decimals: int) -> Measure:
    if not decimals:
        return Measure("integer", whole, has_numbers=True)
    return Measure("float", whole + decimals, decimals, has_numbers=True)


def _date_type(texts: list[str], kind: str) -> str:
    if kind != "datetime" or not texts:
        return kind
    for name, form in _FORMS:
        if all(form.fullmatch(text) for text in texts):
            return name
    return kind
