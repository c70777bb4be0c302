"""Rules that are data: a condition on one record, in words, with the dataset it is judged in and what to tell.

A condition reads like the sentence it stands for, and is true where the record is wrong::

    condition(
        "vehicle-amount-without-vehicle",
        on=("--VAMT", "--VAMTU"),
        when="it filled and --TRTV empty",
        ...
    )

``it`` is the variable that is judged, ``--X`` the variable of the same domain, and where ``on`` pairs variables
(``{"--ENDY": "--STDY"}``), ``partner`` is the second one; such a rule applies where both are there. Parts are joined
by ``and``, and alternatives by ``or``. A variable that is not there has no values, so that it is ``empty``. The tests
are those of ``TESTS``; each holds only where the texts or numbers it compares are there, but for ``empty`` and
``is not``.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from validation.dates import moments
from validation.defects import Defect
from validation.rules.registry import PARTNER, THE_JUDGED, Rule, register, sibling, sources_of
from validation.values import Mask, equal, filled, is_any, is_number, is_text, map_texts, missing, rows_where


@dataclass(frozen=True, slots=True)
class Part:
    """``variable`` is judged by ``test``; ``value``: texts between bars, a number, or another variable."""

    variable: str
    test: str
    value: str = ""


def condition(
    id: str,
    *,
    on: str | Iterable[str] | Mapping[str, str],
    when: str,
    severity: str,
    message: str,
    expected: str,
    do: str,
    why: str,
    source: str = "",
    datasets: str | Iterable[str] = (),
    without: str | Iterable[str] = (),
    classes: str | Iterable[str] = (),
    by_value: bool = False,
) -> None:
    """Register a rule that is a condition on one record. ``ValueError`` for a condition that cannot be read."""
    alternatives = parsed(when)
    others = [
        name
        for parts in alternatives
        for part in parts
        for name in (part.variable, part.value if TESTS[part.test].compares_variables else "")
        if name and name not in (THE_JUDGED, PARTNER) and not _is_number_word(name)
    ]
    register(
        Rule(
            defect=Defect(
                id=id,
                severity=severity,
                message=message,
                expected=expected,
                do=do,
                why=why,
                sources=sources_of(source),
                by_value=by_value,
            ),
            function=functools.partial(holds, alternatives),
            on=_words(on),
            partners=on if isinstance(on, Mapping) else {},
            datasets=_words(datasets),
            without=_words(without),
            classes=_words(classes),
            optional=tuple(dict.fromkeys(others)),
            shows=(THE_JUDGED, PARTNER, *dict.fromkeys(others)),
        )
    )


def parsed(when: str) -> tuple[tuple[Part, ...], ...]:
    """A condition as alternatives of parts. ``ValueError`` if a part is none of ``TESTS``."""
    return tuple(tuple(map(_part, words.split(" and "))) for words in when.split(" or "))


def holds(
    alternatives: tuple[tuple[Part, ...], ...], dataset: pd.DataFrame, variable: str, partner: str = ""
) -> Mask:
    """The records in which a condition is true."""
    columns = {THE_JUDGED: variable, PARTNER: partner}
    wrong = np.zeros(len(dataset), dtype=bool)
    for parts in alternatives:
        wrong |= np.logical_and.reduce([_truth(part, dataset, columns) for part in parts])
    return wrong


def _part(words: str) -> Part:
    found = _PART.fullmatch(words.strip())
    if found is None:
        raise ValueError(f'"{words}" is no condition; the tests are {", ".join(TESTS)}')
    variable, test, value = found["variable"], found["test"], (found["value"] or "").strip()
    if bool(value) != TESTS[test].takes_value:
        raise ValueError(f'"{words}": {test} {"needs" if not value else "takes no"} value')
    return Part(variable, test, value)


def _truth(part: Part, dataset: pd.DataFrame, columns: Mapping[str, str]) -> Mask:
    column = dataset[_name(part.variable, columns)]
    test = TESTS[part.test]
    if not test.takes_value:
        return test.judge(column)
    if test.compares_variables and not _is_number_word(part.value):
        return test.judge(column, dataset[_name(part.value, columns)])
    return test.judge(column, part.value)


def _name(pattern: str, columns: Mapping[str, str]) -> str:
    if pattern.startswith("--"):
        return sibling(columns[THE_JUDGED], pattern[2:])
    return columns.get(pattern, pattern)


# The tests -----------------------------------------------------------------------------------------------


def _is(column: pd.Series, value: str) -> Mask:
    return is_any(column, *(word.strip() for word in value.split("|")))


def _is_not(column: pd.Series, value: str) -> Mask:
    return ~_is(column, value)


def _reads(column: pd.Series, value: str) -> Mask:
    wanted = {word.strip().casefold() for word in value.split("|")}
    return rows_where(column, lambda texts: [text.strip().casefold() in wanted for text in texts])


def _matches(column: pd.Series, value: str) -> Mask:
    form = re.compile(value, re.ASCII)
    return rows_where(column, lambda texts: [form.fullmatch(text) is not None for text in texts])


def _does_not_match(column: pd.Series, value: str) -> Mask:
    return filled(column) & ~_matches(column, value)


def _same(column: pd.Series, other: pd.Series) -> Mask:
    if is_number(column) and is_number(other):
        return column.eq(other).to_numpy()
    return filled(column) & equal(column, other)


def _differs(column: pd.Series, other: pd.Series) -> Mask:
    return filled(column) & filled(other) & ~_same(column, other)


def _reads_like(column: pd.Series, other: pd.Series) -> Mask:
    if not (is_text(column) and is_text(other)):
        return np.zeros(len(column), dtype=bool)
    return _same(map_texts(column, _folded), map_texts(other, _folded))


def _folded(text: str) -> str:
    return text.strip().casefold()


def _below(column: pd.Series, limit: str | pd.Series) -> Mask:
    return column.lt(float(limit) if isinstance(limit, str) else limit).to_numpy()


def _above(column: pd.Series, limit: str | pd.Series) -> Mask:
    return column.gt(float(limit) if isinstance(limit, str) else limit).to_numpy()


def _not_above(column: pd.Series, limit: str | pd.Series) -> Mask:
    return column.le(float(limit) if isinstance(limit, str) else limit).to_numpy()


def _before(column: pd.Series, other: pd.Series) -> Mask:
    return moments(column).before(moments(other))


def _after(column: pd.Series, other: pd.Series) -> Mask:
    return moments(column).after(moments(other))


@dataclass(frozen=True, slots=True)
class Test:
    judge: Callable[..., Mask]
    takes_value: bool = True
    compares_variables: bool = False


TESTS = {
    "filled": Test(filled, takes_value=False),
    "empty": Test(missing, takes_value=False),
    "is not": Test(_is_not),
    "is": Test(_is),
    "reads like": Test(_reads_like, compares_variables=True),
    "reads": Test(_reads),
    "matches": Test(_matches),
    "does not match": Test(_does_not_match),
    "same as": Test(_same, compares_variables=True),
    "differs from": Test(_differs, compares_variables=True),
    "below": Test(_below, compares_variables=True),
    "above": Test(_above, compares_variables=True),
    "not above": Test(_not_above, compares_variables=True),
    "before": Test(_before, compares_variables=True),
    "after": Test(_after, compares_variables=True),
}
# Longer words first, so that "is not" is not read as "is" with a value.
_NAMES = "|".join(sorted(TESTS, key=len, reverse=True))
_PART = re.compile(rf"(?P<variable>it|partner|(?:--)?[A-Z][A-Z0-9]*) (?P<test>{_NAMES})(?: (?P<value>.+))?")


def _is_number_word(word: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", word) is not None


def _words(value: str | Iterable[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
