"""Sum of diameters with its changes, and the target response that follows from it."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from sdtm.derivations.day_numbers import dates_of, day_numbers, first_of_groups
from sdtm.derivations.flags import flags, named
from sdtm.derivations.lesion_assessments import described, worst_of_visit
from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from sdtm.derivations.response_records import GOODNESS, RESPONSE_NUMBERS, RESPONSES
from sdtm.derivations.target_sums import NODE_LIMIT, SumParams, Sums, add_up
from specs.catalogue import Carried, Column, Params
from specs.values import Truth

_TOLERANCE = 1e-9  # 0.7 times 43 is not 30.1 in binary
_CHANGES = ("AVAL", "ABLFL", "BASE", "CHG", "PCHG", "NADIR", "CHGNAD", "PCHGNAD", "ANL01FL")


class SumOfDiameters(SumParams):
    parameter: str = "SDIAM"
    label: str = ""


@derivation(
    "sum_of_diameters",
    SumOfDiameters,
    makes="records",
    fixed=("PARAMCD", "PARAM", "ADT", *_CHANGES, "LSEXP", "LSASS", "LSGROW"),
    labels={
        "NADIR": "Nadir of Sum of Diameters",
        "CHGNAD": "Change from Nadir",
        "PCHGNAD": "Percent Change from Nadir",
        "LSEXP": "Lesions Expected",
        "LSASS": "Lesions Assessed",
        "LSGROW": "Largest Growth of a Lesion Since Nadir",
    },
)
def sum_of_diameters(records: pd.DataFrame, params: SumOfDiameters, notes: Notes) -> pd.DataFrame:
    """The sum of the target lesions at each assessment, and its change from baseline and nadir.

    AVAL = the sum of the sizes (``lesion_value``) of lesions that have one on or before ``reference``; parts of
    a split lesion are added, a merged lesion counts once. ANL01FL = Y where every such lesion has a size.
    Baseline (ABLFL) = the last such assessment until ``reference``. NADIR = the smallest complete sum on an
    earlier day, baseline included. CHG = AVAL - BASE, PCHG = 100 CHG / BASE, CHGNAD and PCHGNAD likewise.

    Shape:   n sizes of target lesions in; one record per assessment out (subject, ``by``, visit).
    Unit:    mm and percent, not rounded. LSGROW is the largest growth of one lesion since the nadir, in mm.
    Missing: AVAL if no lesion has a size; changes before treatment, without baseline, or of an incomplete
             sum; percentages of 0.
    Errors:  no complete baseline, target lesion after baseline, lesion measured twice (the largest counts),
             assessment without date: notes.
    Source:  RECIST 1.1 (Eisenhauer 2009), 4.2.1 and 4.3.1.
    Example: 50, 46, 35, 34, 42 -> PCHG of the last -16, NADIR 34, CHGNAD 8, PCHGNAD 23.5294….
    """
    sums = add_up(records, params, notes)
    made = described(records, params, sums.assessments)
    frame = pd.DataFrame({**made, **_changes(sums)}, index=pd.RangeIndex(len(sums.total)))
    frame["LSEXP"], frame["LSASS"] = sums.expected, sums.assessed
    frame["LSGROW"] = sums.largest_growth
    return frame.assign(**named(params.parameter, params.label, len(frame)))


def _changes(sums: Sums) -> dict[str, object]:
    judged = sums.after_baseline & sums.complete
    change = np.where(judged, sums.total - sums.base, np.nan)
    since_nadir = np.where(judged, sums.total - sums.nadir, np.nan)
    base = np.where(sums.is_baseline | sums.after_baseline, sums.base, np.nan)
    return {
        "AVAL": sums.total,
        "ABLFL": flags(sums.is_baseline),
        "BASE": base,
        "CHG": change,
        "PCHG": _percent(change, sums.base),
        "NADIR": np.where(sums.after_baseline, sums.nadir, np.nan),
        "CHGNAD": since_nadir,
        "PCHGNAD": _percent(since_nadir, sums.nadir),
        "ANL01FL": flags(sums.complete),
    }


def _percent(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return 100.0 * part / np.where(whole > 0, whole, np.nan)


class TargetResponse(SumParams):
    parameter: str = "TRGRESP"
    label: str = ""
    reappear: Truth = True
    scans_of_a_visit: Literal["worst", "all"] = "worst"


@derivation(
    "target_response", TargetResponse, makes="records", fixed=("PARAMCD", "PARAM", "ADT", "AVALC", "AVAL")
)
def target_response(records: pd.DataFrame, params: TargetResponse, notes: Notes) -> pd.DataFrame:
    """The response of target lesions at each assessment after the reference date, by RECIST 1.1.

    The first that fits: PD if the sum, complete or not, is at least 20 % and 5 mm above the nadir; PD if after a
    CR a lesion that is no node is there again (``reappear``); NE if a lesion has no size; CR if all lesions
    are gone and all nodes below 10 mm; PR if the sum is at most 70 % of the baseline; SD. Of several scans of
    one visit only the worst response is kept (``scans_of_a_visit``).

    Shape:   n sizes of target lesions in; one record per assessment after ``reference`` out.
    Unit:    AVAL as in ``response_flags``. Compared in mm, before any rounding.
    Missing: never; without a complete baseline it is NE.
    Errors:  as ``sum_of_diameters``: notes.
    Source:  RECIST 1.1 (Eisenhauer 2009), 4.3.1.
    Example: sums 50 (baseline), 46, 35, 34, 42 -> SD, PR, PR, PD.
    """
    sums = add_up(records, params, notes)
    code = target_codes(sums, params.reappear)
    kept = sums.after_baseline
    if params.scans_of_a_visit == "worst":
        kept = kept & worst_of_visit(sums.assessments, GOODNESS[code])
    frame = pd.DataFrame(described(records, params, sums.assessments), index=pd.RangeIndex(len(code)))
    frame["AVALC"] = pd.array(np.array(RESPONSES, dtype=object)[code], dtype="str")
    frame["AVAL"] = RESPONSE_NUMBERS[code]
    frame = frame[kept].reset_index(drop=True)
    return frame.assign(**named(params.parameter, params.label, len(frame)))


def target_codes(sums: Sums, reappear: bool) -> np.ndarray:
    """The place in ``RESPONSES`` of each assessment's target response."""
    total, nadir = sums.total, sums.nadir
    other, node = np.nan_to_num(sums.largest_other), np.nan_to_num(sums.largest_node)
    grown = (total - nadir >= 5 - _TOLERANCE) & (total >= 1.2 * nadir - _TOLERANCE)
    known = sums.complete & ~np.isnan(sums.base)
    gone = known & (other == 0) & (node < NODE_LIMIT) & sums.after_baseline
    responded = np.where(gone & ~grown, 1, -1)
    back = (sums.assessments.before(responded) > 0) & (other > 0) & reappear
    shrunk = total <= 0.7 * sums.base + _TOLERANCE
    codes = [RESPONSES.index(name) for name in ("PD", "NE", "CR", "PR")]
    return np.select([grown | back, ~known, gone, shrunk], codes, RESPONSES.index("SD"))


