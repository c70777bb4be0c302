"""Rules on disposition (DS): its events, its dates, and what goes on after it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from validation.dates import Moments, moments
from validation.rules.conditions import condition
from validation.rules.registry import rule
from validation.values import Mask, filled, group_numbers, is_any, repeated, shared_codes

condition(
    "completed-otherwise-coded",
    on={"DSDECOD": "DSTERM"},
    datasets="DS",
    when="partner is COMPLETED and it is not COMPLETED",
    severity="error",
    source="CORE-000033, CG0065",
    message="DSTERM is COMPLETED and DSDECOD is not",
    expected="DSDECOD = COMPLETED beside DSTERM = COMPLETED",
    do="correct the mapping of DSDECOD",
    why="the subject would be counted as not having completed",
)
condition(
    "disposition-without-category",
    on={"DSCAT": "DSDECOD"},
    datasets="DS",
    when="it empty",
    severity="error",
    source="CORE-000522, FB1401",
    message="A disposition record has no category",
    expected="DISPOSITION EVENT, PROTOCOL MILESTONE or OTHER EVENT",
    do="fill DSCAT",
    why="disposition events are selected by DSCAT",
)


@rule(
    "disposition-repeated",
    on="DSCAT",
    datasets="DS",
    needs=("USUBJID", "EPOCH"),
    optional="DSSCAT",
    shows=("DSSCAT", "EPOCH"),
    severity="error",
    source="CORE-000212, CG0535, CORE-000213, CG0536, CORE-000214, CG0538, CORE-000215, CG0539, CORE-000374, CG0537",
)
def disposition_repeated(dataset: pd.DataFrame, variable: str) -> Mask:
    """A subject has two disposition events of one kind in one epoch.

    Expected: one DISPOSITION EVENT for each epoch, and for each DSSCAT where there is one.
    Why: a subject ends an epoch, a treatment or a study once.
    Do:  look which of the two holds; events that end nothing are OTHER EVENT.
    """
    events = is_any(dataset[variable], "DISPOSITION EVENT") & filled(dataset["EPOCH"])
    wrong = np.zeros(len(dataset), dtype=bool)
    some = dataset.loc[events]
    wrong[events] = repeated(group_numbers(some, ["USUBJID", "EPOCH", "DSSCAT"]))
    return wrong


@rule(
    "consent-dates-differ",
    on="RFICDTC",
    datasets="DM",
    needs=("USUBJID", "DS.USUBJID", "DS.DSDECOD", "DS.DSSTDTC"),
    severity="error",
    source="CORE-000363, CG0068, CORE-000370, CG0143",
)
def consent_dates_differ(dataset: pd.DataFrame, consent: str, dispositions: pd.DataFrame) -> Mask:
    """The informed consent of DM is not the first one of DS.

    Expected: RFICDTC = the first DSSTDTC of the subject with DSDECOD = INFORMED CONSENT OBTAINED, day by day.
    Why: data before the consent may not be used, and there must be one date to judge that by.
    Do:  derive RFICDTC from DS.
    """
    consents = dispositions.loc[is_any(dispositions["DSDECOD"], "INFORMED CONSENT OBTAINED")]
    given = moments(dataset[consent])
    first = first_date(moments(consents["DSSTDTC"]), dataset["USUBJID"], consents["USUBJID"])
    return given.day_before(first) | first.day_before(given)


@rule(
    "arm-without-disposition",
    on="ACTARMCD",
    datasets="DM",
    needs=("USUBJID", "DS.USUBJID"),
    severity="warning",
    source="CORE-000296, CG0540",
)
def arm_without_disposition(dataset: pd.DataFrame, arm: str, dispositions: pd.DataFrame) -> Mask:
    """A treated subject has no record in DS.

    Expected: consent, milestones and disposition of each subject with an actual arm.
    Why: nobody knows what became of the subject.
    Do:  look where the disposition of the subject was lost.
    """
    return filled(dataset[arm]) & ~is_any(dataset["USUBJID"], *dispositions["USUBJID"].dropna())


@rule(
    "dose-after-discontinuation",
    on="EXSTDTC",
    datasets="EX",
    needs=("USUBJID", "DS.USUBJID", "DS.DSSTDTC"),
    optional=("EXDOSE", "EXTRT", "DS.DSCAT", "DS.DSSCAT"),
    shows=("EXTRT", "EXSTDTC"),
    severity="warning",
)
def dose_after_discontinuation(dataset: pd.DataFrame, start: str, dispositions: pd.DataFrame) -> Mask:
    """A dose starts after the treatment of the subject was ended, or after the subject left the study.

    Expected: no dose after the day of the disposition event of the treatment or of the participation. A subject with
              several treatments is judged by the last of these events, and only where each treatment has one.
    Why: the dose or the end of treatment is wrong, and with it the exposure of the subject.
    Do:  query both dates.
    """
    given = dataset.loc[filled(dataset["EXTRT"]), ["USUBJID", "EXTRT"]].drop_duplicates()
    treatments = given["USUBJID"].astype(object).value_counts()
    wrong = np.zeros(len(dataset), dtype=bool)
    for kind in ("STUDY TREATMENT", "STUDY PARTICIPATION"):
        ends = is_any(dispositions["DSCAT"], "DISPOSITION EVENT") & is_any(dispositions["DSSCAT"], kind)
        some = dispositions.loc[ends]
        last = last_date(moments(some["DSSTDTC"]), dataset["USUBJID"], some["USUBJID"])
        after = last.day_before(moments(dataset[start]))
        if kind == "STUDY TREATMENT":
            ended = some["USUBJID"].astype(object).value_counts()
            ongoing = treatments.index[
                (treatments > 1) & (treatments > ended.reindex(treatments.index).fillna(0))
            ]
            after &= ~is_any(dataset["USUBJID"], *ongoing)
        wrong |= after
    return wrong & ~dataset["EXDOSE"].eq(0).to_numpy()


@rule(
    "event-after-disposition",
    on="AESTDTC",
    datasets="AE",
    needs=("USUBJID", "DS.USUBJID", "DS.DSSTDTC"),
    optional=("DS.DSCAT", "DS.DSSCAT"),
    severity="warning",
    source="CORE-000717, FB3401",
)
def event_after_disposition(dataset: pd.DataFrame, start: str, dispositions: pd.DataFrame) -> Mask:
    """An adverse event starts after the last thing that DS knows of the subject.

    Expected: no event after the day of the last DSSTDTC of a subject who has left the study.
    Why: what happens after the end of participation is not collected.
    Do:  query both dates.
    """
    left = is_any(dispositions["DSCAT"], "DISPOSITION EVENT") & ~is_any(
        dispositions["DSSCAT"], "STUDY TREATMENT"
    )
    gone = is_any(dataset["USUBJID"], *dispositions.loc[left, "USUBJID"].dropna())
    last = last_date(moments(dispositions["DSSTDTC"]), dataset["USUBJID"], dispositions["USUBJID"])
    return gone & last.day_before(moments(dataset[start]))


def first_date(dates: Moments, subjects: pd.Series, owners: pd.Series) -> Moments:
    """The first date of each subject: certainly not earlier, and certainly not later, than these."""
    return _extreme(dates, subjects, owners, np.fmin)


def last_date(dates: Moments, subjects: pd.Series, owners: pd.Series) -> Moments:
    """The last date of each subject, in the rows of ``subjects``, as far as it is known."""
    return _extreme(dates, subjects, owners, np.fmax)


def _extreme(dates: Moments, subjects: pd.Series, owners: pd.Series, which: np.ufunc) -> Moments:
    ours, theirs = shared_codes([subjects, owners])
    size = int(max(ours.max(initial=-1), theirs.max(initial=-1))) + 2
    known = theirs >= 0
    bounds = []
    for values in (dates.earliest, dates.latest):
        best = np.full(size, np.nan)
        which.at(best, theirs[known], values[known])
        bounds.append(best[np.where(ours < 0, size - 1, ours)])
    empty = np.full(len(ours), np.nan)
    return Moments(bounds[0], bounds[1], empty, empty, np.zeros(len(ours), dtype=bool))
