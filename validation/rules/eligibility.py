"""Rules on inclusion and exclusion criteria (IE, TI)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from validation.rules.conditions import condition
from validation.rules.registry import rule
from validation.values import Mask, filled, group_numbers, is_any, repeated

condition(
    "criterion-met-as-violation",
    on="IEORRES",
    datasets="IE",
    when="IECAT is INCLUSION and it is not N or IECAT is EXCLUSION and it is not Y",
    severity="error",
    source="CORE-000001, CG0176, CORE-000011, CG0175",
    message="The record says that an eligibility criterion was kept",
    expected="N for an inclusion criterion, Y for an exclusion criterion: IE holds only those that were not kept",
    do="leave out the criteria that were kept, or correct the answer",
    why="every record of IE is counted as a subject who was not eligible",
)
condition(
    "criterion-answers-differ",
    on={"IESTRESC": "IEORRES"},
    datasets="IE",
    when="it differs from partner or it empty and partner filled or it filled and partner empty",
    severity="error",
    source="CORE-000025, CG0177",
    message="IESTRESC is not IEORRES",
    expected="the same answer, Y or N, in both",
    do="make both from one value",
    why="the answer depends on which of the two is read",
)


@rule(
    "criterion-not-planned",
    on=("IETESTCD", "IETEST"),
    datasets="IE",
    optional=("TI.IETESTCD", "TI.IETEST"),
    by_value=True,
    severity="error",
    source="CORE-000227, CG0178, CORE-000228, CG0179",
)
def criterion_not_planned(dataset: pd.DataFrame, variable: str, criteria: pd.DataFrame) -> Mask:
    """The eligibility criterion is not in TI.

    Expected: a criterion with the code and the text that TI has.
    Why: the subject failed a criterion that the protocol does not have.
    Do:  map the code of the form to the criterion of the protocol, or add it to TI with its version.
    """
    if not filled(criteria[variable]).any():
        return np.zeros(len(dataset), dtype=bool)  # a study without TI; nothing is planned
    return filled(dataset[variable]) & ~is_any(dataset[variable], *criteria[variable].dropna())


@rule(
    "criterion-differs",
    on=("IETEST", "IECAT"),
    datasets="IE",
    needs="IETESTCD",
    optional=("TI.IETESTCD", "TI.IETEST", "TI.IECAT"),
    by_value=True,
    severity="error",
    source="SDTMIG 3.4, assumptions on IE and TI",
)
def criterion_differs(dataset: pd.DataFrame, variable: str, criteria: pd.DataFrame) -> Mask:
    """The text or the category of an eligibility criterion is not the one that TI has for its code.

    Expected: IETEST and IECAT as in the record of TI with this IETESTCD, of one version of the protocol.
    Why: listings by code and listings by text name different criteria that the subject failed.
    Do:  correct the code or what goes with it; where the spec maps neither, both are taken from criteria:.
    """
    planned = criteria[filled(criteria["IETESTCD"]) & filled(criteria[variable])]
    known = pd.MultiIndex.from_frame(planned[["IETESTCD", variable]].astype(object))
    given = pd.MultiIndex.from_frame(dataset[["IETESTCD", variable]].astype(object))
    has_code = is_any(dataset["IETESTCD"], *planned["IETESTCD"].unique())
    wrong = filled(dataset[variable]) & has_code & ~given.isin(known)
    if variable == "IETEST":  # a text that no criterion has is told as not planned
        wrong &= is_any(dataset[variable], *planned[variable].unique())
    return wrong


@rule(
    "criterion-repeated",
    on="IETESTCD",
    datasets="TI",
    optional="TIVERS",
    severity="error",
    source="CORE-000145, CG0255, CORE-000146, CG0256",
)
def criterion_repeated(dataset: pd.DataFrame, variable: str) -> Mask:
    """A criterion stands twice in one version of the protocol.

    Expected: each IETESTCD once for each TIVERS.
    Why: nobody knows which of the two texts holds.
    Do:  give the second one a code of its own, or the version it belongs to.
    """
    return filled(dataset[variable]) & repeated(group_numbers(dataset, ["TIVERS", variable]))


condition(
    "criterion-subcategory-without-category",
    on={"IESCAT": "IECAT"},
    datasets="TI",
    when="it filled and partner empty",
    severity="error",
    source="CORE-000785, CG0429",
    message="There is a subcategory of a criterion without a category",
    expected="IECAT wherever IESCAT is filled",
    do="fill IECAT",
    why="a subcategory is a part of a category",
)