class BestPercentChange(Params):
    subject: Carried = "USUBJID"
    change: Column = "PCHG"
    complete: Column = "ANL01FL"
    date: Column = "ADT"
    progression: Column = ""  # date of first PD
    progression_visit: Truth = True
    new_therapy: Column = ""
    parameter: str = "BESTPCHG"
    label: str = ""


@derivation(
    "best_percent_change", BestPercentChange, makes="records", fixed=("PARAMCD", "PARAM", "AVAL", "ADT")
)
def best_percent_change(records: pd.DataFrame, params: BestPercentChange, notes: Notes) -> pd.DataFrame:
    """The smallest percent change of the sum of diameters from baseline: one bar of a waterfall.

    Over complete sums until first progression (``progression_visit: false``: before it) and until the day
    of new anti-cancer therapy, both dates as columns of the records.

    Shape:   n sums of diameters in; one record per subject who has such a change out.
    Unit:    percent, not rounded and not cut.
    Missing: none; a subject without such a change has no record, and belongs in a footnote.
    Errors:  none on data.
    Source:  waterfall plot of best change, RECIST 1.1 sums.
    Example: PCHG -8, -30, -32, -16 -> -32.
    """
    change = records[params.change].to_numpy(dtype=float)
    day = day_numbers(records[params.date], params.date)
    named_subject = records[params.subject].notna().to_numpy(dtype=bool)
    used = named_subject & ~np.isnan(change) & records[params.complete].eq("Y").to_numpy(dtype=bool)
    if params.progression:
        last = day_numbers(records[params.progression], params.progression)
        used &= ~(day > last) if params.progression_visit else ~(day >= last)
    if params.new_therapy:
        used &= ~(day > day_numbers(records[params.new_therapy], params.new_therapy))
    codes, subjects = pd.factorize(records[params.subject], sort=True)
    at = np.flatnonzero(used)
    at = at[np.lexsort((day[at], change[at], codes[at]))]
    first = first_of_groups(codes[at], len(subjects))
    chosen = at[first[first >= 0]]
    frame = pd.DataFrame(
        {
            params.subject: records[params.subject].iloc[chosen].reset_index(drop=True),
            "AVAL": change[chosen],
            "ADT": dates_of(day[chosen]),
        }
    )
    return frame.assign(**named(params.parameter, params.label, len(frame)))
