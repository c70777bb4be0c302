"""Rules on results, their units and what is said when there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd

from validation.rules.registry import rule, sibling
from validation.text_forms import is_plain_number
from validation.values import (
    Mask,
    codes_of,
    filled,
    group_numbers,
    is_any,
    missing,
    rows_where,
    unique_texts,
)

_MISSPELT = str.maketrans({",": ".", "O": "0", "o": "0", "l": "1", "I": "1"})
_TOLERANCE = 1e-9  # relative; a number read back from text may differ in its last binary digit


def _plain_numbers(column: pd.Series) -> Mask:
    return rows_where(column, lambda texts: map(is_plain_number, texts))


@rule(
    "result-although-not-done",
    on="--STAT",
    classes="Findings",
    needs="--ORRES",
    optional=("--STRESC", "--STRESN"),
    severity="error",
    source="CORE-000099, CG0422",
)
def result_although_not_done(dataset: pd.DataFrame, status: str) -> Mask:
    """The test is NOT DONE and has a result.

    Expected: NOT DONE, or a result.
    Why: one of the two is wrong, and the record is counted both as done and as not done.
    Do:  query the site.
    """
    results = [dataset[sibling(status, ending)] for ending in ("ORRES", "STRESC", "STRESN")]
    return is_any(dataset[status], "NOT DONE") & np.logical_or.reduce([filled(r) for r in results])


@rule(
    "result-missing",
    on="--ORRES",
    classes="Findings",
    optional=("--STAT", "--DRVFL"),
    severity="error",
    source="CORE-000200, CG0348",
)
def result_missing(dataset: pd.DataFrame, result: str) -> Mask:
    """There is no result, and the test is neither NOT DONE nor derived.

    Expected: a result, --STAT = NOT DONE, or --DRVFL = Y.
    Why: nobody can tell a test that was not done from a result that was lost.
    Do:  complete the result, or say NOT DONE with the reason.
    """
    excused = is_any(dataset[sibling(result, "STAT")], "NOT DONE") | is_any(
        dataset[sibling(result, "DRVFL")], "Y"
    )
    return missing(dataset[result]) & ~excused


@rule(
    "standard-result-missing",
    on={"--STRESC": "--ORRES"},
    classes="Findings",
    optional=("--DRVFL", "--STAT"),
    severity="error",
    source="CORE-000021, CG0397",
)
def standard_result_missing(dataset: pd.DataFrame, standard: str, original: str) -> Mask:
    """There is a result, but no standardised one.

    Expected: --STRESC wherever --ORRES is filled or --DRVFL is Y.
    Why: analyses read the standardised result.
    Do:  copy or convert --ORRES into --STRESC.
    """
    derived = is_any(dataset[sibling(standard, "DRVFL")], "Y")
    done = ~is_any(dataset[sibling(standard, "STAT")], "NOT DONE")
    return missing(dataset[standard]) & (filled(dataset[original]) | derived) & done


@rule(
    "numeric-result-differs",
    on={"--STRESN": "--STRESC"},
    classes="Findings",
    severity="error",
    source="CORE-000542, FB3102",
)
def numeric_result_differs(dataset: pd.DataFrame, number: str, text: str) -> Mask:
    """--STRESN is not the number in --STRESC.

    Expected: the same number in both.
    Why: a table of texts and a table of numbers would disagree.
    Do:  make both from one value.
    """
    texts = unique_texts(dataset[text])
    per_text = [float(value) if is_plain_number(value) else np.nan for value in texts]
    told = np.array([*per_text, np.nan])[codes_of(dataset[text])]
    given = dataset[number].to_numpy()
    return np.abs(given - told) > _TOLERANCE * np.maximum(np.abs(told), 1e-12)


@rule(
    "numeric-result-missing",
    on={"--STRESN": "--STRESC"},
    classes="Findings",
    severity="warning",
    source="CORE-000863, FB3101",
)
def numeric_result_missing(dataset: pd.DataFrame, number: str, text: str) -> Mask:
    """--STRESC is a number and --STRESN is empty.

    Expected: the number in both.
    Why: the result drops out of every calculation.
    Do:  fill --STRESN wherever --STRESC is a number.
    """
    return missing(dataset[number]) & _plain_numbers(dataset[text])


@rule(
    "number-for-text-result",
    on={"--STRESN": "--STRESC"},
    classes="Findings",
    severity="error",
    source="CORE-000732, FB3103",
)
def number_for_text_result(dataset: pd.DataFrame, number: str, text: str) -> Mask:
    """--STRESC is not a plain number and --STRESN has one.

    Expected: --STRESN only where --STRESC is a number such as 70 or 0.5.
    Why: a number was invented for a text such as <0.5, or the text has another form than its number.
    Do:  leave --STRESN empty, or write --STRESC as the number.
    """
    return filled(dataset[number]) & filled(dataset[text]) & ~_plain_numbers(dataset[text])


@rule(
    "number-misspelt",
    on={"--STRESC": "--STRESN"},
    classes="Findings",
    needs="--TESTCD",
    shows=("--TESTCD", "--STRESC"),
    by_value=True,
    severity="error",
)
def number_misspelt(dataset: pd.DataFrame, text: str, number: str) -> Mask:
    """The text of a result is nearly a number, and other results of the test are numbers.

    Expected: digits with a point for decimals; no comma, no letter O for 0 or l for 1, no blank inside.
    Why: the result drops out of every calculation although somebody measured it.
    Do:  query the site; nothing is repaired.
    """
    near = rows_where(dataset[text], lambda texts: map(_is_nearly_number, texts)) & missing(dataset[number])
    if not near.any():
        return near
    groups = group_numbers(dataset, [sibling(text, "TESTCD")])
    return near & np.isin(groups, np.unique(groups[filled(dataset[number])]))


def _is_nearly_number(text: str) -> bool:
    if is_plain_number(text) or not any(character.isdigit() for character in text):
        return False
    return is_plain_number(text.translate(_MISSPELT).replace(" ", ""))


@rule(
    "unit-missing",
    on={"--STRESN": "--STRESU"},
    classes="Findings",
    needs="--TESTCD",
    severity="warning",
)
def unit_missing(dataset: pd.DataFrame, number: str, unit: str) -> Mask:
    """A number has no unit, although other results of the same test have one.

    Expected: --STRESU on every number of a test that is measured in a unit.
    Why: a number without its unit cannot be compared.
    Do:  complete the unit at the source or in the mapping.
    """
    groups = group_numbers(dataset, [sibling(number, "TESTCD")])
    with_unit = np.isin(groups, np.unique(groups[filled(dataset[unit])]))
    return filled(dataset[number]) & missing(dataset[unit]) & with_unit


@rule(
    "units-differ",
    on="--STRESU",
    classes="Findings",
    needs="--TESTCD",
    optional=("--CAT", "--SCAT", "--SPEC", "--METHOD"),
    shows=("--TESTCD", "--STRESU"),
    by_value=True,
    severity="error",
    source="CORE-000699, FB3001",
)
def units_differ(dataset: pd.DataFrame, unit: str) -> Mask:
    """A test has several standard units.

    Expected: one --STRESU for each test, category, specimen and method.
    Why: standardised results are compared without looking at the unit.
    Do:  convert the rarer ones, which are told here, to the unit of the others.
    """
    with_unit = filled(dataset[unit])
    wrong = np.zeros(len(dataset), dtype=bool)
    if not with_unit.any():
        return wrong
    some = dataset.loc[with_unit]
    test = [sibling(unit, ending) for ending in ("TESTCD", "CAT", "SCAT", "SPEC", "METHOD")]
    pairs = pd.DataFrame({"test": group_numbers(some, test), "unit": group_numbers(some, [unit])})
    size = pairs.groupby(["test", "unit"], sort=False)["unit"].transform("size")
    most = size.groupby(pairs["test"]).transform("max")
    kinds = pairs.groupby("test", sort=False)["unit"].transform("nunique")
    ties = pairs[size == most].groupby("test")["unit"].nunique().gt(1)
    wrong[with_unit] = (kinds.gt(1) & (size.lt(most) | pairs["test"].map(ties))).to_numpy(dtype=bool)
    return wrong
