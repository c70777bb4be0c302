"""Rules on doses, and on the exposure dates of DM."""

from __future__ import annotations

import numpy as np
import pandas as pd

from validation.dates import moments
from validation.rules.registry import rule
from validation.text_forms import is_number_text
from validation.values import Mask, filled, is_any, missing, rows_where


@rule(
    "negative-dose",
    on=("--DOSE", "--DOSTOT", "--VAMT"),
    classes="Interventions",
    severity="error",
    source="CORE-000308, FB4002, CORE-000517, FB4003, CORE-000518, FB4004",
)
def negative_dose(dataset: pd.DataFrame, variable: str) -> pd.Series:
    """An amount is negative.

    Expected: 0 or more.
    Why: cumulative doses would shrink.
    Do:  query the dose.
    """
    return dataset[variable].lt(0)


@rule(
    "dose-without-unit",
    on=("--DOSE", "--DOSTXT", "--DOSTOT"),
    classes="Interventions",
    optional="--DOSU",
    severity="error",
    source="CORE-000093, CG0114",
)
def dose_without_unit(dataset: pd.DataFrame, variable: str) -> Mask:
    """There is a dose without a unit.

    Expected: --DOSU wherever a dose is filled.
    Why: doses without a unit cannot be added or compared.
    Do:  map the unit, or set it for the treatment in the spec.
    """
    return filled(dataset[variable]) & missing(dataset[variable[:2] + "DOSU"])


@rule(
    "dose-and-dose-text",
    on={"--DOSTXT": "--DOSE"},
    classes="Interventions",
    severity="error",
    source="CORE-000092, CG0110, CG0111",
)
def dose_and_dose_text(dataset: pd.DataFrame, text: str, dose: str) -> Mask:
    """A dose is given both as a number and as text.

    Expected: one of --DOSE and --DOSTXT.
    Why: nobody knows which of the two counts.
    Do:  keep --DOSTXT for doses that are no number, such as 200-400.
    """
    return filled(dataset[text]) & filled(dataset[dose])


@rule(
    "number-in-dose-text",
    on="--DOSTXT",
    classes="Interventions",
    severity="error",
    source="CORE-000094, CG0112",
)
def number_in_dose_text(dataset: pd.DataFrame, text: str) -> Mask:
    """A dose that is a number stands in --DOSTXT.

    Expected: numbers in --DOSE.
    Why: the dose is missing from every calculation.
    Do:  map the number to --DOSE.
    """
    return rows_where(dataset[text], lambda texts: map(is_number_text, texts))


@rule(
    "placebo-with-dose",
    on={"EXTRT": "EXDOSE"},
    datasets="EX",
    severity="error",
    source="CORE-000005, CG0102",
)
def placebo_with_dose(dataset: pd.DataFrame, treatment: str, dose: str) -> Mask:
    """The treatment is PLACEBO and the dose is not 0.

    Expected: EXDOSE = 0 for placebo.
    Why: placebo would count as exposure to the drug.
    Do:  set the dose to 0, or correct the treatment.
    """
    return is_any(dataset[treatment], "PLACEBO") & filled(dataset[dose]) & dataset[dose].ne(0).to_numpy()


@rule("exposure-without-start", on="EXSTDTC", datasets="EX", severity="error")
def exposure_without_start(dataset: pd.DataFrame, start: str) -> Mask:
    """A dose has no start date.

    Expected: EXSTDTC in every record, as far as it is known.
    Why: first dose, study days and treatment-emergent events depend on it.
    Do:  query the date.
    """
    return missing(dataset[start])


@rule("exposure-without-end", on="EXENDTC", datasets="EX", severity="warning")
def exposure_without_end(dataset: pd.DataFrame, end: str) -> Mask:
    """A dose has no end date.

    Expected: EXENDTC in every record; for a single dose, its start.
    Why: the last dose of the subject is not known, and with it the end of exposure.
    Do:  query the date, unless treatment goes on.
    """
    return missing(dataset[end])


@rule(
    "first-exposure-differs",
    on="RFXSTDTC",
    datasets="DM",
    needs=("USUBJID", "EX.USUBJID", "EX.EXSTDTC"),
    shows=("RFSTDTC", "RFXSTDTC"),
    severity="error",
    source="CORE-000239, CG0148",
)
def first_exposure_differs(dataset: pd.DataFrame, variable: str, exposures: pd.DataFrame) -> Mask:
    """RFXSTDTC is not the first dose in EX.

    Expected: the earliest EXSTDTC of the subject, as far as both are known.
    Why: everything before the first dose is baseline, everything after it treatment.
    Do:  derive RFXSTDTC from EX.
    """
    given = moments(dataset[variable])
    earliest = _by_subject(moments(exposures["EXSTDTC"]).earliest, exposures["USUBJID"], dataset, "min")
    latest = _by_subject(moments(exposures["EXSTDTC"]).latest, exposures["USUBJID"], dataset, "min")
    return (
        (given.latest < earliest)
        | (given.earliest > latest)
        | (~np.isnan(earliest) & missing(dataset[variable]))
    )


@rule(
    "last-exposure-differs",
    on="RFXENDTC",
    datasets="DM",
    needs=("USUBJID", "EX.USUBJID", "EX.EXSTDTC", "EX.EXENDTC"),
    shows=("RFXSTDTC", "RFXENDTC"),
    severity="error",
    source="CORE-000238, CG0147",
)
def last_exposure_differs(dataset: pd.DataFrame, variable: str, exposures: pd.DataFrame) -> Mask:
    """RFXENDTC is neither the last start nor the last end of a dose in EX.

    Expected: the latest EXENDTC of the subject, or the latest EXSTDTC, as far as they are known.
    Why: the end of exposure decides which events count as emergent.
    Do:  derive RFXENDTC from EX.
    """
    given = moments(dataset[variable])
    agrees = np.zeros(len(dataset), dtype=bool)
    known = np.zeros(len(dataset), dtype=bool)
    for name in ("EXENDTC", "EXSTDTC"):
        dates = moments(exposures[name])
        earliest = _by_subject(dates.earliest, exposures["USUBJID"], dataset, "max")
        latest = _by_subject(dates.latest, exposures["USUBJID"], dataset, "max")
        agrees = agrees | ((given.earliest <= latest) & (given.latest >= earliest))
        known = known | ~np.isnan(latest)
    return known & ~agrees


def _by_subject(values: np.ndarray, subjects: pd.Series, dataset: pd.DataFrame, which: str) -> np.ndarray:
    """The smallest or largest value of each subject, for the rows of another dataset; NaN if none."""
    found = pd.Series(values).groupby(subjects.astype(object)).agg(which)
    return dataset["USUBJID"].astype(object).map(found).to_numpy(dtype=float)
