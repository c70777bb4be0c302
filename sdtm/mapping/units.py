"""Standard results and units: exact conversions by declared factors, and the shortest text of a number."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pandas as pd

from sdtm import columns
from sdtm.combinations import unique_rows
from sdtm.numbers import exact, magnitude, number_text, round_half_up, split_number
from specs.location import Location
from specs.model import UnitConversion
from specs.problems import Problem, ProblemsFound
from specs.rules.units import split_unit_key

_OPERATOR = re.compile(r"\s*(<=|>=|<|>)\s*")
_FACTOR = re.compile(r"\s*([^/\s]+)\s*(?:/\s*([^/\s]+)\s*)?")
_FEWEST_DIGITS = 3


def convert(values: Sequence[str], conversion: UnitConversion) -> list[str | None]:
    """Numbers in ``conversion.unit`` as the shortest text of the same quantity in ``conversion.to``.

    (value + offset) x factor in exact arithmetic, then rounded half up (away from zero) to ``digits``
    decimals. Without ``digits``: exact if the decimals end, else as many significant digits as the value
    was given with, at least 3, because more would claim a precision that nobody measured (NIST SP 811, B.7).
    An operator stays: ``<0.5`` -> ``<1.27``. ``None`` where the text is no number.

    Errors:  ``ProblemsFound`` for a factor or offset that is no number, or a factor that is not above 0.
    Example: (F to C: offset -32, factor 5/9, digits 2) 98.6 -> 37; 99 -> 37.22.
    """
    factor, offset = _factor(conversion.factor, conversion), _factor(conversion.offset, conversion)
    if factor <= 0:
        raise _wrong(conversion, conversion.factor, "a factor above 0")
    return [_converted(value, factor, offset, conversion.digits) for value in values]


def _converted(value: str, factor: Fraction, offset: Fraction, digits: int | None) -> str | None:
    operator, text = _without_operator(value)
    parts = split_number(text)
    if parts is None:
        return None
    mantissa, exponent = parts
    result = (mantissa * Fraction(10) ** exponent + offset) * factor
    if digits is None:
        ended = exact(result)
        if ended is not None:
            return operator + ended
        digits = max(_FEWEST_DIGITS, len(str(abs(mantissa)))) - 1 - magnitude(result)
    return operator + round_half_up(result, digits)


def _without_operator(value: str) -> tuple[str, str]:
    match = _OPERATOR.match(value)
    return (match[1], value[match.end() :]) if match else ("", value)


def _factor(text: str, conversion: UnitConversion) -> Fraction:
    match = _FACTOR.fullmatch(text)
    numbers = [split_number(part) for part in match.groups("1")] if match else [None]
    if None in numbers or (len(numbers) > 1 and numbers[1] is not None and numbers[1][0] == 0):
        raise _wrong(conversion, text, "a decimal number such as 2.54, or a fraction such as 5/9")
    above, below = (mantissa * Fraction(10) ** exponent for mantissa, exponent in filter(None, numbers))
    return above / below


def _wrong(conversion: UnitConversion, found: str, expected: str) -> ProblemsFound:
    of = "/".join(filter(None, (conversion.test, conversion.specimen)))
    name = " ".join(part for part in (of, conversion.unit, "to", conversion.to) if part)
    where = Location(key=f"units: {name}")
    return ProblemsFound(Problem("bad-conversion", where, found, expected, "correct the factor or offset"))


def standard_text(result: str) -> str:
    """A result as --STRESC has it in its own unit: a number in its shortest text, other text as it is."""
    operator, text = _without_operator(result)
    number = number_text(text)
    return result if number is None else operator + number


class _Standard(NamedTuple):
    text: str | None
    unit: str | None
    reason: str | None = None


_NOTHING = _Standard(None, None)


@dataclass(frozen=True, slots=True)
class StandardResults:
    """Standard results of n rows, made column by column as they are asked for."""

    number: np.ndarray  # of the distinct combination of each row
    found: Sequence[_Standard]
    index: pd.Index

    def text(self) -> pd.Series:
        """--STRESC"""
        return _spread([each.text for each in self.found], self.number, self.index)

    def value(self) -> pd.Series:
        """--STRESN, float64"""
        values = np.array([_float(each.text) for each in self.found] or [np.nan])
        return pd.Series(columns.gather(values, self.number), index=self.index, copy=False)

    def unit(self) -> pd.Series:
        """--STRESU"""
        return _spread([each.unit for each in self.found], self.number, self.index)

    def reasons(self) -> pd.Series:
        """Why a result has no --STRESC."""
        return _spread([each.reason for each in self.found], self.number, self.index)


def standardize_results(
    test: pd.Series,
    result: pd.Series,
    unit: pd.Series,
    conversions: Sequence[UnitConversion],
    standard_units: Mapping[str, str],
    specimen: pd.Series | None = None,
) -> StandardResults:
    """Standard results of three text columns, worked out once for each distinct triple.

    ``standard_units``: test -> unit, or test/specimen -> unit, which goes before. A test without one keeps its
    results and units as collected. A result in the standard unit keeps its value; one in another unit is
    converted by the conversion from that unit (empty: none was collected) to the standard one, the most
    specific that is declared (``conversion_of``); no chain of conversions is made. A text without any digit
    (NEGATIVE, BLQ) has no scale and takes the standard unit as it is; any other text that is no number
    cannot be converted. ``specimen`` (--SPEC) tells rows apart only where units or conversions name one.

    Missing: all three where there is no result; all three, with a reason, where a result needs a conversion
             that is not declared or cannot be done. Nothing is passed on in a unit it is not in.
    Errors:  ``ProblemsFound`` for a conversion that makes no sense, or two for the same test and units.
    Source:  SDTMIG 3.4, 4.5.1 (original and standardized results).
    """
    declared = declared_conversions(conversions)
    named = specimens_named(conversions, standard_units) if specimen is not None else frozenset()
    numbers, rows_found = unique_rows([test, result, unit, *([specimen] if named else [])])
    found: list[_Standard] = [_NOTHING] * len(rows_found)
    waiting: dict[tuple[str, str, str, str], list[int]] = {}
    for number, (code, text, collected, *more) in enumerate(rows_found):
        if text is None:
            continue
        material = (more[0] or "") if named and more[0] in named else ""
        target = standard_units.get(standard_unit_key(standard_units, code or "", material), "")
        target = target or collected or ""
        if (collected or "") == target or (collected is None and not _has_digit(text)):
            found[number] = _Standard(standard_text(text), collected)
        elif not _has_digit(text):
            found[number] = _Standard(text, target)
        else:
            waiting.setdefault((code or "", material, collected or "", target), []).append(number)
    for (code, material, collected, target), rows in waiting.items():
        conversion = conversion_of(declared, code, material, collected, target)
        change = f"from {collected or 'no unit'} to {target}"
        if conversion is None:
            for row in rows:
                of = f"{code} in {material}" if material else code
                found[row] = _Standard(None, None, f"no conversion {change} for {of}")
            continue
        texts = [rows_found[row][1] or "" for row in rows]
        for row, given, text in zip(rows, texts, convert(texts, conversion), strict=True):
            why = DECIMAL_COMMA if _COMMA.fullmatch(given) else "not a number"
            lost = _Standard(None, None, f"{why}, so it cannot be converted {change}")
            found[row] = lost if text is None else _Standard(text, target)
    return StandardResults(numbers, found, test.index)


DECIMAL_COMMA = "a decimal comma"  # begins the reason of a result that is written with one
_COMMA = re.compile(r"[<>≤≥=]*\s*[+-]?\d+,\d+")


Declared = dict[tuple[str, str, str, str], UnitConversion]  # by test, specimen, unit and unit to convert to


def declared_conversions(conversions: Sequence[UnitConversion]) -> Declared:
    """Conversions by test, specimen and units; ``ProblemsFound`` for two different ones of the same."""
    found: Declared = {}
    for conversion in conversions:
        key = (conversion.test, conversion.specimen, conversion.unit, conversion.to)
        if found.setdefault(key, conversion) != conversion:
            raise _wrong(conversion, "two different conversions", "one conversion for a test and its units")
    return found


def conversion_of(declared: Declared, test: str, specimen: str, unit: str, to: str) -> UnitConversion | None:
    """The conversion that counts: of test and specimen, else of the test, of the specimen, of all."""
    for key in ((test, specimen), (test, ""), ("", specimen), ("", "")):
        if (found := declared.get((*key, unit, to))) is not None:
            return found
    return None


def standard_unit_key(standard_units: Mapping[str, str], test: str, specimen: str) -> str:
    """The key of ``standard_units`` that counts: that of test and specimen, else the test.

    Example: {GLUC: mmol/L, GLUC/URINE: g/L}: GLUC in URINE -> GLUC/URINE; GLUC in SERUM -> GLUC.
    """
    own = f"{test}/{specimen}"
    return own if specimen and own in standard_units else test


def specimens_named(
    conversions: Sequence[UnitConversion], standard_units: Mapping[str, str]
) -> frozenset[str]:
    """The specimens that units or conversions name; for all others it does not matter where a result is from."""
    named = {split_unit_key(key)[1] for key in standard_units}
    return frozenset((named | {conversion.specimen for conversion in conversions}) - {""})


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _float(text: str | None) -> float:
    return float(text) if text is not None and number_text(text) is not None else float("nan")


def _spread(unique: Sequence[str | None], numbers: np.ndarray, index: pd.Index) -> pd.Series:
    codes, texts = pd.factorize(np.array(unique, dtype=object))
    codes = codes.astype(columns.smallest(len(texts)))
    return columns.from_codes(columns.gather(codes, numbers) if len(codes) else numbers, list(texts), index)
