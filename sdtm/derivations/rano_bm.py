"""Response of brain metastases by RANO-BM."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sdtm.derivations.day_numbers import day_numbers, tie_breaker
from sdtm.derivations.flags import capitals
from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from sdtm.derivations.response_records import (
    CR,
    NE,
    NON,
    PD,
    PR,
    RESPONSE_NUMBERS,
    RESPONSES,
    SD,
    response_codes,
)
from specs.catalogue import Column, Made, Params, Texts

_TOLERANCE = 1e-9


class RanoBmResponse(Params):
    subject: Column = "USUBJID"
    date: Column = "ADT"
    total: Column = "AVAL"
    base: Column = "BASE"
    nadir: Column = "NADIR"
    growth: Column = "LSGROW"
    complete: Column = "ANL01FL"
    non_target: Column = "NTRGRESP"
    new_lesion: Column = "NEWLIND"
    steroid_dose: Column = "STERDOSE"
    steroid_base: Column = "STERBASE"
    clinical: Column = "CLINSTAT"
    worse: Texts = ("WORSE", "WORSENED", "DETERIORATED")
    stable: Texts = ("STABLE", "BETTER", "IMPROVED")
    no_disease: Texts = ("NOT APPLICABLE", "NA", "NONE")
    new: Texts = ("Y", "YES", "UNEQUIVOCAL")
    confirm_days: int = 28
    to: Made = "AVALC"
    number: Made = "AVAL"


@derivation("rano_bm_response", RanoBmResponse)
def rano_bm_response(records: pd.DataFrame, params: RanoBmResponse, notes: Notes) -> pd.DataFrame:
    """The CNS response at each time point after treatment began, by RANO-BM.

    PD if the sum is at least 20 % above the nadir and one lesion grew by 5 mm, or non-target lesions progressed,
    or there is a new lesion, or the clinical status is worse. CR if all are gone for ``confirm_days``, without
    steroids. PR if the sum is at most 70 % of the baseline for ``confirm_days``, the others are no worse, and
    steroids no higher than at baseline. Each of them needs a clinical status that is stable or better. A
    shrinkage that is not kept up, or with more steroids, is SD. An unchanged sum with more steroids is neither
    SD nor PD, and stays NE.

    Shape:   n time points with sums of CNS lesions (``sum_of_diameters``) in; a response out, same index.
    Unit:    mm, and any one unit of steroid dose; none is 0.
    Missing: never; what is not known makes it NE. Without non-target lesions that column is missing.
    Errors:  no steroid dose or clinical status: a note.
    Source:  RANO-BM (Lin 2015), Table 2 and text on corticosteroids.
    Example: sum -35 %, no new lesion, dexamethasone from 4 to 8 mg, clinically stable -> SD, not PR.
    """
    total, base, nadir = (
        records[name].to_numpy(dtype=float) for name in (params.total, params.base, params.nadir)
    )
    other_text = records[params.non_target]
    other = response_codes(other_text.mask(capitals(other_text).isin(params.no_disease)), notes)
    steroid, before = (
        records[name].to_numpy(dtype=float) for name in (params.steroid_dose, params.steroid_base)
    )
    clinical = capitals(records[params.clinical])
    worse = clinical.isin(params.worse).to_numpy(dtype=bool)
    stable = clinical.isin(params.stable).to_numpy(dtype=bool)
    grown = (total >= 1.2 * nadir - _TOLERANCE) & (
        records[params.growth].to_numpy(dtype=float) >= 5 - _TOLERANCE
    )
    new = capitals(records[params.new_lesion]).isin(params.new).to_numpy(dtype=bool)
    progressed = grown | (other == PD) | new | worse
    known = (
        records[params.complete].eq("Y").to_numpy(dtype=bool) & ~np.isnan(base) & stable & ~np.isnan(steroid)
    )
    others_kept = (other == -1) | (other == CR) | (other == NON)
    no_more = (steroid == 0) | (steroid <= before)
    small = known & ~progressed & others_kept & (total <= 0.7 * base + _TOLERANCE)
    partial = small & no_more
    complete = partial & (total == 0) & ((other == CR) | (other == -1)) & (steroid == 0)
    day = day_numbers(records[params.date], params.date)
    order = np.lexsort((tie_breaker(records.index), day, records[params.subject]))
    silent = ~known & ~progressed
    lasting_partial = _lasting(records[params.subject], day, partial, silent, order, params.confirm_days)
    lasting_complete = _lasting(records[params.subject], day, complete, silent, order, params.confirm_days)
    notes.add(
        "clinical-status-or-steroids-missing",
        records.index[~progressed & ~((stable | worse) & ~np.isnan(steroid))],
        found="no steroid dose or clinical status at a CNS assessment",
        expected="both; a response by RANO-BM needs them",
        do="query them; the response is NE until then",
        severity="note",
    )
    kept = known & others_kept & (no_more | small)
    code = np.select([progressed, lasting_complete, lasting_partial, kept], [PD, CR, PR, SD], NE)
    return pd.DataFrame(
        {
            params.to: pd.array(np.array(RESPONSES, dtype=object)[code], dtype="str"),
            params.number: RESPONSE_NUMBERS[code],
        },
        index=records.index,
    )  # fmt: skip


def _lasting(
    subject: pd.Series, day: np.ndarray, holds: np.ndarray, silent: np.ndarray, order: np.ndarray, days: int
) -> np.ndarray:
    """Where something holds over assessments of one subject that lie ``days`` apart, silent ones left out."""
    at = order[~silent[order] & ~np.isnan(day[order])]
    who = subject.to_numpy()[at]
    held = holds[at]
    starts = np.ones(len(at), dtype=bool)
    starts[1:] = (held[1:] != held[:-1]) | (who[1:] != who[:-1])
    run = np.cumsum(starts)
    times = pd.Series(day[at]).groupby(run)
    long = (times.transform("max") - times.transform("min")).to_numpy() >= days
    lasting = np.zeros(len(day), dtype=bool)
    lasting[at] = held & long
    return lasting
