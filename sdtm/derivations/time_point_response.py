"""The overall response at a time point, from target lesions, other lesions and new ones."""

from __future__ import annotations

import numpy as np
import pandas as pd

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

NED = len(RESPONSES)  # no evidence of disease: neither at baseline nor now
OVERALL = (*RESPONSES, "NED")
_NUMBERS = np.r_[RESPONSE_NUMBERS[:NED], np.nan]
NO, YES, EQUIVOCAL, UNKNOWN = range(4)


class OverallResponse(Params):
    subject: Column = "USUBJID"
    target: Column = "TRGRESP"
    non_target: Column = "NTRGRESP"
    new_lesion: Column = "NEWLIND"
    target_disease: Column = ""  # Y or N; without it: whether the subject ever has a target response
    non_target_disease: Column = ""
    no_disease: Texts = ("NOT APPLICABLE", "NA", "NONE")
    new: Texts = ("Y", "YES", "UNEQUIVOCAL")
    no_new: Texts = ("N", "NO")
    equivocal: Texts = ("EQUIVOCAL",)
    to: Made = "AVALC"
    number: Made = "AVAL"


@derivation("overall_response", OverallResponse)
def overall_response(records: pd.DataFrame, params: OverallResponse, notes: Notes) -> pd.DataFrame:
    """The overall response of RECIST 1.1 from the responses of target and non-target lesions and new lesions.

    PD if any of them is a progression. Else, with target disease: CR if the others are gone too, or there were
    none; PR if they are not; PR, SD and NE stay what they are. Without: CR, NON-CR/NON-PD or NE of the others.
    Without any disease at baseline: NED. An equivocal new lesion is no progression.

    Shape:   n time points in; a response and its number out, same index.
    Unit:    AVAL as in ``response_flags``; NED has none.
    Missing: never. A missing response of disease that is there counts as not evaluable.
    Errors:  response outside the codelist; new lesions not assessed, which count as none: notes.
    Source:  RECIST 1.1 (Eisenhauer 2009), Tables 1 and 2.
    Example: target CR, non-target NON-CR/NON-PD, no new lesion -> PR; target SD, new lesion -> PD.
    """
    target = _codes(records, params.target, params, notes)
    non_target = _codes(records, params.non_target, params, notes)
    new = _new_lesions(records, params, notes)
    has_target, target_known = _has_disease(records, params, params.target, params.target_disease)
    has_other, other_known = _has_disease(records, params, params.non_target, params.non_target_disease)
    nothing = target_known & other_known & ~has_target & ~has_other
    code = overall_codes(target, non_target, new, has_target, has_other, nothing)
    return pd.DataFrame(
        {
            params.to: pd.array(np.array(OVERALL, dtype=object)[code], dtype="str"),
            params.number: _NUMBERS[code],
        },
        index=records.index,
    )


def overall_codes(
    target: np.ndarray, non_target: np.ndarray, new: np.ndarray, has_target: np.ndarray,
    has_other: np.ndarray, nothing: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Places in ``OVERALL``; ``target`` and ``non_target`` are places in ``RESPONSES`` or -1, ``new`` as here."""
    progressed = (target == PD) | (non_target == PD) | (new == YES)
    others_gone = (non_target == CR) | ~has_other
    with_target = np.select(
        [(target == CR) & others_gone, (target == CR) | (target == PR), target == SD], [CR, PR, SD], NE
    )
    without = np.select([non_target == CR, non_target == NON], [CR, NON], NE)
    return np.select([progressed, nothing, has_target], [PD, NED, with_target], without)


def _codes(records: pd.DataFrame, column: str, params: OverallResponse, notes: Notes) -> np.ndarray:
    responses = records[column]
    return response_codes(responses.mask(capitals(responses).isin(params.no_disease)), notes)


def _has_disease(
    records: pd.DataFrame, params: OverallResponse, response: str, flag: str
) -> tuple[np.ndarray, np.ndarray]:
    """Whether the subject had such disease at baseline, and whether that is known."""
    if flag:
        return records[flag].eq("Y").to_numpy(dtype=bool), records[flag].notna().to_numpy(dtype=bool)
    text = capitals(records[response])
    none = text.isin(params.no_disease)
    subject = records[params.subject]
    has = (text.notna() & ~none).groupby(subject, dropna=False).transform("any").to_numpy(dtype=bool)
    said = none.groupby(subject, dropna=False).transform("any").to_numpy(dtype=bool)
    return has, has | said


def _new_lesions(records: pd.DataFrame, params: OverallResponse, notes: Notes) -> np.ndarray:
    text = capitals(records[params.new_lesion])
    new = np.select(
        [text.isin(params.new), text.isin(params.no_new), text.isin(params.equivocal)],
        [YES, NO, EQUIVOCAL],
        UNKNOWN,
    )
    notes.add(
        "new-lesions-not-assessed",
        records.index[new == UNKNOWN],
        found="no word on new lesions, or one that is not known",
        expected=", ".join([*params.new, *params.no_new, *params.equivocal]),
        do="query it; the response was made as if there were none",
        variable=params.new_lesion,
        severity="note",
    )
    return new
