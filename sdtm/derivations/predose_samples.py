"""predose_copies: the sample before a dose, once more as the start of the next interval."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd

from sdtm.derivations.day_numbers import moments_of, seconds_of
from sdtm.derivations.notes import Notes
from sdtm.derivations.pk_doses import HOUR, DoseTable, dose_after, first_dose, read_doses, text_of, value_of
from sdtm.derivations.registry import derivation
from sdtm.derivations.sample_times import reference_label
from specs.catalogue import Column


class PredoseCopies(DoseTable):
    copies_records: ClassVar[bool] = True
    time: Column = "ADTM"
    timepoint: Column = "PCTPTNUM"
    window_hours: float = 24


@derivation("predose_copies", PredoseCopies, makes="records")
def predose_copies(
    records: pd.DataFrame, params: PredoseCopies, notes: Notes, tables: dict[str, pd.DataFrame]
) -> pd.DataFrame:
    """Copies of pre-dose samples for the interval that begins after them.

    Shape:   n samples with the columns of ``pk_times`` in; one copy for each pre-dose sample (planned time
             point at or below 0) that has a dose before and one after it within ``window_hours``. The
             originals stay with the interval before. All columns are copied but those named next.
    Unit:    hours. In the copy DTYPE is COPY, PCRFTDTM, ATPTREF, BASETYPE, DOSEA, DOSEU, ADOSEDUR and
             DOSEROUT are those of the next dose, ARRLT is at most 0, MRRLT and NRRLT are 0.
    Missing: no copy for a sample before the first dose (it has no interval before), without a time, or of
             which the next dose has no time; the latter is noted.
    Errors:  a pre-dose sample without a dose within the window is noted.
    Source:  ADNCA 1.0: a record that serves two profiles is there twice, the second with DTYPE.
    Example: doses day 1 and 8 at 08:00, sample day 8 at 07:50 with time point 0 -> a copy with ARRLT -0.167.
    """
    table = tables[params.doses]
    group, doses = read_doses(records, table, params, Notes())  # pk_times has said what is wrong with doses
    moment = seconds_of(records[params.time], params.time)
    first, following = first_dose(doses, group), dose_after(doses, group, moment)
    planned = (records[params.timepoint].to_numpy(dtype=float) <= 0) & ~np.isnan(moment)
    later = planned & (first.record >= 0) & (moment > value_of(doses.start, first))
    wait = (following.moment - moment) / HOUR
    copied = later & (wait <= params.window_hours)
    notes.add(
        "predose-without-dose",
        records.index[later & ~copied],
        found=f"a pre-dose sample without a timed dose in the {params.window_hours:g} hours after it",
        expected="the dose that the sample was taken before",
        do=f"complete {params.doses}; the sample does not start a profile",
        variable="ARRLT",
    )
    chosen = records[copied]
    if not len(chosen):
        return chosen.assign(DTYPE=pd.Series(dtype="str"), BASETYPE=pd.Series(dtype="str"))
    label = reference_label(following, first, records.index)[copied]
    reference = moments_of(following.moment[copied])
    changed = {
        "DTYPE": "COPY",
        "PCRFTDTM": reference,
        "ATPTREF": label,
        "BASETYPE": label,
        "ARRLT": 0.0 - wait[copied],
        "MRRLT": 0.0,
        "NRRLT": 0.0,
        "DOSEA": value_of(doses.amount, following)[copied],
        "DOSEU": text_of(table, params.unit, doses, following, records.index)[copied],
        "ADOSEDUR": value_of(doses.hours, following)[copied],
        "DOSEROUT": text_of(table, params.route, doses, following, records.index)[copied],
    }
    return chosen.assign(**changed)
