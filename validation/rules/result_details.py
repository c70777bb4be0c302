"""Rules on what stands beside a result: its unit and category, the reference ranges, repeats, reasons."""

from __future__ import annotations

import numpy as np
import pandas as pd

from validation.rules.conditions import condition
from validation.rules.registry import rule, sibling
from validation.text_forms import is_measured, is_plain_number
from validation.values import Mask, codes_of, filled, group_numbers, is_any, missing, rows_where, unique_texts


@rule(
    "reason-although-done",
    on="--REASND",
    without=("EX", "AE", "DS", "DV", "IE"),
    optional="--STAT",
    severity="error",
    source="CORE-000225, CG0094",
)
def reason_although_done(dataset: pd.DataFrame, reason: str) -> Mask:
    """There is a reason not done, and --STAT is not NOT DONE.

    Expected: a reason only beside NOT DONE.
    Why: nobody can tell whether it was done.
    Do:  query the site, or set --STAT from the same source as the reason.
    """
    return filled(dataset[reason]) & ~is_any(dataset[sibling(reason, "STAT")], "NOT DONE")


@rule(
    "not-done-without-reason",
    on="--STAT",
    classes="Findings",
    optional="--REASND",
    severity="note",
    source="CORE-000774, FB4202",
)
def not_done_without_reason(dataset: pd.DataFrame, status: str) -> Mask:
    """The test is NOT DONE and no reason is given.

    Expected: the reason in --REASND, where it was collected.
    Why: reviewers ask why.
    Do:  map the reason if the form asks for it; otherwise accept this.
    """
    return is_any(dataset[status], "NOT DONE") & missing(dataset[sibling(status, "REASND")])


@rule(
    "subcategory-without-category",
    on={"--SCAT": "--CAT"},
    severity="error",
    source="CORE-000103, CG0429",
)
def subcategory_without_category(dataset: pd.DataFrame, subcategory: str, category: str) -> Mask:
    """There is a subcategory without a category.

    Expected: --CAT wherever --SCAT is filled.
    Why: a subcategory is a part of a category.
    Do:  fill --CAT, or use it instead of --SCAT.
    """
    return filled(dataset[subcategory]) & missing(dataset[category])


@rule(
    "reference-range-reversed",
    on={"--STNRHI": "--STNRLO"},
    classes="Findings",
    severity="error",
    source="CORE-000672, FB3901",
)
def reference_range_reversed(dataset: pd.DataFrame, high: str, low: str) -> Mask:
    """The upper limit of the reference range is not above the lower one.

    Expected: --STNRLO below --STNRHI.
    Why: every result would be out of range.
    Do:  query the ranges with the laboratory.
    """
    return (dataset[high] <= dataset[low]).to_numpy()


@rule(
    "original-range-reversed",
    on={"--ORNRHI": "--ORNRLO"},
    classes="Findings",
    severity="error",
    source="CORE-000889, FB3902",
)
def original_range_reversed(dataset: pd.DataFrame, high: str, low: str) -> Mask:
    """The upper limit of the reference range as collected is not above the lower one.

    Expected: --ORNRLO below --ORNRHI, where both are numbers.
    Why: every result would be out of range.
    Do:  query the ranges with the laboratory.
    """
    return _number_of(dataset[high]) <= _number_of(dataset[low])


def _number_of(column: pd.Series) -> np.ndarray:
    per_text = [float(text) if is_plain_number(text) else np.nan for text in unique_texts(column)]
    return np.array([*per_text, np.nan])[codes_of(column)]


@rule(
    "range-of-words",
    on=("LBORNRLO", "LBORNRHI", "LBSTNRLO", "LBSTNRHI"),
    datasets="LB",
    needs="LBORRES",
    severity="warning",
    source="CORE-000289, CG0181, CORE-000290, CG0180, CORE-000298, CG0182, CORE-000299, CG0183",
)
def range_of_words(dataset: pd.DataFrame, limit: str) -> Mask:
    """A result in words has a numeric reference range.

    Expected: ranges only beside measured results (also <0.5); what is normal for words stands in LBSTNRC.
    Why: NEGATIVE cannot lie between two numbers, and the range is probably that of another test.
    Do:  leave the range out for such results, or query the result.
    """
    words = rows_where(dataset["LBORRES"], lambda texts: [not is_measured(text) for text in texts])
    return filled(dataset[limit]) & words


