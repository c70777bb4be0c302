"""Rules on lesions, their measurements, and the responses that follow from them (TU, TR, RS)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from validation.rules.registry import rule, sibling
from validation.values import (
    Mask,
    filled,
    group_numbers,
    is_any,
    missing,
    repeated,
    rows_where,
)

_ONE_ASSESSOR = ("EVAL", "EVALID", "METHOD")
_KINDS = {"TARGET": "TARGET", "NON-TARGET": "NON-TARGET", "NON TARGET": "NON-TARGET"}


@rule(
    "lesion-measured-twice",
    on="TRLNKID",
    datasets="TR",
    needs=("USUBJID", "TRTESTCD", ("VISITNUM", "TRDTC")),
    optional=("TREVAL", "TREVALID", "TRMETHOD", "TRSTAT"),
    shows=("TRLNKID", "TRTESTCD", "VISITNUM", "TRDTC"),
    severity="error",
    source="SDTMIG 3.4, 6.3.5.12 (TR)",
)
def lesion_measured_twice(dataset: pd.DataFrame, lesion: str) -> Mask:
    """A lesion has two records of one test at one visit by one assessor.

    Expected: one measurement of each lesion at each visit.
    Why: the sum of diameters counts the lesion twice, and the response may change.
    Do:  query the site which one counts, and leave the other out with `where` and `because`.
    """
    when = "VISITNUM" if filled(dataset["VISITNUM"]).any() else "TRDTC"
    keys = ["USUBJID", lesion, "TRTESTCD", when, *(sibling(lesion, ending) for ending in _ONE_ASSESSOR)]
    judged = filled(dataset[lesion]) & filled(dataset[when]) & ~is_any(dataset["TRSTAT"], "NOT DONE")
    wrong = np.zeros(len(dataset), dtype=bool)
    wrong[judged] = repeated(group_numbers(dataset.loc[judged], keys))
    return wrong


@rule(
    "lesion-changes-kind",
    on={"TULNKID": "TUORRES"},
    datasets="TU",
    needs="USUBJID",
    optional=("TUEVAL", "TUEVALID"),
    severity="error",
    source="RECIST 1.1, 3.1: a lesion is target or non-target at baseline, and stays so",
)
def lesion_changes_kind(dataset: pd.DataFrame, lesion: str, result: str) -> Mask:
    """A lesion is called target at one time and non-target at another.

    Expected: one of the two for each lesion of a subject and assessor.
    Why: it would be in the sum of diameters at some visits and not at others.
    Do:  query the site; a new lesion needs a number of its own.
    """
    return _changes(dataset, lesion, result, ("TUEVAL", "TUEVALID"))


@rule(
    "lesion-group-changes",
    on={"TRLNKID": "TRGRPID"},
    datasets="TR",
    needs="USUBJID",
    optional=("TREVAL", "TREVALID"),
    severity="error",
    source="RECIST 1.1, 3.1: a lesion is target or non-target at baseline, and stays so",
)
def lesion_group_changes(dataset: pd.DataFrame, lesion: str, group: str) -> Mask:
    """A lesion is measured as target at one visit and as non-target at another.

    Expected: one of the two for each lesion of a subject and assessor.
    Why: it would be in the sum of diameters at some visits and not at others.
    Do:  query the site; a new lesion needs a number of its own.
    """
    return _changes(dataset, lesion, group, ("TREVAL", "TREVALID"))


def _changes(dataset: pd.DataFrame, lesion: str, kind: str, assessor: tuple[str, ...]) -> Mask:
    """Records of lesions that are target and non-target; other words of that variable are not judged."""
    judged = filled(dataset[lesion]) & rows_where(
        dataset[kind], lambda texts: [text.strip().upper() in _KINDS for text in texts]
    )
    wrong = np.zeros(len(dataset), dtype=bool)
    if not judged.any():
        return wrong
    some = dataset.loc[judged]
    target = rows_where(
        some[kind], lambda texts: [_KINDS.get(text.strip().upper()) == "TARGET" for text in texts]
    )
    table = pd.DataFrame({"lesion": group_numbers(some, ["USUBJID", lesion, *assessor]), "target": target})
    kinds = table.groupby("lesion", sort=False)["target"].transform("nunique")
    wrong[judged] = kinds.gt(1).to_numpy()
    return wrong


@rule(
    "response-without-date",
    on="RSORRES",
    datasets="RS",
    needs="RSTESTCD",
    optional=("RSDTC", "RSSTAT"),
    shows=("RSTESTCD", "RSORRES", "RSDTC"),
    severity="error",
    source="SDTMIG 3.4, 6.3.5.11 (RS)",
)
def response_without_date(dataset: pd.DataFrame, result: str) -> Mask:
    """There is a response without the date of its assessment.

    Expected: RSDTC on every response.
    Why: no time to an event can be worked out, and the record sorts before all others.
    Do:  query the site, or map the date of the assessment.
    """
    return filled(dataset[result]) & missing(dataset["RSDTC"]) & ~is_any(dataset["RSSTAT"], "NOT DONE")
