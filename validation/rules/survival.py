"""Rules on what follow-up says of a death (SS, DD, CE) and what DM and DS say of it."""

from __future__ import annotations

import pandas as pd

from validation.dates import moments
from validation.rules.disposition import last_date
from validation.rules.registry import rule
from validation.values import Mask, filled, is_any, looked_up

_FLAG = ("USUBJID", "DM.USUBJID", "DM.DTHFL")


def _is_dead(dataset: pd.DataFrame, subjects: pd.DataFrame) -> Mask:
    return is_any(looked_up(dataset["USUBJID"], subjects["USUBJID"], subjects["DTHFL"]), "Y")


@rule(
    "dead-in-follow-up-only",
    on="SSSTRESC",
    datasets="SS",
    needs=_FLAG,
    severity="error",
    source="CORE-000008, CG0132, FB0601",
)
def dead_in_follow_up_only(dataset: pd.DataFrame, status: str, subjects: pd.DataFrame) -> Mask:
    """The subject is DEAD in follow-up and DM does not say so.

    Expected: DM.DTHFL = Y.
    Why: the death would be missing from every table of deaths.
    Do:  make DTHFL and DTHDTC from the follow-up too, or query the site.
    """
    return is_any(dataset[status], "DEAD") & ~_is_dead(dataset, subjects)


@rule(
    "death-details-of-the-living",
    on="DDTESTCD",
    datasets="DD",
    needs=_FLAG,
    severity="error",
    source="CORE-000108, CG0133, FB0602",
)
def death_details_of_the_living(dataset: pd.DataFrame, test: str, subjects: pd.DataFrame) -> Mask:
    """There are details of a death, and DM does not say that the subject died.

    Expected: DM.DTHFL = Y.
    Why: the death would be missing from every table of deaths.
    Do:  complete DM, or query the site.
    """
    return filled(dataset[test]) & ~_is_dead(dataset, subjects)


@rule(
    "clinical-event-death-without-death",
    on=("CETERM", "CEDECOD"),
    datasets="CE",
    needs=_FLAG,
    severity="error",
    source="CORE-000709, FB0607",
)
def clinical_event_death_without_death(dataset: pd.DataFrame, term: str, subjects: pd.DataFrame) -> Mask:
    """The clinical event is DEATH and DM does not say that the subject died.

    Expected: DM.DTHFL = Y.
    Why: the death would be missing from every table of deaths.
    Do:  complete DM, or query the site.
    """
    return is_any(dataset[term], "DEATH") & ~_is_dead(dataset, subjects)


@rule(
    "dead-before-death",
    on={"SSSTRESC": "SSDTC"},
    datasets="SS",
    needs=("USUBJID", "DM.USUBJID", "DM.DTHDTC"),
    severity="error",
    source="CORE-000259, CG0171, FB0613",
)
def dead_before_death(dataset: pd.DataFrame, status: str, date: str, subjects: pd.DataFrame) -> Mask:
    """The subject is DEAD in a contact before the day of death.

    Expected: SSDTC on or after DM.DTHDTC.
    Why: survival depends on which of the two dates is read.
    Do:  query both dates.
    """
    death = looked_up(dataset["USUBJID"], subjects["USUBJID"], subjects["DTHDTC"])
    return is_any(dataset[status], "DEAD") & moments(dataset[date]).day_before(moments(death))


@rule(
    "contact-alive-after-death",
    on={"SSSTRESC": "SSDTC"},
    datasets="SS",
    needs=("USUBJID", "DM.USUBJID", "DM.DTHDTC"),
    severity="error",
)
def contact_alive_after_death(dataset: pd.DataFrame, status: str, date: str, subjects: pd.DataFrame) -> Mask:
    """The subject is ALIVE in a contact after the day of death.

    Expected: no contact with a living subject after DM.DTHDTC.
    Why: the date of death, the contact or the subject is wrong, and survival with it.
    Do:  query both dates.
    """
    death = looked_up(dataset["USUBJID"], subjects["USUBJID"], subjects["DTHDTC"])
    return is_any(dataset[status], "ALIVE") & moments(death).day_before(moments(dataset[date]))


@rule(
    "dead-without-disposition",
    on="SSSTRESC",
    datasets="SS",
    needs=("USUBJID", "DS.USUBJID", "DS.DSDECOD"),
    severity="warning",
    source="CORE-000251, CG0067, FB0614",
)
def dead_without_disposition(dataset: pd.DataFrame, status: str, dispositions: pd.DataFrame) -> Mask:
    """The subject is DEAD in follow-up and DS has no record DEATH.

    Expected: a DS record with DSDECOD = DEATH.
    Why: the disposition of the subject is incomplete.
    Do:  add the record, unless the study collects deaths after disposition elsewhere.
    """
    deaths = dispositions.loc[is_any(dispositions["DSDECOD"], "DEATH")]
    return is_any(dataset[status], "DEAD") & ~is_any(dataset["USUBJID"], *deaths["USUBJID"].dropna())


@rule(
    "dead-before-disposition",
    on={"SSSTRESC": "SSDTC"},
    datasets="SS",
    needs=("USUBJID", "DS.USUBJID", "DS.DSSTDTC"),
    severity="warning",
    source="CORE-000178, CG0172",
)
def dead_before_disposition(
    dataset: pd.DataFrame, status: str, date: str, dispositions: pd.DataFrame
) -> Mask:
    """The subject is DEAD in a contact, and DS goes on after it.

    Expected: a contact with the answer DEAD on or after the last DSSTDTC of the subject.
    Why: nothing happens to a subject after death.
    Do:  query both dates.
    """
    last = last_date(moments(dispositions["DSSTDTC"]), dataset["USUBJID"], dispositions["USUBJID"])
    return is_any(dataset[status], "DEAD") & moments(dataset[date]).day_before(last)
