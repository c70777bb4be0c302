"""Rules on age, race and country."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from validation.country_codes import COUNTRY_CODES
from validation.rules.conditions import condition
from validation.rules.registry import ALL_DATASETS, rule
from validation.tables import Table
from validation.values import Mask, filled, is_any, missing, rows_where


@rule("age-without-unit", on={"AGE": "AGEU"}, datasets="DM", severity="error", source="CORE-000189, CG0665")
def age_without_unit(dataset: pd.DataFrame, age: str, unit: str) -> Mask:
    """There is an age without a unit.

    Expected: AGEU wherever AGE is filled.
    Why: an age of 6 may be weeks.
    Do:  fill AGEU.
    """
    return filled(dataset[age]) & missing(dataset[unit])


@rule(
    "age-unit-without-age",
    on={"AGEU": "AGE"},
    datasets="DM",
    severity="error",
    source="CORE-000190, CG0666, CORE-000122, CG0434",
)
def age_unit_without_age(dataset: pd.DataFrame, unit: str, age: str) -> Mask:
    """There is a unit of age without an age.

    Expected: AGEU only where AGE is filled.
    Why: either the age was lost or the unit says nothing.
    Do:  complete AGE, or empty AGEU.
    """
    return filled(dataset[unit]) & missing(dataset[age])


@rule("negative-age", on="AGE", datasets="DM", severity="error", source="CORE-000310, FB4001")
def negative_age(dataset: pd.DataFrame, age: str) -> pd.Series:
    """The age is negative.

    Expected: 0 or more.
    Why: the birth date or the date it is compared with is wrong.
    Do:  query both dates.
    """
    return dataset[age].lt(0)


@rule(
    "multiple-races-not-listed",
    on="RACE",
    datasets="DM",
    needs=("USUBJID", ALL_DATASETS),
    severity="error",
    source="CORE-000844, CORE-000845, CORE-000846, CG0531",
)
def multiple_races_not_listed(dataset: pd.DataFrame, race: str, tables: Mapping[str, Table]) -> Mask:
    """RACE is MULTIPLE and SUPPDM does not list the races.

    Expected: two or more qualifiers RACE1, RACE2 ... of the subject in SUPPDM.
    Why: which races were reported is lost otherwise.
    Do:  write each reported race to SUPPDM.
    """
    multiple = is_any(dataset[race], "MULTIPLE")
    supplement = tables.get("SUPPDM")
    if supplement is None or not {"USUBJID", "QNAM"} <= set(supplement.frame.columns):
        return multiple
    qualifiers = supplement.frame
    races = qualifiers.loc[
        rows_where(qualifiers["QNAM"], lambda names: [name.startswith("RACE") for name in names])
    ]
    listed = races["USUBJID"].value_counts()
    return multiple & ~is_any(dataset["USUBJID"], *listed.index[listed >= 2])


@rule(
    "country-not-iso3166",
    on="COUNTRY",
    datasets="DM",
    by_value=True,
    severity="error",
    source="SDTMIG 3.4, 5.2",
)
def country_not_iso3166(dataset: pd.DataFrame, country: str) -> Mask:
    """The country is no code of ISO 3166-1 alpha-3.

    Expected: three capital letters: CHN, USA, DEU.
    Why: names of countries are written in many ways, and results by region depend on the code.
    Do:  map the country to its code of three letters.
    """
    return rows_where(dataset[country], lambda texts: [text not in COUNTRY_CODES for text in texts])


condition(
    "age-missing",
    on={"AGE": "ARMCD"},
    datasets="DM",
    when="it empty and partner filled and ARMNRS is not SCREEN FAILURE and partner is not SCRNFAIL",
    severity="warning",
    source="CORE-001043, FB0501",
    message="A subject with an arm has no age",
    expected="AGE of every subject that was assigned to an arm",
    do="derive the age from the birth date, or query it",
    why="the subject drops out of every table by age",
)
condition(
    "arm-without-reference-end",
    on={"RFENDTC": "ARM"},
    datasets="DM",
    when="it empty and partner filled and ARMNRS empty",
    severity="warning",
    source="CORE-000191, CG0529",
    message="A subject with an arm has no end of the reference period",
    expected="RFENDTC of every subject with an arm, unless treatment goes on",
    do="derive RFENDTC from the last dose or contact; accept this while the study goes on",
    why="what lies after the end cannot be told from what lies in the period",
)
condition(
    "reference-end-without-arm",
    on={"RFENDTC": "ARMNRS"},
    datasets="DM",
    when="it filled and partner filled and partner is not UNPLANNED TREATMENT",
    severity="warning",
    source="CORE-000192, CG0530",
    message="A subject without treatment has an end of the reference period",
    expected="no RFENDTC where ARMNRS says that the subject did not start",
    do="leave RFENDTC empty for these subjects, or correct ARMNRS",
    why="a period ends that never began",
)
