"""RECIST 1.1 responses recomputed from lesions: target, non-target, new, overall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd

from sdtm.derivations.diameters import target_codes
from sdtm.derivations.flags import capitals, named
from sdtm.derivations.lesion_assessments import Assessments, described, gather, worst_of_visit
from sdtm.derivations.notes import Notes
from sdtm.derivations.registry import derivation
from sdtm.derivations.response_records import CR, GOODNESS, NE, NON, PD, RESPONSE_NUMBERS, RESPONSES
from sdtm.derivations.target_sums import NODE_LIMIT, SumParams, add_up
from sdtm.derivations.time_point_response import EQUIVOCAL, NO, OVERALL, YES, overall_codes
from specs.catalogue import Column, Texts
from specs.values import Truth

_NUMBERS = np.r_[RESPONSE_NUMBERS[: len(RESPONSES)], np.nan]
_NONE = -1
_NOT_JUDGED = ("NOT EVALUABLE", "NOT ASSESSABLE", "NE", "INDETERMINATE", "EQUIVOCAL")


class RecistResponse(SumParams):
    role: Column = "TRGRPID"
    state: Column = "TRSTRESC"
    target: Texts = ("TARGET",)
    non_target: Texts = ("NON-TARGET",)
    new: Texts = ("NEW",)
    gone: Texts = ("ABSENT",)
    progressed: Texts = ("UNEQUIVOCAL", "UNEQUIVOCAL PROGRESSION")
    present: Texts = ("PRESENT",)
    new_lesion: Texts = ("UNEQUIVOCAL", "PRESENT")
    equivocal: Texts = ("EQUIVOCAL",)
    reappear: Truth = True
    scans_of_a_visit: Literal["worst", "all"] = "worst"
    backdate_new: Truth = True
    non_target_incomplete: Literal["NE", "NON-CR/NON-PD"] = "NE"
    parameter: str = "OVRLRESP"
    label: str = ""


@derivation(
    "recist_response",
    RecistResponse,
    makes="records",
    fixed=("PARAMCD", "PARAM", "ADT", "AVALC", "AVAL", "TRGRESP", "NTRGRESP", "NEWLIND"),
    labels={
        "TRGRESP": "Target Response",
        "NTRGRESP": "Non-target Response",
        "NEWLIND": "New Lesion Indicator",
    },
)
def recist_response(records: pd.DataFrame, params: RecistResponse, notes: Notes) -> pd.DataFrame:
    """The responses of RECIST 1.1 at each assessment after the reference date, made from the lesions alone.

    The target response is as in ``target_response``. Non-target: PD if any lesion progressed; NE if one of the
    baseline was not evaluated (``non_target_incomplete``: NON-CR/NON-PD if another is there); NON-CR/NON-PD if any
    is there; CR if all are gone (a node below 10 mm is). New: Y, EQUIVOCAL or N; an equivocal lesion that is
    unequivocal later was new from the start (``backdate_new``). Overall: as ``overall_response``. Of several
    scans of one visit only the worst response is kept (``scans_of_a_visit``).

    Shape:   n lesions in, all roles, sizes by ``lesion_value``; one record per assessment after ``reference`` out.
    Unit:    AVALC and AVAL are the overall response.
    Missing: TRGRESP or NTRGRESP of a subject without such lesions.
    Errors:  as ``sum_of_diameters``; a state of a lesion that the spec does not explain: notes.
    Source:  RECIST 1.1 (Eisenhauer 2009), 4.3 and Tables 1 and 2; 4.3.5 for equivocal lesions.
    Example: sums 50, 35; non-target PRESENT; no new lesion -> PR, NON-CR/NON-PD, N; PR.
    """
    role = capitals(records[params.role])
    said = (records[params.value].notna() | records[params.state].notna()).to_numpy(dtype=bool)
    assessments = gather(records, said, params, notes)
    is_target = role.isin(params.target).to_numpy(dtype=bool)
    is_other = role.isin(params.non_target).to_numpy(dtype=bool)
    is_new = role.isin(params.new).to_numpy(dtype=bool)
    own = replace(assessments, of=assessments.of[is_target], first_row=_first_rows(assessments, is_target))
    sums = add_up(records[is_target], params, notes, own)
    target = target_codes(sums, params.reappear)
    has_target = _groups_with(assessments, is_target)
    target = np.where(has_target, target, _NONE)
    non_target = _non_target(records, params, assessments, is_other, notes)
    has_other = _groups_with(assessments, is_other)
    new = _new(records, params, assessments, is_new, notes)
    code = overall_codes(target, non_target, new, has_target, has_other, ~has_target & ~has_other)
    frame = pd.DataFrame(described(records, params, assessments), index=pd.RangeIndex(len(assessments)))
    texts = np.array([*OVERALL, None], dtype=object)
    news = np.array(["N", "Y", "EQUIVOCAL"], dtype=object)
    frame["TRGRESP"] = pd.array(texts[target], dtype="str")
    frame["NTRGRESP"] = pd.array(texts[np.where(has_other, non_target, _NONE)], dtype="str")
    frame["NEWLIND"] = pd.array(news[new], dtype="str")
    frame["AVALC"] = pd.array(texts[code], dtype="str")
    frame["AVAL"] = _NUMBERS[code]
    frame = frame.assign(**named(params.parameter, params.label, len(frame)))
    kept = assessments.after_reference
    if params.scans_of_a_visit == "worst":
        kept = kept & worst_of_visit(assessments, np.r_[GOODNESS, len(GOODNESS)][code])
    return frame[kept].reset_index(drop=True)


def _first_rows(assessments: Assessments, chosen: np.ndarray) -> np.ndarray:
    """The first of the chosen records in each assessment; one of them all where it has none."""
    of = assessments.of[chosen]
    first = np.zeros(len(assessments), dtype=np.int64)
    placed = of >= 0
    first[of[placed][::-1]] = np.flatnonzero(placed)[::-1]
    return first


def _groups_with(assessments: Assessments, chosen: np.ndarray) -> np.ndarray:
    """Of each assessment, whether its group has any of the chosen records."""
    of = assessments.of[chosen & (assessments.of >= 0)]
    return np.isin(assessments.group, assessments.group[of])


def _non_target(
    records: pd.DataFrame, params: RecistResponse, assessments: Assessments, chosen: np.ndarray, notes: Notes
) -> np.ndarray:
    """Places in ``RESPONSES``; NE where no lesion says anything."""
    state = _States(records[params.state])
    size = records[params.value].to_numpy(dtype=float)
    sized = ~np.isnan(size)
    gone_below = np.where(records[params.node].eq("Y"), NODE_LIMIT, 1e-9)
    progressed = state.among(params.progressed)
    gone = state.among(params.gone) | (sized & (size < gone_below))
    there = state.among(params.present) | (sized & ~(size < gone_below))
    _note_states(records, params, chosen & state.unexplained & ~(progressed | gone | there), notes)
    used = chosen & (assessments.of >= 0)
    frame = pd.DataFrame(
        {
            "at": assessments.of[used],
            "lesion": records[params.lesion].to_numpy()[used],
            "progressed": progressed[used],
            "gone": gone[used],
            "there": there[used],
        }
    )
    count = len(assessments)
    any_of = frame.groupby("at")[["progressed", "there"]].max().reindex(range(count)).fillna(False)
    expected = _expected(frame, assessments)
    evaluated = frame[frame["gone"] | frame["there"]].drop_duplicates(["at", "lesion"])
    how_many = evaluated.groupby("at").size().reindex(range(count)).fillna(0).to_numpy()
    there_now = any_of["there"].to_numpy(dtype=bool)
    whole = (how_many >= expected) & (how_many > 0)
    if params.non_target_incomplete == "NON-CR/NON-PD":
        whole |= there_now
    return np.select([any_of["progressed"].to_numpy(dtype=bool), ~whole, there_now], [PD, NE, NON], CR)


def _expected(frame: pd.DataFrame, assessments: Assessments) -> np.ndarray:
    """How many non-target lesions the group of each assessment had on or before its reference date."""
    at = frame["at"].to_numpy(dtype=np.int64)
    early = frame[assessments.until_reference[at]]
    group = assessments.group[early["at"].to_numpy(dtype=np.int64)]
    lesions = early.assign(group=group).drop_duplicates(["group", "lesion"])
    per_group = np.bincount(lesions["group"], minlength=int(assessments.group.max(initial=-1)) + 1)
    return per_group[assessments.group]


def _new(
    records: pd.DataFrame, params: RecistResponse, assessments: Assessments, chosen: np.ndarray, notes: Notes
) -> np.ndarray:
    """Whether a new lesion is there at each assessment."""
    state = _States(records[params.state])
    seen = state.among(params.new_lesion) | (records[params.value].to_numpy(dtype=float) > 0)
    doubtful = state.among(params.equivocal)
    explained = seen | doubtful | state.among(params.gone)
    _note_states(records, params, chosen & state.unexplained & ~explained, notes)
    used = np.flatnonzero(chosen & (assessments.of >= 0) & (seen | doubtful))
    at = assessments.of[used]
    if params.backdate_new and len(used):
        key = pd.MultiIndex.from_arrays([assessments.group[at], records[params.lesion].to_numpy()[used]])
        lesion, _ = pd.factorize(key)
        sure_until = pd.Series(np.where(seen[used], assessments.day[at], -np.inf)).groupby(lesion)
        seen[used] |= assessments.day[at] <= sure_until.transform("max").to_numpy()
    new = np.full(len(assessments), NO)
    new[at] = EQUIVOCAL
    new[at[seen[used]]] = YES
    return new


class _States:
    """What is said of lesions, looked up once for each different text."""

    def __init__(self, states: pd.Series) -> None:
        self.codes, unique = pd.factorize(states)
        self.texts = [str(text).strip().upper() for text in unique]

    def among(self, terms: Sequence[str]) -> np.ndarray:
        """Whether a state is one of these."""
        return np.array([text in terms for text in self.texts] + [False])[self.codes]

    @property
    def unexplained(self) -> np.ndarray:
        """Whether a state is neither missing, a number, nor a word for what could not be judged."""
        numbers = pd.to_numeric(pd.Series(self.texts, dtype="str"), errors="coerce").notna()
        said = [text in _NOT_JUDGED or is_number for text, is_number in zip(self.texts, numbers, strict=True)]
        return np.array([not known for known in said] + [False])[self.codes]


def _note_states(records: pd.DataFrame, params: RecistResponse, rows: np.ndarray, notes: Notes) -> None:
    notes.add(
        "lesion-state-unknown",
        records.index[rows],
        found=", ".join(sorted({repr(text) for text in records.loc[rows, params.state].astype("str")})[:5]),
        expected=", ".join(dict.fromkeys([*params.gone, *params.present, *params.progressed])),
        do="explain the term in the spec, or query it; the lesion counts as not evaluable",
        variable=params.state,
    )
