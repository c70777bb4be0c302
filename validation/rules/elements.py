"""Rules on elements: those planned (TE, TA) and those that a subject went through (SE), and on milestones (SM)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from validation.dates import moments
from validation.rules.conditions import condition
from validation.rules.registry import rule, sibling
from validation.values import Mask, filled, group_numbers, is_any, missing, repeated

condition(
    "element-without-start",
    on=("SESTDTC", "SMSTDTC"),
    when="it empty",
    severity="error",
    source="CORE-000002, CG0208, CORE-000109, CG0547",
    message="An element or milestone has no start",
    expected="SESTDTC or SMSTDTC in each record, as far as it is known",
    do="derive the start from the data that begin the element, or leave the element out",
    why="what happened when cannot be told without the starts of the elements",
)
condition(
    "unplanned-element-described-as-planned",
    on=("ELEMENT", "TAETORD"),
    datasets="SE",
    when="ETCD is UNPLAN and it filled",
    severity="error",
    source="CORE-000009, CG0152, CORE-000020, CG0206",
    message="An unplanned element has the name or the order of a planned one",
    expected="ELEMENT and TAETORD empty where ETCD is UNPLAN",
    do="empty them, or give the element its planned code",
    why="the subject would seem to have been where the protocol wanted it",
)
condition(
    "unplanned-element-undescribed",
    on="ETCD",
    datasets="SE",
    when="it is UNPLAN and SEUPDES empty or it is not UNPLAN and SEUPDES filled",
    severity="error",
    source="CORE-000256, CG0210, CORE-000095, CG0211",
    message="An element is unplanned and not described, or described and not unplanned",
    expected="SEUPDES where ETCD is UNPLAN, and nowhere else",
    do="describe the unplanned element in SEUPDES, or correct ETCD",
    why="nobody knows what happened to the subject in that time",
)
condition(
    "element-without-end-rule",
    on="ETCD",
    datasets="TE",
    when="TEDUR empty and TEENRL empty",
    severity="error",
    source="CORE-000027, CG0328, CG0329",
    message="An element has neither a planned duration nor a rule for its end",
    expected="TEDUR, TEENRL, or both",
    do="write in the trial design what ends the element",
    why="where the next element begins cannot be worked out",
)


@rule(
    "element-order-not-whole",
    on="TAETORD",
    datasets="TA",
    by_value=True,
    severity="error",
    source="CORE-000534, CG0248",
)
def element_order_not_whole(dataset: pd.DataFrame, variable: str) -> Mask:
    """The order of an element is no whole number.

    Expected: 1, 2, 3 ... within an arm.
    Why: a planned order has no places between two elements.
    Do:  number the elements of the arm again.
    """
    order = dataset[variable].to_numpy()
    return np.isfinite(order) & (order != np.floor(order))


@rule(
    "element-order-repeated",
    on="TAETORD",
    datasets="TA",
    needs=("ARMCD",),
    optional="ARM",
    severity="error",
    source="CORE-000144, CG0247",
)
def element_order_repeated(dataset: pd.DataFrame, variable: str) -> Mask:
    """Two elements of one arm have the same order.

    Expected: each TAETORD once in an arm.
    Why: the path of the arm cannot be told.
    Do:  number the elements of the arm in their order.
    """
    return filled(dataset[variable]) & repeated(group_numbers(dataset, ["ARMCD", "ARM", variable]))


@rule(
    "element-not-defined",
    on="ETCD",
    datasets=("SE", "TA"),
    needs="TE.ETCD",
    by_value=True,
    severity="error",
    source="CORE-000173, CG0414",
)
def element_not_defined(dataset: pd.DataFrame, variable: str, elements: pd.DataFrame) -> Mask:
    """The element is not in TE.

    Expected: an element that TE defines, or UNPLAN in SE.
    Why: nobody says when such an element begins and ends.
    Do:  add the element to TE, or correct the code.
    """
    return filled(dataset[variable]) & ~is_any(dataset[variable], *elements["ETCD"].dropna(), "UNPLAN")


@rule(
    "element-defined-twice",
    on="ETCD",
    datasets="TE",
    optional=("ELEMENT", "TESTRL", "TEENRL", "TEDUR"),
    severity="error",
    source="CORE-000580, CG0325",
)
def element_defined_twice(dataset: pd.DataFrame, variable: str) -> Mask:
    """One element is defined twice, or two codes stand for one definition.

    Expected: one record for each ETCD, with a definition of its own.
    Why: arms that use the code cannot tell which definition holds.
    Do:  merge the records, or give each definition its own code and name.
    """
    definition = ["ELEMENT", "TESTRL", "TEENRL", "TEDUR"]
    same = repeated(group_numbers(dataset, definition)) & filled(dataset["ELEMENT"])
    return repeated(group_numbers(dataset, [variable])) | same


def _in_order(dataset: pd.DataFrame, start: str) -> tuple[np.ndarray, np.ndarray]:
    """Positions by subject and earliest possible start, and for each whether the next is of the same subject."""
    subjects = group_numbers(dataset, ["USUBJID"])
    sequence = dataset[sibling(start, "SEQ")].to_numpy()
    order = np.lexsort((sequence, moments(dataset[start]).earliest, subjects))
    follows = np.append(subjects[order][1:] == subjects[order][:-1], False)
    return order, follows


@rule(
    "element-without-end",
    on={"SEENDTC": "SESTDTC"},
    datasets="SE",
    needs="USUBJID",
    optional="SESEQ",
    severity="error",
    source="CORE-000527, CG0209",
)
def element_without_end(dataset: pd.DataFrame, end: str, start: str) -> Mask:
    """An element has no end although another one follows.

    Expected: SEENDTC in all elements of a subject but the last.
    Why: an element ends where the next one starts.
    Do:  take the start of the next element as the end.
    """
    order, follows = _in_order(dataset, start)
    wrong = np.zeros(len(dataset), dtype=bool)
    wrong[order] = follows & missing(dataset[end])[order]
    return wrong


@rule(
    "element-gap",
    on={"SEENDTC": "SESTDTC"},
    datasets="SE",
    needs="USUBJID",
    optional="SESEQ",
    severity="error",
    source="CORE-000352, CG0207",
)
def element_gap(dataset: pd.DataFrame, end: str, start: str) -> Mask:
    """An element does not end where the next one starts.

    Expected: the SESTDTC of the next element of the subject, as far as both are known.
    Why: what happened between them, or in both, belongs to no epoch or to two.
    Do:  derive starts and ends from the same data.
    """
    order, follows = _in_order(dataset, start)
    ends, starts = moments(dataset[end]), moments(dataset[start])
    next_start = np.append(order[1:], order[:1]) if len(order) else order
    apart = (ends.latest[order] < starts.earliest[next_start]) | (
        ends.earliest[order] > starts.latest[next_start]
    )
    wrong = np.zeros(len(dataset), dtype=bool)
    wrong[order] = follows & apart
    return wrong


@rule(
    "sequence-not-by-start",
    on={"SESEQ": "SESTDTC", "SMSEQ": "SMSTDTC"},
    needs="USUBJID",
    severity="warning",
    source="CORE-000535, CG0620",
)
def sequence_not_by_start(dataset: pd.DataFrame, sequence: str, start: str) -> Mask:
    """The numbers of a subject's elements or milestones do not follow their starts.

    Expected: a later start has a higher number.
    Why: the elements are read in the order of their numbers.
    Do:  number the records of the subject by their start.
    """
    subjects = group_numbers(dataset, ["USUBJID"])
    order = np.lexsort((dataset[sequence].to_numpy(), subjects))
    starts = moments(dataset[start])
    previous = np.append(order[:1], order[:-1]) if len(order) else order
    same = subjects[order] == subjects[previous]
    wrong = np.zeros(len(dataset), dtype=bool)
    wrong[order] = same & (starts.latest[order] < starts.earliest[previous])
    return wrong


@rule(
    "milestone-repeated",
    on="MIDSTYPE",
    datasets="SM",
    needs=("USUBJID", "TM.MIDSTYPE", "TM.TMRPT"),
    severity="error",
    source="CORE-000216, CG0545",
)
def milestone_repeated(dataset: pd.DataFrame, variable: str, milestones: pd.DataFrame) -> Mask:
    """A subject has a milestone twice that occurs once.

    Expected: one record for each subject and MIDSTYPE whose TMRPT is N.
    Why: what refers to the milestone refers to two.
    Do:  look which of the two holds, or say in TM that the milestone may repeat.
    """
    once = milestones.loc[is_any(milestones["TMRPT"], "N"), "MIDSTYPE"].dropna()
    return is_any(dataset[variable], *once) & repeated(group_numbers(dataset, ["USUBJID", variable]))
