"""Yes-or-no parameters of response, and the first and last assessments that matter."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sdtm.derivations.best_response import (
    BestOverallResponse,
    Confirmation,
    best_overall_response,
    responses_that_count,
)
from sdtm.derivations.day_numbers import first_of_groups, last_of_groups
from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from sdtm.derivations.response_records import (
    NE,
    NON,
    PD,
    RESPONSE_NUMBERS,
    RESPONSES,
    RESULT,
    Assessed,
    ResponseParameter,
    assess,
    one_per_subject,
)
from sdtm.derivations.source_row import SOURCE_ROW
from specs.catalogue import Texts
from specs.values import Truth


class ObjectiveResponse(Confirmation):
    parameter: str = "RSP"


@derivation("objective_response", ObjectiveResponse, makes="records", fixed=RESULT)
def objective_response(
    records: pd.DataFrame, params: ObjectiveResponse, notes: Notes, tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Whether a subject has a CR or PR among the responses that count (``confirmed``: a confirmed one).

    Shape:   n overall responses in; one record per subject of ``subjects`` out.
    Unit:    AVAL is 1 for Y and 0 for N.
    Missing: ADT and source of an N. ADT of a Y is the first such response, not its confirmation.
    Errors:  as ``response_flags``: notes.
    Source:  RECIST 1.1 (Eisenhauer 2009), 4.6; confirmation as in ``best_overall_response``.
    Example: PR on day 42, PR on day 84 -> Y on day 42, confirmed too. PR on day 42, PD -> Y; confirmed: N.
    """
    assessed = assess(records, params, tables[params.subjects], notes)
    at = assessed.in_order(assessed.ovr)
    return _yes_or_no(assessed, records, params, at[responses_that_count(assessed, at, params)])


class ClinicalBenefit(Confirmation):
    parameter: str = "CB"
    cb_days: int = 42


