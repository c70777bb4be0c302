"""Rules on visits that were planned (TV) and took place (SV), and on planned study days."""

from __future__ import annotations

import numpy as np
import pandas as pd

from validation.rules.conditions import condition
from validation.rules.registry import rule
from validation.values import Mask, filled, group_numbers, is_any, repeated

condition(
    "planned-day-of-unplanned-visit",
    on={"VISITDY": "SVPRESP"},
    datasets="SV",
    when="it filled and partner empty",
    severity="error",
    source="CORE-000035, CG0658",
    message="A visit that was not planned has a planned study day",
    expected="VISITDY only where SVPRESP is Y",
    do="empty VISITDY, or mark the visit as planned",
    why="windows around a day that nobody planned mean nothing",
)


@rule(
    "planned-day-without-plan",
    on="VISITDY",
    without="TV",
    needs="VISITNUM",
    optional="TV.VISITNUM",
    severity="error",
    source="CORE-000140, CG0225",
)
def planned_day_without_plan(dataset: pd.DataFrame, day: str, planned: pd.DataFrame) -> Mask:
    """There is a planned study day although TV does not have the visit.

    Expected: VISITDY only for visits of TV.
    Why: windows around a day that nobody planned mean nothing.
    Do:  empty VISITDY of unscheduled visits, or add the visit to TV.
    """
    known = planned["VISITNUM"].dropna()
    if not len(known):
        return np.zeros(len(dataset), dtype=bool)
    return filled(dataset[day]) & filled(dataset["VISITNUM"]) & ~dataset["VISITNUM"].isin(known).to_numpy()


@rule(
    "planned-day-differs",
    on="VISITDY",
    without="TV",
    needs="VISITNUM",
    optional=("TV.VISITNUM", "TV.VISITDY"),
    severity="error",
    source="CORE-000249, CG0032",
)
def planned_day_differs(dataset: pd.DataFrame, day: str, planned: pd.DataFrame) -> Mask:
    """The planned study day is not the one that TV has for the visit.

    Expected: the VISITDY of the visit in TV, of any of its arms.
    Why: the record is compared with a window that is not the protocol's.
    Do:  assign VISITDY from the visit schedule.
    """
    some = filled(dataset[day]) & dataset["VISITNUM"].isin(planned["VISITNUM"].dropna()).to_numpy()
    if not some.any() or not filled(planned["VISITDY"]).any():
        return np.zeros(len(dataset), dtype=bool)
    _, first, same = np.unique(
        group_numbers(dataset, ["VISITNUM", day]), return_index=True, return_inverse=True
    )
    pairs = pd.MultiIndex.from_arrays([dataset["VISITNUM"].iloc[first], dataset[day].iloc[first]])
    held = pd.MultiIndex.from_frame(planned[["VISITNUM", "VISITDY"]].drop_duplicates())
    return some & ~pairs.isin(held)[same]


@rule(
    "planned-visit-not-in-schedule",
    on=("VISITNUM", "VISIT"),
    datasets="SV",
    needs="SVPRESP",
    optional=("TV.VISITNUM", "TV.VISIT"),
    by_value=True,
    severity="error",
    source="CORE-000036, CG0657, CORE-000039, CG0655, CORE-000269, CG0031, CORE-000270, CG0033",
)
def planned_visit_not_in_schedule(dataset: pd.DataFrame, variable: str, planned: pd.DataFrame) -> Mask:
    """A visit is marked as planned, and TV does not have it.

    Expected: number and name of a visit of TV wherever SVPRESP is Y.
    Why: visits that were missed are counted against the plan.
    Do:  empty SVPRESP of unscheduled visits, or add the visit to TV.
    """
    known = planned[variable].dropna()
    if not len(known):
        return np.zeros(len(dataset), dtype=bool)
    return (
        is_any(dataset["SVPRESP"], "Y")
        & filled(dataset[variable])
        & ~dataset[variable].isin(known).to_numpy()
    )


@rule(
    "scheduled-visit-not-marked",
    on={"SVPRESP": "VISITNUM"},
    datasets="SV",
    optional="TV.VISITNUM",
    severity="warning",
    source="CORE-000040, CG0656",
)
def scheduled_visit_not_marked(dataset: pd.DataFrame, mark: str, number: str, planned: pd.DataFrame) -> Mask:
    """A visit of TV is not marked as planned.

    Expected: SVPRESP = Y wherever TV has the visit.
    Why: visits that took place as planned are counted by the mark.
    Do:  mark the visit, or number it as unscheduled.
    """
    return ~filled(dataset[mark]) & dataset[number].isin(planned["VISITNUM"].dropna()).to_numpy()


@rule(
    "visit-repeated",
    on="VISITNUM",
    datasets="SV",
    needs="USUBJID",
    optional="TV.VISITNUM",
    severity="error",
    source="CORE-000204, CG0410",
)
def visit_repeated(dataset: pd.DataFrame, number: str, planned: pd.DataFrame) -> Mask:
    """A subject has a planned visit twice.

    Expected: one record in SV for each planned visit of a subject.
    Why: records of the visit belong to two periods.
    Do:  put the dates of the visit together, or number the second one as unscheduled.
    """
    known = dataset[number].isin(planned["VISITNUM"].dropna()).to_numpy()
    return known & repeated(group_numbers(dataset, ["USUBJID", number]))