condition(
    "detail-of-missing-result",
    on={"--STRESU": "--STRESC", "--RESCAT": "--STRESC"},
    classes="Findings",
    when="it filled and partner empty and --STAT empty",
    severity="error",
    source="CORE-000133, CG0426, CORE-000101, CG0427",
    message="A unit or category stands beside no result",
    expected="--STRESU and --RESCAT only where --STRESC is filled",
    do="leave them out, or complete the result",
    why="either the result was lost or the detail says nothing",
)
condition(
    "standard-finding-without-original",
    on={"PESTRESC": "PEORRES"},
    datasets="PE",
    when="it filled and partner empty",
    severity="error",
    source="CORE-000082, CG0561",
    message="There is a standardised finding without the one that was collected",
    expected="PEORRES wherever PESTRESC is filled",
    do="map the finding to PEORRES too",
    why="a standardised text must come from a collected one",
)
condition(
    "standard-reference-missing",
    on={"--STREFC": "--ORREF"},
    classes="Findings",
    when="it empty and partner filled",
    severity="error",
    source="CORE-000110, CG0549",
    message="There is a reference result, but no standardised one",
    expected="--STREFC wherever --ORREF is filled",
    do="copy or convert --ORREF into --STREFC",
    why="analyses read the standardised result",
)
condition(
    "numeric-reference-missing",
    on={"--STREFN": "--STREFC"},
    classes="Findings",
    when=r"it empty and partner matches -?(0|[1-9]\d*)(\.\d+)?",
    severity="error",
    source="CORE-000295, CG0550",
    message="--STREFC is a number and --STREFN is empty",
    expected="the number in both",
    do="fill --STREFN wherever --STREFC is a number",
    why="the reference drops out of every calculation",
)
condition(
    "unusable-flag-not-n",
    on="--SPCUFL",
    classes="Findings",
    when="it filled and it is not N",
    by_value=True,
    severity="error",
    source="CORE-000116, CG0619",
    message="The flag of an unusable specimen has another value than N",
    expected="N for a specimen that could not be used, else nothing",
    do="leave the flag empty for usable specimens",
    why="programs select by any value or by N, and then differ",
)

_ONE_TEST_AT_A_TIME = (
    *(
        "--CAT",
        "--SCAT",
        "--OBJ",
        "--SPEC",
        "--METHOD",
        "--LOC",
        "--LAT",
        "--DIR",
        "--PORTOT",
        "--POS",
        "--LEAD",
    ),
    *(
        "--LNKID",
        "--REFID",
        "--EVAL",
        "--EVALID",
        "FOCID",
        "VISITNUM",
        "--DTC",
        "--ENDTC",
        "--TPTNUM",
        "--TPTREF",
    ),
)


@rule(
    "repeat-number-unclear",
    on="--REPNUM",
    classes="Findings",
    needs=("USUBJID", "--TESTCD"),
    optional=_ONE_TEST_AT_A_TIME,
    shows=("--TESTCD", "--REPNUM", "--DTC"),
    severity="warning",
    source="CORE-001034, CG0562",
)
def repeat_number_unclear(dataset: pd.DataFrame, repeat: str) -> Mask:
    """Several results of one test at one time are not numbered, or two have one number.

    Expected: --REPNUM 1, 2, 3 ... where a test was repeated at one time.
    Why: which of the repeats a result is cannot be told.
    Do:  map the number of the repeat.
    """
    keys = [name.replace("--", repeat[:2]) for name in ("USUBJID", "--TESTCD", *_ONE_TEST_AT_A_TIME)]
    groups = group_numbers(dataset, keys)
    numbered = group_numbers(dataset.assign(group=groups.astype(float)), ["group", repeat])
    several = pd.Series(groups).duplicated(keep=False).to_numpy()
    twice = pd.Series(numbered).duplicated(keep=False).to_numpy()
    return several & (missing(dataset[repeat]) | twice)
