"""pk_times: where a sample stands in time, from its first and its reference dose."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from sdtm import iso8601
from sdtm.derivations.day_numbers import moments_of
from sdtm.derivations.notes import Notes
from sdtm.derivations.pk_doses import (
    HOUR,
    Doses,
    DoseTable,
    Given,
    dose_after,
    dose_before,
    first_dose,
    is_timed,
    read_doses,
    text_of,
    value_of,
)
from sdtm.derivations.pk_nominal import Nominal, nominal_hours
from sdtm.derivations.registry import derivation
from specs.catalogue import Column

MADE = (
    "ADTM", "FANLDTM", "PCRFTDTM", "NFRLT", "AFRLT", "ARRLT", "NRRLT", "MRRLT",
    "ATPTREF", "DOSEA", "DOSEU", "ADOSEDUR", "DOSEROUT",
)  # fmt: skip


class PkTimes(DoseTable):
    collected: Column = "PCDTC"
    visit_day: Column = "VISITDY"
    timepoint: Column = "PCTPTNUM"
    range: Column = ""
    dose_day: str = "VISITDY"
    predose: Literal["zero", "coded"] = "zero"
    range_at: Literal["start", "middle", "end"] = "middle"


# As ADNCA 1.0 words them, within 40 characters.
LABELS = {
    "PCRFTDTM": "Reference Datetime of Dose for Analyte",
    "FANLDTM": "First Datetime of Dose for Analyte",
    "NFRLT": "Nom. Rel. Time from Analyte First Dose",
    "AFRLT": "Act. Rel. Time from Analyte First Dose",
    "NRRLT": "Nominal Rel. Time from Ref. Dose",
    "ARRLT": "Actual Rel. Time from Ref. Dose",
    "MRRLT": "Modified Rel. Time from Ref. Dose",
    "ADOSEDUR": "Actual Duration of Treatment Dose",
    "DOSEROUT": "Route of Administration of Dose",
    "ATPTREF": "Analysis Timepoint Reference",
}


@derivation("pk_times", PkTimes, fixed=MADE, labels=LABELS)
def pk_times(
    records: pd.DataFrame, params: PkTimes, notes: Notes, tables: dict[str, pd.DataFrame]
) -> pd.DataFrame:
    """Nominal and actual times of samples since the first and since the reference dose, and that dose.

    Shape:   n samples and the dose records in; 13 columns out, same index. The reference dose is the last
             one with a time strictly before the sample (a sample at the minute of a dose is pre-dose), or
             the next one where there is none before. With ``treatment`` only doses of that drug count.
    Unit:    hours. NFRLT = (VISITDY - 1) x 24 + PCTPTNUM, for days below 0 VISITDY x 24 + PCTPTNUM; VISITDY
             is the day of the reference dose. Pre-dose time points count as 0 (``coded``: as collected).
             ADOSEDUR is from start to end of the dose. MRRLT = ARRLT, at least 0.
    Missing: actual times where the sample or the dose has no time of day; nothing is put to 00:00.
    Errors:  samples without any dose record, without a time, or after a dose without a time are noted;
             so are times counted on within a record that covers many doses, and two doses at one time.
    Source:  ADaM IG for Non-compartmental Analysis Input Data 1.0 (ADNCA): NFRLT, AFRLT, NRRLT, ARRLT, MRRLT.
    Example: doses on days 1 and 2 at 08:00, sample on day 2 at 07:50 -> NFRLT 24, AFRLT 23.833, ARRLT
             23.833; at 09:00 with PCTPTNUM 1 -> NFRLT 25, AFRLT 25, ARRLT 1, NRRLT 1.
    """
    table = tables[params.doses]
    group, doses = read_doses(records, table, params, notes)
    low, high = iso8601.bounds(records[params.collected].astype("str").astype("category"))
    moment = np.where(is_timed(low, high), low, np.nan)
    first, previous = first_dose(doses, group), dose_before(doses, group, moment)
    following = dose_after(doses, group, moment)
    reference = _either(previous, following)
    _note(records, params, notes, moment, first, reference)
    _note_twins(table, doses, params, notes)
    nominal = nominal_hours(records, params.visit_day, params.timepoint, params.range, params)
    actual = (moment - reference.moment) / HOUR
    made = {
        "ADTM": moments_of(moment),
        "FANLDTM": moments_of(first.moment),
        "PCRFTDTM": moments_of(reference.moment),
        "NFRLT": nominal.since_first,
        "AFRLT": (moment - first.moment) / HOUR,
        "ARRLT": actual,
        "NRRLT": _since_reference(nominal, table, doses, previous, params),
        "MRRLT": np.maximum(actual, 0),
        "ATPTREF": reference_label(reference, first, records.index),
        "DOSEA": _without_twins(doses, reference),
        "DOSEU": text_of(table, params.unit, doses, reference, records.index),
        "ADOSEDUR": value_of(doses.hours, reference),
        "DOSEROUT": text_of(table, params.route, doses, reference, records.index),
    }
    return pd.DataFrame(made, index=records.index)


def _either(first: Given, second: Given) -> Given:
    use = first.record >= 0
    return Given(
        np.where(use, first.record, second.record),
        np.where(use, first.moment, second.moment),
        np.where(use, first.counted, second.counted),
    )


def reference_label(reference: Given, first: Given, index: pd.Index) -> pd.Series:
    """``DOSE OF DAY 8 08:39``: the reference dose in words, by day since the first dose and time."""
    known = ~np.isnan(reference.moment) & ~np.isnan(first.moment)
    since = (
        np.where(known, reference.moment, 0) // iso8601.DAY - np.where(known, first.moment, 0) // iso8601.DAY
    )
    number = np.where(known, reference.moment, np.nan)
    codes, unique = pd.factorize(np.where(known, since * iso8601.DAY + number % iso8601.DAY, np.nan))
    words = []
    for value in unique.tolist():
        day, second = divmod(int(value), iso8601.DAY)
        words.append(f"DOSE OF DAY {day + 1} {second // HOUR:02d}:{second % HOUR // 60:02d}")
    texts = np.array([*words, None], dtype=object)
    return pd.Series(texts[codes], index=index, dtype="str")


def _since_reference(
    nominal: Nominal, table: pd.DataFrame, doses: Doses, previous: Given, params: PkTimes
) -> np.ndarray:
    """NRRLT: the planned time point itself after a dose; before one, counted from the day of the last dose."""
    since_first, timepoint = nominal
    if params.dose_day in table and len(doses):
        day = table[params.dose_day].to_numpy(dtype=float)[doses.row]
        planned = value_of(np.where(day > 0, day - 1, day) * 24, previous)
    else:
        planned = np.full(len(since_first), np.nan)
    # A dose record of many days says nothing about the planned day of its later doses.
    planned = np.where(np.isnan(value_of(doses.step, previous)), planned, np.nan)
    before = np.where(previous.record >= 0, since_first - planned, timepoint)
    return np.where(timepoint > 0, timepoint, before)


def _without_twins(doses: Doses, reference: Given) -> np.ndarray:
    return value_of(np.where(_twins(doses), np.nan, doses.amount), reference)


def _twins(doses: Doses) -> np.ndarray:
    """Doses that share their minute with another one of the same subject (and treatment)."""
    same = np.append(doses.keys[1:] == doses.keys[:-1], False) if len(doses) else np.zeros(0, dtype=bool)
    same &= doses.timed
    return same | np.append(False, same[:-1]) if len(doses) else same


def _note_twins(table: pd.DataFrame, doses: Doses, params: PkTimes, notes: Notes) -> None:
    notes.add(
        "dose-twice",
        table.index[np.sort(doses.row[_twins(doses)])],
        found=f"more than one dose at one {params.start}",
        expected="one record for each dose, or a treatment to tell them by",
        do="correct the dose records, or name the treatment of the analyte; the dose amount stays missing",
        table=params.doses,
        variable=params.amount,
    )


def _note(
    records: pd.DataFrame,
    params: PkTimes,
    notes: Notes,
    moment: np.ndarray,
    first: Given,
    reference: Given,
) -> None:
    collected = records[params.collected].notna().to_numpy()
    notes.add(
        "sample-without-dose",
        records.index[first.record < 0],
        found=f"a sample of a subject without a valid dose in {params.doses}",
        expected="a dose record for every subject with samples",
        do=f"complete {params.doses}; the times since a dose stay missing",
        variable="ARRLT",
    )
    notes.add(
        "sample-without-time",
        records.index[collected & np.isnan(moment)],
        found=f"{params.collected} without a time of day",
        expected="date and time of every sample",
        do="complete the time; the actual times stay missing",
        variable=params.collected,
    )
    notes.add(
        "reference-dose-without-time",
        records.index[~np.isnan(moment) & (reference.record >= 0) & np.isnan(reference.moment)],
        found="the dose before the sample has no time of day",
        expected="date and time of every dose with samples",
        do="complete the time of the dose; the time since it stays missing",
        variable="ARRLT",
    )
    notes.add(
        "reference-dose-counted",
        records.index[reference.counted],
        found="a reference dose within a record that covers many doses",
        expected="a collected time for each dose with samples",
        do="collect that time; it was counted on from the start of the record by its frequency",
        variable="ARRLT",
        severity="note",
    )
