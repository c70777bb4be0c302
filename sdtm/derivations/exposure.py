"""exposure_parameters: treatment duration, doses, dose intensity, delays, reductions, interruptions."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from pydantic import BeforeValidator

from sdtm.derivations.day_numbers import day_numbers, tie_breaker
from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from specs.catalogue import Column, Params, Texts
from specs.values import Truth, Whole

# PARAMCD -> PARAM, of what this derivation can make.
PARAMETERS = {
    "TDURD": "Treatment Duration (days)",
    "TDOSE": "Total Dose Administered",
    "TPDOSE": "Total Planned Dose",
    "DI": "Dose Intensity (per week)",
    "PDI": "Planned Dose Intensity (per week)",
    "RDI": "Relative Dose Intensity (%)",
    "AVDOSE": "Average Dose per Administration",
    "NCYC": "Number of Cycles Started",
    "NDOSE": "Number of Doses",
    "NDELAY": "Number of Delayed Cycles",
    "NRED": "Number of Dose Reductions",
    "NINT": "Number of Interruptions",
}
DOSES_PER_DAY = {"QD": 1.0, "BID": 2.0, "TID": 3.0, "QID": 4.0, "QM": 1.0, "QN": 1.0, "QPM": 1.0, "QAM": 1.0}
WEEK = 7.0


def _number(value: Any) -> Any:
    if isinstance(value, str):
        from sdtm.numbers import number_text

        if number_text(value.strip()) is None:
            raise ValueError(f"a number, not {value!r}")
        return float(value)
    return value


Number = Annotated[float, BeforeValidator(_number)]


class ExposureParameters(Params):
    dosing: Literal["interval", "infusion"]
    subject: Column = "USUBJID"
    dose: Column = "EXDOSE"
    start: Column = "ASTDT"
    end: Column = "AENDT"
    frequency: Column = ""
    doses_per_day: dict[str, Number] = DOSES_PER_DAY
    planned: Column = ""
    planned_doses: Number = 1.0
    cycle: Column = ""
    cycle_days: Whole = 21
    last_cycle: Truth = True
    until: Column = ""
    delay_days: Whole = 3
    adjustment: Column = ""
    technical: Texts = ()
    interrupted: Column = ""
    only: Texts = ()


@derivation("exposure_parameters", ExposureParameters, makes="records", fixed=("PARAMCD", "PARAM", "AVAL"))
def exposure_parameters(records: pd.DataFrame, params: ExposureParameters, notes: Notes) -> pd.DataFrame:
    """How long and how much each subject was treated, against plan.

    Shape:   n exposure records in; for each subject with a dose above zero one record per parameter out.
    Unit:    days; amounts as ``dose``; intensities per week of seven days; RDI in percent.
             TDURD: dosing ``interval`` (tablets) last end - first start + 1; ``infusion`` last start - first
             start + ``cycle_days`` (``last_cycle: false``: + 1), not beyond ``until`` (death, cut-off).
             TDOSE: ``dose`` times the doses of the record (``frequency`` by ``doses_per_day``, times its
             days; without a frequency one). TPDOSE: PDI over TDURD, by the first planned level. DI = TDOSE /
             weeks; PDI = ``planned`` x ``planned_doses`` / weeks of a cycle; RDI = 100 DI / PDI.
             NDELAY: cycles that start more than ``delay_days`` after the previous start + ``cycle_days``.
             NRED: doses below the one before (zero aside), unless ``adjustment`` is a ``technical`` reason.
             NINT: interval: zero doses and gaps of more than a day, those that follow each other once;
             infusion: days with ``interrupted`` Y.
    Missing: TDOSE and what rests on it, where a dose, a date or the doses per day are not known. RDI where
             nothing is planned.
    Errors:  such records, negative doses, and doses given that nobody planned, are notes.
    Source:  common oncology definitions (ADaM ADEX of the field); switches as parameters.
    Example: 200 planned every 21 days; 200 on day 1, 200 on day 22, 150 on day 50: TDURD 70, DI 55, PDI
             66.67, RDI 82.5, NDELAY 1, NRED 1.
    """
    amount = records[params.dose].to_numpy(dtype=float)
    for rule, wrong, found in (
        ("dose-missing", np.isnan(amount), "a dose without an amount"),
        ("dose-negative", amount < 0, "a dose below zero"),
    ):
        notes.add(rule, records.index[wrong], found=found, expected="an amount, 0 where none was given",
                  do="query the site; it counts as none", variable=params.dose)  # fmt: skip
    amount = np.where(amount < 0, np.nan, amount)
    start = day_numbers(records[params.start], params.start)
    end = day_numbers(records[params.end], params.end)
    end = np.where(np.isnan(end), start, end) if params.dosing == "infusion" else end
    order = np.lexsort((tie_breaker(records.index), start, records[params.subject].fillna("")))
    frame = pd.DataFrame(
        {
            "subject": records[params.subject].to_numpy(),
            "dose": amount,
            "start": start,
            "end": end,
            "count": _doses(records, params, start, end, amount, notes),
            "cycle": records[params.cycle].to_numpy() if params.cycle else np.arange(len(records)),
            "planned": records[params.planned].to_numpy(dtype=float) if params.planned else np.nan,
            "until": day_numbers(records[params.until], params.until) if params.until else np.inf,
            "technical": records[params.adjustment].isin(params.technical) if params.adjustment else False,
            "interrupted": records[params.interrupted].eq("Y") if params.interrupted else False,
        }
    ).iloc[order]
    frame = frame[frame["subject"].notna()]
    made = _parameters(frame, params)
    _note_unplanned(made, frame, params, notes)
    wanted = [code for code in PARAMETERS if code in made and (not params.only or code in params.only)]
    long = pd.concat(
        [
            pd.DataFrame(
                {params.subject: made.index, "PARAMCD": code, "PARAM": PARAMETERS[code], "AVAL": made[code]}
            )
            for code in wanted
        ]
        or [pd.DataFrame(columns=[params.subject, "PARAMCD", "PARAM", "AVAL"])]
    )
    kinds = {params.subject: "str", "PARAMCD": "str", "PARAM": "str", "AVAL": "float64"}
    return long.reset_index(drop=True).astype(kinds)


def _doses(
    records: pd.DataFrame,
    params: ExposureParameters,
    start: np.ndarray,
    end: np.ndarray,
    amount: np.ndarray,
    notes: Notes,
) -> np.ndarray:
    """The number of doses of each record."""
    if not params.frequency:
        return np.ones(len(records))
    frequency = records[params.frequency]
    per_day = frequency.map(params.doses_per_day).to_numpy(dtype=float)
    once = frequency.isin(["ONCE"]).to_numpy() | (frequency.isna().to_numpy() & (start == end))
    count = np.where(once, 1.0, per_day * (end - start + 1))
    unknown = np.isnan(count) & (amount > 0)
    notes.add(
        "doses-not-known",
        records.index[unknown],
        found="a dose whose number of administrations is not known",
        expected=f"both dates, and a frequency among {', '.join(params.doses_per_day)}, ONCE",
        do="correct the record, or name the frequency in `doses_per_day`; the total dose stays missing",
        variable=params.frequency,
    )
    return np.where(amount == 0, 0.0, count)


def _parameters(frame: pd.DataFrame, params: ExposureParameters) -> pd.DataFrame:
    """One row a subject, one column a parameter."""
    given = frame[frame["dose"] > 0]
    by = given.groupby("subject", sort=True)
    first, last = by["start"].min(), by["start"].max()
    made = pd.DataFrame(index=first.index)
    if params.dosing == "infusion":
        until = last + (params.cycle_days - 1 if params.last_cycle else 0)
        made["TDURD"] = np.minimum(until, by["until"].first()) - first + 1
    else:
        made["TDURD"] = np.minimum(by["end"].max(), by["until"].first()) - first + 1
    # An amount or a number that is not known makes the total unknown.
    total = (frame["dose"] * frame["count"]).where(~((frame["dose"] == 0) & frame["count"].isna()), 0.0)
    known = ~frame["dose"].isna() & ~(total.isna())
    complete = known.groupby(frame["subject"]).all().reindex(made.index)
    made["TDOSE"] = total.groupby(frame["subject"]).sum().reindex(made.index).where(complete)
    weeks = made["TDURD"] / WEEK
    made["DI"] = made["TDOSE"] / weeks
    made["NDOSE"] = given["count"].groupby(given["subject"]).sum(min_count=1).where(complete)
    made["AVDOSE"] = made["TDOSE"] / made["NDOSE"]
    if params.planned:
        planned = by["planned"].first()
        made["PDI"] = planned * params.planned_doses / (params.cycle_days / WEEK)
        made["TPDOSE"] = made["PDI"] * weeks
        made["RDI"] = (100 * made["DI"] / made["PDI"]).where(made["PDI"] > 0)
        made.loc[(made["PDI"] == 0) & (made["DI"] > 0), "RDI"] = 100.0
    made["NCYC"] = by["cycle"].nunique().astype(float)
    made["NDELAY"] = _delays(given, params).reindex(made.index, fill_value=0).astype(float)
    made["NRED"] = _reductions(given).reindex(made.index, fill_value=0).astype(float)
    made["NINT"] = _interruptions(frame, params).reindex(made.index, fill_value=0).astype(float)
    return made


def _delays(given: pd.DataFrame, params: ExposureParameters) -> pd.Series:
    starts = given.groupby(["subject", "cycle"], sort=False)["start"].min().rename("start").reset_index()
    starts = starts.sort_values(["subject", "start"])
    late = starts.groupby("subject")["start"].diff() - params.cycle_days > params.delay_days
    return late.groupby(starts["subject"]).sum()


def _reductions(given: pd.DataFrame) -> pd.Series:
    before = given.groupby("subject", sort=False)["dose"].shift()
    lower = (given["dose"] < before) & ~given["technical"].astype(bool)
    return lower.groupby(given["subject"]).sum()


def _interruptions(frame: pd.DataFrame, params: ExposureParameters) -> pd.Series:
    if params.dosing == "infusion":
        days = frame.loc[frame["interrupted"].astype(bool), ["subject", "start"]].drop_duplicates()
        return days.groupby("subject").size()
    by = frame.groupby("subject", sort=False)
    held = frame["dose"] == 0
    # The latest day covered so far, since a record may lie within a longer one.
    covered = by["end"].cummax().groupby(frame["subject"], sort=False).shift()
    gap = frame["start"] - covered > 1
    held_before = held.groupby(frame["subject"], sort=False).shift(fill_value=False).astype(bool)
    treated_before = (frame["dose"] > 0).groupby(frame["subject"], sort=False).cumsum() - (
        frame["dose"] > 0
    ) > 0
    treated_later = (frame["dose"] > 0).iloc[::-1].groupby(
        frame["subject"].iloc[::-1], sort=False
    ).cumsum().iloc[::-1] > 0
    begins = ((held & ~held_before) | (gap & ~held & ~held_before)) & treated_before & treated_later
    return begins.groupby(frame["subject"]).sum()


def _note_unplanned(
    made: pd.DataFrame, frame: pd.DataFrame, params: ExposureParameters, notes: Notes
) -> None:
    if "PDI" not in made:
        return
    subjects = made.index[(made["PDI"] == 0) & (made["DI"] > 0)]
    notes.add(
        "dose-unplanned",
        frame.index[frame["subject"].isin(subjects) & (frame["dose"] > 0)],
        found="doses that nobody planned",
        expected=f"a planned dose above zero in {params.planned}",
        do="check the plan; the relative dose intensity is 100 %",
        variable=params.planned,
    )
