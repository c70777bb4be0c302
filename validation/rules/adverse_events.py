"""Rules on the seriousness, the grade and the outcome of adverse events."""

from __future__ import annotations

import numpy as np
import pandas as pd

from validation.rules.conditions import condition
from validation.rules.registry import rule
from validation.values import Mask, filled, is_any, missing, rows_where

CRITERIA = (*("AESCAN", "AESCONG", "AESDISAB", "AESDTH", "AESHOSP", "AESLIFE", "AESOD", "AESMIE", "AESINTV"),)

_GRADES = frozenset("012345")


def _any_criterion(dataset: pd.DataFrame) -> Mask:
    return np.logical_or.reduce([is_any(dataset[name], "Y") for name in CRITERIA])


@rule(
    "non-serious-with-criterion",
    on="AESER",
    datasets="AE",
    needs=(CRITERIA,),
    severity="error",
    source="CORE-000022, CG0041",
)
def non_serious_with_criterion(dataset: pd.DataFrame, variable: str) -> Mask:
    """The event is not serious although a criterion of seriousness is Y.

    Expected: AESER = Y wherever a criterion is Y.
    Why: a serious event would be missing from the safety reports.
    Do:  query the site; do not correct either value here.
    """
    return ~is_any(dataset[variable], "Y") & _any_criterion(dataset)


@rule(
    "serious-without-criterion",
    on="AESER",
    datasets="AE",
    needs=(CRITERIA,),
    shows="AESER",
    severity="warning",
    source="CORE-000266, CG0042",
)
def serious_without_criterion(dataset: pd.DataFrame, variable: str) -> Mask:
    """The event is serious and no criterion of seriousness is Y.

    Expected: at least one criterion that is Y.
    Why: a reviewer asks what makes the event serious.
    Do:  query the site for the criterion.
    """
    return is_any(dataset[variable], "Y") & ~_any_criterion(dataset)


@rule(
    "not-recovered-with-end-date",
    on={"AEOUT": "AEENDTC"},
    datasets="AE",
    severity="warning",
    source="CORE-000657, FB3409",
)
def not_recovered_with_end_date(dataset: pd.DataFrame, outcome: str, end: str) -> Mask:
    """The event has not been recovered from and has an end date.

    Expected: no end date while the event goes on.
    Why: the event is counted both as going on and as over.
    Do:  query outcome and end date.
    """
    return is_any(dataset[outcome], "NOT RECOVERED/NOT RESOLVED") & filled(dataset[end])


@rule(
    "recovered-without-end-date",
    on={"AEOUT": "AEENDTC"},
    datasets="AE",
    severity="warning",
    source="CORE-000659, FB3410",
)
def recovered_without_end_date(dataset: pd.DataFrame, outcome: str, end: str) -> Mask:
    """The event has been recovered from and has no end date.

    Expected: an end date, as far as it is known.
    Why: the duration of the event cannot be told.
    Do:  query the end date; a partial date is enough.
    """
    return is_any(dataset[outcome], "RECOVERED/RESOLVED") & missing(dataset[end])


@rule("fatal-without-death-criterion", on="AEOUT", datasets="AE", needs="AESDTH", severity="error")
def fatal_without_death_criterion(dataset: pd.DataFrame, outcome: str) -> Mask:
    """The outcome is FATAL and AESDTH is not Y.

    Expected: AESDTH = Y on a fatal event.
    Why: deaths are counted by either variable.
    Do:  query the site.
    """
    return is_any(dataset[outcome], "FATAL") & ~is_any(dataset["AESDTH"], "Y")


@rule(
    "toxicity-grade-unknown",
    on="--TOXGR",
    by_value=True,
    severity="warning",
    source="CORE-000169, CG0185, NCI CTCAE 5.0",
)
def toxicity_grade_unknown(dataset: pd.DataFrame, grade: str) -> Mask:
    """The toxicity grade is none of the scales in use.

    Expected: one digit from 0 to 5, as CTCAE and the other scales have it.
    Why: tables by worst grade sort and count these digits; GRADE 3 or 6 would be missing from them.
    Do:  map the grade to its digit, or query the site.
    """
    return rows_where(dataset[grade], lambda texts: [text not in _GRADES for text in texts])


condition(
    "seriousness-neither-yes-nor-no",
    on=("AESER", *CRITERIA, "AECONTRT"),
    datasets="AE",
    when="it filled and it is not Y | N",
    by_value=True,
    severity="error",
    source="CORE-000087, CG0387, CORE-000123, CG0388, CORE-000124, CG0389, CORE-000125, CG0390, CORE-000126, CG0391, "
    "CORE-000127, CG0392, CORE-000128, CG0393, CORE-000129, CG0394, CORE-000130, CG0395, CORE-000131, CG0396",
    message="Seriousness or concomitant treatment is answered neither with Y nor with N",
    expected="Y or N; the codelist has U and NA too, which are no answer here",
    do="query the site",
    why="an event is serious or it is not",
)
condition(
    "toxicity-without-grade-value",
    on={"--TOX": "--TOXGR"},
    when="it filled and partner empty",
    severity="warning",
    source="CORE-000102, CG0428",
    message="There is a toxicity without its grade",
    expected="--TOXGR wherever --TOX is filled",
    do="complete the grade, or leave --TOX out",
    why="a toxicity is counted by its grade",
)
condition(
    "term-code-without-term",
    on={"--PTCD": "--DECOD"},
    classes="Events",
    when="it filled and partner empty",
    severity="error",
    source="CORE-000267, CG0050",
    message="There is a dictionary code without its term",
    expected="--DECOD wherever --PTCD is filled",
    do="take code and term from one coding",
    why="tables by term lose the record",
)


@rule(
    "body-system-without-code",
    on={"--BODSYS": "--BDSYCD"},
    classes="Events",
    severity="warning",
    source="CORE-000024, CG0082",
)
def body_system_without_code(dataset: pd.DataFrame, system: str, code: str) -> Mask:
    """There is a body system without its code, and other records have codes.

    Expected: --BDSYCD wherever --BODSYS is filled, in a dataset that was coded with a dictionary.
    Why: the version of the dictionary cannot be checked without the code.
    Do:  take term and code from one coding.
    """
    coded = filled(dataset[code])
    return filled(dataset[system]) & ~coded & bool(coded.any())


condition(
    "body-system-differs",
    on={"--BODSYS": "--SOC"},
    classes="Events",
    without=("DS", "DV", "HO"),
    when="it differs from partner",
    severity="note",
    source="CORE-000264, CG0039",
    message="The body system is another one than the primary system organ class",
    expected="--BODSYS and --SOC alike where analysis follows the primary path of the dictionary",
    do="confirm that a secondary path was chosen on purpose, and say so in the reviewer's guide",
    why="tables by body system and by system organ class come out differently",
)
condition(
    "body-system-code-differs",
    on={"--BDSYCD": "--SOCCD"},
    classes="Events",
    without=("DS", "DV", "HO"),
    when="it differs from partner",
    severity="note",
    source="CORE-000362, CG0037",
    message="The code of the body system is another one than that of the primary system organ class",
    expected="--BDSYCD and --SOCCD alike where analysis follows the primary path of the dictionary",
    do="confirm that a secondary path was chosen on purpose, and say so in the reviewer's guide",
    why="tables by body system and by system organ class come out differently",
)
