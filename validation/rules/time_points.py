"""Rules on planned time points, elapsed times, and times told relative to another one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from validation.dates import moments
from validation.rules.conditions import condition
from validation.rules.registry import rule, sibling
from validation.values import Mask, filled, group_numbers, is_any, looked_up, missing, several_for_one

condition(
    "reference-point-missing",
    on={"--ELTM": "--TPTREF", "--RFTDTC": "--TPTREF", "--STINT": "--TPTREF", "--ENINT": "--TPTREF"},
    when="it filled and partner empty",
    severity="error",
    source="CORE-000028, CG0008, CORE-000248, CG0026, FB3702, CORE-000616, FB4403, CORE-000642, FB4404, "
    "CORE-000865, FB4405",
    message="A time is told relative to a point that is not named",
    expected="--TPTREF wherever --ELTM, --RFTDTC, --STINT or --ENINT is filled",
    do="name the reference point, such as the dose, in --TPTREF",
    why="hours after nothing cannot be compared",
)
condition(
    "anchor-without-relation",
    on={"--STTPT": "--STRTPT", "--ENTPT": "--ENRTPT"},
    when="it filled and partner empty",
    severity="error",
    source="CORE-000085, CG0059, CORE-000106, CG0045",
    message="A time point is named, and not how the start or end lies to it",
    expected="BEFORE, COINCIDENT, AFTER, ONGOING (ends only) or UNKNOWN beside the time point",
    do="map the relation, such as ONGOING, from the form",
    why="the time point alone says nothing of the record",
)
condition(
    "relation-without-anchor",
    on={"--STRTPT": "--STTPT", "--ENRTPT": "--ENTPT"},
    when="it filled and partner empty",
    severity="error",
    source="SDTMIG 3.4, 4.4.7",
    message="It is said how a start or end lies to a time point, and not which",
    expected="--STTPT or --ENTPT wherever --STRTPT or --ENRTPT is filled",
    do="name the time point, such as the date of the form",
    why="ONGOING has a meaning only on a day",
)
condition(
    "start-relation-unfitting",
    on="--STRTPT",
    when="it is ONGOING",
    severity="error",
    source="CORE-000710, CG0233, CORE-000763, CG0232",
    message="A start is said to be going on",
    expected="BEFORE, COINCIDENT, AFTER or UNKNOWN",
    do="write ONGOING in --ENRTPT, where the end belongs",
    why="a start is one moment",
)
condition(
    "relative-time-of-nothing",
    on=("--STRF", "--ENRF"),
    classes=("Events", "Interventions"),
    when="it filled and --OCCUR is N",
    severity="error",
    source="CORE-000240, CG0420, CORE-000241, CG0421",
    message="It did not occur, and has a start or end relative to the study period",
    expected="--STRF and --ENRF only for what occurred",
    do="empty them, or correct --OCCUR",
    why="the record contradicts itself",
)


@rule(
    "relation-contradicts-anchor",
    on={"--STRTPT": "--STTPT", "--ENRTPT": "--ENTPT"},
    optional="--DTC",
    severity="error",
    source="CORE-000324, CG0234, CORE-000572, CG0235",
)
def relation_contradicts_anchor(dataset: pd.DataFrame, relation: str, anchor: str) -> Mask:
    """A start or end is said to lie after the day on which the data were collected.

    Expected: AFTER only where the time point is before the day of collection.
    Why: nobody can know on a day what comes after it.
    Do:  write ONGOING for what had not ended, or correct the dates.
    """
    at, collected = moments(dataset[anchor]), moments(dataset[sibling(relation, "DTC")])
    return is_any(dataset[relation], "AFTER") & (at.day >= collected.day)


@rule(
    "relative-time-without-reference",
    on=("--STRF", "--ENRF"),
    without="DM",
    needs=("USUBJID", "DM.USUBJID", "DM.RFSTDTC", "DM.RFENDTC"),
    severity="error",
    source="CORE-000262, CG0226, CORE-000177, CG0227",
)
def relative_time_without_reference(dataset: pd.DataFrame, variable: str, subjects: pd.DataFrame) -> Mask:
    """A time is told relative to the study period, and DM does not say when that was.

    Expected: DM.RFSTDTC for --STRF, and DM.RFENDTC for --ENRF.
    Why: BEFORE and AFTER refer to these dates.
    Do:  complete the reference dates, or leave the relation out.
    """
    name = "RFSTDTC" if variable.endswith("STRF") else "RFENDTC"
    reference = looked_up(dataset["USUBJID"], subjects["USUBJID"], subjects[name])
    return filled(dataset[variable]) & missing(reference)


_PLACE = ("VISITNUM", "--TPTREF")


@rule(
    "time-point-name-differs",
    on={"--TPTNUM": "--TPT"},
    optional=_PLACE,
    by_value=True,
    severity="error",
    source="CORE-000141, CG0240, FB0922, CORE-000685, FB0923, CORE-000686, FB0924, CORE-000689, FB0925",
)
def time_point_name_differs(dataset: pd.DataFrame, number: str, name: str) -> Mask:
    """--TPTNUM and --TPT do not go one to one at a visit.

    Expected: one --TPT for each --TPTNUM of a visit and reference point, and the reverse.
    Why: curves over time put two times into one, or one into two.
    Do:  assign both from one list of time points.
    """
    both = filled(dataset[number]) & filled(dataset[name])
    wrong = np.zeros(len(dataset), dtype=bool)
    place = ["VISITNUM", sibling(number, "TPTREF")]
    some = dataset.loc[both]
    pairs = pd.DataFrame(
        {
            "number": group_numbers(some, [*place, number]).astype(float),
            "name": group_numbers(some, [*place, name]).astype(float),
        }
    )
    wrong[both] = several_for_one(pairs, "number", "name") | several_for_one(pairs, "name", "number")
    return wrong


@rule(
    "elapsed-time-differs",
    on={"--TPTNUM": "--ELTM"},
    optional=_PLACE,
    severity="error",
    source="CORE-000142, CG0241",
)
def elapsed_time_differs(dataset: pd.DataFrame, number: str, elapsed: str) -> Mask:
    """A time point of a visit has several planned elapsed times.

    Expected: one --ELTM for each --TPTNUM of a visit and reference point.
    Why: the planned time of the sample cannot be told.
    Do:  assign number and elapsed time from one list.
    """
    both = filled(dataset[number]) & filled(dataset[elapsed])
    wrong = np.zeros(len(dataset), dtype=bool)
    some = dataset.loc[both]
    point = group_numbers(some, ["VISITNUM", sibling(number, "TPTREF"), number]).astype(float)
    pairs = pd.DataFrame({"point": point, elapsed: some[elapsed].array})
    wrong[both] = several_for_one(pairs, "point", elapsed)
    return wrong
