"""Rules on what identifies subjects and records."""

from __future__ import annotations

import numpy as np
import pandas as pd

from validation.rules.registry import rule
from validation.values import Mask, filled, group_numbers, looked_up, repeated, rows_where

_NUMBERED = ("SEQ", "SPID")  # differ even between records that are otherwise the same


@rule(
    "orphan-subject",
    on=("USUBJID", "RSUBJID"),
    without="DM",
    needs="DM.USUBJID",
    shows="USUBJID",
    severity="error",
    source="CORE-000201, CG0029",
)
def orphan_subject(dataset: pd.DataFrame, variable: str, subjects: pd.DataFrame) -> Mask:
    """The subject is not in DM.

    Expected: every subject of every dataset in DM.
    Why: a record whose subject is unknown drops out of every analysis.
    Do:  add the subject to DM, or correct the identifier at the source.
    """
    known = looked_up(dataset[variable], subjects["USUBJID"], pd.Series(np.ones(len(subjects))))
    return filled(dataset[variable]) & known.isna().to_numpy()


@rule("duplicate-record", severity="warning")
def duplicate_record(dataset: pd.DataFrame) -> Mask:
    """The record repeats another one in everything but its number.

    Expected: each fact once.
    Why: the same event or measurement would be counted twice.
    Do:  query the site, and delete one of the records at the source if it was entered twice.
    """
    compared = [name for name in dataset.columns if name[2:] not in _NUMBERED]
    return repeated(group_numbers(dataset, compared))


@rule(
    "duplicate-subject-identifier",
    on="SUBJID",
    datasets="DM",
    needs="STUDYID",
    optional="USUBJID",
    shows=("SUBJID", "USUBJID"),
    severity="error",
    source="CORE-000186, CG0150",
)
def duplicate_subject_identifier(dataset: pd.DataFrame, variable: str) -> Mask:
    """Several subjects of the study have the same SUBJID.

    Expected: a SUBJID of its own for each subject of a study.
    Why: SUBJID is what sites and listings call the subject.
    Do:  make SUBJID unique, for example with the site number in it.
    """
    return filled(dataset[variable]) & repeated(group_numbers(dataset, ["STUDYID", variable]))


@rule(
    "domain-code-length",
    on="DOMAIN",
    by_value=True,
    severity="error",
    source="CORE-000180, CG0308, CORE-000181, CG0309",
)
def domain_code_length(dataset: pd.DataFrame, variable: str) -> Mask:
    """The domain has no code of two characters.

    Expected: two characters; four for a domain of associated persons, which begins with AP.
    Why: the code is the prefix of the variables, and SUPP-- and RELREC find the records by it.
    Do:  write the code of the domain.
    """
    return rows_where(
        dataset[variable], lambda texts: [len(t) != (4 if t[:2] == "AP" and len(t) > 2 else 2) for t in texts]
    )
