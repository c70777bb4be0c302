"""Rules on death: what DM, AE and DS say must agree."""

from __future__ import annotations

import pandas as pd

from validation.dates import moments
from validation.rules.registry import rule
from validation.values import Mask, filled, is_any, looked_up, missing


@rule(
    "death-date-without-flag",
    on={"DTHDTC": "DTHFL"},
    datasets="DM",
    severity="error",
    source="CORE-000007, CG0435, FB0606",
)
def death_date_without_flag(dataset: pd.DataFrame, date: str, flag: str) -> Mask:
    """There is a date of death and DTHFL is not Y.

    Expected: DTHFL = Y wherever DTHDTC is filled.
    Why: deaths are counted by the flag.
    Do:  make the flag from the same source as the date.
    """
    return filled(dataset[date]) & ~is_any(dataset[flag], "Y")


@rule(
    "death-flag-without-date",
    on={"DTHFL": "DTHDTC"},
    datasets="DM",
    severity="warning",
    source="CORE-000705, FB0610",
)
def death_flag_without_date(dataset: pd.DataFrame, flag: str, date: str) -> Mask:
    """DTHFL is Y and there is no date of death.

    Expected: DTHDTC, as far as it is known.
    Why: survival cannot be calculated without it.
    Do:  query the date; a partial date is enough.
    """
    return is_any(dataset[flag], "Y") & missing(dataset[date])


@rule(
    "fatal-event-without-death",
    on=("AEOUT", "AESDTH"),
    datasets="AE",
    needs=("USUBJID", "DM.USUBJID", "DM.DTHFL"),
    severity="error",
    source="CORE-000254, CG0134, FB0603, CORE-000253, CG0135, FB0604",
)
def fatal_event_without_death(dataset: pd.DataFrame, variable: str, subjects: pd.DataFrame) -> Mask:
    """The event was fatal and DM does not say that the subject died.

    Expected: DM.DTHFL = Y for a subject with AEOUT = FATAL or AESDTH = Y.
    Why: the death would be missing from every table of deaths.
    Do:  query the site; then complete DM or correct the event.
    """
    died = looked_up(dataset["USUBJID"], subjects["USUBJID"], subjects["DTHFL"])
    fatal = is_any(dataset[variable], "FATAL" if variable == "AEOUT" else "Y")
    return fatal & ~is_any(died, "Y")


@rule(
    "fatal-event-end-differs",
    on={"AEOUT": "AEENDTC"},
    datasets="AE",
    needs=("USUBJID", "DM.USUBJID", "DM.DTHDTC"),
    severity="warning",
    source="CORE-000841, FB0612",
)
def fatal_event_end_differs(dataset: pd.DataFrame, outcome: str, end: str, subjects: pd.DataFrame) -> Mask:
    """A fatal event does not end on the day of death.

    Expected: AEENDTC on the day of DM.DTHDTC, as far as both are known.
    Why: a fatal event ends with the death.
    Do:  query both dates.
    """
    death = moments(looked_up(dataset["USUBJID"], subjects["USUBJID"], subjects["DTHDTC"]))
    ended = moments(dataset[end])
    return is_any(dataset[outcome], "FATAL") & (ended.day_before(death) | death.day_before(ended))


@rule(
    "disposition-death-without-death",
    on="DSDECOD",
    datasets="DS",
    needs=("USUBJID", "DM.USUBJID", "DM.DTHFL"),
    severity="error",
    source="CORE-000252, CG0136, FB0605",
)
def disposition_death_without_death(dataset: pd.DataFrame, variable: str, subjects: pd.DataFrame) -> Mask:
    """The disposition is DEATH and DM does not say that the subject died.

    Expected: DM.DTHFL = Y.
    Why: the death would be missing from every table of deaths.
    Do:  make DTHFL and DTHDTC from the disposition too, or query the site.
    """
    died = looked_up(dataset["USUBJID"], subjects["USUBJID"], subjects["DTHFL"])
    return is_any(dataset[variable], "DEATH") & ~is_any(died, "Y")


@rule(
    "disposition-death-date-differs",
    on={"DSDECOD": "DSSTDTC"},
    datasets="DS",
    needs=("USUBJID", "DM.USUBJID", "DM.DTHDTC"),
    severity="error",
    source="CORE-000034, CG0069, CORE-000913, FB0611",
)
def disposition_death_date_differs(
    dataset: pd.DataFrame, variable: str, start: str, subjects: pd.DataFrame
) -> Mask:
    """The disposition DEATH has another date than DM.DTHDTC.

    Expected: the day of death in both, as far as it is known.
    Why: survival depends on which of the two is read.
    Do:  make both from one source, or query the site.
    """
    death = moments(looked_up(dataset["USUBJID"], subjects["USUBJID"], subjects["DTHDTC"]))
    started = moments(dataset[start])
    return is_any(dataset[variable], "DEATH") & (started.day_before(death) | death.day_before(started))


@rule(
    "death-without-disposition",
    on="DTHFL",
    datasets="DM",
    needs=("USUBJID", "DS.USUBJID", "DS.DSDECOD"),
    severity="warning",
    source="CORE-000679, FB0608",
)
def death_without_disposition(dataset: pd.DataFrame, flag: str, dispositions: pd.DataFrame) -> Mask:
    """The subject died and DS has no record DEATH.

    Expected: a DS record with DSDECOD = DEATH.
    Why: the disposition of the subject is incomplete.
    Do:  add the record, unless the study collects deaths after disposition elsewhere.
    """
    deaths = dispositions.loc[is_any(dispositions["DSDECOD"], "DEATH")]
    return is_any(dataset[flag], "Y") & ~is_any(dataset["USUBJID"], *deaths["USUBJID"].dropna())