@derivation("clinical_benefit", ClinicalBenefit, makes="records", fixed=RESULT)
def clinical_benefit(
    records: pd.DataFrame, params: ClinicalBenefit, notes: Notes, tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Whether a subject responded, or had no progression at ``cb_days`` after the reference date or later.

    Y for an objective response (``confirmed``: a confirmed one), or a CR, PR, SD or NON-CR/NON-PD that late,
    among the responses that count. 168 days are the clinical benefit of 24 weeks.

    Shape:   n overall responses in; one record per subject of ``subjects`` out.
    Unit:    days; AVAL is 1 for Y and 0 for N.
    Missing: ADT and source of an N. ADT of a Y is the earlier of the two.
    Errors:  as ``response_flags``: notes.
    Source:  admiralonco, "Creating ADRS", clinical benefit.
    Example: SD on day 42, PD on day 84 -> Y on day 42; with 168 days: N.
    """
    assessed = assess(records, params, tables[params.subjects], notes)
    at = assessed.in_order(assessed.ovr)
    since = assessed.day[at] - assessed.reference[assessed.subject[at]]
    late = (since >= params.cb_days) & (assessed.code[at] <= NON)
    return _yes_or_no(assessed, records, params, at[late | responses_that_count(assessed, at, params)])


class BestResponseAmong(BestOverallResponse):
    parameter: str = "BCP"
    responses: Texts = ("CR", "PR")


@derivation("best_response_among", BestResponseAmong, makes="records", fixed=RESULT)
def best_response_among(
    records: pd.DataFrame, params: BestResponseAmong, notes: Notes, tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Whether the best overall response of a subject is one of those named.

    CR and PR are the objective response rate; with SD and NON-CR/NON-PD it is disease control. Who has no
    response at all is an N, never left out.

    Shape:   n overall responses in; one record per subject of ``subjects`` out.
    Unit:    AVAL is 1 for Y and 0 for N.
    Missing: ADT and source of an N.
    Errors:  as ``response_flags``: notes.
    Source:  RECIST 1.1 (Eisenhauer 2009), 4.6 and 4.10.
    Example: best response SD; among CR, PR -> N; among CR, PR, SD, NON-CR/NON-PD -> Y.
    """
    shared = {name: getattr(params, name) for name in BestOverallResponse.model_fields}
    best = best_overall_response(records, BestOverallResponse(**shared), tables=tables, notes=notes)
    yes = best["AVALC"].isin([text.upper() for text in params.responses])
    described = ("ADT", *params.keep, "SRCDOM", "SRCVAR", "SRCSEQ", SOURCE_ROW)
    return best.assign(
        AVALC=pd.Series(np.where(yes, "Y", "N"), index=best.index, dtype="str"),
        AVAL=yes.astype("float64"),
        **{name: best[name].where(yes) for name in described},
    )


class FirstProgression(ResponseParameter):
    parameter: str = "PD"


@derivation("first_progression", FirstProgression, makes="records", fixed=RESULT)
def first_progression(
    records: pd.DataFrame, params: FirstProgression, notes: Notes, tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Whether a subject progressed, and when first. New therapy does not end the search.

    Shape:   n overall responses in; one record per subject of ``subjects`` out.
    Unit:    AVAL is 1 for Y and 0 for N.
    Missing: ADT and source of an N.
    Errors:  as ``response_flags``: notes.
    Source:  RECIST 1.1 (Eisenhauer 2009), 4.3.2 and 4.3.4.
    Example: PD before treatment, SD on day 42, PD on day 84 -> Y on day 84.
    """
    assessed = assess(records, params, tables[params.subjects], notes)
    return _yes_or_no(assessed, records, params, assessed.in_order(assessed.counted & (assessed.code == PD)))


class LastAssessment(ResponseParameter):
    parameter: str = "LSTA"
    evaluable: Truth = False


@derivation("last_assessment", LastAssessment, makes="records", fixed=RESULT)
def last_assessment(
    records: pd.DataFrame, params: LastAssessment, notes: Notes, tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """The last overall response; ``evaluable``: the last that is a censoring date of PFS.

    That one is neither NE nor ND, not after the first PD, and not after new anti-cancer therapy
    (``new_therapy_rule``). Evaluable stands in for an adequate assessment.

    Shape:   n overall responses in; one record per subject who has one out.
    Unit:    AVAL as in ``response_flags``.
    Missing: none; a subject without such a response has no record.
    Errors:  as ``response_flags``: notes.
    Source:  FDA guidance "Clinical trial endpoints for the approval of cancer drugs" (2018), appendix 3.
    Example: SD on day 42, NE on day 84 -> NE of day 84; evaluable: SD of day 42.
    """
    assessed = assess(records, params, tables[params.subjects], notes)
    fits = assessed.ovr & (assessed.code < NE) if params.evaluable else assessed.counted
    at = assessed.in_order(fits)
    last = last_of_groups(assessed.subject[at], len(assessed.subjects))
    chosen = np.where(last >= 0, np.r_[at, -1][last], -1)
    code = assessed.code[np.maximum(chosen, 0)] if len(records) else np.zeros(len(chosen), dtype=np.int64)
    texts = np.array(RESPONSES, dtype=object)[code]
    made = one_per_subject(assessed, records, params, chosen, texts, RESPONSE_NUMBERS[code])
    return made[chosen >= 0].reset_index(drop=True)


def _yes_or_no(
    assessed: Assessed, records: pd.DataFrame, params: ResponseParameter, at: np.ndarray
) -> pd.DataFrame:
    """Y with the first of these records (in order) for each subject who has one, else N."""
    first = first_of_groups(assessed.subject[at], len(assessed.subjects))
    chosen = np.where(first >= 0, np.r_[at, -1][first], -1)
    yes = chosen >= 0
    return one_per_subject(assessed, records, params, chosen, np.where(yes, "Y", "N"), yes.astype(float))
